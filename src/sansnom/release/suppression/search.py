"""Local search on witnesses: take some out, lay their needs anew, keep what loses no more."""

from collections.abc import Callable, Iterator

import numpy as np

from sansnom.release.linear_table import Floats
from sansnom.release.suppression.cover import Cover
from sansnom.release.suppression.lp_heuristic import Layer
from sansnom.release.suppression.problem import Problem

SLOPES_FIRST = 3
WITNESSES_AT_ONCE = 8


class Search:
    """Patterns of one problem, each a `Cover`."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem = problem
        self.layer = Layer(problem, stop)
        self.stop = stop

    @property
    def solves(self) -> int:
        return self.layer.route.solves

    def first(self) -> Cover:
        """Lay the cheapest witnesses, one after another. Never stopped: nothing else is safe yet."""
        cover = Cover(self.problem)
        self.layer.complete(cover, SLOPES_FIRST)
        return cover

    def led(self, share: Floats) -> Cover:
        """Lay witnesses along the cells that a (fractional) pattern hides, then lay each anew at its true price."""
        self.layer.leaning = np.maximum(1.0 - share, 1e-3)
        cover = Cover(self.problem)
        self.layer.complete(cover, 2)
        self.layer.leaning = np.ones(self.problem.cells)
        self._by_witness(cover, self.solves + 10**9)
        return cover

    def better(self, cover: Cover, solves: int) -> Iterator[Cover]:
        """Yield ever better patterns until nothing helps or `solves` linear programs are spent."""
        end = self.solves + solves
        while self.solves < end and not self.stop():
            before = cover.loss
            self._by_witness(cover, end)
            yield cover
            self._by_cell(cover, end)
            yield cover
            if cover.loss >= before - 1e-9:
                return

    def _by_witness(self, cover: Cover, end: int) -> None:
        """Lay each witness anew, heaviest first."""
        weights = {number: cover.own_weight(number) for number in cover.witnesses}
        for number in sorted(weights, key=lambda each: (-weights[each], each)):
            if self.stop() or self.solves >= end:
                break
            if number in cover.witnesses and cover.own_weight(number) > 0:
                self.layer.relay(cover, [number], SLOPES_FIRST)
        cover.prune()

    def _by_cell(self, cover: Cover, end: int) -> None:
        """Do without each hidden cell in turn, the heaviest per witness first: a swap for whatever is cheaper."""
        cells = np.flatnonzero((cover.uses > 0) & self.problem.may)
        order = np.argsort(-self.problem.weights[cells] / cover.uses[cells], kind="stable")
        for cell in cells[order]:
            if self.stop() or self.solves >= end:
                break
            if not 0 < cover.uses[cell] <= WITNESSES_AT_ONCE:
                continue
            through = [number for number, witness in cover.witnesses.items() if cell in witness.cells]
            self.layer.relay(cover, through, 1, np.array([cell]))
        cover.prune()
