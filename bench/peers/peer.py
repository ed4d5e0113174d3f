"""The outputs of `monteverdi analyze --json`, from pandas, scipy, statsmodels and ruptures.

Written as an analyst would who knows the libraries: whole matrices where the library takes them, compiled routines where
there are two (ruptures' KernelCPD is PELT in C), the same thinning for the slope as in Monteverdi, and no work done
twice. `python peer.py FILE.csv` prints the counts of what was found; `--json` prints everything.
"""

import argparse
import json
import sys
import time

import numpy as np
import pandas as pd
import ruptures
from scipy import fft, signal, stats
from scipy.linalg import solve_toeplitz
from statsmodels.tsa.seasonal import STL

FALSE_ALARM_RATE = 0.05
FALSE_DISCOVERY_RATE = 0.01
DETECTORS = 5
MICRO_TO_MACRO_S = 300.0
MACRO_TO_MESO_S = 21_600.0
MAX_LAG = 60
MOST_RELATIONS = 400


def read(path):
    """The table on a regular grid; gaps of up to 3 steps are bridged for the methods that need whole series."""
    frame = pd.read_csv(path, index_col=0, parse_dates=[0])
    step_s = float(np.median(np.diff(frame.index.values).astype("timedelta64[ms]").astype(float))) / 1000.0
    return frame, step_s


def autocovariances(values, most):
    """Per column, lags 0 to `most`."""
    count = len(values)
    spectrum = np.abs(fft.rfft(values - values.mean(axis=0), fft.next_fast_len(2 * count), axis=0)) ** 2
    return fft.irfft(spectrum, fft.next_fast_len(2 * count), axis=0)[: most + 1] / count


def spectra(values, step_s):
    """Welch, with the peaks that stand out of a first-order autoregressive background."""
    count = len(values)
    frequencies, power = signal.welch(values, fs=1.0 / step_s, nperseg=count // 4, axis=0, detrend="linear")
    frequencies, power = frequencies[1:], power[1:]
    covariances = autocovariances(values, 1)
    phi = np.clip(covariances[1] / covariances[0], 0.0, 0.99)
    angle = np.cos(2 * np.pi * frequencies * step_s)[:, None]
    background = (1 - phi**2) / (1 + phi**2 - 2 * phi * angle)
    background *= power.mean(axis=0) / background.mean(axis=0)
    degrees = 2 * 6.3
    limit = background * stats.chi2.ppf((1 - 0.01) ** (1 / len(frequencies)), degrees) / degrees
    peaks = []
    for column in range(values.shape[1]):
        series = power[:, column]
        places, _ = signal.find_peaks(series)
        strong = [place for place in places if series[place] > limit[place, column] and frequencies[place] * count * step_s >= 3]
        share = [series[max(place - 1, 0) : place + 2].sum() / series.sum() for place in strong]
        peaks.append([(1 / frequencies[place], part) for place, part in zip(strong, share)])
    return peaks


def without_season(values, peaks, step_s):
    """STL where the strongest period holds a tenth of the variance and fits three times."""
    result = values.copy()
    seasons = {}
    for column, found in enumerate(peaks):
        strongest = max(found, key=lambda peak: peak[1], default=None)
        if strongest is None or strongest[1] < 0.1:
            continue
        period = round(strongest[0] / step_s)
        if 4 <= period <= len(values) / 3:
            result[:, column] -= STL(values[:, column], period=period).fit().seasonal
            seasons[column] = period
    return result, seasons


def level_shifts(values):
    """PELT on the mean, with the penalty raised by the autocorrelation."""
    spread = 1.4826 * np.median(np.abs(np.diff(values, axis=0)), axis=0) / np.sqrt(2)
    spread[spread == 0] = 1.0
    covariances = autocovariances(values, 1)
    phi = np.clip(covariances[1] / covariances[0], 0.0, 0.95)
    inflation = (1 + phi) / (1 - phi)
    shifts = []
    for column in range(values.shape[1]):
        scaled = (values[:, column] / spread[column]).reshape(-1, 1)
        penalty = 3 * np.log(len(values)) * inflation[column]
        shifts.append(ruptures.KernelCPD(kernel="linear", min_size=8).fit(scaled).predict(pen=penalty)[:-1])
    return shifts


def trends(values, alpha):
    """Theil and Sen's slope from block medians; Mann and Kendall's test corrected for autocorrelation."""
    count, columns = values.shape
    block = -(-count // 192)
    whole = count // block * block
    blocks = np.median(values[:whole].reshape(-1, block, columns), axis=1)
    slopes = np.array([stats.theilslopes(blocks[:, column])[0] for column in range(columns)]) / block
    rest = values - slopes * np.arange(count)[:, None]
    covariances = autocovariances(rest, count // 4)
    correlations = covariances[1:] / covariances[0]
    significant = np.abs(correlations) > 1.96 / np.sqrt(count)
    lag = np.arange(1, len(correlations) + 1)[:, None]
    weight = (count - lag) * (count - lag - 1) * (count - lag - 2)
    inflation = 1 + 2 / (count * (count - 1) * (count - 2)) * (weight * correlations * significant).sum(axis=0)
    found = []
    for column in range(columns):
        tau = stats.kendalltau(np.arange(count), values[:, column]).statistic
        z = tau * np.sqrt(9 * count * (count - 1) / (2 * (2 * count + 5))) / np.sqrt(max(inflation[column], 1.0))
        p = 2 * stats.norm.sf(abs(z))
        if p < alpha:
            found.append({"column": column, "slope": slopes[column], "p": p})
    return found


def residuals(values, shifts, found_trends):
    """What is left when shifts, or the trend, are taken out."""
    result = values.copy()
    for column, places in enumerate(shifts):
        borders = [0, *places, len(values)]
        for start, end in zip(borders, borders[1:]):
            result[start:end, column] -= np.median(values[start:end, column])
    for trend in found_trends:
        if not shifts[trend["column"]]:
            result[:, trend["column"]] -= trend["slope"] * np.arange(len(values))
    return result


def spikes(rest, alpha):
    """Values outside a rolling median and median absolute deviation, joined where they touch."""
    frame = pd.DataFrame(rest)
    window = min(max(len(rest) // 10, 31), 241) | 1
    centre = frame.rolling(window, center=True, min_periods=window // 4).median()
    spread = 1.4826 * (frame - centre).abs().rolling(window, center=True, min_periods=window // 4).median()
    score = ((frame - centre) / spread.replace(0, np.nan)).abs().to_numpy()
    limit = stats.norm.isf(alpha / len(rest) / 2)
    outside = np.nan_to_num(score) > limit
    starts = outside & ~np.vstack([np.zeros((1, outside.shape[1]), bool), outside[:-1]])
    rows, columns = np.nonzero(starts)
    return [{"row": int(row), "column": int(column), "score": float(score[row, column] / limit)} for row, column in zip(rows, columns)]


def prewhitened(values, most=12):
    """Residuals of an autoregression per column, its order by BIC."""
    count, columns = values.shape
    centred = values - values.mean(axis=0)
    covariances = autocovariances(values, most)
    result = np.empty((count, columns))
    for column in range(columns):
        best, filtered = np.inf, None
        for order in range(most + 1):
            phi = solve_toeplitz(covariances[:order, column], covariances[1 : order + 1, column]) if order else np.empty(0)
            error = covariances[0, column] - phi @ covariances[1 : order + 1, column]
            bic = count * np.log(max(error, 1e-300)) + order * np.log(count)
            if bic < best:
                best, filtered = bic, phi
        result[:, column] = signal.lfilter(np.r_[1.0, -filtered], [1.0], centred[:, column])
    return result


def variance_escalations(white, alpha):
    """Brown and Forsythe's test over six equal windows."""
    windows = white[: len(white) // 6 * 6].reshape(6, -1, white.shape[1])
    p = stats.levene(*windows, center="median", axis=0).pvalue
    variances = windows.var(axis=1, ddof=1)
    ratio = variances[-1] / variances[0]
    return [{"column": int(column), "p": float(p[column]), "ratio": float(ratio[column])} for column in np.nonzero((p < alpha) & (ratio > 1.5))[0]]


def segments(values, length):
    """Windowed Fourier transforms of half-overlapping segments: segment, frequency, column."""
    views = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[:: length // 2]
    views = signal.detrend(views, axis=2)
    return fft.rfft(views * signal.windows.hann(length, sym=False), axis=2).transpose(0, 2, 1)


def coherences(values, step_s):
    """Magnitude-squared coherence of all pairs per scale: the strongest frequency of each pair, and its p-value."""
    count = len(values)
    scales = []
    bands = {"micro": (0.0, MICRO_TO_MACRO_S), "macro": (MICRO_TO_MACRO_S, MACRO_TO_MESO_S), "meso": (MACRO_TO_MESO_S, np.inf)}
    upper = np.triu_indices(values.shape[1], 1)
    for name, (shortest_s, longest_s) in bands.items():
        if count * step_s < 3 * max(shortest_s, 2 * step_s):
            continue
        decimate = max(1, int(shortest_s / (4 * step_s)))
        thinned = signal.decimate(values, decimate, ftype="fir", axis=0) if 1 < decimate <= 13 else values[::decimate]
        length = min(256, len(thinned) // 4 * 2)
        transforms = segments(thinned, length)
        periods = np.full(transforms.shape[1], np.inf)
        periods[1:] = length * step_s * decimate / np.arange(1, transforms.shape[1])
        inside = np.nonzero((periods >= shortest_s) & (periods < longest_s))[0]
        inside = inside[inside > 0]
        if len(inside) == 0:
            continue
        band = transforms[:, inside].transpose(1, 2, 0)
        cross = band @ band.conj().transpose(0, 2, 1)
        power = np.einsum("fii->fi", cross).real
        coherence = np.abs(cross) ** 2 / np.maximum(power[:, :, None] * power[:, None, :], 1e-300)
        pairs = coherence[:, upper[0], upper[1]]
        best = pairs.argmax(axis=0)
        strongest = pairs[best, np.arange(pairs.shape[1])]
        independent = 1.89 * len(thinned) / length
        p = np.minimum(len(inside) * (1 - strongest) ** (independent - 1), 1.0)
        phase = np.angle(cross[best, upper[0], upper[1]])
        share = (power[:, upper[0]] * power[:, upper[1]]) ** 0.5
        weighted = (pairs * share).sum(axis=0) / np.maximum(share.sum(axis=0), 1e-300)
        scales.append({"scale": name, "p": p, "coherence": strongest, "phase": phase, "band": weighted, "period_s": periods[inside][best]})
    return upper, scales


def lags(white, pairs):
    """The lag of the strongest prewhitened cross-correlation within `MAX_LAG` steps."""
    count = len(white)
    size = fft.next_fast_len(count + MAX_LAG)
    unit = (white - white.mean(axis=0)) / white.std(axis=0)
    transforms = fft.rfft(unit, size, axis=0).T
    result = []
    for start in range(0, len(pairs), 64):
        part = pairs[start : start + 64]
        cross = fft.irfft(transforms[part[:, 0]].conj() * transforms[part[:, 1]], size, axis=1) / count
        window = np.hstack([cross[:, -MAX_LAG:], cross[:, : MAX_LAG + 1]])
        best = np.abs(window).argmax(axis=1)
        height = window[np.arange(len(part)), best]
        result.extend(zip((best - MAX_LAG).tolist(), height.tolist()))
    return result


def relations(values, white, step_s):
    """Significant pairs under one false-discovery rate over all pairs and scales, with lags; consonance per scale."""
    upper, scales = coherences(values, step_s)
    q = stats.false_discovery_control(np.concatenate([scale["p"] for scale in scales])).reshape(len(scales), -1)
    consonance = {scale["scale"]: float(np.average(np.where(row <= FALSE_DISCOVERY_RATE, scale["band"], 0.0))) for scale, row in zip(scales, q)}
    scale_of = np.argmax([np.where(row <= FALSE_DISCOVERY_RATE, scale["coherence"], 0.0) for scale, row in zip(scales, q)], axis=0)
    every = np.arange(q.shape[1])
    strength = np.array([scale["coherence"] for scale in scales])[scale_of, every]
    significant = np.nonzero(q[scale_of, every] <= FALSE_DISCOVERY_RATE)[0]
    kept = significant[np.argsort(-strength[significant])][:MOST_RELATIONS]
    pairs = np.column_stack([upper[0][kept], upper[1][kept]])
    found = []
    for place, (a, b), (lag, height) in zip(kept, pairs.tolist(), lags(white, pairs)):
        scale = scales[scale_of[place]]
        found.append({
            "from": a, "to": b, "scale": scale["scale"], "strength": float(strength[place]), "lag_s": lag * step_s,
            "correlation": height, "q": float(q[scale_of[place], place]), "period_s": float(scale["period_s"][place]),
            "antiphase": bool(abs(scale["phase"][place]) > 0.75 * np.pi),
        })
    return found, consonance, len(significant)


def analyze(path):
    """Everything, with the time of each stage in seconds."""
    times = {}
    clock = time.perf_counter()

    def lap(name):
        nonlocal clock
        now = time.perf_counter()
        times[name] = now - clock
        clock = now

    frame, step_s = read(path)
    lap("read")
    last = frame.apply(pd.Series.last_valid_index)
    vanished = last.index[last < frame.index[-1] - pd.Timedelta(seconds=5 * step_s)].tolist()
    frozen = frame.columns[frame.nunique() == 1].tolist()
    values = frame.interpolate(limit_area="inside").ffill().bfill().to_numpy()
    alpha = FALSE_ALARM_RATE / (DETECTORS * values.shape[1])
    peaks = spectra(values, step_s)
    lap("spectra")
    plain, seasons = without_season(values, peaks, step_s)
    lap("seasons")
    shifts = level_shifts(plain)
    lap("level shifts")
    drifts = trends(plain, alpha)
    lap("trends")
    rest = residuals(plain, shifts, drifts)
    accents = spikes(rest, alpha)
    lap("spikes")
    white = prewhitened(rest)
    escalations = variance_escalations(white, alpha)
    lap("variance")
    found, consonance, significant = relations(plain, white, step_s)
    lap("relations")
    return {
        "series": list(frame.columns), "step_s": step_s, "vanished": vanished, "frozen": frozen,
        "periods_s": [[period for period, _ in found] for found in peaks], "seasons": seasons,
        "level_shifts": [[int(place) for place in places] for places in shifts], "trends": drifts,
        "spikes": accents, "variance_escalations": escalations, "relations": found, "significant_pairs": significant,
        "consonance": consonance, "seconds": times,
    }


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file")
    arguments.add_argument("--json", action="store_true", help="print everything, not only counts")
    arguments = arguments.parse_args()
    result = analyze(arguments.file)
    if not arguments.json:
        result = {
            key: value if key in ("seconds", "consonance", "step_s", "significant_pairs") else
            sum(map(len, value)) if key in ("level_shifts", "periods_s") else len(value)
            for key, value in result.items()
        }
    json.dump(result, sys.stdout, indent=1, default=float)
    print()


if __name__ == "__main__":
    main()
