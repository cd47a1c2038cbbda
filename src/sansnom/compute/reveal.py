"""The only way out of shares: few may import it (docs/adr/0004-one-way-out-of-shares.md).

What is opened belongs to a closed list, `Opening`; a program must say which. There is no opening of a value of a row,
of an exact count, or of whether something converged.
"""

from enum import Enum
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.multiply import mask_products
from sansnom.compute.share import Bits, Ring, Words
from sansnom.compute.steps import Exchange, Steps, expect_like
from sansnom.terms.errors import BrokenInvariant

Array: TypeAlias = "NDArray[Any]"
Shared = TypeVar("Shared", Words, Ring, Bits)


class Opening(Enum):
    """The closed list of what leaves shares, and why each tells nothing about a row."""

    SHUFFLED_COMPARISON = "shuffled comparison"
    """Ranks of distinct words after a fresh secret shuffle: a uniformly random permutation, whatever the words."""

    SHUFFLED_DESTINATION = "shuffled destination"
    """A permutation after a fresh secret shuffle: uniformly random, whatever it was."""

    NOISY_CELL = "noisy cell"
    """A total with the noise of every helper in it: what the release publishes and the budget paid for."""


def reveal_to_all_helpers(
    me: Party,  # noqa: ARG001 - every protocol takes its seat first, also this one, which has the same steps for all
    shared: Shared,
    purpose: Opening,
) -> Steps[Array]:
    """Open a shared array to the three helpers: each sends the component that the next one lacks.

    Shapes:  shared (...); the result is (...), for Bits one uint8 (0 or 1) per row: (..., rows).
    Costs:   1 round; each helper sends one component.
    Reveals: the value, to all three; `purpose` says under which entry of the closed list.
    Against: one semi-honest helper. A lying helper changes what the others see.
    """
    _check_purpose(purpose)
    mine = np.ascontiguousarray(shared.pair[..., 0])
    received = yield Exchange(to_next=(mine,), from_previous=(expect_like(mine),))
    missing = received.from_previous[0]
    if isinstance(shared, Ring):
        total: NDArray[np.uint64] = shared.pair[..., 0] + shared.pair[..., 1] + missing
        return total
    plain = shared.pair[..., 0] ^ shared.pair[..., 1] ^ missing
    if isinstance(shared, Bits):
        return unpack_plain(plain, shared.rows)
    return plain


def open_products(me: Party, products: Array, purpose: Opening) -> Steps[Array]:
    """Mask this helper's part of XOR-shared products and open their sum: a multiplication and a reveal in one round.

    Shapes:  products and the result are alike.
    Costs:   1 round; each helper sends products.nbytes to both others.
    Reveals: the products, to all three; nothing else, since the parts are a fresh sharing of them.
    Against: one semi-honest helper. A lying helper changes what the others see.
    """
    _check_purpose(purpose)
    mask_products(me, products)
    wanted = expect_like(products)
    received = yield Exchange((products,), (products,), (wanted,), (wanted,))
    plain: Array = products ^ received.from_previous[0]
    plain ^= received.from_next[0]
    return plain


def unpack_plain(lanes: NDArray[np.uint64], rows: int) -> NDArray[np.uint8]:
    """Turn opened lanes (..., lanes) into 0 or 1 per row: (..., rows)."""
    if not rows:
        return np.zeros((*lanes.shape[:-1], 0), dtype=np.uint8)
    return np.unpackbits(np.ascontiguousarray(lanes).view(np.uint8), axis=-1, bitorder="little", count=rows)


def _check_purpose(purpose: Opening) -> None:
    if not isinstance(purpose, Opening):
        raise BrokenInvariant("reveal.purpose")
