"""All pairs of many series, coherence and lag: Monteverdi beside a loop over scipy and a vectorised numpy, in one run.

`python pairs.py --pairs PATH`: the example `pairs` of monteverdi-analysis (release build), the loop on a sample of pairs,
and numpy with all pairs at once are given the same series in turn, one core each. Segments (128, Hann, half overlap, line
removed) and lags (60 to either side) are the same. Monteverdi's time has the prewhitening of the lags in it; the peers are
given series that are prewhitened already. Before anything is printed, what came out is compared. Prints Markdown.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, signal

SEGMENT = 128
MAX_LAG = 60


def example(series, points):
    """AR(1) noise, of which every fifth series has a common part at a lag of its own."""
    random = np.random.default_rng(5)
    values = signal.lfilter([1.0], [1.0, -0.6], random.standard_normal((series, points + 100)))[:, 100:]
    common = random.standard_normal(points + 64)
    for index in range(0, series, 5):
        lag = index // 5 % 32
        values[index] += common[64 - lag : 64 - lag + points]
    return values


def correlations(products, firsts, first, points):
    """Per row, the correlation at the lags −MAX_LAG to MAX_LAG times the root of the number of products."""
    lags = np.arange(-MAX_LAG, MAX_LAG + 1)
    counts = np.minimum(points, points - lags) - np.maximum(first, firsts[:, None] - lags)
    return products[:, lags] / np.sqrt(counts), counts, lags


def loop(values, whitened, sample):
    """Pair by pair, as the documentation of scipy shows it; the seconds per pair."""
    points = values.shape[1]
    size = fft.next_fast_len(points + MAX_LAG, real=True)
    random = np.random.default_rng(6)
    chosen = [sorted(random.choice(len(values), 2, replace=False)) for _ in range(sample)]
    start, worked = time.perf_counter(), time.process_time()
    for first, second in chosen:
        _, squared = signal.coherence(
            values[first], values[second], nperseg=SEGMENT, noverlap=SEGMENT // 2, detrend="linear"
        )
        squared[1:-1].max()
        spectrum = np.conj(np.fft.rfft(whitened[first], size)) * np.fft.rfft(whitened[second], size)
        correlation = np.fft.irfft(spectrum, size)
        np.abs(correlation[np.arange(-MAX_LAG, MAX_LAG + 1)]).argmax() - MAX_LAG
    return (time.perf_counter() - start) / sample, (time.process_time() - worked) / sample


def vectorised(values, whitened, firsts):
    """All pairs at once: a matrix product per bin, and batches of inverse transforms."""
    start, worked = time.perf_counter(), time.process_time()
    series, points = values.shape
    segments = sliding_window_view(values, SEGMENT, axis=1)[:, :: SEGMENT // 2]
    spectra = fft.rfft(signal.detrend(segments, axis=2) * signal.get_window("hann", SEGMENT), axis=2)
    by_bin = np.ascontiguousarray(spectra.transpose(2, 0, 1))
    best = np.zeros((series, series))
    for bin in by_bin[1:-1]:
        cross = bin.conj() @ bin.T
        power = cross.diagonal().real
        np.maximum(best, (cross.real**2 + cross.imag**2) / np.outer(power, power), out=best)
    squared = best[np.triu_indices(series, 1)].sum()

    size = fft.next_fast_len(points + MAX_LAG, real=True)
    transforms = fft.rfft(whitened, size, axis=1)
    deviation = np.sqrt((whitened**2).sum(axis=1) / (points - firsts))
    steps, strength = 0, 0.0
    for first in range(series - 1):
        products = fft.irfft(transforms[first].conj() * transforms[first + 1 :], size, axis=1)
        scores, counts, lags = correlations(products, firsts[first + 1 :], firsts[first], points)
        places = np.abs(scores).argmax(axis=1)
        rows = np.arange(len(places))
        found = scores[rows, places] / np.sqrt(counts[rows, places]) / (deviation[first] * deviation[first + 1 :])
        steps += int(lags[places].sum())
        strength += float(np.abs(found).sum())
    result = {"coherence": float(squared), "correlation": strength, "steps": steps}
    return time.perf_counter() - start, time.process_time() - worked, result


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pairs", required=True, help="the example `pairs`, built")
    arguments.add_argument("--series", type=int, default=500)
    arguments.add_argument("--points", type=int, default=4096)
    arguments.add_argument("--sample", type=int, default=2000)
    arguments.add_argument("--repetitions", type=int, default=3)
    arguments = arguments.parse_args()
    values = example(arguments.series, arguments.points)
    ours, numpy_runs, loops = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        given, prewhitened = pathlib.Path(folder, "values"), pathlib.Path(folder, "whitened")
        values.astype("<f8").tofile(given)
        command = [arguments.pairs, str(arguments.series), str(arguments.points), str(given), str(prewhitened)]
        for _ in range(arguments.repetitions):
            ours.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
            whitened = np.fromfile(prewhitened, "<f8").reshape(values.shape)
            firsts = np.isfinite(whitened).argmax(axis=1)
            whitened = np.nan_to_num(whitened)
            numpy_runs.append(vectorised(values, whitened, firsts))
            loops.append(loop(values, whitened, arguments.sample))
    check(ours[0], numpy_runs[0][2])

    pairs = arguments.series * (arguments.series - 1) // 2
    best = min(run["seconds"] for run in ours)
    print(f"{arguments.series} series × {arguments.points} points, {pairs} pairs, {arguments.repetitions} runs in turn, one core; "
          "the fastest run in the processor's time. The same coherences and lags from ours and numpy.\n")
    print("| what | processor | Monteverdi is faster by | aim |\n|---|---:|---:|---:|")
    print(f"| Monteverdi | {best:.2f} s | | |")
    fastest = min(run[1] for run in numpy_runs)
    print(f"| numpy, a matrix product per bin and batched transforms | {fastest:.2f} s | {fastest / best:.1f} × | 5 × |")
    each = min(run[1] for run in loops)
    print(f"| scipy and numpy in a loop, extrapolated from {arguments.sample} pairs | {each * pairs:.1f} s | {each * pairs / best:.0f} × | 50 × |")
    run = min(ours, key=lambda run: run["seconds"])
    print(f"\nOf Monteverdi's time: segment spectra {run['segment_spectra_s']:.2f} s, coherence {run['coherence_s']:.2f} s, "
          f"prewhitening {run['whitening_s']:.2f} s, lags {run['lags_s']:.2f} s.")


def check(ours, theirs):
    """Sums over all pairs; lags of unrelated pairs whose two best correlations differ by rounding may differ."""
    for field, tolerance in (("coherence", 1e-9), ("correlation", 1e-5), ("steps", 0.02)):
        if abs(ours[field] - theirs[field]) > tolerance * max(abs(theirs[field]), 1000.0):
            sys.exit(f"Monteverdi has {ours[field]} for {field}, numpy {theirs[field]}")


if __name__ == "__main__":
    main()
