"""Monteverdi beside the same outputs from pandas, scipy, statsmodels and ruptures, in one run.

`MONTEVERDI=path/to/monteverdi python run.py` makes a table of 200 series by 2,880 points with the testkit, analyses it
with both in turn, and prints a Markdown table. `--json PATH` writes every measured time. Processor time stands beside
wall time because it hardly changes when the machine is busy with something else.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def make_table(path, series, points):
    """The same file that the browser's figure is measured with."""
    command = ["cargo", "run", "--quiet", "--release", "--locked", "--package", "monteverdi-testkit", "--example", "sized_csv"]
    subprocess.run([*command, "--", str(path), str(series), str(points)], cwd=ROOT, check=True)


def measure(command):
    """Wall and processor seconds of a process, and its output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"wall_s": wall_s, "cpu_s": cpu_s}, done.stdout


def compare_browser(load_ms, runs, ratios):
    """The peer's wall time over that from the drop to the complete Report in Chromium, taken just before on this machine.

    The two were not run in turn, so the range is the widest that the measured times allow.
    """
    browser = [milliseconds / 1000 for milliseconds in load_ms]
    whole = [run["wall_s"] for run in runs["peer"]]
    work = [run["wall_s"] - imports["wall_s"] for run, imports in zip(runs["peer"], runs["imports"])]
    shown = " | ".join(f"{value:.2f} s" for value in (min(browser), statistics.median(browser), max(browser)))
    print(f"| Monteverdi in Chromium, drop to complete Report (wall) | {shown} |")
    for name, values in (("whole process", whole), ("without Python's imports", work)):
        span = (min(values) / max(browser), statistics.median(values) / statistics.median(browser), max(values) / min(browser))
        ratios[f"{name} to Chromium, wall"] = span
        shown = " | ".join(f"{value:.1f} ×" for value in span)
        print(f"| ratio to Chromium, {name} (wall; aim 10 ×) | {shown} |")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--monteverdi", default=os.environ.get("MONTEVERDI", ROOT / "target/release/monteverdi"))
    arguments.add_argument("--csv", help="an existing table instead of a new one")
    arguments.add_argument("--series", type=int, default=200)
    arguments.add_argument("--points", type=int, default=2880)
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments.add_argument("--browser", help="what tests/e2e/performance.mjs measured on the same table, for the ratio to it")
    arguments.add_argument("--json", help="where to write every measured time")
    arguments = arguments.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        table = arguments.csv or pathlib.Path(folder) / "table.csv"
        if not arguments.csv:
            make_table(table, arguments.series, arguments.points)
        ours_command = [str(arguments.monteverdi), "analyze", "--json", str(table)]
        peer_command = [sys.executable, str(HERE / "peer.py"), str(table)]
        imports_command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HERE)!r}); import peer"]
        # The first run of each fills the caches of the disk and of Python's bytecode, and does not count.
        for command in (ours_command, imports_command):
            measure(command)
        runs = {"monteverdi": [], "peer": [], "imports": []}
        report, peer = b"", b""
        for _ in range(arguments.repetitions):
            figures, report = measure(ours_command)
            runs["monteverdi"].append(figures)
            figures, peer = measure(peer_command)
            runs["peer"].append(figures)
            figures, _ = measure(imports_command)
            runs["imports"].append(figures)

    report, peer = json.loads(report), json.loads(peer)
    print(f"{report['dataset']['series_count']} series, {report['dataset']['slots']} rows; "
          f"{arguments.repetitions} runs each, in turn; the packages are those of requirements.txt.\n")
    print("| what | min | median | max |\n|---|---:|---:|---:|")
    names = {
        "monteverdi": "monteverdi analyze --json, whole process",
        "peer": "pandas, scipy, statsmodels, ruptures: whole process",
        "imports": "of which starting Python and importing the packages",
    }
    for key, name in names.items():
        for kind, label in (("wall_s", "wall"), ("cpu_s", "processor")):
            values = [run[kind] for run in runs[key]]
            shown = " | ".join(f"{value:.2f} s" for value in (min(values), statistics.median(values), max(values)))
            print(f"| {name} ({label}) | {shown} |")
    ratios = {}
    for kind, label in (("wall_s", "wall"), ("cpu_s", "processor")):
        whole = [peer_run[kind] / ours[kind] for peer_run, ours in zip(runs["peer"], runs["monteverdi"])]
        work = [
            (peer_run[kind] - imports[kind]) / ours[kind]
            for peer_run, imports, ours in zip(runs["peer"], runs["imports"], runs["monteverdi"])
        ]
        for name, values in (("whole process", whole), ("without Python's imports", work)):
            ratios[f"{name}, {label}"] = values
            shown = " | ".join(f"{value:.1f} ×" for value in (min(values), statistics.median(values), max(values)))
            print(f"| ratio, {name} ({label}) | {shown} |")
    if arguments.browser:
        compare_browser(json.loads(pathlib.Path(arguments.browser).read_text())["load_ms"], runs, ratios)
    print("\n| stage of the peer, last run | wall |\n|---|---:|")
    for stage, seconds in peer["seconds"].items():
        print(f"| {stage} | {seconds:.2f} s |")
    found = {kind: sum(finding["kind"] == kind for finding in report["findings"])
             for kind in sorted({finding["kind"] for finding in report["findings"]})}
    print(f"\nFound by Monteverdi: {found}, {len(report['relations'])} relations. "
          f"By the peer: {peer['level_shifts']} level shifts, {peer['trends']} trends, {peer['spikes']} spikes, "
          f"{peer['variance_escalations']} variance escalations, {peer['relations']} relations.")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"runs": runs, "ratios": ratios}, indent=1) + "\n")


if __name__ == "__main__":
    main()
