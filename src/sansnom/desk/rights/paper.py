"""A person's file as a readable PDF/UA-1, made in memory: typst takes bytes and gives bytes, and writes no file (ADR 0026)."""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from sansnom.desk.rights.told import Cell, Told
from sansnom.terms.errors import BrokenInvariant

FONTS: Final = Path(__file__).parent / "fonts"
TEMPLATE: Final = Path(__file__).parent / "paper.typ"
STANDARD: Final = "ua-1"
COLUMNS_MAX: Final = 5
WORDS_MAX: Final = 60


@cache
def _fonts() -> typst.Fonts:
    """Load the fonts of this folder alone: a copy looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _families() -> tuple[str, ...]:
    families = sorted(_fonts().families())
    return ("Noto Sans", *(name for name in families if name != "Noto Sans"))


@cache
def _covered() -> tuple[list[int], list[int]]:
    """Give the first and last signs of each run that some font of the folder has."""
    steps: list[int] = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    firsts, lasts, reached = [], [], 0
    for skipped, run in zip(steps[::2], steps[1::2], strict=True):
        firsts.append(reached + skipped)
        reached += skipped + run
        lasts.append(reached - 1)
    return firsts, lasts


def writable(text: str) -> str:
    """Write a sign that no font has by its number, `[U+1F600]`: the PDF must show everything, and says what it cannot draw."""
    firsts, lasts = _covered()
    told = []
    for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        place = bisect_right(firsts, ord(sign)) - 1
        if sign == "\n" or (place >= 0 and ord(sign) <= lasts[place] and sign not in "\ufeff\u2028\u2029\x7f"):
            told.append(sign)
        elif unicodedata.category(sign) == "Cf" and sign != "\ufeff":
            continue  # a mark of direction or joining that no font draws: typst orders the text by itself
        elif unicodedata.category(sign) == "Zs" or sign == "\t":
            told.append(" ")
        else:
            told.append(f"[U+{ord(sign):04X}]")
    return "".join(told)


def begins_right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction runs from the right."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return False


def _cell(cell: Cell) -> dict[str, Any]:
    said = writable(cell.said)
    return {"label": writable(cell.label), "said": said, "rtl": begins_right_to_left(said)}


def _part(part: Told) -> dict[str, Any]:
    """Lay a part out: a table where its columns are few and short, else a list of facts for each row."""
    heads = list(dict.fromkeys((cell.name, cell.label) for row in part.rows for cell in row))
    longest = max(len(cell.said) for row in part.rows for cell in row)
    told: dict[str, Any] = {"title": writable(part.title), "shape": "list"}
    if part.name == "person" or len(part.rows) == 1 or len(heads) > COLUMNS_MAX or longest > WORDS_MAX:
        told["rows"] = [[_cell(cell) for cell in row] for row in part.rows]
        return told
    rows = []
    for row in part.rows:
        by_name = {cell.name: _cell(cell) for cell in row}
        rows.append([by_name.get(name, {"label": "", "said": "", "rtl": False}) for name, _ in heads])
    widths = [max(6, len(label), *(len(row[place]["said"]) for row in rows)) for place, (_, label) in enumerate(heads)]
    return told | {"shape": "table", "heads": [writable(label) for _, label in heads], "widths": widths, "rows": rows}


def make_pdf(title: str, opening: Sequence[str], parts: Sequence[Told], empty: str, frame: dict[str, str]) -> bytes:
    """Make the PDF; BrokenInvariant `rights.paper`, without typst's words, which may quote the file, when it cannot.

    `frame` holds language, organization and made_on.
    """
    told = {
        "title": writable(title),
        "opening": [writable(sentence) for sentence in opening],
        "parts": [_part(part) for part in parts if part.rows],
        "empty": writable(empty),
        "fonts": list(_families()),
        **{name: writable(text) for name, text in frame.items()},
    }
    try:
        compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"told": json.dumps(told)})
        made = compiler.compile(TEMPLATE.read_bytes(), format="pdf", pdf_standards=[STANDARD])
    except typst.TypstError:
        raise BrokenInvariant("rights.paper") from None
    if not isinstance(made, bytes):
        raise BrokenInvariant("rights.paper")
    return made
