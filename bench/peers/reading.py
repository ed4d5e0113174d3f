"""How fast a large table becomes series: Monteverdi beside pandas and polars, in one run. Prints Markdown.

`python reading.py --reader PATH --wide FILE --long FILE --huge FILE`: the example `reading` of monteverdi-ingest (release
build) and `read.py` read each file in turn, every time in a new process, with the file in the system's cache. Before
anything is printed, what came out is compared. `--huge` is a wide table that is read once, for the memory it takes.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
READERS = ["Monteverdi, one core", "pandas, C engine", "polars, one thread", "polars, every core"]


def read(reader, form, path, arguments):
    """One reading in a process of its own."""
    environment = dict(os.environ)
    environment.pop("POLARS_MAX_THREADS", None)
    if reader.startswith("Monteverdi"):
        command = [arguments.reader, path]
    else:
        command = [sys.executable, str(HERE / "read.py"), reader.split(",")[0], form, path]
    if reader.endswith("one thread"):
        environment["POLARS_MAX_THREADS"] = "1"
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout)


def check(results):
    """All readers must have found the same series; sums may differ in the last digits, by the order of adding."""
    ours = results[READERS[0]][0]
    for reader, runs in results.items():
        for field in ("series", "values", "first_ms", "last_ms"):
            if runs[0][field] != ours[field]:
                sys.exit(f"{reader} reads {runs[0][field]} for {field}, Monteverdi {ours[field]}")
        if not math.isclose(runs[0]["sum"], ours["sum"], rel_tol=1e-9):
            sys.exit(f"{reader} reads values with the sum {runs[0]['sum']}, Monteverdi {ours['sum']}")
    return ours


def compare(form, path, aims, arguments):
    results = {reader: [] for reader in READERS}
    for _ in range(arguments.repetitions):
        for reader in READERS:
            results[reader].append(read(reader, form, path, arguments))
    ours = check(results)
    print(f"{os.path.getsize(path) / 1e6:.0f} MB, {form}: {ours['series']} series, {ours['values']} values, the same from all.\n")
    print("| reader | wall, min | median | max | processor, min | MB/s | Monteverdi is faster by | in processor time | aim |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    best = min(run["seconds"] for run in results[READERS[0]])
    least = min(run["processor_seconds"] for run in results[READERS[0]])
    for reader, runs in results.items():
        wall = [run["seconds"] for run in runs]
        processor = min(run["processor_seconds"] for run in runs)
        ratio, work = ("", "") if reader == READERS[0] else (f"{min(wall) / best:.2f} ×", f"{processor / least:.2f} ×")
        print(f"| {reader} | {min(wall):.3f} s | {statistics.median(wall):.3f} s | {max(wall):.3f} s | {processor:.3f} s "
              f"| {os.path.getsize(path) / 1e6 / min(wall):.0f} | {ratio} | {work} | {aims.get(reader, '')} |")
    print()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--reader", required=True, help="the example `reading`, built")
    arguments.add_argument("--wide", required=True)
    arguments.add_argument("--long", required=True)
    arguments.add_argument("--huge", help="a wide table of a gigabyte or so")
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments = arguments.parse_args()

    aims = {READERS[1]: "3 ×", READERS[2]: "1 ×"}
    for form in ("wide", "long"):
        compare(form, getattr(arguments, form), aims, arguments)
    print("The ratios are of the fastest runs; the runs took turns. The processor's time is that of the whole process.")
    if arguments.huge:
        ours = read(READERS[0], "wide", arguments.huge, arguments)
        ratio = ours["peak_bytes"] / ours["data_bytes"]
        print(f"\nA wide table of {os.path.getsize(arguments.huge) / 1e6:.0f} MB ({ours['series']} series, "
              f"{ours['values']} values) is read in {ours['seconds']:.1f} s with at most {ours['peak_bytes'] / 1e6:.0f} MB, "
              f"{ratio:.2f} times the {ours['data_bytes'] / 1e6:.0f} MB of its values (aim: at most 2.5 times).")


if __name__ == "__main__":
    main()
