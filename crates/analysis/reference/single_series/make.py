"""Reference values for the statistics of single series, from numpy, scipy, mpmath, statsmodels, pymannkendall and ruptures.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests need
no random generator in common with numpy. A missing value is null.
"""

import itertools
import pathlib
import sys

import mpmath
import numpy as np
import pymannkendall
import ruptures
from scipy import signal, stats
from statsmodels.regression.linear_model import burg
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import writer  # noqa: E402

mpmath.mp.dps = 60


write = writer(__file__)


def red(rng, phi, length):
    return np.round(signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(length)), 4)


def robust():
    rng = np.random.default_rng(1)
    cases = []
    for length in [1, 2, 5, 40, 101]:
        values = np.round(rng.standard_t(3, length) * 7 + 3, 3)
        with_gaps = values.copy()
        if length > 4:
            with_gaps[length // 2] = np.nan
        kept = with_gaps[~np.isnan(with_gaps)]
        cases.append({
            "values": with_gaps,
            "median": np.median(kept),
            "mad": stats.median_abs_deviation(kept, scale="normal"),
            "iqr_sigma": stats.iqr(kept, scale="normal"),
            "quantiles": [[q, np.quantile(kept, q)] for q in [0.0, 0.1, 0.25, 0.333, 0.9, 1.0]],
        })
    write("robust", cases)


def distribution():
    def ln(value):
        return float(mpmath.log(value))

    def t_sf(t, dof):
        # P(T > t) for t > 0 is half of the regularised incomplete beta function.
        x = mpmath.mpf(dof) / (dof + mpmath.mpf(t) ** 2)
        tail = mpmath.betainc(mpmath.mpf(dof) / 2, 0.5, 0, x, regularized=True) / 2
        return tail if t >= 0 else 1 - tail

    def f_sf(f, a, b):
        x = mpmath.mpf(b) / (b + mpmath.mpf(a) * f)
        return mpmath.betainc(mpmath.mpf(b) / 2, mpmath.mpf(a) / 2, 0, x, regularized=True)

    def chi2_sf(x, dof):
        return mpmath.gammainc(mpmath.mpf(dof) / 2, mpmath.mpf(x) / 2, mpmath.inf, regularized=True)

    write("distribution", {
        "normal": [[z, ln(mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2)]
                   for z in [-8.0, -1.0, 0.0, 0.5, 1.96, 5.0, 12.0, 29.9, 30.1, 37.0, 38.6, 120.0]],
        "student_t": [[t, dof, ln(t_sf(t, dof))]
                      for dof in [1.0, 2.5, 8.0, 57.3, 1200.0] for t in [-2.0, 0.1, 1.0, 4.0, 17.0, 60.0]],
        "f": [[f, a, b, ln(f_sf(f, a, b))]
              for a, b in [(1.0, 7.0), (5.0, 474.0), (3.0, 2000.0), (40.0, 60.0)] for f in [0.3, 1.0, 2.5, 9.0, 80.0]],
        "chi_squared": [[x, dof, ln(chi2_sf(x, dof))]
                        for dof in [1.0, 2.0, 7.0, 40.0] for x in [0.2, 3.0, 9.0, 60.0, 400.0, 1400.0]],
        "quantiles": {
            "normal": [[p, stats.norm.isf(p)] for p in [0.7, 0.5, 0.025, 1e-4, 1e-12, 1e-100]],
            "student_t": [[p, dof, stats.t.isf(p, dof)] for dof in [3.0, 30.0] for p in [0.8, 0.025, 1e-6]],
            "chi_squared": [[p, dof, stats.chi2.isf(p, dof)] for dof in [2.0, 9.0] for p in [0.8, 0.01, 1e-9]],
            "f": [[p, 3.0, 40.0, stats.f.isf(p, 3.0, 40.0)] for p in [0.8, 0.01, 1e-7]],
        },
    })


def autoregression(values, max_order):
    """Burg's estimates, the order by BIC with the residual variance that the recursion gives."""
    centred = values - values.mean()
    n = len(values)
    best = (n * np.log(np.mean(centred ** 2)), [], np.mean(centred ** 2))
    for order in range(1, max_order + 1):
        coefficients, _ = burg(centred, order, demean=False)
        variance = np.mean(centred ** 2)
        for stage in range(1, order + 1):
            variance *= 1 - burg(centred, stage, demean=False)[0][-1] ** 2
        bic = n * np.log(variance) + order * np.log(n)
        if bic < best[0]:
            best = (bic, list(coefficients), variance)
    return best[1], best[2]


def autocorrelation():
    rng = np.random.default_rng(2)
    gapped = red(rng, 0.7, 60)
    gapped[[10, 11, 30]] = np.nan
    second_order = np.round(signal.lfilter([1.0], [1.0, -0.5, -0.3], rng.standard_normal(300)), 4)
    coefficients, variance = autoregression(second_order, 8)
    plain = red(rng, 0.5, 80)
    write("autocorrelation", {
        "values": plain,
        "acf": acf(plain, nlags=10, adjusted=False, fft=False),
        "gapped": gapped,
        "second_order": second_order,
        "coefficients": coefficients,
        "innovation_variance": variance,
    })


def multiplicity():
    rng = np.random.default_rng(3)
    p_values = np.round(np.concatenate([rng.uniform(size=20), rng.uniform(size=5) * 1e-3, [0.02, 0.02]]), 6)
    write("multiplicity", {
        "p": p_values,
        "benjamini_hochberg": multipletests(p_values, method="fdr_bh")[1],
        "holm": multipletests(p_values, method="holm")[1],
    })


def rolling_median():
    rng = np.random.default_rng(4)
    values = red(rng, 0.6, 120)
    values[[3, 40, 41, 42]] = np.nan
    window, half = 21, 10
    first = [min(max(slot - half, 0), len(values) - window) for slot in range(len(values))]
    write("rolling_median", {
        "values": values,
        "window": window,
        "centre": [np.nanmedian(values[start:start + window]) for start in first],
    })


def variance():
    rng = np.random.default_rng(5)
    values = np.round(rng.standard_normal(300) * np.linspace(1, 1.6, 300) + 5, 4)
    windows = 6
    length = len(values) // windows
    coefficients, _ = autoregression(values, 24)
    centred = values - values.mean()
    residuals = np.full(len(values), np.nan)
    for t in range(len(coefficients), len(values)):
        residuals[t] = centred[t] - sum(c * centred[t - k - 1] for k, c in enumerate(coefficients))
    deviations, index = [], []
    for window in range(windows):
        inside = residuals[window * length:(window + 1) * length]
        inside = inside[~np.isnan(inside)]
        deviations.extend(np.abs(inside - np.median(inside)))
        index.extend([window] * len(inside))
    index = np.array(index)
    ranks = stats.rankdata(deviations)
    scores = stats.norm.ppf(0.5 + ranks / (2 * (len(ranks) + 1)))
    last = stats.ttest_ind(scores[index == windows - 1], scores[index == 0], equal_var=False, alternative="greater")
    line = stats.linregress(index, scores, alternative="greater")
    write("variance", {
        "values": values,
        "p_last_against_first": last.pvalue,
        "p_trend": line.pvalue,
        "variances": [np.var(values[w * length:(w + 1) * length], ddof=1) for w in range(windows)],
    })


def trend():
    rng = np.random.default_rng(6)
    cases = []
    for length, slope in [(30, 0.05), (150, -0.01), (120, 0.0)]:
        values = np.round(red(rng, 0.3, length) + slope * np.arange(length), 2)
        tested = pymannkendall.original_test(values)
        assert np.isclose(stats.theilslopes(values).slope, tested.slope)
        cases.append({
            "values": values,
            "slope": tested.slope,
            "kendall_tau": stats.kendalltau(np.arange(length), values).statistic,
            "s": tested.s,
            "variance_of_s": tested.var_s,
        })
    write("trend", cases)


def optimal_partition(cost, length, penalty, shortest):
    best = [-penalty] + [np.inf] * length
    origin = [0] * (length + 1)
    for end in range(shortest, length + 1):
        for start in [0, *range(shortest, end - shortest + 1)]:
            total = best[start] + cost(start, end) + penalty
            if total < best[end]:
                best[end], origin[end] = total, start
    changes, end = [], length
    while origin[end] > 0:
        end = origin[end]
        changes.append(end)
    return changes[::-1]


def segmentation():
    rng = np.random.default_rng(7)
    levels = np.repeat([0.0, 2.0, 1.0, 4.0, 0.0], [40, 25, 60, 12, 33])
    values = np.round(levels + rng.standard_normal(len(levels)), 3)
    spreads = np.repeat([1.0, 4.0, 0.5], [50, 40, 60])
    scaled = np.round(spreads * rng.standard_normal(len(spreads)), 3)
    cases = []
    for penalty in [2.0, 8.0, 25.0]:
        for shortest in [1, 5, 15]:
            found = ruptures.Pelt(model="l2", min_size=shortest, jump=1).fit(values).predict(pen=penalty)[:-1]
            exact = optimal_partition(lambda a, b: np.var(values[a:b]) * (b - a), len(values), penalty, shortest)
            assert found == exact, (penalty, shortest, found, exact)
            cases.append({"cost": "mean", "penalty": penalty, "shortest": shortest, "changes": exact})
    for penalty in [8.0, 20.0]:
        exact = optimal_partition(lambda a, b: (b - a) * np.log(np.var(scaled[a:b])), len(scaled), penalty, 5)
        cases.append({"cost": "mean_variance", "penalty": penalty, "shortest": 5, "changes": exact})
    write("segmentation", {"mean": values, "mean_variance": scaled, "cases": cases})


def season():
    rng = np.random.default_rng(8)
    length, period = 240, 24
    time = np.arange(length)
    values = 3 * np.sin(2 * np.pi * time / period) + 0.01 * time + 0.5 * rng.standard_normal(length)
    values[[50, 130]] += 12
    values = np.round(values, 3)
    smoothed = 35
    trend_length = int(np.ceil(1.5 * period / (1 - 1.5 / smoothed)))
    trend_length += 1 - trend_length % 2
    fit = STL(values, period=period, seasonal=smoothed, trend=trend_length, low_pass=period + 1, seasonal_deg=0,
              trend_deg=1, low_pass_deg=1, robust=True, seasonal_jump=int(np.ceil(smoothed / 10)),
              trend_jump=int(np.ceil(trend_length / 10)), low_pass_jump=int(np.ceil((period + 1) / 10)),
              ).fit(inner_iter=1, outer_iter=2)
    write("season", {"values": values, "period": period, "trend": fit.trend, "seasonal": fit.seasonal,
                     "remainder": fit.resid})


def silence():
    """The longest stretch of missing slots at the end, and of equal values, beside the longest elsewhere (itertools)."""
    rng = np.random.default_rng(9)
    vanished, frozen = [], []
    for length, share, ends in [(200, 0.0, 40), (200, 0.0, 4), (300, 0.3, 60), (300, 0.6, 30), (150, 0.8, 149), (400, 0.05, 12)]:
        values = rng.integers(0, 50, length).astype(float)
        values[rng.random(length) < share] = np.nan
        values[0], values[length - ends:] = 7.0, np.nan
        present = [bool(there) for there in np.isfinite(values)]
        last = max(slot for slot, there in enumerate(present) if there)
        gaps = [len(list(run)) for there, run in itertools.groupby(present[:last]) if not there]
        gap, missing, count = max(gaps, default=0), length - 1 - last, sum(present)
        is_one = count >= 8 and missing >= max(5, 3 * gap)
        chance = float(count) ** -((missing + 1) / (gap + 1) - 1)
        vanished.append({"values": values, "last": last, "missing": missing, "gap": gap, "p": chance if is_one else None})
    for length, start, still, levels, hole in [
        (200, 100, 40, 50, 0), (200, 100, 4, 50, 0), (300, 290, 10, 1000, 0), (300, 150, 30, 3, 0), (200, 10, 60, 50, 0),
        (240, 80, 25, 8, 6), (200, 0, 1, 1, 0),
    ]:
        values = rng.integers(0, levels, length).astype(float)
        values[start:start + still] = values[start]
        values[start + 3:start + 3 + hole] = np.nan
        present = [(slot, value) for slot, value in enumerate(values) if np.isfinite(value)]
        runs = [list(run) for _, run in itertools.groupby(present, key=lambda pair: pair[1])]
        lived = np.cumsum([0] + [len(run) for run in runs])
        late = [index for index in range(len(runs)) if lived[index] >= 30]
        best = max(late, key=lambda index: (len(runs[index]), index), default=None)
        others = [len(run) for index, run in enumerate(runs) if index != best]
        is_one = best is not None and bool(others) and 3 * len(others) >= sum(others) \
            and len(runs[best]) >= max(5, 3 * max(others))
        frozen.append({"values": values, "found": {
            "start": runs[best][0][0], "end": runs[best][-1][0], "length": len(runs[best]), "elsewhere": max(others),
            "p": float(len(others) + 1) ** -(len(runs[best]) / max(others) - 1)} if is_one else None})
    write("silence", {"vanished": vanished, "frozen": frozen})


for make in [robust, distribution, autocorrelation, multiplicity, rolling_median, variance, trend, segmentation, season,
             silence]:
    make()
