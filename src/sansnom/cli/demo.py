"""`sansnom demo`: one question over a synthetic world, from files to a board that a browser can open."""

import argparse
import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from sansnom.audit.attacks.practice import Practice
from sansnom.audit.evaluation import tables_in_the_clear
from sansnom.board.site import build_site
from sansnom.cli.audit_release import audit_board, write_risks
from sansnom.cli.gathering import Outcome
from sansnom.cli.run import Settings, answer, as_json, progress_of
from sansnom.cli.summary import show_asked, show_left, show_published, show_refused_rows
from sansnom.desk.files.reader import read_organizations
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import InputError
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.table import MULTIPLICITY, PERSONS
from sansnom.worlds.truth import distinct_persons, multiplicity, served_rows
from sansnom.worlds.world import World, make_world
from sansnom.worlds.writing import write_world

NAME: Final = "demo-1"
MARK: Final = ".sansnom-demo"
"""Marks a folder that a demo made, so that the next demo may replace it and nothing else."""


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `demo`."""
    parser = subparsers.add_parser(
        "demo",
        help="a whole question on a synthetic world · une question complète sur un monde synthétique",
        description="Synthetic people, real computation: three helper processes and a board on this machine. "
        "Des personnes synthétiques, un vrai calcul\u00a0: trois institutions et un site sur cette machine.",
    )
    parser.add_argument("--organizations", type=int, default=24, metavar="N", help="how many · combien (24)")
    parser.add_argument("--persons", type=int, default=3000, metavar="N", help="how many · combien (3000)")
    parser.add_argument("--seed", type=int, metavar="N", help="repeat a world · refaire un monde")
    parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR", help="where · où (demo)")
    parser.add_argument(
        "--quarters", type=int, default=1, metavar="N", help="2 to 8: one answer a quarter · par trimestre"
    )
    parser.add_argument("--serve", action="store_true", help="keep the board open at the end · garder le site ouvert")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Make a world, ask the question, show what was published beside what is true."""
    if args.organizations < 1 or args.persons < 1:
        raise InputError("demo.size", where="--organizations, --persons")
    seed = args.seed if args.seed is not None else secrets.randbelow(2**31)
    if args.quarters != 1:
        from sansnom.cli.quarters import run_quarters

        return run_quarters(args, seed)
    console = Console(quiet=args.json, highlight=False)
    console.print(args.voice.text("demo.hello", organizations=args.organizations, persons=args.persons, seed=seed))
    clear_out(args.out)
    began = time.monotonic()
    world, everyone = _make_files(args, seed)
    names = {profile.code: profile.name for profile in world.organizations}
    codes = [records.organization for records in everyone]
    # With three or more others, one organization abstains, as one may.
    abstaining = frozenset(codes[-1:]) if len(codes) > 3 else frozenset()
    settings = Settings(
        args.out, args.voice, NAME, names=names, abstaining=abstaining, quiet=args.json, real_desks=True
    )
    gathering, outcome = answer(everyone, settings)
    exact = tables_in_the_clear(outcome.encoded, Setting.of(outcome.plan, gathering.roster, gathering.dictionary))
    truth = _truth(world, everyone, outcome, abstaining)
    show_asked(console, args.voice, outcome)
    show_left(console, args.voice, gathering, outcome)
    if abstaining:
        console.print("  " + args.voice.text("demo.abstained"))
    show_published(console, args.voice, outcome, exact, truth)
    show_refused_rows(console, args.voice, outcome)
    passed = _attack(args)
    console.print("  " + args.voice.text("demo.attacked" if passed else "demo.attacked_through"))
    seconds = round(time.monotonic() - began)
    console.print("\n" + args.voice.text("demo.done", seconds=seconds, where=str(args.out / "board" / "index.html")))
    if args.json:
        told = as_json(outcome, args.out) | {"seed": seed, "exact": exact, "truth": truth, "total_seconds": seconds}
        print(json.dumps(told, ensure_ascii=False))
    if args.serve:
        serve_board(args)
    return 0


def _attack(args: argparse.Namespace) -> bool:
    """Attack the release as anyone can, and put the analysis of risks beside it; True when no attack gets through."""
    board = args.out / "board"
    audited = audit_board(board, args.voice, Practice(), quiet=args.json)
    write_risks(board / "risks", audited)
    build_site(board)
    return all(each.passed for each in audited)


def _make_files(args: argparse.Namespace, seed: int) -> tuple[World, tuple[OrganizationRecords, ...]]:
    """Write each organization's files and read them back, as an organization's own would be."""
    with progress_of(Settings(args.out, args.voice, quiet=args.json)) as report:
        report("demo.stage.world", 0, 1)
        world = make_world(args.organizations, args.persons, seed)
        inside = write_world(world, args.out)
        report("demo.stage.world", 1, 1)
        report("demo.stage.reading", 0, 1)
        everyone = read_organizations(inside)
        report("demo.stage.reading", 1, 1)
        return world, everyone


def _truth(
    world: World, everyone: Sequence[OrganizationRecords], outcome: Outcome, abstaining: frozenset[str]
) -> Mapping[str, list[int]]:
    """Count who truly came, once each, at the organizations that took part: what only a synthetic world knows."""
    period = outcome.plan.period
    taking_part = [records for records in everyone if records.organization not in abstaining]
    served = served_rows(taking_part, period.start, period.end)
    found: dict[str, list[int]] = {}
    for table in outcome.plan.tables:
        if table.kind == PERSONS and not table.dimensions and not table.services:
            found[table.table] = [distinct_persons(world.truth, served)]
        elif table.kind == MULTIPLICITY and not table.dimensions:
            found[table.table] = list(multiplicity(world.truth, served).values())
    return found


def clear_out(out: Path) -> None:
    """Replace what an earlier demo left; refuse to touch anything else."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).exists())):
        raise InputError("cli.out.exists", where=str(out))
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / MARK).touch()


def serve_board(args: argparse.Namespace) -> None:
    """Serve the board until Ctrl-C."""
    from sansnom.cli.institutions import LOOPBACK, free_ports

    (port,) = free_ports(1)
    args.voice.say("demo.serving", where=f"http://{LOOPBACK}:{port}/")
    command = [sys.executable, "-m", "sansnom", "board", "serve", str(args.out / "board"), "--port", str(port)]
    with subprocess.Popen(command) as serving:
        try:
            serving.wait()
        except KeyboardInterrupt:
            serving.terminate()
