"""Reference values for changes, from numpy, scipy and statsmodels: plain loops over every border or stretch that there is.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py
"""

import itertools
import pathlib
import sys

import numpy as np
from scipy import optimize, signal, stats
from statsmodels.api import OLS
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.stattools import pacf_burg

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import rounded, writer  # noqa: E402

write = writer(__file__)
MAD_TO_SIGMA = 1.482602218505602


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


def autoregression(values):
    """Burg's coefficients, of the order of the lowest BIC; eight orders without a lower one end the search."""
    count = len(values)
    longest = min(int(10 * np.log10(count)), 24, count // 10)
    centred = values - values.mean()
    partial, _ = pacf_burg(centred, longest, demean=False)
    variances = np.mean(centred**2) * np.cumprod(1 - np.append(0, partial[1:]) ** 2)
    bic = count * np.log(variances) + np.arange(longest + 1) * np.log(count)
    order = 0
    for tried in range(1, longest + 1):
        if tried > order + 8:
            break
        order = tried if bic[tried] < bic[order] else order
    return burg(centred, order, demean=False)[0] if order else np.array([])


def blocks(values, most, summary):
    """The middles of at most so many equal blocks, and the summaries of what is present in them."""
    length = -(-len(values) // most)
    chunks = [(start + (len(values[start:start + length]) - 1) / 2, values[start:start + length])
              for start in range(0, len(values), length)]
    present = [(middle, summary(inside[np.isfinite(inside)])) for middle, inside in chunks if np.isfinite(inside).any()]
    return np.array(present).reshape(-1, 2).T


def family_wise(ln_p, tests):
    """ln of the chance that the best of so many tests is as good (Šidák)."""
    return np.log(-np.expm1(tests * np.log1p(-np.exp(ln_p)))) if ln_p > -30 else min(ln_p + np.log(tests), 0.0)


def bend():
    """Two lines that meet, one regression (statsmodels) for each place where they may."""
    rng = np.random.default_rng(14)
    cases = []
    for count, at, turn, phi, gap in [
        (200, 120, 0.05, 0.0, 0),   # clear
        (600, 350, 0.004, 0.0, 0),  # subtle
        (600, 400, 0.03, 0.6, 0),   # with memory, in blocks of three
        (700, 300, 0.02, 0.3, 90),  # with gaps, one of them longer than a block
        (1000, 500, 0.0, 0.8, 0),   # none
        (150, 75, 0.0, 0.0, 0),     # none
        (20, 10, 1.0, 0.0, 0),      # the fewest blocks
        (23, 10, 1.0, 0.0, 3),      # the fewest blocks, with gaps
    ]:
        noise = signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(count + 100))[100:]
        time = np.arange(count)
        values = rounded(7.0 + 0.01 * time + noise + turn * np.maximum(time - at, 0))
        if gap > 3:
            values[rng.choice(count, gap - 20, replace=False)] = np.nan
            values[500:520] = np.nan
        elif gap:
            values[[2, 8, 17]] = np.nan
        x, y = blocks(values, 256, np.median)
        m = len(x)
        edge = max(int(0.05 * m), 3)
        straight = OLS(y, np.column_stack([np.ones(m), x])).fit()
        bent = {place: OLS(y, np.column_stack([np.ones(m), x - x[place], np.maximum(x - x[place], 0)])).fit()
                for place in range(edge, m - edge)}
        best = min(bent, key=lambda place: bent[place].ssr)
        fit = bent[best]
        memory = (autoregression(fit.resid).sum() + 2 / m) / (1 - 4 / m)
        memory = np.clip(memory, 0.0, 0.99)
        effective = m * (1 - memory) / (1 + memory)
        # F of so many independent values, and the share that they are of all once more: the price of an estimated memory.
        f = (straight.ssr - fit.ssr) / 2 / (fit.ssr / (effective - 4)) * effective / m
        ln_p = family_wise(stats.f.logsf(f, 2, effective - 4), len(bent)) if effective > 6 else 0.0
        inside = [place for place in bent if effective * np.log(bent[place].ssr / fit.ssr) <= 7.35]
        level, slope, change = fit.params
        cases.append({"values": values, "knot": x[best], "low": x[inside[0]], "high": x[inside[-1]],
                      "level": level, "before": slope, "after": slope + change, "ln_p": ln_p})
    write("bend", cases)


def contrast():
    """Every stretch of block means against all others, by two means and their standard errors."""
    rng = np.random.default_rng(15)
    cases = []
    for count, start, end, size, gap in [
        (300, 100, 160, 2.0, 0), (128, 40, 50, 1.0, 0), (1000, 0, 0, 0.0, 0), (500, 200, 500, 0.7, 120),
        (129, 60, 90, -1.5, 0), (4, 2, 4, 1.0, 0), (6, 2, 4, 1.0, 2), (3, 1, 2, 1.0, 0),
    ]:
        values = rng.standard_normal(count)
        values[start:end] += size
        values = rounded(values)
        if gap > 2:
            values[rng.choice(count, gap - 20, replace=False)] = np.nan
            values[300:320] = np.nan
        elif gap:
            values[[0, 3]] = np.nan
        _, means = blocks(values, 128, np.mean)
        variance = np.mean(np.diff(means) ** 2) / 2
        largest = 0.0
        for first in range(len(means)) if len(means) >= 4 else []:
            for last in range(first + 1, len(means) + 1):
                inside = np.zeros(len(means), bool)
                inside[first:last] = True
                if inside.all():
                    continue
                error = np.sqrt(variance / inside.sum() + variance / (~inside).sum())
                largest = max(largest, abs(means[inside].mean() - means[~inside].mean()) / error)
        cases.append({"values": values, "contrast": largest})
    alphas = [0.05, 0.001, 1e-7]
    write("contrast", {"cases": cases, "near": [[alpha, 0.85 * stats.norm.isf(alpha / 128)] for alpha in alphas]})


def peers():
    """What an instance does beside its peers: medians with the instance left out, and the line outside of a stretch."""
    rng = np.random.default_rng(16)
    cases = []
    for count, members, inside in [(200, 6, (120, 160)), (90, 4, (60, 85)), (80, 4, (70, 80)), (150, 5, (0, 30)), (60, 3, (20, 40))]:
        load = 10 * np.sin(np.arange(count) / 9.0) + rng.standard_normal(count)
        columns = load + rng.standard_normal((members, count)) * 0.4
        columns[0] = 2.0 * columns[0] + 1.0
        columns[1, slice(*inside)] += 3.0
        columns = rounded(columns)
        columns[rng.random((members, count)) < 0.03] = np.nan
        apart, share, beyond = [], [], []
        for own in range(members):
            others = np.delete(columns, own, axis=0)
            enough = np.isfinite(others).sum(axis=0) >= 3
            median = np.full(count, np.nan)
            median[enough] = np.nanmedian(others[:, enough], axis=0)
            rest = columns[own] - median
            apart.append(rest)
            if not np.isfinite(rest).any():
                share.append(None)
                beyond.append(None)
                continue
            spread = [stats.median_abs_deviation(which, nan_policy="omit") for which in (rest, columns[own])]
            share.append((spread[0] / spread[1]) ** 2)
            within = np.zeros(count, bool)
            within[slice(*inside)] = True
            present = np.isfinite(rest)
            line = OLS(columns[own][present & ~within], np.column_stack([np.ones((present & ~within).sum()),
                                                                        median[present & ~within]])).fit()
            enough = (present & within).sum() >= 10 and (present & ~within).sum() >= 10
            expected = line.params[0] + line.params[1] * median[present & within]
            beyond.append(np.mean(columns[own][present & within] - expected) if enough else None)
        cases.append({"columns": columns, "inside": inside, "apart": apart, "share": share, "beyond": beyond})
    write("peers", cases)


def sinusoid(values, slots, period):
    """The amplitude of a sinusoid and a constant by least squares, and the squares that they leave."""
    angle = 2 * np.pi * slots / period
    design = np.column_stack([np.ones(len(slots)), np.cos(angle), np.sin(angle)])
    fitted = np.linalg.lstsq(design, values, rcond=None)[0]
    return np.hypot(fitted[1], fitted[2]), np.sum((values - design @ fitted) ** 2)


def strongest_period(values, slots):
    """The period that leaves the least squares, to the optimum: each of a fine grid is tried first."""
    span = len(slots)
    grid = np.arange(3.0, span / 2.5, 0.1) / span
    left = [sinusoid(values, slots, 1 / frequency)[1] for frequency in grid]
    near = grid[int(np.argmin(left))]
    best = optimize.minimize_scalar(lambda frequency: sinusoid(values, slots, 1 / frequency)[1],
                                    bounds=(near - 0.1 / span, near + 0.1 / span), method="bounded",
                                    options={"xatol": 1e-12})
    return 1 / best.x


def period_change():
    """One sinusoid before a border and another one after it: border and both periods that leave the least squares."""
    rng = np.random.default_rng(17)
    cases = []
    for count, at, before, after, amplitude, gaps in [
        (1440, 800, 60.0, 40.0, 3.0, 0),    # clear
        (1440, 500, 20.0, 55.0, 1.5, 0),
        (1000, 620, 33.3, 21.7, 1.0, 0),    # subtle
        (900, 400, 25.0, 40.0, 2.0, 90),    # with gaps
        (300, 250, 12.0, 20.0, 3.0, 0),     # none: half a cycle less than three after it
        (700, 0, 30.0, 30.0, 2.0, 0),       # none: one period throughout
        (700, 0, 30.0, 19.0, 2.0, 0),       # none: both throughout
        (600, 0, 0.0, 0.0, 0.0, 0),         # none: noise
    ]:
        time = np.arange(count)
        noise = rng.standard_normal(count)
        if at:
            turns = np.where(time < at, time / before, at / before + (time - at) / after)
            values = rounded(noise + amplitude * np.sin(2 * np.pi * turns))
        else:
            values = noise + sum(amplitude * np.sin(2 * np.pi * time / period) for period in {before, after} if period)
            values = rounded(values)
        if gaps:
            values[rng.choice(count, gaps - 20, replace=False)] = np.nan
            values[600:620] = np.nan
        if not at or count - at < 3 * after:
            cases.append({"values": values, "change": None})
            continue
        present = np.isfinite(values)
        slots, values_there = time[present], values[present]
        border = at
        while True:
            side = slots < border
            periods = [strongest_period(values_there[which], slots[which]) for which in (side, ~side)]
            squares = {}
            for tried in range(1, count):
                side = slots < tried
                if tried >= 3 * periods[0] and count - tried >= 3 * periods[1]:
                    squares[tried] = sum(sinusoid(values_there[which], slots[which], period)[1]
                                         for which, period in zip((side, ~side), periods))
            best = min(squares, key=squares.get)
            if best == border:
                break
            border = best
        variance = squares[border] / (present.sum() - 9)
        inside = [tried for tried in squares if (squares[tried] - squares[border]) / variance <= 7.35]
        side = slots < border
        sides = (side, ~side)
        counts = [which.sum() for which in sides]
        ln_p = []
        for own, period in enumerate(periods):
            sizes = [sinusoid(values_there[which], slots[which], period)[0] for which in sides]
            ln_p.append(-counts[own] * sizes[own] ** 2 / (4 * variance))
            error = np.sqrt(2 * variance * (1 / counts[0] + 1 / counts[1]))
            ln_p.append(stats.norm.logsf(abs(sizes[0] - sizes[1]) / error))
        length = -(-count // 128)
        borders = sum(tried % length == 0 for tried in squares)
        cases.append({"values": values, "change": {
            "slot": border, "low": inside[0], "high": inside[-1], "before": periods[0], "after": periods[1],
            "ln_p": family_wise(max(ln_p), borders * count / 2)}})
    write("period_change", cases)


def rolling(values, window, summary):
    """A summary of `window` slots around each slot; at the ends, of the first or last ones."""
    length = min(window, len(values))
    firsts = np.clip(np.arange(len(values)) - length // 2, 0, len(values) - length)
    return np.array([summary(values[first:first + length]) for first in firsts])


def mad(values):
    return np.median(np.abs(values - np.median(values))) * MAD_TO_SIGMA


class Memory:
    """What an autoregression says of the noise, the memory corrected for what a common level took out with it."""

    def __init__(self, residuals, window):
        residuals = np.clip(residuals, -4 * mad(residuals), 4 * mad(residuals))
        count, phi = len(residuals), autoregression(residuals)
        centred = residuals - residuals.mean()
        self.variance = np.mean(centred**2)
        partial = pacf_burg(centred, max(len(phi), 1), demean=False)[0][1:len(phi) + 1]
        innovation = self.variance * np.prod(1 - partial**2)
        size = min(window, count)
        persistence = max(np.clip((np.sum(phi) + 1 / size) / (1 - 3 / size), -0.999, 0.999), 0.0)
        self.long_run = innovation / (1 - persistence) ** 2
        self.effective = min(count * self.variance / self.long_run, count)


def level_shift():
    """One step in noise with memory, some louder on one side: the test of the best of all borders, step by step."""
    rng = np.random.default_rng(20)
    cases = []
    for count, at, step, phi, louder in [
        (300, 120, 3.0, 0.0, 1.0),
        (480, 240, 2.0, 0.0, 1.0),
        (600, 400, 4.0, 0.5, 1.0),
        (900, 250, -3.0, 0.6, 1.0),
        (400, 150, 5.0, 0.0, 3.0),    # louder after the step, and still beyond the level before
        (700, 300, 4.0, 0.3, 4.0),    # louder, and not beyond it
        (500, 440, 6.0, 0.0, 1.0),    # a short level
        (1000, 500, 1.5, 0.3, 1.0),
    ]:
        noise = signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(count + 100))[100:]
        noise = noise * np.where(np.arange(count) < at, 1.0, louder)
        values = rounded(50.0 + noise + step * (np.arange(count) >= at))
        shortest = max(10, count // 80)

        # Excursions go back to three spreads about the rolling median.
        centre = rolling(values, 2 * shortest + 1, np.median)
        reach = 3 * np.maximum(rolling(values, 2 * shortest + 1, mad), mad(values - centre))
        calmed = centre + np.clip(values - centre, -reach, reach)
        residuals = calmed - rolling(calmed, 61, np.median)
        memory = Memory(residuals, 61)
        variance, long_run, effective = memory.variance, memory.long_run, memory.effective

        def gain(border):
            difference = calmed[border:].mean() - calmed[:border].mean()
            return difference**2 * border * (count - border) / count

        border = max(range(shortest, count - shortest + 1), key=gain)
        sides = [slice(0, border), slice(border, count)]

        def loudness(side):
            """A segment of 61 slots or more by its own squares, those about its mean or about the rolling median."""
            inside, rest = calmed[side], residuals[side]
            assert len(inside) >= 61 or louder == 1.0
            squares = min(np.sum((inside - inside.mean()) ** 2), np.sum((rest - rest.mean()) ** 2))
            own = (8 + squares / variance) / (8 + len(inside))
            if len(inside) < 61:
                start, end = side.start, side.stop
                beside = [residuals[max(start - 61, 0):start], residuals[end:end + 61]]
                ratios = [(8 + len(part) * (mad(part) if len(part) else 0.0) ** 2 / variance) / (8 + len(part))
                          for part in beside]
                own = max(own, min(ratios))
            return max(own, 1.0)

        while True:
            noises = [long_run * loudness(side) for side in sides]
            louder_side = int(noises[1] >= noises[0])
            quiet, loud = calmed[sides[1 - louder_side]], calmed[sides[louder_side]]
            above, below = np.sum(loud > np.median(quiet)), np.sum(loud < np.median(quiet))
            apart = min(noises) <= 2 * long_run and max(above, below) >= 0.95 * (above + below)
            counted = long_run if apart else (noises[0] * (count - border) + noises[1] * border) / count
            freedom = max(0.5 * effective, 2.0)
            z = np.sqrt(freedom * np.log1p(gain(border) / counted / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)
            share = shortest / count
            ln_p = stats.norm.logpdf(z) + np.log(2 * ((z - 1 / z) * np.log((1 - share) / share) + 2 / z))
            # The levels out, and again with a window that sees longer memory.
            levelled = np.concatenate([calmed[side] - calmed[side].mean() for side in sides])
            window = int(np.clip(count // 6, 61, 481))
            again = Memory(levelled - rolling(levelled, window, np.median), min(window, max(count // 2, 8)))
            effective = min(effective, again.effective)
            if again.long_run <= long_run:
                break
            variance, long_run = again.variance, again.long_run
        best = gain(border)
        within = [at for at in range(1, count) if best - gain(at) <= 7.35 * noises[int(at >= border)]]
        levels = [np.median(values[side]) for side in sides]
        spread = mad(np.concatenate([values[side] - level for side, level in zip(sides, levels)]))
        cases.append({"values": values, "slot": border, "low": within[0], "high": within[-1], "before": levels[0],
                      "after": levels[1], "size": (levels[1] - levels[0]) / spread, "ln_p": ln_p, "apart": apart})
    write("level_shift", cases)

def fluctuation(values):
    """Normal scores of the deviations of an autoregression's residuals from the median of their sixth of the series."""
    coefficients = autoregression(values)
    centred = values - values.mean()
    order = len(coefficients)
    residuals = np.full(len(values), np.nan)
    for slot in range(order, len(values)):
        residuals[slot] = centred[slot] - coefficients @ centred[slot - order:slot][::-1]
    length = len(values) // 6
    deviations = np.full(len(values), np.nan)
    for end in range(len(values), length - 1, -length)[:6]:
        inside = residuals[end - length:end]
        deviations[end - length:end] = np.abs(inside - np.nanmedian(inside))
    return scores_of(deviations)


def scores_of(deviations):
    ranks = stats.rankdata(deviations, nan_policy="omit")
    return stats.norm.ppf(0.5 + ranks / (2 * (np.isfinite(ranks).sum() + 1)))


def best_cuts(values, cuts, shortest):
    """The borders of one more level than `cuts` that leave the least squares: every way to cut is tried."""
    count = len(values)
    known = np.isfinite(values)
    number, total = np.append(0, np.cumsum(known)), np.append(0, np.cumsum(np.where(known, values, 0.0)))

    def held(start, end):
        return (total[end] - total[start]) ** 2 / max(number[end] - number[start], 1)

    ways = itertools.combinations(range(shortest, count - shortest + 1), cuts)
    ways = (way for way in ways if all(b - a >= shortest for a, b in zip(way, way[1:])))
    return list(max(ways, key=lambda way: sum(held(a, b) for a, b in zip((0, *way), (*way, count)))))


def variance():
    """A variance that steps: the best cuts of the scores, the ratios of variances, and steps against growth by BIC."""
    rng = np.random.default_rng(18)
    cases = []
    for count, cuts, spreads, phi, gaps in [
        (900, [400], [1.0, 2.0], 0.0, 0),
        (1200, [700], [1.0, 0.6], 0.6, 0),
        (600, [200, 400], [1.0, 3.0, 1.0], 0.0, 0),
        (800, [500], [1.0, 2.5], 0.0, 60),
        (700, [], [1.0], 0.6, 0),
        (900, [450], [1.0, 1.1], 0.0, 0),
        (2000, [1000], [1.0, 1.15], 0.0, 0),  # a step that is too small to matter
        (1000, None, None, 0.0, 0),  # growth
    ]:
        spread = np.linspace(1.0, 3.0, count) if cuts is None else np.repeat(spreads, np.diff([0, *cuts, count]))
        noise = signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(count + 100))[100:]
        # So many digits that no two deviations are equal: rounding would decide how they share a rank.
        values = np.round(spread * noise, 9)
        if gaps:
            values[200:200 + gaps] = np.nan
        scores = np.round(fluctuation(values), 9) if not gaps else None
        cases.append({"values": values, "scores": scores})
        if gaps:
            # Burg over gaps is not in statsmodels: the scores are those of the values themselves.
            scores = scores_of(np.abs(values - np.nanmedian(values)))
            cases[-1]["given"] = scores
        # Growth is cut into three.
        found = best_cuts(scores, 2 if cuts is None else max(len(cuts), 1), count // 20)
        edges = [0, *found, count]
        parts = list(zip(edges, edges[1:]))
        levels = [np.nanmedian(scores[a:b]) for a, b in parts]
        variances = [stats.median_abs_deviation(values[a:b], scale="normal", nan_policy="omit") ** 2 for a, b in parts]
        slot = np.arange(count)[np.isfinite(scores)]
        there = scores[slot]
        line = OLS(there, np.column_stack([np.ones(len(slot)), slot])).fit().ssr

        def is_stepwise(cuts):
            # A border counts as a coefficient.
            sides = zip([0, *cuts], [*cuts, count])
            steps = OLS(there, np.column_stack([(slot >= a) & (slot < b) for a, b in sides]).astype(float)).fit().ssr
            price = (2 * len(cuts) + 1 - 2) * np.log(len(slot))
            return len(slot) * np.log(steps) + price + 10 < len(slot) * np.log(line)

        # From where to where one step is preferred to growth.
        single = [cut for cut in range(20, count - 20) if is_stepwise([cut])]
        cases[-1].update({"cuts": found, "levels": levels, "variances": variances,
                          "changes": cuts is None or max(spreads) > 1.3 or min(spreads) < 0.8, "stepwise": is_stepwise(found),
                          "single": [single[0], single[-1]] if single else None})
    write("variance", cases)


pieces()
significance()
spectra()
bend()
contrast()
peers()
period_change()
variance()
level_shift()
