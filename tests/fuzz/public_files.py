"""Parsers of public files: plans, rosters, releases, the log; and what a board keeps."""

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sansnom.audit.public_fetch import beside_release, fetch_board
from sansnom.board.ask_store import Proposal
from sansnom.board.journal import Entry
from sansnom.desk.questions.believing import read_roster as read_roster_at_desk
from sansnom.exchange.keys import PublicKeys
from sansnom.helper.means import read_roster
from sansnom.release.budget import Ledger
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.incident import Incident
from sansnom.terms.parse import Text
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from sansnom.transparency.merkle import check_consistency, check_inclusion
from sansnom.transparency.note import cosign_note, read_note, verifier_of
from sansnom.transparency.tiles import read_bundle, write_bundle
from tests.exchange import examples
from tests.fuzz.good import (
    WRONG,
    Target,
    board,
    folder,
    from_json,
    plain,
    public,
    resigned,
    setting,
    to_json,
    tree,
    world,
)
from tests.fuzz.shapes import change_bytes, change_json, json_text


def _read(kind: str, pattern: str, read: Callable[[Any], Any]) -> Target:
    return Target(kind, tree(lambda: public(pattern)["signed"]), from_json(read), WRONG, to_json)


@cache
def _note() -> bytes:
    private = examples.keys_of("log").signing
    note = sign_checkpoint(Checkpoint("sansnom.example/log", 7, bytes(32)), private)
    return cosign_note(note, "witness.example", examples.keys_of("witness").signing, 1_700_000_000)


def keepers() -> Any:
    """Give the public keys of a log's keeper and of its witnesses."""
    keeper = verifier_of("sansnom.example/log", examples.keys_of("log").signing)
    return keeper, (verifier_of("witness.example", examples.keys_of("witness").signing, 0x04),)


def _proof(content: bytes) -> None:
    """Take a proof apart as its bytes say: two numbers, then hashes of 32 bytes."""
    index, size = content[:1], content[1:9]
    hashes = [content[start : start + 32] for start in range(9, len(content), 32)]
    check_inclusion(bytes(32), int.from_bytes(index, "big"), int.from_bytes(size, "big"), hashes, bytes(32))


def _consistency(content: bytes) -> None:
    index, size = content[:1], content[1:9]
    hashes = [content[start : start + 32] for start in range(9, len(content), 32)]
    check_consistency(int.from_bytes(index, "big"), int.from_bytes(size, "big"), hashes, bytes(32), bytes(32))


def _roster_told() -> Any:
    return world().roster.to_json()


def _keys_told() -> Any:
    return examples.keys_of("aube").public.to_json()


def _entry() -> bytes:
    return Entry("plan", "plans/a/plan.json", "00" * 32, "2026-05-01T12:00:00Z").to_bytes()


def _changed_entry(chance: random.Random) -> bytes:
    told = change_json(chance, json.loads(_entry()))
    try:
        return canonical_bytes(told) if chance.randrange(4) else json_text(chance, told)
    except (TypeError, ValueError):
        return json_text(chance, told)


def _withdrawal() -> Any:
    return Withdrawal(setting().plan, "2026-04-01", Text("Une erreur", "A mistake")).to_json()


def _incident() -> Any:
    said = Text("Une erreur", "A mistake")
    return Incident("2026-04-a", "2026-04-01", said, said, ("plans/a",), said).to_json()


def _proposal() -> Any:
    return Proposal("0123456789", "2026-04-01", setting().plan).to_json()


def _refusal() -> Any:
    return Refusal(setting().plan, 0, "2026-04-01", "rule.refused", ()).to_json()


def _dictionary() -> Any:
    source = Path(__file__).resolve().parents[2] / "src" / "sansnom" / "terms" / "dictionary" / "2026.1.json"
    return json.loads(source.read_bytes())


@cache
def _served() -> dict[str, bytes]:
    """Give the files of the board that decide what else is fetched, by name, as an address would."""
    whole = {place.relative_to(board()).as_posix(): place for place in board().rglob("*") if place.is_file()}
    chosen = {name for name in whole if name.startswith("log/") or name.endswith(("roster.json", "release.json"))}
    return {name: whole[name].read_bytes() for name in sorted(chosen)}


def _one_changed(chance: random.Random) -> bytes:
    """Give one of them, changed: its name, a line's end, its bytes."""
    name = chance.choice(list(_served()))
    return name.encode() + b"\n" + change_bytes(chance, _served()[name])


def _fetch(content: bytes) -> Any:
    """Fetch the board from an address that serves one file as given."""
    name, _, changed = content.partition(b"\n")
    served = _served() | {name.decode("utf-8", "replace"): changed}
    with TemporaryDirectory(dir=folder()) as place:
        fetch_board(served.get, Path(place))
        return sorted(path.relative_to(place).as_posix() for path in Path(place).rglob("*") if path.is_file())


def _ledger() -> Any:
    return world().seats[0].means.ledger().to_json()


PUBLIC: Final = (
    _read("plan", "plans/*/plan.json", Plan.from_json),
    _read("roster", "rosters/*.json", Roster.from_json),
    _read("release", "releases/*/release.json", Release.from_json),
    Target("roster-of-a-helper", tree(lambda: world().roster_file), read_roster),
    Target(
        "roster-at-a-desk",
        resigned("roster", _roster_told, "convener"),
        from_json(read_roster_at_desk),
    ),
    Target("refusal", tree(_refusal), from_json(Refusal.from_json), WRONG, to_json),
    Target("withdrawal", tree(_withdrawal), from_json(Withdrawal.from_json), WRONG, to_json),
    Target("incident", tree(_incident), from_json(Incident.from_json), WRONG, to_json),
    Target("proposal", tree(_proposal), from_json(Proposal.from_json), WRONG, to_json),
    Target("ledger", tree(_ledger), from_json(Ledger.from_json), WRONG, to_json),
    Target("dictionary", tree(_dictionary), from_json(Dictionary.from_json)),
    Target(
        "public-keys",
        tree(_keys_told),
        from_json(PublicKeys.from_json),
        WRONG,
        to_json,
    ),
    Target("note", plain(_note), lambda b: read_note(b, (keepers()[0], *keepers()[1]))),
    Target("checkpoint", plain(_note), lambda b: read_checkpoint(b, *keepers())[0]),
    Target("log-entry", _changed_entry, Entry.from_bytes, WRONG, lambda entry: entry.to_bytes()),
    Target(
        "bundle", plain(lambda: write_bundle([b"one", b"", _entry()])), lambda b: read_bundle(b, 3), WRONG, write_bundle
    ),
    Target("inclusion", plain(lambda: bytes(9 + 3 * 32)), _proof),
    Target("consistency", plain(lambda: bytes(9 + 3 * 32)), _consistency),
    Target(
        "release-fetched",
        tree(lambda: public("releases/*/release.json")),
        lambda b: list(beside_release("releases/a", b)),
    ),
    Target("board-fetched", _one_changed, _fetch),
)
