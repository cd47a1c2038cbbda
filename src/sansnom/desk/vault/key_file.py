"""The key file: a random database key, wrapped once for each passphrase and once for the recovery sheet.

    {"schema": "sansnom/desk-keys/1", "check": ..., "wraps": [{"number", "kind", "made_on", cost, salt, nonce, sealed}], "sum": ...}

Each wrap is AES-256-GCM under Argon2id of its passphrase; the rest of the wrap is authenticated with it, so a cost made
cheaper or a kind exchanged opens nothing. The file holds no name: who owns which wrap is in the database.
Nobody can be locked out by another: a wrap is added by whoever has the database key, removed by its number.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sansnom.desk.sqlcipher.keyring import KEY_BYTES
from sansnom.desk.vault.secrets_on_paper import new_recovery_code, read_recovery_code, settled
from sansnom.desk.vault.written import write_whole
from sansnom.terms.errors import InputError, PolicyRefusal

SCHEMA: Final = "sansnom/desk-keys/1"
PASSPHRASE: Final = "passphrase"  # noqa: S105 - the name of a kind of wrap
RECOVERY: Final = "recovery"
MEMORY_KIB_MAX: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs. RFC 9106, its second recommended option: 64 MiB, three passes, four lanes."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


COST: Final = Cost()


@dataclass(frozen=True, slots=True)
class Wrap:
    """The database key under one secret."""

    number: str
    kind: str
    made_on: str
    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes

    def header(self) -> bytes:
        """Give what is authenticated beside the key."""
        told = [SCHEMA, self.number, self.kind, self.made_on, *asdict(self.cost).values(), self.salt.hex()]
        return json.dumps(told).encode()


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All wraps of one database key."""

    check: bytes
    wraps: tuple[Wrap, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a right secret gives. Its text shows no key."""

    database_key: bytes
    number: str
    kind: str

    def __repr__(self) -> str:
        return f"Opened({self.kind} {self.number})"


def new_database_key() -> bytes:
    """Draw a database key."""
    return secrets.token_bytes(KEY_BYTES)


def create_key_file(
    path: Path, passphrase: str, today: str, cost: Cost = COST, database_key: bytes | None = None
) -> Opened:
    """Write a database key (drawn here, if none is given) under a first passphrase; never over another key file."""
    if path.exists():
        raise PolicyRefusal("vault.exists")
    database_key = database_key or new_database_key()
    wrap = _wrap(database_key, settled(passphrase), PASSPHRASE, today, cost)
    _write(path, KeyFile(_check_value(database_key), (wrap,)))
    return Opened(database_key, wrap.number, PASSPHRASE)


def open_key_file(path: Path, secret: str) -> Opened:
    """Open with a passphrase or the recovery code; PolicyRefusal `vault.wrong` when none of the wraps answers."""
    held = read_key_file(path)
    code = read_recovery_code(secret)
    for wrap in held.wraps:
        if wrap.kind == RECOVERY and code is None:
            continue
        found = _unwrap(wrap, code.encode() if wrap.kind == RECOVERY and code else settled(secret))
        if found is not None and hmac.compare_digest(_check_value(found), held.check):
            return Opened(found, wrap.number, wrap.kind)
    raise PolicyRefusal("vault.wrong")


def add_passphrase(path: Path, database_key: bytes, passphrase: str, today: str, cost: Cost = COST) -> str:
    """Wrap the key under one more passphrase and give the wrap's number."""
    wrap = _wrap(database_key, settled(passphrase), PASSPHRASE, today, cost)
    _change(path, database_key, lambda wraps: (*wraps, wrap))
    return wrap.number


def replace_passphrase(
    path: Path, database_key: bytes, number: str, passphrase: str, today: str, cost: Cost = COST
) -> None:
    """Wrap the key anew under the same number; the old passphrase opens nothing from then on."""
    wrap = replace(_wrap(database_key, settled(passphrase), PASSPHRASE, today, cost, number=number))
    _change(path, database_key, lambda wraps: tuple(wrap if old.number == number else old for old in wraps))


def make_recovery(path: Path, database_key: bytes, today: str, cost: Cost = COST) -> str:
    """Draw a new recovery code, wrap the key under it, drop the earlier one, and give the code to print."""
    code = new_recovery_code()
    wrap = _wrap(database_key, code.replace("-", "").encode(), RECOVERY, today, cost)
    _change(path, database_key, lambda wraps: (*(old for old in wraps if old.kind != RECOVERY), wrap))
    return code


def remove_passphrase(path: Path, database_key: bytes, number: str) -> None:
    """Remove a passphrase; the last one stays (PolicyRefusal `vault.last`)."""
    kept = [wrap for wrap in read_key_file(path).wraps if wrap.kind == PASSPHRASE and wrap.number != number]
    if not kept:
        raise PolicyRefusal("vault.last")
    _change(path, database_key, lambda wraps: tuple(wrap for wrap in wraps if wrap.number != number))


def read_key_file(path: Path) -> KeyFile:
    """Read the file; InputError `vault.unreadable` when it is none of ours."""
    try:
        return parse_key_file(path.read_bytes())
    except OSError:
        raise InputError("vault.unreadable", where=path.name) from None


def parse_key_file(body: bytes) -> KeyFile:
    """Read a key file from its bytes."""
    try:
        told = json.loads(body)
        if told["schema"] != SCHEMA or not set(told) <= {"schema", "check", "wraps", "sum"}:
            raise InputError("vault.unreadable", where="schema")
        if "sum" in told and told.pop("sum") != _sum(told):
            raise InputError("vault.unreadable", where="sum")
        return KeyFile(_bytes(told["check"]), tuple(_read_wrap(entry) for entry in told["wraps"]))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise InputError("vault.unreadable", where="desk.keys") from None


def _read_wrap(told: dict[str, Any]) -> Wrap:
    asked = [told[name] for name in ("memory_kib", "passes", "lanes")]
    if not all(type(one) is int for one in asked):
        raise InputError("vault.unreadable", where="wraps")
    cost = Cost(*asked)
    if not (8 * cost.lanes <= cost.memory_kib <= MEMORY_KIB_MAX and 1 <= cost.passes <= 64 and 1 <= cost.lanes <= 64):
        raise InputError("vault.unreadable", where="wraps")
    if told["kind"] not in {PASSPHRASE, RECOVERY}:
        raise InputError("vault.unreadable", where="wraps")
    fields = (_bytes(told[name]) for name in ("salt", "nonce", "sealed"))
    return Wrap(str(told["number"]), str(told["kind"]), str(told["made_on"]), cost, *fields)


def _change(path: Path, database_key: bytes, change: Callable[[tuple[Wrap, ...]], tuple[Wrap, ...]]) -> None:
    held = read_key_file(path)
    if not hmac.compare_digest(_check_value(database_key), held.check):
        raise PolicyRefusal("vault.other_key")
    _write(path, KeyFile(held.check, change(held.wraps)))


def _write(path: Path, held: KeyFile) -> None:
    wraps = [
        {
            "number": wrap.number,
            "kind": wrap.kind,
            "made_on": wrap.made_on,
            **asdict(wrap.cost),
            "salt": _text(wrap.salt),
            "nonce": _text(wrap.nonce),
            "sealed": _text(wrap.sealed),
        }
        for wrap in held.wraps
    ]
    told = {"schema": SCHEMA, "check": _text(held.check), "wraps": wraps}
    write_whole(path, json.dumps({**told, "sum": _sum(told)}, indent=1).encode())


def _wrap(database_key: bytes, secret: bytes, kind: str, today: str, cost: Cost, *, number: str = "") -> Wrap:
    empty = Wrap(
        number or secrets.token_hex(4), kind, today, cost, secrets.token_bytes(16), secrets.token_bytes(12), b""
    )
    sealed = AESGCM(_stretched(secret, empty)).encrypt(empty.nonce, database_key, empty.header())
    return replace(empty, sealed=sealed)


def _unwrap(wrap: Wrap, secret: bytes) -> bytes | None:
    try:
        return AESGCM(_stretched(secret, wrap)).decrypt(wrap.nonce, wrap.sealed, wrap.header())
    except (InvalidTag, ValueError):
        return None


def _stretched(secret: bytes, wrap: Wrap) -> bytes:
    cost = wrap.cost
    return Argon2id(
        salt=wrap.salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    ).derive(secret)


def _check_value(database_key: bytes) -> bytes:
    return hmac.digest(database_key, b"sansnom desk key check", hashlib.sha256)


def _sum(told: dict[str, Any]) -> str:
    """Give what shows a damaged file for what it is: without it a changed letter would pass for a wrong passphrase."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _text(given: bytes) -> str:
    return base64.b64encode(given).decode()


def _bytes(given: str) -> bytes:
    return base64.b64decode(given, validate=True)
