"""G-01: does what a desk sends depend on its records? A distinguisher that learns on one half.

The attacker collects what is seen of two worlds (messages that a desk sends for two sets of records), learns on half of it which
sizes and which places of bytes differ, and guesses the other half. Honest sights leave it at the toss of a coin.

On what one helper receives during a computation it is too weak: `views` and `exact_views` are for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

Sight = Sequence[bytes]
"""What is seen once: messages in their order."""


@dataclass(frozen=True, slots=True)
class Distinguished:
    """How the attacker fared on sights it had not learned from.

    by_size  the two worlds differ in number or sizes of messages: no guessing is needed
    """

    right: int
    tries: int
    by_size: bool

    @property
    def advantage(self) -> float:
        """Give how far above a coin's toss the guesses were, from 0 to 1."""
        return 1.0 if self.by_size else max(0.0, 2 * self.right / self.tries - 1)

    @property
    def chance(self) -> float:
        """Say how likely a coin does as well (by the normal law)."""
        if self.by_size:
            return 0.0
        above = (self.right - 0.5 - self.tries / 2) / sqrt(self.tries / 4)
        return 0.5 * (1 - erf(above / sqrt(2)))


def distinguish(one: Sequence[Sight], other: Sequence[Sight]) -> Distinguished:
    """Learn on half of the sights of two worlds, guess the rest; both are given in equal number, at least four each.

    Against: places whose bits lean one way in one world, more of them than lean by accident (twelve sights of a megabyte: some
    thousands); any size that differs. Not against correlations between places: masks that are used twice are for tests
    of the protocols to find.
    """
    assert len(one) == len(other) >= 4, "two worlds, seen equally often"
    if {_sizes(sight) for sight in one} != {_sizes(sight) for sight in other}:
        return Distinguished(0, 1, by_size=True)
    if len({_sizes(sight) for sight in (*one, *other)}) > 1:
        shortest = min(sum(_sizes(sight)) for sight in (*one, *other))
    else:
        shortest = sum(_sizes(one[0]))
    bits = [np.stack([_bits(sight, shortest) for sight in world]) for world in (one, other)]
    half = len(one) // 2
    lean = bits[0][:half].mean(axis=0) - bits[1][:half].mean(axis=0)
    lean[np.abs(lean) < np.abs(lean).max()] = 0  # the places that lean most; all others are the noise of masks
    middle = (bits[0][:half].mean(axis=0) + bits[1][:half].mean(axis=0)) / 2
    right = sum(int((lean @ (seen - middle)) > 0) for seen in bits[0][half:])
    right += sum(int((lean @ (seen - middle)) <= 0) for seen in bits[1][half:])
    return Distinguished(right, 2 * (len(one) - half), by_size=False)


def _sizes(sight: Sight) -> tuple[int, ...]:
    return tuple(len(message) for message in sight)


def _bits(sight: Sight, size: int) -> NDArray[np.float32]:
    joined = np.frombuffer(b"".join(sight)[:size], dtype=np.uint8)
    return np.unpackbits(joined).astype(np.float32)
