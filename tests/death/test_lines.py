"""Lines that are dead, slow or cut: a helper that falls silent, three hosts of their own, a partition in the middle of a run."""

import os
import signal
import time

import pytest

from sansnom.helper.check import check_helper
from sansnom.helper.store import Store
from sansnom.terms.party import PARTIES
from tests.death.hosts import ADDRESSES, Hosts, three_hosts
from tests.death.points import FRAME
from tests.death.ring import KILLED, Kit, Nursery, Ring, make_kit, wait_for
from tests.helper.world import PLAN

QUICK = {"patience": {"connect": 2.0, "silence": 2.0}}


def attempts(ring: Ring, party: int) -> int:
    """Count the attempts that a helper has begun."""
    store = Store(ring.home(party) / "store.sqlite", read_only=True)
    run = store.run(PLAN)
    store.close()
    return 0 if run is None else run.attempts


def check_end(kit: Kit, ring: Ring) -> None:
    """The right release, and three folders in order."""
    ring.until_published()
    ring.kill_all()
    assert ring.release() == kit.right_release()
    assert kit.wrong(ring) == ()
    for party in PARTIES:
        assert check_helper(ring.home(party)).findings == ()


@pytest.mark.slow
def test_a_helper_that_falls_silent_is_given_up_and_comes_back(
    nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Stopped in the middle of a round, its lines stay open and say nothing: the two others give up by name, and go on with it."""
    kit = make_kit(tmp_path_factory.mktemp("lines"), nursery)
    kit.right_release()
    before = nursery.notes.stat().st_size
    with kit.ring(**QUICK) as ring:
        for party in PARTIES:
            ring.start(party)
        wait_for(lambda: attempts(ring, 2) > 0, "an attempt")
        os.kill(ring.pids[2], signal.SIGSTOP)
        wait_for(lambda: b'"peer.silent"' in nursery.notes.read_bytes()[before:], "somebody gives it up")
        os.kill(ring.pids[2], signal.SIGCONT)
        check_end(kit, ring)


@pytest.fixture(scope="module")
def apart(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Give a world whose helpers are at addresses of their own."""
    return make_kit(tmp_path_factory.mktemp("hosts"), nursery, ADDRESSES)


def start(ring: Ring, hosts: Hosts, party: int, at: int = 0) -> None:
    """Start one helper on its host."""
    ring.start(party, ring.orders(party, kind=FRAME, at=at) if at else None, network=hosts.names[party])


@pytest.mark.long
@pytest.mark.guarantee("G-08")
def test_three_hosts_one_of_them_dead_or_cut_off(apart: Kit) -> None:
    """Real hosts: undisturbed, each cut off in the middle of a run for longer than anybody waits, one killed in it."""
    with three_hosts() as hosts:
        with apart.ring(**QUICK) as ring:
            for party in PARTIES:
                start(ring, hosts, party)
            ring.until_published()
            apart.right = ring.release()
        for party in PARTIES:
            with apart.ring(**QUICK) as ring:
                for other in PARTIES:
                    start(ring, hosts, other)
                wait_for(lambda ring=ring, party=party: attempts(ring, party) > 0, "an attempt")  # type: ignore[misc]  # bound at once
                hosts.cut(party)
                time.sleep(3 * QUICK["patience"]["silence"])  # the cut is to last longer than anybody waits
                assert not ring.published()
                hosts.mend(party)
                check_end(apart, ring)
        with apart.ring(**QUICK) as ring:
            for party in PARTIES:
                start(ring, hosts, party, at=150 if party == 1 else 0)
            assert ring.ended(1, wait=True) == KILLED
            start(ring, hosts, 1)
            check_end(apart, ring)


@pytest.mark.long
def test_a_slow_line_costs_only_time(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One helper whose every frame leaves twenty milliseconds late: the right release, in one attempt."""
    kit = make_kit(tmp_path_factory.mktemp("slow"), nursery)
    kit.right_release()
    with kit.ring() as ring:
        for party in PARTIES:
            ring.start(party, ring.orders(party, slow=20) if party == 0 else None)
        check_end(kit, ring)
        assert [attempts(ring, party) for party in PARTIES] == [1, 1, 1]
