"""Reference values for the turn of a level into a line, by numpy's least squares, block by block.

    pip install -r requirements.txt && python3 make.py > reference.json
"""
import json

import numpy as np

FEWEST_BLOCKS = 12


def turn(y):
    """The block at which the best line begins, and the squares left."""
    x = np.arange(len(y))
    there = np.isfinite(y)
    best = (np.inf, None)
    for block in range(len(y) - FEWEST_BLOCKS, -1, -1):
        regressors = np.column_stack([np.ones(len(y)), np.clip(x - block, 0, None)])[there]
        solution, *_ = np.linalg.lstsq(regressors, y[there], rcond=None)
        squares = np.sum((y[there] - regressors @ solution) ** 2)
        if squares <= best[0]:
            best = (squares, block)
    return best


def main():
    rng = np.random.default_rng(20261127)
    cases = []
    for case in range(8):
        length, begins = 40 + 25 * case, [0, 10, 25, 60][case % 4]
        y = np.round(100 + 2 * rng.standard_normal(length) + 0.8 * np.clip(np.arange(length) - begins, 0, None), 3)
        if case % 2:
            y[rng.integers(0, length, 6)] = np.nan
        squares, block = turn(y)
        cases.append({"blocks": [None if np.isnan(v) else v for v in y], "block": block, "squares": squares})
    print(json.dumps(cases))


main()
