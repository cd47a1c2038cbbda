"""G-09: seize a helper's folder, and look in its bytes for anything that could rebuild a row of a plan that is over.

The attacker has every file of the folder, with the long-lived keys that are meant to stay, every public file, and the sealed
submissions as they went over the wire. Nothing is asked of SQLite: each file is bytes, so that free pages, a write-ahead file or
a copy beside it count as well. Each stretch of 32 bytes, and each word of base64 or hexadecimal that could be one, is tried as the
plan's private key and as the salt of its noise: both are known by what is public of them.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

SECRET_BYTES: Final = 32
STRETCH_BYTES: Final = 48
"""A stretch of a recorded submission that is looked for: long enough to be no accident."""
DISTINCT_MIN: Final = 16
"""Fewer different bytes among 32 random ones happen once in 10^15 times; text and empty pages have fewer high ones."""
_WORDS: Final = re.compile(rb"[A-Za-z0-9+/]{43,}={0,2}|[0-9a-f]{64,}")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is public of one plan's secrets at one helper, and what was recorded on the way to it.

    seal_key          the key to seal to, as the plan bears it (base64: ML-KEM-768, then X25519)
    noise_commitment  as the plan bears it (hexadecimal)
    recorded          sealed submissions, as bytes
    """

    seal_key: str
    noise_commitment: str
    recorded: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Seized:
    """What a folder still gives: file names by what was found in them. Nothing at all is what G-09 promises."""

    keys: tuple[str, ...]
    salts: tuple[str, ...]
    submissions: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Say whether no row could be rebuilt and no noise taken off."""
        return not (self.keys or self.salts or self.submissions)


def seize(folder: Path, sought: Sought) -> Seized:
    """Try everything in every file of a helper's folder."""
    public = base64.b64decode(sought.seal_key)[-SECRET_BYTES:]
    seed = _noise_seed(folder)
    keys, salts, submissions = [], [], []
    for place in sorted(folder.rglob("*")):
        if not place.is_file():
            continue
        content = place.read_bytes()
        tried = [*_stretches(content), *_written_out(content)]
        if any(X25519PrivateKey.from_private_bytes(one).public_key().public_bytes_raw() == public for one in tried):
            keys.append(place.name)
        if any(_commitment(seed, one) == sought.noise_commitment for one in tried):
            salts.append(place.name)
        if any(part in content for message in sought.recorded for part in _parts(message)):
            submissions.append(place.name)
    return Seized(tuple(keys), tuple(salts), tuple(submissions))


def _noise_seed(folder: Path) -> bytes:
    """Read the long-lived secret of the helper's noise: it stays, and alone it must not be enough."""
    return base64.b64decode(json.loads((folder / "secrets.json").read_bytes())["noise_seed"])


def _commitment(seed: bytes, salt: bytes) -> str:
    """What a plan would have to say if this were its salt: docs/adr/0019, written again."""
    root = hmac.new(seed, b"sansnom/noise-root/2\n" + salt, "sha256").digest()
    return sha256(b"sansnom/noise-commitment/2\n" + root).hexdigest()


def _stretches(content: bytes) -> Iterator[bytes]:
    """Give each run of 32 bytes that random ones could be: some high, and not many alike."""
    if len(content) < SECRET_BYTES:
        return
    whole = np.frombuffer(content, dtype=np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(whole, SECRET_BYTES)
    for start in np.flatnonzero((windows >= 128).sum(axis=1) > 2):
        one = content[start : start + SECRET_BYTES]
        if len(set(one)) >= DISTINCT_MIN:
            yield one


def _written_out(content: bytes) -> Iterator[bytes]:
    """Give each 32 bytes that stand in the file as base64 or hexadecimal."""
    for word in _WORDS.findall(content):
        for read in (_base64, _hexadecimal):
            raw = read(word)
            for start in range(0, max(len(raw) - SECRET_BYTES + 1, 0), SECRET_BYTES):
                yield raw[start : start + SECRET_BYTES]


def _base64(word: bytes) -> bytes:
    bare = word.rstrip(b"=")
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def _hexadecimal(word: bytes) -> bytes:
    try:
        return bytes.fromhex(word.decode("ascii"))
    except ValueError:
        return b""


def _parts(message: bytes) -> Iterable[bytes]:
    """Give stretches of the sealed end of a submission: its beginning is the manifest, which is public."""
    sealed = message[len(message) // 2 :]
    return (sealed[start : start + STRETCH_BYTES] for start in range(0, len(sealed) - STRETCH_BYTES + 1, STRETCH_BYTES))
