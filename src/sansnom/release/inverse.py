"""Sampling by inverting a distribution function: tables of whole numbers, uniform words in, integers out.

No floating-point number is involved: the same words give the same integers on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

WORDS_PER_DRAW: Final = 2
"""Uniform 64-bit words that one draw takes."""
THRESHOLD_BITS: Final = 128


@dataclass(frozen=True, slots=True)
class InverseTable:
    """Where 128-bit draws pass from one integer to the next: rising thresholds, and the integer below the first."""

    lowest: int
    exact: NDArray[np.bytes_] = field(repr=False)
    """Thresholds as 16 big-endian bytes, which compare as the numbers they spell."""
    high: NDArray[np.uint64] = field(repr=False)
    """Their upper halves: enough for all but one draw in 2^50 or so."""


def inverse_table(masses: Sequence[int], total: int, lowest: int) -> InverseTable:
    """Tabulate a law: integers proportional to the probabilities of lowest, lowest + 1, ...; the last takes what is left.

    Proof: thresholds are floor(2^128 F(k)): each outcome's probability is off by at most 2^-128.
    """
    told = [(below << THRESHOLD_BITS) // total for below in accumulate(masses[:-1])]
    exact = np.frombuffer(b"".join(value.to_bytes(16, "big") for value in told), dtype="S16")
    high = np.array([value >> 64 for value in told], dtype=np.uint64)
    return InverseTable(lowest, exact, high)


def invert(words: NDArray[np.uint64], table: InverseTable) -> NDArray[np.int64]:
    """Turn uniform words into draws from the table's law: how many thresholds a 128-bit draw has passed.

    Shapes: words is (cells, 2), the upper half of each draw first; the result is (cells,).
    """
    if words.ndim != 2 or words.shape[1] != WORDS_PER_DRAW or words.dtype != np.uint64:
        msg = f"a draw takes (cells, {WORDS_PER_DRAW}) words of 64 bits, not {words.shape} of {words.dtype}"
        raise ValueError(msg)
    if not table.high.size:
        return np.full(words.shape[0], table.lowest, dtype=np.int64)
    upper = np.ascontiguousarray(words[:, 0])
    passed = np.searchsorted(table.high, upper, side="right")
    # Where the upper half equals a threshold's, the lower half decides: compared whole, as 16 bytes.
    close = np.flatnonzero((passed > 0) & (table.high[passed - 1] == upper))
    if close.size:
        drawn = np.ascontiguousarray(words[close].astype(">u8")).view("S16").reshape(-1)
        passed[close] = np.searchsorted(table.exact, drawn, side="right")
    return passed.astype(np.int64) + table.lowest
