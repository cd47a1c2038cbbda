"""A checkpoint: how large the log is and its root, signed by whoever keeps it (C2SP tlog-checkpoint)."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.terms.errors import PolicyRefusal
from sansnom.transparency.merkle import HASH_BYTES
from sansnom.transparency.note import ED25519, Held, Verifier, read_note, sign_note

_SIZE_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's name (its origin), how many entries it holds, the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Write the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def sign_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> bytes:
    """Sign a checkpoint under the log's own name, as C2SP asks of a log's key."""
    return sign_note(checkpoint.text(), checkpoint.origin, private)


def read_checkpoint(
    note: bytes, keeper: Verifier, witnesses: Iterable[Verifier] = ()
) -> tuple[Checkpoint, tuple[Held, ...]]:
    """Read a checkpoint that the log's keeper signed, and the cosignatures of known witnesses.

    PolicyRefusal as `note.read_note`, and `log.checkpoint`: not the keeper's, of another log, or not a checkpoint.
    """
    text, held = read_note(note, (keeper, *witnesses))
    lines = text.split("\n")
    refusal = PolicyRefusal("log.checkpoint")
    if len(lines) < 4 or lines[0] != keeper.name or keeper.kind != ED25519:
        raise refusal
    if not any(signature.verifier == keeper for signature in held):
        raise refusal
    size, root = _size(lines[1]), _root(lines[2])
    if size is None or root is None or any(not line for line in lines[3:-1]):
        raise refusal
    return Checkpoint(lines[0], size, root), tuple(s for s in held if s.verifier != keeper)


def _size(text: str) -> int | None:
    if (
        not text.isascii()
        or not text.isdigit()
        or (text != "0" and text.startswith("0"))
        or len(text) > len(str(_SIZE_MAX))
    ):
        return None
    return int(text) if int(text) <= _SIZE_MAX else None


def _root(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return raw if len(raw) == HASH_BYTES and base64.b64encode(raw).decode("ascii") == text else None
