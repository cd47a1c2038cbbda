"""Local search on witnesses: take some out, lay their needs anew, keep what loses no more; and many beginnings.

Cheapest witnesses laid one after another make a pattern within few linear programs, and small changes of the prices make
another one. So patterns are bred: prices are bent towards cells of the fractional optimum, or of the best patterns so far,
and shaken a little; what comes out best is bettered by local search. In tables whose cells hang together in long chains
this finds what no exchange of single cells does (HIER13: 857 cells by exchanges alone, 818 so).
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from sansnom.release.linear_table import Floats, Integers
from sansnom.release.suppression.cover import Cover
from sansnom.release.suppression.draws import shaken
from sansnom.release.suppression.lp_heuristic import Layer
from sansnom.release.suppression.problem import Problem

SLOPES_FIRST: Final = 3
WITNESSES_AT_ONCE: Final = 8
FAMILY: Final = 4
BARREN: Final = 8
"""Children without progress before a family ends."""
HOPELESS: Final = 1.15
"""A beginning that loses this much more than the best one is given up."""
NEAR: Final = 1.04
"""Local search is spent on a family that loses at most this much more than the best one."""


class Search:
    """Patterns of one problem, each a `Cover`."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem = problem
        self.layer = Layer(problem, stop)
        self.stop = stop
        self.plain = np.ones(problem.cells)
        self.begun = 0
        self.solves_of_first = 0

    @property
    def solves(self) -> int:
        return self.layer.route.solves

    def first(self) -> tuple[Cover, list[int]]:
        """Lay the cheapest witnesses, one after another; list the needs that nothing meets.

        Never stopped: before its end nothing is safe.
        """
        cover = Cover(self.problem)
        impossible = self.layer.complete(cover)
        self.solves_of_first = self.solves
        return cover, impossible

    def led(self, share: Floats) -> Cover:
        """Lay witnesses along the cells that a (fractional) pattern hides, then lay each anew at its true price."""
        self.layer.leaning = np.maximum(1.0 - share, 1e-2) ** 2
        cover = Cover(self.problem)
        self.layer.complete(cover)
        self.layer.leaning = self.plain
        self._by_witness(cover, self.solves + 10**9)
        return cover

    def better(self, cover: Cover, solves: int) -> Iterator[Cover]:
        """Yield ever better patterns until nothing helps or `solves` linear programs are spent."""
        end = self.solves + solves
        self.layer.leaning = self.plain
        while self.solves < end and not self.stop():
            before = cover.loss
            self._by_witness(cover, end)
            yield cover
            self._by_chain(cover, end)
            yield cover
            if cover.loss >= before - 1e-9:
                return

    def bred(self, start: Cover, share: Floats, solves: int) -> Iterator[Cover]:
        """Yield ever better patterns from many beginnings, family by family.

        A family begins at prices shaken strongly, led by the fractional optimum every second time; its children's prices
        are bent towards its best. Local search betters the best of a family that comes near the best of all.
        """
        end, best = self.solves + solves, start.loss
        while self.solves < end and not self.stop():
            family: list[Cover] = []
            barren = 0
            while barren < BARREN and self.solves < end and not self.stop():
                child = self._begin(family, share, best * HOPELESS)
                barren += 1
                if child is None:
                    continue
                if not family or child.loss < family[0].loss - 1e-9:
                    barren = 0
                if all(child.loss != other.loss for other in family):
                    family = sorted([*family, child], key=lambda cover: cover.loss)[:FAMILY]
            if family and family[0].loss <= best * NEAR:
                yield family[0]
                yield from self.better(family[0], end - self.solves)
                best = min(best, family[0].loss)

    def _begin(self, family: list[Cover], share: Floats, most: float) -> Cover | None:
        """Make a pattern at bent and shaken prices; None if it becomes hopeless."""
        self.begun += 1
        wild = shaken(self.problem.cells, self.begun)
        if family:
            second = family[self.begun % len(family)]
            prices = np.where(family[0].uses > 0, 0.3, 1.0) * np.where(second.uses > 0, 0.5, 1.0) * wild**0.6
            most = min(most, family[0].loss * HOPELESS)
        elif self.begun % 2:
            prices = wild
        else:
            prices = np.maximum(1.0 - share, 1e-2) ** 2 * wild**0.5
        order = np.lexsort((self.problem.needs.cells, -self.problem.needs.amounts))
        if self.begun // 2 % 2:
            order = np.argsort(shaken(len(order), self.begun), kind="stable")
        return self._lay_all(prices, order, most)

    def _lay_all(self, prices: Floats, order: Integers, most: float) -> Cover | None:
        cover = Cover(self.problem)
        self.layer.leaning = prices
        done = True
        for need in order:
            if cover.times_met[need]:
                continue
            self.layer.lay(cover, int(need))
            if cover.loss > most or self.stop():
                done = False
                break
        self.layer.leaning = self.plain
        if not done:
            return None
        cover.prune()
        return cover

    def _by_witness(self, cover: Cover, end: int) -> None:
        """Lay each witness anew, heaviest first."""
        weights = {number: cover.own_weight(number) for number in cover.witnesses}
        for number in sorted(weights, key=lambda each: (-weights[each], each)):
            if self.stop() or self.solves >= end:
                break
            if number in cover.witnesses and cover.own_weight(number) > 0:
                self.layer.relay(cover, [number], SLOPES_FIRST)
        cover.prune()

    def _by_chain(self, cover: Cover, end: int) -> None:
        """Do without each chain of hidden cells in turn, the heaviest per witness first: a swap for something cheaper."""
        chains = cover.chains()
        heavy = [float(self.problem.weights[chain].sum()) / cover.uses[chain[0]] for chain in chains]
        for place in np.argsort(-np.array(heavy), kind="stable"):
            if self.stop() or self.solves >= end:
                break
            cell = int(chains[place][0])
            if not 0 < cover.uses[cell] <= WITNESSES_AT_ONCE:
                continue
            through = [number for number, witness in cover.witnesses.items() if cell in witness.cells]
            self.layer.relay(cover, through, 1, np.array([cell]))
        cover.prune()
