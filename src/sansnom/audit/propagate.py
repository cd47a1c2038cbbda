"""The propagation attack: integer bounds on hidden and rounded cells, from the published table's own additions.

Written apart from the audit that protects (`release/intervals.py`), from the attacker's side: an attacker reads a table
that is already public, gives each cell the whole numbers its symbol allows (`--` is 1 to 4, a figure rounded to 5 is
within 2 of it), and lets each sum narrow its total and its parts until nothing moves. Every bound that comes out is
proven: the true table lies within.

Source: Fischetti and Salazar's attacker; the figures for the permanent residents' table are PROTECTION section 5.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNBOUNDED = 2**40
"""Stands for no upper bound: larger than any count, small enough that sums of a million of them fit 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Narrowed:
    """What the attack proves: the true value of cell i is a whole number from low[i] to high[i]."""

    low: Integers
    high: Integers
    sweeps: int
    consistent: bool
    """False when some cell is left without any value: the table does not add up under the rule it declares."""
    contradicted: Integers
    """Cells left without a value."""

    @property
    def pinned(self) -> Flags:
        """Cells of which one value only is left."""
        return np.asarray(self.low == self.high)


def propagate(
    relations: sp.csr_matrix, low: Integers, high: Integers, *, progress: Callable[[int], None] | None = None
) -> Narrowed:
    """Narrow [low, high] by every relation until nothing moves.

    `relations` has coefficients of 1 and -1 and `relations @ truth == 0`. Each sweep looks at every relation that holds
    a cell whose bounds moved in the sweep before.
    """
    rows, cells, positive = _entries(relations)
    low, high = low.astype(np.int64), np.minimum(high, UNBOUNDED).astype(np.int64)
    start = low.copy(), high.copy()
    active = np.ones(relations.shape[0], dtype=np.bool_)
    sweeps = 0
    while active.any():
        sweeps += 1
        mine = active[rows]
        row, cell, plus = rows[mine], cells[mine], positive[mine]
        before = low.copy(), high.copy()
        _narrow(relations.shape[0], row, cell, plus, low, high)
        if progress is not None:
            progress(sweeps)
        if (low > high).any():
            break
        moved = (low != before[0]) | (high != before[1])
        active = np.zeros(relations.shape[0], dtype=np.bool_)
        active[rows[moved[cells]]] = True
    assert (low >= start[0]).all()
    assert (high <= start[1]).all()
    contradicted = np.flatnonzero(low > high)
    return Narrowed(low, high, sweeps, not len(contradicted), contradicted)


def _entries(relations: sp.csr_matrix) -> tuple[Integers, Integers, Flags]:
    entries = relations.tocoo()
    assert (np.abs(entries.data) == 1).all(), "a sum counts each part once"
    return entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data > 0


def _narrow(relations: int, row: Integers, cell: Integers, plus: Flags, low: Integers, high: Integers) -> None:
    """Tighten in place: what an entry adds is what the others leave."""
    least = np.where(plus, low[cell], -high[cell])
    most = np.where(plus, high[cell], -low[cell])
    sum_least, sum_most = np.zeros(relations, dtype=np.int64), np.zeros(relations, dtype=np.int64)
    np.add.at(sum_least, row, least)
    np.add.at(sum_most, row, most)
    at_most = -(sum_least[row] - least)  # this entry plus the least of the others is not above zero
    at_least = -(sum_most[row] - most)
    np.minimum.at(high, cell, np.where(plus, at_most, -at_least))
    np.maximum.at(low, cell, np.where(plus, at_least, -at_most))
