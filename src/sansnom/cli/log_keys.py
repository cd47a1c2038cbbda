"""Files of log keys: `sansnom board key` writes them, whoever keeps or cosigns a log reads them. Only their owner may."""

import json
import os
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader
from sansnom.transparency.note import COSIGNATURE, ED25519, Verifier, verifier_of

FORMAT: Final = "sansnom/log-key/1"


def write_log_key(place: Path, name: str, *, witness: bool) -> Verifier:
    """Draw a key, write it where only its owner may read it, give its public half. InputError `log.key_exists`."""
    private = Ed25519PrivateKey.generate()
    verifier = verifier_of(name, private, COSIGNATURE if witness else ED25519)
    told: dict[str, Any] = {
        "schema": FORMAT,
        "name": name,
        "seed": private.private_bytes_raw().hex(),
        "verifier": verifier.text,
    }
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError("log.key_exists", where=place.name) from None
    except OSError:
        raise InputError("log.key_file", where=place.name) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(canonical_bytes(told))
        file.flush()
        os.fsync(file.fileno())
    return verifier


def read_log_key(place: Path) -> tuple[Ed25519PrivateKey, str]:
    """Read a key and the name it signs under; InputError `log.key_file` when it is none, or others may read it too."""
    refusal = InputError("log.key_file", where=place.name)
    try:
        if os.name == "posix" and place.stat().st_mode & 0o077:
            raise refusal
        r = Reader(json.loads(place.read_bytes()), "log-key")
        r.expect("schema", FORMAT)
        name, seed = r.string("name"), bytes.fromhex(r.string("seed"))
        return Ed25519PrivateKey.from_private_bytes(seed), str(name)
    except (OSError, ValueError, RecursionError, InputError):
        raise refusal from None
