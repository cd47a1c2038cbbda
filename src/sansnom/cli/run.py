"""`sansnom run`: the whole path on anyone's files, with three helpers and a board on this machine."""

import argparse
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sansnom.audit.evaluation import Evaluation, clusters_in_the_clear, tables_in_the_clear
from sansnom.board.site import build_site
from sansnom.cli.desks import RealDesks
from sansnom.cli.gathering import (
    Desks,
    FileDesks,
    Gathering,
    Outcome,
    Report,
    ask,
    enter_log,
    gather,
    pepper_of,
    write_plan,
)
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.question import fiscal_year_of
from sansnom.cli.speak import Voice
from sansnom.cli.summary import show_asked, show_left, show_published, show_refused_rows
from sansnom.desk.files.reader import Note, read_organizations
from sansnom.exchange.encode import encode_records
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import BrokenInvariant, InputError, PeerError, PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.terms.records import OrganizationRecords

NAME: Final = "run-1"


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """What one run needs besides the records."""

    out: Path
    voice: Voice
    name: str = NAME
    plan: Plan | None = None
    names: Mapping[str, Text] | None = None
    abstaining: frozenset[str] = frozenset()
    evaluate: bool = False
    quiet: bool = False
    real_desks: bool = False


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `run`."""
    parser = subparsers.add_parser(
        "run",
        help="answer a question over organizations' files · répondre à une question sur les fichiers d’organismes",
        description="One folder for each organization, with persons.csv and other files (docs/file-format.md). "
        "Un dossier par organisme, avec persons.csv et d’autres fichiers (docs/fr/file-format.md).",
    )
    parser.add_argument("--organizations", type=Path, required=True, metavar="DIR", help="folders of files · dossiers")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the board goes · où va le site")
    parser.add_argument("--plan", type=Path, metavar="PLAN.json", help="a question of your own · votre propre question")
    parser.add_argument(
        "--exact-for-evaluation",
        action="store_true",
        help="synthetic data only: exact tables and clusters · données synthétiques seulement\u00a0: exacts et regroupements",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Read the files, run the question, show what came of it."""
    settings = Settings(
        out=args.out,
        voice=args.voice,
        plan=read_plan(args.plan) if args.plan else None,
        evaluate=args.exact_for_evaluation,
        quiet=args.json,
    )
    if settings.evaluate:
        args.voice.error("cli.evaluation.loud")
    prepare_out(args.out)
    notes: list[Note] = []
    everyone = read_organizations(args.organizations, notes)
    args.voice.notes(notes)
    if not everyone:
        raise InputError("cli.organizations.none", where=str(args.organizations))
    began = time.monotonic()
    gathering, outcome = answer(everyone, settings)
    console = Console(quiet=args.json, highlight=False)
    show_asked(console, args.voice, outcome)
    show_left(console, args.voice, gathering, outcome)
    show_published(console, args.voice, outcome, {}, {})
    show_refused_rows(console, args.voice, outcome)
    seconds = round(time.monotonic() - began)
    console.print("\n" + args.voice.text("demo.done", seconds=seconds, where=str(args.out / "board" / "index.html")))
    if args.json:
        print(json.dumps(as_json(outcome, args.out), ensure_ascii=False))
    return 0


def answer(everyone: Sequence[OrganizationRecords], settings: Settings) -> tuple[Gathering, Outcome]:
    """Answer one question over these records with helpers and a board of our own; the board stays behind in `out/board`.

    With `evaluate`, `out/evaluation.json` is written whatever the rules say of the question.
    """
    work, board = settings.out / "institutions", settings.out / "board"
    work.mkdir(parents=True, exist_ok=True)
    board.mkdir(parents=True, exist_ok=True)
    start = fiscal_year_of(everyone, datetime.now(UTC).date()).start[:4]
    year = settings.plan.budget_year if settings.plan is not None else f"{start}-{int(start) + 1}"
    with nothing_left_in(work), LocalInstitutions(work, board) as institutions, progress_of(settings) as report:
        names = settings.names or {}
        players: Desks = RealDesks(work / "desks", board) if settings.real_desks else FileDesks()
        gathering = gather(everyone, names, settings.abstaining, institutions.helpers, year, board, players, report)
        enter_log(gathering, board)
        if settings.evaluate:
            evaluate(gathering, settings)
        report("demo.stage.starting", 0, 1)
        institutions.start(board / "roster.json")
        report("demo.stage.starting", 1, 1)
        try:
            outcome = ask(gathering, institutions, board, settings.name, settings.plan, report)
        finally:
            report("demo.stage.site", 0, 1)
            enter_log(gathering, board)
            build_site(board)
            report("demo.stage.site", 1, 1)
    return gathering, outcome


def evaluate(gathering: Gathering, settings: Settings) -> Evaluation:
    """Write exact tables and clusters: before any helper starts, and also when a rule will refuse the question."""
    nobody = tuple(HelperSeat(h.name, h.seal_key, h.sign_key) for h in gathering.roster.helpers)
    plan = write_plan(gathering, settings.name, settings.plan, nobody)
    pepper = pepper_of(gathering, plan)
    everyone = [desk.records for desk in gathering.desks]
    clusters = clusters_in_the_clear(everyone, plan.linking, pepper)
    try:
        setting = Setting.of(plan, gathering.roster, gathering.dictionary)
        encoded = [
            (d.entry.number, encode_records(d.records, d.entry, setting, gathering.lists, pepper))
            for d in gathering.desks
            if not d.abstains
        ]
        tables = tables_in_the_clear(encoded, setting)
    except (InputError, PolicyRefusal, KeyError):
        tables = {}  # a question whose words nobody knows has no exact tables; who is who can still be said
    found = Evaluation(clusters, tables)
    _write_json(settings.out / "evaluation.json", found.to_json())
    if not settings.quiet:
        settings.voice.say("cli.evaluation.written", where=str(settings.out / "evaluation.json"))
    return found


def read_plan(path: Path) -> Plan:
    """Read a plan, signed or not; its roster, keys and check value will be those of this run."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError("cli.file.unreadable", where=path.name) from None
    return Plan.from_json(told.get("signed", told) if isinstance(told, dict) else told)


def prepare_out(out: Path) -> None:
    """Refuse to write into a folder that holds something else."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("cli.out.exists", where=str(out))
    out.mkdir(parents=True, exist_ok=True)


def as_json(outcome: Outcome, out: Path) -> dict[str, Any]:
    """Give the one object of `--json`."""
    return {
        "schema": "sansnom/run/1",
        "ok": True,
        "findings": [],
        "board": str(out / "board"),
        "plan": outcome.plan.plan,
        "plan_digest": outcome.plan.digest,
        "left_bytes": dict(outcome.left_bytes),
        "rows_not_accepted": dict(outcome.not_accepted),
        "release": outcome.release,
        "seconds": round(outcome.seconds, 1),
    }


@contextmanager
def nothing_left_in(work: Path) -> Iterator[None]:
    """Delete, however the work ends, the helpers' keys and stores: together in one place they are every row.

    After a fault the logs stay, which hold no value.
    """
    try:
        yield
    except (PeerError, BrokenInvariant):
        for one in work.iterdir():
            if one.is_dir():
                shutil.rmtree(one, ignore_errors=True)
        raise
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    shutil.rmtree(work, ignore_errors=True)


@contextmanager
def progress_of(settings: Settings) -> Iterator[Report]:
    """Show one line for each stage; silent with `--json`."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, disable=settings.quiet, console=Console(stderr=True), transient=False) as shown:
        tasks: dict[str, Any] = {}
        most = 0

        def report(code: str, done: int, total: int) -> None:
            nonlocal most
            stage = "demo.stage.computing" if code.startswith("demo.run.") else code
            most = max(most, done) if total == 0 else most  # an ended run counts from zero again
            if stage not in tasks:
                for task in tasks.values():
                    shown.update(task, total=1, completed=1)
                tasks[stage] = shown.add_task(settings.voice.text(stage), total=total or None, told="")
            told = settings.voice.text("demo.rounds", rounds=most) if total == 0 else f"{done}/{total}"
            shown.update(tasks[stage], completed=done, total=total or None, told=told)

        yield report
        for task in tasks.values():
            shown.update(task, total=1, completed=1)


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
