"""Keep a board: put signed files where they belong, once each, and enter them in the log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.board.enter import enter_new
from sansnom.board.journal import Entry, Journal, kept_key, write_faults, write_whole
from sansnom.board.public import read_board
from sansnom.board.rosters import CURRENT, FOLDER, Rosters, read_json, read_rosters
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.note import Verifier

_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "sansnom/roster/1": (FOLDER + "/{}.json", "version"),
    "sansnom/plan/1": ("plans/{}/plan.json", "plan"),
    "sansnom/refusal/1": ("refusals/{}.json", "plan"),
    "sansnom/withdrawal/1": ("withdrawals/{}.json", "plan"),
    "sansnom/incident/1": ("incidents/{}.json", "incident"),
}
"""Where each kind of signed file stands, and the member that names it."""


def keeper_of(folder: Path, rosters: Rosters) -> Verifier:
    """Give the log's public key: as the newest roster names it; on a board whose roster names none, as it stands beside the log."""
    named = rosters.newest.log_key
    return Verifier.read(named) if named else kept_key(folder)


def place_of(envelope: object) -> str:
    """Say where a signed file belongs on the board; InputError `board.file_kind` when it belongs nowhere."""
    signed: Any = envelope.get("signed") if isinstance(envelope, dict) else None
    schema = signed.get("schema") if isinstance(signed, dict) else None
    place, member = _PLACES.get(str(schema), ("", ""))
    named = str(signed.get(member)) if place else ""
    if not place or not named.replace("-", "").isalnum() or not named.isascii():
        raise InputError("board.file_kind", where="FILE")
    return place.format(named)


def put_file(folder: Path, envelope: dict[str, Any]) -> str:
    """Put one signed file on the board; the same again is no change. PolicyRefusal `board.other` when another stands there."""
    name = place_of(envelope)
    opposite = _opposite(name)
    if opposite and (folder / opposite).is_file():
        raise PolicyRefusal("board.refused_accepted", where=name)
    content = canonical_bytes(envelope)
    target = folder / name
    if target.is_file():
        if canonical_bytes(read_json(target, name)) != content:
            raise PolicyRefusal("board.other", where=name)
    else:
        write_whole(target, content)
    if name.startswith(f"{FOLDER}/"):
        write_whole(folder / CURRENT, content)
    return name


def _opposite(name: str) -> str:
    """Name the file that may not stand beside this one: a refusal under an accepted question's name, or the other way."""
    kind, _, rest = name.partition("/")
    if kind == "refusals":
        return f"plans/{rest.removesuffix('.json')}/plan.json"
    return f"refusals/{rest.partition('/')[0]}.json" if kind == "plans" else ""


def add_files(folder: Path, paths: Iterable[Path], dictionaries: Mapping[str, Dictionary]) -> tuple[str, ...]:
    """Put signed files on the board if the board can be believed with them; else it stays as it was, and the error says why."""
    before = (folder / CURRENT).read_bytes() if (folder / CURRENT).is_file() else None
    added: list[str] = []
    try:
        for path in paths:
            envelope = read_json(path, path.name)
            fresh = not (folder / place_of(envelope)).is_file()
            name = put_file(folder, envelope)
            added += [name] if fresh else []
        read_board(folder, dictionaries)
    except SansnomError:
        with write_faults(folder / CURRENT):
            for name in added:
                (folder / name).unlink()
            if before is None:
                (folder / CURRENT).unlink(missing_ok=True)
        if before is not None:
            write_whole(folder / CURRENT, before)
        raise
    return tuple(added)


def enter_files(folder: Path, private: Ed25519PrivateKey, now: datetime) -> tuple[Entry, ...]:
    """Enter what the log does not have yet; PolicyRefusal `log.key` when the key is not the one that the roster names."""
    keeper = keeper_of(folder, read_rosters(folder))
    return enter_new(folder, Journal(folder, keeper), private, now)
