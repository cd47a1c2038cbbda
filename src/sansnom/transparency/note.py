r"""Signed notes: C2SP signed-note. A text, an empty line, then one line for each signature.

    text, ending in a newline
    <empty line>
    — NAME base64(4 bytes of the key's hash || signature)

The hash of a key is the first four bytes of SHA-256(name || 0x0A || type || public key). Types here: 0x01 Ed25519 over the
text; 0x04 a timestamped cosignature (C2SP tlog-cosignature): eight bytes of POSIX seconds, then Ed25519 over
"cosignature/v1\ntime N\n" and the text. Signatures by keys that the reader does not know are passed over.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sansnom.terms.errors import InputError, PolicyRefusal

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
NOTE_BYTES_MAX: Final = 1_000_000
SIGNATURES_MAX: Final = 100
_DASH: Final = "\u2014 "
_HASH_BYTES: Final = 4
_TIME_BYTES: Final = 8
_SIGNATURE_BYTES: Final = 64
_PUBLIC_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key that may sign notes: its name, what kind of signature it makes, its 32 public bytes."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.kind not in (ED25519, COSIGNATURE) or len(self.public) != _PUBLIC_BYTES:
            raise InputError("note.key", where=self.name)

    @property
    def fingerprint(self) -> bytes:
        """Give the four bytes by which a signature line points at this key."""
        return hashlib.sha256(self.name.encode() + bytes((0x0A, self.kind)) + self.public).digest()[:_HASH_BYTES]

    @property
    def text(self) -> str:
        """Write the key as others read it: NAME+HASH+BASE64 (a "vkey")."""
        told = base64.b64encode(bytes((self.kind,)) + self.public).decode("ascii")
        return f"{self.name}+{self.fingerprint.hex()}+{told}"

    @classmethod
    def read(cls, text: str) -> "Verifier":
        """Read NAME+HASH+BASE64; InputError `note.key` when it is not one, or its hash is another key's."""
        name, _, rest = text.strip().partition("+")
        told, _, encoded = rest.partition("+")
        raw = _decode(encoded)
        if raw is None or len(raw) != 1 + _PUBLIC_BYTES:
            raise InputError("note.key", where="key")
        key = cls(name, raw[0], raw[1:])
        if key.fingerprint.hex() != told:
            raise InputError("note.key", where=name)
        return key


@dataclass(frozen=True, slots=True)
class Held:
    """A signature that holds: whose, and for a cosignature when it was made (POSIX seconds)."""

    verifier: Verifier
    time: int | None


def verifier_of(name: str, private: Ed25519PrivateKey, kind: int = ED25519) -> Verifier:
    """Give the public half of a signer under a name."""
    return Verifier(name, kind, private.public_key().public_bytes_raw())


def sign_note(text: str, name: str, private: Ed25519PrivateKey) -> bytes:
    """Make a note of a text with one signature. InputError `note.text` unless the text ends in a newline."""
    _check_text(text)
    line = _line(verifier_of(name, private), private.sign(text.encode()))
    return f"{text}\n{line}".encode()


def cosign_note(note: bytes, name: str, private: Ed25519PrivateKey, time: int) -> bytes:
    """Add a timestamped cosignature of type 0x04 at the end of a note."""
    text, _ = _split(note)
    signature = private.sign(_timed(text, time))
    line = _line(verifier_of(name, private, COSIGNATURE), time.to_bytes(_TIME_BYTES, "big") + signature)
    return note + line.encode()


def read_note(note: bytes, verifiers: Iterable[Verifier]) -> tuple[str, tuple[Held, ...]]:
    """Give the text and every signature by a known key.

    PolicyRefusal: `note.shape` (not a note), `note.signature` (a known key's signature does not hold, or stands twice),
    `note.unsigned` (no known key has signed).
    """
    text, lines = _split(note)
    known = {(key.name, key.fingerprint): key for key in verifiers}
    held: dict[tuple[str, bytes], Held] = {}
    for line in lines:
        name, raw = _signature(line)
        place = (name, raw[:_HASH_BYTES])
        key = known.get(place)
        if key is None:
            continue
        if place in held:
            raise PolicyRefusal("note.signature", where=name)
        held[place] = _check(key, raw[_HASH_BYTES:], text)
    if not held:
        raise PolicyRefusal("note.unsigned")
    return text, tuple(held.values())


def _check(key: Verifier, raw: bytes, text: str) -> Held:
    time: int | None = None
    message = text.encode()
    if key.kind == COSIGNATURE:
        time = int.from_bytes(raw[:_TIME_BYTES], "big")
        raw, message = raw[_TIME_BYTES:], _timed(text, time)
    if len(raw) != _SIGNATURE_BYTES:
        raise PolicyRefusal("note.signature", where=key.name)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw, message)
    except (InvalidSignature, ValueError):
        raise PolicyRefusal("note.signature", where=key.name) from None
    return Held(key, time)


def _timed(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _line(key: Verifier, signature: bytes) -> str:
    return f"{_DASH}{key.name} {base64.b64encode(key.fingerprint + signature).decode('ascii')}\n"


def _split(note: bytes) -> tuple[str, list[str]]:
    """Take a note apart: the text with its last newline, and the signature lines."""
    refusal = PolicyRefusal("note.shape")
    if len(note) > NOTE_BYTES_MAX:
        raise refusal
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal from None
    text, mark, signatures = whole.rpartition("\n\n")
    lines = signatures.split("\n")
    if not mark or not text or lines.pop() != "" or not 1 <= len(lines) <= SIGNATURES_MAX:
        raise refusal
    if any(ord(c) < 0x20 and c != "\n" for c in whole):
        raise refusal
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _decode(encoded)
    if not line.startswith(_DASH) or not name or raw is None or len(raw) <= _HASH_BYTES:
        raise PolicyRefusal("note.shape")
    return name, raw


def _decode(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return raw if base64.b64encode(raw).decode("ascii") == text else None


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise InputError("note.name", where="name")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
        raise InputError("note.text", where="text")
