"""Boolean operators on shares: NOT, OR, choice, equality, and trees over many columns."""

from typing import Any

import numpy as np

from sansnom.compute import kernels
from sansnom.compute.convert import words_to_bits
from sansnom.compute.correlated import Party
from sansnom.compute.multiply import and_bits, and_words, flat_pair, join_pair, pass_products
from sansnom.compute.share import Bits, Words
from sansnom.compute.steps import Steps

ALL_LANES = np.uint64(0xFFFFFFFFFFFFFFFF)


def not_(number: int, bits: Bits) -> Bits:
    """Negate bit columns: the two holders of component 0 flip it. No message."""
    if number == 1:
        return bits
    pair = bits.pair.copy()
    pair[..., 0 if number == 0 else 1] ^= ALL_LANES
    return Bits(pair, bits.rows)


def or_bits(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    """OR two shared arrays of bit columns, as x ^ y ^ (x & y).

    Shapes:  x, y and the result have the same columns and rows.
    Costs:   1 round; each helper sends 8 bytes per lane of 64 rows.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    both = yield from and_bits(me, x, y)
    return Bits(both.pair ^ x.pair ^ y.pair, x.rows)


def spread_bits(bits: Bits, dtype: Any) -> Words:  # noqa: ANN401 - a numpy dtype or its name
    """Repeat one bit column over all bits of a word per row: the mask of a choice. Local, no message.

    Shapes:  bits has no further columns; the result is (rows,).
    """
    assert bits.columns == (), f"one column is needed, not {bits.columns}"
    pair = np.zeros((bits.rows, 2), dtype=dtype)
    for component in range(2):
        lanes = np.ascontiguousarray(bits.pair[:, component]).view(np.uint8)
        if bits.rows:
            chosen = np.unpackbits(lanes, bitorder="little", count=bits.rows)
            pair[:, component] = -chosen.astype(pair.dtype)
    return Words(pair)


def mux_words(me: Party, choose: Bits | Words, x: Words, y: Words) -> Steps[Words]:
    """Choose x where the bit is one, else y.

    Shapes:  choose is one bit column or a mask of words (all ones or all zeros); x, y and the result are (rows,).
    Costs:   1 round; each helper sends itemsize bytes per word.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    mask = spread_bits(choose, x.pair.dtype) if isinstance(choose, Bits) else choose
    moved = yield from and_words(me, mask, x ^ y)
    return moved ^ y


def mux_bits(me: Party, choose: Bits, x: Bits, y: Bits) -> Steps[Bits]:
    """Choose bits of x where `choose` is one, else bits of y; choose may be one column for all columns of x and y.

    Shapes:  choose has the columns of x or none; x, y and the result have the same columns and rows.
    Costs:   1 round; each helper sends 8 bytes per lane of x.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    spread = Bits(np.ascontiguousarray(np.broadcast_to(choose.pair, x.pair.shape)), x.rows)
    moved = yield from and_bits(me, spread, x ^ y)
    return moved ^ y


def all_bits(me: Party, bits: Bits) -> Steps[Bits]:
    """AND all columns along the first axis, as a tree.

    Shapes:  bits has columns (n, ...); the result has columns (...).
    Costs:   ceil(log2 n) rounds; n - 1 columns of 8 bytes per lane in all.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    pair, rows = bits.pair, bits.rows
    assert pair.shape[0], "no column to AND"
    while pair.shape[0] > 1:
        half = pair.shape[0] // 2
        joined = yield from and_bits(me, Bits(pair[:half], rows), Bits(pair[half : 2 * half], rows))
        pair = np.concatenate([joined.pair, pair[2 * half :]])
    return Bits(pair[0], rows)


def any_bits(me: Party, bits: Bits) -> Steps[Bits]:
    """OR all columns along the first axis, as a tree of ANDs of negations.

    Shapes:  bits has columns (n, ...); the result has columns (...).
    Costs:   ceil(log2 n) rounds; n - 1 columns of 8 bytes per lane in all.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    none = yield from all_bits(me, not_(me.number, bits))
    return not_(me.number, none)


def differ_from_zero(me: Party, words: Words) -> Steps[Bits]:
    """Tell for every word whether any bit is set: halve the lanes down to bytes, then OR eight columns of bits.

    Shapes:  words (rows,), any unsigned dtype; the result is one column.
    Costs:   3 rounds for uint8, one more for each doubling of the width; each helper sends per row half the width for
             each doubling, then 7 lanes of 8 bytes per 64 rows.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    (rows,) = words.shape
    pair = flat_pair(words.pair)
    while pair.dtype.itemsize > 1:
        narrow = np.dtype(f"u{pair.dtype.itemsize // 2}")
        message = np.empty(rows, dtype=narrow)
        mine, theirs = np.ascontiguousarray(pair[:, 0]), np.ascontiguousarray(pair[:, 1])
        kernels.differ_halves(mine, theirs, np.uint64(8 * narrow.itemsize), message)
        received = yield from pass_products(me, message)
        pair = join_pair(message, received)
    return (yield from any_bits(me, words_to_bits(Words(pair), 8)))


def equal_words(me: Party, x: Words, y: Words) -> Steps[Bits]:
    """Compare two shared columns of words for equality.

    Shapes:  x and y are (rows,), one unsigned dtype; the result is one column.
    Costs:   as `differ_from_zero`: 6 rounds and 7 + 7/8 bytes per row for uint64.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    differ = yield from differ_from_zero(me, x ^ y)
    return not_(me.number, differ)
