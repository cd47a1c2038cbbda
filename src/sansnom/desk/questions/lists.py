"""The ratified dictionaries that ship with the program, and the roll-ups that go with them."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sansnom.exchange.dimensions import RollUps
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.vocabulary import Dictionary

_FOLDER: Final = files("sansnom.terms.dictionary")
_VERSION: Final = re.compile(r"(\d{4}\.\d+)\.json")


@cache
def dictionaries() -> Mapping[str, Dictionary]:
    """Read every ratified version, by its number."""
    found = [_VERSION.fullmatch(entry.name) for entry in _FOLDER.iterdir()]
    return {match[1]: Dictionary.from_json(_read(match[0])) for match in found if match is not None}


@cache
def roll_ups(version: str) -> RollUps:
    """Read the roll-up tables of a version."""
    if version not in dictionaries():
        raise PolicyRefusal("rule.dictionary_version", version=version)
    return RollUps.from_json(_read(f"{version}.json"), _read("birthplaces.json"))


def _read(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((_FOLDER / name).read_text("utf-8"))
    return told
