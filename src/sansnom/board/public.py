"""Read what a board publishes, and trust none of it: signatures are checked before a page shows a figure.

roster.json                      signed by the convener
plans/ID/plan.json               signed by the convener of its roster
refusals/ID.json                 the plan that was refused, and by which rules
releases/ID/release.json         signed by all three helpers of the plan
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.release.budget import Entry, Ledger
from sansnom.terms.errors import Finding, InputError, Parameter, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.party import HELPERS
from sansnom.terms.plan import Plan
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary
from sansnom.transparency.signature import verify_object

REFUSAL_FORMAT: Final = "sansnom/refusal/1"
FILE_BYTES_MAX: Final = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plan that the rules refused, public with every reason."""

    plan: Plan
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object of `refusals/ID.json`."""
        return {
            "schema": REFUSAL_FORMAT,
            "plan": self.plan.to_json(),
            "findings": [
                {"code": f.code, "where": f.where, "parameters": {k: _plain(v) for k, v in f.parameters.items()}}
                for f in self.findings
            ],
        }

    @classmethod
    def from_json(cls, value: object) -> "Refusal":
        """Read a refusal strictly; InputError names the place."""
        if not isinstance(value, dict) or set(value) != {"schema", "plan", "findings"}:
            raise InputError("json.object", where="refusal")
        r = Reader({"schema": value["schema"], "findings": value["findings"]}, "refusal")
        r.expect("schema", REFUSAL_FORMAT)
        read = tuple(_finding(item) for item in r.objects("findings"))
        told = [_parameters(item["parameters"]) for item in value["findings"]]
        findings = tuple(Finding(f.code, f.where, p) for f, p in zip(read, told, strict=True))
        return cls(Plan.from_json(value["plan"]), findings)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything public, read and checked."""

    roster: Roster
    dictionaries: Mapping[str, Dictionary]
    plans: tuple[Plan, ...]
    refusals: tuple[Refusal, ...]
    releases: tuple[Release, ...]

    def plan(self, name: str) -> Plan:
        """Find a plan by its name; KeyError when the board has none."""
        return next((p for p in self.plans if p.plan == name), None) or _none(name)

    def release_of(self, plan: str) -> Release | None:
        """Find the release of a plan: the newest one, when one supersedes another."""
        found = [r for r in self.releases if r.plan == plan]
        replaced = {r.supersedes for r in found}
        return next((r for r in found if r.release not in replaced), None)

    @property
    def ledger(self) -> Ledger:
        """Add up what the published plans were charged, in the order of their cut-offs."""
        ordered = sorted(self.plans, key=lambda p: (p.cutoff, p.plan))
        return Ledger(entries=tuple(Entry(p.budget_year, p.plan, p.digest, p.rho) for p in ordered))


def read_board(folder: Path, dictionaries: Mapping[str, Dictionary]) -> Board:
    """Read all public files of a board; InputError or PolicyRefusal names the file that cannot be believed."""
    roster = _roster(folder)
    plans = {p.plan: p for p in (_plan(place, roster) for place in sorted(folder.glob("plans/*/plan.json")))}
    for plan in plans.values():
        if plan.dictionary not in dictionaries:
            raise InputError("board.dictionary", where=f"plans/{plan.plan}/plan.json", version=plan.dictionary)
    releases = [_release(place, plans, roster) for place in sorted(folder.glob("releases/*/release.json"))]
    refusals = [_refusal(place) for place in sorted(folder.glob("refusals/*.json"))]
    return Board(roster, dictionaries, tuple(plans.values()), tuple(refusals), tuple(releases))


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
    try:
        verify_object("release", envelope, [seat.sign_key for seat in plan.helpers], HELPERS)
    except PolicyRefusal as refusal:
        # A plan may leave releases to the keys that the roster knows the helpers by.
        if refusal.code != "signature.too_few":
            raise
        verify_object("release", envelope, [helper.sign_key for helper in roster.helpers], HELPERS)
    return release


def _refusal(place: Path) -> Refusal:
    name = f"refusals/{place.name}"
    refusal = Refusal.from_json(_json(place, name))
    if refusal.plan.plan != place.stem:
        raise InputError("board.file_name", where=name)
    return refusal


def _plain(value: Parameter) -> Any:  # noqa: ANN401 - a string, an integer or a list of strings
    return list(value) if isinstance(value, tuple) else value


def _finding(r: Reader) -> Finding:
    code, where = r.string("code"), r.string("where")
    r.inner("parameters")
    r.done()
    return Finding(code, where)


def _parameters(told: dict[str, Any]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for name, value in told.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            found[name] = tuple(value)
        elif isinstance(value, (str, int)):
            found[name] = value
        else:
            raise InputError("json.type", where=f"refusal.findings.parameters.{name}", expected="str")
    return found


def _none(name: str) -> Plan:
    raise KeyError(name)
