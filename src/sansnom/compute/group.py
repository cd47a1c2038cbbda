"""Operations over segments of adjacent rows: what belongs together is told by shared "same as the next row" bits.

A segment is a run of rows joined by such bits; its head is its first row. Totals gather at the head by doubling:
after level l, a row holds the total over itself and the next 2^l - 1 rows of its segment. So `levels` levels are exact for segments
of up to 2^levels rows (the *window*, public); whoever builds segments has made sure that none is longer, or asks for it
(`longer_than_window`).
"""

from dataclasses import dataclass

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.packed import and_each, column, keep_rows, toward_head, toward_tail
from sansnom.compute.share import Bits
from sansnom.compute.sliced import add, choose, less_than, widen
from sansnom.compute.steps import Steps


@dataclass(frozen=True, slots=True)
class Segments:
    """Which rows belong together: `links[l]` is one at row r if rows r ... r + 2^l are of one segment."""

    links: tuple[Bits, ...]
    heads: Bits

    @property
    def same(self) -> Bits:
        """One where the next row belongs to the same segment."""
        return self.links[0]

    @property
    def levels(self) -> int:
        """How many doublings: the window is 2^levels rows."""
        return len(self.links) - 1

    @property
    def window(self) -> int:
        """How many rows a segment may have for totals to be exact."""
        return 1 << self.levels

    @property
    def longer_than_window(self) -> Bits:
        """One at rows that have `window` rows of their segment behind them: some are, in every longer segment, and in no other."""
        return self.links[-1]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.heads.rows


def segments_of(me: Party, same: Bits, levels: int) -> Steps[Segments]:
    """Build segments from one column of "same as the next row" bits; that of the last row is taken for zero.

    Shapes:  same has columns (); the links too.
    Costs:   `levels` rounds; each helper sends 8 bytes per lane in each.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    links = [without_last(same)]
    for level in range(levels):
        (longer,) = yield from and_each(me, [(links[-1], toward_head(links[-1], 1 << level))])
        links.append(longer)
    return Segments(tuple(links), heads_of(me.number, links[0]))


def without_last(same: Bits) -> Bits:
    """Clear the last row's bit and those past it: no row comes after. Local, no message."""
    pair = keep_rows(same).pair.copy()
    if same.rows:
        place = (same.rows - 1) % 64
        pair[..., -1, :] &= np.uint64((1 << place) - 1)
    return Bits(pair, same.rows)


def heads_of(number: int, same: Bits) -> Bits:
    """Tell the first row of each segment. Local, no message."""
    return keep_rows(not_(number, toward_tail(same, 1)))


def or_to_head(me: Party, parts: Segments, columns: Bits) -> Steps[Bits]:
    """OR over each segment: the head holds the whole, a row what it and those after it hold.

    Shapes:  columns (...) to (...).
    Costs:   2 * levels rounds; each helper sends 2 * levels * 8 bytes per lane and column.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    for level in range(parts.levels):
        (seen,) = yield from and_each(me, [(parts.links[level], toward_head(columns, 1 << level))])
        (both,) = yield from and_each(me, [(seen, columns)])
        columns = Bits(columns.pair ^ seen.pair ^ both.pair, columns.rows)
    return columns


def or_from_head(me: Party, parts: Segments, columns: Bits) -> Steps[Bits]:
    """OR over each segment the other way: a row holds what it and the window's rows before it hold.

    Shapes:  columns (...) to (...).
    Costs:   2 * levels rounds; each helper sends 2 * levels * 8 bytes per lane and column.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    for level in range(parts.levels):
        back = toward_tail(parts.links[level], 1 << level)
        (seen,) = yield from and_each(me, [(back, toward_tail(columns, 1 << level))])
        (both,) = yield from and_each(me, [(seen, columns)])
        columns = Bits(columns.pair ^ seen.pair ^ both.pair, columns.rows)
    return columns


def copy_head(me: Party, parts: Segments, columns: Bits) -> Steps[Bits]:
    """Give every row of a segment what its head holds: only the head's bits are kept, then a prefix XOR carries them on.

    Shapes:  columns (...) to (...).
    Costs:   1 + levels rounds; each helper sends 8 bytes per lane and column in each.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    (columns,) = yield from and_each(me, [(parts.heads, columns)])
    for level in range(parts.levels):
        back = toward_tail(parts.links[level], 1 << level)
        (seen,) = yield from and_each(me, [(back, toward_tail(columns, 1 << level))])
        columns = columns ^ seen
    return columns


def add_to_head(me: Party, parts: Segments, numbers: Bits, largest: int | None = None) -> Steps[Bits]:
    """Add up bit-sliced numbers over each segment: the head holds the total, a row that of itself and those after it.

    Shapes:  numbers have columns (bits, ...); the result has (bits + levels, ...), or just enough for `largest`, if the caller
             knows that no total is larger.
    Costs:   for each level 2 + ceil(log2 bits) rounds, bits growing by one a level up to those of `largest`.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    for level in range(parts.levels):
        (seen,) = yield from and_each(me, [(parts.links[level], toward_head(numbers, 1 << level))])
        numbers = yield from add(me, numbers, seen)
        if largest is not None and numbers.pair.shape[0] > largest.bit_length():
            numbers = column(numbers, slice(largest.bit_length()))
    return numbers


def min_to_head(me: Party, parts: Segments, numbers: Bits) -> Steps[Bits]:
    """Find the smallest bit-sliced number of each segment: the head holds it, a row that of itself and those after it.

    Shapes:  numbers have columns (bits, ...); the result alike.
    Costs:   for each level two rounds, and one AND more for each bit and one, than a comparison (`sliced.compare_cost`).
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    for level in range(parts.levels):
        other = toward_head(numbers, 1 << level)
        smaller = yield from less_than(me, other, numbers)
        (taken,) = yield from and_each(me, [(parts.links[level], smaller)])
        numbers = yield from choose(me, taken, other, numbers)
    return numbers


def count_to_head(me: Party, parts: Segments, columns: Bits) -> Steps[Bits]:
    """Count the ones of each column over each segment: the head holds a bit-sliced count.

    Shapes:  columns (...) to (levels + 1, ...).
    Costs:   as `add_to_head` on numbers of one bit.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    numbers = Bits(columns.pair[None], columns.rows)
    total = yield from add_to_head(me, parts, numbers)
    return widen(total, parts.levels + 1)
