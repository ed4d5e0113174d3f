"""Reference values for the disturbance, the displacement and the silence, by numpy alone.

    pip install -r requirements.txt && python3 make.py > reference.json

The disturbance is searched by brute force, stretch by stretch, with means over the values themselves; the Rust code
uses prefix sums.
"""
import json

import numpy as np

CLIP, SHORTEST, MARGIN = 8.0, 3, 3


def normal(x):
    """Median, spread and degrees of freedom of the values present."""
    v = x[np.isfinite(x)]
    level = np.median(v)
    spread = np.std(v) + 0.01 * max(abs(level), abs(np.mean(v)))
    return level, spread, (len(v) - 1) * len(v) / len(x)


def lengths(n):
    k = SHORTEST
    while k < n:
        yield k
        k += max(k // 2, 1)
    yield n


def ratio(columns, known, a, b):
    total = 0.0
    for x in columns:
        level, spread, _ = normal(x[:known] if known else x)
        u = np.clip((x - level) / spread, -CLIP, CLIP)
        inside, outside = u[a:b], np.concatenate([u[:a], u[b:]])
        inside, outside = inside[np.isfinite(inside)], outside[np.isfinite(outside)]
        k_in, k_out = len(inside), len(outside)
        if k_in < max(2, 0.5 * (b - a)) or k_out < 3:
            continue
        total += (k_in * k_out / (k_in + k_out) * (inside.mean() - outside.mean()) ** 2) ** 2
    return np.sqrt(total)


def disturbance(columns, known, alarm, reach):
    n = len(columns[0])
    first = max(MARGIN, alarm - reach if alarm is not None else 0)
    last = min(n - SHORTEST + 1, alarm + reach + 1 if alarm is not None else n)
    best = (0.0, None, None)
    for k in lengths(n - first):
        for a in range(first, last):
            b = n if k == n - first else a + k
            if b > n or (b == n and k != n - first):
                continue
            weight = 1.0 if alarm is None else 1 - 0.5 * abs(a - alarm) / (reach + 1)
            strength = ratio(columns, known, a, b) * weight
            if strength > best[0]:
                best = (strength, a, b)
    _, a, b = best
    while True:  # the beginning climbs
        steps = [(ratio(columns, known, x, b), x) for x in (a - 1, a + 1) if first <= x < last and x + SHORTEST <= b]
        strength, x = max(steps)
        if strength <= ratio(columns, known, a, b):
            return {"from": a, "to": b, "strength": ratio(columns, known, a, b)}
        a = x


def evidence(size, count, freedom):
    z2 = size**2 * count / (count + 3)
    return np.sqrt(freedom * np.log(1 + z2 / freedom))


def displacement(x, usual, recent, a, b, y=None):
    level, spread, freedom = normal(x[usual[0] : usual[1]])
    if y is None:
        y = np.median(x[a:b][np.isfinite(x[a:b])])
    r = x[recent[0] : recent[1]]
    r = r[np.isfinite(r)]
    shortly = np.median(r) if len(r) else level
    spread = max(spread, abs(shortly - level) / 3)
    distance = min(abs(y - shortly), abs(y - level))
    size = distance / spread
    return {"after": y, "size": size, "evidence": evidence(size, np.isfinite(x[a:b]).sum(), freedom)}


def displacement_in_part(x, usual, recent, a, b):
    """By the median, or by how far a third lies beyond a third of what is usual, whichever says more."""
    v, s = (part[np.isfinite(part)] for part in (x[usual[0] : usual[1]], x[a:b]))
    level, spread, _ = normal(x[usual[0] : usual[1]])
    candidates = [displacement(x, usual, recent, a, b)]
    beyond = {}
    for sign, q in ((1, 2 / 3), (-1, 1 / 3)):
        usually = max(sign * (np.quantile(v, q) - level), 0.43 * spread)
        beyond[sign] = sign * (np.quantile(s, q) - level) - usually
    sign = 1 if beyond[1] >= beyond[-1] else -1
    if beyond[sign] > 0:
        partly = displacement(x, usual, recent, a, b, level + sign * beyond[sign])
        candidates.append(partly | {"evidence": 0.7 * partly["evidence"]})
    return max(candidates, key=lambda one: one["evidence"])


def silence(x, usual, a, b):
    v = x[usual[0] : usual[1]]
    p = (np.isfinite(v).sum() + 0.5) / (len(v) + 1)
    q = np.mean(np.isfinite(x[a:b]))
    size = (p - q) / np.sqrt(p * (1 - p))
    return {"size": size, "evidence": evidence(size, b - a, normal(v)[2])}


def main():
    rng = np.random.default_rng(20261127)
    cases = []
    for case in range(6):
        n, known = 70 + 10 * case, 30 if case % 3 == 2 else 0
        start, stop = n // 2 + 2 * case, min(n, n // 2 + 2 * case + [6, 9, 10**6][case % 3])
        columns = []
        for series in range(4):
            shift = (2.5 - series) * ((np.arange(n) >= start) & (np.arange(n) < stop))
            x = np.round(5 + rng.standard_normal(n) + shift, 1 if series == 3 else 4)
            if case % 2:
                x[rng.integers(0, n, 5)] = np.nan
            columns.append(x)
        alarm = start + 3 if case in (1, 2, 4) else None
        found = disturbance(columns, known, alarm, 8)
        a, b = found["from"], found["to"]
        usual, recent = ((0, known), (known, a)) if known else ((0, a), (0, 0))
        gone = columns[0].copy()
        gone[a : a + max(2, (b - a) * 3 // 4)] = np.nan
        late = columns[2].copy()
        late[b - (b - a) * 2 // 5 : b] -= 6.0
        cases.append(
            {
                "columns": [[None if np.isnan(v) else v for v in x] for x in columns],
                "known": known,
                "alarm": alarm,
                "found": found,
                "usual": usual,
                "recent": recent,
                "moved": [displacement(x, usual, recent, a, b) for x in columns],
                "late": [None if np.isnan(v) else v for v in late],
                "in_part": [displacement_in_part(x, usual, recent, a, b) for x in [*columns, late]],
                "gone": [None if np.isnan(v) else v for v in gone],
                "silence": silence(gone, usual, a, b),
            }
        )
    print(json.dumps(cases))


main()
