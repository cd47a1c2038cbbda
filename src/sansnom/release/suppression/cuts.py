"""Why a pattern is not safe: inequalities that every safe pattern keeps.

A *capacity cut* (Fischetti and Salazar 2001). Let g be any combination of the relations, so that g d = 0 for every
deviation. For a need of amount a at cell p, scale g so that its coefficient there is the need's sign. Then

    a <= sign d_p = - sum over j != p of g_j d_j <= sum over j != p of (max(-g_j, 0) up_j + max(g_j, 0) down_j) y_j

holds for every safe pattern y, whatever the duals g came from: they are rounded to whole multiples first, so the cut is
exact. Cells that the attacker knows have no capacity; cells hidden anyway move to the other side; and no coefficient needs
to be larger than what is left there (lifting).

A *line cut*: a relation that holds one hidden cell tells it. So a cell hidden by choice needs another one beside it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sansnom.release.linear_table import Floats, Integers
from sansnom.release.suppression.problem import Problem

VIOLATED: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The sum of coefficients times y over these cells is at least `least`."""

    cells: Integers
    coefficients: Floats
    least: float

    def missing(self, share: Floats) -> float:
        """Tell how much is missing at y = share."""
        return self.least - float(self.coefficients @ share[self.cells])


def capacity_cut(problem: Problem, need: int, multipliers: Floats) -> Cut | None:
    """Make the cut of a need from whole multipliers, one a cell; None if they say nothing."""
    needs = problem.needs
    cell, sign, amount = int(needs.cells[need]), float(needs.signs[need]), float(needs.amounts[need])
    if multipliers[cell] == 0:
        return None
    scaled = multipliers / (multipliers[cell] * sign)
    carried = np.zeros(problem.cells)
    up, down = scaled < 0, scaled > 0
    carried[up] = -scaled[up] * problem.cap_up[up]
    carried[down] = scaled[down] * problem.cap_down[down]
    carried[cell] = 0.0
    carried[problem.known_to(int(needs.groups[need]))] = 0.0
    left = amount - float(carried[problem.must].sum())
    if left <= 1e-9 * amount:
        return None
    cells = np.flatnonzero((carried > 0) & problem.may)
    return Cut(cells, np.minimum(carried[cells] / left, 1.0), 1.0)


class Lines:
    """The line cuts of a table, made when violated."""

    def __init__(self, problem: Problem) -> None:
        rows = problem.relations.tocoo()
        inside = (problem.may | problem.must)[rows.col]
        self.problem = problem
        self.row, self.cell = rows.row[inside].astype(np.int64), rows.col[inside].astype(np.int64)
        in_need = np.zeros(problem.cells, dtype=np.bool_)
        in_need[problem.needs.cells] = True
        self.asks = (problem.may | in_need)[self.cell]
        self.rows = problem.relations.shape[0]
        self.made: set[int] = set()

    def violated(self, share: Floats, most: int) -> list[Cut]:
        """Give the most violated line cuts at y = share (1 for cells hidden anyway) that were not given before."""
        sums = np.bincount(self.row, weights=share[self.cell], minlength=self.rows)
        missing = np.where(self.asks, 2 * share[self.cell] - sums[self.row], -1.0)
        worst = np.argsort(-missing, kind="stable")[:most]
        cuts = []
        for entry in worst:
            if missing[entry] <= VIOLATED:
                break
            if int(entry) not in self.made:
                self.made.add(int(entry))
                cuts.append(self._cut(int(entry)))
        return cuts

    def _cut(self, entry: int) -> Cut:
        cell = self.cell[entry]
        cells = self.cell[self.row == self.row[entry]]
        others = np.unique(cells[(cells != cell) & self.problem.may[cells]])
        if self.problem.must[cell]:
            return Cut(others, np.ones(len(others)), 1.0)
        return Cut(np.append(others, cell), np.append(np.ones(len(others)), -1.0), 0.0)
