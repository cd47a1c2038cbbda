"""The master program: min weight of hidden cells under the cuts found so far, as linear and as integer program."""

from collections.abc import Callable

import highspy
import numpy as np
from numpy.typing import NDArray

from sansnom.release.linear_table import Flags, Floats, Integers
from sansnom.release.suppression.cuts import Cut
from sansnom.release.suppression.problem import Problem
from sansnom.release.suppression.programs import done, interrupt_when, quiet_highs

Places = NDArray[np.int32]


class Master:
    """One column a cell that may be hidden; cuts are rows."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns = np.flatnonzero(problem.may)
        self.place = np.full(problem.cells, -1, dtype=np.int64)
        self.place[self.columns] = np.arange(len(self.columns))
        self.weights = problem.weights[self.columns]
        self.cuts: list[Cut] = []
        self.upper = np.ones(len(self.columns))
        self.solver = quiet_highs()
        done(self.solver.setOptionValue("presolve", "off"))
        done(self.solver.setOptionValue("solver", "simplex"))
        done(self.solver.passModel(self._empty()))
        self.in_program: list[int] = []
        self.reduced = np.zeros(len(self.columns))
        self.value = 0.0

    def _empty(self) -> highspy.HighsLp:
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.columns), 0
        program.col_cost_, program.col_lower_, program.col_upper_ = (
            self.weights,
            np.zeros(len(self.columns)),
            self.upper,
        )
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = np.zeros(len(self.columns) + 1, dtype=np.int32)
        return program

    def add(self, cuts: list[Cut]) -> None:
        """Put cuts into the program."""
        if not cuts:
            return
        done(self.solver.addRows(*_rows(cuts, self.place)))
        self.in_program += range(len(self.cuts), len(self.cuts) + len(cuts))
        self.cuts += cuts

    def relaxed(self) -> tuple[float, Floats]:
        """Solve the linear program; give its value and the share of each cell, 1 for those hidden anyway."""
        done(self.solver.run())
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.inf, self.problem.must.astype(np.float64)
        solution = self.solver.getSolution()
        share = self.problem.must.astype(np.float64)
        share[self.columns] = np.clip(np.asarray(solution.col_value), 0.0, 1.0)
        self.reduced = np.asarray(solution.col_dual)
        self.value = float(self.solver.getInfo().objective_function_value)
        return self.value, share

    def forget_slack(self, share: Floats) -> None:
        """Take cuts out of the linear program that are far from tight; they stay in the pool for the integer one."""
        far = [place for place, cut in enumerate(self.in_program) if self.cuts[cut].missing(share) < -0.5]
        if len(far) > 200:
            done(self.solver.deleteRows(len(far), np.array(far, dtype=np.int32)))
            gone = set(far)
            self.in_program = [cut for place, cut in enumerate(self.in_program) if place not in gone]

    def recall(self, share: Floats, most: int) -> int:
        """Put cuts of the pool back that this point violates."""
        inside = set(self.in_program)
        out = [(self.cuts[cut].missing(share), cut) for cut in range(len(self.cuts)) if cut not in inside]
        back = [cut for missing, cut in sorted(out, key=lambda each: (-each[0], each[1]))[:most] if missing > 1e-4]
        if back:
            done(self.solver.addRows(*_rows([self.cuts[cut] for cut in back], self.place)))
            self.in_program += back
        return len(back)

    def fix(self, loss: float, granule: float) -> int:
        """Publish cells for good whose reduced cost shows that no better pattern hides them; tell how many.

        The reduced costs go with the value of the linear program that they come from: a better bound from elsewhere
        (an integer program) beside them would publish cells of the best pattern.
        """
        hopeless = (self.upper > 0) & (self.value + self.reduced > loss - granule + 1e-6 * max(loss, 1.0))
        places = np.flatnonzero(hopeless).astype(np.int32)
        if len(places):
            self.upper[places] = 0.0
            zeros = np.zeros(len(places))
            done(self.solver.changeColsBounds(len(places), places, zeros, zeros))
        return len(places)

    def whole(self, start: Flags, nodes: int, gap: float, stop: Callable[[], bool]) -> tuple[float, Flags | None, bool]:
        """Solve the integer program: a lower bound, a pattern if one was found, and whether it was solved to the gap."""
        solver = quiet_highs()
        for name, value in (("mip_max_nodes", nodes), ("mip_rel_gap", gap), ("mip_abs_gap", 0.0)):
            done(solver.setOptionValue(name, value))
        done(solver.passModel(self._empty()))
        done(
            solver.changeColsIntegrality(
                len(self.columns),
                np.arange(len(self.columns), dtype=np.int32),
                np.full(len(self.columns), highspy.HighsVarType.kInteger),
            )
        )
        if self.cuts:
            done(solver.addRows(*_rows(self.cuts, self.place)))
        interrupt_when(solver, stop)
        hint = highspy.HighsSolution()
        hint.col_value = start[self.columns].astype(np.float64).tolist()
        done(solver.setSolution(hint))
        done(solver.run())
        info = solver.getInfo()
        solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return np.inf, None, True
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return bound, None, solved
        hidden = self.problem.must.copy()
        hidden[self.columns] = np.asarray(solver.getSolution().col_value) > 0.5
        return bound, hidden, solved


def _rows(cuts: list[Cut], place: Integers) -> tuple[int, Floats, Floats, int, Places, Places, Floats]:
    sizes = np.array([len(cut.cells) for cut in cuts])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
    columns = place[np.concatenate([cut.cells for cut in cuts])].astype(np.int32)
    least = np.array([cut.least for cut in cuts])
    values = np.concatenate([cut.coefficients for cut in cuts])
    return len(cuts), least, np.full(len(cuts), highspy.kHighsInf), len(columns), starts, columns, values
