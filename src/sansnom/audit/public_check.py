"""G-07: check a board from its public files alone, by making again everything that follows from other public values.

What is checked is listed, what cannot be checked is listed too: nobody outside can see whether three helpers computed what
they signed, nor that keys were truly destroyed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.board.public import Board, read_board
from sansnom.helper.agreement import set_digest
from sansnom.helper.means import load_measured
from sansnom.release.assemble import NOT_LINKABLE, ROWS, assemble_release
from sansnom.release.budget import HARD_CAP, Ledger, charge
from sansnom.release.csv_tables import data_package, table_csv
from sansnom.release.rules import Known, check_plan
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import Finding, InputError, PolicyRefusal, SansnomError
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.release import Release
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.signature import verify_object

CHECKED: Final = (
    "verify.checked.signatures",
    "verify.checked.rules",
    "verify.checked.budget",
    "verify.checked.set",
    "verify.checked.release",
    "verify.checked.files",
    "verify.checked.destruction",
)
NOT_CHECKED: Final = ("verify.unchecked.computation", "verify.unchecked.destruction", "verify.unchecked.log")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: nothing, or each public file that does not hold; and how much there was to look at."""

    findings: tuple[Finding, ...]
    plans: int
    releases: int
    refusals: int


def check_board(folder: Path, dictionaries: Mapping[str, Dictionary]) -> Verdict:
    """Check a board's folder; a file that cannot be read or believed at all is the only finding then."""
    try:
        board = read_board(folder, dictionaries)
    except (InputError, PolicyRefusal) as error:
        return Verdict((Finding(error.code, str(error.parameters.get("where", folder.name))),), 0, 0, 0)
    found = [*_plans(board), *_board_budget(board)]
    for release in board.releases:
        found += _release(board, release, folder)
        found += _attempt(f"releases/{release.release}/submission-set.json", lambda r=release: _set(board, r, folder))
        for party in PARTIES:
            place = f"releases/{release.release}/destruction-{party}.json"
            found += _attempt(place, lambda r=release, p=party: _destruction(board, r, folder, p))
    return Verdict(tuple(found), len(board.plans), len(board.releases), len(board.refusals))


def _attempt(place: str, check: Any) -> list[Finding]:  # noqa: ANN401 - a check without arguments
    """Run one check; whatever is wrong with the file is one finding at its place."""
    try:
        check()
    except SansnomError as error:
        return [Finding(error.code, place)]
    except (OSError, ValueError, KeyError, TypeError):
        return [Finding("verify.file", place)]
    return []


def _plans(board: Board) -> Iterator[Finding]:
    """Ask the rules again, plan by plan in the order of their cut-offs, with the ledger as it stood."""
    ledger = Ledger(entries=())
    before: list[Any] = []
    unanswered = frozenset(plan.plan for plan in board.plans) - {release.plan for release in board.releases}
    for plan in sorted(board.plans, key=lambda p: (p.cutoff, p.plan)):
        known = Known(frozenset(board.dictionaries), frozenset(), tuple(before), unanswered)
        for finding in check_plan(plan, board.dictionaries[plan.dictionary], board.roster, ledger, known):
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


def _release(board: Board, release: Release, folder: Path) -> Iterator[Finding]:
    """Make the release again from its noisy values, and its files from it: byte for byte the same."""
    place = f"releases/{release.release}"
    plan = board.plan(release.plan)
    opened = {table.table: [f.value for f in table.figures] for table in release.tables}
    opened |= {ROWS: [release.rows.value], NOT_LINKABLE: [release.not_linkable.value]}
    try:
        again = assemble_release(
            plan,
            board.dictionaries[plan.dictionary],
            board.roster,
            release.set_digest,
            release.organizations,
            opened,
            supersedes=release.supersedes,
            measured=load_measured(plan.linking),
        )
    except SansnomError as error:
        yield Finding(error.code, f"{place}/release.json")
        return
    if canonical_bytes(again.to_json()) != canonical_bytes(release.to_json()):
        yield Finding("verify.release", f"{place}/release.json")
    package = json.dumps(data_package(release), ensure_ascii=False, indent=1) + "\n"
    expected = {f"{place}/datapackage.json": package.encode()}
    expected |= {f"{place}/tables/{t.table}.csv": table_csv(t) for t in release.tables}
    for name, content in expected.items():
        path = folder / name
        if path.is_file() and path.read_bytes() != content:
            yield Finding("verify.file", name)


def _set(board: Board, release: Release, folder: Path) -> None:
    """Check that the three signed one set of submissions, of organizations on the roster, and that the release is of it."""
    place = folder / "releases" / release.release / "submission-set.json"
    keys = [helper.sign_key for helper in board.roster.helpers]
    signed = verify_object("submission-set", json.loads(place.read_text("utf-8")), keys, HELPERS)
    members = tuple((int(m["organization"]), str(m["manifest"])) for m in signed["members"])
    numbers = {o.number for o in board.roster.organizations}
    plan = board.plan(release.plan)
    if signed["plan_digest"] != plan.digest or set_digest(plan.digest, members) != release.set_digest:
        raise PolicyRefusal("verify.set")
    if len(members) != release.organizations or not {number for number, _ in members} <= numbers:
        raise PolicyRefusal("verify.set")


def _destruction(board: Board, release: Release, folder: Path, party: int) -> None:
    """Check a helper's signed statement that it destroyed keys and submissions: an attestation, no proof."""
    place = folder / "releases" / release.release / f"destruction-{party}.json"
    key = board.roster.helpers[party].sign_key
    signed = verify_object("destruction", json.loads(place.read_text("utf-8")), [key], 1)
    if signed["plan_digest"] != board.plan(release.plan).digest or signed["party"] != party:
        raise PolicyRefusal("verify.destruction")
