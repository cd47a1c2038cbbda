"""Packed bit columns, 64 rows to a lane: constants, moves along the rows, and batches of ANDs.

After linking, everything works on such columns (docs/adr/0009-bit-sliced-tabulation.md): an AND over a million rows sends
125 kB. A *number* is bit-sliced: `Bits` with columns (bits, ...), bit 0 (the least significant) first; arithmetic on
numbers is in `sliced.py`. Everything here but `and_each` is local.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.multiply import and_bits
from sansnom.compute.share import LANE_BITS, Bits, lanes_for
from sansnom.compute.steps import Steps

Lanes: TypeAlias = "NDArray[np.uint64]"
ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


def toward_head(bits: Bits, distance: int) -> Bits:
    """Move columns so that row r shows what row r + distance held; rows past the end show 0. Local, no message."""
    assert distance >= 0, "a distance is not negative"
    lanes, small = divmod(distance, LANE_BITS)
    source = keep_rows(bits).pair
    pair = np.zeros_like(source)
    count = source.shape[-2]
    if lanes < count:
        pair[..., : count - lanes, :] = source[..., lanes:, :] >> np.uint64(small)
        if small:
            pair[..., : count - lanes - 1, :] |= source[..., lanes + 1 :, :] << np.uint64(LANE_BITS - small)
    return Bits(pair, bits.rows)


def toward_tail(bits: Bits, distance: int) -> Bits:
    """Move columns so that row r shows what row r - distance held; the first rows show 0. Local, no message."""
    assert distance >= 0, "a distance is not negative"
    lanes, small = divmod(distance, LANE_BITS)
    source = bits.pair
    pair = np.zeros_like(source)
    count = source.shape[-2]
    if lanes < count:
        pair[..., lanes:, :] = source[..., : count - lanes, :] << np.uint64(small)
        if small:
            pair[..., lanes + 1 :, :] |= source[..., : count - lanes - 1, :] >> np.uint64(LANE_BITS - small)
    return Bits(pair, bits.rows)


def keep_rows(bits: Bits) -> Bits:
    """Clear the bits past the last row. Local, no message; whoever counts must do this."""
    rest = bits.rows % LANE_BITS
    if not rest:
        return bits
    pair = bits.pair.copy()
    pair[..., -1, :] &= np.uint64((1 << rest) - 1)
    return Bits(pair, bits.rows)


def constant(number: int, plain: Lanes, rows: int) -> Bits:
    """Share public columns (packed lanes of shape (..., lanes)): component 0 is the value. Local, no message."""
    pair = np.zeros((*plain.shape, 2), dtype=np.uint64)
    if number == 0:
        pair[..., 0] = plain
    elif number == 2:
        pair[..., 1] = plain
    return Bits(pair, rows)


def ones(number: int, columns: tuple[int, ...], rows: int) -> Bits:
    """Share columns of ones. Local, no message."""
    return constant(number, np.full((*columns, lanes_for(rows)), ALL_ONES, dtype=np.uint64), rows)


def zeros(columns: tuple[int, ...], rows: int) -> Bits:
    """Share columns of zeros. Local, no message."""
    return Bits(np.zeros((*columns, lanes_for(rows), 2), dtype=np.uint64), rows)


def public_number(number: int, value: int, n_bits: int, rows: int) -> Bits:
    """Share the same public number in every row: columns (n_bits,). Local, no message."""
    assert value >> n_bits == 0, "the number needs more bits"
    plain = np.zeros((n_bits, lanes_for(rows)), dtype=np.uint64)
    for bit in range(n_bits):
        if value >> bit & 1:
            plain[bit] = ALL_ONES
    return constant(number, plain, rows)


def row_numbers(number: int, rows: int, n_bits: int) -> Bits:
    """Share the public number of each row: columns (n_bits,). Local, no message."""
    return public_values(number, np.arange(rows, dtype=np.uint64), n_bits)


def public_values(number: int, values: NDArray[Any], n_bits: int) -> Bits:
    """Share one public number per row, bit-sliced: values (rows,) to columns (n_bits,). Local, no message."""
    rows = values.shape[0]
    plain = np.zeros((n_bits, lanes_for(rows) * LANE_BITS), dtype=np.uint8)
    for bit in range(n_bits):
        plain[bit, :rows] = (values >> values.dtype.type(bit)) & values.dtype.type(1)
    return constant(number, np.packbits(plain, axis=-1, bitorder="little").view(np.uint64), rows)


def stack(columns: Sequence[Bits]) -> Bits:
    """Lay columns of one shape side by side along a new first axis."""
    return Bits(np.stack([c.pair for c in columns]), columns[0].rows)


def join(columns: Sequence[Bits]) -> Bits:
    """Append numbers or columns along the first axis."""
    return Bits(np.concatenate([c.pair for c in columns]), columns[0].rows)


def column(bits: Bits, place: "int | slice") -> Bits:
    """Take one column (or a slice of them) along the first axis."""
    return Bits(bits.pair[place], bits.rows)


def spread(bits: Bits, columns: tuple[int, ...]) -> Bits:
    """Repeat columns so that they have this shape (as numpy broadcasts); no memory is taken."""
    return Bits(np.broadcast_to(bits.pair, (*columns, *bits.pair.shape[-2:])), bits.rows)


def and_each(me: Party, factors: Sequence[tuple[Bits, Bits]]) -> Steps[list[Bits]]:
    """AND several pairs of columns in one round; the shapes of a pair broadcast, those of different pairs may differ.

    Shapes:  each (x, y) broadcasts to columns (...), which its result has.
    Costs:   1 round; each helper sends 8 bytes per lane of the results.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    shapes = [np.broadcast_shapes(x.columns, y.columns) for x, y in factors]
    rows = factors[0][0].rows
    if len(factors) == 1:
        x, y = factors[0]
        return [(yield from and_bits(me, spread(x, shapes[0]), spread(y, shapes[0])))]
    sizes = [int(np.prod(shape)) for shape in shapes]
    lanes = lanes_for(rows)
    left = np.empty((sum(sizes), lanes, 2), dtype=np.uint64)
    right = np.empty_like(left)
    starts = np.cumsum([0, *sizes])
    for (x, y), shape, low, high in zip(factors, shapes, starts[:-1], starts[1:], strict=True):
        left[low:high] = spread(x, shape).pair.reshape(high - low, lanes, 2)
        right[low:high] = spread(y, shape).pair.reshape(high - low, lanes, 2)
    both = (yield from and_bits(me, Bits(left, rows), Bits(right, rows))).pair
    return [
        Bits(both[low:high].reshape(*shape, lanes, 2), rows)
        for shape, low, high in zip(shapes, starts[:-1], starts[1:], strict=True)
    ]
