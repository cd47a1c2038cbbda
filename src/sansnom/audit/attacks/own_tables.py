"""An organization's own tables, written here by hand: a quarter and its year, protected as `sansnom protect table` does.

The joint releases of a board are noisy. An organization may also publish tables of its own, with hidden cells or rounded
figures; the attacks try that way of publishing too, on small tables whose truth is known.
"""

from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Flags, Integers
from sansnom.audit.propagate import UNBOUNDED, propagate
from sansnom.release.manifest import Axis, CountTable, Period, Union, union
from sansnom.release.suppression.ladder import QUICK, suppress

THRESHOLD: Final = 10
_AREAS: Final = ("North", "South", "East")
_SERVICES: Final = ("Language", "Employment", "Housing")
QUARTER: Final = ((12, 31, 0), (25, 44, 18), (14, 22, 3))
"""April to June, areas by services."""
REST: Final = ((2, 30, 16), (33, 41, 20), (19, 27, 11))
"""July to March: two persons in one cell; the year's table shows 14 there and the quarter's 12."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnTables:
    """What was published of both tables, and what an attacker joins: all cells once, with every sum they obey."""

    joined: Union
    hidden: Flags
    """(cells,) published nowhere; differences of the two periods are cells too, and nobody publishes them."""

    @property
    def small(self) -> Flags:
        """Mark the cells with fewer persons than the threshold, differences included."""
        values = self.joined.table.values
        return np.asarray((values > 0) & (values < THRESHOLD))

    @property
    def names(self) -> tuple[str, ...]:
        """Name the cells by their labels."""
        return self.joined.table.names


def _axis(name: str, labels: tuple[str, ...]) -> Axis:
    return Axis(name, (*labels, "All"), ((len(labels), tuple(range(len(labels)))),))


def count_table(name: str, inner: Integers, period: Period | None = None) -> CountTable:
    """Make a table of areas by services with its margins."""
    full = np.vstack([inner, inner.sum(axis=0)])
    full = np.hstack([full, full.sum(axis=1, keepdims=True)])
    areas, services = inner.shape
    axes = (_axis("area", _AREAS[:areas]), _axis("service", _SERVICES[:services]))
    return CountTable(name, axes, full.reshape(-1).astype(np.int64), period=period)


def published_tables(practice: Practice) -> OwnTables:
    """Publish the quarter, then the year, with the quarter in the manifest (or forgotten, where that is planted)."""
    quarter = count_table("quarter", np.array(QUARTER), Period("2026-04-01", "2026-06-30"))
    year = count_table("year", np.array(QUARTER) + np.array(REST), Period("2026-04-01", "2027-03-31"))
    alone = union([quarter], THRESHOLD)
    first = suppress(alone.table, effort=QUICK).suppressed[alone.places[0]]
    earlier = replace(quarter, published=~first)
    manifest = union([year, earlier] if practice.knows_earlier else [year], THRESHOLD)
    second = suppress(
        manifest.table, effort=QUICK, fixed_published=manifest.fixed_open, fixed_suppressed=manifest.fixed_hidden
    ).suppressed[manifest.places[0]]
    everything = union([year, earlier], THRESHOLD)
    hidden = np.ones(everything.table.cells, dtype=np.bool_)
    hidden[everything.places[0][~second]] = False
    hidden[everything.places[1][~first]] = False
    return OwnTables(everything, hidden)


def bounds_of(own: OwnTables) -> tuple[Integers, Integers]:
    """Bound every cell from what was published: propagation, then two linear programs for each small cell left open."""
    table = own.joined.table
    low = np.where(own.hidden, 0, table.values)
    high = np.where(own.hidden, UNBOUNDED, table.values)
    found = propagate(table.relations, low, high)
    return by_programs(table.relations, found.low, found.high, np.flatnonzero(own.small & (found.low < found.high)))


def by_programs(relations: sp.csr_matrix, low: Integers, high: Integers, asked: Integers) -> tuple[Integers, Integers]:
    """Tighten the bounds of some cells by two linear programs each, rounded inwards to whole numbers."""
    low, high = low.copy(), high.copy()
    limits = [(float(a), None if b >= UNBOUNDED // 2 else float(b)) for a, b in zip(low, high, strict=True)]
    nothing = np.zeros(relations.shape[0])
    for cell in asked:
        cost = np.zeros(relations.shape[1])
        for sign in (1.0, -1.0):
            cost[cell] = sign
            answer = linprog(cost, A_eq=relations, b_eq=nothing, bounds=limits, method="highs")  # type: ignore[call-overload]  # its stubs know no sparse A_eq
            if answer.status == 0 and sign > 0:
                low[cell] = max(low[cell], int(np.ceil(answer.fun - 1e-6)))
            elif answer.status == 0:
                high[cell] = min(high[cell], int(np.floor(-answer.fun + 1e-6)))
    return low, high


def isolating(own: OwnTables, cells_max: int = 3) -> list[str]:
    """Search sums and differences of up to three published cells that count 1 to 9 persons, a set of inner cells each.

    Independent of the bounds: every cell is written over the inner cells of the quarter and of the rest of the year.
    """
    table = own.joined.table
    over = _over_inner_cells(own)
    truth = np.concatenate([np.array(QUARTER).reshape(-1), np.array(REST).reshape(-1)])
    assert (over @ truth == table.values).all(), "each cell is a sum of inner cells"
    shown = np.flatnonzero(~own.hidden)
    found = set()
    for size in range(1, cells_max + 1):
        for chosen in combinations(shown.tolist(), size):
            for signs in product((1, -1), repeat=size - 1):
                told = over[chosen[0]] + sum(
                    (sign * over[cell] for sign, cell in zip(signs, chosen[1:], strict=True)),
                    start=np.zeros_like(over[0]),
                )
                for each in (told, -told):
                    counted = int(each @ truth)
                    if each.min() >= 0 and each.max() == 1 and 0 < counted < THRESHOLD:
                        found.add(" ± ".join(table.names[cell] for cell in chosen))
    return sorted(found)


def _over_inner_cells(own: OwnTables) -> Integers:
    """Write each cell of the joined table as a sum of the inner cells of the two spans of time, quarter first."""
    rows, columns = np.array(QUARTER).shape
    inner = rows * columns
    over = np.zeros((own.joined.table.cells, 2 * inner), dtype=np.int64)
    for place, spans in zip(own.joined.places, ((0, 1), (0,)), strict=True):
        for cell, (row, column) in zip(place.tolist(), product(range(rows + 1), range(columns + 1)), strict=True):
            at = [r * columns + c for r in _span(row, rows) for c in _span(column, columns)]
            over[cell] = 0
            for span in spans:
                over[cell, [span * inner + each for each in at]] = 1
    shown = max(int(place.max()) for place in own.joined.places) + 1
    relations = own.joined.table.relations.toarray()
    for relation in relations:  # a difference of periods is what its relation leaves
        cells = np.flatnonzero(relation)
        new = [cell for cell in cells if cell >= shown]
        if new:
            others = [cell for cell in cells if cell < shown]
            over[new[0]] = -relation[new[0]] * sum(relation[cell] * over[cell] for cell in others)
    return over


def _span(place: int, size: int) -> range:
    return range(size) if place == size else range(place, place + 1)
