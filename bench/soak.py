"""Two years in one go: `make soak`, or `python -m bench.soak --out DIR`.

Eight quarters of a small synthetic region, answered by real desks (encrypted databases) and three helper processes. On the way:

    quarter 2   an organization joins
    quarter 3   an organization leaves
    quarter 4   helpers begin it under an older version of the program and are upgraded in the middle, half of the submissions in
    quarter 5   a new year, a new secret, one more organization
    quarter 6   a desk lost its machine: other keys, admitted again; another institution takes a helper's seat and learns the ledger
    quarter 7   a helper's certificate is renewed
    quarter 8   an organization leaves

A question is refused and one is taken back. At the end everything must add up (`bench/soak_checks.py`); `--json` prints it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.soak_checks import Finding, everything
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.keeping import put_file
from sansnom.board.public import read_board
from sansnom.board.site import build_site
from sansnom.cli.demo import clear_out
from sansnom.cli.desks import RealDesks
from sansnom.cli.gathering import Desk, Gathering, Report, Sent, ask, enter_log, entry_for, gather
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.quarters import Quarter, quarter_plan, quarters_of, template_of
from sansnom.desk.files.reader import read_organizations
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.keys import PublicKeys
from sansnom.exchange.pepper import GroupSecret, PlanPepper, next_step
from sansnom.exchange.setting import Setting
from sansnom.helper.clock import SystemClock, written
from sansnom.helper.keys import initialize_helper
from sansnom.helper.learning import Public, learn
from sansnom.helper.renewal import renew_certificate
from sansnom.helper.store import Store
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import DimensionUse, Plan
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Roster
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import sign_object
from sansnom.worlds.world import make_world
from sansnom.worlds.writing import write_world

ROOT: Final = Path(__file__).resolve().parents[1]
OLDER: Final = "733d54b"
"""The commit whose helpers begin: their stores are of the first version."""
ORGANIZATIONS: Final = 9
PERSONS: Final = 360
FIRST: Final = 7
"""Organizations at the beginning; the two others join."""
DAYS_APART: Final = 40
"""Between two plans, by the desks' clock: a helper takes no cut-off more than 400 days ahead, and eight must fit."""
SEAT: Final = 2
RENEWED: Final = 0


class Desks(RealDesks):
    """Real desks that live for years: they follow rosters, lose machines, and a person accepts another institution."""

    def __init__(self, folder: Path, board: Path) -> None:
        """Begin with nobody; `accepted` counts how often a director had to look."""
        super().__init__(folder, board)
        self.accepted: list[tuple[int, str]] = []
        self.half_way: Callable[[], None] = lambda: None
        self.board = board
        self.wait = lambda _seconds: None  # the desks' clock is ahead of this machine's

    def follow(self, roster: Roster, secret: GroupSecret, fresh: Sequence[str]) -> None:
        """Let every desk take the new version of the roster; those in `fresh` join and read the keeper's letter."""
        from sansnom.desk.questions import joining

        keeper = roster.organizations[0].code
        with self.opened(keeper):
            letter = write_letter(secret, roster, keeper, joining.keys_of(joining.membership()).signing)
        for organization in roster.organizations:
            with self.opened(organization.code):
                member = joining.membership()
                if organization.code in fresh:
                    joining.set_board(member, str(self.board.resolve()))
                    joining.join(member, joining.roster_on_board(member), roster.convener_key)
                    joining.take_letter(member, letter)
                    continue
                try:
                    joining.adopt(member, joining.roster_on_board(member))
                except PolicyRefusal:  # a director looks, and joins what was shown
                    self.accepted.append((roster.version, organization.code))
                    joining.join(member, joining.roster_on_board(member), roster.convener_key)

    def lose_machine(self, code: str) -> PublicKeys:
        """Restore a desk elsewhere, under other keys; give the public halves."""
        from sansnom.desk.questions import joining

        with self.opened(code):
            return joining.replace_keys(joining.membership()).public

    def submit(
        self, desks: Sequence[Desk], lines: Sequence[Any], setting: Setting, pepper: PlanPepper, report: Report
    ) -> list[Sent]:
        """Let each desk answer; half-way through, something may happen."""
        half = len(desks) // 2
        sent = super().submit(desks[:half], lines, setting, pepper, report)
        self.half_way()
        return sent + super().submit(desks[half:], lines, setting, pepper, report)


class Institutions(LocalInstitutions):
    """Local helpers of which one can be replaced, and all upgraded."""

    def __init__(self, work: Path, board: Path) -> None:
        """Found three."""
        self.moved: dict[int, Path] = {}
        super().__init__(work, board)
        self.work, self.board = work, board

    def directory(self, party: int) -> Path:
        """Say where a helper lives: another institution has another folder."""
        return self.moved.get(party) or super().directory(party)

    def replace_seat(self, party: int) -> None:
        """Let another institution take a seat: new folder, keys and store, at the same address; it learns the board's plans."""
        before = self.helpers[party]
        folder = self.work / f"another-{party}"
        entry = initialize_helper(
            folder,
            party=party,
            name=Text("Institution nouvelle", "New institution"),
            institution=Text("Ordre professionnel (essai)", "Professional order (trial)"),
            url=before.url,
            peer_address=before.peer_address,
            randomness=os.urandom,
            clock=SystemClock(),
        )
        self.moved[party] = folder
        board = read_board(self.board, shipped_dictionaries())
        store = Store(folder / "store.sqlite")
        plans = [
            Public(plan, _plan_file(self.board, plan.plan), board.release_of(plan.plan) is not None)
            for plan in board.plans
        ]
        learn(store, plans, written(SystemClock().now()))
        store.close()
        self.helpers = (*self.helpers[:party], entry, *self.helpers[party + 1 :])

    def renew(self, party: int) -> None:
        """Make a helper's next certificate; the roster must name it before it serves with it."""
        entry = renew_certificate(self.directory(party), SystemClock())
        self.helpers = (*self.helpers[:party], entry, *self.helpers[party + 1 :])


@dataclass
class Years:
    """Two years under way."""

    gathering: Gathering
    waiting: list[Desk]
    institutions: Institutions
    desks: Desks
    board: Path
    quiet: bool
    begins: datetime
    told: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what happens."""
        self.told.append(text)
        if not self.quiet:
            print(f"{datetime.now(UTC):%H:%M:%S}  {text}", flush=True)

    def sign(self, desks: Sequence[Desk], year: str, fresh: Sequence[str] = ()) -> None:
        """Sign the next version of the roster, publish it, restart helpers under it, let desks follow."""
        before = self.gathering.roster
        listed = tuple(desk.entry for desk in desks)
        roster = replace(
            before, version=before.version + 1, year=year, organizations=listed, helpers=self.institutions.helpers
        )
        put_file(self.board, sign_object("roster", roster.to_json(), self.gathering.convener.signing))
        secret = self.gathering.secret
        if year == before.year:
            self.desks.follow(roster, secret, fresh)
        else:
            secret = self.desks.hand_out(roster)
        self.gathering = replace(self.gathering, roster=roster, desks=tuple(desks), secret=secret)
        enter_log(self.gathering, self.board)
        self.institutions.restart(self.board / "roster.json")
        self.say(f"roster {roster.version}: {len(listed)} organizations, year {year}")

    def answer(self, plan: Plan, place: int) -> None:
        """Ask one quarter's question, at its instant; afterwards every desk and the convener step on."""
        self.desks.now = lambda: self.begins + timedelta(days=DAYS_APART * place)
        self.gathering = replace(self.gathering, at=self.desks.now())
        outcome = ask(self.gathering, self.institutions, self.board, plan.plan, plan, _silent)
        enter_log(self.gathering, self.board)
        self.gathering = replace(self.gathering, secret=next_step(self.gathering.secret))
        self.say(f"released {plan.plan}: {outcome.release['organizations']} organizations")

    def join(self, year: str) -> None:
        """Let a waiting organization join."""
        fresh, *self.waiting = self.waiting
        entry = replace(fresh.entry, number=self._next_number())
        self.sign((*self.gathering.desks, replace(fresh, entry=entry)), year, (entry.code,))

    def leave(self, place: int) -> None:
        """Let an organization leave."""
        rest = (*self.gathering.desks[:place], *self.gathering.desks[place + 1 :])
        self.sign(rest, self.gathering.roster.year)

    def lose_machine(self, place: int) -> None:
        """A desk's machine is lost: other keys, another number, admitted again; with it another institution takes a seat."""
        desks = list(self.gathering.desks)
        public = self.desks.lose_machine(desks[place].entry.code)
        number, desk = self._next_number(), desks[place]
        entry = replace(desk.entry, number=number, sign_key=public.sign_key, seal_key=public.seal_key)
        desks[place] = replace(desk, entry=entry)
        self.sign(desks, self.gathering.roster.year, (entry.code,))

    def _next_number(self) -> int:
        versions = read_board(self.board, shipped_dictionaries()).rosters.versions
        return 1 + max(o.number for roster in versions for o in roster.organizations)


def _silent(_code: str, _done: int, _total: int) -> None:
    pass


def _plan_file(board: Path, name: str) -> bytes:
    return canonical_bytes(json.loads((board / "plans" / name / "plan.json").read_bytes()))


def live(years: Years, older: dict[str, str]) -> None:
    """Go through the eight quarters."""
    (first, second), place = quarters_of(8), 0
    template = template_of(_staying(years.gathering))
    for quarter in first:
        if quarter.number == 2:
            years.join(quarter.budget_year)
        elif quarter.number == 3:
            years.leave(3)
            _refuse(years, template, quarter)
        elif quarter.number == 4:
            years.desks.half_way = lambda: _upgrade(years, older)
        years.answer(quarter_plan(template, quarter, first), place)
        years.desks.half_way = lambda: None
        place += 1
    years.join(second[0].budget_year)
    template = template_of(_staying(years.gathering))
    for quarter in second:
        if quarter.number == 2:
            _withdraw(years, template, quarter)
            years.institutions.replace_seat(SEAT)
            years.lose_machine(1)
            years.say("a desk lost its machine; another institution took a seat")
        elif quarter.number == 3:
            years.institutions.renew(RENEWED)
            years.sign(years.gathering.desks, quarter.budget_year)
            years.say("a helper's certificate was renewed")
        elif quarter.number == 4:
            years.leave(3)
        years.answer(quarter_plan(template, quarter, second), place)
        place += 1


def _staying(gathering: Gathering) -> Gathering:
    """Give who stays all year: a year's questions must be allowed in each of its quarters."""
    return replace(gathering, desks=(*gathering.desks[:3], *gathering.desks[4:]))


def _upgrade(years: Years, older: dict[str, str]) -> None:
    """Stop the helpers of the older version in the middle of a plan, and start this version on what they left."""
    assert years.institutions.environment == older
    years.institutions.environment = {}
    years.institutions.restart(years.board / "roster.json")
    years.say("helpers upgraded, half of the submissions in")


def _refuse(years: Years, template: Plan, quarter: Quarter) -> None:
    asked = replace(quarter_plan(template, quarter, [quarter]), plan=f"{quarter.budget_year}-birth-dates")
    table = replace(asked.tables[0], dimensions=("birth_date",))
    asked = replace(asked, tables=(table, *asked.tables[1:]), dimensions=(DimensionUse("birth_date"),))
    with suppress(PolicyRefusal):
        ask(years.gathering, years.institutions, years.board, asked.plan, asked, _silent)
        raise AssertionError("a plan for birth dates was accepted")
    enter_log(years.gathering, years.board)
    years.say("refused: birth dates")


def _withdraw(years: Years, template: Plan, quarter: Quarter) -> None:
    asked = replace(quarter_plan(template, quarter, [quarter]), plan=f"{quarter.budget_year}-taken-back")
    why = Text("La réponse trimestrielle le dit déjà.", "The quarterly answer says it already.")
    told = Withdrawal(asked, datetime.now(UTC).date().isoformat(), why)
    put_file(years.board, sign_object("withdrawal", told.to_json(), years.gathering.convener.signing))
    enter_log(years.gathering, years.board)


def begin(out: Path, quiet: bool, seed: int, older: dict[str, str]) -> tuple[Years, Institutions]:
    """Make the world, found the desks of the first organizations and the three helpers."""
    quarters = quarters_of(8)
    span = (quarters[0][0].period.start, quarters[-1][-1].period.end)
    world = make_world(ORGANIZATIONS, PERSONS, seed, period=span)
    everyone: tuple[OrganizationRecords, ...] = tuple(read_organizations(write_world(world, out)))
    names = {profile.code: profile.name for profile in world.organizations}
    work, board = out / "institutions", out / "board"
    work.mkdir(parents=True)
    institutions = Institutions(work, board)
    institutions.environment = older
    for party in PARTIES:
        (institutions.directory(party) / "store.sqlite").unlink()  # the older version makes its own, of its own form
    desks = Desks(out / "desks", board)
    year = quarters[0][0].budget_year
    abstaining = frozenset({everyone[2].organization})
    gathering = gather(everyone[:FIRST], names, abstaining, institutions.helpers, year, board, desks)
    waiting = [_waiting(records, names, desks, gathering) for records in everyone[FIRST:]]
    return Years(gathering, waiting, institutions, desks, board, quiet, datetime.now(UTC)), institutions


def _waiting(records: OrganizationRecords, names: dict[str, Text], desks: Desks, gathering: Gathering) -> Desk:
    keys = desks.public_keys(records)
    name = names[records.organization]
    return Desk(records, name, entry_for(1, records, name, keys, gathering.dictionary))


def soak(out: Path, *, quiet: bool, seed: int) -> tuple[Years, list[Finding]]:
    """Live two years in a folder; give what was said and what does not add up."""
    clear_out(out)
    with tempfile.TemporaryDirectory() as made:
        packed = subprocess.run(["git", "archive", OLDER], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", made], input=packed, check=True)
        older = {"PYTHONPATH": str(Path(made) / "src")}
        years, institutions = begin(out, quiet, seed, older)
        with institutions:
            enter_log(years.gathering, years.board)
            institutions.start(years.board / "roster.json")
            years.say(f"begun: {FIRST} organizations, helpers of commit {OLDER}")
            live(years, older)
    build_site(years.board)
    stores = [out / "institutions" / f"helper-{party}" / "store.sqlite" for party in range(3)]
    stores.append(out / "institutions" / f"another-{SEAT}" / "store.sqlite")
    present = [desk.entry.code for desk in years.gathering.desks]
    return years, everything(years.board, stores, SEAT, years.desks, present, out / "seen.json")


def main() -> int:
    """Run it; 0 when everything adds up."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("soak"), metavar="DIR")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    began, used = time.monotonic(), os.times()
    years, findings = soak(args.out, quiet=args.json, seed=args.seed)
    after = os.times()
    mine = after.user + after.system - used.user - used.system
    theirs = after.children_user + after.children_system - used.children_user - used.children_system
    told = {
        "schema": "sansnom/soak/1",
        "ok": not findings,
        "findings": [{"code": one.code, "where": one.where} for one in findings],
        "seconds": round(time.monotonic() - began),
        "processor_seconds": round(mine + theirs),
        "accepted_by_a_person": len(years.desks.accepted),
    }
    if args.json:
        print(json.dumps(told))
    else:
        for one in findings:
            print(f"{one.code}: {one.where}", file=sys.stderr)
        print(f"{'everything adds up' if not findings else 'IT DOES NOT ADD UP'}: {json.dumps(told)}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
