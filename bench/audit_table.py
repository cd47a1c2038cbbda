"""The audit of intervals and the attack by propagation: `python bench/audit_table.py --instances DIR --workbook FILE`.

DIR holds instances in the JSON form; each is protected quickly and its pattern audited, the audit timed alone. FILE is the workbook
of permanent residents by province, category and month (1-4 shown as `--`, other figures to the nearest 5). Processor seconds are
printed beside elapsed ones, since a shared machine stretches the latter. With --ptable FILE (the ONS's 10-5 table) and
--ons CSV (count, ckey, expected; written by the package in its own environment) our cells are compared with the package's.
"""

import argparse
import csv
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sansnom.audit.table_attack import Rule, attack_tables
from sansnom.audit.table_file import Reading, read_lines, read_table
from sansnom.release.cell_key import perturb_by_table, read_ptable
from sansnom.release.intervals import audit_intervals
from sansnom.release.linear_table import from_json
from sansnom.release.suppression import QUICK, suppress


def timed(work: Callable[[], Any]) -> tuple[Any, str]:
    """Do the work; give its result and how long it took."""
    elapsed, processor = time.perf_counter(), time.process_time()
    result = work()
    return (
        result,
        f"{time.perf_counter() - elapsed:.2f} s elapsed, {time.process_time() - processor:.2f} s of processor",
    )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--workbook", type=Path)
    parser.add_argument("--ptable", type=Path)
    parser.add_argument("--ons", type=Path)
    args = parser.parse_args()
    if args.workbook:
        table, took = timed(lambda: read_table(args.workbook, Reading()))
        print(f"read {args.workbook.name}: {took}")
        found, took = timed(lambda: attack_tables([table], Rule(1, 4, 5), programs_max=0))
        told = found.to_json()
        print(
            {name: told[name] for name in ("cells", "relations", "hidden", "pinned", "narrowed", "recovered_rounded")},
            took,
        )
    for path in sorted(args.instances.glob("*.json*")) if args.instances else ():
        content = path.read_bytes()
        linear = from_json(json.loads(gzip.decompress(content) if path.suffix == ".gz" else content))
        pattern = suppress(linear, effort=QUICK)
        audit, took = timed(lambda linear=linear, pattern=pattern: audit_intervals(linear, pattern.suppressed))
        print(
            f"{path.name}: {linear.cells} cells, {linear.primary.sum()} primaries, {pattern.count} suppressed, "
            f"{len(audit.failures)} failures, {audit.programs} programs, {took}"
        )
    if args.ptable and args.ons:
        with args.ons.open(encoding="utf-8") as stream:
            lines = list(csv.reader(stream))[1:]
        flat = np.array([[int(line[0]), int(line[1])] for line in lines])
        expected = np.array([float(line[2]) if line[2] else np.nan for line in lines])
        ours = perturb_by_table(flat[:, 0], flat[:, 1], read_ptable(read_lines(args.ptable)))
        same = (ours == expected) | (np.isnan(ours) & np.isnan(expected))
        print(f"cell keys: {same.sum()} of {len(same)} cells equal the package's")


if __name__ == "__main__":
    main()
