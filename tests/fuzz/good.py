"""What a parser under attack is, and good input for all of them: a board that has lived, three helpers with a plan."""

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.transparency.signature import sign_object
from tests.board.lived_board import write_lived_board
from tests.exchange import examples
from tests.fuzz.shapes import change_bytes, change_json, json_text
from tests.helper.world import PLAN, World, make_world

Change = Callable[[random.Random], bytes]
WRONG: Final = (InputError, PolicyRefusal)


@dataclass(frozen=True, slots=True)
class Target:
    """One parser under attack.

    change   gives hostile bytes
    parse    reads them: a value, or an error among `errors`
    again    writes a value that was read; reading that must give the value again
    tells    why an error of this parser may name what it read; empty: it may not
    """

    name: str
    change: Change
    parse: Callable[[bytes], Any]
    errors: tuple[type[SansnomError], ...] = WRONG
    again: Callable[[Any], bytes] | None = None
    tells: str = ""


@cache
def folder() -> Path:
    """Give a folder that lives as long as the tests."""
    place = tempfile.TemporaryDirectory(prefix="fuzz-")
    _KEPT.append(place)
    return Path(place.name)


_KEPT: Final[list[Any]] = []


@cache
def board() -> Path:
    """Give a board that has lived."""
    return write_lived_board(folder() / "board")


@cache
def world() -> World:
    """Give three helpers that take a plan's submissions."""
    place = folder() / "world"
    place.mkdir()
    made = make_world(place)
    made.publish_plan()
    return made


@cache
def setting() -> Any:
    """Give what follows from the world's plan."""
    return world().seats[0].means.plan(PLAN)


@cache
def sealed() -> Any:
    """Give a good submission."""
    return world().submission(setting(), "aube")


def public(pattern: str) -> Any:
    """Give a public file of the board, as JSON."""
    return json.loads(next(iter(sorted(board().glob(pattern)))).read_bytes())


def tree(good: Callable[[], Any]) -> Change:
    """Change a JSON file anywhere."""
    return lambda chance: json_text(chance, change_json(chance, good()))


def plain(good: Callable[[], bytes]) -> Change:
    """Change bytes anywhere."""
    return lambda chance: change_bytes(chance, good())


def resigned(kind: str, good: Callable[[], Any], signer: str) -> Change:
    """Change what is signed, and sign it anew where it can be signed: past the signature, the parser stands alone."""

    def change(chance: random.Random) -> bytes:
        told = change_json(chance, good())
        try:
            return canonical_bytes(sign_object(kind, told, signer_of(signer)))
        except (TypeError, ValueError, RecursionError):
            return json_text(chance, {"signed": told, "signatures": []})

    return change


def signer_of(name: str) -> Any:
    """Give the signing key of a helper or of a desk by its name."""
    return (
        world().seats[int(name[-1])].identity.signing if name.startswith("helper") else examples.keys_of(name).signing
    )


def from_json(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    """Read JSON as every caller does, and hand it on."""

    def parse(content: bytes) -> Any:
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            raise InputError("json.file") from None
        return read(told)

    return parse


def in_file(name: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """Write the bytes into a file and read that."""

    def parse(content: bytes) -> Any:
        place = folder() / "files" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return read(place)

    return parse


def to_json(value: Any) -> bytes:
    """Write a noun canonically."""
    return canonical_bytes(value.to_json())
