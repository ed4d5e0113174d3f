"""A table read by pandas or polars, to one float array per series with its times in milliseconds.

`python read.py pandas|polars wide|long FILE.csv` reads once and prints what that took and what came out, as JSON, with the
fields of the example `reading` of monteverdi-ingest. The packages are imported before the clock starts. How many cores
polars uses is said by POLARS_MAX_THREADS.
"""

import json
import sys
import time

import numpy as np


def pandas_wide(path):
    import pandas as pd

    def work():
        frame = pd.read_csv(path, engine="c", index_col=0, parse_dates=[0], date_format="ISO8601")
        times = frame.index.as_unit("ms").asi8
        return [(times, np.ascontiguousarray(frame[name], dtype=float)) for name in frame]

    return work


def pandas_long(path):
    import pandas as pd

    def work():
        words = {"service": "category", "metric": "category"}
        frame = pd.read_csv(path, engine="c", dtype=words, parse_dates=["time"], date_format="ISO8601")
        times = frame["time"].dt.as_unit("ms").astype("int64").to_numpy()
        values = frame["value"].to_numpy(dtype=float)
        groups = frame.groupby(["service", "metric"], sort=False, observed=True).indices
        return [(times[rows], values[rows]) for rows in groups.values()]

    return work


def polars_wide(path):
    import polars as pl

    def work():
        frame = pl.read_csv(path, try_parse_dates=True)
        times, *columns = frame.get_columns()
        times = times.dt.epoch("ms").to_numpy()
        return [(times, column.cast(pl.Float64).fill_null(np.nan).to_numpy()) for column in columns]

    return work


def polars_long(path):
    import polars as pl

    def work():
        words = {"service": pl.Categorical, "metric": pl.Categorical}
        frame = pl.read_csv(path, try_parse_dates=True, schema_overrides=words)
        frame = frame.with_columns(pl.col("time").dt.epoch("ms"), pl.col("value").cast(pl.Float64))
        parts = frame.partition_by(["service", "metric"], maintain_order=True, include_key=False)
        return [(part["time"].to_numpy(), part["value"].to_numpy()) for part in parts]

    return work


READERS = {
    ("pandas", "wide"): pandas_wide,
    ("pandas", "long"): pandas_long,
    ("polars", "wide"): polars_wide,
    ("polars", "long"): polars_long,
}


def main():
    package, form, path = sys.argv[1:]
    work = READERS[package, form](path)
    started, worked = time.perf_counter(), time.process_time()
    series = work()
    seconds, processor_seconds = time.perf_counter() - started, time.process_time() - worked
    print(json.dumps({
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "series": len(series),
        "values": int(sum(np.isfinite(values).sum() for _, values in series)),
        "sum": float(sum(np.nansum(values) for _, values in series)),
        "first_ms": int(min(times[0] for times, _ in series)),
        "last_ms": int(max(times[-1] for times, _ in series)),
    }))


if __name__ == "__main__":
    main()
