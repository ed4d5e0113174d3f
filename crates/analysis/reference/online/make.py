"""Reference values for the online detector, written plainly with numpy from its definition in docs/methods.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py

The tail is computed from the sizes themselves, weighted by age, in a histogram of numpy; the prediction solves the
weighted normal equations anew at every value instead of updating an inverse; the stretches are means over slices of the
whole series; the largest parts and the rest are looked up in what was written down before. Inputs are rounded and written
with the outputs.
"""

import math
import pathlib
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))
from writing import writer  # noqa: E402

write = writer(__file__)

LAGS, MEMORY = 8, 20_000.0
EDGES = np.concatenate(([0.0], np.array([2.0**octave * (1 + part / 4) for octave in range(-24, 40) for part in range(4)])))
CENTRES = np.array([0.111572, 0.314304, 0.482540, 0.626381])


class Tail:
    """All sizes with the turn in which each was taken in; a turn fades what is older."""

    def __init__(self, memory):
        self.fade = (1 - 1 / max(memory, 32)) ** 32
        self.sizes, self.turns, self.turn, self.model = [], [], 0, None

    def push(self, size):
        surprise = self.surprise(size)
        self.sizes.append(size)
        self.turns.append(self.turn)
        if len(self.sizes) % 32 == 0 or len(self.sizes) < 64:
            self.refresh()
        return surprise

    def refresh(self):
        if len(self.sizes) % 32 == 0:
            self.turn += 1
            # What came since the last fading is not yet faded; before 64 sizes each is taken in at once.
            faded_now = len(self.sizes) - 1 if len(self.sizes) < 64 else len(self.sizes) - 32
            self.turns[faded_now:] = [self.turn] * (len(self.sizes) - faded_now)
        weights = self.fade ** (self.turn - np.array(self.turns, float))
        place = np.clip(np.searchsorted(EDGES, self.sizes, side="right") - 1, 0, len(EDGES) - 1)
        counts = np.bincount(place, weights, len(EDGES))
        above = counts[::-1].cumsum()[::-1]
        total = above[0]
        wanted = min(max(math.sqrt(total), 16.0), 60.0)
        wanted = min(wanted, total / 4)
        first = int(np.flatnonzero(above >= wanted)[-1])
        start, index, beyond = math.inf, 1.0, 0.0
        if first > 0:
            start, beyond = EDGES[first], above[first]
            middles = np.array([(k - 1) // 4 - 24 for k in range(first, len(EDGES))]) * math.log(2)
            middles += np.array([CENTRES[(k - 1) % 4] for k in range(first, len(EDGES))])
            excess = float(np.sum(counts[first:] * (middles - math.log(start))))
            index = max((excess + 3.0) / (beyond + 3.0), 0.05)
        self.model = total, above, start, beyond, index

    def start(self):
        return self.model[2] if self.model else math.inf

    def surprise(self, size):
        if not self.model or self.model[0] < 16:
            return 0.0
        total, above, start, beyond, index = self.model
        if size > start:
            return min(math.log(size / start) / index - math.log(min((beyond + 1) / (total + 1), 1.0)), 40.0)
        place = int(np.clip(np.searchsorted(EDGES, size, side="right") - 1, 0, len(EDGES) - 1))
        low, high = EDGES[place], EDGES[min(place + 1, len(EDGES) - 1)]
        passed = 0.0 if place == 0 else (size - low) / (high - low)
        at = above[place] - passed * (above[place] - above[place + 1])
        return -math.log(min((at + 1) / (total + 1), 1.0))


class Book:
    def __init__(self, memory):
        self.kept, self.last, self.now, self.tail = [], [], 0, Tail(memory)

    def push(self, shape, least):
        self.now += 1
        if not self.kept:
            self.kept.append(shape)
            self.last.append(self.now)
            return 0.0
        squares = [float(np.sum((np.float32(kept) - np.float32(shape)) ** 2, dtype=np.float32)) for kept in self.kept]
        nearest = int(np.argmin(squares))
        distance = math.sqrt(squares[nearest] / 8)
        surprise = self.tail.push(distance if distance >= least else 0.0)
        self.last[nearest] = self.now
        if surprise > math.log(2) or len(self.kept) < 16:
            if len(self.kept) < 64:
                self.kept.append(shape)
                self.last.append(self.now)
            else:
                oldest = int(np.argmin(self.last))
                self.kept[oldest], self.last[oldest] = shape, self.now
        return surprise


def predicted(rows, learned):
    """The weights that minimise the weighted squares of what was learned, with the start as a ridge that fades."""
    steps = len(rows)
    keep = 1 - 1 / 1000
    fading = keep ** np.arange(steps - 1, -1, -1.0)
    rows, targets = np.array(rows), np.array(learned)
    normal = (rows * fading[:, None]).T @ rows + np.eye(LAGS + 1) * keep**steps / 1e4
    return np.linalg.solve(normal, (rows * fading[:, None]).T @ targets)


def scores(values, threshold):
    origin, unit = values[0], max(abs(value - values[0]) for value in values[:32])
    x = (np.array(values) - origin) / unit
    above, below, steps = Tail(MEMORY), Tail(MEMORY), Tail(MEMORY)
    lasting, means = [Tail(MEMORY), Tail(MEMORY)], [0.0, 0.0]
    books = {"level": Book(MEMORY / 4), "form": Book(MEMORY / 4), "long": Book(MEMORY / 48)}
    parts, out, largest, habits, alarm = np.zeros((len(x), 7)), [], [], [], None
    rows, targets = [], []
    weights = np.zeros(LAGS + 1)
    for at in range(len(x)):
        since = at - 32
        if since >= 0:
            if since >= LAGS:
                row = np.concatenate(([1.0], x[at - 1 : at - LAGS - 1 : -1]))
                expected = float(row @ weights)
                error = x[at] - expected
                limit = 8.0 * min(above.start(), below.start())
                if at >= 48:
                    side = above if error >= 0 else below
                    parts[at, 0] = side.push(abs(error) if abs(error) >= 1e-6 else 0.0)
                    step = abs(x[at] - x[at - 1])
                    parts[at, 1] = steps.push(step if step >= 1e-6 else 0.0)
                if at >= 64:
                    for k, length in enumerate((4.0, 16.0)):
                        means[k] += (min(parts[at, 0], 12.0) - means[k]) / length
                        parts[at, 2 + k] = lasting[k].push(means[k])
                rows.append(row)
                targets.append(expected + min(max(error, -limit), limit))
                weights = predicted(rows, targets)
            for name, block, column in (("level", 4, 4), ("form", 4, 5), ("long", 48, 6)):
                count = since + 1
                if count % block == 0 and count >= 8 * block:
                    shape = x[at + 1 - 8 * block : at + 1].reshape(8, block).mean(1).astype(np.float32)
                    if name == "form":
                        shape = shape - np.float32(shape.sum(dtype=np.float32) / np.float32(8))
                    surprise = books[name].push(shape, 1e-6)
                    parts[at, column] = surprise + math.log(block) if surprise > 0 else 0.0
        seen = at + 1
        if seen <= 100:
            out.append(0.0)
            continue
        surprise = math.sqrt(np.mean(parts[max(0, at - 39) : at + 1].max(0) ** 2))
        habit = 1.2 * sorted(habits[-64:])[len(habits[-64:]) // 2] if len(habits) >= 6 else 0.0
        limit = threshold + max(0.25 * math.log(min(seen, MEMORY) / 4_800), -0.6)
        unrest = surprise / max(limit, habit)
        largest.append(surprise)
        if (seen - 100) % 128 == 0:
            habits.append(max(largest))
            largest = []
        rest = min(max(seen // 25, 128), 1000)
        resting = alarm is not None and seen - alarm[0] <= rest
        score = 0.5 * min(unrest, 1.0) if resting and unrest <= 1.3 * alarm[1] else unrest
        if score >= 1.0:
            alarm = (seen, score)
        out.append(score)
    return out


def main():
    rng = np.random.default_rng(6)
    cases = []
    for kind in ("noise", "wave", "counts"):
        length = 1_400
        time = np.arange(length)
        if kind == "noise":
            values = rng.standard_normal(length)
            values[900:930] += 7.0
            values[1_200] += 12.0
        elif kind == "wave":
            values = 10 * np.sin(time * 0.11) + 0.4 * rng.standard_normal(length)
            values[1_000:1_060] += 9.0
        else:
            values = rng.poisson(6, length).astype(float)
            values[1_100:1_110] += 25
        values = np.round(values, 4)
        cases.append({"kind": kind, "values": values, "scores": np.round(scores(values.tolist(), 5.2), 9)})
    write("scores", cases)


if __name__ == "__main__":
    main()
