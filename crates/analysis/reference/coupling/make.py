"""Reference values for the coupling statistics, from numpy, scipy and statsmodels.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy.
"""

import pathlib
import sys

import numpy as np
from scipy import integrate, optimize, signal, stats
from statsmodels.api import OLS
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.api import VAR
from statsmodels.tsa.stattools import acf, grangercausalitytests, pacf_burg

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import rounded, writer  # noqa: E402


write = writer(__file__)


def granger():
    """F-tests of fixed orders both ways, and the order of the lowest BIC, all without prewhitening."""
    cases = []
    for seed, (length, lag, weight, level) in enumerate([(300, 1, 0.3, 0.0), (500, 4, 0.25, 1000.0), (200, 2, 0.0, -5.0)]):
        rng = np.random.default_rng(20 + seed)
        x = signal.lfilter([1.0], [1.0, -0.5], rng.standard_normal(length + 10))
        y = signal.lfilter([1.0], [1.0, -0.3, 0.4], rng.standard_normal(length))
        first, second = rounded(level + x[10:]), rounded(y + weight * x[10 - lag : -lag] - 3 * level)
        tests = []
        for order in (1, 3, 6):
            # statsmodels asks whether the second column causes the first.
            forward = grangercausalitytests(np.column_stack([second, first]), [order])
            backward = grangercausalitytests(np.column_stack([first, second]), [order])
            f, p, df2, df1 = forward[order][0]["ssr_ftest"]
            g, q, _, _ = backward[order][0]["ssr_ftest"]
            tests.append({"order": order, "forward": [f, p], "backward": [g, q], "df": [df1, df2]})
        best = VAR(np.column_stack([first, second])).select_order(8).selected_orders["bic"]
        cases.append({"first": first, "second": second, "tests": tests, "bic_order": max(best, 1), "max_order": 8})
    write("granger", cases)


def delay():
    """The delay by non-linear least squares on the unit circle over the significant bins of scipy's cross spectrum."""
    rng = np.random.default_rng(30)
    fine = signal.lfilter([1.0], [1.0, -0.8], rng.standard_normal(2200))
    first = rounded(fine[13:2013:2] + 0.4 * rng.standard_normal(1000))
    second = rounded(-fine[8:2008:2] + 0.4 * rng.standard_normal(1000))
    segment, alpha = 64, 0.05
    how = dict(window="hann", nperseg=segment, noverlap=segment // 2, detrend="linear")
    frequency, squared = signal.coherence(first, second, **how)
    _, cross = signal.csd(first, second, **how)
    count = (1000 - segment) // (segment // 2) + 1
    effective = count / (1 + 2 / 36 * (1 - 1 / count))
    inner = np.arange(len(frequency))
    used = (inner >= 2) & (inner < 31) & (squared >= 1 - alpha ** (1 / (effective - 1)))
    around = np.array([squared[max(bin - 2, 2) : min(bin + 3, 31)].mean() for bin in inner[used]])
    unbiased = (around - 1 / effective) / (1 - 1 / effective)
    weight = 2 * effective * unbiased / (1 - unbiased)
    f, phase = frequency[used], np.angle(cross[used])

    def residuals(parameters):
        angle = phase + 2 * np.pi * f * parameters[0] - parameters[1]
        return np.sqrt(weight) * ((angle + np.pi) % (2 * np.pi) - np.pi)

    starts = [(delay, np.pi) for delay in np.arange(-8, 8, 0.25)]
    best = min((optimize.least_squares(residuals, start, xtol=1e-14, ftol=1e-14) for start in starts), key=lambda b: b.cost)
    write(
        "delay",
        {"first": first, "second": second, "segment": segment, "alpha": alpha, "delay": best.x[0],
         "intercept": best.x[1], "bins": int(used.sum()), "coherence": squared[used].mean()},
    )


def locking():
    """Phase-locking value by a band-pass and Hilbert's transform over twice the length, and the effective number."""
    rng = np.random.default_rng(40)
    common = signal.lfilter([1.0], [1.0, -1.2, 0.81], rng.standard_normal(700))
    first = rounded(common + 2 * rng.standard_normal(700))
    second = rounded(np.roll(common, 2) + 2 * rng.standard_normal(700))
    low, high, n = 0.08, 0.2, 700
    length = 1440  # the smallest even number of the form 2^a 3^b 5^c from 2n on
    margin = int(np.ceil(0.5 / (high - low)))

    def band(values):
        frequency = np.abs(np.fft.fftfreq(length))
        inside, edge = np.minimum(frequency - low, high - frequency), 0.1 * (high - low)
        gain = np.where(inside < 0, 0, np.where(inside >= edge, 1, 0.5 - 0.5 * np.cos(np.pi * np.clip(inside / edge, 0, 1))))
        padded = np.zeros(length)
        padded[:n] = values - values.mean()
        passed = np.fft.ifft(np.fft.fft(padded) * gain).real
        whole = signal.hilbert(passed)
        memory = np.fft.ifft(np.abs(np.fft.fft(whole)) ** 2)[:n]
        return whole[:n] / np.abs(whole[:n]), memory / memory[0].real

    def phase_memory(r):
        """(E − (1 − r²) K) / r, the elliptic integrals by quadrature."""
        size = min(abs(r), 1.0)
        first_kind = integrate.quad(lambda t: 1 / np.sqrt(1 - (size * np.sin(t)) ** 2), 0, np.pi / 2)[0] if size < 1 else 0.0
        second_kind = integrate.quad(lambda t: np.sqrt(1 - (size * np.sin(t)) ** 2), 0, np.pi / 2)[0]
        return (second_kind - (1 - size**2) * first_kind) / size * r / size

    (x, x_memory), (y, y_memory) = band(first), band(second)
    used = slice(margin, n - margin)
    mean = (x[used] * y[used].conj()).mean()
    lags = np.arange(1, n)
    products = np.array([phase_memory(a) * np.conj(phase_memory(b)) for a, b in zip(x_memory[1:], y_memory[1:])])
    memory = 1 + 2 * np.sum((1 - lags / n) * products.real)
    effective = (n - 2 * margin) / memory
    r = effective * abs(mean)
    p = np.exp(np.sqrt(1 + 4 * effective + 4 * (effective**2 - r**2)) - (1 + 2 * effective))
    write(
        "locking",
        {"first": first, "second": second, "low": low, "high": high, "value": abs(mean), "phase": np.angle(mean),
         "effective": effective, "p": p, "steps": n - 2 * margin},
    )


def prewhitened(values, max_order=16, clip=3.0):
    """Difference, Burg with the order of the lowest BIC, robust standardisation with clipping."""
    differences = np.diff(values)
    differences = differences - differences.mean()
    n = len(differences)
    partial, _ = pacf_burg(differences, max_order, demean=False)
    variances = np.mean(differences**2) * np.cumprod(1 - np.append(0, partial[1:]) ** 2)
    order = int(np.argmin(n * np.log(variances) + np.arange(max_order + 1) * np.log(n)))
    coefficients = burg(differences, order, demean=False)[0] if order else np.array([])
    residuals = np.array([differences[t] - coefficients @ differences[t - order : t][::-1] for t in range(order, n)])
    median = np.median(residuals)
    scaled = np.clip((residuals - median) / (1.4826 * np.median(np.abs(residuals - median))), -clip, clip)
    whole = np.full(len(values), np.nan)
    whole[1 + order :] = scaled - scaled.mean()
    return whole


def partial():
    """The correlation of the ends of a chain with the middle held fixed around its lags, by a matrix inverse."""
    rng = np.random.default_rng(50)
    n = 900
    a = signal.lfilter([1.0], [1.0, -0.4], rng.standard_normal(n + 5))
    b = np.concatenate([np.zeros(2), a[:-2]]) + rng.standard_normal(n + 5)
    c = np.concatenate([np.zeros(3), b[:-3]]) + rng.standard_normal(n + 5)
    series = [rounded(values[5:]) for values in (a, b, c)]
    whitened = [prewhitened(values) for values in series]

    def correlation(i, j, lag):
        x, y = (whitened[i], whitened[j]) if lag >= 0 else (whitened[j], whitened[i])
        x, y = x[: n - abs(lag)], y[abs(lag) :]
        present = ~np.isnan(x) & ~np.isnan(y)
        scale = np.sqrt(np.nanmean(whitened[i] ** 2) * np.nanmean(whitened[j] ** 2))
        return np.sum(x[present] * y[present]) / present.sum() / scale

    reach, lag = 6, 5
    places = [(0, 0), (2, lag)] + [(1, 2 + offset) for offset in range(-reach, reach + 1)]
    matrix = np.array([[1.0 if a == b else correlation(a[0], b[0], b[1] - a[1]) for b in places] for a in places])
    inverse = np.linalg.inv(matrix)
    write(
        "partial",
        {"series": series, "lags": [2, lag, 3], "correlation": matrix[0, 1],
         "partial": -inverse[0, 1] / np.sqrt(inverse[0, 0] * inverse[1, 1])},
    )


def parting():
    """The line twice by statsmodels, its curve by numpy's interpolation, and the best of all stretches that may have parted."""
    cases = []
    for seed, (count, lag, kind, start, end, size) in enumerate([
        (600, 3, "offset", 300, 360, 1.5),
        (600, -2, "offset", 450, 600, -0.9),  # less than a spread
        (500, 0, "looser", 200, 300, 0.0),
        (500, 1, "none", 0, 0, 0.0),
        (400, 0, "gaps", 250, 300, 1.5),
        (300, 0, "unrelated", 0, 0, 0.0),
        (66, 6, "shortest", 0, 0, 0.0),
        (65, 6, "too short", 0, 0, 0.0),
    ]):
        rng = np.random.default_rng(60 + seed)
        first = signal.lfilter([1.0], [1.0, -0.5], rng.standard_normal(count + 40))[20:]
        own = rng.standard_normal(count)
        second = 5.0 - 2.0 * np.roll(first, lag)[10 : 10 + count] + 0.1 * np.roll(first, lag)[10 : 10 + count] ** 2 + own
        first = rounded(first[10 : 10 + count])
        if kind == "unrelated":
            second = own
        elif kind == "looser":
            second[start:end] = 5.0 + 2.0 * rng.standard_normal(end - start)
        else:
            second[start:end] += size
        second = rounded(second)
        if kind == "gaps":
            first[rng.choice(count, 30, replace=False)] = np.nan
            second[100:140] = np.nan
        case = {"first": first, "second": second, "lag": lag, "inside": [start, end], "relation": None}
        cases.append(case)
        moved = np.full(count, np.nan)
        moved[max(lag, 0) : count + min(lag, 0)] = first[max(-lag, 0) : count - max(lag, 0)]
        present = np.isfinite(moved) & np.isfinite(second)
        if present.sum() < 60:
            continue

        def line(which):
            fit = OLS(second[which], np.column_stack([np.ones(which.sum()), moved[which]])).fit()
            return fit.params, second - fit.params[0] - fit.params[1] * moved

        def spread(values):
            return stats.median_abs_deviation(values, scale="normal", nan_policy="omit")

        _, rough = line(present)
        reach = 3 * spread(rough)
        near = present & (np.abs(rough) <= reach)
        (_, slope), rest = line(near)
        x = moved[near]
        width = 5 * x.std() / 16
        place = np.clip((moved - x.mean()) / width + 7.5, 0, 15)
        few = present & (np.abs(rest) <= reach)
        # Half of an even number goes away from zero, as in Rust.
        bins = [rest[few & (np.floor(place + 0.5) == bin)] for bin in range(16)]
        means = [values.sum() / (len(values) + 10) for values in bins]
        curved = rest - np.interp(place, np.arange(16), means)
        own_spread = spread(curved)
        case["relation"] = {"slope": slope, "correlation": np.corrcoef(x, second[near])[0, 1], "spread": own_spread,
                            "residual": curved}
        if end > start and abs(size) != 0.9:
            sizes = np.minimum(np.abs(curved) / own_spread, 3)
            which = sizes if kind == "looser" else curved
            borders = best_stretch(which)
            edges = [0, *borders, count]
            parts = [which[a:b] for a, b in zip(edges, edges[1:])]
            case["borders"] = borders
            case["levels"] = [np.nanmedian(part) for part in parts]
        if end > start:
            inside = np.zeros(count, bool)
            inside[start:end] = True
            phi = [memory(moved), memory(second)]
            weight = (1 - phi[0] * phi[1]) / (1 + phi[0] * phi[1])
            sides = [present & inside, present & ~inside]
            r = [np.corrcoef(moved[side], second[side])[0, 1] for side in sides]
            error = sum(1 / (side.sum() * weight - 3) for side in sides)
            fisher = np.arctanh(np.abs(r[1])) - np.arctanh(r[0] * np.sign(r[1]))
            case["within"] = r[0]
            case["looser"] = fisher / np.sqrt(error) >= 3
    write("parting", cases)


def memory(values):
    """The lag-1 autocorrelation without its bias."""
    count = np.isfinite(values).sum()
    phi = acf(values, nlags=1, fft=False, missing="conservative")[1]
    return np.clip((phi + 1 / count) / (1 - 3 / count), 0.0, 0.98)


def best_stretch(values):
    """The two borders of a stretch that leave the least squares; ten slots or more in each of the three levels."""
    count = len(values)
    number = np.append(0, np.cumsum(np.isfinite(values)))
    total = np.append(0, np.cumsum(np.nan_to_num(values)))

    def held(start, end):
        return (total[end] - total[start]) ** 2 / max(number[end] - number[start], 1)

    pairs = ((a, b) for a in range(10, count - 19) for b in range(a + 10, count - 9))
    return list(max(pairs, key=lambda pair: held(0, pair[0]) + held(*pair) + held(pair[1], count)))


if __name__ == "__main__":
    granger()
    delay()
    locking()
    partial()
    parting()
