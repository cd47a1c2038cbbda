"""Less-than on shared words, by halving lanes.

Per place (bit of the words), keep d = "do they differ here?" and v = "the right word's bit here": both are local. Two
neighbouring places become one in one AND of twice the width: d = dH | dL and v = dH ? vH : vL, the right word's bit
at the most significant difference. At the end v says left < right if the words differ at all, and d & v in general.

The kernels combine place p with place p + half, so words are first put into bit-reversed order (`by_significance`):
then each halving combines neighbours in numeric order, and the whole is numeric less-than.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sansnom.compute import kernels
from sansnom.compute.convert import words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.multiply import and_bits, flat_pair, join_pair, pass_products
from sansnom.compute.share import Bits, Words
from sansnom.compute.steps import Steps


def by_significance(words: Words) -> Words:
    """Move bit 0b000001 to bit 0b100000 and so on, reversing the bits' numbers: its own inverse. Local, no message.

    Shapes:  words (rows,), any unsigned dtype; the result alike.
    """
    bits = 8 * words.pair.dtype.itemsize
    pair = words.pair.copy()
    width = bits.bit_length() - 1
    shifts, masks = [], []
    for low in range(width // 2):
        high = width - 1 - low
        # Swap the places whose number has bit `low` set and bit `high` clear with their partners.
        moved = [p for p in range(bits) if (p >> low) & 1 and not (p >> high) & 1]
        shifts.append((1 << high) - (1 << low))
        masks.append(sum(1 << p for p in moved) * (((1 << 64) - 1) // ((1 << bits) - 1)))
    flat = pair.reshape(-1)
    if bits == 64:
        kernels.swap_places(flat, np.array(shifts, dtype=np.uint64), np.array(masks, dtype=np.uint64))
        return Words(pair)
    for shift, mask in zip(shifts, masks, strict=True):
        cut = flat.dtype.type(mask & ((1 << bits) - 1))
        swapped = (flat ^ (flat >> flat.dtype.type(shift))) & cut
        flat ^= swapped ^ (swapped << flat.dtype.type(shift))
    return Words(pair)


def less_than(me: Party, x: Words, y: Words) -> Steps[Bits]:
    """Tell for every row whether x < y, as unsigned numbers.

    Shapes:  x and y are (rows,), one unsigned dtype; the result is one column.
    Costs:   for uint64 7 rounds; each helper sends 8 + 4 + 2 + 1 bytes per row, then 4 + 2 + 1 lanes of 8 bytes per
             64 rows. One round and the widest message fewer for each halving of the width.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    assert x.shape == y.shape, f"shapes differ: {x.shape} and {y.shape}"
    assert x.pair.dtype == y.pair.dtype, f"dtypes differ: {x.pair.dtype} and {y.pair.dtype}"
    right = by_significance(y).pair
    differ = by_significance(x).pair ^ right
    rows, width = x.shape[0], 8 * x.pair.dtype.itemsize
    half = width // 2
    message = np.empty(rows, dtype=x.pair.dtype)
    kernels.compare_pairs(flat_pair(differ), flat_pair(right), np.uint64(half), message)
    fields = yield from _narrow_fields(me, message)
    column = yield from _combine_columns(me, fields)
    return (yield from and_bits(me, Bits(column.pair[0], rows), Bits(column.pair[1], rows)))


def distinct_fields(
    me: Party, words: Words, left: NDArray[np.int32], right: NDArray[np.int32]
) -> Steps[tuple[Bits, Bits, Bits]]:
    """Compare words[left] with words[right], all pairs distinct, up to the last choice: v = d ? high : low.

    Shapes:  words (rows,) uint64, in the order of `by_significance`; left and right (pairs,) public places.
    Costs:   5 rounds; each helper sends 8 + 4 + 2 + 1 bytes per pair, then 4 lanes of 8 bytes per 64 pairs.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    message = np.empty(left.shape[0], dtype=np.uint64)
    kernels.compare_first(flat_pair(words.pair), left, right, message)
    fields = yield from _narrow_fields(me, message)
    columns = words_to_bits(fields, 8).pair
    pairs = left.shape[0]
    merged = yield from _halve_columns(me, columns, pairs)  # d0 d1 v0 v1
    d1, v0, v1 = (Bits(merged[place], pairs) for place in (1, 2, 3))
    return d1, v1, v0


def _narrow_fields(me: Party, message: NDArray[Any]) -> Steps[Words]:
    """Pass the first message on, then halve until a byte holds four places of d and four of v."""
    received = yield from pass_products(me, message)
    while message.dtype.itemsize > 1:
        narrow = np.empty(message.shape, dtype=f"u{message.dtype.itemsize // 2}")
        kernels.compare_fields(message, received, np.uint64(4 * narrow.dtype.itemsize), narrow)
        received = yield from pass_products(me, narrow)
        message = narrow
    return Words(join_pair(message, received))


def _combine_columns(me: Party, fields: Words) -> Steps[Bits]:
    """Go on with columns of bits: four places of d and v, then two, then one: columns d, v."""
    rows = fields.shape[0]
    columns = words_to_bits(fields, 8).pair
    while columns.shape[0] > 2:
        columns = yield from _halve_columns(me, columns, rows)
    return Bits(columns, rows)


def _halve_columns(me: Party, columns: NDArray[np.uint64], rows: int) -> Steps[NDArray[np.uint64]]:
    """Combine places p and p + half of columns (d..., v...): one AND of half as many columns as come in."""
    places = columns.shape[0] // 2
    half = places // 2
    d_low, d_high, v_low, v_high = (columns[k * half : (k + 1) * half] for k in range(4))
    twice = Bits(np.concatenate([d_high, d_high]), rows)
    parts = Bits(np.concatenate([d_low, v_low ^ v_high]), rows)
    both = (yield from and_bits(me, twice, parts)).pair
    return np.concatenate([both[:half] ^ d_low ^ d_high, both[half:] ^ v_low])
