"""Reference values for the harmony statistics, from numpy, scipy and statsmodels.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy.
"""

import pathlib
import sys

import numpy as np
from scipy import optimize, signal
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.stattools import pacf_burg

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import rounded, writer  # noqa: E402


write = writer(__file__)


def red(rng, phi, length):
    return signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(length))


def welch():
    rng = np.random.default_rng(1)
    values = rounded(red(rng, 0.7, 500) + 0.01 * np.arange(500) + np.sin(np.arange(500) / 3))
    cases = []
    for segment, detrend in [(128, "linear"), (64, "constant"), (90, "linear")]:
        frequency, density = signal.welch(
            values, window="hann", nperseg=segment, noverlap=segment // 2, detrend=detrend, scaling="density"
        )
        cases.append({"segment": segment, "detrend": detrend, "frequency": frequency, "density": density})
    write("welch", {"values": values, "cases": cases})


def coherence():
    rng = np.random.default_rng(2)
    common = red(rng, 0.5, 603)
    first = rounded(common[3:] + 0.8 * rng.standard_normal(600))
    second = rounded(-0.5 * common[:-3] + 0.4 * rng.standard_normal(600) + 0.002 * np.arange(600))
    how = dict(window="hann", nperseg=64, noverlap=32, detrend="linear")
    frequency, squared = signal.coherence(first, second, **how)
    _, cross = signal.csd(first, second, **how)
    _, power = signal.welch(first, **how)
    write(
        "coherence",
        {
            "first": first,
            "second": second,
            "segment": 64,
            "frequency": frequency,
            "magnitude_squared": squared,
            "phase": np.angle(cross),
            "gain": np.abs(cross) / power,
        },
    )


def prewhitened(values, max_order=16, clip=3.0):
    """Difference, Burg with the order of the lowest BIC, robust standardisation with clipping; and the coefficients."""
    differences = np.diff(values)
    differences = differences - differences.mean()
    n = len(differences)
    partial, _ = pacf_burg(differences, max_order, demean=False)
    variances = np.mean(differences**2) * np.cumprod(1 - np.append(0, partial[1:]) ** 2)
    criteria = n * np.log(variances) + np.arange(max_order + 1) * np.log(n)
    order = int(np.argmin(criteria))
    coefficients = burg(differences, order, demean=False)[0] if order else np.array([])
    residuals = np.array(
        [differences[t] - coefficients @ differences[t - order : t][::-1] for t in range(order, n)]
    )
    median = np.median(residuals)
    scale = 1.4826 * np.median(np.abs(residuals - median))
    scaled = np.clip((residuals - median) / scale, -clip, clip)
    whole = np.full(len(values), np.nan)
    whole[1 + order :] = scaled - scaled.mean()
    return whole, coefficients


def lag():
    rng = np.random.default_rng(3)
    driver = red(rng, 0.6, 407)
    first = rounded(driver[6:])
    second = rounded(0.8 * driver[:-6] + rng.standard_normal(401))
    (x, x_coefficients), (y, y_coefficients) = prewhitened(first), prewhitened(second)
    x0, y0 = np.nan_to_num(x), np.nan_to_num(y)
    variances = np.nanmean(x**2) * np.nanmean(y**2)
    correlations = []
    for k in range(-20, 21):
        a, b = (x0[: len(x0) - k], y0[k:]) if k >= 0 else (x0[-k:], y0[:k])
        present = (
            (~np.isnan(x[: len(x) - k])) & (~np.isnan(y[k:])) if k >= 0 else (~np.isnan(x[-k:])) & (~np.isnan(y[:k]))
        )
        correlations.append(np.sum(a * b) / present.sum() / np.sqrt(variances))
    best = int(np.argmax(np.abs(correlations)))
    write(
        "lag",
        {
            "first": first,
            "second": second,
            "first_coefficients": x_coefficients,
            "second_coefficients": y_coefficients,
            "first_whitened_tail": x[-20:],
            "lag": best - 20,
            "correlation": correlations[best],
        },
    )


def sinusoid():
    """Frequency and amplitude of a line in noise, by non-linear least squares."""
    cases = []
    for seed, (length, period, amplitude) in enumerate([(1440, 20.0, 1.0), (720, 231.7, 1.5), (2000, 97.3, 0.6)]):
        rng = np.random.default_rng(10 + seed)
        t = np.arange(length)
        values = rounded(5 + amplitude * np.sin(2 * np.pi * t / period + 0.7) + rng.standard_normal(length))

        def model(t, mean, slope, a, b, frequency):
            angle = 2 * np.pi * frequency * t
            return mean + slope * t + a * np.cos(angle) + b * np.sin(angle)

        start = [values.mean(), 0.0, 0.1, amplitude, 1 / period]
        fitted, covariance = optimize.curve_fit(model, t, values, p0=start)
        cases.append(
            {
                "values": values,
                "period": 1 / fitted[4],
                "frequency_error": np.sqrt(covariance[4, 4]),
                "amplitude": np.hypot(fitted[2], fitted[3]),
            }
        )
    write("sinusoid", cases)


if __name__ == "__main__":
    welch()
    coherence()
    lag()
    sinusoid()
