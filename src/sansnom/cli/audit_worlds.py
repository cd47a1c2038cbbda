"""`sansnom audit linkage --expected` and `--multiplicity`: measure linking on synthetic newcomers, made here from seeds."""

import argparse
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from sansnom.audit.expected_error import SIZES, SIZES_OF_LARGE, expected_errors, file_name
from sansnom.audit.multiplicity import FORMAT, Transfer, measure
from sansnom.cli.speak import Voice, number
from sansnom.terms.linking_error import SHARE, ExpectedErrors, Spread

SHIPPED: Final = "shipped"
PERSONS, ORGANIZATIONS, SEEDS = 3_000, 48, (1, 2, 3, 4)
NOISES: Final = (1.0, 2.0)
RULES: Final = {"4 keys": "linkage.multiplicity.equal", "8 scored keys": "linkage.multiplicity.scored"}


def add_options(linkage: argparse.ArgumentParser) -> None:
    """Describe both measurements."""
    linkage.add_argument(
        "--expected",
        nargs="?",
        const=SHIPPED,
        metavar="FILE",
        help="measure the expected error by group on synthetic worlds and write the file that releases tell (minutes); "
        "without FILE, where it ships · mesurer l’erreur attendue par groupe sur des mondes synthétiques",
    )
    linkage.add_argument(
        "--large",
        action="store_true",
        help="of --expected: worlds as large as the runs that have scores of their own · de --expected : des mondes aussi "
        "grands que les calculs qui ont leurs propres poids",
    )
    linkage.add_argument(
        "--multiplicity",
        action="store_true",
        help="persons counted for one person, by true number of organizations, on synthetic worlds · personnes comptées "
        "pour une, selon le vrai nombre d’organismes",
    )


def run_measurement(args: argparse.Namespace) -> int:
    """Run the measurement that was asked for."""
    if args.multiplicity:
        return _multiplicity(args)
    told = expected_errors(SIZES_OF_LARGE if args.large else SIZES)
    place = Path(str(files("sansnom.terms.dictionary"))) / file_name(told)
    if args.expected != SHIPPED:
        place = Path(args.expected)
    place.write_text(json.dumps(told.to_json(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    if args.json:
        print(json.dumps(told.to_json(), ensure_ascii=False))
        return 0
    _show_expected(args.voice, told)
    args.voice.say("linkage.expected.written", file=place.name)
    return 0


def _show_expected(voice: Voice, told: ExpectedErrors) -> None:
    for tier in told.tiers:
        voice.say("linkage.expected.worlds", persons=number(tier.persons, voice.language), worlds=len(tier.worlds))
        table = Table(box=None, pad_edge=False, padding=(0, 1))
        for column in ("group", "recall", "precision", "distinct", "several", "poor_recall"):
            first = column == "group"
            table.add_column(
                voice.text(f"linkage.expected.{column}"), justify="left" if first else "right", overflow="fold"
            )
        for group in tier.groups:
            shares = (group.recall, group.precision, group.distinct, group.several, group.poor_recall)
            table.add_row(
                group.label.in_language(voice.language), *(_spread(share, voice.language) for share in shares)
            )
        Console(highlight=False).print(table)


def _spread(spread: Spread, language: str) -> str:
    """Write a share over its interval, in two lines: five columns fit a terminal of eighty characters."""
    low, value, high = (f"{100 * x / SHARE:.1f}" for x in (spread.low, spread.value, spread.high))
    told = f"{value}\n{low}–{high}"
    return told.replace(".", ",") if language == "fr" else told


def _multiplicity(args: argparse.Namespace) -> int:
    """Measure 1 to 10 organizations, for four equal keys and for scored keys."""
    found = {noise: measure(PERSONS, ORGANIZATIONS, SEEDS, noise) for noise in NOISES}
    if args.json:
        print(json.dumps({"schema": FORMAT, "noise": {str(n): _json(told) for n, told in found.items()}}))
        return 0
    for noise, told in found.items():
        args.voice.say("linkage.multiplicity.noise", noise=f"{noise:g}")
        table = Table(box=None, pad_edge=False, padding=(0, 2))
        table.add_column(args.voice.text("linkage.multiplicity.organizations"), justify="right")
        for name in told:
            rules = args.voice.text(RULES[name])
            for column in ("counted", "split"):
                table.add_column(f"{rules}, {args.voice.text(f'linkage.multiplicity.{column}')}", justify="right")
        for place in range(next(iter(told.values())).persons.size):
            cells = [
                cell
                for one in told.values()
                for cell in (
                    f"{one.per_person()[place]:.3f}",
                    f"{100 * one.split[place] / max(1, one.persons[place]):.1f} %",
                )
            ]
            table.add_row(str(place + 1), *cells)
        Console(highlight=False).print(table)
    return 0


def _json(told: Mapping[str, Transfer]) -> dict[str, Any]:
    return {name: one.to_json() for name, one in told.items()}
