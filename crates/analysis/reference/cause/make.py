"""Reference values for the common onset and the displacement, by numpy and scipy alone.

    pip install -r requirements.txt && python3 make.py > reference.json

The onset is computed by brute force, split by split, from scipy's mid-ranks and the two-sample rank-sum z statistic
without continuity correction; the Rust code uses prefix sums.
"""
import json

import numpy as np
from scipy import stats

MARGIN = 5


def rank_sum_z(x, t):
    """Standardised difference of the rank sums before and after t, over the values present."""
    present = np.isfinite(x)
    ranks = np.full(len(x), np.nan)
    ranks[present] = stats.rankdata(x[present])
    n, n1 = present.sum(), present[:t].sum()
    if n1 == 0 or n1 == n:
        return 0.0
    r = ranks[present]
    w = np.nansum(ranks[:t]) - n1 * (n + 1) / 2
    variance = n1 * (n - n1) / n * np.mean((r - r.mean()) ** 2)
    return w / np.sqrt(variance)


def common_onset(columns):
    n = len(columns[0])
    best = (-1.0, None)
    for t in range(MARGIN, n - MARGIN + 1):
        e = np.mean([rank_sum_z(x, t) ** 2 for x in columns])
        if e >= best[0]:  # of equal slots the last
            best = (e, t)
    return {"slot": best[1], "strength": best[0]}


def displacement(x, onset, end):
    before = x[:onset][np.isfinite(x[:onset])]
    later = x[onset:end][np.isfinite(x[onset:end])]
    centre = np.median(before)
    spread = np.std(before) + 0.01 * max(abs(centre), abs(np.mean(before)))
    best, length = 0.0, 3
    while True:
        k = min(length, len(later))
        size = abs(np.median(later[:k]) - centre) / spread * np.sqrt(k / (k + 3))
        best = max(best, size)
        if k == len(later):
            return {"before": centre, "size": best}
        length *= 2


def main():
    rng = np.random.default_rng(20260101)
    cases = []
    for case in range(6):
        n = 80 + 20 * case
        at = n // 2 + 3 * case
        columns = []
        for series in range(4):
            x = np.round(rng.standard_normal(n) + (1.5 if series < 2 else 0.0) * (np.arange(n) >= at), 2 + (series == 3) * -2)
            if case % 2:
                x[rng.integers(0, n, 5)] = np.nan
            columns.append(x)
        onset = common_onset(columns)
        moved = [displacement(x, onset["slot"], n) for x in columns]
        cases.append({"columns": [[None if np.isnan(v) else v for v in x] for x in columns], "onset": onset, "moved": moved})
    print(json.dumps(cases))


main()
