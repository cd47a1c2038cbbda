"""Secondary suppression on instances: `python bench/suppress.py DIR [--only NAME ...] [--seconds S]`.

DIR holds instances in the JSON form of `sansnom.release.linear_table.from_json`, plain or gzipped. Each is solved by
`suppress` with the greatest effort and a clock, then judged by `sansnom.release.intervals`. An instance that gives no
weights is measured twice where both are of interest: by value, and by count of cells.
"""

import argparse
import gzip
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from sansnom.release.intervals import audit_intervals
from sansnom.release.linear_table import LinearTable, from_json
from sansnom.release.suppression import THOROUGH, Suppression, suppress

MEASURED = (
    ("SYNTH405", "value", 15.0),
    ("SYNTH1584", "value", 180.0),
    ("SYNTH10200", "count", 100.0),
    ("SYNTH10200", "value", 100.0),
    ("TARGUS", "count", 300.0),
    ("TABLE8", "count", 300.0),
    ("TABLE7", "count", 300.0),
    ("TABLE1", "count", 300.0),
    ("HIER13", "count", 280.0),
)


def main() -> None:
    """Solve and judge each instance; print one line a piece."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--progress", action="store_true")
    parser.add_argument(
        "--cpu", action="store_true", help="let the limits count CPU seconds: for a machine with other work"
    )
    told = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:
        print(
            "OPENBLAS_NUM_THREADS is not set: on a busy machine, threads that wait for each other count as CPU seconds"
        )
    print(
        "| instance | cells / primaries | weights | s | CPU s | loss | suppressed | bound | gap | audit failures | status |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, weights, seconds in MEASURED:
        if told.only and name not in told.only and f"{name}:{weights}" not in told.only:
            continue
        table = read(told.directory, name)
        if weights == "count":
            table = replace(table, weights=np.ones(table.cells))
        measure(name, table, weights, told.seconds or seconds, progress=told.progress, cpu_clock=told.cpu)


def read(directory: Path, name: str) -> LinearTable:
    """Read an instance, gzipped or not."""
    packed = directory / f"{name}.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (directory / f"{name}.json").read_bytes()
    return from_json(json.loads(text))


def measure(name: str, table: LinearTable, weights: str, seconds: float, *, progress: bool, cpu_clock: bool) -> None:
    """Solve one table, audit the pattern, print the figures."""
    wall, cpu = time.perf_counter(), time.process_time()

    def say(step: str, loss: float, bound: float) -> None:
        if progress:
            print(f"    {time.perf_counter() - wall:6.1f} s {step}: loss {loss:g}, bound {bound:g}", flush=True)

    def clock() -> bool:
        spent = time.process_time() - cpu if cpu_clock else time.perf_counter() - wall
        return spent > seconds

    found: Suppression = suppress(table, effort=THOROUGH, progress=say, stop=clock)
    wall_spent, cpu_spent = time.perf_counter() - wall, time.process_time() - cpu
    failures = len(audit_intervals(table, found.suppressed).failures)
    size = f"{table.cells:,} / {int(table.primary.sum()):,}"
    print(
        f"| {name} | {size} | {weights} | {wall_spent:.1f} | {cpu_spent:.1f} | {found.loss:,g} "
        f"| {found.count:,} | {found.bound:,g} | {found.gap:.1%} | {failures} | {found.status} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
