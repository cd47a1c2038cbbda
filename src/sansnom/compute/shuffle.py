"""Secret permutations: draw one, apply it, undo it, and compose the way from one order to another.

A shuffle is three hops. In hop h, helpers h and h + 1 draw a permutation from their common stream; helper h + 2 never
learns it. With x = x_a ^ x_{a+1} ^ x_{a+2} and a = h:

    helper a    knows s = x_a ^ x_{a+1}    and sends  z_a     = pi(s)       ^ r      to helper a + 2
    helper a+1  knows x_{a+2}              and sends  z_{a+2} = pi(x_{a+2}) ^ r ^ w  to helper a + 2
    helpers a and a + 1 keep z_{a+1} = w

with masks r, w from the stream that a and a + 1 have in common. The z are a fresh sharing of pi(x). No helper knows
all three permutations, so the whole order is secret from each.

Convention: after `apply_permutation`, row j of the result is row order[j] of the input.

Source: Laur, Willemson, Zhang, "Round-efficient oblivious database manipulation", ISC 2011; Asharov et al., CCS 2022.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.compute import kernels
from sansnom.compute.correlated import Party, Stream
from sansnom.compute.multiply import flat_pair
from sansnom.compute.reveal import Opening, reveal_to_all_helpers
from sansnom.compute.share import Words, public_words
from sansnom.compute.steps import Exchange, Expected, Steps
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.party import HELPERS

Array: TypeAlias = "NDArray[Any]"
Order: TypeAlias = NDArray[np.int32]

SHUFFLE_ROUNDS = HELPERS
"""Rounds to apply or undo a secret permutation; each helper sends two elements per row and column in all."""

COMPOSE_ROUNDS = 3 * SHUFFLE_ROUNDS + 1
COMPOSE_BYTES_PER_ROW = 28
"""Three permutations of a uint32 column, two elements each, and one opening."""


@dataclass(frozen=True, slots=True)
class SecretPermutation:
    """What one helper knows of a secret permutation of `rows` rows.

    `hops` holds the three hops' permutations, None where this helper does not know it; `placement` is a public
    permutation applied after them. With `inverted` set, the whole is meant the other way round.
    """

    rows: int
    hops: tuple[Order | None, Order | None, Order | None]
    placement: Order | None = None
    inverted: bool = False

    def inverse(self) -> "SecretPermutation":
        """Give the permutation that undoes this one. Local, no message."""
        return replace(self, inverted=not self.inverted)


def draw_shuffle(me: Party, rows: int) -> SecretPermutation:
    """Draw a fresh secret permutation, uniform among all of them. No message."""
    hops: list[Order | None] = [None, None, None]
    for hop in range(HELPERS):
        stream = _stream_of_hop(me, hop, me.permutation_with_next, me.permutation_with_previous)
        if stream is not None:
            hops[hop] = draw_order(stream, rows)
    return SecretPermutation(rows, (hops[0], hops[1], hops[2]))


def apply_permutation(me: Party, order: SecretPermutation, columns: Sequence[Words]) -> Steps[list[Words]]:
    """Move the rows of shared columns: row j of each result is row order[j] of the column.

    Shapes:  columns and results are (rows,), each of its own unsigned dtype.
    Costs:   3 rounds; each helper sends 2 elements per row and column.
    Reveals: nothing; every hop shares afresh.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    for column in columns:
        assert column.shape == (order.rows,), f"{column.shape} instead of {order.rows} rows"
    pairs = [flat_pair(column.pair) for column in columns]
    if order.inverted and order.placement is not None:
        pairs = [_gather(pair, _invert(order.placement)) for pair in pairs]
    for hop in reversed(range(HELPERS)) if order.inverted else range(HELPERS):
        known = order.hops[hop]
        if known is not None and order.inverted:
            known = _invert(known)
        pairs = yield from _hop(me, hop, known, pairs)
    if not order.inverted and order.placement is not None:
        pairs = [_gather(pair, order.placement) for pair in pairs]
    return [Words(pair) for pair in pairs]


def invert_permutation(me: Party, order: SecretPermutation, columns: Sequence[Words]) -> Steps[list[Words]]:
    """Undo a secret permutation: row order[j] of each result is row j of the column.

    Shapes:  columns and results are (rows,), each of its own unsigned dtype.
    Costs:   3 rounds; each helper sends 2 elements per row and column.
    Reveals: nothing; every hop shares afresh.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    return (yield from apply_permutation(me, order.inverse(), columns))


def compose(me: Party, leave: SecretPermutation, enter: SecretPermutation) -> Steps[SecretPermutation]:
    """Make the way from one order to another: a column in the order `leave`, moved by it, stands in the order `enter`.

    Made once and used often: applying it costs one shuffle, not two. With c[j] = the place in `leave` of the row that
    `enter` puts at j, a fresh shuffle S hides c, and d = c[S] is opened. Then column[d] is the wanted result,
    shuffled by S; S is undone.

    Shapes:  both are permutations of the same rows.
    Costs:   10 rounds; each helper sends 28 bytes per row.
    Reveals: d, a uniformly random permutation whatever the two orders are, since S is fresh and used for nothing else.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    assert leave.rows == enter.rows, f"rows differ: {leave.rows} and {enter.rows}"
    places = public_words(me.number, np.arange(leave.rows, dtype=np.uint32))
    in_rows = yield from invert_permutation(me, leave, [places])
    wanted = yield from apply_permutation(me, enter, in_rows)
    fresh = draw_shuffle(me, leave.rows)
    hidden = yield from apply_permutation(me, fresh, wanted)
    opened = yield from reveal_to_all_helpers(me, hidden[0], Opening.SHUFFLED_DESTINATION)
    return replace(fresh, placement=_invert(checked_order(opened)), inverted=True)


def draw_order(stream: Stream, rows: int) -> Order:
    """Draw a permutation of `rows` places, exactly uniform: Fisher-Yates on 64-bit draws.

    A draw that would make a place more likely than another (a chance under rows^2 / 2^65 in all) throws the whole
    attempt away, so no bias is left. Both holders of the stream throw away alike.
    """
    order = np.empty(rows, dtype=np.int32)
    while not kernels.draw_order(stream.words((rows,), np.uint64), order):
        pass
    return order


def checked_order(opened: Array) -> Order:
    """Take opened places for a permutation only if they are one: a lying helper must not make us read out of bounds."""
    rows = opened.shape[0]
    if rows and (int(opened.max()) >= rows or np.bincount(opened.astype(np.int64), minlength=rows).max() != 1):
        raise BrokenInvariant("order.broken", rows=rows)
    return opened.astype(np.int32)


def permuted(order: SecretPermutation, known: Iterable[Order]) -> Order:
    """Join three hops' permutations and the placement into one plain order (for tests: no helper holds all three)."""
    total: Order = np.arange(order.rows, dtype=np.int32)
    for hop in known:
        total = total[hop]
    if order.placement is not None:
        total = total[order.placement]
    return _invert(total) if order.inverted else total


def _stream_of_hop(me: Party, hop: int, with_next: Stream, with_previous: Stream) -> Stream | None:
    if me.number == hop:
        return with_next
    return with_previous if me.number == (hop + 1) % HELPERS else None


def _hop(me: Party, hop: int, known: Order | None, pairs: list[Array]) -> Steps[list[Array]]:
    """Permute and share afresh in one round."""
    if known is None:
        expected = tuple(Expected(pair.shape[:1], pair.dtype) for pair in pairs)
        # This is helper a + 2: the next one is a, whose z_a is our second component; the one before is a + 1, with
        # z_{a+2}.
        received = yield Exchange(from_previous=expected, from_next=expected)
        return [_joined(mine, theirs) for mine, theirs in zip(received.from_previous, received.from_next, strict=True)]
    first = me.number == hop
    stream = me.common_with_next if first else me.common_with_previous
    messages, kept = [], []
    for pair in pairs:
        message = stream.words(pair.shape[:1], pair.dtype)
        agreed = stream.words(pair.shape[:1], pair.dtype)
        if first:
            kernels.gather_sum(pair, known, message)
        else:
            message ^= agreed
            kernels.gather_one(pair, 1, known, message)
        messages.append(message)
        kept.append(agreed)
    if first:
        yield Exchange(to_previous=tuple(messages))
        return [_joined(message, agreed) for message, agreed in zip(messages, kept, strict=True)]
    yield Exchange(to_next=tuple(messages))
    return [_joined(agreed, message) for message, agreed in zip(messages, kept, strict=True)]


def _joined(mine: Array, theirs: Array) -> Array:
    pair = np.empty((mine.shape[0], 2), dtype=mine.dtype)
    kernels.interleave(mine, theirs, pair)
    return pair


def _gather(pair: Array, order: Order) -> Array:
    moved = np.empty_like(pair)
    kernels.gather_rows(pair, order, moved)
    return moved


def _invert(order: Order) -> Order:
    inverse = np.empty_like(order)
    kernels.invert_order(order, inverse)
    return inverse
