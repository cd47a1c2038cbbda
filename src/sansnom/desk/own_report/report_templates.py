"""Report templates: data files, one a programme, with their tables, their outcome and the order of a funder's own form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sansnom.terms.parse import Text


@dataclass(frozen=True, slots=True)
class TableAsked:
    """One table of a template; `dimensions` of the dictionary where its kind is "persons"."""

    table: str
    kind: str
    title: Text
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a funder's form: its number there, its words, and the figure that answers it."""

    line: str
    label: Text
    table: str
    cell: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A report template as its file has it; without `services`, every service counts."""

    code: str
    title: Text
    about: Text
    services: tuple[str, ...]
    tables: tuple[TableAsked, ...]
    outcome: Line
    grid: tuple[Line, ...]


def _text(told: Mapping[str, str]) -> Text:
    return Text(told["fr"], told["en"])


def _line(told: Mapping[str, Any]) -> Line:
    return Line(str(told.get("line", "")), _text(told["label"]), told["table"], tuple(told["cell"].items()))


@cache
def templates() -> Mapping[str, Template]:
    """Read every template that ships, in the order of their files; the general one first."""
    folder = files("sansnom.desk.own_report") / "programmes"
    found = {}
    for path in sorted(folder.iterdir(), key=lambda each: (each.name != "general.json", each.name)):
        if path.name.endswith(".json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            found[told["template"]] = Template(
                told["template"],
                _text(told["title"]),
                _text(told["about"]),
                tuple(told["services"]),
                tuple(
                    TableAsked(each["table"], each["kind"], _text(each["title"]), tuple(each.get("dimensions", ())))
                    for each in told["tables"]
                ),
                _line(told["outcome"]),
                tuple(_line(each) for each in told["grid"]),
            )
    return found
