"""Reference values for rhythm and expectation, from numpy, scipy, statsmodels and definitions written out.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

Writes one JSON file per statistic beside this script. Inputs are rounded and written with the outputs, so the tests
need no random generator in common with numpy. Where no package has the statistic, it is computed here by its
definition and by brute force, which the Rust code does not do: all divisions of a string into groups, all windows, the
block probabilities of the context tree in whole fractions.
"""

import itertools
import math
import pathlib
import sys
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import integrate, optimize, signal, special, stats
from statsmodels.tsa.ar_model import AutoReg

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import writer  # noqa: E402


write = writer(__file__)


def accents():
    """Causal robust z-scores and their hysteresis."""
    rng = np.random.default_rng(1)
    values = np.round(signal.lfilter([1.0], [1.0, -0.5], rng.standard_normal(600)), 4)
    window, theta, leave = 41, 2.0, 0.7
    found, start, strongest, sign = [], None, 0.0, 0
    for slot in range(len(values) + 1):
        z = math.nan
        if slot < len(values) and 2 * slot >= window:
            past = values[max(0, slot - window) : slot]
            centre = np.median(past)
            z = (values[slot] - centre) / (stats.median_abs_deviation(past, scale="normal"))
        if start is not None and not (abs(z) >= leave * theta and np.sign(z) == sign):
            found.append([start, slot - 1, strongest, sign])
            start = None
        if start is None and abs(z) >= theta:
            start, strongest, sign = slot, 0.0, np.sign(z)
        if start is not None:
            strongest = max(strongest, abs(z))
    write("accents", {"values": values, "window": window, "accents": found})


def concentration():
    """The fullest window of phases, the coverage and the binomial tail, for two periods and three widths."""
    rng = np.random.default_rng(2)
    span = 400.0
    clock = 7.0 + 20.0 * np.arange(19) + 0.5 * rng.standard_normal(19)
    onsets = np.sort(np.round(np.concatenate([np.delete(clock, 5), rng.uniform(0, span, 6)]), 3))
    cases = []
    for period, width in itertools.product([20.0, 31.7], [0.2, 0.05, 0.0125]):
        most = 0
        for anchor in onsets:
            start = anchor / period
            turns = onsets / period - start
            inside = turns - np.floor(turns) <= width
            most = max(most, len(set(np.floor(turns[inside]))))
        covered, reached = 0.0, 0.0
        for onset in onsets:
            end = min(onset + width * period, span)
            covered += max(0.0, end - max(onset, reached))
            reached = max(reached, end)
        cases.append(
            {
                "period": period,
                "width": width,
                "cycles": most,
                "coverage": covered / span,
                "ln_tail": stats.binom.logsf(most - 1, 19, 0.04),
            }
        )
    write("concentration", {"onsets": onsets, "span": span, "cases": cases})


def feet():
    """The best division of short strings of beats among all divisions."""
    shapes = ["01", "10", "001", "100", "010"]
    rng = np.random.default_rng(3)
    cases = []
    for count in [2, 5, 8, 9, 10, 11]:
        for _ in range(4):
            onsets = np.round(np.cumsum(rng.uniform(0.3, 2.0, count)), 3)
            accented = rng.random(count) < 0.4
            duration = np.round(rng.uniform(0.1, 1.0, count), 3)
            intensity = np.round(rng.uniform(1.0, 4.0, count), 3)
            gaps = np.diff(onsets)
            logs = np.append(np.clip(np.log(gaps / np.median(gaps)), -2, 2), 0.0)
            lean = 0.0
            if accented.any() and not accented.all():
                contrast = lambda of: np.clip(np.log(of[accented]).mean() - np.log(of[~accented]).mean(), -1, 1)
                lean = 0.4 * np.clip(contrast(duration) - contrast(intensity), -1, 1)
            string = "".join("1" if accent else "0" for accent in accented)
            best = -math.inf
            for cuts in itertools.product([False, True], repeat=count - 1):
                ends = [place + 1 for place, cut in enumerate(cuts) if cut] + [count]
                score, start, previous = 0.0, 0, None
                for end in ends:
                    group = string[start:end]
                    score += logs[end - 1] - logs[start : end - 1].sum()
                    if group in shapes:
                        score += {"01": lean, "001": lean, "10": -lean, "100": -lean, "010": 0.0}[group]
                        score += 0.4 if group == previous else 0.0
                    elif len(group) == 1:
                        score -= 1.5 if group == "1" else 0.6
                    else:
                        score = -math.inf
                        break
                    start, previous = end, group if len(group) > 1 else None
                best = max(best, score)
            cases.append(
                {
                    "onsets": onsets,
                    "accented": accented.tolist(),
                    "duration": duration,
                    "intensity": intensity,
                    "fit": best / count,
                }
            )
    write("feet", cases)


def metre():
    """The bound on p of the best metre, by gamma functions."""
    rng = np.random.default_rng(4)
    cases = []
    for length, wrong in [(4, 0.05), (3, 0.1), (7, 0.02)]:
        beats = np.arange(120)
        accents = (beats % length == 0) != (rng.random(120) < wrong)
        longest = min(16, len(accents) // 8)

        def coded(metre):
            nats = 0.0
            for place in range(metre):
                ones = accents[place::metre].sum()
                zeros = len(accents[place::metre]) - ones
                nats -= special.betaln(ones + 0.5, zeros + 0.5) - special.betaln(0.5, 0.5)
            return nats

        def entropy(counts):
            return -special.xlogy(counts, counts / max(counts.sum(), 1)).sum()

        chain = np.zeros((2, 2))
        np.add.at(chain, (accents[:-1].astype(int), accents[1:].astype(int)), 1)
        hindsight = min(entropy(np.bincount(accents.astype(int), minlength=2)), entropy(chain[0]) + entropy(chain[1]))
        codes = {candidate: coded(candidate) for candidate in range(2, longest + 1)}
        best = min(codes, key=codes.get)
        cases.append(
            {
                "accents": accents.tolist(),
                "length": best,
                "ln_p": codes[best] + math.log(longest - 1) - hindsight,
            }
        )
    write("metre", cases)


def context_tree():
    """Surprisals by the definition of context-tree weighting, in whole fractions."""
    rng = np.random.default_rng(5)
    depth = 3
    string = [int(bit) for bit in (rng.random(40) < np.where(np.arange(40) % 4 == 0, 0.9, 0.15))]

    @lru_cache(maxsize=None)
    def estimated(zeros, ones):
        product = Fraction(1)
        for k in range(zeros):
            product *= Fraction(2 * k + 1, 2)
        for k in range(ones):
            product *= Fraction(2 * k + 1, 2)
        return product / math.factorial(zeros + ones)

    def weighted(upto, context):
        padded = [0] * depth + string[:upto]
        followers = [
            padded[place]
            for place in range(depth, len(padded))
            if all(padded[place - 1 - back] == bit for back, bit in enumerate(context))
        ]
        own = estimated(followers.count(0), followers.count(1))
        if len(context) == depth:
            return own
        return (own + weighted(upto, context + (0,)) * weighted(upto, context + (1,))) / 2

    block = [weighted(upto, ()) for upto in range(len(string) + 1)]
    bits = [math.log2(float(before / after)) for before, after in zip(block, block[1:])]
    write("context_tree", {"accents": [bool(bit) for bit in string], "depth": depth, "bits": bits})


def autoregression():
    """One-step forecasts by least squares on the past alone, and the scales of the t densities."""
    rng = np.random.default_rng(6)
    values = np.round(10 + signal.lfilter([1.0], [1.0, -0.6, 0.2, -0.3], rng.standard_normal(300)), 4)
    forecasts = [
        [t, AutoReg(values[:t], lags=3, trend="c").fit().forecast(1)[0]] for t in [20, 50, 100, 150, 200, 299]
    ]

    def scale(dof):
        def slope(s):
            return integrate.quad(lambda z: stats.norm.pdf(z) * (dof + 1) * z * z / (dof * s * s + z * z), -12, 12)[0] - 1

        return optimize.brentq(slope, 0.3, 1.2)

    tails = []
    for dof in [30.0, 3.0]:
        s = scale(dof)
        z = np.array([0.0, 0.5, 2.0, 6.0])
        tails.append({"dof": dof, "scale": s, "z": z, "density": stats.t.pdf(z / s, dof) / s})
    write("autoregression", {"values": values, "forecasts": forecasts, "tails": tails})


if __name__ == "__main__":
    accents()
    concentration()
    feet()
    metre()
    context_tree()
    autoregression()
