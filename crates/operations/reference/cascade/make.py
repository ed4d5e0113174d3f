"""Reference values for the cascade: eigenvalues by LAPACK (numpy), surest ways by trying every simple path.

python make.py > cascade.json
"""
import json

import numpy as np

rng = np.random.default_rng(20261127)


def surest(weights, start):
    best = np.zeros(len(weights))

    def walk(at, chance, visited):
        for to in np.nonzero(weights[at])[0]:
            if to not in visited:
                reached = chance * weights[at, to]
                best[to] = max(best[to], reached)
                walk(to, reached, visited | {to})

    walk(start, 1.0, {start})
    return best.sum()


cases = []
for number in range(48):
    services = int(rng.integers(2, 8))
    density = [0.15, 0.35, 0.7][number % 3]
    weights = np.round(rng.uniform(0.05, 1.0, (services, services)), 3)
    weights *= rng.uniform(size=weights.shape) < density
    if number % 4 == 0:
        weights = np.triu(weights)
    np.fill_diagonal(weights, 0.0)
    cases.append({
        "services": services,
        "edges": [[int(i), int(j), float(weights[i, j])] for i, j in zip(*np.nonzero(weights))],
        # The eigenvalues of a matrix without loops are 0, but LAPACK gives them to its own precision only.
        "ratio": 0.0 if np.allclose(np.linalg.matrix_power((weights > 0).astype(float), services), 0.0)
        else float(np.abs(np.linalg.eigvals(weights)).max()),
        "reach": [float(surest(weights, start)) for start in range(services)],
    })
print(json.dumps(cases))
