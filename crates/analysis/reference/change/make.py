"""Reference values for pieces and local spectra, from numpy and scipy: plain loops over every segmentation's last border.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py
"""

import pathlib
import sys

import numpy as np
from scipy import signal, stats

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import rounded, writer  # noqa: E402

write = writer(__file__)


def best_borders(cost, count, shortest, penalty):
    """The exact minimum, by the recursion over last borders (Jackson and others 2005); no pruning."""
    best, origin = np.full(count + 1, np.inf), np.zeros(count + 1, int)
    best[0] = -penalty
    for end in range(shortest, count + 1):
        totals = [best[start] + cost(start, end) + penalty for start in range(end - shortest + 1)]
        origin[end] = int(np.argmin(totals))
        best[end] = totals[origin[end]]
    borders, end = [], count
    while end > 0:
        end = origin[end]
        if end > 0:
            borders.append(int(end))
    return borders[::-1]


def polynomial_cost(values, weights, variance):
    """Squares about the best polynomial of degree 0 to 2 over the variance, and ln n per degree."""
    count, known = len(values), {}

    def cost(start, end):
        if (start, end) not in known:
            here = np.arange(start, end)
            here = here[weights[start:end] > 0]
            options = []
            for degree in range(3):
                if degree and end - start < degree + 2:
                    continue
                if len(here) <= degree:
                    options.append(degree * np.log(count))
                    continue
                fitted = np.polyval(np.polyfit(here - here.mean(), values[here], degree), here - here.mean())
                options.append(np.sum((values[here] - fitted) ** 2) / variance + degree * np.log(count))
            known[start, end] = min(options)
        return known[start, end]

    return cost


def pieces():
    rng = np.random.default_rng(11)
    cases = []
    for count, shortest, gaps in [(60, 3, 0), (90, 5, 0), (120, 4, 15), (150, 10, 0)]:
        time = np.arange(count)
        for shape in range(3):
            border = count // 2 + shape
            values = rng.standard_normal(count) + [
                np.where(time < border, 0.0, 4.0),
                np.where(time < border, 0.0, 0.2 * (time - border)),
                5.0 * np.sin(time / count * 9.0),
            ][shape]
            values = rounded(values)
            values[rng.choice(count, gaps, replace=False)] = np.nan
            present = np.isfinite(values)
            cost = polynomial_cost(np.where(present, values, 0.0), present, 1.3)
            cases.append({"values": values, "shortest": shortest, "variance": 1.3,
                          "borders": best_borders(cost, count, shortest, 3.0 * np.log(count))})
    write("pieces", cases)


def significance():
    """Two levels against one, each with memory: an autoregression with and without the step, by ordinary least squares."""
    rng = np.random.default_rng(12)
    cases = []
    for count, phi, size in [(120, 0.0, 3.0), (200, 0.5, 4.0), (400, 0.3, 3.0), (300, 0.0, 4.0)]:
        noise = signal.lfilter([1.0], [1.0, -phi], rng.uniform(-1.0, 1.0, count + 50))[50:]
        border = count // 2
        values = rounded(noise + np.where(np.arange(count) < border, 0.0, size))
        now = np.array([slot for slot in range(1, count) if slot != border])

        def left(*columns):
            design = np.column_stack([values[now - 1], *columns])
            return np.sum((values[now] - design @ np.linalg.lstsq(design, values[now], rcond=None)[0]) ** 2)

        one, two = left(np.ones(len(now))), left(now < border, now >= border)
        ratio = (len(now) - 3) * np.log(one / two)
        p = -np.expm1(float(count) ** 2 * np.log1p(-stats.chi2.sf(ratio, 2)))
        cases.append({"values": values, "border": border, "ln_p": np.log(p)})
    write("significance", cases)


def spectra():
    rng = np.random.default_rng(13)
    cases = []
    for count, kind in [(900, "power"), (1400, "period"), (2600, "both"), (700, "none"), (5000, "period")]:
        time = np.arange(count)
        noise = rng.standard_normal(count)
        border = count * 2 // 5
        values = {
            "power": noise * np.where(time < border, 1.0, 2.5),
            "period": 0.4 * noise + np.sin(time * np.where(time < border, 0.2, 0.35)),
            "both": noise * np.where(time < 800, 1.0, 3.0) + np.where(time < 1700, 0.0, 5.0) * np.sin(time / 3.0),
            "none": noise,
        }[kind]
        values = rounded(values)
        length = 2 ** int(np.log2(count // 64))
        edges = [1]
        while edges[-1] < length // 2 + 1:
            edges.append(min(edges[-1] + -(-edges[-1] // 2), length // 2 + 1))
        if edges[-2] + 1 > edges[-1]:
            edges.pop(-2)
        taper = signal.get_window("hann", length)
        powers = []
        for frame in range(count // length):
            looks = []
            for quarter in range(4):
                inside = values[frame * length + quarter * length // 4:][:length]
                if len(inside) == length:
                    bins = np.abs(np.fft.rfft(signal.detrend(inside) * taper)) ** 2
                    looks.append([bins[a:b].mean() for a, b in zip(edges, edges[1:])])
            powers.append(np.mean(looks, axis=0))
        powers = np.array(powers)
        logs = np.log(powers + 1e-3 * powers.mean())
        steps = np.diff(logs, axis=0)
        standard = logs / np.maximum(stats.median_abs_deviation(steps, scale="normal") * np.sqrt(0.5), 0.141)
        frames, bands = standard.shape
        noise_variance = 1.0
        while True:
            def cost(start, end):
                return np.sum((standard[start:end] - standard[start:end].mean(axis=0)) ** 2)

            borders = best_borders(cost, frames, 6, (bands + 2) * np.log(frames) * noise_variance)
            cuts = [0, *borders, frames]
            rest = np.vstack([standard[a:b] - standard[a:b].mean(axis=0) for a, b in zip(cuts, cuts[1:])])
            spectra_count = len(cuts) - 1
            size = frames / spectra_count
            phi = np.sum(rest[1:] * rest[:-1], axis=0) / np.sum(rest**2, axis=0)
            phi = np.clip((phi + 1 / size) / (1 - 3 / size), 0.0, 0.7)
            variance = np.sum(rest**2, axis=0) / (frames - spectra_count)
            counted = max(1.0, np.mean(variance * (1 + phi) / (1 - phi)))
            if counted <= noise_variance * 1.001:
                break
            noise_variance = counted
        cases.append({"values": values, "slots": [frame * length + 3 * length // 8 for frame in borders]})
    write("spectra", cases)


pieces()
significance()
spectra()
