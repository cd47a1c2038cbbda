"""The interval audit: how narrowly an attacker who sees the published cells can bound each hidden one.

The attacker knows every relation, every published cell, and how far a hidden cell can move at all (its slack). What
they cannot exclude is the set of moves d of the hidden cells with M d = 0 and -slack_down <= d <= slack_up. A primary
cell is safe when that set holds a move up by its `protection_up` and one down by its `protection_down`.

One linear program asks for several primaries at once (their moves, each capped at its need, for the least movement of
the others); every solution is a witness for all primaries it moves far enough, so most need no program of their own.
What is left is asked one by one; a cell fails only when the forced question has no answer. Whole numbers are not
required of d: where relations are not those of a two-way table, an attacker who requires them could in principle bound
a cell more narrowly; the attacks of `audit/` do require them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from sansnom.release.linear_table import Flags, Floats, Integers, LinearTable
from sansnom.terms.errors import BrokenInvariant, Finding, PolicyRefusal

SOLVER_THREADS: Final = 1
"""HiGHS keeps one pool of threads for a process: two instances that ask for different numbers fail in silence."""
REACHED: Final = 1e-6
"""Share of a need that a solution may fall short of it, for the solver's own tolerance."""
SCREEN_SWEEPS: Final = 8
BATCH: Final = 16
"""Primaries asked about in one program; larger ones take longer than they save (measured)."""
WISH: Final = 100.0
"""What a unit of a wished move is worth, where a unit of any other move costs 1."""

Progress = Callable[[int, int], None]
"""Told how many of how many bounds are settled."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A hidden cell that an attacker bounds more narrowly than declared."""

    cell: int
    name: str
    direction: str
    """Is "up", "down", or "published" where a primary cell is not hidden at all."""
    contributor: int = -1
    """The contributor whose knowledge of their own cells is what makes it fail; -1: anybody can."""


@dataclass(frozen=True, slots=True, eq=False)
class IntervalAudit:
    """What was audited and what failed. `low` and `high` are the desk's own: they speak of values."""

    cells: Integers
    low: Floats
    """(cells,) a value the attacker cannot exclude; the least one where `exact`."""
    high: Floats
    exact: bool
    failures: tuple[Failure, ...]
    programs: int
    contributors: int = 0
    names: tuple[str, ...] = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        return not self.failures

    def to_json(self) -> dict[str, Any]:
        """Give what may be published beside the table: counts, and failures by their labels."""
        return {
            "passed": self.passed,
            "cells": len(self.cells),
            "failures": [{"cell": each.name, "direction": each.direction} for each in self.failures],
            "linear_programs": self.programs,
            "contributors_tried": self.contributors,
        }

    def require(self) -> None:
        """Raise PolicyRefusal when a hidden cell can be bounded too narrowly: nothing of the table may leave."""
        if self.failures:
            findings = tuple(Finding(f"intervals.{each.direction}", each.name) for each in self.failures)
            raise PolicyRefusal("intervals.failed", findings, cells=len({each.cell for each in self.failures}))


def audit_intervals(
    table: LinearTable,
    suppressed: Flags,
    *,
    contributors: Integers | None = None,
    progress: Progress | None = None,
    exact: bool = False,
) -> IntervalAudit:
    """Bound every primary of this table from its published cells, and list those bounded more narrowly than declared.

    Shapes:  suppressed is (cells,); so is contributors, which defaults to the table's own.
    Loss:    not applicable: exact cells are published; this says how narrowly hidden ones can be bounded.
    Against: anybody who sees the published cells, and each single contributor who also knows their own.
    Source:  Fischetti and Salazar, Management Science 2001, the attacker's two subproblems.

    With `exact`, each primary's least and greatest value is found, not only whether it reaches far enough.
    """
    hidden = np.asarray(suppressed, dtype=np.bool_)
    primaries = np.flatnonzero(table.primary)
    failures = [Failure(int(p), table.names[p], "published") for p in primaries[~hidden[primaries]]]
    primaries = primaries[hidden[primaries]]
    need_up, need_down = _doubles(table.protection_up), _doubles(table.protection_down)
    if exact:
        need_up, need_down = np.full(table.cells, np.inf), np.full(table.cells, np.inf)
    attack = _Attack(table, hidden, need_up, need_down, progress)
    attack.run(primaries)
    failures += attack.failures(primaries)
    programs = attack.programs
    known = table.contributors if contributors is None else contributors
    alone = [] if known is None else [int(c) for c in np.unique(known[hidden]) if c >= 0]
    for contributor in alone:
        assert known is not None
        insider = _Attack(
            table, hidden & (known != contributor), _doubles(table.protection_up), _doubles(table.protection_down), None
        )
        others = primaries[known[primaries] != contributor]
        insider.run(others)
        found = insider.failures(others, contributor)
        already = {(each.cell, each.direction) for each in failures}
        failures += [each for each in found if (each.cell, each.direction) not in already]
        programs += insider.programs
    return IntervalAudit(
        cells=primaries,
        low=table.values[primaries] - attack.reached_down[primaries],
        high=table.values[primaries] + attack.reached_up[primaries],
        exact=exact,
        failures=tuple(failures),
        programs=programs,
        contributors=len(alone),
        names=table.named(primaries),
    )


class _Attack:
    """One attacker: which cells stay open to them, and how far each was moved so far."""

    def __init__(
        self, table: LinearTable, open_cells: Flags, need_up: Floats, need_down: Floats, progress: Progress | None
    ) -> None:
        self.table = table
        self.open_cells = open_cells
        self.need_up, self.need_down = need_up, need_down
        self.reached_up, self.reached_down = np.zeros(table.cells), np.zeros(table.cells)
        self.settled_up, self.settled_down = np.zeros((2, table.cells), dtype=np.bool_)
        self.programs = 0
        self.progress = progress

    def run(self, primaries: Integers) -> None:
        """Settle both directions of these primaries, component by component."""
        self._screen(primaries)
        self._settle_reached(primaries)
        for cells, targets in self._components(primaries):
            _Component(self, cells).settle(targets)
            if self.progress is not None:
                settled = int(self.settled_up[primaries].sum() + self.settled_down[primaries].sum())
                self.progress(settled, 2 * len(primaries))

    def failures(self, primaries: Integers, contributor: int = -1) -> list[Failure]:
        """List what was not reached, against the table's declared protection."""
        found = []
        for direction, reached, need in (
            ("down", self.reached_down, self.table.protection_down),
            ("up", self.reached_up, self.table.protection_up),
        ):
            short = primaries[reached[primaries] < need[primaries] - REACHED * (1 + need[primaries])]
            found += [Failure(int(cell), self.table.names[cell], direction, contributor) for cell in short]
        return sorted(found, key=lambda each: (each.cell, each.direction))

    def credit(self, cells: Integers, moved: Floats) -> None:
        """Take a solution as a witness for every cell that it moves."""
        self.reached_up[cells] = np.maximum(self.reached_up[cells], moved)
        self.reached_down[cells] = np.maximum(self.reached_down[cells], -moved)
        self._settle_reached(cells)

    def _settle_reached(self, cells: Integers) -> None:
        up, down = self.need_up[cells], self.need_down[cells]
        with np.errstate(invalid="ignore"):
            self.settled_up[cells] |= self.reached_up[cells] >= up - REACHED * (1 + up)
            self.settled_down[cells] |= self.reached_down[cells] >= down - REACHED * (1 + down)

    def _screen(self, primaries: Integers) -> None:
        """Settle as failed, without a program, what simple sums already bound more narrowly than needed."""
        relations = self.table.relations[:, np.flatnonzero(self.open_cells)]
        up, down = propagated(relations, self.table.slack_up[self.open_cells], self.table.slack_down[self.open_cells])
        for outer, settled, need in ((up, self.settled_up, self.need_up), (down, self.settled_down, self.need_down)):
            widest = np.zeros(self.table.cells)
            widest[self.open_cells] = outer
            closed = widest < np.where(np.isfinite(need), need * (1 - REACHED) - REACHED, 0)
            settled[primaries] |= (closed | (widest <= REACHED))[primaries]

    def _components(self, primaries: Integers) -> Iterator[tuple[Integers, Integers]]:
        cells = np.flatnonzero(self.open_cells)
        entries = self.table.relations[:, cells].tocoo()
        size = len(cells) + self.table.relations.shape[0]
        ends = (entries.col.astype(np.int64), entries.row.astype(np.int64) + len(cells))
        links = sp.csr_matrix((np.ones(len(ends[0])), ends), shape=(size, size))
        _, component = connected_components(links, directed=False)
        component = component[: len(cells)]
        left = np.zeros(self.table.cells, dtype=np.bool_)
        left[primaries] = ~(self.settled_up[primaries] & self.settled_down[primaries])
        for each in np.unique(component[left[cells]]):
            inside = cells[component == each]
            yield inside, inside[left[inside]]


class _Component:
    """The linear program of cells that relations tie together: moves up and down apart, each with its cost.

    Every question is solved from the empty basis, where standing still is dual feasible: the dual simplex then needs
    about as many steps as the answer has cells (measured: 10 to 20 ms a question on 7,000 hidden cells, against seconds
    when the other cells cost nothing).
    """

    def __init__(self, attack: _Attack, cells: Integers) -> None:
        self.attack = attack
        self.cells = cells
        self.many = len(cells)
        self.place = np.full(attack.table.cells, -1)
        self.place[cells] = np.arange(self.many)
        self.caps = np.concatenate([attack.table.slack_up[cells], attack.table.slack_down[cells]])
        relations = attack.table.relations[:, cells]
        relations = relations[np.diff(relations.indptr) > 0]
        both = sp.hstack([relations, -relations], format="csc")
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = 2 * self.many, relations.shape[0]
        program.col_cost_ = np.ones(2 * self.many)
        program.col_lower_, program.col_upper_ = np.zeros(2 * self.many), self.caps
        program.row_lower_ = program.row_upper_ = np.zeros(relations.shape[0])
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = both.indptr, both.indices
        program.a_matrix_.value_ = both.data.astype(np.float64)
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]  # published without this type
        self.solver.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own way
        for name, value in (
            ("threads", SOLVER_THREADS),
            ("parallel", "off"),
            ("presolve", "off"),
            ("solver", "simplex"),
        ):
            self.solver.setOptionValue(name, value)
        self.solver.passModel(program)

    def settle(self, targets: Integers) -> None:
        """Settle both directions of the targets: several at once, then what is left one by one."""
        for sign, settled, need in (
            (1.0, self.attack.settled_up, self.attack.need_up),
            (-1.0, self.attack.settled_down, self.attack.need_down),
        ):
            if np.isinf(need[targets]).any():
                self._furthest(targets, sign, settled)
                continue
            for batch in np.array_split(targets, -(-len(targets) // BATCH)):
                asked = batch[~settled[batch]]
                if len(asked) > 1:
                    self._ask(asked, sign, need[asked], WISH)
            for cell in targets:
                if not settled[cell]:
                    one = np.array([cell])
                    self._ask(one, sign, need[one], WISH)
                    settled[cell] = self._surely(one, sign, need[one])

    def _surely(self, one: Integers, sign: float, need: Floats) -> bool:
        """Ask by force, when a wish was not granted: is there any answer at all, whatever it costs?"""
        reached = self.attack.reached_up if sign > 0 else self.attack.reached_down
        if reached[one[0]] < need[0] - REACHED * (1 + need[0]):
            self._ask(one, sign, need, 1.0, forced=True)
        return True

    def _furthest(self, targets: Integers, sign: float, settled: Flags) -> None:
        """Find each target's furthest move: what it costs the others does not count."""
        everything = np.arange(2 * self.many, dtype=np.int32)
        self.solver.changeColsCost(2 * self.many, everything, np.zeros(2 * self.many))
        for cell in targets[~settled[targets]]:
            self._ask(np.array([cell]), sign, np.array([np.inf]), 1.0, idle=0.0)
            settled[cell] = True
        self.solver.changeColsCost(2 * self.many, everything, np.ones(2 * self.many))

    def _ask(
        self, asked: Integers, sign: float, needs: Floats, wish: float, *, forced: bool = False, idle: float = 1.0
    ) -> None:
        """Move these cells as far as they need, the others as little as that takes; credit the answer."""
        count = len(asked)
        places = self.place[asked].astype(np.int32)
        here, there = (places, places + self.many) if sign > 0 else (places + self.many, places)
        here, there = here.astype(np.int32), there.astype(np.int32)
        caps = np.minimum(needs, self.caps[here])
        self.solver.clearSolver()
        self.solver.changeColsCost(count, here, np.full(count, -wish))
        self.solver.changeColsBounds(count, here, caps if forced else np.zeros(count), caps)
        self.solver.changeColsBounds(count, there, np.zeros(count), np.zeros(count))
        self.solver.run()
        self.attack.programs += 1
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            moved = np.asarray(self.solver.getSolution().col_value)
            self.attack.credit(self.cells, moved[: self.many] - moved[self.many :])
        elif (
            status in {highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible}
            and not forced
        ):
            reached = self.attack.reached_up if sign > 0 else self.attack.reached_down
            reached[asked] = np.where(np.isinf(caps), np.inf, reached[asked])
        elif status != highspy.HighsModelStatus.kInfeasible and not (forced and "nfeasible" in str(status)):
            raise BrokenInvariant("intervals.solver", where=str(status))
        self.solver.changeColsCost(count, here, np.full(count, idle))
        self.solver.changeColsBounds(count, here, np.zeros(count), self.caps[here])
        self.solver.changeColsBounds(count, there, np.zeros(count), self.caps[there])


def _doubles(whole: Integers) -> Floats:
    return np.asarray(whole, dtype=np.float64)


def propagated(relations: sp.csr_matrix, up: Floats, down: Floats) -> tuple[Floats, Floats]:
    """Give outer bounds on moves from each relation alone: a part moves no further than the others can make up for."""
    entries = relations.tocoo()
    entries.eliminate_zeros()
    rows, cells, signs = entries.row.astype(np.int64), entries.col, entries.data.astype(np.float64)
    up, down = up.copy(), down.copy()
    for _ in range(SCREEN_SWEEPS):
        rise = np.where(signs > 0, signs * up[cells], -signs * down[cells])  # the most each entry adds to its relation
        fall = np.where(signs > 0, signs * down[cells], -signs * up[cells])
        new_up, new_down = up.copy(), down.copy()
        others_rise, others_fall = (
            _of_the_others(rows, rise, relations.shape[0]),
            _of_the_others(rows, fall, relations.shape[0]),
        )
        most = np.where(signs > 0, others_fall, others_rise) / np.abs(signs)
        least = np.where(signs > 0, others_rise, others_fall) / np.abs(signs)
        np.minimum.at(new_up, cells, most)
        np.minimum.at(new_down, cells, least)
        if np.array_equal(new_up, up) and np.array_equal(new_down, down):
            break
        up, down = new_up, new_down
    return up, down


def _of_the_others(rows: Integers, amounts: Floats, relations: int) -> Floats:
    """Sum, for each entry, the amounts of the other entries of its relation, where some may be infinite."""
    endless = np.isinf(amounts)
    finite = np.where(endless, 0.0, amounts)
    total = np.bincount(rows, weights=finite, minlength=relations)
    endless_total = np.bincount(rows, weights=endless, minlength=relations)
    return np.where(endless_total[rows] - endless > 0, np.inf, total[rows] - finite)
