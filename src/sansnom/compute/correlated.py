"""Randomness that two helpers have in common, expanded by AES in counter mode.

Seed j is known to helpers j and j - 1: helper i holds seed i (common with the helper before it) and seed i + 1 (common with the
helper after it). From these come sharings of zero, masks and secret permutations without a message. All holders draw from a
stream in the same order, because they run the same protocol.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from sansnom.terms.party import PartyNumber

SEED_BYTES = 32
_BLOCK_BYTES = 16
_PURPOSES = ("mask", "common", "permutation")


class Stream:
    """One AES-256-CTR key stream for one purpose; drawing moves it on.

    The purpose is put into the counter block, so that streams of one seed never overlap: 2^64 blocks each.
    """

    def __init__(self, seed: bytes, purpose: str) -> None:
        """Start the stream of this purpose (one of "mask", "common", "permutation")."""
        if len(seed) != SEED_BYTES:
            msg = f"a seed has {SEED_BYTES} bytes, not {len(seed)}"
            raise ValueError(msg)
        nonce = bytes([_PURPOSES.index(purpose)]) + bytes(_BLOCK_BYTES - 1)
        self._cipher = Cipher(algorithms.AES(seed), modes.CTR(nonce)).encryptor()

    def xor_into(self, buffer: NDArray[Any]) -> None:
        """XOR the next bytes of the stream into a contiguous buffer, in place (no second array)."""
        flat = buffer.data.cast("B")
        # OpenSSL wants room for one more block; in counter mode in-place is sound, and the output has the size of the input.
        self._cipher.update_into(flat, flat)

    def words(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - a numpy dtype or its name
        """Draw uniform words of this shape and dtype."""
        drawn = np.zeros(shape, dtype=dtype)
        if drawn.size:
            self.xor_into(drawn)
        return drawn


@dataclass(frozen=True, slots=True)
class Party:
    """One helper's seat in a protocol: its number and the streams it has in common with each neighbour.

    `mask_*` make sharings of zero; `common_*` make masks that exactly two helpers know; `permutation_*` make secret permutations.
    """

    number: PartyNumber
    mask_with_previous: Stream
    mask_with_next: Stream
    common_with_previous: Stream
    common_with_next: Stream
    permutation_with_previous: Stream
    permutation_with_next: Stream

    @classmethod
    def seated(cls, number: PartyNumber, seed_with_previous: bytes, seed_with_next: bytes) -> "Party":
        """Sit down with the two seeds of this attempt: seed `number` and seed `number + 1`."""
        return cls(
            number,
            Stream(seed_with_previous, "mask"),
            Stream(seed_with_next, "mask"),
            Stream(seed_with_previous, "common"),
            Stream(seed_with_next, "common"),
            Stream(seed_with_previous, "permutation"),
            Stream(seed_with_next, "permutation"),
        )

    def mask_words(self, message: NDArray[Any]) -> None:
        """XOR a fresh sharing of zero into a message, in place: the three helpers' masks cancel out."""
        if message.size:
            self.mask_with_previous.xor_into(message)
            self.mask_with_next.xor_into(message)

    def zero_ring(self, shape: tuple[int, ...]) -> NDArray[np.uint64]:
        """Draw a sharing of zero in Z/2^64: the three helpers' arrays add up to zero."""
        mine: NDArray[np.uint64] = self.mask_with_previous.words(shape, np.uint64)
        theirs: NDArray[np.uint64] = self.mask_with_next.words(shape, np.uint64)
        return mine - theirs
