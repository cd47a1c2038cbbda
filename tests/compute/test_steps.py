"""Protocols as generators, and the simulator that runs three of them."""

import numpy as np
import pytest

from sansnom.compute.correlated import Party
from sansnom.compute.share import public_words, xor_public
from sansnom.compute.simulate import join_bits, join_ring, join_words, seat_three
from sansnom.compute.steps import Exchange, Expected, Steps, pass_to_previous, together
from sansnom.terms.errors import PeerError
from tests.compute.strategies import Array, run, shared, shared_bits, shared_ring


def say(values: Array, times: int) -> Steps[Array]:
    """Pass something to the previous helper, several times."""
    for _ in range(times):
        values = yield from pass_to_previous(values)
    return values


def test_passing_three_times_brings_a_message_home() -> None:
    """Around a table of three, three steps to the previous seat end where they began."""
    ran = run(lambda _, number: say(np.full(4, number, dtype=np.uint8), 3))
    assert [set(result.tolist()) for result in ran.results] == [{0}, {1}, {2}]
    assert ran.trace.rounds == 3
    assert ran.trace.sent_bytes == [12, 12, 12]


def test_protocols_side_by_side_take_the_rounds_of_the_longest() -> None:
    """Rounds overlap, bytes add up, and every result comes back in its place."""
    ran = run(lambda _, number: together([say(np.full(k, number, np.uint8), k) for k in (3, 0, 1, 2)]))
    assert ran.trace.rounds == 3
    assert ran.trace.sent_bytes == [9 + 1 + 4] * 3
    assert [result.tolist() for result in ran.results[0]] == [[0, 0, 0], [], [1], [2, 2]]


def test_nothing_side_by_side_takes_no_round() -> None:
    """An empty list of protocols is over at once."""
    ran = run(lambda _party, _number: together([]))
    assert ran.results == ([], [], [])
    assert ran.trace.rounds == 0


def test_a_helper_that_ends_early_is_named() -> None:
    """Helpers that disagree about the number of rounds stop safely."""
    with pytest.raises(PeerError) as caught:
        run(lambda _, number: say(np.zeros(1, np.uint8), 1 if number == 2 else 2))
    assert caught.value.code == "round.uneven"
    assert caught.value.party == 2


def test_a_helper_that_says_too_much_is_named() -> None:
    """A message that nobody expects is refused, whatever it holds."""

    def chatter(_: Party, number: int) -> Steps[None]:
        said = (np.zeros(1, np.uint8),) * (2 if number == 1 else 1)
        yield Exchange(to_previous=said, from_next=(Expected((1,), np.dtype(np.uint8)),))

    with pytest.raises(PeerError) as caught:
        run(chatter)
    assert caught.value.code == "round.size"
    assert caught.value.party == 1


def test_streams_of_one_seed_are_common_to_both_holders() -> None:
    """What two neighbours draw is the same, whatever the sizes drawn before; purposes never overlap."""
    zero, one, _ = seat_three(b"streams")
    zero.common_with_next.words((3,), np.uint8)
    one.common_with_previous.words((3,), np.uint8)
    drawn = zero.common_with_next.words((100,), np.uint64)
    assert (drawn == one.common_with_previous.words((100,), np.uint64)).all()
    assert not (drawn == zero.mask_with_next.words((100,), np.uint64)).any()


def test_three_masks_cancel_out() -> None:
    """A sharing of zero is zero when all three are put together, and not before."""
    parties = seat_three(b"zero")
    xors = [np.zeros(50, np.uint16) for _ in parties]
    for party, mask in zip(parties, xors, strict=True):
        party.mask_words(mask)
    assert not (xors[0] ^ xors[1] ^ xors[2]).any()
    assert (xors[0] ^ xors[1]).any()
    rings = [party.zero_ring((50,)) for party in parties]
    assert not (rings[0] + rings[1] + rings[2]).any()
    assert (rings[0] + rings[1]).any()


def test_splitting_and_joining_give_the_values_back() -> None:
    """Shares of words, bits and ring elements add up to what was split."""
    values = np.arange(130, dtype=np.uint64)
    assert (join_words(shared(values)) == values).all()
    assert (join_ring(shared_ring(values)) == values).all()
    assert (join_bits(shared_bits((values & np.uint64(1)).astype(np.uint8))) == (values & np.uint64(1))).all()


def test_public_values_need_no_message() -> None:
    """Everybody holds a public value, or XORs it into a shared one, without a word."""
    values = np.arange(9, dtype=np.uint32)
    zero, one, two = (public_words(p, values) for p in range(3))
    assert (join_words((zero, one, two)) == values).all()
    flipped = [xor_public(p, share, values) for p, share in enumerate(shared(values))]
    assert not join_words((flipped[0], flipped[1], flipped[2])).any()
