"""Between words, bit columns and the ring.

Turning words into columns of bits and back is local. Turning a bit into the ring costs two multiplications: with b =
b0 ^ b1 ^ b2, every component is known to two helpers, who hold it in the ring without a message, and a ^ b = a + b -
2ab there.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sansnom.compute import kernels
from sansnom.compute.correlated import Party
from sansnom.compute.multiply import multiply_ring
from sansnom.compute.share import Bits, Ring, Words, lanes_for
from sansnom.compute.steps import Steps

BITS_TO_RING_ROUNDS = 2


def words_to_bits(words: Words, n_bits: int) -> Bits:
    """Turn the n_bits least significant bits of every word into columns, bit 0 first. Local, no message.

    Shapes:  words (rows,); the result has columns (n_bits,).
    """
    (rows,) = words.shape
    pair = np.ascontiguousarray(words.pair)
    itemsize = pair.dtype.itemsize
    assert n_bits <= 8 * itemsize, f"words have {8 * itemsize} bits, not {n_bits}"
    columns = np.empty((n_bits, lanes_for(rows), 2), dtype=np.uint64)
    if rows and n_bits:
        kernels.bytes_to_columns(
            pair.view(np.uint8).reshape(rows, 2, itemsize), columns.view(np.uint8).reshape(n_bits, -1, 2, 8)
        )
    return Bits(columns, rows)


def bits_to_words(bits: Bits, dtype: Any) -> Words:  # noqa: ANN401 - a numpy dtype or its name
    """Put columns of bits into words, column 0 into the least significant bit. Local, no message.

    Shapes:  bits has columns (n_bits,), at most as many as the dtype has bits; the result is (rows,).
    """
    pair = np.zeros((bits.rows, 2), dtype=dtype)
    (n_bits,) = bits.columns
    itemsize = pair.dtype.itemsize
    assert n_bits <= 8 * itemsize, f"words have {8 * itemsize} bits, not {n_bits}"
    if bits.rows and n_bits:
        columns = np.ascontiguousarray(bits.pair)
        kernels.columns_to_bytes(
            columns.view(np.uint8).reshape(n_bits, -1, 2, 8), pair.view(np.uint8).reshape(bits.rows, 2, itemsize)
        )
    return Words(pair)


def unpack_bits(bits: Bits) -> NDArray[np.uint8]:
    """Give each helper's components one byte (0 or 1) per row: (..., rows, 2). Local, no message."""
    as_bytes = np.ascontiguousarray(np.moveaxis(bits.pair, -1, 0)).view(np.uint8)
    unpacked = np.unpackbits(as_bytes, axis=-1, bitorder="little", count=bits.rows) if bits.rows else as_bytes
    return np.ascontiguousarray(np.moveaxis(unpacked, 0, -1))


def ring_from_public(number: int, values: NDArray[np.uint64]) -> Ring:
    """Share values that everybody knows, in the ring: component 0 is the value, the others are zero. No message."""
    pair = np.zeros((*values.shape, 2), dtype=np.uint64)
    if number == 0:
        pair[..., 0] = values
    elif number == 2:  # holds components 2 and 0
        pair[..., 1] = values
    return Ring(pair)


def bits_to_ring(me: Party, bits: Bits) -> Steps[Ring]:
    """Turn shared bits into shares of 0 or 1 in Z/2^64.

    Shapes:  bits has columns (...) and rows; the result is (..., rows).
    Costs:   2 rounds; each helper sends 16 bytes per bit.
    Reveals: nothing; both products are masked by a fresh sharing of zero.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    known = unpack_bits(bits).astype(np.uint64)
    zero, one, two = (_lift(me, known, component) for component in range(3))
    first = yield from _xor_in_ring(me, zero, one)
    return (yield from _xor_in_ring(me, first, two))


def _lift(me: Party, known: NDArray[np.uint64], component: int) -> Ring:
    """Hold one component, which two helpers know, as a ring share whose other components are zero."""
    pair = np.zeros_like(known)
    if me.number == component:
        pair[..., 0] = known[..., 0]
    elif (me.number + 1) % 3 == component:
        pair[..., 1] = known[..., 1]
    return Ring(pair)


def _xor_in_ring(me: Party, x: Ring, y: Ring) -> Steps[Ring]:
    both = yield from multiply_ring(me, x, y)
    return Ring(x.pair + y.pair - np.uint64(2) * both.pair)
