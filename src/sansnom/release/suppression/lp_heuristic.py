"""A first pattern, and its betterment: one cheapest witness after another, then take some out and lay them anew.

The cheapest witness of a need is a linear program (Kelly, Golden and Assad 1992; Robertson's practice at Statistics
Canada): a cell costs its weight over what it can carry of the need, and next to nothing when it is hidden already. The
relaxed cost pays a cell by the amount it carries; *slope scaling* solves again with the weight over the amount that it
carried, which is its true price.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from sansnom.release.linear_table import Floats, Integers
from sansnom.release.suppression.cover import Cover, Witness
from sansnom.release.suppression.problem import Problem
from sansnom.release.suppression.programs import Route

HIDDEN_SHARE: Final = 1e-4
"""What a cell hidden already costs, as a share of its price: enough to keep witnesses from wandering."""


class Layer:
    """Lays witnesses for one problem; all its linear programs share one solver."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem, self.stop = problem, stop
        self.route = Route(problem)
        self.carries = np.maximum(np.minimum(problem.cap_up, problem.cap_down), 0.0)
        one_way = self.carries == 0
        self.carries[one_way] = np.maximum(problem.cap_up, problem.cap_down)[one_way]
        self.closed = ~(problem.may | problem.must)
        self.weights = np.where(problem.may, np.maximum(problem.weights, 1e-3), 0.0)
        self.leaning = np.ones(problem.cells)
        self.floor = HIDDEN_SHARE * float(np.median(self.weights[problem.may])) if problem.may.any() else 0.0

    def lay(self, cover: Cover, need: int, slopes: int = 0, banned: Integers | None = None) -> int | None:
        """Add the cheapest witness of a need and give its number; None if there is none (only with cells `banned`)."""
        moved = self._cheapest(cover, need, slopes, banned)
        if not len(moved):
            return None
        return cover.add(moved, need)

    def _cheapest(self, cover: Cover, need: int, slopes: int, banned: Integers | None) -> Floats:
        needs, problem = self.problem.needs, self.problem
        amount = float(needs.amounts[need])
        free = ~problem.may | (cover.uses > 0)
        price = self.leaning * self.weights / np.minimum(np.maximum(self.carries, 1e-9), amount)
        cost = np.where(free, self.floor / amount + HIDDEN_SHARE * price, price)
        known = problem.known_to(int(needs.groups[need]))
        allowed = None
        if len(known) or (banned is not None and len(banned)):
            allowed = np.ones(problem.cells)
            allowed[known] = 0.0
            if banned is not None:
                allowed[banned] = 0.0
        best, best_loss = np.zeros(0), np.inf
        for _ in range(slopes + 1):
            moved = self.route.witness(int(needs.cells[need]), float(needs.signs[need]), amount, cost, allowed)
            if not len(moved):
                break
            paid = (moved != 0) & ~free
            loss = float(self.weights[paid].sum())
            if loss < best_loss - 1e-9:
                best, best_loss = moved, loss
            elif loss >= best_loss:
                break
            if not loss:
                break
            cost = cost.copy()
            cost[paid] = self.weights[paid] / np.abs(moved[paid])
        return best

    def complete(self, cover: Cover, slopes: int = 0) -> list[int]:
        """Lay witnesses until every need has one, the largest needs first; list the needs that can have none."""
        needs = self.problem.needs
        order = np.lexsort((needs.cells, -needs.amounts))
        impossible = [
            int(need) for need in order if not cover.times_met[need] and self.lay(cover, int(need), slopes) is None
        ]
        cover.prune()
        return impossible

    def relay(
        self, cover: Cover, taken: list[int], slopes: int, banned: Integers | None = None, allowance: float = 0.0
    ) -> bool:
        """Take these witnesses out and lay their needs anew; keep the result if it loses at most `allowance` more."""
        before = cover.loss + allowance
        out: list[Witness] = [cover.drop(number) for number in taken]
        put: list[int] = []
        good = True
        for need in sorted(
            np.unique(np.concatenate([each.met for each in out])), key=lambda n: (-self.problem.needs.amounts[n], n)
        ):
            if cover.times_met[need]:
                continue
            number = self.lay(cover, int(need), slopes, banned)
            if number is not None:
                put.append(number)
            if number is None or cover.loss > before + 1e-9:
                good = False
                break
        if good:
            return True
        for number in put:
            cover.drop(number)
        for witness in out:
            cover.put(witness)
        return False
