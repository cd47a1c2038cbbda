"""Kill a helper at each write and each message of a run: one right release, whole; one charge; nothing accepted is lost."""

import json

import pytest

from sansnom.helper.check import check_helper
from sansnom.helper.store import Store
from sansnom.terms.party import PARTIES
from tests.death.every import every
from tests.death.points import FRAME, WRITE
from tests.death.ring import KILLED, Kit, Nursery, Ring, make_kit, wait_for
from tests.helper.world import CODES, PLAN

SOME_WRITES = (
    (1, 120),
    (2, 228),
    *(pytest.param(*place, marks=pytest.mark.slow) for place in ((0, 40), (0, 268), (1, 290))),
)
"""A fixed slice for every run of the tests: agreeing, opening, rewriting, publishing, attesting. `make long` tries all."""
SHARDS = 2
"""Every point of a kind is tried in so many tests, so that `pytest -n 2` shares them among processors."""
SOME_FRAMES = (60, *(pytest.param(at, marks=pytest.mark.slow) for at in (3, 250)))


@pytest.fixture(scope="module")
def kit(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Give a world whose plan is closed, with four submissions at each helper."""
    return make_kit(tmp_path_factory.mktemp("closed"), nursery)


def check_store(ring: Ring, party: int) -> None:
    """`sansnom helper check` finds nothing in the folder of whoever just died."""
    assert check_helper(ring.home(party)).findings == ()


def check_end(kit: Kit, ring: Ring) -> None:
    """The release is the right one, byte for byte; each helper holds it, one charge, all that it accepted, and no key."""
    assert ring.release() == kit.right_release()
    assert kit.wrong(ring) == ()
    for party in PARTIES:
        check_store(ring, party)
        store = Store(ring.home(party) / "store.sqlite")
        run, key = store.run(PLAN), store.plan_key(PLAN)
        assert run is not None
        assert key is not None
        assert (run.state, run.release) == ("destroyed", kit.right_release())
        assert len(store.ledger()) == 1
        assert [held.number for held in store.all_held(PLAN)] == [1, 2, 3, 4]
        assert (key.seal_private, key.noise_salt) == (None, None)
        store.close()
    set_ = json.loads((ring.board / "releases" / PLAN / "submission-set.json").read_bytes())["signed"]
    assert len(set_["members"]) == len(CODES)


def die_once(kit: Kit, party: int, kind: str, at: int, named: str = "") -> bool:
    """Let a helper die at one point and start again; False when it came to the end without reaching that point."""
    with kit.ring() as ring:
        for other in PARTIES:
            ring.start(other, ring.orders(party, kind=kind, at=at, named=named) if other == party else None)

        def over() -> bool:
            ring.check_alive(but=party)
            return ring.ended(party) is not None or ring.published()

        wait_for(over, f"death at {kind} {at}")
        if ring.ended(party) is None:
            return False
        assert ring.ended(party) == KILLED
        assert kit.wrong(ring) == ()
        check_store(ring, party)
        ring.start(party)
        ring.until_published()
        ring.kill_all()
        check_end(kit, ring)
    return True


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize(("party", "at"), SOME_WRITES)
def test_killed_at_a_write_the_run_ends_with_the_right_release(kit: Kit, party: int, at: int) -> None:
    """A fixed slice of the writes of a run, each by SIGKILL in a real process."""
    assert die_once(kit, party, WRITE, at)


@pytest.mark.guarantee("G-08")
def test_killed_in_the_middle_of_publishing_no_half_release_is_seen(kit: Kit) -> None:
    """Half of the release is written when the process dies: the board shows none, then the whole one."""
    assert die_once(kit, 0, WRITE, 3, named="release.json")


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("at", SOME_FRAMES)
def test_killed_at_a_message_the_run_ends_with_the_right_release(kit: Kit, at: int) -> None:
    """A fixed slice of the messages of a run."""
    assert die_once(kit, 2, FRAME, at)


@pytest.mark.long
@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("first", range(1, SHARDS + 1))
@pytest.mark.parametrize("party", PARTIES)
def test_killed_at_any_write_of_a_run(kit: Kit, party: int, first: int) -> None:
    """Every write of every helper from the cut-off to the attestation, each in a world of its own."""
    tried = every(lambda at: die_once(kit, party, WRITE, at), f"helper {party}, a write of a run", first, SHARDS)
    assert tried > 400 // SHARDS


@pytest.mark.long
@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("party", PARTIES)
def test_killed_at_any_message_of_a_run(kit: Kit, party: int) -> None:
    """One world in which a helper dies at the first message, at the second of the next attempt, and so on to the last."""
    with kit.ring() as ring:
        for other in PARTIES:
            if other != party:
                ring.start(other)
        at = 0
        while not ring.published():
            at += 1
            ring.start(party, ring.orders(party, kind=FRAME, at=at))
            wait_for(lambda: ring.ended(party) is not None or ring.published(), f"death at message {at}")
            assert ring.ended(party) in (KILLED, None)
            assert kit.wrong(ring) == ()
            check_store(ring, party)
        ring.kill_all()
        check_end(kit, ring)
    assert at > 200
    print(f"helper {party}: {at - 1} messages of a run")
