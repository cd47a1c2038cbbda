"""What three helpers agree on: the same code as on the wire, in one thread."""

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.simulate import Trace, run_three
from sansnom.compute.steps import Steps
from sansnom.helper.agreement import (
    WANTED_MOST,
    Standing,
    compare_held,
    compare_standings,
    meet,
    seat,
    set_digest,
    tell_both,
)
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES, PartyNumber

T = TypeVar("T")
NUMBERS = (1, 2, 3, 7)


def at_three(protocol: Callable[[PartyNumber], Steps[T]], trace: Trace | None = None) -> tuple[T, T, T]:
    """Run a protocol at the three helpers."""
    zero, one, two = (protocol(party) for party in PARTIES)
    return run_three((zero, one, two), trace=trace)


def digest(text: str) -> str:
    """Give some digest."""
    return sha256(text.encode()).hexdigest()


def test_everybody_hears_everybody() -> None:
    """Each of three tells both others, in one round."""
    trace = Trace()
    told = at_three(lambda party: tell_both(bytes([party]) * 3, party), trace)
    assert set(told) == {(b"\0\0\0", b"\1\1\1", b"\2\2\2")}
    assert (trace.rounds, trace.sent_bytes) == (1, [6, 6, 6])


def test_three_choose_the_first_plan_that_all_of_them_want() -> None:
    """Helper 0's order decides among the plans that all three want."""
    a, b, c = digest("a"), digest("b"), digest("c")
    wanted = ((a, c, b), (b, c), (c, b, a))
    met = at_three(lambda party: meet(party, bytes([party]) * 32, wanted[party]))
    assert {m.plan_digest for m in met} == {c}
    assert len({m.attempt for m in met}) == 1


def test_three_that_want_nothing_in_common_find_nothing() -> None:
    """No plan is started at one or two helpers only; padding is no plan."""
    wanted = ((digest("a"),), (digest("b"),), ())
    met = at_three(lambda party: meet(party, bytes(32), wanted[party]))
    assert {m.plan_digest for m in met} == {None}


def test_one_fresh_nonce_names_a_new_attempt() -> None:
    """Each helper's nonce alone changes the name that seeds are bound to."""
    names = set()
    for changed in (None, *PARTIES):
        (met, *_) = at_three(lambda party, c=changed: meet(party, bytes([party == c]) * 32, ()))  # type: ignore[misc]  # a default argument binds the loop's value
        names.add(met.attempt)
    assert len(names) == 4


def test_a_long_list_does_not_change_the_size_of_a_meeting() -> None:
    """A meeting's message is of one size, whatever a helper has to do."""
    sizes = []
    for count in (0, WANTED_MOST + 5):
        trace = Trace()
        wanted = [digest(str(n)) for n in range(count)]
        at_three(lambda party, w=wanted: meet(party, bytes(32), w), trace)  # type: ignore[misc]  # as above
        sizes.append(trace.sent_bytes)
    assert sizes[0] == sizes[1]


@given(st.lists(st.tuples(*(st.sampled_from(["", "x", "y"]) for _ in range(3))), min_size=4, max_size=4))
def test_the_set_is_what_all_three_hold_alike(held: list[tuple[str, ...]]) -> None:
    """A submission that one lacks, or holds in another version, is not computed on; all three see the same set."""
    holdings = [{n: digest(h[p]) for n, h in zip(NUMBERS, held, strict=True) if h[p]} for p in PARTIES]
    found = at_three(lambda party: compare_held(party, NUMBERS, holdings[party]))
    expected = tuple((n, digest(h[0])) for n, h in zip(NUMBERS, held, strict=True) if h[0] and len(set(h)) == 1)
    assert set(found) == {expected}


@pytest.mark.guarantee("G-04")
def test_the_size_of_the_comparison_says_nothing_of_who_submitted() -> None:
    """Every organization of the roster takes 32 bytes, held or not."""
    traces = []
    for numbers in ((), NUMBERS):
        trace = Trace()
        holding = {n: digest(str(n)) for n in numbers}
        at_three(lambda party, h=holding: compare_held(party, NUMBERS, h), trace)  # type: ignore[misc]  # as above
        traces.append((trace.rounds, trace.sent_bytes))
    assert traces[0] == traces[1] == (1, [256, 256, 256])


def test_neighbours_sit_down_with_the_same_seed_and_others_cannot_know_it() -> None:
    """Seed j is common to helpers j - 1 and j, and depends on both contributions, the attempt and the set."""

    def seats(attempt: str = digest("attempt"), the_set: str = digest("set"), changed: int = -1) -> list[bytes]:
        def secrets(party: int) -> tuple[bytes, bytes]:
            return bytes([2 * party + (changed == party)]) * 32, bytes([2 * party + 100 + (changed == party)]) * 32

        parties = at_three(lambda party: seat(party, secrets(party), attempt, the_set))
        drawn = [
            (p.common_with_previous.words((4,), "u8").tobytes(), p.common_with_next.words((4,), "u8").tobytes())
            for p in parties
        ]
        for p in PARTIES:
            assert drawn[p][1] == drawn[(p + 1) % 3][0]
        return [before for before, _ in drawn]

    base = seats()
    assert len(set(base)) == 3
    assert not set(base) & set(seats(attempt=digest("again")))
    assert not set(base) & set(seats(the_set=digest("other")))
    for party in PARTIES:
        assert [a == b for a, b in zip(base, seats(changed=party), strict=True)].count(True) == 1


def test_no_attempt_is_needed_only_when_all_have_the_same_ones_cells() -> None:
    """Cells on disk count when all three hold them, of one attempt: verdict shares of two attempts do not fit together."""
    one, other = Standing(digest("1"), digest("cells")), Standing(digest("2"), digest("cells"))
    for standings, done in (
        ((one, one, one), True),
        ((one, other, one), False),
        ((one, Standing(), one), False),
        ((Standing(), Standing(), Standing()), False),
    ):
        assert set(at_three(lambda party, s=standings: compare_standings(party, s[party]))) == {done}  # type: ignore[misc]  # as above


def test_a_peer_with_other_cells_is_named() -> None:
    """Two openings with different cells are never computed away."""
    standings = (
        Standing(digest("1"), digest("cells")),
        Standing(digest("1"), digest("cells")),
        Standing(digest("1"), digest("x")),
    )
    with pytest.raises(PeerError, match=r"peer\.cells"):
        at_three(lambda party: compare_standings(party, standings[party]))


def test_the_sets_digest_binds_plan_and_members() -> None:
    """Another plan, another member or another manifest gives another digest."""
    base = set_digest(digest("plan"), ((1, digest("m")),))
    others = [
        set_digest(digest("other"), ((1, digest("m")),)),
        set_digest(digest("plan"), ((2, digest("m")),)),
        set_digest(digest("plan"), ((1, digest("n")),)),
        set_digest(digest("plan"), ()),
    ]
    assert len({base, *others}) == 5
