"""The network driver: the same protocols as under the simulator, between three processes.

Each ordered pair of helpers has one connection, used in one direction: mutual TLS 1.3 with pinned certificates, and
inside it the encrypted frames of `frames.py`. A thread per neighbour sends large messages while this one receives.
Anything unexpected (silence, another certificate, a frame out of order, a lost connection) is a PeerError: the run
stops safely, and a new attempt with fresh keys may follow.
"""

import contextlib
import hmac
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeAlias, TypeVar

from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.steps import Exchange, Received, Steps
from sansnom.helper.certificates import pinned_context, server_context
from sansnom.helper.crowd import Crowd
from sansnom.helper.frames import (
    SECRET_BYTES,
    FrameReader,
    FrameWriter,
    Hello,
    PairKeys,
    derive_keys,
    hello_bytes,
    make_hello,
    open_hello,
)
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PartyNumber, following, preceding

T = TypeVar("T")
Array: TypeAlias = "NDArray[Any]"
Piece: TypeAlias = "memoryview[int]"

INLINE_BYTES: Final = 1 << 16
"""A message up to this size is sent without a thread. No helper is more than three messages ahead of a neighbour, and
the kernel's two buffers hold more than three of these, so the three cannot block each other."""
BUFFER_BYTES: Final = 1 << 20
HANDSHAKE_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 0.1
STRANGERS_MOST: Final = 32
"""Connections whose handshake is under way at once; whoever comes then displaces the oldest of the busiest address."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another helper: where it listens, the certificate that it must show, and the key that secrets are sealed to."""

    party: PartyNumber
    host: str
    port: int
    certificate_pem: bytes
    seal_public: MLKEM768X25519PublicKey


@dataclass(frozen=True, slots=True)
class Seat:
    """This helper: its number, the files of its certificate and key, and the key that opens what is sealed to it."""

    party: PartyNumber
    certificate: Path
    certificate_key: Path
    seal_private: MLKEM768X25519PrivateKey


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for the ring to stand, and for a sign of life in a round."""

    connect: float = 60.0
    silence: float = 120.0


class TlsPipe:
    """One TLS connection, as a stream of bytes in one direction."""

    def __init__(self, line: ssl.SSLSocket, party: PartyNumber, silence_seconds: float) -> None:
        self._line, self.party = line, party
        line.settimeout(silence_seconds)

    def write(self, piece: Piece) -> None:
        """Send all of these bytes."""
        try:
            self._line.sendall(piece)
        except TimeoutError:
            raise PeerError("peer.silent", self.party) from None
        except OSError:
            raise PeerError("peer.closed", self.party) from None

    def read_into(self, piece: Piece) -> None:
        """Fill all of this buffer."""
        filled = 0
        try:
            while filled < len(piece):
                count = self._line.recv_into(piece[filled:])
                if not count:
                    raise PeerError("peer.closed", self.party)
                filled += count
        except TimeoutError:
            raise PeerError("peer.silent", self.party) from None
        except OSError:
            raise PeerError("peer.closed", self.party) from None

    def close(self) -> None:
        """Close the connection, at once."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()


@dataclass(slots=True)
class Traffic:
    """What this helper has done on the wire since the ring stood."""

    rounds: int = 0
    sent_bytes: int = 0
    """Bytes of messages, as the protocols declare them."""
    wire_bytes: int = 0
    """The same with headers and tags of frames, without TLS."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Both lines to one neighbour."""

    outgoing: TlsPipe
    incoming: TlsPipe
    writer: FrameWriter
    reader: FrameReader
    sender: ThreadPoolExecutor
    seed: bytes


class Peers:
    """A standing ring: runs protocols with the two neighbours, one after the other."""

    def __init__(self, party: PartyNumber, previous: _Side, after: _Side) -> None:
        self.party, self._previous, self._next = party, previous, after
        self.traffic = Traffic()

    def seat(self) -> Party:
        """Sit down with the seeds that both hellos of each pair gave: fresh for this ring, bound to its context."""
        return Party.seated(self.party, self._previous.seed, self._next.seed)

    def run(self, steps: Steps[T], on_round: Callable[[int], None] | None = None) -> T:
        """Run one protocol to its result; `on_round` is told each round's number, counted since the ring stood.

        Raises PeerError naming the neighbour; afterwards the ring is closed and good for nothing.
        """
        try:
            answer: Received | None = None
            while True:
                try:
                    exchange = next(steps) if answer is None else steps.send(answer)
                except StopIteration as end:
                    result: T = end.value
                    return result
                self.traffic.rounds += 1
                answer = self._round(exchange)
                if on_round is not None:
                    on_round(self.traffic.rounds)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all four lines; a thread that still sends stops with an error that nobody needs."""
        for side in (self._previous, self._next):
            side.outgoing.close()
            side.incoming.close()
            side.sender.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _round(self, exchange: Exchange) -> Received:
        number = self.traffic.rounds
        under_way = [
            self._send(self._previous, exchange.to_previous, number),
            self._send(self._next, exchange.to_next, number),
        ]
        from_next = self._next.reader.receive(exchange.from_next, number)
        from_previous = self._previous.reader.receive(exchange.from_previous, number)
        for sending in under_way:
            if sending is not None:
                sending.result()
        self.traffic.wire_bytes = self._previous.writer.wire_bytes + self._next.writer.wire_bytes
        return Received(from_previous, from_next)

    def _send(self, side: _Side, arrays: Sequence[Array], number: int) -> "Future[None] | None":
        total = sum(array.nbytes for array in arrays)
        self.traffic.sent_bytes += total
        if total > INLINE_BYTES:
            return side.sender.submit(side.writer.send, arrays, number)
        side.writer.send(arrays, number)
        return None


def open_listener(host: str, port: int) -> socket.socket:
    """Listen for the two neighbours; port 0 takes a free one. It stays open from one attempt to the next."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=128, reuse_port=False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    return listener


def connect_ring(
    seat: Seat,
    neighbours: tuple[Neighbour, Neighbour],
    listener: socket.socket,
    *,
    context: bytes = b"",
    patience: Patience | None = None,
) -> Peers:
    """Stand the ring: four connections, two key agreements, and proof that both ends of each line have the same keys.

    Pre:  `neighbours` are the two others, in any order; `context` says what this ring is for, alike at all three.
    Raises PeerError: `peer.unreachable` (nobody there in time), `peer.certificate`, `peer.hello`, `peer.frame`.
    """
    patience = patience or Patience()
    until = time.monotonic() + patience.connect
    others = {neighbour.party: neighbour for neighbour in neighbours}
    before, after = preceding(seat.party), following(seat.party)
    assert others.keys() == {before, after}, "the neighbours are the two other helpers"
    accepting = _Accepting(seat, neighbours, listener, until)
    pipes: list[TlsPipe] = []
    try:
        outgoing: dict[PartyNumber, TlsPipe] = {}
        for party, neighbour in others.items():
            outgoing[party] = TlsPipe(_dial(seat, neighbour, until), party, patience.silence)
            pipes.append(outgoing[party])
        incoming = {party: TlsPipe(line, party, patience.silence) for party, line in accepting.wait().items()}
        pipes += incoming.values()
        keys = _agree(seat, others, outgoing, incoming, context)
        sides = {party: _side(seat.party, outgoing[party], incoming[party], keys[party]) for party in others}
        for side in sides.values():
            side.writer.confirm()
        for side in sides.values():
            side.reader.confirm()
    except BaseException:
        accepting.stop()
        for pipe in pipes:
            pipe.close()
        raise
    return Peers(seat.party, sides[before], sides[after])


def _side(me: PartyNumber, outgoing: TlsPipe, incoming: TlsPipe, keys: PairKeys) -> _Side:
    other = outgoing.party
    return _Side(
        outgoing,
        incoming,
        FrameWriter(outgoing, keys.sending, me, other),
        FrameReader(incoming, keys.receiving, other, me),
        ThreadPoolExecutor(1, thread_name_prefix=f"to-helper-{other}"),
        keys.seed,
    )


def _agree(
    seat: Seat,
    others: dict[PartyNumber, Neighbour],
    outgoing: dict[PartyNumber, TlsPipe],
    incoming: dict[PartyNumber, TlsPipe],
    context: bytes,
) -> dict[PartyNumber, PairKeys]:
    """Exchange hellos with both neighbours; derive the keys of each pair."""
    made: dict[PartyNumber, tuple[Hello, bytes]] = {}
    for party, neighbour in others.items():
        fresh = os.urandom(SECRET_BYTES)
        hello = make_hello(seat.party, party, fresh, neighbour.seal_public, context)
        outgoing[party].write(memoryview(hello.message))
        made[party] = (hello, fresh)
    keys = {}
    size = hello_bytes(seat.seal_private.public_key())
    for party in others:
        message = bytearray(size)
        incoming[party].read_into(memoryview(message))
        theirs, secret = open_hello(bytes(message), party, seat.party, seat.seal_private, context)
        keys[party] = derive_keys(*made[party], theirs, secret, context)
    return keys


def _dial(seat: Seat, neighbour: Neighbour, until: float) -> ssl.SSLSocket:
    """Connect to a neighbour, which may not be up yet, and check that it is the one."""
    context = pinned_context(neighbour.certificate_pem)
    context.load_cert_chain(seat.certificate, seat.certificate_key)
    plain = _reach(neighbour, until)
    try:
        line = context.wrap_socket(plain)
    except ssl.SSLCertVerificationError:
        plain.close()
        raise PeerError("peer.certificate", neighbour.party) from None
    except OSError:
        plain.close()
        raise PeerError("peer.unreachable", neighbour.party) from None
    if _shown_by(line, (neighbour,)) is None:
        line.close()
        raise PeerError("peer.certificate", neighbour.party)
    return line


def _reach(neighbour: Neighbour, until: float) -> socket.socket:
    while True:
        try:
            left = min(HANDSHAKE_SECONDS, max(until - time.monotonic(), RETRY_SECONDS))
            plain = socket.create_connection((neighbour.host, neighbour.port), timeout=left)
        except OSError:
            if time.monotonic() > until:
                raise PeerError("peer.unreachable", neighbour.party) from None
            time.sleep(RETRY_SECONDS)
        else:
            _tune(plain)
            return plain


def _shown_by(line: ssl.SSLSocket, neighbours: Sequence[Neighbour]) -> PartyNumber | None:
    """Tell whose pinned certificate the other end has shown, byte for byte."""
    shown = line.getpeercert(binary_form=True) or b""
    for neighbour in neighbours:
        if hmac.compare_digest(shown, ssl.PEM_cert_to_DER_cert(neighbour.certificate_pem.decode("ascii"))):
            return neighbour.party
    return None


def _cut(line: ssl.SSLSocket) -> None:
    """End a connection on its wire, so that the thread that waits for its handshake finds the end of it."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # not TLS's own: another thread is at work with it


def _tune(line: socket.socket) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


class _Accepting:
    """Accepts the two neighbours' lines in the background; strangers are turned away and delay nobody."""

    def __init__(
        self, seat: Seat, neighbours: tuple[Neighbour, Neighbour], listener: socket.socket, until: float
    ) -> None:
        self._context = server_context(seat.certificate, seat.certificate_key)
        self._context.num_tickets = 0  # a one-way line never reads them
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        for neighbour in neighbours:
            self._context.load_verify_locations(cadata=neighbour.certificate_pem.decode("ascii"))
        self._neighbours, self._listener, self._until = neighbours, listener, until
        self._lines: dict[PartyNumber, ssl.SSLSocket] = {}
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._strangers: Crowd[ssl.SSLSocket] = Crowd(STRANGERS_MOST)
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="accept-peers", daemon=True)
        self._thread.start()

    def wait(self) -> dict[PartyNumber, ssl.SSLSocket]:
        """Wait for both lines; PeerError `peer.unreachable` naming one that did not come."""
        with self._changed:
            while len(self._lines) < len(self._neighbours):
                left = self._until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    missing = next(n.party for n in self._neighbours if n.party not in self._lines)
                    raise PeerError("peer.unreachable", missing)
            self._stopped.set()
        self._rest()
        return self._lines

    def stop(self) -> None:
        """Accept no more, and close what came."""
        with self._changed:
            self._stopped.set()
            for line in self._lines.values():
                line.close()
        self._rest()

    def _rest(self) -> None:
        """Let go of the listener at once: the next attempt's lines are not ours to take."""
        with contextlib.suppress(OSError):
            self._wake.send(b".")
        self._thread.join()
        self._wake.close()
        self._woken.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            select.select([self._listener, self._woken], [], [])
            if self._stopped.is_set():
                return
            try:
                plain, address = self._listener.accept()
                _tune(plain)
                plain.settimeout(HANDSHAKE_SECONDS)
                line = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            except OSError:  # the caller gave up before we answered
                continue
            with self._changed:
                displaced = self._strangers.enter(line, str(address[0]))
            if displaced is not None:
                _cut(displaced)
            threading.Thread(target=self._admit, args=(line,), name="admit-peer", daemon=True).start()

    def _admit(self, line: ssl.SSLSocket) -> None:
        try:
            line.do_handshake()
        except (OSError, ValueError):  # ValueError: cut before the handshake began
            line.close()
            return
        finally:
            with self._changed:
                self._strangers.leave(line)
        party = _shown_by(line, self._neighbours)
        with self._changed:
            if party is None or self._stopped.is_set():
                line.close()
                return
            earlier = self._lines.pop(party, None)  # the peer came again: its first line is dead
            if earlier is not None:
                earlier.close()
            self._lines[party] = line
            self._changed.notify_all()
