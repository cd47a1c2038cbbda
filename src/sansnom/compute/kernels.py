"""Compiled inner loops on shares; everything else in this room is plain numpy.

Only loops that were measured to matter are here (docs/performance.md). Each works on whole columns, takes no branch
on a share, and releases the interpreter lock. Compilation is cached beside this file: `python -m
sansnom.compute.kernels` compiles everything ahead, so that the first run of a helper does not have to.

A replicated pair is stored interleaved, shape (rows, 2): column 0 is the helper's own component, column 1 the next
helper's. A product of shares (a0, a1) and (b0, b1) starts as `(a0 & (b0 ^ b1)) ^ (a1 & b0)`: the cross terms that
this helper can compute. The three helpers' values XOR to the product; `multiply.py` masks and exchanges them. A
linear part is XORed into the message beforehand (component 0 alone), so that nothing but the message has to be kept.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

_ONE = np.uint64(1)
_BYTE_SWAPS = (
    (np.uint64(7), np.uint64(0x00AA00AA00AA00AA)),
    (np.uint64(14), np.uint64(0x0000CCCC0000CCCC)),
    (np.uint64(28), np.uint64(0x00000000F0F0F0F0)),
)


@njit(cache=True, nogil=True)
def and_message(x: Array, y: Array, out: Array) -> None:
    """Compute the cross terms of x & y; x and y are (n, 2), out is (n,), all of one unsigned dtype."""
    for k in range(out.shape[0]):
        out[k] = (x[k, 0] & (y[k, 0] ^ y[k, 1])) ^ (x[k, 1] & y[k, 0])


@njit(cache=True, nogil=True)
def ring_message(x: Array, y: Array, out: Array) -> None:
    """Compute the cross terms of x * y in Z/2^64; x and y are (n, 2), out is (n,)."""
    for k in range(out.shape[0]):
        out[k] = x[k, 0] * (y[k, 0] + y[k, 1]) + x[k, 1] * y[k, 0]


@njit(cache=True, nogil=True)
def dot_message(x: Array, y: Array) -> np.uint64:
    """Add up the cross terms of x * y over all rows, in Z/2^64; x and y are (n, 2)."""
    total = np.uint64(0)
    for k in range(x.shape[0]):
        total += x[k, 0] * (y[k, 0] + y[k, 1]) + x[k, 1] * y[k, 0]
    return total


@njit(cache=True, nogil=True)
def interleave(mine: Array, theirs: Array, out: Array) -> None:
    """Fill the pair (n, 2) from its two components."""
    for k in range(mine.shape[0]):
        out[k, 0] = mine[k]
        out[k, 1] = theirs[k]


# ---------------------------------------------------------------------------------------------------- comparing words
#
# A comparison carries two fields per place: d (do the words differ here?) and v (the right word's bit where they
# first differ). Two neighbouring places H (more significant) and L become one: d = dH | dL, v = dH ? vH : vL. Both
# products have the factor dH, so they are one product of twice the width. At the end v says "left < right", provided
# that the words differ at all.


@njit(cache=True, nogil=True)
def compare_first(words: Array, left: Array, right: Array, out: Array) -> None:
    """Gather words left[k] and right[k], combine places p and p + 32; out has d in its low half, v in its high half."""
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    for k in range(out.shape[0]):
        i, j = left[k], right[k]
        v0, v1 = words[j, 0], words[j, 1]
        d0, d1 = words[i, 0] ^ v0, words[i, 1] ^ v1
        h0, h1 = d0 >> half, d1 >> half
        a0, a1 = h0 | (h0 << half), h1 | (h1 << half)
        b0 = (d0 & low) | ((v0 ^ (v0 << half)) & ~low)
        b1 = (d1 & low) | ((v1 ^ (v1 << half)) & ~low)
        out[k] = (a0 & (b0 ^ b1)) ^ (a1 & b0) ^ h0 ^ (d0 & low) ^ (v0 << half)


@njit(cache=True, nogil=True)
def compare_pairs(differ: Array, right: Array, half_bits: np.uint64, out: Array) -> None:
    """Combine places p and p + half_bits of whole words: differ = left ^ right and right are (n, 2), out as above."""
    low = (_ONE << half_bits) - _ONE
    for k in range(out.shape[0]):
        d0, d1, v0, v1 = (
            np.uint64(differ[k, 0]),
            np.uint64(differ[k, 1]),
            np.uint64(right[k, 0]),
            np.uint64(right[k, 1]),
        )
        h0, h1 = d0 >> half_bits, d1 >> half_bits
        a0, a1 = h0 | (h0 << half_bits), h1 | (h1 << half_bits)
        b0 = (d0 & low) | (((v0 & low) ^ (v0 >> half_bits)) << half_bits)
        b1 = (d1 & low) | (((v1 & low) ^ (v1 >> half_bits)) << half_bits)
        out[k] = (a0 & (b0 ^ b1)) ^ (a1 & b0) ^ h0 ^ (d0 & low) ^ ((v0 & low) << half_bits)


@njit(cache=True, nogil=True)
def compare_fields(mine: Array, theirs: Array, half_bits: np.uint64, out: Array) -> None:
    """Combine places again: both inputs hold fields of 2 * half_bits places, out the fields of half_bits places."""
    low = (_ONE << half_bits) - _ONE
    for k in range(out.shape[0]):
        x0, x1 = np.uint64(mine[k]), np.uint64(theirs[k])
        d0, d1 = x0 & low, x1 & low
        h0, h1 = (x0 >> half_bits) & low, (x1 >> half_bits) & low
        v0, v1 = x0 >> (half_bits + half_bits), x1 >> (half_bits + half_bits)
        w0, w1 = v0 & low, v1 & low  # the less significant places
        a0, a1 = h0 | (h0 << half_bits), h1 | (h1 << half_bits)
        b0 = d0 | ((w0 ^ (v0 >> half_bits)) << half_bits)
        b1 = d1 | ((w1 ^ (v1 >> half_bits)) << half_bits)
        out[k] = (a0 & (b0 ^ b1)) ^ (a1 & b0) ^ h0 ^ d0 ^ (w0 << half_bits)


@njit(cache=True, nogil=True)
def differ_halves(mine: Array, theirs: Array, half_bits: np.uint64, out: Array) -> None:
    """OR the high half of each word onto its low half; the inputs are the two components."""
    low = (_ONE << half_bits) - _ONE
    for k in range(out.shape[0]):
        x0, x1 = np.uint64(mine[k]), np.uint64(theirs[k])
        h0, h1 = x0 >> half_bits, x1 >> half_bits
        l0, l1 = x0 & low, x1 & low
        out[k] = (h0 & (l0 ^ l1)) ^ (h1 & l0) ^ h0 ^ l0


# ------------------------------------------------------------------------------------------------ moving bits and rows


@njit(cache=True, nogil=True)
def swap_places(words: Array, shifts: Array, masks: Array) -> None:
    """Apply delta swaps to every uint64 word, in place: bits at mask and mask << shift change places."""
    for k in range(words.shape[0]):
        word = words[k]
        for s in range(shifts.shape[0]):
            moved = (word ^ (word >> shifts[s])) & masks[s]
            word ^= moved ^ (moved << shifts[s])
        words[k] = word


@njit(cache=True, nogil=True)
def _transpose_byte_block(block: np.uint64) -> np.uint64:
    for shift, mask in _BYTE_SWAPS:
        moved = (block ^ (block >> shift)) & mask
        block ^= moved ^ (moved << shift)
    return block


@njit(cache=True, nogil=True)
def bytes_to_columns(rows: Array, columns: Array) -> None:
    """Turn bits inside words into columns of bits.

    rows is (n, 2, itemsize) and columns (bits, lanes, 2, 8), both uint8 views of pairs. `bits` may be fewer than the
    words have; places past n are filled with zeros.
    """
    n, bits = rows.shape[0], columns.shape[0]
    for byte in range((bits + 7) // 8):
        kept = min(8, bits - 8 * byte)
        for group in range(8 * columns.shape[1]):
            taken = max(0, min(8, n - 8 * group))
            for component in range(2):
                block = np.uint64(0)
                for r in range(taken):
                    block |= np.uint64(rows[8 * group + r, component, byte]) << np.uint64(8 * r)
                block = _transpose_byte_block(block)
                for bit in range(kept):
                    moved = np.uint8((block >> np.uint64(8 * bit)) & np.uint64(255))
                    columns[8 * byte + bit, group // 8, component, group % 8] = moved


@njit(cache=True, nogil=True)
def columns_to_bytes(columns: Array, rows: Array) -> None:
    """Undo `bytes_to_columns`; bits that have no column become zero."""
    n, bits = rows.shape[0], columns.shape[0]
    for byte in range(rows.shape[2]):
        kept = max(0, min(8, bits - 8 * byte))
        for group in range((n + 7) // 8):
            for component in range(2):
                block = np.uint64(0)
                for bit in range(kept):
                    taken = columns[8 * byte + bit, group // 8, component, group % 8]
                    block |= np.uint64(taken) << np.uint64(8 * bit)
                block = _transpose_byte_block(block)
                for r in range(min(8, n - 8 * group)):
                    rows[8 * group + r, component, byte] = np.uint8((block >> np.uint64(8 * r)) & np.uint64(255))


@njit(cache=True, nogil=True)
def gather_sum(pair: Array, order: Array, out: Array) -> None:
    """XOR the sum of both components, rows in the given order, into out (n,), which holds a mask."""
    for k in range(out.shape[0]):
        r = order[k]
        out[k] ^= pair[r, 0] ^ pair[r, 1]


@njit(cache=True, nogil=True)
def gather_one(pair: Array, component: int, order: Array, out: Array) -> None:
    """XOR one component, rows in the given order, into out (n,), which holds a mask."""
    for k in range(out.shape[0]):
        out[k] ^= pair[order[k], component]


@njit(cache=True, nogil=True)
def gather_rows(pair: Array, order: Array, out: Array) -> None:
    """Copy rows in the given order: out[k] = pair[order[k]]."""
    for k in range(out.shape[0]):
        out[k, 0] = pair[order[k], 0]
        out[k, 1] = pair[order[k], 1]


@njit(cache=True, nogil=True)
def invert_order(order: Array, out: Array) -> None:
    """Invert a permutation: out[order[k]] = k."""
    for k in range(order.shape[0]):
        out[order[k]] = k


@njit(cache=True, nogil=True)
def draw_order(draws: Array, out: Array) -> bool:
    """Turn uniform 64-bit draws into a permutation (Fisher-Yates); False where a draw must be rejected."""
    low = np.uint64(0xFFFFFFFF)
    for k in range(out.shape[0]):
        out[k] = k
    for k in range(out.shape[0] - 1, 0, -1):
        choices = np.uint64(k + 1)
        high_part = (draws[k] >> np.uint64(32)) * choices
        low_part = (draws[k] & low) * choices
        rest = (high_part << np.uint64(32)) + low_part  # the low 64 bits of draw * choices
        # Lemire: reject where the low word is under 2^64 mod choices; the division is needed almost never.
        if rest < choices and rest < (np.uint64(0) - choices) % choices:
            return False
        place = np.int64((high_part + (low_part >> np.uint64(32))) >> np.uint64(32))
        out[k], out[place] = out[place], out[k]
    return True


def compile_all() -> int:
    """Compile every kernel for every dtype it is used with, into the cache; give the number of compiled variants."""
    words, order, count = "uint64[:, ::1]", "int32[::1]", "uint64"
    plan: list[tuple[Any, str]] = [
        (compare_first, f"({words}, {order}, {order}, uint64[::1])"),
        (ring_message, f"({words}, {words}, uint64[::1])"),
        (dot_message, f"({words}, {words})"),
        (bytes_to_columns, "(uint8[:, :, ::1], uint8[:, :, :, ::1])"),
        (columns_to_bytes, "(uint8[:, :, :, ::1], uint8[:, :, ::1])"),
        (swap_places, "(uint64[::1], uint64[::1], uint64[::1])"),
        (invert_order, f"({order}, {order})"),
        (draw_order, f"(uint64[::1], {order})"),
    ]
    for width in ("uint8", "uint16", "uint32", "uint64"):
        flat, pair = f"{width}[::1]", f"{width}[:, ::1]"
        plan += [
            (and_message, f"({pair}, {pair}, {flat})"),
            (interleave, f"({flat}, {flat}, {pair})"),
            (compare_pairs, f"({pair}, {pair}, {count}, {flat})"),
            (gather_sum, f"({pair}, {order}, {flat})"),
            (gather_one, f"({pair}, int64, {order}, {flat})"),
            (gather_rows, f"({pair}, {order}, {pair})"),
        ]
    for wide, narrow in (("uint64", "uint32"), ("uint32", "uint16"), ("uint16", "uint8")):
        plan += [
            (kernel, f"({wide}[::1], {wide}[::1], {count}, {narrow}[::1])")
            for kernel in (compare_fields, differ_halves)
        ]
    for kernel, signature in plan:
        kernel.compile(signature)
    return len(plan)


if __name__ == "__main__":
    # Not the functions of this very module, which is `__main__` here: the cache is kept by the real module's name.
    from sansnom.compute import kernels, partition  # noqa: PLW0406 - as just said

    kernels.compile_all()
    partition.compile_all()
