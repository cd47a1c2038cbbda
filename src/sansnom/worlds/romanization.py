"""Spelling habits by language: letters that stand for the same sound, names with forms of their own, short forms.

The table is `tables/respellings.json`, and all of it is our choice. A rule `a:b` goes both ways, `a>b` one way; `_` is a space.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

MARK_FREE: Final = frozenset(
    {"vietnamese", "turkish", "romanian", "spanish", "portuguese", "french", "haitian", "german"}
)
"""Languages whose marks are what gets lost first."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What the table says: pairs of letters and forms of whole names by language, short forms of given names."""

    rules: Mapping[str, Sequence[tuple[str, str]]]
    whole_names: Mapping[str, Mapping[str, Sequence[str]]]
    short_forms: Mapping[str, str]


@cache
def habits() -> Habits:
    """Read the table once."""
    table = json.loads((files("sansnom.worlds") / "tables" / "respellings.json").read_text(encoding="utf-8"))
    return Habits(
        rules={family: _pairs(text) for family, text in table["rules"].items()},
        whole_names={
            family: {name: forms.split("|") for name, forms in names.items()}
            for family, names in table["whole_names"].items()
        },
        short_forms=table["short_forms"],
    )


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for item in text.split():
        before, after = (part.replace("_", " ") for part in item.replace(">", ":").split(":"))
        found.append((before, after))
        if ">" not in item:
            found.append((after, before))
    return tuple(found)
