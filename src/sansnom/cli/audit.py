"""`sansnom audit linkage`: how well rows were linked, where the truth is known. For synthetic and labelled data only."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sansnom.audit.linkage import Score, read_truth, score
from sansnom.audit.linkage_chart import chart
from sansnom.audit.linking_run import KeyShare, default_linking, groups_of, key_shares, link_files
from sansnom.cli import audit_calibrate
from sansnom.cli.audit_release import add_release_parser, run_release
from sansnom.cli.audit_table import add_table_parser, run_table
from sansnom.cli.audit_worlds import add_options, run_measurement
from sansnom.cli.speak import Voice, number
from sansnom.desk.files.reader import read_organizations
from sansnom.terms.errors import InputError


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `audit`."""
    parser = subparsers.add_parser("audit", help="measure and attack · mesurer et attaquer")
    verbs = parser.add_subparsers(dest="audit_verb", metavar="VERB", required=True)
    linkage = verbs.add_parser(
        "linkage",
        help="score links against the truth, for synthetic or labelled data · comparer les liens à la vérité",
        description="Either --evaluation (of `sansnom run --exact-for-evaluation`) or --organizations, which are linked "
        "here in the clear. · Soit --evaluation, soit --organizations, reliés ici en clair.",
    )
    linkage.add_argument("--truth", type=Path, metavar="FILE", help="truth.json")
    linkage.add_argument("--evaluation", type=Path, metavar="FILE", help="evaluation.json")
    linkage.add_argument("--organizations", type=Path, metavar="DIR", help="their folders · leurs dossiers")
    linkage.add_argument("--keys", action="store_true", help="what each key brings · l’apport de chaque clé")
    linkage.add_argument("--chart", type=Path, metavar="FILE", help="an SVG chart · un graphique SVG")
    linkage.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")
    add_options(linkage)
    audit_calibrate.add_options(linkage)
    add_table_parser(verbs)
    add_release_parser(verbs)


def run(args: argparse.Namespace) -> int:
    """Score, and show the scores; or attack tables."""
    if args.audit_verb == "table":
        return run_table(args)
    if args.audit_verb == "release":
        return run_release(args)
    if args.calibrate:
        return audit_calibrate.run_calibration(args)
    if args.expected or args.multiplicity:
        return run_measurement(args)
    if args.truth is None:
        raise InputError("linkage.nothing", where="--truth, --expected, --multiplicity")
    truth = read_truth(_read(args.truth))
    everyone = read_organizations(args.organizations) if args.organizations else ()
    if args.evaluation:
        linked = read_truth(_read(args.evaluation))
    elif everyone:
        linked = [list(cluster) for cluster in link_files(everyone, default_linking(everyone))]
    else:
        raise InputError("linkage.nothing", where="--evaluation, --organizations")
    scored = score(linked, truth, groups_of(everyone))
    shares = key_shares(everyone, default_linking(everyone), truth) if args.keys and everyone else []
    if args.chart:
        args.chart.write_text(chart(scored, args.voice.language), encoding="utf-8")
    if args.json:
        print(json.dumps(scored.to_json() | {"keys": [share.to_json() for share in shares]}, ensure_ascii=False))
        return 0
    _show(Console(highlight=False), args.voice, scored, shares)
    return 0


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError("linkage.file", where=path.name) from None


def _show(console: Console, voice: Voice, scored: Score, shares: list[KeyShare]) -> None:
    counts = Table(box=None, pad_edge=False, padding=(0, 2))
    for column in ("figure", "linked", "true", "error"):
        counts.add_column(voice.text(f"linkage.column.{column}"), justify="left" if column == "figure" else "right")
    rows = {"distinct": scored.distinct, "at_several": scored.at_several}
    told = [(voice.text(f"linkage.{name}"), count) for name, count in rows.items()]
    told += [(voice.text("linkage.at", many=many), count) for many, count in scored.by_multiplicity.items()]
    for label, count in told:
        linked, true = (number(value, voice.language) for value in (count.linked, count.true))
        counts.add_row(label, linked, true, f"{100 * count.error:+.1f} %")
    counts.add_row(voice.text("linkage.overlaps"), "", "", f"{100 * scored.overlap_error:+.1f} %")
    console.print(counts)
    quality = Table(box=None, pad_edge=False, padding=(0, 2))
    for column in ("pairs", "precision", "recall", "interval", "f1"):
        quality.add_column(voice.text(f"linkage.column.{column}"), justify="left" if column == "pairs" else "right")
    lines = [(voice.text("linkage.all"), scored.pairs), *scored.by_group.items()]
    lines += [(voice.text("linkage.without", match_key=s.match_key), s.without.pairs) for s in shares]
    lines += [(voice.text("linkage.alone", match_key=s.match_key), s.alone.pairs) for s in shares]
    for label, pairs in lines:
        low, high = pairs.to_json()["recall_interval"]
        quality.add_row(
            label, f"{pairs.precision:.4f}", f"{pairs.recall:.4f}", f"{low:.3f} – {high:.3f}", f"{pairs.f1:.4f}"
        )
    console.print(quality)
