"""Measure consistent figures: seconds for 10,000 and 10^6 cells, error against raw values, and coverage of intervals.

python bench/consistency.py                      time and error of both sizes
python bench/consistency.py --coverage 1000      coverage of 95 % intervals over so many seeds, at every level
python bench/consistency.py --rounding           distance of the integers from the estimates, against the proven least
python bench/consistency.py --json FILE          beside what is printed, all figures as one object
"""

import argparse
import json
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from sansnom.release.consistency import consistent_tables
from sansnom.release.consistency_gls import Measured
from sansnom.release.consistency_order import nodes_of
from sansnom.release.consistency_sums import sum_of
from sansnom.release.intervals_noise import half_width, total_variance
from sansnom.release.noise import skellam_weights
from sansnom.release.nonnegative import settle
from sansnom.terms.parse import Text
from sansnom.terms.release import Consistent, ReleasedTable
from sansnom.terms.table import PERSONS, SUM, Axis, TableSpec
from sansnom.terms.vocabulary import Value

Coverage = list[tuple[str, float]]
DEVIATION = 7
SIZES = {"10,000 cells, 8 margins": (20, 20, 25), "1,000,000 cells, 8 margins": (100, 100, 100)}
LEVELS = {
    "10,000 cells, 27 margins of 3 levels": ((4, 5), (4, 5), (5, 5)),
    "1,000,000 cells, 27 margins": ((10, 10),) * 3,
}


def margins_of(truth: NDArray[np.int64], cuts: Sequence[tuple[int, ...]], seed: int) -> list[Measured]:
    """Publish the sums of a truth over all axes but some, each cell with noise."""
    chance = np.random.default_rng(seed)
    told = []
    for cut in cuts:
        sums = np.asarray(truth.sum(axis=tuple(a for a in range(truth.ndim) if a not in cut)), dtype=np.int64)
        noise = np.rint(chance.normal(0, DEVIATION, sums.shape)).astype(np.int64)
        told.append(Measured(tuple("abcdef"[a] for a in cut), np.asarray(sums + noise), Fraction(DEVIATION**2)))
    return told


def instances() -> list[tuple[str, NDArray[np.int64], list[tuple[int, ...]]]]:
    """Give each instance: its name, its truth (many small cells, some large), and the cuts that are published."""
    chance = np.random.default_rng(1)
    found: list[tuple[str, NDArray[np.int64], list[tuple[int, ...]]]] = []
    for name, sizes in SIZES.items():
        truth = chance.poisson(chance.gamma(0.3, 20, sizes)).astype(np.int64)
        found.append((name, truth, [cut for n in range(4) for cut in combinations(range(3), n)]))
    for name, pairs in LEVELS.items():
        truth = chance.poisson(chance.gamma(0.3, 20, [n for pair in pairs for n in pair])).astype(np.int64)
        levels = [((), (2 * d,), (2 * d, 2 * d + 1)) for d in range(3)]
        found.append((name, truth, [tuple(sorted(a for part in cut for a in part)) for cut in product(*levels)]))
    return found


def error(found: Sequence[NDArray[Any]], true: Sequence[NDArray[Any]]) -> float:
    """Give the root of the mean squared error over all published cells."""
    return float(np.sqrt(np.concatenate([((x - y) ** 2).reshape(-1) for x, y in zip(found, true, strict=True)]).mean()))


def time_and_error() -> list[dict[str, Any]]:
    """Settle each instance, and compare."""
    rows = []
    for name, truth, cuts in instances():
        tables = margins_of(truth, cuts, 2)
        true = [np.asarray(truth.sum(axis=tuple(a for a in range(truth.ndim) if a not in cut))) for cut in cuts]
        start = time.perf_counter()
        _, settled = settle(tables)
        seconds = time.perf_counter() - start
        rows.append(
            {
                "instance": name,
                "cells": sum(table.values.size for table in tables),
                "seconds": round(seconds, 2),
                "rmse_raw": round(error([t.values for t in tables], true), 2),
                "rmse_least_squares": round(error([s.estimates / 100 for s in settled], true), 2),
                "rmse_consistent": round(error([s.integers for s in settled], true), 2),
                "agree": _agree(tables, [s.integers for s in settled]),
            }
        )
    return rows


def _agree(tables: Sequence[Measured], integers: Sequence[NDArray[np.int64]]) -> bool:
    """Check that every pair of tables has the same sums over what both are cut by, and no cell below zero."""
    told = [(table.attributes, cells) for table, cells in zip(tables, integers, strict=True)]
    for (a, x), (b, y) in combinations(told, 2):
        one, two = (
            cells.sum(axis=tuple(n for n, c in enumerate(cut) if c not in other))
            for cut, cells, other in ((a, x, b), (b, y, a))
        )
        if (one != two).any():
            return False
    return all(int(cells.min()) >= 0 for cells in integers)


# ------------------------------------------------------------------------------------------------------------ coverage


def coverage_of(seeds: int) -> Coverage:
    """Draw the noise of three helpers so often, and count how often each level's intervals hold the truth."""
    sizes = (6, 9)
    truth = np.random.default_rng(3).integers(300, 900, sizes)
    axes = [
        Axis(f"d{n}", Text("d", "d"), tuple(Value(str(v), Text("v", "v")) for v in range(s)))
        for n, s in enumerate(sizes)
    ]
    cuts = {"total": (), "one axis": (0,), "other axis": (1,), "two axes": (0, 1)}
    specs = [_spec(name, PERSONS, cut) for name, cut in cuts.items()] + [_spec("alone", SUM, (1,))]
    sides = [tuple(axes[a] for a in cut) for cut in [*cuts.values(), (1,)]]
    variances = [Fraction(n) for n in (90, 150, 150, 210, 400)]
    true = [truth.sum(axis=tuple(a for a in (0, 1) if a not in cut)).reshape(-1) for cut in [*cuts.values(), (1,)]]
    held = np.zeros(len(specs) + 1)
    asked = seeds * np.array([*(len(t) for t in true), len(PICKS)])
    for seed in range(seeds):
        chance = np.random.default_rng([seed, 11])
        opened = [(t + skellam(chance, v, len(t))).tolist() for t, v in zip(true, variances, strict=True)]
        told = consistent_tables(specs, sides, variances, [half_width(v) for v in variances], opened)
        for place, (table, values) in enumerate(zip(told, true, strict=True)):
            inside = [f.low <= v <= f.high for f, v in zip(table.figures, values.tolist(), strict=True)]
            held[place] += sum(inside)
        held[-1] += _sums_held(specs[3], sides[3], told[3], true[3])
    names = [*(spec.table for spec in specs), "sums"]
    return [(name, float(h / n)) for name, h, n in zip(names, held, asked, strict=True)]


PICKS = ([0, 1], list(range(9)), list(range(0, 54, 9)), [3, 17, 22, 40, 51], list(range(5, 50)))


def _sums_held(spec: TableSpec, axes: tuple[Axis, ...], told: Consistent, true: NDArray[np.int64]) -> int:
    """Count sums of cells of the crossed table whose interval holds the true sum."""
    text, one = Text("t", "t"), Fraction(1)
    table = ReleasedTable(spec.table, spec.kind, text, text, axes, one, one, 1, told.figures, told)
    sums = [(sum_of(table, picked), int(true[picked].sum())) for picked in PICKS]
    return sum(figure.low <= value <= figure.high for figure, value in sums)


def _spec(name: str, kind: str, cut: tuple[int, ...]) -> TableSpec:
    return TableSpec(name, kind, Text(name, name), Fraction(1, 10), dimensions=tuple(f"d{a}" for a in cut))


def skellam(chance: np.random.Generator, variance: Fraction, cells: int) -> NDArray[np.int64]:
    """Draw the noise of all three helpers from the exact table of its law."""
    weights = skellam_weights(total_variance(variance))
    last = len(weights) - 1
    masses = np.array([float(Fraction(weights[abs(k)], weights[0])) for k in range(-last, last + 1)])
    return np.asarray(chance.choice(np.arange(-last, last + 1), cells, p=masses / masses.sum()), dtype=np.int64)


# ------------------------------------------------------------------------------------------------------------ rounding


def rounding(seeds: int = 5) -> list[dict[str, Any]]:
    """Compare the sum of distances between integers and estimates with the least that any agreeing integers have (HiGHS)."""
    rows = []
    for seed in range(seeds):
        truth = np.random.default_rng([seed, 5]).poisson(np.random.default_rng(seed).gamma(0.3, 30, (4, 6, 5)))
        tables = margins_of(truth.astype(np.int64), [(), (0,), (1,), (2,), (0, 1), (1, 2)], seed)
        _, settled = settle(tables)
        ours = sum(float(np.abs(s.integers - s.estimates / 100).sum()) for s in settled)
        rows.append(
            {"seed": seed, "ours": round(ours, 2), "least": round(_least(tables, [s.estimates for s in settled]), 2)}
        )
    return rows


def _least(tables: Sequence[Measured], estimates: Sequence[NDArray[np.int64]]) -> float:
    """Solve the integer program: cells and their distances, one equation for each cell of what two tables share."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # published without types
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - an option's value
    cells = [[solver.addIntegral(lb=0) for _ in range(e.size)] for e in estimates]
    distance = []
    for own, wanted in zip(cells, estimates, strict=True):
        for cell, told in zip(own, (wanted.reshape(-1) / 100).tolist(), strict=True):
            away = solver.addVariable(lb=0)
            solver.addConstr(away - cell >= -told)
            solver.addConstr(away + cell >= told)
            distance.append(away)
    for node in nodes_of([frozenset(t.attributes) for t in tables]):
        sums = [
            _sums(table, own, node) for table, own in zip(tables, cells, strict=True) if node <= set(table.attributes)
        ]
        for other in sums[1:]:
            for one, two in zip(sums[0], other, strict=True):
                solver.addConstr(sum(one) - sum(two) == 0)
    solver.minimize(sum(distance))
    return float(solver.getObjectiveValue())


def _sums(table: Measured, cells: Sequence[Any], node: frozenset[str]) -> list[list[Any]]:
    """List, for each cell of the node, the cells of the table that it sums."""
    found: dict[tuple[int, ...], list[Any]] = {}
    names = sorted(node)
    for place, index in enumerate(np.ndindex(*table.values.shape)):
        found.setdefault(tuple(index[table.attributes.index(a)] for a in names), []).append(cells[place])
    return [found[kept] for kept in sorted(found)]


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coverage", type=int, metavar="SEEDS")
    parser.add_argument("--rounding", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    told: list[Any]
    if asked.coverage:
        told = [{"level": name, "held": round(held, 4)} for name, held in coverage_of(asked.coverage)]
    else:
        told = rounding() if asked.rounding else time_and_error()
    for row in told:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
