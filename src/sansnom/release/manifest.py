"""The manifest: which tables speak of the same cells, and one list of cells and sums for all of them together.

Two tables can each be safe alone and unsafe together, so linked tables and earlier releases become one `LinearTable`:

- a cell is what it counts: the unit, the period, and its labels on every axis where it is not the whole. The row total
  of one table and the column total of another are one cell when they count the same;
- a period inside another leaves a difference that anybody can compute: it becomes a cell of its own, never published;
- periods that overlap without one holding the other are refused, as is one cell counted twice with different results.

Nothing here reads a file; a cell is named by its labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import scipy.sparse as sp

from sansnom.release.linear_table import Flags, Integers, LinearTable, counted_table
from sansnom.terms.errors import InputError, PolicyRefusal

Sums = tuple[tuple[int, tuple[int, ...]], ...]
"""Totals of an axis: (place of the total, places of its parts)."""

CELLS_MAX: Final = 5_000_000
Identity = tuple[str, tuple[str, str] | None, frozenset[tuple[str, str]]]
"""What a cell counts: unit, period, and its labels on the axes where it is not the whole."""

SEPARATOR: Final = " × "


@dataclass(frozen=True, slots=True)
class Axis:
    """One variable of a table: its labels, and which of them are sums of others."""

    name: str
    labels: tuple[str, ...]
    sums: Sums = ()

    @property
    def whole(self) -> int:
        """Give the place of the label that holds all others; -1 where there is none."""
        totals = {total for total, _ in self.sums}
        parts = {part for _, each in self.sums for part in each}
        tops = totals - parts
        return tops.pop() if len(tops) == 1 and len(totals | parts) == len(self.labels) else -1

    def matrix(self) -> sp.csr_matrix:
        """Give (sums, labels): a total is -1, its parts 1."""
        rows = [row for row, (_, parts) in enumerate(self.sums) for _ in range(1 + len(parts))]
        columns = [place for total, parts in self.sums for place in (total, *parts)]
        signs = [sign for _, parts in self.sums for sign in (-1, *([1] * len(parts)))]
        return sp.csr_matrix(
            (np.array(signs, dtype=np.int64), (rows, columns)), shape=(len(self.sums), len(self.labels))
        )


@dataclass(frozen=True, slots=True)
class Period:
    """Days counted, both ends included, as ISO dates, which sort as days do."""

    first: str
    last: str

    def holds(self, other: "Period") -> bool:
        return self.first <= other.first and other.last <= self.last

    def apart(self, other: "Period") -> bool:
        return self.last < other.first or other.last < self.first


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """One table of counts: a value for every combination of labels, last axis fastest."""

    name: str
    axes: tuple[Axis, ...]
    values: Integers
    published: Flags | None = None
    """(cells,) False where a cell of an earlier release was not published; None: this table is yet to be protected."""
    unit: str = "persons"
    period: Period | None = None

    def cell_names(self) -> tuple[str, ...]:
        """Name every cell by its labels."""
        names = list(self.axes[0].labels)
        for axis in self.axes[1:]:
            names = [f"{name}{SEPARATOR}{label}" for name in names for label in axis.labels]
        return tuple(names)

    def relations(self) -> sp.csr_matrix:
        """Give every sum of every axis, at every combination of the other axes' labels."""
        return relations_of(self.axes)


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """All tables as one: the table, where each table's cells are in it, and which cells are public already."""

    table: LinearTable
    places: tuple[Integers, ...]
    fixed_open: Flags
    """Cells that an earlier release published: they cannot be hidden any more."""
    fixed_hidden: Flags
    """Cells that no table shows, such as the difference of two periods, or an earlier release's hidden cells."""


def hierarchy_axis(name: str, labels: Sequence[str], parents: Mapping[str, str]) -> Axis:
    """Make an axis from a parent for each label; refuse a cycle, a parent that is no label, a label given twice."""
    place = {label: number for number, label in enumerate(labels)}
    if len(place) != len(labels):
        twice = next(number for number, label in enumerate(labels) if place[label] != number)
        raise InputError("table.label_twice", where=name, number=twice + 1)
    for number, (child, parent) in enumerate(parents.items(), 1):
        if child not in place or parent not in place:
            raise InputError("hierarchy.unknown_label", where=name, number=number)
        seen = {child}
        while parent in parents:
            if parent in seen:
                raise InputError("hierarchy.cycle", where=name, number=number)
            seen.add(parent)
            parent = parents[parent]  # noqa: PLW2901 - walks up from the child
        if parent in seen:
            raise InputError("hierarchy.cycle", where=name, number=number)
    parts: dict[str, list[int]] = {}
    for child, parent in parents.items():
        parts.setdefault(parent, []).append(place[child])
    return Axis(name, tuple(labels), tuple((place[total], tuple(each)) for total, each in parts.items()))


def relations_of(axes: Sequence[Axis]) -> sp.csr_matrix:
    """Give every sum of every axis, at every combination of the other axes' labels."""
    blocks = []
    for number, axis in enumerate(axes):
        if not axis.sums:
            continue
        before = int(np.prod([len(each.labels) for each in axes[:number]], dtype=np.int64))
        after = int(np.prod([len(each.labels) for each in axes[number + 1 :]], dtype=np.int64))
        left, right = sp.identity(before, dtype=np.int64), sp.identity(after, dtype=np.int64)
        blocks.append(sp.kron(sp.kron(left, axis.matrix()), right, format="csr"))
    if blocks:
        relations = sp.csr_matrix(sp.vstack(blocks, format="csr"))
        relations.eliminate_zeros()  # kron of small dense blocks stores them
        return relations
    cells = int(np.prod([len(axis.labels) for axis in axes], dtype=np.int64))
    nothing = np.zeros(0, dtype=np.int64)
    return sp.csr_matrix((nothing, (nothing, nothing)), shape=(0, cells))


def union(tables: Sequence[CountTable], threshold: int) -> Union:
    """Join the tables of a manifest, earlier releases among them, into one table of distinct cells."""
    if not tables or any(not len(table.values) for table in tables):
        raise InputError("table.empty")
    if sum(len(table.values) for table in tables) > CELLS_MAX:
        raise InputError("table.too_large", limit=CELLS_MAX)
    _check_periods(tables)
    if len(tables) == 1:
        alone = counted_table(tables[0].values, tables[0].relations(), threshold, tables[0].cell_names())
        nowhere = np.zeros(alone.cells, dtype=np.bool_)
        return Union(alone, (np.arange(alone.cells),), nowhere, nowhere.copy())
    number: dict[Identity, int] = {}
    values: list[int] = []
    names: list[str] = []
    places = []
    for table in tables:
        mine = np.zeros(len(table.values), dtype=np.int64)
        for cell, (identity, name) in enumerate(zip(_identities(table), table.cell_names(), strict=True)):
            found = number.setdefault(identity, len(values))
            if found == len(values):
                values.append(int(table.values[cell]))
                names.append(f"{table.name}: {name}")
            elif values[found] != table.values[cell]:
                raise InputError("table.revised", where=f"{table.name}: {name}", other=names[found])
            mine[cell] = found
        places.append(mine)
    blocks = [_moved(table.relations(), mine, len(values)) for table, mine in zip(tables, places, strict=True)]
    return _joined(tables, places, np.array(values, dtype=np.int64), names, blocks, threshold)


def _joined(
    tables: Sequence[CountTable],
    places: list[Integers],
    values: Integers,
    names: list[str],
    blocks: list[sp.csr_matrix],
    threshold: int,
) -> Union:
    """Add the differences of nested periods, and say which cells are open or hidden for good."""
    shown = len(values)
    differences = _differences(tables, places)
    gaps = np.array([values[large] - values[small] for large, small in differences], dtype=np.int64)
    negative = np.flatnonzero(gaps < 0)
    if len(negative):
        where = names[differences[int(negative[0])][0]]
        raise InputError("table.part_larger", (), where=where)
    cells = shown + len(gaps)
    wide = [sp.csr_matrix((block.data, block.indices, block.indptr), shape=(block.shape[0], cells)) for block in blocks]
    if differences:
        rows = np.repeat(np.arange(len(gaps)), 3)
        columns = [c for n, (large, small) in enumerate(differences) for c in (large, small, shown + n)]
        wide.append(sp.csr_matrix((np.tile([-1, 1, 1], len(gaps)), (rows, columns)), shape=(len(gaps), cells)))
        names = names + [f"{names[large]} - {names[small]}" for large, small in differences]
    relations = sp.csr_matrix(sp.vstack(wide, format="csr"))
    table = counted_table(np.concatenate([values, gaps]), relations, threshold, tuple(names))
    fixed_open, fixed_hidden, new = np.zeros((3, cells), dtype=np.bool_)
    fixed_hidden[shown:] = True
    for each, mine in zip(tables, places, strict=True):
        if each.published is None:
            new[mine] = True
        else:
            fixed_open[mine[each.published]] = True
            fixed_hidden[mine[~each.published]] = True
    fixed_hidden &= ~fixed_open
    return Union(table, tuple(places), fixed_open, fixed_hidden)


def _check_periods(tables: Sequence[CountTable]) -> None:
    for one, other in combinations(tables, 2):
        if one.period is None or other.period is None or one.unit != other.unit:
            continue
        nested = one.period.holds(other.period) or other.period.holds(one.period)
        if not nested and not one.period.apart(other.period):
            raise PolicyRefusal("table.period_overlaps", where=one.name, other=other.name)


def _identities(table: CountTable) -> list[Identity]:
    """Say what each cell counts, the same in every table."""
    period = (table.period.first, table.period.last) if table.period else None
    parts: list[tuple[tuple[str, str], ...]] = [()]
    for axis in table.axes:
        told = [() if place == axis.whole else ((axis.name, label),) for place, label in enumerate(axis.labels)]
        parts = [before + one for before in parts for one in told]
    return [(table.unit, period, frozenset(each)) for each in parts]


def _differences(tables: Sequence[CountTable], places: list[Integers]) -> list[tuple[int, int]]:
    """Pair cells that count the same over a period and over one inside it: their difference is there to be computed."""
    pairs = []
    for one, other in combinations(range(len(tables)), 2):
        first, second = tables[one].period, tables[other].period
        if first is None or second is None or first == second or tables[one].unit != tables[other].unit:
            continue
        if first.apart(second):
            continue
        large, small = (one, other) if first.holds(second) else (other, one)
        of = {each[2]: int(place) for each, place in zip(_identities(tables[small]), places[small], strict=True)}
        for each, place in zip(_identities(tables[large]), places[large], strict=True):
            labels = each[2]
            if labels in of:
                pairs.append((int(place), of[labels]))
    return pairs


def _moved(relations: sp.csr_matrix, places: Integers, cells: int) -> sp.csr_matrix:
    entries = relations.tocoo()
    return sp.csr_matrix((entries.data, (entries.row, places[entries.col])), shape=(relations.shape[0], cells))
