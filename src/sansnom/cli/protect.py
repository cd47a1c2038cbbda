"""`sansnom protect table FILE`: hide, round or perturb the small counts of one organization's own table, with its proof."""

import argparse
import gzip
import json
import secrets
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from sansnom.audit.table_file import read_lines
from sansnom.cli.audit_table import reading_of
from sansnom.cli.protect_columns import Columns, add_columns, columns_of, few_of, told_by_columns
from sansnom.cli.protect_files import Protected, write_release
from sansnom.cli.protect_tables import Curated, curated_table, earlier_tables, period_of
from sansnom.cli.speak import number
from sansnom.release.cell_key import KEYS, perturb, perturb_by_table, read_ptable
from sansnom.release.intervals import audit_intervals
from sansnom.release.linear_table import LinearTable, from_json
from sansnom.release.manifest import Union, union
from sansnom.release.rounding import draw, round_additively, round_at_random, round_to_nearest
from sansnom.release.suppression import THOROUGH, Suppression, suppress
from sansnom.terms.errors import InputError

SECONDS_DEFAULT = 120
SUPPRESS_CELLS_MAX = 200_000
SUPPRESS_PRIMARIES_MAX = 20_000


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `protect`."""
    parser = subparsers.add_parser("protect", help="make a table safe to publish · rendre un tableau publiable")
    verbs = parser.add_subparsers(dest="protect_verb", metavar="THING", required=True)
    table = verbs.add_parser(
        "table",
        help="protect a table of counts · protéger un tableau d’effectifs",
        description="CSV or XLSX, one cell a line or crossed, or the JSON form. Nothing leaves this computer. · "
        "CSV ou XLSX, en liste ou croisé, ou la forme JSON. Rien ne quitte cet ordinateur.",
    )
    table.add_argument("file", type=Path, metavar="FILE")
    table.add_argument("--rows", metavar="COL,...", default="", help="columns of a list · colonnes d’une liste")
    table.add_argument("--columns", metavar="COL,...", default="")
    table.add_argument("--count", metavar="COL", default="", help="column of the count · colonne de l’effectif")
    add_columns(table)
    table.add_argument("--hierarchy", type=Path, metavar="FILE", help="child, parent · enfant, parent")
    table.add_argument("--weights", choices=("value", "cells", "log"), help="what hiding costs · ce que cacher coûte")
    table.add_argument(
        "--earlier",
        nargs="+",
        default=[],
        metavar="FILE[@PERIOD]",
        help="tables published before · tableaux déjà publiés",
    )
    table.add_argument("--period", metavar="FIRST/LAST", default="", help="2026-01-01/2026-03-31")
    table.add_argument(
        "--method", choices=("suppress", "round", "round-additive", "round-nearest", "cell-key"), default="suppress"
    )
    table.add_argument(
        "--threshold", type=int, default=10, metavar="N", help="smallest count shown · plus petit effectif montré"
    )
    table.add_argument("--base", type=int, default=5, help="base of rounding · base d’arrondi")
    table.add_argument(
        "--secret", type=Path, metavar="FILE", help="of rounding and cell keys · de l’arrondi et des clés"
    )
    table.add_argument("--ptable", type=Path, metavar="FILE", help="pcv, ckey, pvalue")
    table.add_argument(
        "--seconds", type=int, default=SECONDS_DEFAULT, help="limit of the search · limite de la recherche"
    )
    table.add_argument("--out", type=Path, metavar="DIR", help="folder of the results · dossier des résultats")
    table.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Protect, audit, write; a failed audit writes nothing."""
    if args.threshold < 2:  # a threshold of one hides nothing
        raise InputError("attack.rule", where="--threshold")
    curated: Curated | None = None
    columns = columns_of(args)
    if args.file.name.casefold().endswith((".json", ".json.gz")):
        table = read_instance(args.file)
        joined = Union(table, (np.arange(table.cells),), *np.zeros((2, table.cells), dtype=np.bool_))
    else:
        reading = replace(reading_of(args), beside=columns.names)
        curated = curated_table(args.file, reading, period_of(args.period))
        tables = [curated.table, *earlier_tables(args.earlier, reading, curated.table)]
        joined = told_by_columns(union(tables, args.threshold), curated.source, columns, args.threshold)
        if curated.filled and not args.json:
            args.voice.say("protect.missing", cells=number(curated.filled, args.voice.language))
    if not joined.table.exact and not args.json:
        args.voice.say("protect.approximate")
    if args.method == "suppress":
        return _suppress(args, joined, curated, columns)
    return _change(args, joined, curated)


def _suppress(args: argparse.Namespace, joined: Union, curated: Curated | None, columns: Columns) -> int:
    if joined.table.cells > SUPPRESS_CELLS_MAX or joined.table.primary.sum() > SUPPRESS_PRIMARIES_MAX:
        raise InputError("suppression.too_large", cells=SUPPRESS_CELLS_MAX, primaries=SUPPRESS_PRIMARIES_MAX)
    table = joined.table if columns.weight else _weighted(joined.table, args.weights)
    start = monotonic()
    with Progress(console=Console(stderr=True), transient=True, disable=args.json) as bar:
        task = bar.add_task(args.voice.text("protect.progress"), total=args.seconds)

        def stop() -> bool:
            bar.update(task, completed=monotonic() - start)
            return bool(monotonic() - start > args.seconds)

        found = suppress(
            table,
            effort=THOROUGH,
            fixed_published=joined.fixed_open,
            fixed_suppressed=joined.fixed_hidden,
            stop=stop,
        )
        audit_task = bar.add_task(args.voice.text("protect.auditing"), total=2 * int(table.primary.sum()))
        audit = audit_intervals(
            table, found.suppressed, progress=lambda done, _: bar.update(audit_task, completed=done)
        )
    audit.require()
    told = _told(table, found) | {"audit": audit.to_json(), "seconds": round(monotonic() - start, 1)}
    if columns.contributors and curated is not None:
        told["few_contributors"] = int(few_of(curated.source, columns).sum())
    if args.out:
        own = joined.places[0]
        hidden = found.suppressed[own]
        shown = [None if hide else int(value) for hide, value in zip(hidden, table.values[own], strict=True)]
        told["manifest"] = {"threshold": args.threshold, "earlier": list(args.earlier), "method": args.method}
        protected = Protected(curated, table.named(own), shown, hidden, table.primary[own], told)
        write_release(args.out, protected, args.voice)
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    language = args.voice.language
    args.voice.say(
        "protect.done",
        primary=number(told["primary"], language),
        secondary=number(told["secondary"], language),
        cells=number(table.cells, language),
        loss=number(round(found.loss), language),
        bound=number(round(found.bound), language),
        gap=f"{100 * found.gap:.1f}".replace(".", "," if language == "fr" else "."),
    )
    return 0


def _change(args: argparse.Namespace, joined: Union, curated: Curated | None) -> int:
    table = joined.table
    if args.method == "round-additive":
        changed = round_additively(table, args.base)
    elif args.method == "round-nearest":
        changed = round_to_nearest(table.values, args.base)
    else:
        secret = _secret(args)
        if args.method == "round":
            changed = round_at_random(table.values, table.names, secret, args.base)
        else:
            keys = np.array([each % KEYS for each in draw(secret, table.names, b"cell key")], dtype=np.int64)
            if args.ptable:
                told_by_table = perturb_by_table(table.values, keys, read_ptable(read_lines(args.ptable)))
                changed = np.where(np.isnan(told_by_table), -1, told_by_table).astype(np.int64)
            else:
                changed = perturb(table.values, keys)
    own = joined.places[0]
    nothing = np.zeros(len(own), dtype=np.bool_)
    hidden = changed[own] < 0
    told = {
        "schema": "sansnom/protect-table/1",
        "ok": True,
        "findings": [],
        "method": args.method,
        "cells": table.cells,
        "changed": int((changed != table.values).sum()),
        "blank": int(hidden.sum()),
    }
    if args.out:
        told["manifest"] = {"base": args.base, "method": args.method, "earlier": list(args.earlier)}
        shown = [None if value < 0 else int(value) for value in changed[own]]
        write_release(args.out, Protected(curated, table.named(own), shown, hidden, nothing, told), args.voice)
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        args.voice.say("protect.rounded", cells=number(table.cells, args.voice.language), method=args.method)
    return 0


def _told(table: LinearTable, found: Suppression) -> dict[str, Any]:
    primary = int(table.primary.sum())
    return {
        "schema": "sansnom/protect-table/1",
        "ok": True,
        "findings": [],
        "method": "suppress",
        "cells": table.cells,
        "relations": table.relations.shape[0],
        "exact": table.exact,
        "primary": primary,
        "suppressed": found.count,
        "secondary": found.count - primary,
        "value": int(table.values[found.suppressed & ~table.primary].sum()),
        "loss": found.loss,
        "bound": found.bound,
        "gap": found.gap,
        "status": found.status,
        "steps": list(found.steps),
        "suppressed_cells": [int(cell) for cell in np.flatnonzero(found.suppressed)],
    }


def _weighted(table: LinearTable, weights: str | None) -> LinearTable:
    """Weigh as asked; else by the file's weights or values, or by cells where values are known to a few digits only."""
    if weights == "value" or (weights is None and table.exact):
        return table
    weights = weights or "cells"
    chosen = np.ones(table.cells) if weights == "cells" else 1 + np.log2(1 + table.values.astype(np.float64))
    fields = {name: getattr(table, name) for name in table.__dataclass_fields__}
    return LinearTable(**fields | {"weights": chosen})


def read_instance(path: Path) -> LinearTable:
    """Read a table in its JSON form, packed by gzip or not; InputError `table.file` when it is neither."""
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        return from_json(json.loads(content))
    except (OSError, ValueError, EOFError, RecursionError):
        raise InputError("table.file", where=path.name) from None


def _secret(args: argparse.Namespace) -> bytes:
    """Read the secret, or draw one and keep it where --secret says, so that asking again gives the same table."""
    if args.secret is None:
        raise InputError("rounding.secret_needed", where="--secret")
    path: Path = args.secret
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
        if not args.json:
            args.voice.say("protect.secret", where=path.name)
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise InputError("table.file", where=path.name) from None
