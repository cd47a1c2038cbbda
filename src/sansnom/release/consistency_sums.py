"""The interval of a sum of consistent figures: what a reader adds up keeps its promise."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from sansnom.release.consistency import QUANTILE
from sansnom.release.consistency_gls import HUNDREDTHS, subsets, width_hundredths
from sansnom.release.intervals_noise import LEVEL, figure_of, half_width
from sansnom.terms.release import Figure, ReleasedTable

PAIR_LEVEL: Final = Fraction(39, 40)
"""Two sums at this level each hold together at 95 %."""
_QUANTILES: Final = {LEVEL: QUANTILE, PAIR_LEVEL: Fraction(2_241_403, 1_000_000)}


def sum_of(table: ReleasedTable, places: Sequence[int], level: Fraction = LEVEL) -> Figure:
    """Add up some consistent figures of one table, by place; the interval stands around the sum of their estimates.

    A table that stands alone has independent noise in each cell: the exact law of so many. Elsewhere the variance follows
    from the effects of the release; for a table of overlaps, the noise as it was opened bounds it, since least squares never
    has more.
    """
    together = table.consistent
    if not places:
        return figure_of(0, 0)
    if len(places) == 1 and level == LEVEL:
        return together.figures[places[0]]
    value = sum(together.figures[place].value for place in places)
    estimate = sum(together.estimates_hundredths[place] for place in places)
    if together.effects:
        width = width_hundredths(sum_variance(table, places), _QUANTILES[level])
    else:
        width = half_width(table.variance, len(places), level, table.noise) * HUNDREDTHS
    low = max(0, -((width - estimate) // HUNDREDTHS))
    high = (max(0, estimate) + width) // HUNDREDTHS
    return Figure(value, min(low, value), max(high, value), dominated=estimate <= width or value == 0)


def sum_variance(table: ReleasedTable, places: Sequence[int]) -> Fraction:
    """Give the exact variance of a sum of estimates: for each set B of axes, v_B |R_B m|^2 / n^2 (`consistency_gls`).

    m counts the chosen cells by B, n is how many cells are summed into one of these; |R_B m|^2 is found by inclusion and
    exclusion from the squares of smaller sets' counts.
    """
    codes = tuple(axis.code for axis in table.axes)
    sizes = {axis.code: len(axis.values) for axis in table.axes}
    chosen = np.zeros(len(table.figures), dtype=np.int64)
    chosen[list(places)] = 1
    cells = chosen.reshape([sizes[code] for code in codes])
    squares = {}
    for kept in subsets(codes):
        counted = cells.sum(axis=tuple(place for place, code in enumerate(codes) if code not in kept))
        squares[kept] = int((counted * counted).sum())
    found = Fraction(0)
    for effect in table.consistent.effects:
        length = Fraction(0)
        for smaller in subsets(effect.over):
            averaged = 1
            for code in effect.over:
                averaged *= 1 if code in smaller else -sizes[code]
            length += Fraction(squares[smaller], averaged)
        summed = len(table.figures)
        for code in effect.over:
            summed //= sizes[code]
        found += effect.variance * length / (summed * summed)
    return found
