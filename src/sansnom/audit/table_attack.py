"""Attack published tables: what their hidden cells give away, alone and together with earlier releases.

First propagation over all files at once (a cell that counts the same in two files is one cell, so a figure shown in one
opens it in the other), then linear programs for the hidden cells that propagation left, each rounded inwards to whole
numbers. Every bound is proven. What is reported is which cells, by their labels, and how many; never a value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog

from sansnom.audit.propagate import UNBOUNDED, Flags, Integers, propagate
from sansnom.audit.table_file import FRACTION, HIDDEN, NEGATIVE, NUMBER, TableFile
from sansnom.release.manifest import relations_of
from sansnom.terms.errors import Finding, InputError

PROGRAMS_MAX: Final = 200
LISTED_MAX: Final = 200
ENDLESS: Final = UNBOUNDED // 2
"""From here on a bound says nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the publisher says about its symbols and figures."""

    hidden_low: int = 0
    hidden_high: int | None = None
    """A hidden cell is hidden_low to hidden_high; None: no upper limit is told."""
    base: int = 0
    """Figures are rounded to the nearest multiple of this; 0: they are exact."""
    random_rounding: bool = False
    """Rounded up or down at random: a figure is within base - 1 of the count, not base / 2."""
    width: int = 10
    """Where no upper limit is told: an interval of fewer values than this is too narrow."""


@dataclass(frozen=True, slots=True, eq=False)
class TableAttack:
    """What was hidden and what was found."""

    files: tuple[TableFile, ...]
    places: tuple[Integers, ...]
    """For each file, where its cells are among all distinct cells."""
    hidden: Flags
    """(cells,) hidden in the last file that has the cell."""
    pinned: Flags
    """Hidden, and one value only is left."""
    narrowed: Flags
    """Hidden, and fewer values are left than declared; pinned ones too."""
    recovered: Flags
    """Rounded, and one value only is left."""
    shown_elsewhere: Flags
    """Hidden here, a figure in another file."""
    relations: int
    sweeps: int
    programs: int
    left: int
    """Hidden cells that no linear program was asked about, for the limit on programs."""
    consistent: bool
    names: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.narrowed.any() and self.consistent

    def findings(self) -> tuple[Finding, ...]:
        """Name what was found, the worst first, up to a limit."""
        told = [Finding("attack.pinned", self.names[int(cell)]) for cell in np.flatnonzero(self.pinned)]
        told += [Finding("attack.narrowed", self.names[int(c)]) for c in np.flatnonzero(self.narrowed & ~self.pinned)]
        return tuple(told[:LISTED_MAX])

    def to_json(self) -> dict[str, Any]:
        """Give counts and labels, no value."""
        return {
            "schema": "sansnom/audit-table/1",
            "ok": self.passed,
            "findings": [{"code": each.code, "where": each.where} for each in self.findings()],
            "files": [each.name for each in self.files],
            "cells": len(self.names),
            "relations": self.relations,
            "hidden": int(self.hidden.sum()),
            "pinned": int(self.pinned.sum()),
            "narrowed": int(self.narrowed.sum()),
            "recovered_rounded": int(self.recovered.sum()),
            "shown_in_another_file": int(self.shown_elsewhere.sum()),
            "consistent": self.consistent,
            "sweeps": self.sweeps,
            "linear_programs": self.programs,
            "not_asked": self.left,
        }


def attack_tables(
    files: Sequence[TableFile],
    rule: Rule,
    *,
    programs_max: int = PROGRAMS_MAX,
    progress: Callable[[str, int, int], None] | None = None,
) -> TableAttack:
    """Find what the hidden cells of these tables give away; the first file is the one in question."""
    places, names = _joined(files)
    low, high, state = _bounds(files, places, len(names), rule)
    declared = low.copy(), high.copy()
    blocks = [_moved(relations_of(each.axes), mine, len(names)) for each, mine in zip(files, places, strict=True)]
    relations = sp.csr_matrix(sp.vstack(blocks, format="csr"))
    found = propagate(relations, low, high, progress=(lambda n: progress("sweep", n, 0)) if progress else None)
    hidden = np.zeros(len(names), dtype=np.bool_)
    for each, mine in zip(files, places, strict=True):
        hidden[mine[each.state == HIDDEN]] = True
    shown_elsewhere = hidden & (state == NUMBER)
    programs = left = 0
    low, high = found.low, found.high
    if found.consistent:
        asked = np.flatnonzero(hidden & ~found.pinned)
        left = max(0, len(asked) - programs_max)
        programs = _by_programs(relations, low, high, asked[:programs_max], progress)
    told = rule.hidden_high is not None
    narrow = (low > declared[0]) | (high < declared[1]) if told else high - low + 1 < rule.width
    pinned = low == high
    return TableAttack(
        files=tuple(files),
        places=places,
        hidden=hidden,
        pinned=hidden & pinned,
        narrowed=hidden & (narrow | pinned),
        recovered=~hidden & pinned & (declared[0] < declared[1]),
        shown_elsewhere=shown_elsewhere,
        relations=relations.shape[0],
        sweeps=found.sweeps,
        programs=programs,
        left=left,
        consistent=found.consistent,
        names=names,
    )


def _joined(files: Sequence[TableFile]) -> tuple[tuple[Integers, ...], tuple[str, ...]]:
    """Number the distinct cells: one that has the same labels, wholes left out, is the same in every file."""
    if len(files) == 1:
        table = files[0]
        names = list(table.axes[0].labels)
        for axis in table.axes[1:]:
            names = [f"{name} × {label}" for name in names for label in axis.labels]
        return (np.arange(len(names)),), tuple(names)
    number: dict[frozenset[tuple[str, str]], int] = {}
    told: list[str] = []
    places = []
    for table in files:
        identities: list[tuple[tuple[str, str], ...]] = [()]
        for axis in table.axes:
            each = [() if place == axis.whole else ((axis.name, label),) for place, label in enumerate(axis.labels)]
            identities = [before + one for before in identities for one in each]
        mine = np.zeros(len(identities), dtype=np.int64)
        for cell, identity in enumerate(identities):
            mine[cell] = number.setdefault(frozenset(identity), len(told))
            if mine[cell] == len(told):
                told.append(table.cell_name(cell))
        places.append(mine)
    return tuple(places), tuple(told)


def _bounds(
    files: Sequence[TableFile], places: Sequence[Integers], cells: int, rule: Rule
) -> tuple[Integers, Integers, NDArray[np.int8]]:
    """Give each cell the whole numbers that its symbols and figures allow, in all files together."""
    low, high = np.zeros(cells, dtype=np.int64), np.full(cells, UNBOUNDED)
    state = np.full(cells, HIDDEN, dtype=np.int8)
    reach = rule.base - 1 if rule.random_rounding else rule.base // 2
    for table, mine in zip(files, places, strict=True):
        wrong = np.flatnonzero((table.state == NEGATIVE) | (table.state == FRACTION))
        if len(wrong):
            findings = tuple(Finding("table.not_a_count", table.cell_name(int(cell))) for cell in wrong)
            raise InputError("table.not_a_count", findings, where=findings[0].where)
        shown, hidden = table.state == NUMBER, table.state == HIDDEN
        least = np.where(table.values > 0, table.values - reach, 0) if rule.base else table.values
        if rule.base and rule.hidden_high is not None and not rule.random_rounding:
            least = np.where(table.values > 0, np.maximum(least, rule.hidden_high + 1), 0)
        zero = (table.values == 0) & (not rule.random_rounding)
        most = np.where(zero, 0, table.values + reach)
        low[mine[shown]] = np.maximum(low[mine[shown]], np.maximum(least, 0)[shown])
        high[mine[shown]] = np.minimum(high[mine[shown]], most[shown])
        state[mine[shown]] = NUMBER
        low[mine[hidden]] = np.maximum(low[mine[hidden]], rule.hidden_low)
        if rule.hidden_high is not None:
            high[mine[hidden]] = np.minimum(high[mine[hidden]], rule.hidden_high)
    return low, high, state


def _by_programs(
    relations: sp.csr_matrix,
    low: Integers,
    high: Integers,
    asked: Integers,
    progress: Callable[[str, int, int], None] | None,
) -> int:
    """Narrow in place by one linear program a bound, over the cells that propagation left open."""
    free = np.flatnonzero(low < high)
    if not len(asked) or not len(free):
        return 0
    left = relations[:, free]
    right = -(relations[:, np.flatnonzero(low == high)] @ low[low == high]).astype(np.float64)
    rows = np.flatnonzero(np.diff(left.indptr))
    sums, right = left[rows].astype(np.float64), right[rows]
    bounds = [(float(a), None if b >= ENDLESS else float(b)) for a, b in zip(low[free], high[free], strict=True)]
    programs = 0
    for number, cell in enumerate(asked):
        cost = (free == cell).astype(np.float64)
        for sign in (1.0, -1.0):
            answer = linprog(sign * cost, A_eq=sums, b_eq=right, bounds=bounds, method="highs")  # type: ignore[call-overload]  # its stubs know no sparse A_eq
            programs += 1
            if answer.status != 0:
                continue
            if sign > 0:
                low[cell] = max(low[cell], int(np.ceil(answer.fun - 1e-6)))
            else:
                high[cell] = min(high[cell], int(np.floor(-answer.fun + 1e-6)))
        if progress is not None:
            progress("program", number + 1, len(asked))
    return programs


def _moved(relations: sp.csr_matrix, places: Integers, cells: int) -> sp.csr_matrix:
    entries = relations.tocoo()
    return sp.csr_matrix((entries.data, (entries.row, places[entries.col])), shape=(relations.shape[0], cells))
