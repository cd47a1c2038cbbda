"""Does a pattern, or a fractional one, meet the needs? If not, by which cuts is that seen?"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sansnom.release.linear_table import Flags, Floats, Integers
from sansnom.release.suppression.cover import SLACK
from sansnom.release.suppression.cuts import VIOLATED, Cut, capacity_cut
from sansnom.release.suppression.problem import NOBODY, Problem
from sansnom.release.suppression.programs import Reach, clean


@dataclass(slots=True, eq=False)
class Separation:
    """What one look at a pattern gave."""

    cuts: list[Cut] = field(default_factory=list)
    unmet: list[int] = field(default_factory=list)
    witnesses: list[Floats] = field(default_factory=list)
    complete: bool = True
    """False when it stopped before all needs were looked at."""


class Separator:
    """Looks at patterns of one problem; remembers which needs were hard, and begins with them."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem, self.stop = problem, stop
        self.reach = Reach(problem)
        self.hard = np.zeros(len(problem.needs))

    def order(self) -> Integers:
        """List all needs, those that gave cuts most often first."""
        return np.lexsort((np.arange(len(self.hard)), -self.problem.needs.amounts, -self.hard))

    def pattern(self, suppressed: Flags, cuts_most: int = 10**9) -> Separation:
        """Look at a pattern with the true capacities."""
        return self._look(suppressed.astype(np.float64), clipped=False, cuts_most=cuts_most)

    def fraction(self, share: Floats, cuts_most: int) -> Separation:
        """Look at a fractional pattern; no cell is thought to carry more than the need.

        A coefficient of a cut is lifted down to what is needed, so a capacity beyond it would only hide cuts.
        """
        return self._look(share, clipped=True, cuts_most=cuts_most)

    def _look(self, share: Floats, *, clipped: bool, cuts_most: int) -> Separation:
        needs, found = self.problem.needs, Separation()
        met = np.zeros(len(needs), dtype=np.bool_)
        for need in self.order():
            if met[need]:
                continue
            if len(found.cuts) >= cuts_most or self.stop():
                found.complete = False
                break
            amount = float(needs.amounts[need])
            up, down = self._caps(share, int(needs.groups[need]), amount if clipped else np.inf)
            far, moved = self.reach.furthest(int(needs.cells[need]), float(needs.signs[need]), amount, up, down)
            if far >= amount * (1 - SLACK):
                moved = clean(moved.copy())
                found.witnesses.append(moved)
                met |= self._also(moved, share, clipped=clipped)
                met[need] = True
                self.hard[need] *= 0.5
            else:
                self._fail(int(need), share, found, clipped=clipped)
        return found

    def _fail(self, need: int, share: Floats, found: Separation, *, clipped: bool) -> None:
        found.unmet.append(need)
        cut = capacity_cut(self.problem, need, self.reach.multipliers())
        if cut is not None and cut.missing(share) > (VIOLATED if clipped else 1e-6):
            found.cuts.append(cut)
            self.hard[need] += 1.0

    def _caps(self, share: Floats, group: int, most: float) -> tuple[Floats, Floats]:
        up, down = self.problem.cap_up, self.problem.cap_down
        on = share > 1e-9
        up = np.where(on, np.minimum(up, most) * np.where(on, share, 1.0), 0.0)
        down = np.where(on, np.minimum(down, most) * np.where(on, share, 1.0), 0.0)
        known = self.problem.known_to(group)
        up[known] = down[known] = 0.0
        return up, down

    def _also(self, moved: Floats, share: Floats, *, clipped: bool) -> Flags:
        """Tell which other needs the same deviation meets, as it is or turned round."""
        problem, needs = self.problem, self.problem.needs
        reach = needs.signs * moved[needs.cells]
        met = reach >= needs.amounts * (1 - SLACK)
        up, down = problem.cap_up * 1.0, problem.cap_down * 1.0
        if clipped:
            # An amount larger or smaller than this need's has its own clipped capacities: only true ones are compared.
            met &= needs.amounts >= np.abs(moved).max(initial=0.0) * (1 - SLACK)
        cells = np.flatnonzero(moved)
        y = share[cells]
        turned = moved[cells]
        fits = (-turned <= np.where(np.isinf(up[cells]), np.inf, up[cells] * y) + 1e-9) & (
            turned <= np.where(np.isinf(down[cells]), np.inf, down[cells] * y) + 1e-9
        )
        if fits.all():
            back = -reach >= needs.amounts * (1 - SLACK)
            if clipped:
                back &= needs.amounts >= np.abs(moved).max(initial=0.0) * (1 - SLACK)
            met |= back
        for group in np.unique(needs.groups):
            if group != NOBODY and (moved[problem.known_to(int(group))] != 0).any():
                met &= needs.groups != group
        return met
