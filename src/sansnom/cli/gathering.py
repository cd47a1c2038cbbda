"""One question from end to end on this machine: convener, keeper and desks in one place, helpers and board in others' processes.

`demo` and `run` use it. Each organization is a desk of its own: its own keys, its own letter from the keeper, its own sealed
submission; what is shown at the end is what a funder sees, and nothing else has left. `run` plays desks in memory, `demo` opens
real ones (`cli/desks.py`); both answer by `desk/questions/answering.py`.
"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.board.keeping import enter_files, put_file
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.question import Circumstances, default_plan, fiscal_year_of
from sansnom.desk.lines import HelperLine, as_body
from sansnom.desk.questions.answering import Decision, Seat, fetch_verdict, hand_in, seal_answer
from sansnom.desk.questions.lists import dictionaries, roll_ups
from sansnom.exchange.dimensions import RollUps
from sansnom.exchange.encode import Encoded
from sansnom.exchange.keeper import read_letter, write_letter
from sansnom.exchange.keys import PrivateKeys, PublicKeys
from sansnom.exchange.pepper import GroupSecret, PlanPepper, draw_group_secret, pepper_for
from sansnom.exchange.setting import Setting
from sansnom.exchange.verdict import rows_not_accepted
from sansnom.exchange.wire import Manifest
from sansnom.release.budget import ledger_of
from sansnom.release.rules import Known, refuse_unless_allowed
from sansnom.terms.errors import BrokenInvariant, InputError, PeerError, PolicyRefusal
from sansnom.terms.parse import Reader, Text
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import HelperSeat, Plan
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import SIZE_CLASSES, Helper, Organization, Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.note import verifier_of
from sansnom.transparency.signature import sign_object, verify_object

DICTIONARY: Final = "2026.1"
MINIMUM_ORGANIZATIONS: Final = 3
"""Of a roster with three organizations or more; two can be counted together, but not summed up."""
POLL_SECONDS: Final = 0.2
ATTEST_SECONDS: Final = 20.0
ATTEMPTS_MOST: Final = 5
"""Local helpers fail only by our own fault: no use in waiting for a dozen attempts."""
DONE: Final = ("published", "destroyed")

Report = Callable[[str, int, int], None]
"""Told of progress: a code, how far, of how much."""


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """One organization as it takes part here."""

    records: OrganizationRecords
    name: Text
    entry: Organization
    abstains: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """What one desk sent: the manifest, how many bytes left, and, for the trial's own eyes, the rows that are in it."""

    number: int
    manifest: Manifest
    left_bytes: int
    rows: Encoded


class Desks(Protocol):
    """Everything that desks do in a trial: in memory (`FileDesks`), or real ones."""

    def public_keys(self, records: OrganizationRecords) -> PublicKeys:
        """Found a desk with these records; give the public halves of the keys that it made."""
        ...

    def hand_out(self, roster: Roster) -> GroupSecret:
        """Let every desk join the published roster and read the keeper's letter; give the secret, for check values."""
        ...

    def submit(
        self, desks: Sequence[Desk], lines: Sequence[HelperLine], setting: Setting, pepper: PlanPepper, report: Report
    ) -> list[Sent]:
        """Let each desk answer the published plan."""
        ...

    def verdicts(
        self, desks: Sequence[Desk], lines: Sequence[HelperLine], setting: Setting, sent: Sequence[Sent]
    ) -> dict[str, int]:
        """Let each desk learn how many of its rows were turned down."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Gathering:
    """Everybody at the table before a question is asked.

    at  what a trial of several years takes for now when it dates a plan; None: this machine's clock
    """

    convener: PrivateKeys
    log_key: Ed25519PrivateKey
    roster: Roster
    desks: tuple[Desk, ...]
    secret: GroupSecret
    dictionary: Dictionary
    lists: RollUps
    players: Desks
    at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """What came of it: the signed release, what left each organization, what the desks alone keep."""

    plan: Plan
    release: dict[str, Any]
    left_bytes: Mapping[str, int]
    encoded: tuple[tuple[int, Encoded], ...]
    not_accepted: Mapping[str, int]
    seconds: float


def load_lists() -> tuple[Dictionary, RollUps]:
    """Give the ratified dictionary and the roll-up tables that the package ships."""
    return dictionaries()[DICTIONARY], roll_ups(DICTIONARY)


class FileDesks:
    """Desks in memory, for `run`: records come from files, keys and letters live as long as the run."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._keys: dict[str, PrivateKeys] = {}
        self._answered: list[Plan] = []

    def public_keys(self, records: OrganizationRecords) -> PublicKeys:
        """Draw a desk's keys."""
        keys = self._keys[records.organization] = PrivateKeys.generate(os.urandom)
        return keys.public

    def hand_out(self, roster: Roster) -> GroupSecret:
        """Let the first desk write the letter, and every desk read it."""
        keeper = roster.organizations[0]
        drawn = draw_group_secret(roster.year, os.urandom)
        letter = write_letter(drawn, roster, keeper.code, self._keys[keeper.code].signing)
        for entry in roster.organizations:
            if read_letter(letter, roster, entry, self._keys[entry.code].sealing) != drawn:
                raise BrokenInvariant("keeper.letter")
        return drawn

    def submit(
        self, desks: Sequence[Desk], lines: Sequence[HelperLine], setting: Setting, pepper: PlanPepper, report: Report
    ) -> list[Sent]:
        """Let each desk encode, split, seal and send; abstaining is the same work on dummies. They share one copy of the ledger."""
        lists, sent = load_lists()[1], []
        ledger = ledger_of(self._answered, setting.roster.yearly)
        known = Known(frozenset(dictionaries()), frozenset(setting.roster.ratified), tuple(self._answered))
        refuse_unless_allowed(setting.plan, setting.dictionary, setting.roster, ledger, known)
        self._answered.append(setting.plan)
        for place, desk in enumerate(desks):
            report("demo.stage.submissions", place, len(desks))
            seat = Seat(desk.entry, self._keys[desk.entry.code], setting, pepper, lists)
            decision = Decision.ABSTAIN if desk.abstains else Decision.APPROVE
            made = seal_answer(desk.records, decision, seat, os.urandom)
            for line, party in zip(lines, PARTIES, strict=True):
                hand_in(line, int(party), made.sealed.messages[party], made.sealed.manifest, setting)
            left = sum(map(len, made.sealed.messages))
            sent.append(Sent(desk.entry.number, made.sealed.manifest, left, made.rows))
        report("demo.stage.submissions", len(desks), len(desks))
        return sent

    def verdicts(
        self, desks: Sequence[Desk], lines: Sequence[HelperLine], setting: Setting, sent: Sequence[Sent]
    ) -> dict[str, int]:
        """Let each desk fetch and join its own verdict: how many of its rows the checks on shares turned down."""
        found: dict[str, int] = {}
        for desk, one in zip(desks, sent, strict=True):
            verdict = fetch_verdict(lines, one.manifest, setting, self._keys[desk.entry.code])
            found[desk.entry.code] = rows_not_accepted(verdict, len(one.rows.local_ids))
        return found


def gather(
    everyone: Sequence[OrganizationRecords],
    names: Mapping[str, Text],
    abstaining: frozenset[str],
    helpers: tuple[Helper, ...],
    year: str,
    board: Path,
    players: Desks,
    report: Report = lambda _code, _done, _total: None,
) -> Gathering:
    """Found a desk for every organization, publish the roster they are on, and let a keeper hand out the secret of the year."""
    dictionary, lists = load_lists()
    convener = PrivateKeys.generate(os.urandom)
    log_key = Ed25519PrivateKey.generate()
    desks: list[Desk] = []
    for number, records in enumerate(everyone, start=1):
        report("demo.stage.desks", number - 1, len(everyone))
        keys = players.public_keys(records)
        code = records.organization
        name = names.get(code, Text(code, code))
        desks.append(Desk(records, name, entry_for(number, records, name, keys, dictionary), code in abstaining))
    roster = Roster(
        version=1,
        year=year,
        convener=Text("Convocateur local (essai)", "Local convener (trial)"),
        convener_key=convener.public.sign_key,
        helpers=helpers,
        organizations=tuple(desk.entry for desk in desks),
        log_key=verifier_of(f"trial-{os.urandom(4).hex()}.invalid/board", log_key).text,
        trial=True,
    )
    Roster.from_json(roster.to_json())  # refuses what no roster may be
    put_file(board, sign_object("roster", roster.to_json(), convener.signing))
    secret = players.hand_out(roster)
    report("demo.stage.desks", len(everyone), len(everyone))
    return Gathering(convener, log_key, roster, tuple(desks), secret, dictionary, lists, players)


def entry_for(
    number: int, records: OrganizationRecords, name: Text, keys: PublicKeys, dictionary: Dictionary
) -> Organization:
    """Write an organization's entry for a roster, as its records ask for."""
    return Organization(
        number=number,
        code=records.organization,
        name=name,
        sign_key=keys.sign_key,
        seal_key=keys.seal_key,
        size_class=_size_class(len(records.persons), records.organization),
        services=_services_of(records, dictionary),
    )


def write_plan(gathering: Gathering, name: str, given: Plan | None, seats: tuple[HelperSeat, ...]) -> Plan:
    """Write the plan: the one given with this gathering's roster, keys and check value, or the default one."""
    pepper = pepper_for(gathering.secret, name)
    now = gathering.at or datetime.now(UTC)
    cutoff = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if given is not None:
        return replace(
            given,
            roster_version=gathering.roster.version,
            roster_digest=gathering.roster.digest,
            pepper_check=pepper.check,
            helpers=seats,
            cutoff=cutoff,
        )
    everyone = [desk.records for desk in gathering.desks]
    least = max(2, min(MINIMUM_ORGANIZATIONS, len(everyone)))
    declared = [code for desk in gathering.desks for code in desk.entry.services]
    circumstances = Circumstances(
        plan=name,
        requester=Text("Ministère (essai local)", "Ministry (local trial)"),
        period=fiscal_year_of(everyone, now.date()),
        cutoff=cutoff,
        dictionary=gathering.dictionary,
        roster_version=gathering.roster.version,
        roster_digest=gathering.roster.digest,
        pepper_check=pepper.check,
        minimum_organizations=least,
        helpers=seats,
        allowed_services=frozenset(c for c in set(declared) if declared.count(c) >= least),
        rows=sum(desk.entry.size_class for desk in gathering.desks),
    )
    return default_plan(everyone, circumstances)


def ask(
    gathering: Gathering, institutions: LocalInstitutions, board: Path, name: str, given: Plan | None, report: Report
) -> Outcome:
    """Ask one question: keys, plan, submissions, computation, release. PolicyRefusal when a rule refuses: then nothing moved."""
    began = time.monotonic()
    lines = [HelperLine(helper, party) for helper, party in zip(institutions.helpers, PARTIES, strict=True)]
    for line in lines:
        line.__enter__()
    try:
        plan = publish(gathering, lines, board, name, given, report)
        setting = Setting.of(plan, gathering.roster, gathering.dictionary)
        pepper = pepper_of(gathering, plan)
        sent = gathering.players.submit(gathering.desks, lines, setting, pepper, report)
        _close_and_wait(gathering, lines, plan, report)
        release = _fetch_release(lines, plan)
        not_accepted = gathering.players.verdicts(gathering.desks, lines, setting, sent)
        _await_attestations(board, plan)
    finally:
        for line in lines:
            line.__exit__(None, None, None)
    left = {desk.entry.code: one.left_bytes for desk, one in zip(gathering.desks, sent, strict=True)}
    encoded = tuple((one.number, one.rows) for one in sent)
    return Outcome(plan, release, left, encoded, not_accepted, time.monotonic() - began)


def enter_log(gathering: Gathering, board: Path) -> None:
    """Enter in the log what was published and is not in it yet."""
    enter_files(board, gathering.log_key, datetime.now(UTC))


def publish(
    gathering: Gathering, lines: list[HelperLine], board: Path, name: str, given: Plan | None, report: Report
) -> Plan:
    """Ask the helpers for their keys, write and sign the plan, let each helper judge it, and put it on the board."""
    seats = tuple(_seat(gathering, line, name, party) for line, party in zip(lines, PARTIES, strict=True))
    plan = write_plan(gathering, name, given, seats)
    _hand_in_plan(gathering, lines, board, plan, report)
    return plan


def close_plan(gathering: Gathering, lines: Sequence[HelperLine], plan: Plan) -> None:
    """Close a plan before its cut-off, by the convener's order."""
    order = {"schema": "sansnom/close-order/1", "plan": plan.plan, "plan_digest": plan.digest}
    envelope = sign_object("close-order", order, gathering.convener.signing)
    for line in lines:
        line.post(f"/plans/{plan.plan}/close", as_body(envelope))


def pepper_of(gathering: Gathering, plan: Plan) -> PlanPepper:
    """Derive the pepper of a plan: every desk does, and nobody else can."""
    return pepper_for(gathering.secret, plan.plan)


def _size_class(persons: int, code: str) -> int:
    fitting = [size for size in SIZE_CLASSES if persons <= size]
    if fitting:
        return int(fitting[0])
    raise InputError("submission.overflow", where=code, rows=persons, most=SIZE_CLASSES[-1])


def _services_of(records: OrganizationRecords, dictionary: Dictionary) -> tuple[str, ...]:
    told = {act.service for act in records.services} | {w.service for w in records.waitlist}
    told |= {t.service for t in records.turned_away}
    return tuple(code for code in dictionary.services if code in told)


def _seat(gathering: Gathering, line: HelperLine, name: str, party: int) -> HelperSeat:
    """Ask a helper for its key of this plan, and check that it signed the answer."""
    asked = {"schema": "sansnom/plan-key-request/1", "plan": name, "roster_digest": gathering.roster.digest}
    envelope = sign_object("plan-key-request", asked, gathering.convener.signing)
    helper = gathering.roster.helpers[party]
    told = Reader(
        verify_object("plan-key", line.post(f"/plans/{name}/keys", as_body(envelope)), [helper.sign_key], 1), "plan-key"
    )
    if (told.string("plan"), told.integer("party")) != (name, party):
        raise PeerError("helper.answer", PARTIES[party])
    keys = told.string("seal_key"), told.string("sign_key")
    return HelperSeat(helper.name, *keys, told.string("noise_commitment"))


def _hand_in_plan(gathering: Gathering, lines: list[HelperLine], board: Path, plan: Plan, report: Report) -> None:
    """Publish the signed plan and give it to each helper; a refusal is published instead, and nothing else happens."""
    envelope = sign_object("plan", plan.to_json(), gathering.convener.signing)
    for place, line in enumerate(lines):
        report("demo.stage.plan", place, len(lines))
        try:
            line.put(f"/plans/{plan.plan}", as_body(envelope))
        except PolicyRefusal:
            refusal = line.get(f"/plans/{plan.plan}/refusal")
            _publish(board / "refusals" / f"{plan.plan}.json", refusal)
            raise
    _publish(board / "plans" / plan.plan / "plan.json", envelope)
    enter_log(gathering, board)  # before any data moves
    report("demo.stage.plan", len(lines), len(lines))


def _close_and_wait(gathering: Gathering, lines: list[HelperLine], plan: Plan, report: Report) -> None:
    """Close the plan and watch the helpers until the release is out; PeerError names why a run stopped."""
    close_plan(gathering, lines, plan)
    while True:
        told = [line.get(f"/plans/{plan.plan}/progress") for line in lines]
        for party, one in zip(PARTIES, told, strict=True):
            if one["state"] == "aborted":
                raise PeerError("run.aborted", party, reason=str(one["reason"]))
            if int(one["attempts"]) > ATTEMPTS_MOST:
                reason = str(one["reason"]) or "-"
                raise PeerError("run.stuck", party, attempts=int(one["attempts"]), reason=reason)
        report(f"demo.run.{told[0]['stage'] or told[0]['state']}", int(told[0]["rounds"]), 0)
        if all(one["state"] in DONE for one in told):
            return
        time.sleep(POLL_SECONDS)


def _await_attestations(board: Path, plan: Plan) -> None:
    """Wait until each helper has said that it destroyed its keys: the last thing that it does for a plan."""
    until = time.monotonic() + ATTEST_SECONDS
    places = [board / "releases" / plan.plan / f"destruction-{party}.json" for party in PARTIES]
    while not all(place.is_file() for place in places) and time.monotonic() < until:
        time.sleep(POLL_SECONDS / 4)


def _fetch_release(lines: list[HelperLine], plan: Plan) -> dict[str, Any]:
    """Fetch the release from a helper and check all three signatures."""
    envelope = lines[0].get(f"/plans/{plan.plan}/release")
    release = verify_object("release", envelope, [seat.sign_key for seat in plan.helpers], len(PARTIES))
    if release.get("plan_digest") != plan.digest:
        raise PolicyRefusal("release.other_plan", plan=plan.plan)
    return release


def _publish(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
