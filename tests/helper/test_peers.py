"""The network driver: three helpers over TLS on loopback give what the simulator gives; anything else is a safe stop."""

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sansnom.compute.correlated import Party
from sansnom.compute.simulate import join_words
from sansnom.compute.sort import sort_words
from sansnom.compute.steps import Exchange, Steps, expect_like, pass_to_previous
from sansnom.exchange.keys import SEAL_PRIVATE_BYTES, SIGN_BYTES, PrivateKeys
from sansnom.helper.certificates import make_certificate
from sansnom.helper.clock import SystemClock
from sansnom.helper.frames import CHUNK_BYTES
from sansnom.helper.peers import (
    INLINE_BYTES,
    STRANGERS_MOST,
    Neighbour,
    Patience,
    Peers,
    Seat,
    connect_ring,
    open_listener,
)
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES
from tests.compute.strategies import Array, run, shared

QUICK = Patience(connect=5.0, silence=5.0)
Job = Callable[[Peers, int], Any]


@dataclass
class Ring:
    """Three seats with their listeners, and what each knows of the others."""

    seats: list[Seat]
    neighbours: list[Neighbour]
    listeners: list[socket.socket]
    contexts: list[bytes] = field(default_factory=lambda: [b"plan"] * 3)
    patience: Patience = QUICK
    detours: dict[tuple[int, int], Neighbour] = field(default_factory=dict)
    """Who sees whom elsewhere than all others do: (who, whom)."""

    def join(self, number: int, job: Job) -> Any:
        """Be one helper: join, do the job, leave."""
        known = tuple(self.detours.get((number, n.party), n) for n in self.neighbours if n.party != number)
        with connect_ring(
            self.seats[number],
            (known[0], known[1]),
            self.listeners[number],
            context=self.contexts[number],
            patience=self.patience,
        ) as peers:
            return job(peers, number)

    def run(self, job: Job, present: tuple[int, ...] = (0, 1, 2)) -> list[Any]:
        """Run the job at each helper in a thread; give results, or the PeerError of those that stopped."""
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(self.join, number, job) for number in present]
            return [_outcome(one.result) for one in waiting]


def _outcome(result: Callable[[], Any]) -> Any:
    try:
        return result()
    except PeerError as error:
        return error


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Seat], list[bytes]]:
    """Make three certificates and key pairs once for all tests of this file."""
    where = tmp_path_factory.mktemp("ring")
    seats, certificates = [], []
    for party in PARTIES:
        private, certificate = make_certificate(party, SystemClock().now())
        (where / f"{party}.key").write_bytes(private)
        (where / f"{party}.pem").write_bytes(certificate)
        keys = PrivateKeys(bytes(SIGN_BYTES), os.urandom(SEAL_PRIVATE_BYTES))
        seats.append(Seat(party, where / f"{party}.pem", where / f"{party}.key", keys.sealing))
        certificates.append(certificate)
    return seats, certificates


@pytest.fixture
def ring(cards: tuple[list[Seat], list[bytes]]) -> Iterator[Ring]:
    """Lay out a ring on free ports."""
    seats, certificates = cards
    listeners = [open_listener("127.0.0.1", 0) for _ in PARTIES]
    neighbours = [
        Neighbour(p, "127.0.0.1", listeners[p].getsockname()[1], certificates[p], seats[p].seal_private.public_key())
        for p in PARTIES
    ]
    yield Ring(list(seats), neighbours, listeners)
    for listener in listeners:
        listener.close()


def codes(outcomes: list[Any]) -> list[str]:
    """Give the codes of the errors; the test fails where a helper went on."""
    assert all(isinstance(outcome, PeerError) for outcome in outcomes), outcomes
    return [outcome.code for outcome in outcomes]


def echo(values: Array) -> Steps[tuple[Array, Array]]:
    """Send an array both ways; receive both neighbours'."""
    like = (expect_like(values),)
    received = yield Exchange((values,), (values,), like, like)
    return received.from_previous[0], received.from_next[0]


def test_the_network_gives_what_the_simulator_gives(ring: Ring) -> None:
    """The same sort: the right result, and rounds and bytes as the simulator counts them for the same seeds."""
    words = np.random.default_rng(1).permutation(3000).astype(np.uint64)
    a = shared(words)
    seeds = [bytes([p]) * 32 for p in range(3)]

    def sort(me: Party, p: int) -> Steps[Any]:
        _, ordered = yield from sort_words(me, a[p])
        return ordered

    def job(peers: Peers, p: int) -> Any:
        ordered = peers.run(sort(Party.seated(PARTIES[p], seeds[p], seeds[(p + 1) % 3]), p))
        return ordered, peers.traffic

    over_network = ring.run(job)
    in_memory = run(lambda me, p: sort(Party.seated(me.number, seeds[p], seeds[(p + 1) % 3]), p))
    assert (join_words(tuple(one[0] for one in over_network)) == np.sort(words)).all()
    for p, (ordered, traffic) in enumerate(over_network):
        assert (ordered.pair == in_memory.results[p].pair).all()
        assert (traffic.rounds, traffic.sent_bytes) == (in_memory.trace.rounds, in_memory.trace.sent_bytes[p])
        assert traffic.sent_bytes < traffic.wire_bytes < traffic.sent_bytes + 100 * traffic.rounds


def test_seeds_are_common_to_neighbours_and_fresh_for_each_ring(ring: Ring) -> None:
    """Both ends of a pair draw the same, the third draws something else, and the next ring starts anew."""

    def draw(peers: Peers, _: int) -> Any:
        me = peers.seat()
        return me.common_with_previous.words((4,), np.uint64), me.common_with_next.words((4,), np.uint64)

    first, second = ring.run(draw), ring.run(draw)
    for p in PARTIES:
        assert (first[p][1] == first[(p + 1) % 3][0]).all()
        assert (first[p][0] != first[p][1]).any()
        assert (first[p][0] != second[p][0]).any()


@pytest.mark.parametrize("size", [0, 1, INLINE_BYTES, INLINE_BYTES + 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3_000_001])
def test_messages_of_any_size_cross_both_ways_at_once(ring: Ring, size: int) -> None:
    """Empty, small, just one chunk, many chunks: both neighbours at once, without waiting for each other."""

    def job(peers: Peers, p: int) -> Any:
        mine = np.random.default_rng(p).integers(0, 256, size, dtype=np.uint8)
        return peers.run(echo(mine))

    outcomes = ring.run(job)
    for p, (before, after) in enumerate(outcomes):
        assert (before == np.random.default_rng((p + 2) % 3).integers(0, 256, size, dtype=np.uint8)).all()
        assert (after == np.random.default_rng((p + 1) % 3).integers(0, 256, size, dtype=np.uint8)).all()


def test_many_arrays_of_a_round_arrive_in_order(ring: Ring) -> None:
    """Small arrays share a frame, long ones have their own; shapes and dtypes come out as expected."""

    def many(p: int, scale: int) -> Steps[Any]:
        arrays = (np.full((3, scale), p, np.uint16), np.zeros(0, np.uint8), np.full(5 * scale, p + 7, np.uint64))
        received = yield Exchange(to_previous=arrays, from_next=tuple(expect_like(a) for a in arrays))
        return received.from_next

    for scale in (4, 40_000):

        def job(peers: Peers, p: int, scale: int = scale) -> Any:
            return peers.run(many(p, scale))

        for p, (first, empty, last) in enumerate(ring.run(job)):
            after = (p + 1) % 3
            assert first.shape == (3, scale)
            assert (first == after).all()
            assert empty.shape == (0,)
            assert (last == after + 7).all()


def test_rounds_are_told_as_they_pass(ring: Ring) -> None:
    """Whoever watches hears each round's number once, also over several protocols."""

    def job(peers: Peers, _: int) -> list[int]:
        heard: list[int] = []
        for _again in range(2):
            peers.run(pass_to_previous(np.zeros(1, np.uint8)), heard.append)
        return heard

    assert ring.run(job) == [[1, 2]] * 3


@pytest.mark.guarantee("G-08")
def test_a_helper_that_dies_stops_the_others(ring: Ring) -> None:
    """When one helper's process is gone in the middle of a round, the two others stop and name the line; none hangs."""

    def job(peers: Peers, p: int) -> Any:
        peers.run(pass_to_previous(np.zeros(8, np.uint8)))
        if p == 1:
            peers.close()
            return PeerError("died", PARTIES[1])
        # Each waits for both others here: who only sends may succeed once more, as the kernel takes the bytes.
        return peers.run(echo(np.zeros(1 << 20, np.uint8)))

    assert set(codes(ring.run(job))) == {"died", "peer.closed"}


def test_a_silent_helper_is_named_after_a_while(ring: Ring) -> None:
    """Silence is not waited for without end; the safe stop names who was silent."""
    ring.patience = Patience(connect=5.0, silence=0.3)
    done = threading.Event()

    def job(peers: Peers, p: int) -> Any:
        if p == 2:
            done.wait(5.0)
            return PeerError("slept", PARTIES[2])
        try:
            return peers.run(echo(np.zeros(8, np.uint8)))
        finally:
            if p == 1:
                done.set()

    outcomes = ring.run(job)
    assert codes(outcomes)[1] == "peer.silent"
    assert outcomes[1].party == 2


def test_a_ring_that_was_stopped_is_good_for_nothing(ring: Ring) -> None:
    """After an error all lines are closed: nobody goes on by mistake."""

    def broken() -> Steps[None]:
        yield Exchange()
        raise PeerError("round.lost", PARTIES[0])

    def job(peers: Peers, _: int) -> Any:
        with contextlib.suppress(PeerError):
            peers.run(broken())
        return peers.run(pass_to_previous(np.zeros(8, np.uint8)))

    assert set(codes(ring.run(job))) == {"peer.closed"}


def test_nobody_there_is_said_after_a_while(ring: Ring) -> None:
    """A ring that misses a helper is given up in time, and the one missing is named."""
    ring.patience = Patience(connect=0.3, silence=1.0)
    ring.listeners[2].close()
    outcomes = ring.run(lambda peers, _: peers.traffic, present=(0, 1))
    assert set(codes(outcomes)) <= {"peer.unreachable", "peer.closed"}
    assert "peer.unreachable" in codes(outcomes)


@pytest.mark.guarantee("G-02")
def test_another_certificate_is_refused(ring: Ring, tmp_path: Path) -> None:
    """A helper that shows a certificate of its own making stands in no ring, though it says the right name."""
    ring.patience = Patience(connect=3.0, silence=3.0)
    private, certificate = make_certificate(PARTIES[2], SystemClock().now())
    (tmp_path / "false.key").write_bytes(private)
    (tmp_path / "false.pem").write_bytes(certificate)
    ring.seats[2] = replace(ring.seats[2], certificate=tmp_path / "false.pem", certificate_key=tmp_path / "false.key")
    outcomes = ring.run(lambda peers, _: peers.traffic)
    assert codes(outcomes)[:2] == ["peer.certificate"] * 2


@pytest.mark.guarantee("G-02")
def test_a_helper_in_the_wrong_seat_is_refused(ring: Ring) -> None:
    """A pinned certificate opens its own seat only: helper 1 cannot speak as helper 2."""
    ring.patience = Patience(connect=3.0, silence=3.0)
    ring.seats[2] = replace(
        ring.seats[2], certificate=ring.seats[1].certificate, certificate_key=ring.seats[1].certificate_key
    )
    outcomes = ring.run(lambda peers, _: peers.traffic)
    assert codes(outcomes)[0] == "peer.certificate"


@pytest.mark.guarantee("G-02")
def test_another_sealing_key_stands_no_ring(ring: Ring) -> None:
    """Who cannot open what was sealed to the roster's key is not a helper, whatever its certificate."""
    ring.patience = Patience(connect=3.0, silence=3.0)
    other = PrivateKeys(bytes(SIGN_BYTES), os.urandom(SEAL_PRIVATE_BYTES)).sealing
    ring.seats[1] = replace(ring.seats[1], seal_private=other)
    outcomes = ring.run(lambda peers, _: peers.traffic)
    assert outcomes[1].code == "peer.hello"
    assert set(codes(outcomes)) <= {"peer.hello", "peer.closed"}


def test_helpers_with_different_plans_stand_no_ring(ring: Ring) -> None:
    """The context is bound into every key: a helper that means another plan or attempt is stopped at once."""
    ring.patience = Patience(connect=3.0, silence=3.0)
    ring.contexts = [b"plan", b"plan", b"another plan"]
    outcomes = ring.run(lambda peers, _: peers.traffic)
    assert set(codes(outcomes)) <= {"peer.hello", "peer.closed"}
    assert "peer.hello" in codes(outcomes)


@pytest.mark.guarantee("G-02")
def test_nobody_is_admitted_without_a_certificate(ring: Ring) -> None:
    """A stranger that shows no certificate gets an alert, whether a ring is being stood or not; and no seat."""
    ring.patience = Patience(connect=3.0, silence=3.0)
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ring.run, lambda peers, _: peers.traffic, (0,))
        address = ("127.0.0.1", ring.neighbours[0].port)
        with (
            socket.create_connection(address, timeout=0.5) as plain,
            bare.wrap_socket(plain) as line,
            pytest.raises(ssl.SSLError, match=r"(?i)certificate required"),
        ):
            line.recv(1)
        assert codes(waiting.result()) == ["peer.unreachable"]


def test_a_stranger_delays_nobody(ring: Ring) -> None:
    """Connections that say nothing, or nonsense, or show no certificate, are left aside; the ring stands meanwhile."""
    idle = [socket.create_connection(("127.0.0.1", ring.neighbours[0].port)) for _ in range(3)]
    idle[1].sendall(b"GET / HTTP/1.1\r\n\r\n")
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.check_hostname, bare.verify_mode = False, ssl.CERT_NONE

    def knock() -> None:
        with contextlib.suppress(OSError), bare.wrap_socket(idle[2]) as line:
            line.recv(1)

    knocking = threading.Thread(target=knock)
    knocking.start()
    assert ring.run(lambda peers, p: peers.run(pass_to_previous(np.full(1, p)))[0]) == [1, 2, 0]
    for one in idle:
        one.close()
    knocking.join(5.0)


@pytest.mark.guarantee("G-08")
def test_half_open_handshakes_do_not_hold_the_ring(ring: Ring) -> None:
    """Three times as many silent connections as there are slots, already there when the ring begins to stand: it stands."""
    flood = [
        socket.create_connection(("127.0.0.1", neighbour.port))
        for neighbour in ring.neighbours
        for _ in range(3 * STRANGERS_MOST)
    ]
    assert ring.run(lambda peers, p: peers.run(pass_to_previous(np.full(1, p)))[0]) == [1, 2, 0]
    for one in flood:
        one.close()
