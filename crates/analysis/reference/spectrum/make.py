"""Reference values for scales, spectra and periods, from PyWavelets, numpy, scipy, nitime and astropy.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy.
"""

import pathlib
import sys

import numpy as np
import pywt
from astropy.timeseries import LombScargle
from nitime.algorithms import multi_taper_psd
from scipy import optimize, signal, stats
from scipy.signal import windows

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import rounded, writer  # noqa: E402


write = writer(__file__)


def red(rng, phi, length):
    return signal.lfilter([1.0], [1.0, -phi], rng.standard_normal(length))


def modwt_by_definition(values, levels):
    """Coefficients of the MODWT with LA(8) on the reflected series, and its multiresolution analysis, by loops."""
    scaling = np.array(pywt.Wavelet("sym4").rec_lo) / np.sqrt(2)
    wavelet = np.array([(-1) ** k * scaling[7 - k] for k in range(8)])
    smooth = np.concatenate([values, values[::-1]])
    length = len(smooth)
    index = np.arange(length)

    def forward(series, filter_, stride):
        return sum(filter_[k] * series[(index - k * stride) % length] for k in range(8))

    def backward(series, filter_, stride):
        return sum(filter_[k] * series[(index + k * stride) % length] for k in range(8))

    coefficients, details = [], []
    for level in range(1, levels + 1):
        coefficients.append(forward(smooth, wavelet, 2 ** (level - 1)))
        smooth = forward(smooth, scaling, 2 ** (level - 1))
    for level in range(1, levels + 1):
        part = backward(coefficients[level - 1], wavelet, 2 ** (level - 1))
        for lower in range(level - 1, 0, -1):
            part = backward(part, scaling, 2 ** (lower - 1))
        details.append(part[: len(values)])
    part = smooth
    for lower in range(levels, 0, -1):
        part = backward(part, scaling, 2 ** (lower - 1))
    variances = [np.mean(c**2) for c in coefficients]
    return variances, details, part[: len(values)], np.var(smooth)


def modwt():
    rng = np.random.default_rng(1)
    # 2 × 320 holds 2^7 a whole number of times, which PyWavelets asks for.
    values = rounded(50 + np.cumsum(rng.standard_normal(320)) + 2 * np.sin(np.arange(320) / 3))
    reflected = np.concatenate([values, values[::-1]])
    parts = pywt.swt(reflected, "sym4", level=7, norm=True, trim_approx=True)
    mra = pywt.mra(reflected, "sym4", level=7, transform="swt")
    library = {
        "values": values,
        "variances": [np.mean(p**2) for p in parts[:0:-1]],
        "rest": np.var(parts[0]),
        "details": [m[:320:9] for m in mra[:0:-1]],
        "smooth": mra[0][:320:9],
    }
    # Any length, and with gaps: bridged by straight lines for the transform.
    values = rounded(-3 + red(rng, 0.9, 301) + 0.02 * np.arange(301))
    present = np.ones(301, dtype=bool)
    present[40:47] = present[120:123] = present[200] = False
    filled = np.interp(np.arange(301), np.arange(301)[present], values[present])
    _, details, smooth, _ = modwt_by_definition(filled - values[present].mean(), 8)
    centred = values[present] - values[present].mean()
    gappy = {
        "values": np.where(present, values, np.nan),
        "variances": [np.mean(centred * d[present]) for d in details],
        "rest": np.mean(centred * smooth[present]),
        "details": [d[::9] for d in details],
        "smooth": (smooth + values[present].mean())[::9],
    }
    variances, details, smooth, rest = modwt_by_definition(values - values.mean(), 8)
    whole = {
        "values": values,
        "variances": variances,
        "rest": rest,
        "details": [d[::9] for d in details],
        "smooth": (smooth + values.mean())[::9],
    }
    write("modwt", {"pywavelets": library, "definition": whole, "gaps": gappy})


def adaptive(powers, concentrations, variance):
    """Thomson's fixed point, by bisection instead of by iteration."""
    found = []
    for power in powers.T:

        def excess(s):
            weights = concentrations * s**2 / (concentrations * s + (1 - concentrations) * variance) ** 2
            return np.sum(weights * power) / np.sum(weights) - s

        found.append(optimize.brentq(excess, 1e-3 * power.min(), power.max() * 1.001, xtol=1e-14, rtol=1e-13))
    return np.array(found)


def multitaper():
    rng = np.random.default_rng(2)
    cases = []
    for length, padded, half_bandwidth, count in [(300, 300, 4, 7), (1001, 1024, 2.5, 4)]:
        t = np.arange(length)
        values = rounded(red(rng, 0.8, length) + 1.2 * np.cos(2 * np.pi * t * 0.21 + 0.6))
        tapers, concentrations = windows.dpss(length, half_bandwidth, count, return_ratios=True)
        centred = values - values.mean()
        spectra = np.fft.rfft(tapers * centred, n=padded, axis=1)
        powers = np.abs(spectra) ** 2
        sides = np.full(powers.shape[1], 2.0)
        sides[0] = sides[-1] = 1.0
        # nitime takes 2 NW tapers.
        _, by_nitime, _ = multi_taper_psd(
            centred, Fs=1.0, NW=half_bandwidth, adaptive=False, sides="onesided", low_bias=False, NFFT=padded
        )
        weighted = sides * (concentrations @ powers) / concentrations.sum()
        sums = tapers.sum(axis=1)
        line = (sums @ spectra) / np.sum(sums**2)
        residual = np.sum(np.abs(spectra - np.outer(sums, line)) ** 2, axis=0)
        f = (count - 1) * np.abs(line) ** 2 * np.sum(sums**2) / residual
        cases.append(
            {
                "values": values,
                "half_bandwidth": half_bandwidth,
                "frequency": np.fft.rfftfreq(padded),
                "weighted": weighted,
                "nitime": by_nitime,
                "adaptive": sides * adaptive(powers, concentrations, np.mean(centred**2)),
                "f": f,
                "p": stats.f.sf(f, 2, 2 * count - 2),
                "amplitude": np.abs(line) * sides,
                "phase": np.angle(line),
            }
        )
    write("multitaper", cases)


def lomb_scargle():
    rng = np.random.default_rng(3)
    length = 400
    t = np.arange(length)
    values = rounded(7 + red(rng, 0.6, length) + 1.5 * np.sin(2 * np.pi * t / 31.7))
    present = np.ones(length, dtype=bool)
    present[60:130] = present[210:260] = present[300:340] = present[5] = False
    frequency = np.arange(5, 795, 23) / 1600
    regular = LombScargle(t[present], values[present], fit_mean=True, center_data=True).power(
        frequency, method="cython", normalization="standard"
    )
    times = rounded(np.sort(rng.uniform(0, 400, 150)))
    irregular = rounded(2 + rng.standard_normal(150) + np.cos(2 * np.pi * times / 12.3))
    power = LombScargle(times, irregular, fit_mean=True, center_data=True).power(
        frequency, method="cython", normalization="standard"
    )
    by_scipy = signal.lombscargle(times, irregular, 2 * np.pi * frequency, floating_mean=True, normalize=True)
    assert np.allclose(power, by_scipy, rtol=1e-9)
    write(
        "lomb_scargle",
        {
            "values": np.where(present, values, np.nan),
            "frequency": frequency,
            "power": regular,
            "times": times,
            "irregular": irregular,
            "irregular_power": power,
        },
    )


def lines():
    """Several lines, two of them two resolutions apart, by non-linear least squares over all parameters at once."""
    cases = []
    for seed, missing in [(4, 0), (5, 0), (6, 1)]:
        rng = np.random.default_rng(seed)
        length = 900
        t = np.arange(length, dtype=float)
        true = [(1.5, 1 / 24.0, 0.4), (0.8, 1 / 24.0 + 2.0 / length, -1.9), (1.0, 1 / 7.3, 2.5)]
        values = 10 + 0.001 * t + 0.7 * rng.standard_normal(length)
        for amplitude, frequency, phase in true:
            values = values + amplitude * np.cos(2 * np.pi * frequency * t + phase)
        values = rounded(values)
        present = np.ones(length, dtype=bool)
        if missing:
            present[100:260] = present[400:480] = present[600:720] = False

        def model(t, mean, slope, *parameters):
            sum_ = mean + slope * t
            for a, b, frequency in zip(parameters[::3], parameters[1::3], parameters[2::3]):
                sum_ = sum_ + a * np.cos(2 * np.pi * frequency * t) + b * np.sin(2 * np.pi * frequency * t)
            return sum_

        start = [10.0, 0.001]
        for amplitude, frequency, phase in true:
            start += [amplitude * np.cos(phase), -amplitude * np.sin(phase), frequency]
        fitted, covariance = optimize.curve_fit(
            model, t[present], values[present], p0=start, xtol=1e-15, ftol=1e-15, gtol=1e-15,
            x_scale=[1.0, 1e-3] + [1.0, 1.0, 1e-5] * 3, method="trf",
        )
        order = np.argsort(fitted[4::3])
        pick = lambda k: fitted[2 + 3 * k : 5 + 3 * k]
        cases.append(
            {
                "values": np.where(present, values, np.nan),
                "frequency": [pick(k)[2] for k in order],
                "frequency_error": [np.sqrt(covariance[4 + 3 * k, 4 + 3 * k]) for k in order],
                "amplitude": [np.hypot(pick(k)[0], pick(k)[1]) for k in order],
                "phase": [np.arctan2(-pick(k)[1], pick(k)[0]) for k in order],
            }
        )
    write("lines", cases)


def running_mean(values, width):
    """The mean over `width` values around each; at the ends, over the first or last ones."""
    firsts = np.clip(np.arange(len(values)) - width // 2, 0, len(values) - width)
    return np.array([np.nanmean(values[first:first + width]) for first in firsts])


def course():
    """A period's regularity, the delays of its blocks and their slope: every block by its own Fourier sums."""
    rng = np.random.default_rng(31)
    cases = []
    for period, cycles, later, jitter, walk, gap in [
        (20.5, 30, 0.0, 0.3, False, 0),
        (20.5, 30, 0.05, 0.3, False, 0),
        (12.0, 110, 0.0, 0.5, False, 0),    # two cycles a block
        (48.7, 14, 0.4, 1.0, False, 0),
        (30.0, 40, 0.4, 0.5, False, 0),     # more than half a period over the data
        (24.0, 60, 0.0, 0.6, True, 0),      # each interval is off, so that delays go on from the one before
        (24.0, 50, 0.02, 0.4, False, 70),
        (33.0, 20, 0.0, 60.0, False, 0),    # anywhere in the cycle
    ]:
        length = int(period * cycles)
        time = np.arange(length, dtype=float)
        off = rng.standard_normal(cycles + 2) * jitter
        starts = np.arange(cycles + 2) * (period + later) + (np.cumsum(off) if walk else off)
        values = sum(np.exp(-0.5 * ((time - start - period / 3) / (period / 12)) ** 2) for start in starts)
        values = rounded(5.0 + 4.0 * values + 0.2 * rng.standard_normal(length))
        values[length // 3:length // 3 + gap] = np.nan

        rest = values - running_mean(values, int(np.floor(period + 0.5)))
        per_block = int(max(np.ceil(length / period / 64), min(np.ceil(16 / period), length / period // 10), 1))
        width = int(np.clip(int(0.45 * period), 1, 8))
        orders = np.arange(1, width + 1)
        steps, harmonics = [], []
        for cycle in range(0, cycles + 1, per_block):
            if (cycle + per_block) * period > length + 1e-6:
                break
            sums, present, slots = np.zeros(width, complex), 0, 0
            for one in range(cycle, cycle + per_block):
                here = np.arange(int(np.floor(one * period + 0.5)), min(int(np.floor((one + 1) * period + 0.5)), length))
                here, slots = here[np.isfinite(rest[here])], slots + len(here)
                present += len(here)
                sums += np.exp(-2j * np.pi * np.outer(orders, here - one * period) / period) @ rest[here]
            if 4 * present >= 3 * slots:
                steps.append((cycle + 0.5 * per_block) * period)
                harmonics.append(sums)
        steps, harmonics = np.array(steps), np.array(harmonics)
        count = len(steps)

        def turned(slope):
            return harmonics * np.exp(2j * np.pi * np.outer(slope * steps, orders) / period)

        def template(blocks):
            scatter = np.sum(np.abs(blocks - blocks.mean(0)) ** 2, axis=0) / (count - 1)
            ratio = count * np.abs(blocks.mean(0)) ** 2 / scatter
            chance = stats.f.sf(ratio, 2, 2 * (count - 1))
            return 1 / (scatter + 1e-9 * np.mean(np.abs(blocks) ** 2, axis=0)), bool(np.any(chance < 1e-3 / width))

        power = np.sum(np.abs(harmonics) ** 2, axis=0)
        slopes = [quarter * 0.25 * period / length for quarter in (0, 1, -1, 2, -2, 3, -3, 4, -4)]
        slope = max(slopes, key=lambda slope: np.sum(np.abs(turned(slope).sum(0)) ** 2 / power))
        weights, coherent = template(turned(slope))
        if not coherent:
            slope = 0.0
            weights, coherent = template(turned(slope))
        blocks = turned(slope)
        delays, cosines = [], []
        for block in range(count):
            others = np.delete(blocks, block, axis=0).mean(0)
            products = np.conj(others) * blocks[block] * weights
            cosines.append(products.sum().real / abs(products.sum()))
            fit = lambda delay: np.sum(products * np.exp(2j * np.pi * orders * delay / period)).real
            falls = lambda delay: np.sum(orders * (products * np.exp(2j * np.pi * orders * delay / period)).imag)
            grid = np.linspace(-period / 2, period / 2, 4001)
            top = grid[np.argmax([fit(delay) for delay in grid])]
            delays.append(optimize.brentq(falls, top - period / 2000, top + period / 2000, xtol=1e-13) + slope * steps[block])
        delays = np.array(delays)
        line = stats.linregress(steps, delays)
        left = delays - line.intercept - line.slope * steps
        error, freedom = line.stderr, count - 2.0
        if np.sum(left[1:] * left[:-1]) / np.sum(left**2) + 2 / count > 1 / np.sqrt(count):
            apart = (steps[-1] - steps[0]) / (count - 1)
            error = max(error, np.sqrt(1.2 * np.sum(np.diff(left) ** 2) / (count - 1) / count) / apart)
            freedom = max(freedom / 2, 2.0)
        half = stats.t.ppf(0.975, freedom) * error
        cases.append({
            "values": values, "period": period, "cycles_per_block": per_block,
            "regularity": np.clip(np.mean(cosines), 0.0, 1.0), "steps": steps, "delays": delays - delays.mean(),
            "drift": {"per_cycle": line.slope * period, "low": (line.slope - half) * period,
                      "high": (line.slope + half) * period, "p": 2 * stats.t.sf(abs(line.slope / error), freedom),
                      "jitter": np.sqrt(np.sum(left**2) / (count - 2))} if coherent else None,
        })
    write("course", cases)


if __name__ == "__main__":
    modwt()
    multitaper()
    lomb_scargle()
    lines()
    course()
