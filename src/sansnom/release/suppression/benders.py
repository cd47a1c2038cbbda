"""The bound, and for tables of moderate size the proof: cuts until no more are found, first fractional, then whole.

Fischetti and Salazar's branch and cut with the branching left to HiGHS: the linear program with cuts gives a lower bound
and says, by reduced costs, which cells no better pattern hides; the integer program with these cuts gives a pattern; if
that is not safe, its cuts are added and it is repaired into one that is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sansnom.release.linear_table import Flags, Floats
from sansnom.release.suppression.cuts import Lines
from sansnom.release.suppression.master import Master
from sansnom.release.suppression.problem import Problem
from sansnom.release.suppression.separation import Separation, Separator

LINES_AT_ONCE = 400
STALLED = 1e-4
"""A round that betters the bound by less than this share of it counts as idle."""


@dataclass(slots=True, eq=False)
class Bound:
    """How far the proof has come."""

    value: float
    share: Floats
    closed: bool
    """No cut is violated any more by the fractional optimum, as far as clipped capacities show."""


class Benders:
    """Cuts of one problem, gathered by all steps."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem, self.stop = problem, stop
        self.master = Master(problem)
        self.lines = Lines(problem)
        self.separator = Separator(problem, stop)
        self.granule = granule_of(problem)
        self.idle = False
        self.bound = Bound(0.0, problem.must.astype(np.float64), closed=False)

    def raise_bound(self, solves: int, cuts_at_once: int, idle_most: int = 20) -> Bound:
        """Add cuts at fractional optima until none is left, the bound stands still, or `solves` are spent."""
        spent = self.separator.reach.solves
        idle, rounds, self.idle = 0, 0, False
        while not self.stop() and self.separator.reach.solves - spent < solves and idle < idle_most:
            value, share = self.master.relaxed()
            if not np.isfinite(value):
                break
            idle = idle + 1 if value < self.bound.value + STALLED * max(value, 1.0) else 0
            self.bound = Bound(max(value, self.bound.value), share, closed=False)
            lines = self.lines.violated(share, LINES_AT_ONCE)
            self.master.add(lines)
            found = Separation(complete=False)
            if len(lines) < LINES_AT_ONCE // 10:
                found = self.separator.fraction(share, cuts_at_once)
                self.master.add(found.cuts)
            rounds += 1
            if not lines and not found.cuts and not self.master.recall(share, LINES_AT_ONCE):
                self.bound.closed = found.complete
                break
            if rounds % 10 == 0:
                self.master.forget_slack(share)
        self.idle = idle >= idle_most
        return self.bound

    def rounded_bound(self) -> float:
        """Give the bound, rounded up to what a sum of weights can be."""
        if not self.granule:
            return self.bound.value
        return float(np.ceil(self.bound.value / self.granule - 1e-6) * self.granule)

    def check(self, suppressed: Flags, cuts_most: int = 10**9) -> Separation:
        """Look at a pattern with the true capacities; its cuts join the others."""
        found = self.separator.pattern(suppressed, cuts_most)
        self.master.add(found.cuts)
        return found


def granule_of(problem: Problem) -> float:
    """Give the step of a sum of weights: the greatest common divisor of whole weights, or 0."""
    weights = problem.weights[problem.may]
    whole = np.rint(weights)
    if not len(weights) or (whole != weights).any() or not whole.any():
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))
