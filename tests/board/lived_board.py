"""A board that has lived, in a few small files: two conveners, a series, a correction, a refusal, a withdrawal, an incident, a log.

Every signature is real; figures are made up. A sensitive dimension is ratified and the year allows more than the default.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from sansnom.board.enter import enter_new
from sansnom.board.journal import Journal
from sansnom.helper.agreement import set_digest
from sansnom.release.assemble import assemble_release
from sansnom.release.budget import Ledger
from sansnom.release.rules import check_plan
from sansnom.terms.incident import Incident
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, Period, Plan, SeriesPart
from sansnom.terms.refusal import Refusal
from sansnom.terms.release import Release
from sansnom.terms.roster import Roster
from sansnom.terms.table import MULTIPLICITY, PERSONS, TALLY, TRANSITIONS, WAITING, TableSpec
from sansnom.terms.withdrawal import Withdrawal
from sansnom.transparency.note import verifier_of
from sansnom.transparency.signature import add_signature, public_key_text, sign_object
from tests.board.sample_board import asked, keyed_roster, private_key, refused_plan, signed_by_helpers, write
from tests.release.samples import SERVICES, dictionary, opened_values, sample_known

ORIGIN = "lived.invalid/board"
LOG_KEY = private_key("log")
KEEPER = verifier_of(ORIGIN, LOG_KEY)
NOW = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
QUARTERS = (
    ("2026-q1", Period("2026-04-01", "2026-06-30"), "2026-07-31T20:00:00Z"),
    ("2026-q2", Period("2026-07-01", "2026-09-30"), "2026-10-31T20:00:00Z"),
)
TRUTH = {
    "persons": [1900],
    "organizations": [1500, 310, 90],
    "french": [40, 9, 1, 2, 60, 31, 0, 1, 55],
    "waiting": [90] * 4,
}


def tables() -> tuple[TableSpec, ...]:
    """Give the few tables of a quarter, one of them by a dimension that was ratified."""
    rho = Fraction(1, 100)
    return (
        TableSpec("persons", PERSONS, Text("Personnes distinctes", "Unduplicated persons"), rho),
        TableSpec("organizations", MULTIPLICITY, Text("Par nombre d’organismes", "By number of organizations"), rho),
        TableSpec(
            *("french", TRANSITIONS, Text("Français oral", "Spoken French"), rho),
            scale="EQ.listening",
            bands=(4, 8, 12),
        ),
        TableSpec(
            *("waiting", TALLY, Text("Demandes en attente", "Requests waiting"), rho),
            measure=WAITING,
            services=SERVICES,
            bound=50,
        ),
        TableSpec(
            *("by-tongue", PERSONS, Text("Personnes par langue maternelle", "Persons by mother tongue"), rho),
            dimensions=("mother_tongue",),
        ),
    )


def rosters() -> tuple[Roster, Roster]:
    """Give two versions: another convener and one organization fewer in the second."""
    first = replace(keyed_roster(), log_key=KEEPER.text, ratified=("mother_tongue",), yearly=Fraction(1, 2), trial=True)
    second = replace(
        first,
        version=2,
        convener_key=public_key_text(private_key("convener-2")),
        organizations=first.organizations[:-1],
    )
    return first, second


def quarter(roster: Roster, place: int, **changes: Any) -> Plan:
    """Ask one quarter's question."""
    rho = sum((table.rho for table in tables()), Fraction(1, 400))
    parts = tuple(SeriesPart(name, period, rho) for name, period, _ in QUARTERS)
    name, period, cutoff = QUARTERS[place]
    told: dict[str, Any] = {
        "tables": tables(),
        "dimensions": (DimensionUse("mother_tongue"),),
        "counts_rho": Fraction(1, 400),
        "rho": rho,
        "period": period,
        "cutoff": cutoff,
        "series": "quarters-2026",
        "series_parts": parts,
    }
    return asked(changes.pop("name", name), roster, **(told | changes))


def answer(folder: Path, plan: Plan, roster: Roster, seed: int, truth: dict[str, Any] | None = None) -> Release:
    """Lay the set, the release and the three attestations of a plan."""
    base = folder / "releases" / plan.plan
    members = tuple((o.number, f"{o.number:064x}") for o in roster.organizations)
    told: dict[str, Any] = {
        "schema": "sansnom/submission-set/1",
        "plan": plan.plan,
        "plan_digest": plan.digest,
        "members": [{"organization": number, "manifest": manifest} for number, manifest in members],
        "noise_commitments": [seat.noise_commitment for seat in plan.helpers],
    }
    write(base / "submission-set.json", signed_by_helpers("submission-set", told))
    opened = opened_values(plan, TRUTH if truth is None else truth, seed=seed)
    digest = set_digest(plan.digest, members)
    release = assemble_release(
        plan, dictionary(), roster, digest, len(members), opened, supersedes=plan.supersedes, measured=None
    )
    write(base / "release.json", signed_by_helpers("release", release.to_json()))
    for party in range(3):
        destroyed: dict[str, Any] = {
            "schema": "sansnom/destruction/1",
            "plan": plan.plan,
            "plan_digest": plan.digest,
            "party": party,
            "destroyed": ["plan_key", "noise_salt", "submissions"],
            "submissions": len(members),
            "destroyed_on": plan.cutoff,
        }
        write(base / f"destruction-{party}.json", sign_object("destruction", destroyed, private_key(f"helper-{party}")))
    return release


def lay_rosters(folder: Path, versions: Iterable[Roster]) -> None:
    """Lay versions of the roster, each signed by its convener and by the one before."""
    envelope: dict[str, Any] = {}
    for roster in versions:
        conveners = {public_key_text(private_key(name)): private_key(name) for name in ("convener", "convener-2")}
        envelope = sign_object("roster", roster.to_json(), conveners[roster.convener_key])
        if roster.version > 1:
            envelope = add_signature("roster", envelope, private_key("convener"))
        write(folder / f"rosters/{roster.version}.json", envelope)
    write(folder / "roster.json", envelope)


def lay_plan(folder: Path, plan: Plan, convener: str) -> None:
    """Lay a signed plan."""
    write(folder / f"plans/{plan.plan}/plan.json", sign_object("plan", plan.to_json(), private_key(convener)))


def enter(folder: Path) -> None:
    """Enter what is new in the log, a day after what was entered before."""
    journal = Journal(folder, KEEPER)
    enter_new(folder, journal, LOG_KEY, NOW + timedelta(days=journal.checkpoint()[0].size))


def write_lived_board(folder: Path) -> Path:
    """Lay it all, in the order in which it would have happened."""
    first, second = rosters()
    lay_rosters(folder, (first,))
    refused = refused_plan(first)
    found = check_plan(refused, dictionary(), first, Ledger(), sample_known())
    refusal = Refusal(refused, 0, "2026-05-04", "rule.refused", found)
    write(folder / f"refusals/{refused.plan}.json", signed_by_helpers("refusal", refusal.to_json(), 1))
    one = quarter(first, 0)
    lay_plan(folder, one, "convener")
    enter(folder)
    answer(folder, one, first, 1)
    lay_rosters(folder, (first, second))
    enter(folder)
    two = quarter(second, 1)
    lay_plan(folder, two, "convener-2")
    enter(folder)
    answer(folder, two, second, 2, {**TRUTH, "persons": [2400]})
    again = quarter(second, 0, name="2026-q1-corrected", supersedes="2026-q1", series="", series_parts=())
    lay_plan(folder, again, "convener-2")
    enter(folder)
    answer(folder, again, second, 3)
    taken_back = quarter(second, 1, name="2026-waiting", series="", series_parts=())
    withdrawal = Withdrawal(taken_back, "2026-11-02", Text("Déjà répondu.", "Answered already."))
    write(
        folder / f"withdrawals/{taken_back.plan}.json",
        sign_object("withdrawal", withdrawal.to_json(), private_key("convener-2")),
    )
    incident = Incident(
        "2026-11-double",
        "2026-11-01",
        Text("Un organisme compté deux fois", "An organization counted twice"),
        Text("Un organisme a envoyé deux fois les mêmes fiches.", "An organization sent the same records twice."),
        ("2026-q1",),
        Text("La réponse a été refaite et remplacée.", "The answer was made again and replaced."),
    )
    write(
        folder / f"incidents/{incident.incident}.json",
        sign_object("incident", incident.to_json(), private_key("convener-2")),
    )
    enter(folder)
    return folder
