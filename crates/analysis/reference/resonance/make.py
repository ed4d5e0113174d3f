"""Reference values for resonance, beats, the null of consonance and shape search, from numpy and scipy.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy.
"""

import pathlib
import sys

import numpy as np
from scipy import optimize, signal

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import writer  # noqa: E402


write = writer(__file__)


def effective(segments):
    return segments / (1 + 2 / 36 * (1 - 1 / segments))


def seen_response(frequency, resonance, q, length):
    """The gain that Hann segments see: the impulse response times the taper's autocorrelation, summed term by term."""
    t = np.arange(length)
    x = t / length
    taper = (1 - x) * (2 / 3 + np.cos(2 * np.pi * x) / 3) + np.sin(2 * np.pi * x) / (2 * np.pi)
    decay = np.exp(-np.pi * resonance / q)
    response = decay**t * np.sin((t + 1) * 2 * np.pi * resonance)
    return np.abs(np.exp(-2j * np.pi * np.outer(frequency, t)) @ (response * taper))


def resonance():
    cases = []
    for seed, (true_frequency, true_q, length, steps, noise) in enumerate(
        [(0.1, 5.0, 128, 2000, 1.0), (0.07, 12.0, 256, 4000, 0.5), (0.21, 3.0, 64, 1500, 0.5)]
    ):
        rng = np.random.default_rng(seed + 20)
        decay = np.exp(-np.pi * true_frequency / true_q)
        poles = [1, -2 * decay * np.cos(2 * np.pi * true_frequency), decay**2]
        first = np.round(rng.standard_normal(steps), 4)
        second = np.round(signal.lfilter([1.0], poles, first) + noise * rng.standard_normal(steps), 4)
        how = dict(window="hann", nperseg=length, noverlap=length // 2, detrend="linear")
        frequency, cross = signal.csd(first, second, **how)
        _, power = signal.welch(first, **how)
        _, squared = signal.coherence(first, second, **how)
        segments = (steps - length) // (length // 2) + 1
        gain = np.log(np.abs(cross) / power)
        variance = np.maximum((1 - squared) / (2 * squared * effective(segments)), 1e-9)
        # The bins around the top: down to a quarter of the gain, at least three on each side; bins 2 to Nyquist less one.
        low, high = 2, length // 2 - 1
        top = low + int(np.argmax(gain[low : high + 1]))
        begin = top
        while begin > low and (gain[begin - 1] > gain[top] - np.log(4) or top - begin < 3):
            begin -= 1
        end = top
        while end < high and (gain[end + 1] > gain[top] - np.log(4) or end - top < 3):
            end += 1
        bins = np.arange(begin, end + 1)

        def residuals(p):
            rest = gain[bins] - np.log(seen_response(frequency[bins], np.exp(p[0]), np.exp(p[1]), length)) - p[2]
            return rest / np.sqrt(variance[bins])

        fit = optimize.least_squares(
            residuals, [np.log(frequency[top]), np.log(true_q), 0.0], xtol=1e-15, ftol=1e-15, gtol=1e-15
        )
        cases.append(
            {
                "first": first,
                "second": second,
                "segment": length,
                "gain": np.abs(cross) / power,
                "coherence": squared,
                "frequency": np.exp(fit.x[0]),
                "q": np.exp(fit.x[1]),
            }
        )
    write("resonance", cases)


def beat():
    """Two lines in noise by non-linear least squares: the beat and the next time both are in step."""
    cases = []
    for seed, (periods, phases, length) in enumerate([((6.0, 6.6), (0.0, 0.0), 1440), ((23.0, 26.0), (1.0, 2.5), 2000)]):
        rng = np.random.default_rng(seed + 40)
        t = np.arange(length)
        values = sum(np.cos(2 * np.pi * t / p + f) for p, f in zip(periods, phases))
        values = np.round(values + rng.standard_normal(length), 4)
        middle = (length - 1) / 2

        def model(t, mean, slope, a, b, f, c, d, g):
            one, other = 2 * np.pi * f * (t - middle), 2 * np.pi * g * (t - middle)
            line = mean + slope * (t - middle)
            return line + a * np.cos(one) + b * np.sin(one) + c * np.cos(other) + d * np.sin(other)

        start = [0, 0]
        for p, f in zip(periods, phases):
            at = 2 * np.pi * middle / p + f
            start += [np.cos(at), -np.sin(at), 1 / p]
        fitted, _ = optimize.curve_fit(model, t, values, p0=start, xtol=1e-14, ftol=1e-14)
        _, _, a, b, f, c, d, g = fitted
        period = 1 / abs(f - g)
        centre = middle - (np.arctan2(-b, a) - np.arctan2(-d, c)) / (2 * np.pi * (f - g))
        following = centre + np.ceil((length - centre) / period) * period
        cases.append({"values": values, "period": period, "next": following})
    write("beat", cases)


def null():
    """The value of the null: the mean over the pairs of the strongest coherence less its bias, without whitening."""
    rng = np.random.default_rng(60)
    common = rng.standard_normal(800)
    series = [np.round(common * k + rng.standard_normal(800), 4) for k in (0.3, 0.6, 0.9)]
    bins, length = (2, 30), 64
    bias = 1 / effective((800 - length) // (length // 2) + 1)
    tops = []
    for i in range(3):
        for j in range(i + 1, 3):
            how = dict(window="hann", nperseg=length, noverlap=length // 2, detrend="linear")
            _, squared = signal.coherence(series[i], series[j], **how)
            tops.append(max((squared[bins[0] : bins[1]].max() - bias) / (1 - bias), 0))
    write("null", {"series": series, "segment": length, "bins": bins, "value": np.mean(tops)})


def shape():
    """The distance profile, window by window."""
    rng = np.random.default_rng(80)
    columns = [np.round(np.cumsum(rng.standard_normal(300)), 4), np.round(rng.standard_normal(300) + 5, 4)]
    columns[0][120:130] = np.nan
    first, last = 200, 240

    def normalised(values):
        return (values - values.mean()) / values.std()

    queries = [normalised(c[first:last]) for c in columns]
    profile = []
    for at in range(300 - (last - first) + 1):
        found = [
            np.mean(q * normalised(c[at : at + last - first]))
            for q, c in zip(queries, columns)
            if not np.isnan(c[at : at + last - first]).any()
        ]
        profile.append(np.sqrt(max(2 * (1 - np.mean(found)), 0)))
    write("shape", {"columns": columns, "window": (first, last), "profile": profile})


if __name__ == "__main__":
    resonance()
    beat()
    null()
    shape()
