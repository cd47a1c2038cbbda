"""The two linear programs of suppression, each one HiGHS instance for a whole table.

Every solve starts from the empty basis: there d = 0 is dual feasible for both programs, and the dual simplex needs about
as many steps as the witness has cells. A warm start from the last witness takes longer (measured: 0.9 ms against 3.3 ms on
1,584 cells, 12 ms against 435 ms on 2,020 linked cells), and makes an answer depend on the question before.
"""

from collections.abc import Callable
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp

from sansnom.release.linear_table import Floats
from sansnom.release.suppression.problem import Problem
from sansnom.terms.errors import BrokenInvariant

THREADS: Final = 1
"""One value everywhere: two instances with different `threads` make `run` fail without an exception."""
NOISE: Final = 1e-7
"""A deviation below this share of the largest one is the solver's rounding."""
UNIT: Final = 27720
"""Multipliers are rounded to this fraction, so that cuts have whole coefficients: the least multiple of 1 to 12."""


def quiet_highs() -> highspy.Highs:
    """Make an instance that says nothing, uses one thread and leaves the program as it is."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy gives its constructor no types
    for name, value in (("output_flag", False), ("threads", THREADS), ("parallel", "off"), ("random_seed", 0)):
        done(solver.setOptionValue(name, value))
    return solver


def done(status: highspy.HighsStatus) -> None:
    """Refuse to go on after a call that HiGHS answered with an error; it raises nothing itself."""
    if status == highspy.HighsStatus.kError:
        raise BrokenInvariant("suppression.solver_failed")


def interrupt_when(solver: highspy.Highs, stop: Callable[[], bool]) -> None:
    """Let a long integer solve end when the caller wants to stop."""
    kind = highspy.cb.HighsCallbackType.kCallbackMipInterrupt

    def look(
        _kind: highspy.cb.HighsCallbackType,
        _message: str,
        _told: highspy.cb.HighsCallbackOutput,
        answer: highspy.cb.HighsCallbackInput,
        _caller: object,
    ) -> None:
        answer.user_interrupt = stop()

    done(solver.setCallback(look, None))
    done(solver.startCallback(kind))


def columnwise(relations: sp.csc_matrix, lower: Floats, upper: Floats, cost: Floats) -> highspy.HighsLp:
    """Make the program min cost x with relations x = 0 and lower <= x <= upper."""
    rows, columns = relations.shape
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = rows, columns
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, lower, upper
    program.row_lower_ = program.row_upper_ = np.zeros(rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = relations.indptr, relations.indices
    program.a_matrix_.value_ = relations.data
    return program


class _Program:
    """An instance that solves from the empty basis."""

    def __init__(self, program: highspy.HighsLp) -> None:
        self.solver = quiet_highs()
        for name, value in (("presolve", "off"), ("solver", "simplex")):
            done(self.solver.setOptionValue(name, value))
        done(self.solver.passModel(program))
        self.solves = 0

    def solve(self) -> bool:
        """Solve afresh; tell whether there is an optimum."""
        done(self.solver.clearSolver())
        done(self.solver.run())
        self.solves += 1
        status = self.solver.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return False
        if status != highspy.HighsModelStatus.kOptimal:
            raise BrokenInvariant("suppression.solver_stopped", status=int(status.value))
        return True


class Route(_Program):
    """The cheapest witness: min cost of the cells moved, upwards and downwards apart."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.cells = problem, problem.cells
        both = sp.hstack([problem.relations, -problem.relations], format="csc")
        self.columns = np.arange(2 * self.cells, dtype=np.int32)
        self.caps = np.concatenate([problem.cap_up, problem.cap_down])
        super().__init__(columnwise(both, np.zeros(2 * self.cells), self.caps, np.ones(2 * self.cells)))

    def witness(self, cell: int, sign: float, amount: float, cost: Floats, allowed: Floats | None = None) -> Floats:
        """Give a d with sign d[cell] = amount of least cost, over `allowed` cells (1 or 0); empty if there is none."""
        caps = self.caps if allowed is None else np.where(np.concatenate([allowed, allowed]) > 0, self.caps, 0.0)
        lower = np.zeros(2 * self.cells)
        here, there = (cell, cell + self.cells) if sign > 0 else (cell + self.cells, cell)
        if caps[here] < amount:
            return np.zeros(0)  # published, or known to this attacker
        upper = caps.copy()
        lower[here] = upper[here] = amount
        upper[there] = 0.0
        columns = 2 * self.cells
        done(self.solver.changeColsBounds(columns, self.columns, lower, upper))
        done(self.solver.changeColsCost(columns, self.columns, np.concatenate([cost, cost])))
        if not self.solve():
            return np.zeros(0)
        moved = np.asarray(self.solver.getSolution().col_value)
        return clean(moved[: self.cells] - moved[self.cells :])


class Reach(_Program):
    """How far a cell can be moved when the others have a share y of their capacity; if not far enough, a cut says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.cells = problem, problem.cells
        self.columns = np.arange(self.cells, dtype=np.int32)
        super().__init__(columnwise(problem.relations, -problem.cap_down, problem.cap_up, np.zeros(self.cells)))
        self.transposed = problem.relations.T.tocsr()
        self.last = 0

    def furthest(self, cell: int, sign: float, amount: float, upper: Floats, lower: Floats) -> tuple[float, Floats]:
        """Move a cell up to `amount` within -lower <= d <= upper; give how far, and the d."""
        low, high = -lower, upper.copy()
        low[cell], high[cell] = (0.0, amount) if sign > 0 else (-amount, 0.0)
        done(self.solver.changeColsBounds(self.cells, self.columns, low, high))
        done(self.solver.changeColCost(self.last, 0.0))
        done(self.solver.changeColCost(cell, -sign))
        self.last = cell
        if not self.solve():
            raise BrokenInvariant("suppression.standing_still_impossible")
        moved = np.asarray(self.solver.getSolution().col_value)
        return float(sign * moved[cell]), moved

    def multipliers(self) -> Floats:
        """Give one whole number a cell, g with g d = 0 for every d that keeps the relations, from the last duals."""
        duals = np.rint(np.asarray(self.solver.getSolution().row_dual) * UNIT)
        return np.asarray(self.transposed @ duals)


def clean(moved: Floats) -> Floats:
    """Take away what is only the solver's rounding."""
    largest = float(np.abs(moved).max(initial=0.0))
    moved[np.abs(moved) < NOISE * max(largest, 1.0)] = 0.0
    return moved
