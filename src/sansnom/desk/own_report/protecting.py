"""Which figures of a report may be shown: all its tables and all earlier reports as one manifest, hidden cells audited.

What this protects against: a reader who has every report ever given out and knows all sums. A figure with fewer persons
behind it than the threshold is hidden; so are others, wherever it could be computed from them. An audit that fails raises
PolicyRefusal, and nothing is shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from sansnom.desk.own_report.counting import Counted
from sansnom.desk.own_report.scope import Scope
from sansnom.release.intervals import audit_intervals
from sansnom.release.linear_table import Flags, Integers, LinearTable
from sansnom.release.manifest import Axis, CountTable, Period, Union, union
from sansnom.release.suppression import Effort, suppress
from sansnom.terms.errors import BrokenInvariant

THRESHOLD: Final = 10
EFFORT: Final = Effort(search_solves=200, screen_steps=0, cut_solves=60, integer_rounds=0)
"""Enough for tables of a few hundred cells, in a fraction of a second; what is hidden is safe with any effort."""
AT_THE_END: Final = frozenset({"employment_end", "french_gain", "french_level_band", "need_outcome"})
SHOWN, FEW, PARTNER = "", "few", "partner"
FORMER: Final = "former"
"""Marks what a corrected report counted: cells of their own, since the same ones say something else today."""
"""Why a cell is hidden: few persons are behind it; or another could be computed from it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A report that was given out: its scope and what it told.

    former  it was corrected, or is about to be: its figures are known outside, and are no longer those of the files
    """

    name: str
    scope: Scope
    told: Mapping[str, Any]
    former: bool = False


def protected(counted: Sequence[Counted], scope: Scope, earlier: Iterable[Earlier], threshold: int) -> list[list[str]]:
    """Give, for each table and cell, why it is hidden, or "". PolicyRefusal where that cannot be done or fails the audit."""
    given = list(earlier)
    tables = [_table(each, scope) for each in counted]
    owners = [scope] * len(tables)
    for one in given:
        before = [table for table in _earlier_tables(one) if _touches(table, tables)]
        tables += before
        owners += [one.scope] * len(before)
    joined = union(tables, threshold)
    table, hidden_for_good = _with_scopes(joined, tables, owners, threshold)
    table = _with_few(table, joined, counted, threshold)
    known = _inequalities(counted, joined.places)
    table = _lengthened(table, known, 0)
    hidden_for_good = np.concatenate([hidden_for_good, np.ones(len(known), dtype=np.bool_)])
    open_for_good = np.zeros(table.cells, dtype=np.bool_)
    open_for_good[: len(joined.fixed_open)] = joined.fixed_open
    found = suppress(table, effort=EFFORT, fixed_published=open_for_good, fixed_suppressed=hidden_for_good)
    audit_intervals(table, found.suppressed).require()
    if (found.suppressed & open_for_good).any():
        raise BrokenInvariant("own_report.published_and_hidden")
    return [
        [
            SHOWN if not hide else FEW if primary else PARTNER
            for hide, primary in zip(found.suppressed[places], table.primary[places], strict=True)
        ]
        for places in joined.places[: len(counted)]
    ]


def unit_of(counted_unit: str, scope: Scope) -> str:
    """Name what a table counts: the same unit in every report over the same programmes and services."""
    programmes = ",".join(map(str, scope.programmes))
    return f"{counted_unit} {programmes} {','.join(scope.services)}"


def _table(counted: Counted, scope: Scope) -> CountTable:
    axes = tuple(_dated(axis, scope) for axis in counted.axes)
    unit = unit_of(counted.unit, scope)
    return CountTable(counted.name, axes, counted.values, unit=unit, period=_days(counted.unit, scope))


def _days(unit: str, scope: Scope) -> Period:
    """Give the days counted: a waiting list is seen on the last day alone."""
    start = scope.end if unit == "waiting" else scope.start
    return Period(start.isoformat(), scope.end.isoformat())


def _dated(axis: Axis, scope: Scope) -> Axis:
    """Name an axis after the day it is read on: who is 24 in one report may be 25 in the next, and no part of it."""
    day = scope.start if axis.name == "age_group" else scope.end if axis.name in AT_THE_END else None
    return axis if day is None else replace(axis, name=f"{axis.name} {day.isoformat()}")


def _earlier_tables(one: Earlier) -> Iterable[CountTable]:
    """Make the tables of an earlier report again, with what it published."""
    for told in one.told["tables"]:
        axes = tuple(_dated(axis_from(each), one.scope) for each in told["axes"])
        period = _days(told["unit"], one.scope)
        values = np.array(told["values"], dtype=np.int64)
        published = np.array([why == SHOWN for why in told["hidden"]], dtype=np.bool_)
        unit = unit_of(told["unit"], one.scope) + (f" {FORMER} {one.name}" if one.former else "")
        yield CountTable(f"{one.name} {told['name']}", axes, values, published=published, unit=unit, period=period)


def axis_from(told: Mapping[str, Any]) -> Axis:
    """Read an axis as a report keeps it."""
    return Axis(told["name"], tuple(told["labels"]), tuple((total, tuple(parts)) for total, parts in told["sums"]))


def _touches(table: CountTable, new: Sequence[CountTable]) -> bool:
    """Tell whether an earlier table counts the same kind of thing over days that are not all apart."""
    kind, period = table.unit.split(" ")[0], table.period
    return any(
        each.unit.split(" ")[0] == kind
        and period is not None
        and each.period is not None
        and not period.apart(each.period)
        for each in new
    )


def _with_scopes(
    joined: Union, tables: Sequence[CountTable], owners: Sequence[Scope], threshold: int
) -> tuple[LinearTable, Flags]:
    """Add what is left when a report over some programmes is taken from one over more: a cell of its own, never shown.

    So is what a correction added to a figure or took from it: whoever has both reports can subtract them, either way round.
    """
    values = joined.table.values
    pairs = sorted(_nested_pairs(joined, tables, owners))
    differences = [{large: 1, small: -1} for large, small in pairs]
    either = sorted(_corrected_pairs(joined, tables, owners))
    differences += [
        {one: 1, other: -1} if values[one] >= values[other] else {other: 1, one: -1} for one, other in either
    ]
    pairs += either
    longer = _lengthened(joined.table, differences, threshold)
    return longer, np.concatenate([joined.fixed_hidden, np.ones(len(pairs), dtype=np.bool_)])


def _lengthened(table: LinearTable, sums: Sequence[Mapping[int, int]], threshold: int) -> LinearTable:
    """Add a cell for each sum of cells, known not to be negative; one below the threshold is sensitive (0: none is)."""
    if not sums:
        return table
    cells, extra = table.cells, len(sums)
    rows = [row for row, told in enumerate(sums) for _ in range(len(told) + 1)]
    columns = [column for row, told in enumerate(sums) for column in (*told, cells + row)]
    signs = [sign for told in sums for sign in (*told.values(), -1)]
    entries = (np.array(signs, dtype=np.int64), (rows, columns))
    differences = sp.csr_matrix(entries, shape=(extra, cells + extra))
    old = table.relations
    wide = sp.csr_matrix((old.data, old.indices, old.indptr), shape=(old.shape[0], cells + extra))
    gaps = np.array(
        [sum(sign * int(table.values[cell]) for cell, sign in told.items()) for told in sums], dtype=np.int64
    )
    few = (gaps > 0) & (gaps < threshold)
    return LinearTable(
        values=np.concatenate([table.values, gaps]),
        relations=sp.csr_matrix(sp.vstack([wide, differences], format="csr")),
        primary=np.concatenate([table.primary, few]),
        protection_up=np.concatenate([table.protection_up, np.where(few, threshold - gaps, 0)]),
        protection_down=np.concatenate([table.protection_down, np.where(few, gaps, 0)]),
        slack_down=np.concatenate([table.slack_down, gaps.astype(np.float64)]),
        slack_up=np.concatenate([table.slack_up, np.full(extra, np.inf)]),
        weights=np.concatenate([table.weights, np.ones(extra)]),
        names=table.names + tuple(f"{table.names[next(iter(told))]} - …" for told in sums),
    )


def _inequalities(counted: Sequence[Counted], places: Sequence[Integers]) -> list[dict[int, int]]:
    """List what everybody knows besides sums: services add up to everybody at least, and each person served has an act.

    Without these an audit would call safe what is not: 26 acts in two services, 25 persons in one of them.
    """
    at = {each.name: (each, where) for each, where in zip(counted, places, strict=False)}
    if "services" not in at:
        return []
    services, where = at["services"]
    persons = {code: int(cell) for code, cell in zip(services.axes[0].labels, where, strict=True)}
    totals = [int(where[0]) for each, where in at.values() if each.unit == "persons" and each.name != "services"]
    found = [{**dict.fromkeys(persons.values(), 1), totals[0]: -1}] if totals else []
    found += [{totals[0]: 1, cell: -1} for cell in persons.values() if totals]
    if "acts" in at:
        acts, where = at["acts"]
        for code, cell in zip(acts.axes[0].labels, where, strict=True):
            if code in persons:
                found.append({int(cell): 1, persons[code]: -1})
    return found


def _nested_pairs(joined: Union, tables: Sequence[CountTable], owners: Sequence[Scope]) -> set[tuple[int, int]]:
    """Pair cells with the same labels where one scope, days and all, lies inside the other but is not the same."""
    pairs: set[tuple[int, int]] = set()
    for one, scope in enumerate(owners):
        for other, inner in enumerate(owners):
            units = [tables[place].unit.split(" ")[0] for place in (one, other)]
            if units[0] != units[1] or tables[one].unit == tables[other].unit or not _inside(inner, scope):
                continue
            if not (_is_former(tables[one]) or _is_former(tables[other])):
                pairs |= set(_same_labels(joined, tables, one, other))
    return pairs


def _corrected_pairs(joined: Union, tables: Sequence[CountTable], owners: Sequence[Scope]) -> set[tuple[int, int]]:
    """Pair the cells of a corrected report with those of every other that holds it, or that it holds: the smaller number first."""
    pairs: set[tuple[int, int]] = set()
    for one, table in enumerate(tables):
        for other, against in enumerate(tables):
            kinds = [each.unit.split(" ")[0] for each in (table, against)]
            nested = _inside(owners[one], owners[other]) or _inside(owners[other], owners[one])
            if _is_former(table) and table.unit != against.unit and kinds[0] == kinds[1] and nested:
                pairs |= {(min(pair), max(pair)) for pair in _same_labels(joined, tables, one, other)}
    return pairs


def _is_former(table: CountTable) -> bool:
    return f" {FORMER} " in table.unit


def _same_labels(joined: Union, tables: Sequence[CountTable], one: int, other: int) -> Iterator[tuple[int, int]]:
    """Give the cells of two tables that bear the same labels."""
    named = _labelled(tables[other])
    for labels, cell in _labelled(tables[one]).items():
        if labels in named:
            yield int(joined.places[one][cell]), int(joined.places[other][named[labels]])


def _inside(inner: Scope, outer: Scope) -> bool:
    days = outer.start <= inner.start and inner.end <= outer.end
    services = not outer.services or (bool(inner.services) and set(inner.services) <= set(outer.services))
    return days and services and set(inner.programmes) <= set(outer.programmes)


def _labelled(table: CountTable) -> dict[frozenset[tuple[str, str]], int]:
    """Give cells by their labels, without the wholes."""
    cells: list[frozenset[tuple[str, str]]] = [frozenset()]
    for axis in table.axes:
        cells = [
            before | ({(axis.name, label)} if place != axis.whole else frozenset())
            for before in cells
            for place, label in enumerate(axis.labels)
        ]
    return {labels: cell for cell, labels in enumerate(cells)}


def _with_few(table: LinearTable, joined: Union, counted: Sequence[Counted], threshold: int) -> LinearTable:
    """Hide acts and needs that few persons are behind, however many they are."""
    primary, up, down = table.primary.copy(), table.protection_up.copy(), table.protection_down.copy()
    for each, places in zip(counted, joined.places, strict=False):
        if each.few is None:
            continue
        cells: Integers = places[(each.few < threshold) & (each.values > 0)]
        cells = cells[~joined.fixed_open[cells]]
        primary[cells] = True
        up[cells] = np.maximum(up[cells], threshold)
        down[cells] = np.maximum(down[cells], table.values[cells])
    return replace(table, primary=primary, protection_up=up, protection_down=down)
