"""Detection beside its published peers, in one run: anomaly scores, change points, and root causes without a fault time.

`python detection.py --monteverdi PATH --csv PATH`: the table is a wide CSV of regular series. Our time is the processor's of
the whole process, the reading of the file included; the peers are given arrays in memory, and their imports do not count.

- Sub-PCA as in TSB-AD (Liu and Paparrizos 2024): windows as long as the lag (3 to 300) of the autocorrelation's highest local
  maximum, 125 without one, each standardised series on its own; a window's score is the sum of its distances to the principal
  axes, divided by their shares of the variance (Shyu et al. 2003), a value's score the mean of its windows'.
- The matrix profile with windows of 100 values, by STOMP (Zhu et al. 2016) with numpy's rows.
- ruptures' KernelCPD (radial kernel, exact, compiled) with the penalty of Schwarz's criterion.
- BARO (Pham et al. 2024): multivariate Bayesian online change-point detection of the standardised series to find the time,
  then each series' largest distance from the median before it in interquartile ranges.

Prints Markdown.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import csv
import json
import math
import pathlib
import resource
import subprocess
import tempfile
import time

import numpy as np
import ruptures
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft, signal, special

WINDOW = 100
HAZARD = 1 / 50


def standardised(values):
    spread = values.std(axis=-1, keepdims=True)
    return (values - values.mean(axis=-1, keepdims=True)) / np.where(spread > 0, spread, 1)


def window_of(values):
    gaps = standardised(values[:20_000])
    spectrum = fft.rfft(gaps, fft.next_fast_len(2 * len(gaps), real=True))
    correlation = fft.irfft(spectrum * spectrum.conj())[3:401]
    places = signal.argrelextrema(correlation, np.greater)[0]
    best = places[correlation[places].argmax()] if len(places) else 0
    return best + 3 if 3 <= best <= 300 else 125


def sub_pca(values):
    window = window_of(values)
    windows = standardised(sliding_window_view(standardised(values), window).T).T
    _, singular, axes = np.linalg.svd(windows - windows.mean(axis=0), full_matrices=False)
    shares = singular**2 / (singular**2).sum()
    kept = shares > 1e-9
    squares = (windows**2).sum(axis=1)[:, None] + 1 - 2 * windows @ axes[kept].T
    scores = (np.sqrt(np.maximum(squares, 0)) / shares[kept]).sum(axis=1)
    sums = np.convolve(scores, np.ones(window))
    return sums / np.convolve(np.ones_like(scores), np.ones(window))


def matrix_profile(values):
    windows = sliding_window_view(values, WINDOW)
    count = len(windows)
    mean, spread = windows.mean(axis=1), windows.std(axis=1)
    spread[spread == 0] = 1e-12
    size = fft.next_fast_len(len(values) + WINDOW, real=True)
    query = fft.irfft(fft.rfft(values, size) * fft.rfft(values[:WINDOW][::-1], size), size)
    products = query[WINDOW - 1 : WINDOW - 1 + count].copy()
    first = products.copy()
    profile = np.full(count, np.inf)
    for at in range(count):
        if at:
            products[1:] = products[:-1] - values[at - 1] * values[: count - 1] + values[at + WINDOW - 1] * values[WINDOW:]
            products[0] = first[at]
        correlation = (products - WINDOW * mean[at] * mean) / (WINDOW * spread[at] * spread)
        correlation[max(0, at - WINDOW // 2) : at + WINDOW // 2] = -1
        profile[at] = math.sqrt(max(0.0, 2 * WINDOW * (1 - correlation.max())))
    return profile


def kernel_changes(values):
    return ruptures.KernelCPD(kernel="rbf").fit(standardised(values)[:, None]).predict(pen=math.log(len(values)))


def baro(columns):
    """The place of the change and the order of the series."""
    data = standardised(columns).T
    length, width = data.shape
    # A normal-Wishart prior for each run length; only its log evidence is asked for.
    mean, scale = np.zeros((1, width)), np.eye(width)[None]
    kappa, freedom = np.ones(1), np.full(1, width + 1.0)
    log_joint = np.zeros(1)
    longest = np.zeros(length, int)
    for at, value in enumerate(data):
        df = freedom - width + 1
        spread = scale * ((kappa + 1) / (kappa * df))[:, None, None]
        gap = value - mean
        distance = np.einsum("ri,ri->r", gap, np.linalg.solve(spread, gap[:, :, None])[:, :, 0])
        log_p = (
            special.gammaln((df + width) / 2)
            - special.gammaln(df / 2)
            - width / 2 * np.log(df * math.pi)
            - np.linalg.slogdet(spread)[1] / 2
            - (df + width) / 2 * np.log1p(distance / df)
        )
        grown = log_joint + log_p + math.log(1 - HAZARD)
        begun = special.logsumexp(log_joint + log_p + math.log(HAZARD))
        log_joint = np.concatenate([[begun], grown])
        log_joint -= special.logsumexp(log_joint)
        longest[at] = log_joint.argmax()
        outer = np.einsum("ri,rj->rij", gap, gap) * (kappa / (kappa + 1))[:, None, None]
        scale = np.concatenate([np.eye(width)[None], scale + outer])
        mean = np.concatenate([np.zeros((1, width)), (kappa[:, None] * mean + value) / (kappa + 1)[:, None]])
        kappa, freedom = np.concatenate([[1.0], kappa + 1]), np.concatenate([[width + 1.0], freedom + 1])
        # Run lengths that hardly have a chance are let go, as implementations for long data do.
        likely = log_joint > -30
        likely[0] = True
        log_joint, scale, mean = log_joint[likely], scale[likely], mean[likely]
        kappa, freedom = kappa[likely], freedom[likely]
    falls = np.flatnonzero(np.diff(longest) < 0)
    place = int(falls[0]) + 1 if len(falls) else length // 2
    before, after = columns[:, :place], columns[:, place:]
    low, middle, high = np.percentile(before, [25, 50, 75], axis=1)
    reach = np.where(high > low, high - low, 1)
    return place, np.argsort(-(np.abs(after - middle[:, None]) / reach[:, None]).max(axis=1))


def worked(work):
    started = time.process_time()
    work()
    return time.process_time() - started


def process(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--monteverdi", required=True)
    arguments.add_argument("--csv", required=True)
    arguments.add_argument("--series", type=int, default=20)
    arguments.add_argument("--points", type=int, default=10_080)
    arguments.add_argument("--case", type=int, default=1_440, help="points of the case whose cause is sought")
    arguments.add_argument("--repetitions", type=int, default=2)
    arguments.add_argument("--json", help="where every measured time is written")
    arguments = arguments.parse_args()
    with open(arguments.csv, newline="") as file:
        rows = [row[: arguments.series + 1] for _, row in zip(range(arguments.points + 1), csv.reader(file))]
    columns = np.array([[float(cell or "nan") for cell in row[1:]] for row in rows[1:]]).T
    columns = np.nan_to_num(columns)
    with tempfile.TemporaryDirectory() as folder:
        def table(name, rows):
            path = pathlib.Path(folder, name)
            with path.open("w", newline="") as file:
                csv.writer(file).writerows(rows)
            return str(path)

        long, case = table("long.csv", rows), table("case.csv", rows[: arguments.case + 1])
        tasks = {
            "anomaly scores": (
                [arguments.monteverdi, "score", long],
                {"Sub-PCA": lambda: [sub_pca(values) for values in columns],
                 "matrix profile, numpy": lambda: [matrix_profile(values) for values in columns]},
            ),
            "change points": (
                [arguments.monteverdi, "changes", long],
                {"ruptures, KernelCPD": lambda: [kernel_changes(values) for values in columns]},
            ),
            "root causes, no time given": (
                [arguments.monteverdi, "causes", case],
                {"BARO": lambda: baro(columns[:, : arguments.case])},
            ),
        }
        times = {}
        for _ in range(arguments.repetitions):
            for task, (command, peers) in tasks.items():
                times.setdefault((task, "Monteverdi"), []).append(process(command))
                for peer, work in peers.items():
                    times.setdefault((task, peer), []).append(worked(work))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps([[*key, runs] for key, runs in times.items()]))
    print(f"{arguments.series} series × {len(columns[0])} points; causes: × {arguments.case}; {arguments.repetitions} runs in turn, the "
          "fastest; the processor's seconds, ours with start and reading, the peers' without.\n")
    print("| task | method | processor | Monteverdi is faster by | aim |\n|---|---|---:|---:|---:|")
    for (task, method), runs in times.items():
        ours = min(times[task, "Monteverdi"])
        faster = "| | |" if method == "Monteverdi" else f"| {min(runs) / ours:.0f} × | 10 × |"
        print(f"| {task} | {method} | {min(runs):.2f} s {faster}")


if __name__ == "__main__":
    main()
