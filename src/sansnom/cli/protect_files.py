"""What `sansnom protect table` writes: the table as CSV and XLSX, the manifest, the audit and a page in both languages."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from openpyxl import Workbook

from sansnom.audit.table_report import CHANGED, PRIMARY, SECONDARY, SHOWN, ZERO, Line, Page, report
from sansnom.cli.audit_table import labels_of
from sansnom.cli.protect_tables import Curated
from sansnom.cli.speak import Voice, number
from sansnom.release.linear_table import Flags

HIDDEN_SYMBOL: Final = "x"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """A protected table: what each cell shows (None: hidden), and why."""

    curated: Curated | None
    names: Sequence[str]
    shown: Sequence[int | None]
    hidden: Flags
    primary: Flags
    told: dict[str, Any]


def write_release(folder: Path, protected: Protected, voice: Voice) -> None:
    """Write table.csv, table.xlsx, manifest.json, audit.json and report.html."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = _lines(protected)
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[_safe(cell) for cell in line] for line in lines])
    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    for line in lines:
        sheet.append([_safe(cell) for cell in line])
    book.save(folder / "table.xlsx")
    told = {
        name: value for name, value in protected.told.items() if name not in {"audit", "suppressed_cells", "manifest"}
    }
    manifest = protected.told.get("manifest", {}) | {"axes": _axes(protected), "result": told}
    _write_json(folder / "manifest.json", manifest)
    _write_json(folder / "audit.json", protected.told.get("audit", {"passed": True, "cells": 0, "failures": []}))
    (folder / "report.html").write_text(_page(protected), encoding="utf-8")
    print(voice.text("protect.written", where=folder.name), file=sys.stderr)


def _axes(protected: Protected) -> list[dict[str, Any]]:
    if protected.curated is None:
        return []
    return [
        {
            "name": axis.name,
            "labels": list(axis.labels),
            "sums": [
                {"total": axis.labels[total], "parts": [axis.labels[p] for p in parts]} for total, parts in axis.sums
            ],
        }
        for axis in protected.curated.table.axes
    ]


def _lines(protected: Protected) -> list[list[str | int]]:
    """Lay the table out as it came: crossed for two axes, one cell a line for more."""
    cells: list[str | int] = [HIDDEN_SYMBOL if value is None else value for value in protected.shown]
    if protected.curated is None:
        return [["cell", "count"], *([name, cell] for name, cell in zip(protected.names, cells, strict=True))]
    axes = protected.curated.table.axes
    if len(axes) == 2:
        rows, columns = axes
        wide = len(columns.labels)
        crossed: list[list[str | int]] = [["", *columns.labels]]
        crossed += [[label, *cells[place * wide : (place + 1) * wide]] for place, label in enumerate(rows.labels)]
        return crossed
    shape = tuple(len(axis.labels) for axis in axes)
    listed: list[list[str | int]] = [[*(axis.name for axis in axes), "count"]]
    for cell, shown in enumerate(cells):
        places = np.unravel_index(cell, shape)
        listed.append([*(axis.labels[int(place)] for axis, place in zip(axes, places, strict=True)), shown])
    return listed


def _safe(cell: str | int) -> str | int:
    """Keep a label from being run as a formula by the spreadsheet that opens it."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _write_json(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _page(protected: Protected) -> str:
    told = protected.told
    changed = told["method"] != "suppress"
    kinds = np.full(len(protected.shown), CHANGED if changed else SHOWN, dtype=np.int8)
    if not changed:
        kinds[np.array([value == 0 for value in protected.shown])] = ZERO
    kinds[protected.hidden] = SECONDARY
    kinds[protected.primary] = PRIMARY
    if protected.curated is None:
        wide = min(40, len(kinds))
        rows = [str(start) for start in range(0, len(kinds), wide)]
        columns = [f"+{place}" for place in range(wide)]
        kinds = np.concatenate([kinds, np.full(-len(kinds) % wide, SHOWN, dtype=np.int8)])
        title = ("Tableau protégé", "Protected table")
    else:
        rows, columns = labels_of(protected.curated.table.axes)
        title = (
            f"Tableau protégé\u00a0: {protected.curated.table.name}",
            f"Protected table: {protected.curated.table.name}",
        )
    verdict = (
        (
            "Chaque petit effectif est caché et ne peut pas être recalculé.",
            "Every small count is hidden and cannot be computed.",
        )
        if not changed
        else ("Les effectifs ont été changés au hasard.", "The counts were changed at random.")
    )
    return report(
        Page(title, verdict, True, _figures(told), _notes(changed)),  # noqa: FBT003 - the verdict is good
        kinds.reshape(len(rows), len(columns)),
        rows,
        columns,
    )


def _figures(told: dict[str, Any]) -> tuple[Line, ...]:
    words = {
        "cells": ("Cellules", "Cells"),
        "primary": ("Cellules cachées d’office", "Cells hidden by rule"),
        "secondary": ("Autres cellules cachées pour les protéger", "Other cells hidden to protect them"),
        "value": ("Effectifs perdus dans ces autres cellules", "Counts lost in these other cells"),
        "few_contributors": (
            "Cachées parce que trop peu d’organismes y sont",
            "Hidden because too few organizations are in them",
        ),
        "bound": ("Aucun choix sûr n’en perd moins que", "No safe choice loses less than"),
        "changed": ("Cellules changées", "Cells changed"),
        "blank": ("Cellules laissées vides", "Cells left blank"),
    }
    lines = [
        Line(pair, (number(round(told[name]), "fr"), number(round(told[name]), "en")))
        for name, pair in words.items()
        if name in told
    ]
    if "audit" in told:
        audited = told["audit"]
        lines.append(
            Line(
                ("Cellules vérifiées, une par une", "Cells audited, one by one"),
                (number(audited["cells"], "fr"), number(audited["cells"], "en")),
            )
        )
        if audited["contributors_tried"]:
            told_alone = (
                "Organismes seuls dans une cellule, essayés un par un",
                "Organizations alone in a cell, tried one by one",
            )
            tried = audited["contributors_tried"]
            lines.append(Line(told_alone, (number(tried, "fr"), number(tried, "en"))))
    return tuple(lines)


def _notes(changed: bool) -> tuple[tuple[str, str], ...]:
    if changed:
        return (
            (
                (
                    "Un même tableau redemandé avec le même secret donne les mêmes chiffres. Les totaux peuvent différer de la "
                    "somme de leurs parties."
                ),
                (
                    "The same table asked again with the same secret gives the same figures. Totals may differ from the sum of "
                    "their parts."
                ),
            ),
        )
    return (
        (
            "Ne publiez pas cette page\u00a0: elle dit quelles cellules sont petites. Publiez table.csv et manifest.json.",
            "Do not publish this page: it says which cells are small. Publish table.csv and manifest.json.",
        ),
        (
            (
                "Rouge foncé ●\u00a0: un petit effectif, ou trop peu d’organismes. "
                "Orange ○\u00a0: cachée pour qu’aucune soustraction ne le révèle. "
                "Pour chaque petit effectif, un programme linéaire a vérifié ce que peut en déduire qui lit le tableau entier."
            ),
            (
                "Dark red ●: a small count, or too few organizations. "
                "Orange ○: a cell hidden so that no subtraction reveals it. For each small count, a "
                "linear program checked what can be deduced by whoever reads the whole table."
            ),
        ),
        (
            "Ce tableau est sans noms. Il reste que la présence d’une personne connue d’ailleurs peut se deviner.",
            "This table is without names. What remains: the presence of somebody known from elsewhere may be guessed.",
        ),
    )
