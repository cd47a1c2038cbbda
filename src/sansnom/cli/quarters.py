"""`sansnom demo --quarters N`: a board that has lived: quarter after quarter, over two years, two versions of the roster.

Each year's quarters are one declared series, paid for as a whole. In between a question is refused, and one is taken back.
"""

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from sansnom.board.answers import headline
from sansnom.board.keeping import put_file
from sansnom.board.language import Speaker
from sansnom.board.site import build_site
from sansnom.cli.demo import clear_out, serve_board
from sansnom.cli.gathering import FileDesks, Gathering, ask, enter_log, gather, write_plan
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.run import Settings, nothing_left_in, progress_of
from sansnom.desk.files.reader import read_organizations
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, HelperSeat, Period, Plan, SeriesPart
from sansnom.terms.release import Release
from sansnom.terms.table import PERSONS, TALLY, TableSpec
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import sign_object
from sansnom.worlds.world import make_world
from sansnom.worlds.writing import write_world

QUARTERS_MOST: Final = 8
LAST_YEAR: Final = 2025
"""The last fiscal year of the demo begins on 1 April of it."""
WEIGHTS: Final = {
    "persons": 3,
    "persons-by-category": 1,
    "organizations": 2,
    "same-service": 1,
    "french": 2,
    "waiting": 1,
    "turned-away": 1,
}
"""Tables of a quarter, and how the budget is shared among them."""
TALLY_BOUND: Final = 60
COUNTS_SHARE: Final = Fraction(1, 25)


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a fiscal year: 1 is April to June."""

    year: int
    number: int

    @property
    def budget_year(self) -> str:
        """Write the fiscal year."""
        return f"{self.year}-{self.year + 1}"

    @property
    def period(self) -> Period:
        """Give its first and last day."""
        begins = [date(self.year, 4, 1), date(self.year, 7, 1), date(self.year, 10, 1)]
        begins += [date(self.year + 1, 1, 1), date(self.year + 1, 4, 1)]
        start, after = begins[self.number - 1], begins[self.number]
        return Period(start.isoformat(), (after - timedelta(days=1)).isoformat())

    @property
    def name(self) -> str:
        """Name its question."""
        return f"{self.budget_year}-q{self.number}"


def quarters_of(count: int) -> list[list[Quarter]]:
    """Give the quarters, by fiscal year: all of a year but perhaps in the last one."""
    if not 2 <= count <= QUARTERS_MOST:
        raise InputError("demo.quarters", where="--quarters", most=QUARTERS_MOST)
    first = LAST_YEAR - (count - 1) // 4
    told = [Quarter(first + n // 4, n % 4 + 1) for n in range(count)]
    return [told[n : n + 4] for n in range(0, count, 4)]


def run_quarters(args: argparse.Namespace, seed: int) -> int:
    """Make two years of a world, ask quarter by quarter, and leave the board behind."""
    if args.organizations < 4:
        raise InputError("demo.quarters.organizations", where="--organizations")
    years = quarters_of(args.quarters)
    console = Console(quiet=args.json, highlight=False)
    console.print(args.voice.text("demo.hello", organizations=args.organizations, persons=args.persons, seed=seed))
    clear_out(args.out)
    began = time.monotonic()
    settings = Settings(args.out, args.voice, quiet=args.json)
    with progress_of(settings) as report:
        report("demo.stage.world", 0, 1)
        span = (years[0][0].period.start, f"{LAST_YEAR + 1}-03-31")
        world = make_world(args.organizations, args.persons, seed, period=span)
        everyone = read_organizations(write_world(world, args.out))
        report("demo.stage.world", 1, 1)
    work, board = args.out / "institutions", args.out / "board"
    work.mkdir(parents=True)
    with nothing_left_in(work), LocalInstitutions(work, board) as institutions:
        names = {profile.code: profile.name for profile in world.organizations}
        whole = gather(
            *(everyone, names, frozenset(), institutions.helpers, years[0][0].budget_year, board, FileDesks())
        )
        releases = _live(_Life(whole, institutions, board, settings, console), years)
        build_site(board)
    _tell(args, console, releases, board, round(time.monotonic() - began))
    if args.serve:
        serve_board(args)
    return 0


@dataclass(frozen=True, slots=True)
class _Life:
    """What every quarter needs."""

    whole: Gathering
    institutions: LocalInstitutions
    board: Path
    settings: Settings
    console: Console


def _live(life: _Life, years: list[list[Quarter]]) -> list[Release]:
    """Go through the years: in the second one organization fewer takes part, under a new version of the roster."""
    releases: list[Release] = []
    gathering = life.whole
    for place, quarters in enumerate(years):
        if place:
            gathering = _next_year(gathering, quarters[0].budget_year)
            put_file(life.board, sign_object("roster", gathering.roster.to_json(), gathering.convener.signing))
        enter_log(gathering, life.board)
        start = life.institutions.restart if place else life.institutions.start
        start(life.board / "roster.json")
        template = template_of(gathering)
        for quarter in quarters:
            life.console.print(life.settings.voice.text("demo.quarter", plan=quarter.name))
            releases.append(_answer(life, gathering, quarter_plan(template, quarter, quarters)))
            if (place, quarter.number) == (0, 2):
                _refuse(life, gathering, template, quarter)
            if (place + 1, quarter.number) == (len(years), 2):
                _withdraw(life, gathering, template, quarter)
    return releases


def _next_year(before: Gathering, year: str) -> Gathering:
    """Go into another year: the last organization has left, and there is a new secret, which it does not hold."""
    desks = before.desks[:-1]
    listed = tuple(desk.entry for desk in desks)
    roster = replace(before.roster, version=before.roster.version + 1, year=year, organizations=listed)
    return replace(before, roster=roster, desks=desks, secret=before.players.hand_out(roster))


def template_of(gathering: Gathering) -> Plan:
    """Write what these files allow to ask; each quarter takes some of its tables."""
    nobody = tuple(HelperSeat(h.name, h.seal_key, h.sign_key) for h in gathering.roster.helpers)
    return write_plan(gathering, "template", None, nobody)


def quarter_plan(template: Plan, quarter: Quarter, quarters: list[Quarter]) -> Plan:
    """Write one quarter's question: an equal part of the year's budget, and of the declared series."""
    rho = template.rho / 4
    chosen = [table for table in template.tables if table.table in WEIGHTS]
    share = rho * (1 - COUNTS_SHARE) / sum(WEIGHTS[table.table] for table in chosen)
    parts = tuple(SeriesPart(q.name, q.period, rho) for q in quarters) if len(quarters) > 1 else ()
    return replace(
        template,
        plan=quarter.name,
        title=Text(
            f"Combien de personnes, et avec quels progrès? Trimestre {quarter.number} de {quarter.budget_year}",
            f"How many people, and with what progress? Quarter {quarter.number} of {quarter.budget_year}",
        ),
        period=quarter.period,
        budget_year=quarter.budget_year,
        tables=tuple(_quarterly(table, share * WEIGHTS[table.table]) for table in chosen),
        dimensions=_used(template, chosen),
        rho=rho,
        counts_rho=rho * COUNTS_SHARE,
        series=f"quarters-{quarter.budget_year}" if parts else "",
        series_parts=parts,
    )


def _quarterly(table: TableSpec, rho: Fraction) -> TableSpec:
    """Give a table its share; a lower bound of requests suffices for a quarter, and makes them more precise."""
    return replace(table, rho=rho, bound=TALLY_BOUND) if table.kind == TALLY else replace(table, rho=rho)


def _used(template: Plan, chosen: Iterable[TableSpec]) -> tuple[DimensionUse, ...]:
    codes = {code for table in chosen for code in table.dimensions}
    return tuple(use for use in template.dimensions if use.code in codes)


def _answer(life: _Life, gathering: Gathering, plan: Plan) -> Release:
    with progress_of(life.settings) as report:
        outcome = ask(gathering, life.institutions, life.board, plan.plan, plan, report)
    enter_log(gathering, life.board)
    return Release.from_json(outcome.release)


def _refuse(life: _Life, gathering: Gathering, template: Plan, quarter: Quarter) -> None:
    """Ask what nobody may ask: the refusal is signed by a helper, and public."""
    title = Text("Personnes par date de naissance", "Persons by birth date")
    table = TableSpec("by-birth-date", PERSONS, title, template.rho / 8, dimensions=("birth_date",))
    asked = replace(
        template,
        plan=f"{quarter.budget_year}-birth-dates",
        title=Text("Liste des dates de naissance des personnes servies", "List of birth dates of the persons served"),
        period=quarter.period,
        budget_year=quarter.budget_year,
        tables=(table,),
        dimensions=(DimensionUse("birth_date"),),
        rho=template.rho / 8 + Fraction(1, 400),
        counts_rho=Fraction(1, 400),
    )
    try:
        with progress_of(replace(life.settings, quiet=True)) as report:
            ask(gathering, life.institutions, life.board, asked.plan, asked, report)
    except PolicyRefusal:
        life.console.print("  " + life.settings.voice.text("demo.quarter.refused", plan=asked.plan))
    enter_log(gathering, life.board)


def _withdraw(life: _Life, gathering: Gathering, template: Plan, quarter: Quarter) -> None:
    """Take a question back before any data moved: public too, with the reason."""
    chosen = [table for table in template.tables if table.table in ("persons", "waiting")]
    asked = replace(
        quarter_plan(template, quarter, [quarter]),
        plan=f"{quarter.budget_year}-waiting",
        title=Text("Qui attend, et pour quel service?", "Who is waiting, and for which service?"),
        tables=tuple(replace(table, rho=Fraction(1, 100)) for table in chosen),
        dimensions=(),
        rho=Fraction(len(chosen), 100) + Fraction(1, 400),
        counts_rho=Fraction(1, 400),
    )
    told = Withdrawal(
        asked,
        datetime.now(UTC).date().isoformat(),
        Text(
            "La réponse trimestrielle contient déjà ce tableau; la poser à part aurait coûté sans rien apprendre de plus.",
            "The quarterly answer already holds this table; asking it apart would have cost budget and taught nothing more.",
        ),
    )
    put_file(life.board, sign_object("withdrawal", told.to_json(), gathering.convener.signing))
    enter_log(gathering, life.board)
    life.console.print("  " + life.settings.voice.text("demo.quarter.withdrawn", plan=asked.plan))


def _tell(args: argparse.Namespace, console: Console, releases: list[Release], board: Path, seconds: int) -> None:
    """Show the figures at the top of each answer, quarter by quarter, each with its interval."""
    speaker = Speaker(args.voice.language)
    captions = [head[0] for table in releases[0].tables if (head := headline(table)) is not None]
    table = Table(box=None, pad_edge=False)
    table.add_column(speaker.text("compare.period"))
    for caption in captions:
        table.add_column(speaker.text(caption), justify="right")
    for release in releases:
        heads = [head for told in release.tables if (head := headline(told)) is not None]
        cells = [f"{speaker.figure(figure)}\n({speaker.range(figure.low, figure.high)})" for _, figure in heads]
        table.add_row(f"{release.period.start}\n{release.period.end}", *cells)
    console.print(table)
    console.print("\n" + args.voice.text("demo.done", seconds=seconds, where=str(board / "index.html")))
    if args.json:
        told: dict[str, Any] = {"schema": "sansnom/quarters/1", "ok": True, "findings": [], "board": str(board)}
        print(json.dumps(told | {"releases": [r.release for r in releases], "seconds": seconds}, ensure_ascii=False))
