"""`sansnom audit table FILE...`: what the hidden cells of published tables give away, by arithmetic that anybody can do."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from sansnom.audit.table_attack import Rule, TableAttack, attack_tables
from sansnom.audit.table_file import MISSING, Reading, read_hierarchy, read_table
from sansnom.audit.table_report import ABSENT, CLOSED, NARROWED, PINNED, SHOWN, Line, Page, report
from sansnom.cli.speak import number
from sansnom.terms.errors import InputError

_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})?")
LISTED = 60


def add_table_parser(verbs: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `audit table`."""
    parser = verbs.add_parser(
        "table",
        help="attack published tables · attaquer des tableaux publiés",
        description="CSV or XLSX tables with hidden cells; the first is in question, the others were published too. · "
        "Des tableaux CSV ou XLSX à cellules cachées; le premier est en cause, les autres ont aussi été publiés.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--hidden",
        metavar="LOW-HIGH",
        default="0-",
        help="what a hidden cell can be, such as 1-4 · ce qu’elle peut être",
    )
    parser.add_argument("--rounding", type=int, default=0, metavar="BASE", help="base of rounding · base d’arrondi")
    parser.add_argument("--random", action="store_true", help="rounded at random · arrondi aléatoire")
    parser.add_argument(
        "--threshold", type=int, default=10, metavar="N", help="narrowest interval · intervalle minimal"
    )
    parser.add_argument("--programs", type=int, default=200, metavar="N", help="cells for linear programs · cellules")
    parser.add_argument("--rows", metavar="COL,...", default="", help="columns of a list · colonnes d’une liste")
    parser.add_argument("--columns", metavar="COL,...", default="")
    parser.add_argument("--count", metavar="COL", default="", help="column of the count · colonne de l’effectif")
    parser.add_argument("--hierarchy", type=Path, metavar="FILE", help="child, parent · enfant, parent")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page · écrire une page (HTML)")
    parser.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def reading_of(args: argparse.Namespace) -> Reading:
    """Take from the arguments how to read a file."""
    named = [each.strip() for told in (args.rows, args.columns) for each in told.split(",") if each.strip()]
    hierarchy = read_hierarchy(args.hierarchy) if args.hierarchy else None
    return Reading(tuple(named), args.count, hierarchy)


def run_table(args: argparse.Namespace) -> int:
    """Attack, and say what was found: 1 when a hidden cell is pinned or narrowed."""
    told = _RANGE.fullmatch(args.hidden)
    if told is None or args.rounding < 0 or (told[2] and int(told[2]) < int(told[1])):
        raise InputError("attack.rule", where="--hidden, --rounding")
    rule = Rule(int(told[1]), int(told[2]) if told[2] else None, args.rounding, args.random, args.threshold)
    reading = reading_of(args)
    files = [read_table(path, reading) for path in args.files]
    with Progress(console=Console(stderr=True), transient=True, disable=args.json) as bar:
        task = bar.add_task(args.voice.text("attack.progress"), total=None)
        found = attack_tables(
            files,
            rule,
            programs_max=args.programs,
            progress=lambda _, done, total: bar.update(task, completed=done, total=total or None),
        )
    if args.report:
        args.report.write_text(_page(found), encoding="utf-8")
    if args.json:
        print(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        _say(args, found)
    return 0 if found.passed else 1


def _say(args: argparse.Namespace, found: TableAttack) -> None:
    voice = args.voice
    counts = {name: number(int(value), voice.language) for name, value in _counts(found).items()}
    voice.say("attack.summary", **counts)
    if not found.consistent:
        voice.say("attack.inconsistent")
    voice.say("attack.passed" if found.passed else "attack.failed", **counts)
    for each in found.findings()[:20]:
        print(f"  {voice.text(each.code, where=each.where)}")
    if found.left:
        voice.say("attack.left", left=number(found.left, voice.language))
    if args.report:
        voice.say("attack.report", where=str(args.report))


def _counts(found: TableAttack) -> dict[str, int]:
    return {
        "cells": len(found.names),
        "relations": found.relations,
        "hidden": int(found.hidden.sum()),
        "pinned": int(found.pinned.sum()),
        "narrowed": int(found.narrowed.sum()),
        "recovered": int(found.recovered.sum()),
        "elsewhere": int(found.shown_elsewhere.sum()),
    }


def _page(found: TableAttack) -> str:
    table, mine = found.files[0], found.places[0]
    kinds = np.full(len(mine), SHOWN, dtype=np.int8)
    kinds[table.state == MISSING] = ABSENT
    kinds[found.hidden[mine]] = CLOSED
    kinds[found.narrowed[mine]] = NARROWED
    kinds[found.pinned[mine] | found.recovered[mine]] = PINNED
    rows, columns = labels_of(table.axes)
    told = _counts(found)
    words = {
        "cells": ("Cellules", "Cells"),
        "relations": ("Additions connues", "Known sums"),
        "hidden": ("Cellules cachées", "Hidden cells"),
        "pinned": ("Cachées et retrouvées exactement", "Hidden and found out exactly"),
        "narrowed": ("Cachées et retrouvées ou resserrées", "Hidden and found out or narrowed"),
        "recovered": ("Arrondies et retrouvées", "Rounded and found out"),
        "elsewhere": ("Cachées ici, montrées dans un autre fichier", "Hidden here, shown in another file"),
    }
    lines = [Line(words[name], (number(value, "fr"), number(value, "en"))) for name, value in told.items()]
    good = ("Aucune cellule cachée n’est resserrée.", "No hidden cell is narrowed.")
    bad = (
        "Des cellules cachées se retrouvent ou se resserrent par simple addition.",
        "Hidden cells can be found out or narrowed by mere addition.",
    )
    note = (
        "Chaque constat est démontré: il suit des chiffres publiés seuls. Les valeurs retrouvées ne sont pas écrites ici.",
        "Every finding is proven: it follows from the published figures alone. The values found are not written here.",
    )
    title = (f"Attaque du tableau {table.name}", f"Attack on the table {table.name}")
    heading = ("Ce qui est caché, et ce qui cède", "What is hidden, and what gives way")
    named = tuple(each.where for each in found.findings()[:LISTED])
    page = Page(title, good if found.passed else bad, found.passed, tuple(lines), (note,), named, heading)
    return report(page, kinds.reshape(len(rows), len(columns)), rows, columns)


def labels_of(axes: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - axes of any table
    """Give the labels of a picture's rows (all axes but the last) and columns."""
    if len(axes) == 1:
        return list(axes[0].labels), [axes[0].name]
    rows = list(axes[0].labels)
    for axis in axes[1:-1]:
        rows = [f"{row} · {label}" for row in rows for label in axis.labels]
    return rows, list(axes[-1].labels)
