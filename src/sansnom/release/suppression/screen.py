"""The Gauss screen: publish cell after cell while no sensitive one becomes computable; do it many times, keep the best.

What an attacker does not know about a table is a space of free moves: every deviation is d = N z for one z, and a cell with
row n of N moves by n z. Publishing it takes one dimension away, and with it every cell whose row lies in the span of what is
published. Rows that are parallel are a *class*: they become public together. So a class without a sensitive cell may go, the
one with most weight first; when each class that is left holds a sensitive cell, nothing more can be published.

The screen looks at whether a cell moves, not how far: what it gives is no pattern yet. Witnesses laid along it complete it
(`Search.led`). Where relations leave few free moves it finds what witnesses alone do not: HIER13 has 126 among 2,020 cells.

Products of matrices go through `einsum`, on one thread: many small ones on several threads mostly wait for one another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.linalg

from sansnom.release.linear_table import Flags, Floats, Integers
from sansnom.release.suppression.draws import even
from sansnom.release.suppression.problem import Problem

CELLS_MAX: Final = 3_000
MOVES_MAX: Final = 400
"""Beyond these a screen takes longer than witnesses do."""
STILL: Final = 1e-6
"""A row whose rest is shorter than this share of it lies in the span of what is published."""
ONE_ANGLE: Final = 1e-8
BARREN: Final = 400
"""Screens without progress before another beginning."""
UPHILL: Final = 0.005
"""Now and then a pattern that loses this share more is taken for the next turn."""
BASIS_FROM: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What is left hidden, and published cells that make all others public."""

    hidden: Flags
    loss: float
    generators: Integers
    """Cells with independent rows; places among the cells that can move."""


class Screen:
    """Gauss screens of one problem."""

    def __init__(self, problem: Problem, stop: Callable[[], bool]) -> None:
        self.problem, self.stop = problem, stop
        self.inside = np.flatnonzero(problem.may | problem.must)
        self.rows = free_moves(problem, self.inside)
        self.moves = self.rows.shape[1]
        in_need = np.zeros(problem.cells, dtype=np.bool_)
        in_need[problem.needs.cells] = True
        self.sensitive = in_need[self.inside]
        self.weights = np.where(problem.may, problem.weights, 0.0)[self.inside]
        self.turn = 0
        """Counts cells published: what a screen costs, and what its draws depend on."""

    @property
    def worth_it(self) -> bool:
        """Tell whether there are moves, and few enough."""
        return 0 < self.moves <= MOVES_MAX and bool(self.sensitive.any())

    def patterns(self, steps: int, best: Callable[[], float]) -> Iterator[Flags]:
        """Yield what screens leave hidden, each better than the last of its family and than the best pattern so far.

        A few published generators are taken back and others published; a family that stands still is left for another.
        `steps` cells are published in all.
        """
        end = self.turn + steps
        while self.turn < end and not self.stop():
            now = family = self.publish(np.zeros(0, dtype=np.int64), bent=0.5 if self.turn else 0.0)
            barren = 0
            while barren < BARREN and self.turn < end and not self.stop():
                if not barren and family.loss < best() - 1e-9:
                    yield family.hidden
                drawn = even(4, self.turn)
                kept = self._another_basis(now) if drawn[0] < 0.5 else now.generators
                order = np.argsort(even(len(kept), self.turn + 1), kind="stable")
                back = 1 + int(drawn[1] * 6)
                found = self.publish(kept[order[: max(0, len(kept) - back)]], bent=float(drawn[2]))
                barren += 1
                if found.loss < family.loss - 1e-9:
                    family, barren = found, 0
                if found.loss <= now.loss * (1 + (UPHILL if drawn[3] < 0.02 else 0.0)):
                    now = found

    def publish(self, generators: Integers, bent: float) -> Screened:
        """Publish these, then class after class until each left holds a sensitive cell; `bent` shakes the choice."""
        chosen = list(generators)
        rest = np.einsum("ij,jk->ik", self.rows, _beside(self.rows[generators], self.moves))
        while rest.shape[1]:
            self.turn += 1
            place, label, classes = _classes(rest, self.turn)
            held = np.bincount(label, weights=self.sensitive[place], minlength=classes) > 0
            if held.all():
                break
            gain = np.bincount(label, weights=self.weights[place], minlength=classes)
            shaken = even(classes, self.turn) ** (2 * bent)
            cell = place[label == int(np.where(held, -1.0, (gain + 1e-9) * shaken).argmax())][0]
            chosen.append(cell)
            rest = _without(rest, rest[cell])
        moving = self.problem.must.copy()
        moving[self.inside] |= np.abs(rest).max(axis=1, initial=0.0) > STILL
        return Screened(moving, self.problem.loss(moving), np.array(chosen, dtype=np.int64))

    def _another_basis(self, screened: Screened) -> Integers:
        """Choose other published cells that make the same ones public."""
        public = np.flatnonzero(~screened.hidden[self.inside])
        some = public[np.argsort(even(len(public), self.turn + 2), kind="stable")[:BASIS_FROM]]
        scaled = self.rows[some] * (0.05 + even(len(some), self.turn + 3))[:, None]
        triangle, places = scipy.linalg.qr(scaled.T, mode="r", pivoting=True)
        rank = int((np.abs(np.diag(triangle)) > STILL).sum())
        return np.asarray(some[places[:rank]])


def free_moves(problem: Problem, inside: Integers) -> Floats:
    """Give a row of unit length for each of these cells, spanning all deviations; no column if there are too many."""
    if not 0 < len(inside) <= CELLS_MAX or len(inside) - problem.relations.shape[0] > MOVES_MAX:
        return np.zeros((len(inside), 0))
    relations = problem.relations[:, inside]
    sizes, vectors = scipy.linalg.eigh((relations.T @ relations).toarray())
    basis = vectors[:, sizes < 1e-9 * max(float(sizes[-1]), 1.0)]
    lengths = np.linalg.norm(basis, axis=1, keepdims=True)
    return np.where(lengths > STILL, basis / np.maximum(lengths, STILL), 0.0)


def _beside(rows: Floats, moves: int) -> Floats:
    """Give a basis of what these rows do not fix."""
    if not len(rows):
        return np.eye(moves)
    turned, _ = np.linalg.qr(rows.T, mode="complete")
    return np.asarray(turned[:, len(rows) :])


def _without(rest: Floats, row: Floats) -> Floats:
    """Take one direction out of all rows, and a column with it: a reflection that lays the row on the first axis."""
    mirror = row / np.linalg.norm(row)
    mirror[0] += 1.0 if mirror[0] >= 0 else -1.0
    mirror /= np.linalg.norm(mirror)
    turned = rest - np.outer(np.einsum("ij,j->i", rest, 2.0 * mirror), mirror)
    return np.ascontiguousarray(turned[:, 1:])


def _classes(rest: Floats, turn: int) -> tuple[Integers, Integers, int]:
    """Number the classes of parallel rows by their first cells: places that move, the number of each, how many classes.

    Two numbers a row, whose ratio is the same along a class and as good as never elsewhere.
    """
    place = np.flatnonzero(np.abs(rest).max(axis=1) > STILL)
    told = np.einsum("ij,jk->ik", rest[place], even(2 * rest.shape[1], turn).reshape(-1, 2) - 0.5)
    with np.errstate(divide="ignore"):
        angle = np.arctan(told[:, 0] / told[:, 1])
    order = np.argsort(angle, kind="stable")
    new = np.diff(angle[order], prepend=-np.inf) > ONE_ANGLE
    label = np.empty(len(place), dtype=np.int64)
    label[order] = np.cumsum(new) - 1
    # Numbered by cells, not by angles: those depend on the basis, and so on the machine's rounding.
    _, first = np.unique(label, return_index=True)
    return place, np.argsort(np.argsort(first))[label], len(first)
