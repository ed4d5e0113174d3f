"""Reference values for the coupling statistics, from numpy, scipy and statsmodels.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy.
"""

import pathlib
import sys

import numpy as np
from scipy import integrate, optimize, signal
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.api import VAR
from statsmodels.tsa.stattools import grangercausalitytests, pacf_burg

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


if __name__ == "__main__":
    granger()
    delay()
    locking()
    partial()
