"""Read what a board publishes, and trust none of it: signatures are checked before a page shows a figure.

roster.json                      signed by the convener
plans/ID/plan.json               signed by the convener of its roster
refusals/ID.json                 the plan that was refused and by which rules, signed by a helper
releases/ID/release.json         signed by all three helpers of the plan
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.release.budget import Ledger, ledger_of
from sansnom.terms.errors import InputError
from sansnom.terms.party import HELPERS, PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.refusal import Refusal
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.signature import verify_object

BESIDE: Final = ("submission-set.json", *(f"destruction-{party}.json" for party in PARTIES))
FILE_BYTES_MAX: Final = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Board:
    """Everything public, read and checked."""

    roster: Roster
    dictionaries: Mapping[str, Dictionary]
    plans: tuple[Plan, ...]
    refusals: tuple[Refusal, ...]
    releases: tuple[Release, ...]
    beside: Mapping[str, tuple[str, ...]]
    """Other public files that stand beside a release, by its name: the submission set, attestations of destruction."""
    ledger: Ledger
    """What the published plans were charged, in the order of their cut-offs."""

    def plan(self, name: str) -> Plan:
        """Find a plan by its name; KeyError when the board has none."""
        return next((p for p in self.plans if p.plan == name), None) or _none(name)

    def release_of(self, plan: str) -> Release | None:
        """Find the release of a plan: the newest one, when one supersedes another."""
        found = [r for r in self.releases if r.plan == plan]
        replaced = {r.supersedes for r in found}
        return next((r for r in found if r.release not in replaced), None)


def read_board(folder: Path, dictionaries: Mapping[str, Dictionary]) -> Board:
    """Read all public files of a board; InputError or PolicyRefusal names the file that cannot be believed."""
    roster = _roster(folder)
    plans = {p.plan: p for p in (_plan(place, roster) for place in sorted(folder.glob("plans/*/plan.json")))}
    for plan in plans.values():
        if plan.dictionary not in dictionaries:
            raise InputError("board.dictionary", where=f"plans/{plan.plan}/plan.json", version=plan.dictionary)
    releases = [_release(place, plans, roster) for place in sorted(folder.glob("releases/*/release.json"))]
    refusals = [_refusal(place, roster) for place in sorted(folder.glob("refusals/*.json"))]
    beside = {r.release: tuple(n for n in BESIDE if (folder / "releases" / r.release / n).is_file()) for r in releases}
    return Board(
        roster, dictionaries, tuple(plans.values()), tuple(refusals), tuple(releases), beside, _ledger(plans.values())
    )


def _ledger(plans: Iterable[Plan]) -> Ledger:
    ordered = sorted(plans, key=lambda p: (p.cutoff, p.plan))
    return ledger_of(ordered)


def _json(place: Path, name: str) -> Any:  # noqa: ANN401 - whatever a file holds; each reader checks it
    if place.stat().st_size > FILE_BYTES_MAX:
        raise InputError("board.file_size", where=name, most=FILE_BYTES_MAX)
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise InputError("board.file_json", where=name) from None


def _roster(folder: Path) -> Roster:
    place = folder / "roster.json"
    if not place.is_file():
        raise InputError("board.no_roster", where="roster.json")
    envelope = _json(place, "roster.json")
    roster = Roster.from_json(envelope.get("signed") if isinstance(envelope, dict) else None)
    verify_object("roster", envelope, [roster.convener_key], 1)
    return roster


def _plan(place: Path, roster: Roster) -> Plan:
    name = f"plans/{place.parent.name}/plan.json"
    plan = Plan.from_json(verify_object("plan", _json(place, name), [roster.convener_key], 1))
    if plan.plan != place.parent.name:
        raise InputError("board.file_name", where=name)
    return plan


def _release(place: Path, plans: Mapping[str, Plan], roster: Roster) -> Release:
    name = f"releases/{place.parent.name}/release.json"
    envelope = _json(place, name)
    release = Release.from_json(envelope.get("signed") if isinstance(envelope, dict) else None)
    plan = plans.get(release.plan)
    if release.release != place.parent.name or plan is None or plan.digest != release.plan_digest:
        raise InputError("board.release_plan", where=name)
    # The roster names who the helpers are; a plan's own word for it would let a convener sign as three (rule.helper_keys).
    verify_object("release", envelope, [helper.sign_key for helper in roster.helpers], HELPERS)
    return release


def _refusal(place: Path, roster: Roster) -> Refusal:
    name = f"refusals/{place.name}"
    refusal = Refusal.from_json(verify_object("refusal", _json(place, name), [h.sign_key for h in roster.helpers], 1))
    if refusal.plan.plan != place.stem:
        raise InputError("board.file_name", where=name)
    return refusal


def _none(name: str) -> Plan:
    raise KeyError(name)
