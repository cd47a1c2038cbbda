"""Which public files the log lists, and entering those that are not in it yet.

    rosters/N.json                             roster          each version of who takes part
    plans/ID/plan.json                         plan
    refusals/ID.json                           refusal
    withdrawals/ID.json                        withdrawal      a question that its asker took back
    releases/ID/submission-set.json            submission-set
    releases/ID/release.json                   release
    releases/ID/destruction-N.json             destruction
    incidents/ID.json                          incident

Entered in this order, so that a question stands before its answer, and an answer before the word that its shares are gone.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.board.journal import Entry, Journal, entry_of
from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import InputError

FILE_BYTES_MAX: Final = 64 * 2**20
NAME: Final = r"[a-z0-9][a-z0-9-]*"

KINDS: Final = (
    ("roster", r"rosters/[1-9][0-9]*\.json"),
    ("plan", rf"plans/{NAME}/plan\.json"),
    ("refusal", rf"refusals/{NAME}\.json"),
    ("withdrawal", rf"withdrawals/{NAME}\.json"),
    ("submission-set", rf"releases/{NAME}/submission-set\.json"),
    ("release", rf"releases/{NAME}/release\.json"),
    ("destruction", rf"releases/{NAME}/destruction-[0-2]\.json"),
    ("incident", rf"incidents/{NAME}\.json"),
)
"""Kinds of entries and the names of their files, in the order in which they are entered."""


def kind_of(file: str) -> str | None:
    """Say of which kind a public file is, by its name; None when the log does not list it."""
    return next((kind for kind, pattern in KINDS if re.fullmatch(pattern, file)), None)


def listed_files(board: Path) -> Iterator[tuple[str, str]]:
    """Give (kind, name) of every public file that the log lists, in the order in which files are entered."""
    found = [
        (kind, place.relative_to(board).as_posix())
        for folder in sorted({pattern.split("/")[0] for _, pattern in KINDS})
        for place in (board / folder).rglob("*.json")
        if (kind := kind_of(place.relative_to(board).as_posix())) is not None
    ]
    order = {kind: place for place, (kind, _) in enumerate(KINDS)}
    yield from sorted(found, key=lambda item: (order[item[0]], _natural(item[1])))


def signed_part(board: Path, file: str) -> dict[str, Any]:
    """Read what is signed in a public file; InputError names the file when it is not a signed one."""
    place = board / file
    if place.stat().st_size > FILE_BYTES_MAX:
        raise InputError("board.file_size", where=file, most=FILE_BYTES_MAX)
    try:
        told = json.loads(place.read_bytes())
    except (ValueError, RecursionError):
        raise InputError("board.file_json", where=file) from None
    signed = told.get("signed") if isinstance(told, dict) else None
    if not isinstance(signed, dict):
        raise InputError("board.file_json", where=file)
    return signed


def digest_of(board: Path, file: str) -> str:
    """Give the SHA-256 of the canonical bytes that are signed in a public file."""
    try:
        return digest_hex(signed_part(board, file))
    except (TypeError, ValueError):
        raise InputError("board.file_json", where=file) from None


def enter_new(board: Path, journal: Journal, private: Ed25519PrivateKey, now: datetime) -> tuple[Entry, ...]:
    """Enter every listed file that the log does not have; gives what was entered.

    A file whose content is another than the one entered is InputError `log.changed`: a file that stands never changes, and the log
    does not help to hide it.
    """
    known = {entry.file: entry.digest for entry in journal.entries()}
    fresh: list[Entry] = []
    for kind, file in listed_files(board):
        digest = digest_of(board, file)
        if known.get(file, digest) != digest:
            raise InputError("log.changed", where=file)
        if file not in known:
            fresh.append(entry_of(kind, file, signed_part(board, file), now))
    journal.append(fresh, private)
    return tuple(fresh)


def _natural(name: str) -> list[tuple[int, str]]:
    """Order rosters/10 after rosters/9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]
