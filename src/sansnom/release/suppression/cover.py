"""Witnesses and what they cover: a pattern is the union of the cells its witnesses move.

A witness may be stretched until one of its cells reaches its capacity, and turned round; so one of them meets many needs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sansnom.release.linear_table import Flags, Floats, Integers
from sansnom.release.suppression.problem import NOBODY, Problem

STRETCH_MAX: Final = 1e4
"""A witness is not stretched further than this, lest the solver's rounding be stretched to the size of a cell."""
GOLDEN: Final = 0.6180339887498949
"""Its multiples are spread evenly: numbers that look drawn, and are the same each time."""
SLACK: Final = 1e-6
"""Share of a need that may be missing: rounding of the solver."""


@dataclass(frozen=True, slots=True, eq=False)
class Witness:
    """The cells that one deviation moves, and the needs that it meets."""

    cells: Integers
    moves: Floats
    """By how much, cell by cell."""
    met: Integers


class Cover:
    """Witnesses in use; `suppressed` is always what they move, and what must be hidden anyway."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.witnesses: dict[int, Witness] = {}
        self.uses = np.zeros(problem.cells, dtype=np.int64)
        self.times_met = np.zeros(len(problem.needs), dtype=np.int64)
        self._next = 0
        self._known = {
            int(group): problem.known_to(int(group)) for group in np.unique(problem.needs.groups) if group != NOBODY
        }

    @property
    def suppressed(self) -> Flags:
        return self.problem.must | (self.uses > 0)

    @property
    def loss(self) -> float:
        return float(self.problem.weights[self.problem.may & (self.uses > 0)].sum())

    def unmet(self) -> Integers:
        """List the needs without a witness."""
        return np.flatnonzero(self.times_met == 0)

    def meets(self, moved: Floats) -> Integers:
        """List the needs that this deviation meets, stretched as far as its cells allow, either way round."""
        needs = self.problem.needs
        cells = np.flatnonzero(moved)
        size = moved[cells]
        up, down = self.problem.cap_up[cells], self.problem.cap_down[cells]
        forth = min(float((np.where(size > 0, up, down) / np.abs(size)).min(initial=STRETCH_MAX)), STRETCH_MAX)
        back = min(float((np.where(size > 0, down, up) / np.abs(size)).min(initial=STRETCH_MAX)), STRETCH_MAX)
        reach = needs.signs * moved[needs.cells]
        met = np.where(reach > 0, reach * forth, -reach * back) >= needs.amounts * (1 - SLACK)
        for group, known in self._known.items():
            if (moved[known] != 0).any():
                met &= needs.groups != group
        return np.flatnonzero(met)

    def add(self, moved: Floats, need: int) -> int:
        """Take a deviation as witness of the need that it was made for, and of whatever others it meets."""
        cells = np.flatnonzero(moved)
        return self.put(Witness(cells, moved[cells], np.union1d(self.meets(moved), [need])))

    def put(self, witness: Witness) -> int:
        """Take a witness; give its number."""
        number = self._next
        self._next += 1
        self.witnesses[number] = witness
        self.uses[witness.cells] += 1
        self.times_met[witness.met] += 1
        return number

    def drop(self, number: int) -> Witness:
        """Take a witness out."""
        witness = self.witnesses.pop(number)
        self.uses[witness.cells] -= 1
        self.times_met[witness.met] -= 1
        return witness

    def own_weight(self, number: int) -> float:
        """Add the weights of the cells that only this witness keeps hidden."""
        cells = self.witnesses[number].cells
        alone = cells[(self.uses[cells] == 1) & self.problem.may[cells]]
        return float(self.problem.weights[alone].sum())

    def chains(self) -> list[Integers]:
        """Part the cells hidden by choice into chains: cells that all witnesses move in one proportion.

        None of a chain can be published without all of them, by the witnesses as they are; so one trial does for all.
        """
        sums = np.zeros((2, self.problem.cells))
        for place, number in enumerate(sorted(self.witnesses)):
            witness = self.witnesses[number]
            sums[:, witness.cells] += witness.moves * np.array([[1.0], [(place + 1) * GOLDEN % 1.0 + 0.5]])
        cells = np.flatnonzero((self.uses > 0) & self.problem.may)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.round(np.nan_to_num(sums[1, cells] / sums[0, cells], posinf=0.0, neginf=0.0), 7)
        chains: dict[tuple[float, int], list[int]] = {}
        for cell, told, uses in zip(cells, ratio, self.uses[cells], strict=True):
            chains.setdefault((float(told), int(uses)), []).append(int(cell))
        return [np.array(chain) for chain in chains.values()]

    def copy(self) -> "Cover":
        """Give a cover with the same witnesses."""
        other = Cover(self.problem)
        for number in sorted(self.witnesses):
            other.put(self.witnesses[number])
        return other

    def prune(self) -> None:
        """Drop witnesses that others make needless, heaviest first."""
        weights = {number: self.own_weight(number) for number in self.witnesses}
        for number in sorted(weights, key=lambda each: (-weights[each], each)):
            if (self.times_met[self.witnesses[number].met] > 1).all():
                self.drop(number)
