"""Read what a board publishes, and trust none of it: signatures are checked before a page shows a figure.

rosters/N.json                   each version of who takes part (`board.rosters`)
plans/ID/plan.json               signed by the convener of the roster that it names
refusals/ID.json                 the plan that was refused and by which rules, signed by a helper or the convener
withdrawals/ID.json              a question taken back, signed by the convener
incidents/ID.json                what went wrong, signed by a convener or a helper
releases/ID/release.json         signed by all three helpers of the plan
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.board.journal import Entry, Journal, kept_key
from sansnom.board.rosters import Rosters, read_json, read_rosters
from sansnom.release.budget import Ledger, ledger_of
from sansnom.terms.errors import InputError, PolicyRefusal, SansnomError
from sansnom.terms.incident import Incident
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.signature import verify_object

BESIDE: Final = ("submission-set.json", *(f"destruction-{party}.json" for party in PARTIES))


@dataclass(frozen=True, slots=True)
class Board:
    """Everything public, read and checked."""

    rosters: Rosters
    dictionaries: Mapping[str, Dictionary]
    plans: tuple[Plan, ...]
    """In the order in which they were charged."""
    refusals: tuple[Refusal, ...]
    withdrawals: tuple[Withdrawal, ...]
    incidents: tuple[Incident, ...]
    releases: tuple[Release, ...]
    beside: Mapping[str, tuple[str, ...]]
    """Other public files that stand beside a release, by its name: the submission set, attestations of destruction."""
    ledger: Ledger
    """What the published plans were charged."""
    logged: bool
    """Whether a log stands beside the files."""
    risks: frozenset[str] = frozenset()
    """Releases beside which an analysis of risks stands: risks/ID.html, what attacks on the release measured."""

    @property
    def roster(self) -> Roster:
        """Give the roster in force."""
        return self.rosters.newest

    def plan(self, name: str) -> Plan:
        """Find a plan by its name; KeyError when the board has none."""
        return next((p for p in self.plans if p.plan == name), None) or _none(name)

    def roster_of(self, plan: Plan) -> Roster:
        """Give the roster that a published plan was made for."""
        return self.rosters.named(plan.roster_digest) or self.roster

    def release_of(self, plan: str) -> Release | None:
        """Find the release of a plan; None when it has none."""
        return next((r for r in self.releases if r.plan == plan), None)

    def correction_of(self, release: str) -> Release | None:
        """Find the release that supersedes another one: the last, when there are several."""
        found = [r for r in self.releases if r.supersedes == release]
        return max(found, key=lambda r: (self.plan(r.plan).cutoff, r.release), default=None)

    def withdrawal_of(self, plan: str) -> Withdrawal | None:
        """Find the withdrawal of a question."""
        return next((w for w in self.withdrawals if w.plan.plan == plan), None)


def read_board(folder: Path, dictionaries: Mapping[str, Dictionary]) -> Board:
    """Read all public files of a board; InputError or PolicyRefusal names the file that cannot be believed."""
    rosters = read_rosters(folder)
    plans = _in_order(folder, [_plan(place, rosters) for place in sorted(folder.glob("plans/*/plan.json"))])
    for plan in plans:
        if plan.dictionary not in dictionaries:
            raise InputError("board.dictionary", where=f"plans/{plan.plan}/plan.json", version=plan.dictionary)
    by_name = {plan.plan: plan for plan in plans}
    releases = [_release(place, by_name, rosters) for place in sorted(folder.glob("releases/*/release.json"))]
    return Board(
        rosters=rosters,
        dictionaries=dictionaries,
        plans=plans,
        refusals=tuple(_refusal(place, rosters) for place in sorted(folder.glob("refusals/*.json"))),
        withdrawals=tuple(_withdrawal(place, rosters) for place in sorted(folder.glob("withdrawals/*.json"))),
        incidents=tuple(_incident(place, rosters) for place in sorted(folder.glob("incidents/*.json"))),
        releases=tuple(releases),
        beside={
            r.release: tuple(n for n in BESIDE if (folder / "releases" / r.release / n).is_file()) for r in releases
        },
        ledger=ledger_of(plans, rosters.newest.yearly),
        logged=(folder / "log" / "checkpoint").is_file(),
        risks=frozenset(r.release for r in releases if (folder / "risks" / f"{r.release}.html").is_file()),
    )


def _in_order(folder: Path, plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """Put plans in the order in which they were charged: as the log entered them, and by cut-off where it did so at once."""
    entered = {entry.file: entry.entered for entry in _entries(folder)}
    return tuple(sorted(plans, key=lambda p: (entered.get(f"plans/{p.plan}/plan.json", "~"), p.cutoff, p.plan)))


def _entries(folder: Path) -> tuple[Entry, ...]:
    """Read the log's entries for their order alone; whether the log holds is `verify`'s to say."""
    try:
        return Journal(folder, kept_key(folder)).entries()
    except (OSError, ValueError, SansnomError):
        return ()


def _signed_by(kind: str, envelope: object, keys: Iterable[str], threshold: int, name: str) -> dict[str, Any]:
    """Check signatures; a refusal names the file."""
    try:
        return verify_object(kind, envelope, keys, threshold)
    except PolicyRefusal as refusal:
        raise PolicyRefusal(refusal.code, (), **{**refusal.parameters, "where": name}) from None


def _plan(place: Path, rosters: Rosters) -> Plan:
    name = f"plans/{place.parent.name}/plan.json"
    envelope = read_json(place, name)
    plan = Plan.from_json(envelope.get("signed") if isinstance(envelope, dict) else None)
    roster = rosters.named(plan.roster_digest)
    if roster is None:
        raise InputError("board.plan_roster", where=name)
    _signed_by("plan", envelope, [roster.convener_key], 1, name)
    if plan.plan != place.parent.name:
        raise InputError("board.file_name", where=name)
    return plan


def _release(place: Path, plans: Mapping[str, Plan], rosters: Rosters) -> Release:
    name = f"releases/{place.parent.name}/release.json"
    envelope = read_json(place, name)
    release = Release.from_json(envelope.get("signed") if isinstance(envelope, dict) else None)
    plan = plans.get(release.plan)
    if release.release != place.parent.name or plan is None or plan.digest != release.plan_digest:
        raise InputError("board.release_plan", where=name)
    # The roster names who the helpers are; a plan's own word for it would let a convener sign as three (rule.helper_keys).
    roster = rosters.named(plan.roster_digest) or rosters.newest
    _signed_by("release", envelope, [helper.sign_key for helper in roster.helpers], HELPERS, name)
    return release


def _refusal(place: Path, rosters: Rosters) -> Refusal:
    """Read a refusal; a question may have been refused because its roster is none of ours, so any helper may sign it.

    One that names no helper is the convener's, who was asked first.
    """
    name = f"refusals/{place.name}"
    envelope = read_json(place, name)
    stated = envelope.get("signed") if isinstance(envelope, dict) else None
    by_helper = isinstance(stated, dict) and "party" in stated
    allowed = rosters.helper_keys if by_helper else rosters.convener_keys
    refusal = Refusal.from_json(_signed_by("refusal", envelope, allowed, 1, name))
    if refusal.plan.plan != place.stem:
        raise InputError("board.file_name", where=name)
    return refusal


def _withdrawal(place: Path, rosters: Rosters) -> Withdrawal:
    name = f"withdrawals/{place.name}"
    signed = _signed_by("withdrawal", read_json(place, name), rosters.convener_keys, 1, name)
    withdrawal = Withdrawal.from_json(signed)
    if withdrawal.plan.plan != place.stem:
        raise InputError("board.file_name", where=name)
    return withdrawal


def _incident(place: Path, rosters: Rosters) -> Incident:
    name = f"incidents/{place.name}"
    allowed = (*rosters.convener_keys, *rosters.helper_keys)
    incident = Incident.from_json(_signed_by("incident", read_json(place, name), allowed, 1, name))
    if incident.incident != place.stem:
        raise InputError("board.file_name", where=name)
    return incident


def _none(name: str) -> Plan:
    raise KeyError(name)
