"""Non-negative integers near an estimate, under sums that are given: integer arithmetic only, one answer.

`apportion` divides a whole among cells: the nearest division without negative cells (the projection on a simplex), then
largest remainders, the first cell first where remainders are equal. `keep_sums` then moves units, within the sums that hold
already, from cells whose sum is too large to cells whose sum is too small, where it costs least; there is always such a move.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

UNIT: Final = 100
"""Estimates come in hundredths."""
_SAFE_BITS: Final = 61


def apportion(estimates: NDArray[np.int64], wholes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Divide each whole among its row of cells: non-negative integers that add up to it, nearest to the estimates.

    Shapes: estimates (rows, cells), in hundredths; wholes (rows,), not negative; the result (rows, cells).
    """
    if (wholes < 0).any():
        raise ValueError("a whole to divide is not negative")
    cells = estimates.shape[1]
    largest = max(int(np.abs(estimates).max(initial=0)), int(wholes.max(initial=0)) * UNIT)
    if largest.bit_length() + 2 * cells.bit_length() > _SAFE_BITS:  # wide sums: Python's integers, which never overflow
        estimates, wholes = estimates.astype(object), wholes.astype(object)
    falling = -np.sort(-estimates, axis=1)
    above = np.cumsum(falling, axis=1) - wholes[:, None] * UNIT
    counts = np.arange(1, cells + 1)
    # With the k largest cells kept, all of them go down by above[k] / k; k is the last for which the k-th stays positive.
    kept = np.maximum((falling * counts > above).sum(axis=1), 1)
    level = np.take_along_axis(above, kept[:, None] - 1, axis=1)
    scaled = np.maximum(estimates * kept[:, None] - level, 0)
    per_unit = kept[:, None] * UNIT
    whole, remainder = scaled // per_unit, scaled % per_unit
    missing = wholes - whole.sum(axis=1)
    order = np.argsort(-remainder, axis=1, kind="stable")
    rank = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(cells), order.shape), axis=1)
    return np.asarray(whole + (rank < missing[:, None]), dtype=np.int64)


def keep_sums(cells: NDArray[np.int64], estimates: NDArray[np.int64], sums: NDArray[np.int64]) -> None:
    """Move units between values until every sum over lines is as given; what is summed along a line's place stays.

    Shapes: cells and estimates are (slices, values, lines), sums (slices, values); cells are changed in place.

    For each slice the sums add up to the cells already. A value whose cells exceed its sum has a positive cell, since its
    sum is not negative; a unit of it goes to a value that lacks one, on the same line. So every sum along the values stays
    as it is, and each move brings the end nearer: no search can fail.
    """
    excess = cells.sum(axis=2) - sums
    if (excess.sum(axis=1) != 0).any() or (sums < 0).any():
        raise ValueError("sums to keep add up to the cells, and none is negative")
    for place in np.flatnonzero((excess != 0).any(axis=1)).tolist():
        own, wanted, over = cells[place], estimates[place], excess[place]
        lacking = [int(v) for v in np.flatnonzero(over < 0)]
        for value in np.flatnonzero(over > 0).tolist():
            while over[value] > 0:
                other = lacking[-1]
                moved = min(int(over[value]), -int(over[other]))
                _move(own, wanted, value, other, moved)
                over[value] -= moved
                over[other] += moved
                if over[other] == 0:
                    lacking.pop()


def _move(cells: NDArray[np.int64], estimates: NDArray[np.int64], source: int, goal: int, units: int) -> None:
    """Move so many units from one value to another, on the lines where the estimates are left least."""
    while units > 0:
        cost = (estimates[source] - UNIT * cells[source]) - (estimates[goal] - UNIT * cells[goal])
        full = np.flatnonzero(cells[source] > 0)
        chosen = full[np.argsort(cost[full], kind="stable")][:units]
        step = np.minimum(cells[source][chosen], max(1, units // (2 * len(chosen))))
        cells[source][chosen] -= step
        cells[goal][chosen] += step
        units -= int(step.sum())
