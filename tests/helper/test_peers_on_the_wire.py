"""Someone who can change what is on the wire, inside TLS or outside it, causes a safe stop and nothing else."""

import socket
import threading
from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.steps import expect_like, pass_to_previous
from sansnom.exchange.keys import SEAL_PRIVATE_BYTES, SIGN_BYTES, PrivateKeys
from sansnom.helper import frames
from sansnom.helper.frames import CHUNK_BYTES, FrameReader, FrameWriter, PairKeys, derive_keys, make_hello, open_hello
from sansnom.helper.peers import Peers
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES
from tests.compute.strategies import Array
from tests.helper.test_peers import Ring, cards, codes, ring

__all__ = ["cards", "ring"]  # fixtures

ZERO, ONE, TWO = PARTIES
KEY = bytes(range(32))


class Wire:
    """A pipe in memory whose frames lie open to whoever stands in between."""

    def __init__(self) -> None:
        self.frames: deque[bytearray] = deque()
        self._rest = b""

    def write(self, piece: "memoryview[int]") -> None:
        """Take a frame."""
        self.frames.append(bytearray(piece))

    def read_into(self, piece: "memoryview[int]") -> None:
        """Give the next bytes; a dry wire is a closed one."""
        while len(self._rest) < len(piece):
            if not self.frames:
                raise PeerError("peer.closed", ZERO)
            self._rest += bytes(self.frames.popleft())
        piece[:] = self._rest[: len(piece)]
        self._rest = self._rest[len(piece) :]


def line(key: bytes = KEY) -> tuple[Wire, FrameWriter, FrameReader]:
    """Make both ends of a line from helper 0 to helper 1."""
    wire = Wire()
    return wire, FrameWriter(wire, key, ZERO, ONE), FrameReader(wire, key, ZERO, ONE)


def message(seed: int, size: int = 100) -> Array:
    """Make some bytes to send."""
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def stop_of(reader: FrameReader, like: Array, round_number: int) -> PeerError:
    """Receive, and give the error that it must end in."""
    with pytest.raises(PeerError) as caught:
        reader.receive((expect_like(like),), round_number)
    return caught.value


@given(st.integers(0, 3 * CHUNK_BYTES), st.integers(0, 99))
def test_frames_bring_what_was_sent(size: int, seed: int) -> None:
    """Whatever the size, in as many frames as it takes."""
    wire, writer, reader = line()
    writer.send((message(seed, size),), 1)
    assert len(wire.frames) == -(-size // CHUNK_BYTES)
    assert (reader.receive((expect_like(message(seed, size)),), 1)[0] == message(seed, size)).all()


@given(st.integers(0, 127), st.integers(0, 7))
def test_any_changed_bit_of_a_frame_is_a_safe_stop(place: int, bit: int) -> None:
    """Length, number, ciphertext or tag: no bit of a frame can be changed."""
    wire, writer, reader = line()
    writer.send((message(1),), 1)
    assert len(wire.frames[0]) == 128
    wire.frames[0][place] ^= 1 << bit
    stop = stop_of(reader, message(1), 1)
    assert stop.code in {"peer.frame", "round.size"}
    assert stop.party == ZERO


def test_a_lost_frame_is_a_safe_stop() -> None:
    """The frame after the lost one has the wrong number."""
    wire, writer, reader = line()
    for number in (1, 2):
        writer.send((message(number),), number)
    wire.frames.popleft()
    assert stop_of(reader, message(1), 1).code == "peer.frame"


def test_a_repeated_frame_is_a_safe_stop() -> None:
    """A frame opens once."""
    wire, writer, reader = line()
    writer.send((message(1),), 1)
    wire.frames.append(bytearray(wire.frames[0]))
    reader.receive((expect_like(message(1)),), 1)
    assert stop_of(reader, message(1), 1).code == "peer.frame"


def test_reordered_frames_are_a_safe_stop() -> None:
    """Two frames of one size cannot change places, within a round or across rounds."""
    for rounds in ((1, 1), (1, 2)):
        wire, writer, reader = line()
        for number in rounds:
            writer.send((message(number),), number)
        wire.frames.reverse()
        assert stop_of(reader, message(1), 1).code == "peer.frame"


def test_a_renumbered_frame_is_a_safe_stop() -> None:
    """The number is authenticated: writing the expected one over it does not help."""
    wire, writer, reader = line()
    for number in (1, 2):
        writer.send((message(number),), number)
    wire.frames[1][4:12] = wire.frames[0][4:12]
    wire.frames.popleft()
    assert stop_of(reader, message(1), 1).code == "peer.frame"


def test_a_frame_of_another_round_is_a_safe_stop() -> None:
    """The round is authenticated: helpers that are not in the same round stop."""
    _, writer, reader = line()
    writer.send((message(1),), 1)
    assert stop_of(reader, message(1), 2).code == "peer.frame"


@pytest.mark.parametrize("place", [0, 1])
def test_a_frame_of_another_direction_is_a_safe_stop(place: int) -> None:
    """A frame sent back to its sender, or on to the third, opens nowhere, though the key were the same."""
    wire, writer, _ = line()
    writer.send((message(1),), 1)
    seats = ((ONE, ZERO), (ZERO, TWO))[place]
    assert stop_of(FrameReader(wire, KEY, *seats), message(1), 1).code == "peer.frame"


def test_a_frame_of_another_attempt_is_a_safe_stop() -> None:
    """Keys are fresh for every ring: what was recorded opens in no later one."""
    wire, writer, _ = line()
    writer.send((message(1),), 1)
    assert stop_of(FrameReader(wire, bytes(32), ZERO, ONE), message(1), 1).code == "peer.frame"


def test_a_message_of_another_size_is_named() -> None:
    """A frame longer or shorter than the protocol expects is refused by its length, and the error says by how much."""
    for size in (99, 101, 0):
        _, writer, reader = line()
        writer.send((message(1, size),), 1)
        writer.send((message(2, 1),), 1)
        assert stop_of(reader, message(1), 1).code == "round.size"


def test_frames_do_not_repeat_nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every frame of a line has a nonce of its own: AES-GCM falls when one comes twice."""
    used: list[bytes] = []
    real = AESGCM

    class Watched:
        def __init__(self, key: bytes) -> None:
            self._real = real(key)

        def encrypt_into(self, nonce: bytes, *rest: Any) -> int:
            used.append(nonce)
            return self._real.encrypt_into(nonce, *rest)

    monkeypatch.setattr(frames, "AESGCM", Watched)
    writer = FrameWriter(Wire(), KEY, ZERO, ONE)
    writer.confirm()
    for number in range(1, 50):
        writer.send((message(number, 3 * CHUNK_BYTES),), number)
    assert len(used) == len(set(used)) == 1 + 49 * 3


def sealing(seed: int) -> MLKEM768X25519PrivateKey:
    """Make a sealing key from a seed."""
    return PrivateKeys(bytes(SIGN_BYTES), bytes([seed]) * SEAL_PRIVATE_BYTES).sealing


def agree(contexts: tuple[bytes, bytes], secrets: tuple[bytes, bytes]) -> tuple[PairKeys, PairKeys]:
    """Let helpers 0 and 1 exchange hellos."""
    keys = sealing(0), sealing(1)
    up = make_hello(ZERO, ONE, secrets[0], keys[1].public_key(), contexts[0])
    down = make_hello(ONE, ZERO, secrets[1], keys[0].public_key(), contexts[1])
    heard_down = open_hello(down.message, ONE, ZERO, keys[0], contexts[0])
    heard_up = open_hello(up.message, ZERO, ONE, keys[1], contexts[1])
    return (
        derive_keys(up, secrets[0], *heard_down, contexts[0]),
        derive_keys(down, secrets[1], *heard_up, contexts[1]),
    )


def test_both_ends_derive_the_same_keys_and_every_key_is_its_own() -> None:
    """What one end sends with, the other receives with; seeds agree; nothing is used for two purposes."""
    low, high = agree((b"plan", b"plan"), (b"a" * 32, b"b" * 32))
    assert (low.sending, low.receiving, low.seed) == (high.receiving, high.sending, high.seed)
    assert len({low.sending, low.receiving, low.seed}) == 3
    for secrets in ((b"x" * 32, b"b" * 32), (b"a" * 32, b"x" * 32)):
        other, _ = agree((b"plan", b"plan"), secrets)
        assert not {other.sending, other.receiving, other.seed} & {low.sending, low.receiving, low.seed}


def test_a_hello_for_another_plan_or_attempt_is_refused() -> None:
    """The context is bound into the seal."""
    with pytest.raises(PeerError) as caught:
        agree((b"plan", b"another"), (b"a" * 32, b"b" * 32))
    assert caught.value.code == "peer.hello"


@given(st.integers(0, 1180), st.integers(0, 7))
def test_any_changed_bit_of_a_hello_is_refused(place: int, bit: int) -> None:
    """Nobody on the way can change a hello, or send it to another seat."""
    key = sealing(1)
    changed = bytearray(make_hello(ZERO, ONE, bytes(32), key.public_key(), b"").message)
    changed[place] ^= 1 << bit
    with pytest.raises(PeerError) as caught:
        open_hello(bytes(changed), ZERO, ONE, key, b"")
    assert caught.value.code == "peer.hello"


class Proxy:
    """Stands between two helpers outside TLS and changes one byte after so many."""

    def __init__(self, port: int, change_at: int) -> None:
        self._to, self._change_at = port, change_at
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.changed = False
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        here, _ = self.listener.accept()
        there = socket.create_connection(("127.0.0.1", self._to))
        threading.Thread(target=self._pump, args=(there, here, False), daemon=True).start()
        self._pump(here, there, change=True)

    def _pump(self, source: socket.socket, target: socket.socket, change: bool) -> None:
        passed = 0
        try:
            while piece := bytearray(source.recv(1 << 16)):
                if change and passed <= self._change_at < passed + len(piece):
                    piece[self._change_at - passed] ^= 1
                    self.changed = True
                passed += len(piece)
                target.sendall(piece)
        except OSError:
            return
        finally:
            target.close()
            source.close()


def test_a_byte_changed_on_the_wire_is_a_safe_stop(ring: Ring) -> None:
    """Between helper 1 and helper 0, outside TLS: both neighbours of the broken line stop, and so does the third."""
    honest = ring.neighbours[0]
    proxy = Proxy(honest.port, change_at=200_000)

    def job(peers: Peers, p: int) -> None:
        for _ in range(3):
            peers.run(pass_to_previous(message(p, 1_000_000)))

    ring.detours[1, 0] = replace(honest, port=proxy.listener.getsockname()[1])
    with proxy.listener:
        outcomes = ring.run(job)
    assert proxy.changed
    assert set(codes(outcomes)) == {"peer.closed"}
