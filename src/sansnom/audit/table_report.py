"""Pages about a table, in French and in English: a picture of its cells, and what the figures mean.

One file that opens anywhere: no script, no font, no address. Colours come with patterns and words; the picture shows
what is hidden and why, never the value of a hidden cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

PICTURE_ROWS_MAX: Final = 120
PICTURE_COLUMNS_MAX: Final = 60
SHOWN, ZERO, PRIMARY, SECONDARY, CHANGED, PINNED, NARROWED, ABSENT, CLOSED = range(9)

KINDS: Final[dict[int, tuple[str, str, str]]] = {
    SHOWN: ("#ffffff", "publiée", "published"),
    ZERO: ("#f1efe9", "zéro publié", "published zero"),
    PRIMARY: (
        "#8c2d04",
        "cachée\u00a0: petit effectif, ou trop peu d’organismes",
        "hidden: small count, or too few organizations",
    ),
    SECONDARY: ("#fdae6b", "cachée pour protéger une autre", "hidden to protect another"),
    CHANGED: ("#c6dbef", "arrondie ou perturbée", "rounded or perturbed"),
    PINNED: ("#67000d", "retrouvée exactement", "found out exactly"),
    NARROWED: ("#fb6a4a", "resserrée", "narrowed"),
    CLOSED: ("#fdd0a2", "cachée, et tient", "hidden, and holds"),
    ABSENT: ("#d9d9d9", "absente du tableau", "not in the table"),
}
"""Colour, French and English of each kind of cell."""
_LETTERS: Final = {PRIMARY: "●", SECONDARY: "○", CLOSED: "○", PINNED: "!", NARROWED: "~", CHANGED: "≈"}
_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff;margin:0 auto;max-width:72rem;padding:1rem}
section{border-top:4px solid #08519c;margin-top:2rem}h1,h2{line-height:1.2}
figure{margin:1rem 0;overflow-x:auto}svg text{font:12px system-ui,sans-serif}
table{border-collapse:collapse}td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#8c2d04;font-weight:bold}.good{color:#00441b;font-weight:bold}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a report: its name and its value, each in French and English."""

    name: tuple[str, str]
    value: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; pairs are French and English."""

    title: tuple[str, str]
    verdict: tuple[str, str]
    good: bool
    lines: tuple[Line, ...]
    notes: tuple[tuple[str, str], ...]
    named: tuple[str, ...] = ()
    """Labels of the cells that the verdict speaks of."""
    heading: tuple[str, str] = ("Ce qui est caché, et pourquoi", "What is hidden, and why")


def report(page: Page, kinds: NDArray[np.int8], rows: Sequence[str], columns: Sequence[str]) -> str:
    """Write the page: French first, then English, each with the picture."""
    sections = "".join(_section(page, kinds, rows, columns, language) for language in (0, 1))
    return (
        '<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(page.title[0])} · {escape(page.title[1])}</title><style>{_STYLE}</style></head>\n"
        f'<body>\n<p><a href="#fr">Français</a> · <a href="#en" lang="en">English</a></p>\n{sections}</body>\n</html>\n'
    )


def picture(kinds: NDArray[np.int8], rows: Sequence[str], columns: Sequence[str], language: int) -> str:
    """Draw the table as an SVG: a square a cell, with a mark for what is hidden; large tables are shown in part."""
    kinds = kinds[:PICTURE_ROWS_MAX, :PICTURE_COLUMNS_MAX]
    shown_rows, shown_columns = kinds.shape
    size = 28 if shown_columns <= 12 else 18 if shown_columns <= 30 else 12
    left = min(320, 12 + 8 * max((len(_short(row)) for row in rows[:shown_rows]), default=0))
    top = min(240, 12 + 8 * max((len(_short(column)) for column in columns[:shown_columns]), default=0))
    used = [kind for kind in KINDS if (kinds == kind).any()]
    legend = [KINDS[kind][1 + language] for kind in used]
    width = max(left + size * shown_columns + 8, 330)
    height = top + size * shown_rows + 24 * len(used) + 16
    told = {KINDS[kind][1 + language]: int((kinds == kind).sum()) for kind in used}
    summary = ", ".join(f"{name}: {count}" for name, count in told.items())
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{escape(summary)}">'
        )
    ]
    for place, column in enumerate(columns[:shown_columns]):
        x = left + size * place + size * 0.7
        parts.append(
            f'<text x="{x:g}" y="{top - 4}" transform="rotate(-90 {x:g} {top - 4})">{escape(_short(column))}</text>'
        )
    for place, row in enumerate(rows[:shown_rows]):
        y = top + size * place
        parts.append(f'<text x="{left - 5}" y="{y + size * 0.75:g}" text-anchor="end">{escape(_short(row))}</text>')
        for other, kind in enumerate(kinds[place]):
            parts.append(_square(left + size * other, y, size, int(kind), f"{row} × {columns[other]}", language))
    for place, (kind, word) in enumerate(zip(used, legend, strict=True)):
        y = top + size * shown_rows + 12 + 24 * place
        parts.append(_square(4, y, 16, kind, word, language))
        parts.append(f'<text x="28" y="{y + 13}">{escape(word)}</text>')
    return "".join(parts) + "</svg>"


def _square(x: float, y: float, size: int, kind: int, name: str, language: int) -> str:
    colour = KINDS[kind][0]
    dark = kind in {PRIMARY, PINNED}
    mark = _LETTERS.get(kind, "")
    letter = (
        f'<text x="{x + size / 2:g}" y="{y + size * 0.72:g}" text-anchor="middle" fill="{"#fff" if dark else "#222"}">{mark}</text>'
        if mark
        else ""
    )
    title = f"<title>{escape(name)} – {KINDS[kind][1 + language]}</title>"
    return f'<g>{title}<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" fill="{colour}" stroke="#888"/>{letter}</g>'


def _section(page: Page, kinds: NDArray[np.int8], rows: Sequence[str], columns: Sequence[str], language: int) -> str:
    code = ("fr", "en")[language]
    heading = page.heading[language]
    figures = "".join(
        f'<tr><th scope="row">{escape(line.name[language])}</th><td class="n">{escape(line.value[language])}</td></tr>'
        for line in page.lines
    )
    partly = ""
    if kinds.shape[0] > PICTURE_ROWS_MAX or kinds.shape[1] > PICTURE_COLUMNS_MAX:
        partly = (
            f"<p>L’image montre les {PICTURE_ROWS_MAX} premières lignes et {PICTURE_COLUMNS_MAX} premières colonnes.</p>",
            f"<p>The picture shows the first {PICTURE_ROWS_MAX} rows and {PICTURE_COLUMNS_MAX} columns.</p>",
        )[language]
    named = ""
    if page.named:
        title = ("Cellules en cause", "Cells concerned")[language]
        named = f"<h2>{title}</h2><ul>" + "".join(f"<li>{escape(each)}</li>" for each in page.named) + "</ul>"
    notes = "".join(f"<p>{escape(note[language])}</p>" for note in page.notes)
    return (
        f'<section id="{code}" lang="{code}">\n<h1>{escape(page.title[language])}</h1>\n'
        f'<p class="{"good" if page.good else "bad"}">{escape(page.verdict[language])}</p>\n<table>{figures}</table>\n'
        f"<h2>{heading}</h2>{partly}\n<figure>{picture(kinds, rows, columns, language)}</figure>\n{notes}{named}\n</section>\n"
    )


def _short(label: str) -> str:
    last = label.rsplit(" / ", maxsplit=1)[-1]
    return last if len(last) <= 34 else last[:33] + "…"
