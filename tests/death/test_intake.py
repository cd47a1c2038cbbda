"""Kill a helper at each write and each message of its intake: what it has told anybody still holds when it is back."""

import pytest

from sansnom.helper.check import check_helper
from sansnom.helper.store import Store
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import HelperSeat
from tests.death.every import every
from tests.death.intake import live_through
from tests.death.points import DOOR, WRITE
from tests.death.ring import Kit, Nursery, make_kit
from tests.helper.world import PLAN

LATER = ((0, WRITE, 30), (2, WRITE, 150), (0, DOOR, 27))
SOME = ((1, WRITE, 110), (1, DOOR, 9), *(pytest.param(*place, marks=pytest.mark.slow) for place in LATER))
"""A fixed slice for every run of the tests; `make long` tries all."""


@pytest.fixture(scope="module")
def kit(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Give three helpers that know of no plan."""
    return make_kit(tmp_path_factory.mktemp("unplanned"), nursery, planned=False)


@pytest.fixture(scope="module")
def seats(kit: Kit) -> list[HelperSeat]:
    """Give the two others' keys for the plan; whoever is asked lives in memory."""
    for seat in kit.world.seats:
        seat.restart()
    made = list(kit.world.plan_keys())
    for seat in kit.world.seats:  # each process of a test makes its own
        seat.means.store._connection.execute("DELETE FROM plan_keys")
        seat.means.store.close()
    return made


def die_once(kit: Kit, seats: list[HelperSeat], party: int, kind: str, at: int) -> bool:
    """Let a helper die at one point of its intake; False when all was done before that point came."""
    with kit.ring() as ring:
        told = live_through(kit, ring, party, ring.orders(party, kind=kind, at=at), seats)
        assert check_helper(ring.home(party)).findings == ()
        store = Store(ring.home(party) / "store.sqlite")
        key, run = store.plan_key(PLAN), store.run(PLAN)
        assert key is not None
        assert run is not None
        assert (key.seal_public, run.state) == (told.key["seal_key"], "closed")
        assert len(store.ledger()) == 1
        held = {one.number: one for one in store.all_held(PLAN)}
        assert {number: one.receipt for number, one in held.items()} == told.receipts
        for number, sealed in told.sent.items():
            assert held[number].manifest == sealed.manifest.digest
            assert store.body(PLAN, number) == sealed.messages[party]
        store.close()
        assert told.deaths in (0, 1)
    return bool(told.deaths)


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize(("party", "kind", "at"), SOME)
def test_killed_while_it_takes_submissions_a_helper_keeps_its_word(
    kit: Kit, seats: list[HelperSeat], party: int, kind: str, at: int
) -> None:
    """A fixed slice: every receipt, the key for the plan and the one charge are there after the death."""
    assert die_once(kit, seats, party, kind, at)


@pytest.mark.long
@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("kind", [WRITE, DOOR])
@pytest.mark.parametrize("party", PARTIES)
def test_killed_at_any_point_of_the_intake(kit: Kit, seats: list[HelperSeat], party: int, kind: str) -> None:
    """Every write, or every part of an answer, of every helper from the first order to the close."""
    assert every(lambda at: die_once(kit, seats, party, kind, at), f"helper {party}, a {kind} of its intake") > 40
