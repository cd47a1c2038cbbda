"""Every version of the roster that a board ever had: each signed by the convener of the version before.

    rosters/N.json   one file for each version, never changed
    roster.json      the newest one again, for whoever wants only that

Whoever believed version N can believe N + 1 without asking anyone: a new convener needs the old one's signature. A board of one
version may have `roster.json` alone.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import verify_object

CURRENT: Final = "roster.json"
FOLDER: Final = "rosters"
FILE_BYTES_MAX: Final = 8 * 2**20
_FILE: Final = re.compile(r"([1-9][0-9]{0,5})\.json")


@dataclass(frozen=True, slots=True)
class Rosters:
    """All versions, the oldest first; at least one."""

    versions: tuple[Roster, ...]
    digests: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digests", tuple(roster.digest for roster in self.versions))

    @property
    def newest(self) -> Roster:
        """Give the version in force."""
        return self.versions[-1]

    def named(self, digest: str) -> Roster | None:
        """Find the version that a plan was made for."""
        found = zip(self.versions, self.digests, strict=True)
        return next((roster for roster, known in found if known == digest), None)

    @property
    def helper_keys(self) -> tuple[str, ...]:
        """Give the signing keys of every helper of every version."""
        return tuple(dict.fromkeys(helper.sign_key for roster in self.versions for helper in roster.helpers))

    @property
    def convener_keys(self) -> tuple[str, ...]:
        """Give the key of every convener there was."""
        return tuple(dict.fromkeys(roster.convener_key for roster in self.versions))


def read_rosters(folder: Path) -> Rosters:
    """Read and check all versions; InputError or PolicyRefusal names the file that cannot be believed."""
    current = folder / CURRENT
    if not current.is_file():
        raise InputError("board.no_roster", where=CURRENT)
    newest = read_json(current, CURRENT)
    places = _places(folder / FOLDER)
    if not places:
        return Rosters((_believed(newest, (), CURRENT),))
    versions: list[Roster] = []
    envelope: Any = None
    for number, place in places:
        name = f"{FOLDER}/{place.name}"
        envelope = read_json(place, name)
        roster = _believed(envelope, versions, name)
        if roster.version != number:
            raise InputError("board.file_name", where=name)
        versions.append(roster)
    if canonical_bytes(newest) != canonical_bytes(envelope):
        raise InputError("board.roster_newest", where=CURRENT)
    return Rosters(tuple(versions))


def read_json(place: Path, name: str) -> Any:  # noqa: ANN401 - whatever a file holds; each reader checks it
    """Read a public file that is JSON and not too large; InputError names it."""
    if place.stat().st_size > FILE_BYTES_MAX:
        raise InputError("board.file_size", where=name, most=FILE_BYTES_MAX)
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise InputError("board.file_json", where=name) from None


def _places(folder: Path) -> list[tuple[int, Path]]:
    """List the versions in order; a gap, or a file that is none, is a file that cannot be believed."""
    found: list[tuple[int, Path]] = []
    for place in sorted(folder.glob("*.json")):
        match = _FILE.fullmatch(place.name)
        if match is None:
            raise InputError("board.file_name", where=f"{FOLDER}/{place.name}")
        found.append((int(match[1]), place))
    found.sort()
    for (before, _), (after, place) in pairwise(found):
        if after != before + 1:
            raise InputError("board.roster_gap", where=f"{FOLDER}/{place.name}")
    return found


def _believed(envelope: object, before: Sequence[Roster], name: str) -> Roster:
    """Read a version that its own convener has signed, and the convener of the version before."""
    roster = Roster.from_json(envelope.get("signed") if isinstance(envelope, dict) else None)
    keys = {roster.convener_key} | ({before[-1].convener_key} if before else set())
    try:
        verify_object("roster", envelope, keys, len(keys))
    except PolicyRefusal as refusal:
        raise PolicyRefusal(refusal.code, (), **{**refusal.parameters, "where": name}) from None
    if before:
        _no_number_twice(roster, before, name)
        # A log under another key would be another log: whoever remembers the old one could not tell what became of it.
        if before[-1].log_key not in ("", roster.log_key):
            raise PolicyRefusal("board.log_key", where=name)
    return roster


def _no_number_twice(roster: Roster, before: Sequence[Roster], name: str) -> None:
    """A number, once given, is one organization's for good: submissions are known by it."""
    given = {o.number: o.code for earlier in before for o in earlier.organizations}
    if any(given.get(o.number, o.code) != o.code for o in roster.organizations):
        raise PolicyRefusal("board.roster_number", where=name)
