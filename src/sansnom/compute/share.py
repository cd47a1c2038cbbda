"""Replicated secret shares: each helper holds two of the three components of every value.

A value x is split into components x0, x1, x2 with x = x0 ^ x1 ^ x2 (words, bits) or x = x0 + x1 + x2 (ring Z/2^64).
Helper i holds components i and i + 1 (mod 3), side by side on the last axis of `pair`, so that one gather touches one cache line.
Any two helpers together hold all three; one alone holds two values that are jointly uniform.

Source: Araki, Furukawa, Lindell, Nof, Ohara, "High-Throughput Semi-Honest Secure Three-Party Computation", CCS 2016.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"
LANE_BITS = 64


@dataclass(frozen=True, slots=True)
class Words:
    """XOR shares of unsigned words: `pair` has shape (..., 2), dtype uint8, uint16, uint32 or uint64."""

    pair: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the shared array, without the axis of components."""
        return self.pair.shape[:-1]

    def __xor__(self, other: "Words") -> "Words":
        """XOR two shared arrays: local, no message."""
        return Words(self.pair ^ other.pair)


@dataclass(frozen=True, slots=True)
class Bits:
    """XOR shares of columns of bits, 64 rows to a uint64 lane: `pair` has shape (..., lanes, 2).

    Row r of a column is bit r % 64 (least significant first) of lane r // 64. Bits past `rows` in the last lane are
    unspecified on the shares and must be masked by whoever counts them (`packed.py`).
    """

    pair: NDArray[np.uint64]
    rows: int

    def __post_init__(self) -> None:
        """Check that the number of lanes is the one that `rows` needs."""
        assert self.pair.shape[-2] == lanes_for(self.rows), f"{self.pair.shape[-2]} lanes for {self.rows} rows"

    @property
    def columns(self) -> tuple[int, ...]:
        """Shape of the axes before the lanes: () for one column."""
        return self.pair.shape[:-2]

    def __xor__(self, other: "Bits") -> "Bits":
        """XOR two shared columns: local, no message."""
        return Bits(self.pair ^ other.pair, self.rows)


@dataclass(frozen=True, slots=True)
class Ring:
    """Additive shares in Z/2^64: `pair` has shape (..., 2), dtype uint64."""

    pair: NDArray[np.uint64]

    def __add__(self, other: "Ring") -> "Ring":
        """Add two shared arrays: local, no message."""
        return Ring(self.pair + other.pair)

    def __sub__(self, other: "Ring") -> "Ring":
        """Subtract two shared arrays: local, no message."""
        return Ring(self.pair - other.pair)


def lanes_for(rows: int) -> int:
    """Count the uint64 lanes that hold this many bits."""
    return -(-rows // LANE_BITS)


def public_words(number: int, values: Array) -> Words:
    """Share a value that everybody knows: component 0 is the value, the others are zero. No message.

    Shapes:  values (...), any unsigned dtype; `number` is the helper's seat.
    """
    pair = np.zeros((*values.shape, 2), dtype=values.dtype)
    if number == 0:
        pair[..., 0] = values
    elif number == 2:  # holds components 2 and 0
        pair[..., 1] = values
    return Words(pair)


def xor_public(number: int, shared: Words, values: Array) -> Words:
    """XOR a public array into a shared one: only the two holders of component 0 change anything. No message."""
    if number == 1:
        return shared
    pair = shared.pair.copy()
    pair[..., 0 if number == 0 else 1] ^= values
    return Words(pair)
