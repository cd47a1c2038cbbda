"""G-07: check a board from its public files alone, by making again everything that follows from other public values.

What is checked is listed, what cannot be checked is listed too: nobody outside can see whether three helpers computed what
they signed, nor that keys were truly destroyed.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from sansnom.audit.log_check import LogVerdict, Memory, check_log, key_beside
from sansnom.audit.public_made import check_made
from sansnom.board.keeping import keeper_of
from sansnom.board.public import Board, read_board
from sansnom.helper.agreement import set_digest
from sansnom.helper.means import load_measured
from sansnom.release.assemble import NOT_LINKABLE, ROWS, assemble_release
from sansnom.release.budget import HARD_CAP, Ledger, charge
from sansnom.release.rules import Known, check_plan
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import Finding, InputError, PolicyRefusal, SansnomError
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.release import Release
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.note import Verifier
from sansnom.transparency.signature import verify_object

CHECKED: Final = (
    "verify.checked.signatures",
    "verify.checked.rosters",
    "verify.checked.rules",
    "verify.checked.budget",
    "verify.checked.set",
    "verify.checked.release",
    "verify.checked.files",
    "verify.checked.destruction",
)
WITH_LOG: Final = ("verify.checked.log",)
WITH_MEMORY: Final = ("verify.checked.memory",)
WITH_PAGES: Final = ("verify.checked.pages",)
NOT_CHECKED: Final = ("verify.unchecked.computation", "verify.unchecked.destruction", "verify.unchecked.others")
NO_LOG: Final = ("verify.unchecked.log",)
FIRST_LOOK: Final = ("verify.unchecked.first",)
OTHER_PAGES: Final = ("verify.unchecked.pages",)
RISKS: Final = ("verify.unchecked.risks",)
"""Nobody signs what attacks measured: whoever wants to believe it attacks the release themselves."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: nothing, or each public file that does not hold; how much there was to look at; what was not looked at."""

    findings: tuple[Finding, ...]
    plans: int = 0
    releases: int = 0
    refusals: int = 0
    withdrawals: int = 0
    incidents: int = 0
    checked: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = NOT_CHECKED
    journal: LogVerdict | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How to look: what this reader remembers, whose cosignatures count, whether pages are made again too."""

    memory: Memory | None = None
    witnesses: tuple[Verifier, ...] = ()
    pages: bool = True


def check_board(folder: Path, dictionaries: Mapping[str, Dictionary], look: Look | None = None) -> Verdict:
    """Check a board's folder; a file that cannot be read or believed at all is the only finding then.

    A log that holds is remembered, whatever else was found. InputError `seen.file` when the memory itself is broken.
    """
    chosen = Look(pages=False) if look is None else look
    try:
        board = read_board(folder, dictionaries)
    except (InputError, PolicyRefusal) as error:
        return Verdict((Finding(error.code, str(error.parameters.get("where", folder.name))),))
    found = [*_plans(board), *_board_budget(board), *_refused_and_withdrawn(board)]
    for release in board.releases:
        found += _release(board, release)
        found += _beside(board, release, folder)
    made = check_made(board, folder, pages=chosen.pages)
    found += made.findings
    journal, told = _journal(board, folder, chosen)
    checked = (*CHECKED, *told[0], *(WITH_PAGES if made.pages else ()))
    other_pages = OTHER_PAGES if chosen.pages and not made.pages else ()
    not_checked = (*NOT_CHECKED, *told[1], *other_pages, *(RISKS if board.risks else ()))
    return Verdict(
        (*found, *(journal.findings if journal else told[2])),
        plans=len(board.plans),
        releases=len(board.releases),
        refusals=len(board.refusals),
        withdrawals=len(board.withdrawals),
        incidents=len(board.incidents),
        checked=checked,
        not_checked=not_checked,
        journal=journal,
    )


def _beside(board: Board, release: Release, folder: Path) -> Iterator[Finding]:
    """Check the set of submissions and the three attestations."""
    base = f"releases/{release.release}"
    yield from _attempt(f"{base}/submission-set.json", lambda: _set(board, release, folder))
    for party in PARTIES:
        yield from _attempt(f"{base}/destruction-{party}.json", partial(_destruction, board, release, folder, party))


def _attempt(place: str, check: Callable[[], None]) -> list[Finding]:
    """Run one check; whatever is wrong with the file is one finding at its place."""
    try:
        check()
    except SansnomError as error:
        return [Finding(error.code, place)]
    except (OSError, ValueError, KeyError, TypeError):
        return [Finding("verify.file", place)]
    return []


_Told = tuple[tuple[str, ...], tuple[str, ...], tuple[Finding, ...]]


def _journal(board: Board, folder: Path, look: Look) -> tuple[LogVerdict | None, _Told]:
    """Check the log, whose key the signed roster names: so nobody can take it away, or put another in its place, unseen."""
    named = board.roster.log_key
    if not board.logged:
        lost = (Finding("log.missing", "log/checkpoint"),) if named else ()
        return None, ((), NO_LOG, lost)
    try:
        keeper = keeper_of(folder, board.rosters)
    except InputError as error:
        return None, ((), NO_LOG, (Finding(error.code, str(error.parameters.get("where", "log"))),))
    if other := key_beside(folder, keeper):
        return None, ((), NO_LOG, other)
    verdict = check_log(folder, keeper, look.memory, look.witnesses)
    remembered = WITH_MEMORY if verdict.seen else ()
    return verdict, ((*WITH_LOG, *remembered), () if remembered else FIRST_LOOK, ())


def _plans(board: Board) -> Iterator[Finding]:
    """Ask the rules again, plan by plan as they were charged, with the roster and the ledger as they stood."""
    ledger = Ledger(entries=())
    before: list[Plan] = []
    unanswered = frozenset(plan.plan for plan in board.plans) - {release.plan for release in board.releases}
    for plan in board.plans:
        roster = board.roster_of(plan)
        known = Known(frozenset(board.dictionaries), frozenset(roster.ratified), tuple(before), unanswered)
        ledger = replace(ledger, yearly=roster.yearly)
        for finding in check_plan(plan, board.dictionaries[plan.dictionary], roster, ledger, known):
            yield Finding(finding.code, f"plans/{plan.plan}/plan.json", finding.parameters)
        before.append(plan)
        try:
            ledger = charge(ledger, plan)
        except PolicyRefusal as refusal:
            yield Finding(refusal.code, f"plans/{plan.plan}/plan.json")


def _board_budget(board: Board) -> Iterator[Finding]:
    for year in sorted({plan.budget_year for plan in board.plans}):
        if board.ledger.spent(year) > HARD_CAP:
            yield Finding("verify.budget", "plans")


def _refused_and_withdrawn(board: Board) -> Iterator[Finding]:
    """A question is refused or accepted, never both; one that was taken back has no answer."""
    accepted = {plan.plan: plan.digest for plan in board.plans}
    for refusal in board.refusals:
        if refusal.plan.plan in accepted:
            yield Finding("verify.refused_accepted", f"refusals/{refusal.plan.plan}.json")
    answered = {release.plan for release in board.releases}
    for withdrawal in board.withdrawals:
        plan = withdrawal.plan
        if plan.plan in answered or accepted.get(plan.plan, plan.digest) != plan.digest:
            yield Finding("verify.withdrawn", f"withdrawals/{plan.plan}.json")


def _release(board: Board, release: Release) -> Iterable[Finding]:
    """Make the release again from its noisy values: byte for byte the same."""
    place = f"releases/{release.release}/release.json"
    plan = board.plan(release.plan)
    opened = {table.table: [f.value for f in table.figures] for table in release.tables}
    opened |= {ROWS: [release.rows.value], NOT_LINKABLE: [release.not_linkable.value]}
    try:
        again = assemble_release(
            plan,
            board.dictionaries[plan.dictionary],
            board.roster_of(plan),
            release.set_digest,
            release.organizations,
            opened,
            supersedes=plan.supersedes,
            measured=load_measured(plan.linking),
        )
    except SansnomError as error:
        return [Finding(error.code, place)]
    if canonical_bytes(again.to_json()) != canonical_bytes(release.to_json()):
        return [Finding("verify.release", place)]
    return []


def _set(board: Board, release: Release, folder: Path) -> None:
    """Check that the three signed one set of submissions, of organizations on the roster, and that the release is of it."""
    place = folder / "releases" / release.release / "submission-set.json"
    plan = board.plan(release.plan)
    roster = board.roster_of(plan)
    keys = [helper.sign_key for helper in roster.helpers]
    signed = verify_object("submission-set", json.loads(place.read_text("utf-8")), keys, HELPERS)
    members = tuple((int(m["organization"]), str(m["manifest"])) for m in signed["members"])
    numbers = {o.number for o in roster.organizations}
    told: Any = signed["noise_commitments"]
    if signed["plan_digest"] != plan.digest or set_digest(plan.digest, members) != release.set_digest:
        raise PolicyRefusal("verify.set")
    if len(members) != release.organizations or not {number for number, _ in members} <= numbers:
        raise PolicyRefusal("verify.set")
    if any(seat.noise_commitment and seat.noise_commitment not in told for seat in plan.helpers):
        raise PolicyRefusal("verify.set")


def _destruction(board: Board, release: Release, folder: Path, party: int) -> None:
    """Check a helper's signed statement that it destroyed keys and submissions: an attestation, no proof."""
    place = folder / "releases" / release.release / f"destruction-{party}.json"
    plan = board.plan(release.plan)
    key = board.roster_of(plan).helpers[party].sign_key
    signed = verify_object("destruction", json.loads(place.read_text("utf-8")), [key], 1)
    if signed["plan_digest"] != plan.digest or signed["party"] != party:
        raise PolicyRefusal("verify.destruction")
