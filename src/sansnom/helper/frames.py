"""Encrypted frames between two helpers, inside TLS: what crosses one directed line, and under which keys.

Each ordered pair of helpers has a line of its own, used in one direction only. A line opens with a `hello`: 32 fresh
bytes sealed with HPKE (ML-KEM-768 with X25519) to the other's key. From both hellos of a pair come frame keys for both
directions, so that frames stay secret if either of the two key agreements, or TLS, falls.

A frame is a header (length, number) and an AES-256-GCM ciphertext. The number is the nonce; round, direction and number
are authenticated. So a frame that was lost, repeated, reordered, replayed from another attempt, or changed opens
nowhere: the receiver knows which one must come next, and how long it must be.
"""

import hmac
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from sansnom.compute.steps import Expected
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PartyNumber

Array: TypeAlias = "NDArray[Any]"
Piece: TypeAlias = "memoryview[int]"

CHUNK_BYTES: Final = 1 << 17
"""Payload of a frame at most: large messages go in chunks, so that sealing, sending and opening overlap."""
TAG_BYTES: Final = 16
SECRET_BYTES: Final = 32
KEY_BYTES: Final = 32

_HEADER: Final = struct.Struct(">IQ")
_BOUND: Final = struct.Struct(">BBQQ")  # sender, receiver, round, frame number
_NONCE: Final = struct.Struct(">4xQ")
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LABEL: Final = b"sansnom/line/1"
_TRIAL: Final = bytes(SECRET_BYTES)


class Pipe(Protocol):
    """A stream of bytes in one direction; the functions raise PeerError when it breaks."""

    def write(self, piece: Piece) -> None:
        """Send all of these bytes."""

    def read_into(self, piece: Piece) -> None:
        """Fill all of this buffer."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a line: who speaks to whom, and a secret sealed to the receiver."""

    sender: PartyNumber
    receiver: PartyNumber
    sealed: bytes

    @property
    def message(self) -> bytes:
        """Give the bytes on the line."""
        return _LABEL + bytes([self.sender, self.receiver]) + self.sealed


def make_hello(
    sender: PartyNumber, receiver: PartyNumber, secret: bytes, to: MLKEM768X25519PublicKey, context: bytes
) -> Hello:
    """Seal a fresh secret of 32 bytes to the other end of a line."""
    assert len(secret) == SECRET_BYTES, f"a secret has {SECRET_BYTES} bytes"
    return Hello(sender, receiver, _SUITE.encrypt(secret, to, _info(sender, receiver, context)))


def hello_bytes(own: MLKEM768X25519PublicKey) -> int:
    """Count the bytes of any hello."""
    return len(_LABEL) + 2 + len(_SUITE.encrypt(_TRIAL, own))


def open_hello(
    message: bytes, sender: PartyNumber, receiver: PartyNumber, own: MLKEM768X25519PrivateKey, context: bytes
) -> tuple[Hello, bytes]:
    """Check a hello and open its secret; PeerError `peer.hello` for any other message, key, attempt or direction."""
    start = _LABEL + bytes([sender, receiver])
    if not hmac.compare_digest(message[: len(start)], start):
        raise PeerError("peer.hello", sender)
    sealed = message[len(start) :]
    try:
        secret = _SUITE.decrypt(sealed, own, _info(sender, receiver, context))
    except (InvalidTag, ValueError):
        raise PeerError("peer.hello", sender) from None
    if len(secret) != SECRET_BYTES:
        raise PeerError("peer.hello", sender)
    return Hello(sender, receiver, sealed), secret


def _info(sender: PartyNumber, receiver: PartyNumber, context: bytes) -> bytes:
    return _LABEL + bytes([sender, receiver]) + sha256(context).digest()


@dataclass(frozen=True, slots=True, repr=False)
class PairKeys:
    """What two helpers derive from both hellos: a frame key for each direction and a seed for common randomness."""

    sending: bytes
    receiving: bytes
    seed: bytes


def derive_keys(mine: Hello, my_secret: bytes, theirs: Hello, their_secret: bytes, context: bytes) -> PairKeys:
    """Mix both secrets, both hellos and the attempt's context into keys; the helper of the lower number comes first."""
    if mine.sender < theirs.sender:
        secrets, hellos = my_secret + their_secret, mine.message + theirs.message
    else:
        secrets, hellos = their_secret + my_secret, theirs.message + mine.message
    material = HKDF(hashes.SHA256(), 3 * KEY_BYTES, salt=sha256(context).digest(), info=sha256(hellos).digest())
    derived = material.derive(secrets)
    upwards, downwards, seed = (derived[k * KEY_BYTES : (k + 1) * KEY_BYTES] for k in range(3))
    if mine.sender < theirs.sender:
        return PairKeys(upwards, downwards, seed)
    return PairKeys(downwards, upwards, seed)


class FrameWriter:
    """Seals and sends what one round has for one neighbour."""

    def __init__(self, pipe: Pipe, sealing: bytes, sender: PartyNumber, receiver: PartyNumber) -> None:
        self._pipe, self._cipher = pipe, AESGCM(sealing)
        self._sender, self._receiver = sender, receiver
        self._number = 0
        self._buffer = memoryview(bytearray(_HEADER.size + CHUNK_BYTES + TAG_BYTES))
        self._staging = memoryview(bytearray(CHUNK_BYTES))
        self.wire_bytes = 0

    def send(self, arrays: Sequence[Array], round_number: int) -> None:
        """Send the arrays of one round, in frames; PeerError if the line breaks."""
        for piece in _pieces([_bytes_of(array) for array in arrays if array.size], self._staging):
            self._send_frame(piece, round_number)

    def confirm(self) -> None:
        """Send an empty frame, which proves to the other end that both have the same keys."""
        self._send_frame(self._staging[:0], 0)

    def _send_frame(self, piece: Piece, round_number: int) -> None:
        size = len(piece) + TAG_BYTES
        frame = self._buffer[: _HEADER.size + size]
        _HEADER.pack_into(frame, 0, size, self._number)
        bound = _BOUND.pack(self._sender, self._receiver, round_number, self._number)
        self._cipher.encrypt_into(_NONCE.pack(self._number), piece, bound, frame[_HEADER.size :])
        self._pipe.write(frame)
        self._number += 1
        self.wire_bytes += len(frame)


class FrameReader:
    """Receives and opens what one round expects from one neighbour."""

    def __init__(self, pipe: Pipe, opening: bytes, sender: PartyNumber, receiver: PartyNumber) -> None:
        self._pipe, self._cipher = pipe, AESGCM(opening)
        self._sender, self._receiver = sender, receiver
        self._number = 0
        self._header = memoryview(bytearray(_HEADER.size))
        self._buffer = memoryview(bytearray(CHUNK_BYTES + TAG_BYTES))
        self._staging = memoryview(bytearray(CHUNK_BYTES))

    def receive(self, expected: Sequence[Expected], round_number: int) -> tuple[Array, ...]:
        """Receive the arrays of one round; PeerError `round.size` or `peer.frame` for anything but the next frame."""
        arrays = tuple(np.empty(wanted.shape, dtype=wanted.dtype) for wanted in expected)
        flats = [_bytes_of(array) for array in arrays if array.size]
        total = sum(map(len, flats))
        if len(flats) > 1 and total <= CHUNK_BYTES:
            joined = self._staging[:total]
            self._receive_frame(joined, round_number)
            start = 0
            for flat in flats:
                flat[:] = joined[start : start + len(flat)]
                start += len(flat)
        else:
            for piece in _chunks(flats):
                self._receive_frame(piece, round_number)
        return arrays

    def confirm(self) -> None:
        """Receive the empty frame that proves that both ends have the same keys."""
        self._receive_frame(self._staging[:0], 0)

    def _receive_frame(self, piece: Piece, round_number: int) -> None:
        self._pipe.read_into(self._header)
        size, number = _HEADER.unpack(self._header)
        if number != self._number:
            raise PeerError("peer.frame", self._sender, round=round_number)
        if size != len(piece) + TAG_BYTES:
            raise PeerError("round.size", self._sender, round=round_number, found=size - TAG_BYTES, expected=len(piece))
        sealed = self._buffer[:size]
        self._pipe.read_into(sealed)
        bound = _BOUND.pack(self._sender, self._receiver, round_number, number)
        try:
            self._cipher.decrypt_into(_NONCE.pack(number), sealed, bound, piece)
        except InvalidTag:
            raise PeerError("peer.frame", self._sender, round=round_number) from None
        self._number += 1


def _bytes_of(array: Array) -> Piece:
    return array.reshape(-1).view(np.uint8).data


def _pieces(flats: list[Piece], staging: Piece) -> Iterator[Piece]:
    """Cut a round's bytes into frames: all in one if they fit, else every array in chunks of its own."""
    total = sum(map(len, flats))
    if len(flats) < 2 or total > CHUNK_BYTES:
        yield from _chunks(flats)
        return
    start = 0
    for flat in flats:
        staging[start : start + len(flat)] = flat
        start += len(flat)
    yield staging[:total]


def _chunks(flats: list[Piece]) -> Iterator[Piece]:
    for flat in flats:
        for start in range(0, len(flat), CHUNK_BYTES):
            yield flat[start : start + CHUNK_BYTES]
