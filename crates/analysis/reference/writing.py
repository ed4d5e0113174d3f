"""How reference values are written: one JSON file per statistic beside the script that makes them."""

import json
import math
import pathlib

import numpy as np


def plain(item):
    """The same in types that JSON has; what is missing (NaN) is null."""
    if isinstance(item, dict):
        return {key: plain(inner) for key, inner in item.items()}
    if isinstance(item, np.ndarray):
        return plain(item.tolist())
    if isinstance(item, (list, tuple)):
        return [plain(inner) for inner in item]
    if isinstance(item, (np.floating, np.integer, np.bool_)):
        item = item.item()
    return None if isinstance(item, float) and math.isnan(item) else item


def writer(script):
    """A function that writes `name`.json beside `script`."""
    folder = pathlib.Path(script).parent
    return lambda name, value: (folder / f"{name}.json").write_text(json.dumps(plain(value)) + "\n")


def rounded(values):
    return np.round(values, 4)
