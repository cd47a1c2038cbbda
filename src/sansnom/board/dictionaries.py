"""The dictionaries of variables that ship with the package, by version: apart from the pages, which are slow to load."""

import json
from importlib.resources import files

from sansnom.terms.vocabulary import Dictionary


def shipped_dictionaries() -> dict[str, Dictionary]:
    """Read every dictionary version that ships with the package."""
    folder = files("sansnom.terms").joinpath("dictionary")
    found: dict[str, Dictionary] = {}
    for place in sorted(folder.iterdir(), key=lambda p: p.name):
        if place.name[:1].isdigit() and place.name.endswith(".json"):
            dictionary = Dictionary.from_json(json.loads(place.read_text(encoding="utf-8")))
            found[dictionary.version] = dictionary
    return found
