"""Secondary suppression from the first pattern to the proof: `suppress`.

Steps: can every need be met at all? a first pattern of cheapest witnesses; cuts for a lower bound; witnesses led by the
fractional optimum; where no proof is near, Gauss screens completed by witnesses; local search; the integer program with cuts,
its patterns repaired; contributors who are alone in a cell. Each step may be the last: the pattern is safe from the first
one on, by the engine's own programs. Whether it is safe is for `release/intervals.py` to say, which shares no program with
this package.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal

import numpy as np

from sansnom.release.linear_table import Flags, LinearTable
from sansnom.release.suppression.benders import Benders
from sansnom.release.suppression.cover import Cover
from sansnom.release.suppression.problem import NOBODY, Needs, problem_of
from sansnom.release.suppression.screen import Screen
from sansnom.release.suppression.search import Search
from sansnom.release.suppression.singletons import needs_before_contributors
from sansnom.terms.errors import Finding, PolicyRefusal

Status = Literal["optimal", "within_gap", "limit", "stopped"]
Progress = Callable[[str, float, float], None]
"""Called with the step's code, the loss so far and the lower bound."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits, in counts of programs and nodes: the same input gives the same pattern."""

    search_solves: int = 20_000
    """Linear programs of the local search."""
    screen_steps: int = 2_000
    """Cells published one after another by Gauss screens, where no integer program runs and free moves are few."""
    cut_solves: int = 1_000
    """Linear programs that look for cuts at fractional patterns."""
    integer_rounds: int = 60
    nodes: int = 20_000
    """Nodes of one integer program."""
    cells_for_integer: int = 2_500
    """Tables with more cells that may be hidden get no integer program."""
    far: float = 0.4
    """No integer program either where the bound of the cuts misses this share of the loss: it would not end."""
    gap: float = 0.0
    """Stop when loss - bound is at most this share of the loss."""


CHEAP_BEGINNING: Final = 200
"""Where a whole pattern takes no more linear programs than this, many beginnings come before local search."""
FEW_CELLS: Final = 1_000
"""Tables with no more free cells than this get integer programs however far the bound is."""
SLICE: Final = 60
"""Programs that look for cuts before it is asked whether more promise a proof: enough to lead the search."""
QUICK: Final = Effort(search_solves=0, screen_steps=0, cut_solves=0, integer_rounds=0)
THOROUGH: Final = Effort(
    search_solves=100_000, screen_steps=200_000, cut_solves=50_000, integer_rounds=1_000, nodes=1_000_000
)


@dataclass(frozen=True, slots=True, eq=False)
class Suppression:
    """A pattern, what it loses, and how far it can be from the best one."""

    suppressed: Flags
    """(cells,) primaries, cells hidden before, and secondary ones."""
    loss: float
    """Weights of all suppressed cells that are not primary."""
    bound: float
    """No safe pattern loses less."""
    steps: tuple[str, ...]
    status: Status

    @property
    def gap(self) -> float:
        return (self.loss - self.bound) / self.loss if self.loss > 0 else 0.0

    @property
    def count(self) -> int:
        return int(self.suppressed.sum())


def suppress(
    table: LinearTable,
    *,
    effort: Effort | None = None,
    fixed_published: Flags | None = None,
    fixed_suppressed: Flags | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Suppression:
    """Choose which cells to hide besides the primaries, so that no attacker comes closer to one than its protection.

    Loss:       the sum of `table.weights` over suppressed cells that are not primary.
    Neighbours: an attacker knows all published cells, the relations and the slacks; a contributor who is alone in a
                cell (`table.contributors`) knows that cell besides.
    Proof:      none here; every result is for `sansnom.release.intervals` to audit.

    `fixed_published` are cells of earlier releases that are known already; `fixed_suppressed` those that must stay
    hidden. With `stop` the result depends on when it says so; without, only on the input.
    """
    ladder = _Ladder(table, effort or Effort(), fixed_published, fixed_suppressed, progress, stop)
    return ladder.climb()


class _Ladder:
    def __init__(
        self,
        table: LinearTable,
        effort: Effort,
        fixed_published: Flags | None,
        fixed_suppressed: Flags | None,
        progress: Progress | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.table, self.effort = table, effort
        self.problem = problem_of(table, fixed_published, fixed_suppressed)
        self.progress, self.stop = progress, stop or (lambda: False)
        self.steps: list[str] = []
        self.screened = False
        self.best = self.problem.must.copy()
        self.loss = np.inf
        self.bound = 0.0

    def climb(self) -> Suppression:
        status = self._solve()
        for _ in range(len(np.unique(self.problem.contributors))):
            more = needs_before_contributors(self.table, self.problem, self.best)
            if not len(more):
                break
            self.problem = self.problem.with_needs(self.problem.needs.joined(more))
            self.steps.append("contributors")
            self.loss = np.inf
            status = self._solve()
        constant = self.table.weights[self.problem.must & ~self.table.primary].sum()
        return Suppression(
            self.best, self.loss + float(constant), self.bound + float(constant), tuple(self.steps), status
        )

    def _solve(self) -> Status:
        problem, effort = self.problem, self.effort
        self.search = Search(problem, self.stop)
        first, impossible = self.search.first()
        if impossible:
            raise _refusal(self.table, problem.needs, impossible)
        self._take(first.suppressed, "first_pattern")
        self.benders = Benders(problem, self.stop)
        self._first_bound()
        if self._good_enough():
            return self._status()
        if effort.search_solves and not self.stop():
            self._search(first)
        if effort.integer_rounds and self._fit_for_integer():
            self._integers()
        elif effort.cut_solves and not self.stop():
            self._raise_bound(effort.cut_solves)
        return self._status()

    def _first_bound(self) -> None:
        """Raise the bound in slices, as long as that promises a proof."""
        left = self.effort.cut_solves
        while left > 0 and not self.stop():
            self._raise_bound(min(left, SLICE))
            left -= SLICE
            if self.benders.bound.closed or self.benders.idle or not self._fit_for_integer():
                break

    def _raise_bound(self, solves: int) -> None:
        self.benders.raise_bound(solves, cuts_at_once=60)
        self.bound = max(self.bound, min(self.benders.rounded_bound(), self.loss))
        self._tell("bound")

    def _search(self, first: Cover) -> None:
        led = self.search.led(self.benders.bound.share)
        start = first if first.loss <= led.loss else led
        self._take(start.suppressed, "led")
        integer = self.effort.integer_rounds and self._fit_for_integer()
        if not integer:
            start = self._screen(start)
        solves = 2_000 if integer else self.effort.search_solves
        bred = self.search.bred(start, self.benders.bound.share, solves)
        found = self.search.better(start, solves)
        if not integer:
            cheap = self.search.solves_of_first <= CHEAP_BEGINNING
            found = bred if cheap and not self.screened else chain(found, bred)
        for cover in found:
            self._take(cover.suppressed, "search")
            if self._good_enough() or self.stop():
                break

    def _screen(self, start: Cover) -> Cover:
        """Complete Gauss screens by witnesses, where there are few free moves; give the best pattern so far."""
        if not self.effort.screen_steps or self.stop():
            return start
        screen = Screen(self.problem, self.stop)
        if not screen.worth_it:
            return start
        self.screened = True
        for hidden in screen.patterns(self.effort.screen_steps, lambda: self.loss):
            cover = self.search.led(hidden.astype(np.float64))
            self._take(cover.suppressed, "screened")
            if cover.loss < start.loss:
                start = cover
        return start

    def _fit_for_integer(self) -> bool:
        """Tell whether integer programs are worth their time: not too many cells, and a bound not too far away."""
        cells = int(self.problem.may.sum())
        near = self.loss - self.bound <= self.effort.far * self.loss
        return cells <= FEW_CELLS or (near and cells <= self.effort.cells_for_integer)

    def _integers(self) -> None:
        """Solve integer programs until a pattern needs no more cuts or rounds are spent."""
        for _ in range(self.effort.integer_rounds):
            if self.stop() or self._good_enough():
                return
            self.benders.master.fix(self.loss, self.benders.granule)
            bound, hidden, solved = self.benders.master.whole(
                self.best, self.effort.nodes, max(self.effort.gap / 2, 1e-7), self.stop
            )
            self.benders.bound.value = max(self.benders.bound.value, min(bound, self.loss))
            self.bound = max(self.bound, min(self.benders.rounded_bound(), self.loss))
            if hidden is None:
                return
            found = self.benders.check(hidden)
            if found.unmet or not found.complete:
                cover = self.search.led(hidden.astype(np.float64))
                self._take(cover.suppressed, "repaired")
            else:
                # Only what the witnesses move: a weightless cell is not hidden for nothing.
                moved = np.any([witness != 0 for witness in found.witnesses], axis=0)
                self._take(self.problem.must | moved, "integer")
            if not found.unmet and not solved:
                return

    def _take(self, suppressed: Flags, step: str) -> None:
        loss = self.problem.loss(suppressed)
        if loss < self.loss:
            self.best, self.loss = suppressed.copy(), loss
        self._tell(step)

    def _tell(self, step: str) -> None:
        if not self.steps or self.steps[-1] != step:
            self.steps.append(step)
        if self.progress is not None:
            self.progress(step, self.loss, self.bound)

    def _good_enough(self) -> bool:
        return self.loss - self.bound <= self.effort.gap * self.loss + 1e-6

    def _status(self) -> Status:
        if self.loss - self.bound <= 1e-6:
            return "optimal"
        if self._good_enough():
            return "within_gap"
        return "stopped" if self.stop() else "limit"


def _refusal(table: LinearTable, needs: Needs, impossible: list[int]) -> PolicyRefusal:
    """Name, by their labels, the cells that stay too narrow even if everything that may be hidden is."""
    cells = np.unique(needs.cells[impossible])
    for_anybody = (needs.groups[impossible] == NOBODY).any()
    code = "suppression.impossible" if for_anybody else "suppression.impossible_for_contributor"
    named = table.named(cells)
    return PolicyRefusal(code, tuple(Finding(code, name) for name in named), where=named[0], cells=len(named))
