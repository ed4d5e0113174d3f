"""Reference values for discords, strangeness, its threshold and company, by numpy alone.

    pip install -r requirements.txt && python3 make.py > reference.json

Windows are cut and averaged one by one, and every pair is compared; the Rust code uses sums and piece-wise loops.
"""
import json

import numpy as np

GOLDEN = (np.sqrt(5) - 1) / 2


def scaled(x):
    present = x[np.isfinite(x)]
    centre = np.median(present)
    spread = 1.482602218505602 * np.median(np.abs(present - centre))
    deviation = np.std(present, ddof=1)
    if spread < 0.1 * deviation:
        spread = deviation / 2
    return (x - centre) / spread


def bridge(x):
    present = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), present, x[present])


def discords(x, window):
    n = len(x)
    y = np.clip(scaled_like(x), -20, 20)
    pieces = min(window, 16)
    starts = sorted(set(range(0, n - window, max(window // 8, 1))) | {n - window})
    starts = [s for s in starts if np.isfinite(x[s:s + window]).sum() * 2 >= window]
    shape = {s: np.array([y[s + i * window // pieces:s + (i + 1) * window // pieces].mean() for i in range(pieces)])
             for s in starts}
    count = min(256, len(starts))
    part = len(starts) / count
    others = sorted({starts[min(int((i + (i * GOLDEN) % 1) * part), len(starts) - 1)] for i in range(count)})
    held = [[] for _ in range(n)]
    for s in starts:
        apart = [np.sqrt(np.mean((shape[s] - shape[o]) ** 2)) for o in others if abs(o - s) >= window]
        for slot in range(s, s + window):
            held[slot].append(min(apart) if apart else 0.0)
    return np.array([np.mean(h) if h else 0.0 for h in held])


def scaled_like(x):
    """The bridged values in the units of those present."""
    present = x[np.isfinite(x)]
    both = np.concatenate([present, bridge(x)])
    centre = np.median(present)
    unit = scaled(present)
    far = np.argmax(np.abs(unit))
    return (both[len(present):] - centre) * unit[far] / (present[far] - centre)


def on_scale(part):
    usual, high = np.quantile(part, [0.5, 0.95])
    excess = np.maximum(part - usual, 0)
    rms = np.sqrt(np.mean(excess ** 2))
    unit = high - usual
    if rms > 0 and unit < 0.1 * rms:
        share = excess.sum() ** 2 / (len(excess) * (excess ** 2).sum())
        unit = (excess ** 2).sum() / excess.sum() / max(np.log10(0.5 / share), 1)
    return excess / unit if unit > 0 else excess * 0


def strangeness(x):
    n = len(x)
    parts = [discords(x, w) for w in (4, 16, 64, 256) if 8 * w <= n]
    y = np.clip(scaled_like(x), -20, 20)
    level = np.array([y[max(t - 2, 0):min(t + 2, n)].mean() for t in range(n)])
    parts.append(np.abs(scaled(level)))
    result = np.sqrt(np.mean([on_scale(p) ** 2 for p in parts], axis=0))
    return np.where(np.isfinite(x), result, np.nan)


def threshold(s, alpha):
    s = s[np.isfinite(s)]
    middle, high, top = np.quantile(s, [0.75, 0.95, 0.99])
    body = high + (high - middle) / np.log(5) * max(np.log(0.05 * len(s) / alpha), 0)
    tail = top + (top - high) / np.log(5) * max(np.log(0.01 * len(s) / alpha), 0)
    return max(np.sqrt(body * max(body, tail)), 2.0)


def in_company(scores):
    scores = np.array(scores)
    result = scores.copy()
    live = [j for j in range(len(scores)) if np.nanmax(scores[j]) > 0]
    for j in live:
        others = np.array([np.minimum(scores[k], 1) for k in live if k != j])
        mean = np.nanmean(others, axis=0)
        usual = np.median(mean[np.isfinite(scores[j])])
        result[j] = scores[j] * np.clip(np.sqrt(mean / usual), 1, 2)
    return result


def plain(a):
    return [None if not np.isfinite(v) else round(float(v), 11) for v in a]


def main():
    rng = np.random.default_rng(20260606)
    cases, own = [], []
    for case in range(5):
        n = 700
        x = np.sin(np.arange(n) * 2 * np.pi / 36) * case + rng.normal(size=n)
        x[400:412] += 4
        if case == 2:
            x = np.round(np.maximum(x, 0))
        if case == 3:
            x[100:160] = np.nan
            x[500] = np.nan
        if case == 4:
            x = np.where(rng.random(n) < 0.04, 5.0, 0.0)
        x = np.round(x, 4)
        s = strangeness(x)
        own.append(s / threshold(s, 0.01))
        cases.append({"values": plain(x), "discords_16": plain(discords(x, 16)), "strangeness": plain(s),
                      "threshold": float(threshold(s, 0.01))})
    print(json.dumps({"cases": cases, "in_company": [plain(s) for s in in_company(own)]}))


main()
