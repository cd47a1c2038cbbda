"""A board as the convener and three helpers leave it: signed roster, plans, a refusal, releases. Figures are made up."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.release.assemble import assemble_release
from sansnom.release.budget import Ledger
from sansnom.release.rules import check_plan
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, Period, Plan
from sansnom.terms.refusal import Refusal
from sansnom.terms.roster import Roster
from sansnom.terms.table import PERSONS, TableSpec
from sansnom.transparency.signature import add_signature, public_key_text, sign_object
from tests.release.samples import (
    dictionary,
    opened_values,
    sample_known,
    sample_plan,
    sample_roster,
    sample_tables,
)

SET_DIGEST = "5e7d" * 16
CATEGORY = [41, 1180, 462, 871, 33, 402]
REGION = [22, 8, 14, 312, 44, 141, 1687, 186, 5, 0, 1, 4, 38, 204, 51, 62, 196, 14]
SEX_AGE = [
    *(3, 1, 2, 6, 4, 1, 0, 0),
    *(9, 96, 171, 528, 402, 203, 71, 24),
    *(7, 88, 160, 471, 396, 218, 82, 19),
    *(0, 1, 3, 12, 6, 4, 1, 0),
]
TRUTH: dict[str, Any] = {
    "persons": [2989],
    "organizations": [2391, 471, 127],
    "by-category": CATEGORY,
    "by-region": REGION,
    "by-sex-age": SEX_AGE,
    "same-service": [61, 44, 38, 21, 12, 17, 9, 31],
    "french": [318, 204, 11, 6, 261, 117, 0, 5, 143],
    "hours": [310, 14_870, 5_120, 12_410, 260, 5_980],
    "days": [612, 704, 498, 377, 421, 377],
    "waiting": [486, 112, 203, 41],
    "turned-away": [
        *(4, 212, 31, 18, 6, 14, 41, 3, 22, 9),
        *(2, 41, 12, 7, 19, 3, 4, 1, 6, 5),
        *(6, 168, 22, 41, 11, 2, 0, 9, 1, 4),
        *(1, 9, 14, 2, 3, 6, 2, 0, 0, 3),
    ],
    "rows": [3_734],
    "not_linkable": [64],
}


@cache
def private_key(name: str) -> Ed25519PrivateKey:
    """Make a key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b".")[:32])


def keyed_roster() -> Roster:
    """Give the sample roster with signing keys that tests hold."""
    roster = sample_roster()
    helpers = tuple(
        replace(h, sign_key=public_key_text(private_key(f"helper-{n}"))) for n, h in enumerate(roster.helpers)
    )
    return replace(roster, convener_key=public_key_text(private_key("convener")), helpers=helpers)


def signed_by_helpers(kind: str, signed: dict[str, Any], count: int = 3) -> dict[str, Any]:
    """Sign as the three helpers do, or as fewer of them."""
    envelope = sign_object(kind, signed, private_key("helper-0"))
    for n in range(1, count):
        envelope = add_signature(kind, envelope, private_key(f"helper-{n}"))
    return envelope


def asked(name: str, roster: Roster, **changes: Any) -> Plan:
    """Make a plan over this roster, with helpers' keys of the sample."""
    plan = sample_plan(roster, plan=name, **changes)
    seats = tuple(replace(s, sign_key=h.sign_key) for s, h in zip(plan.helpers, roster.helpers, strict=True))
    return replace(plan, helpers=seats)


def refused_plan(roster: Roster) -> Plan:
    """Make the plan that asks for what nobody may ask."""
    tables = (
        TableSpec(
            "list",
            PERSONS,
            Text("Personnes par date de naissance", "Persons by birth date"),
            Fraction(1, 2),
            dimensions=("birth_date", "region"),
        ),
    )
    plan = asked("2026-liste", roster, tables=tables)
    title = Text(
        "Liste des personnes servies et de leurs dates de naissance", "List of persons served and their birth dates"
    )
    return replace(plan, title=title, dimensions=(DimensionUse("birth_date"), DimensionUse("region")))


def write(place: Path, told: Any) -> None:
    """Write canonical bytes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(canonical_bytes(told))


def write_board(folder: Path) -> Path:
    """Lay the public files of a small board: one answer, one open question, one refusal."""
    roster = keyed_roster()
    write(folder / "roster.json", sign_object("roster", roster.to_json(), private_key("convener")))
    half = tuple(replace(t, rho=t.rho / 2) for t in sample_tables())
    answered = asked("2026-portrait", roster, tables=half, counts_rho=Fraction(1, 200))
    waiting = asked(
        "2027-attente",
        roster,
        tables=tuple(t for t in half if t.table in ("persons", "waiting", "turned-away")),
        counts_rho=Fraction(1, 200),
        title=Text("Qui attend, et pour quel service?", "Who is waiting, and for which service?"),
        period=Period("2027-04-01", "2027-06-30"),
        cutoff="2027-07-31T20:00:00Z",
        budget_year="2027-2028",
    )
    for plan in (answered, waiting):
        write(folder / f"plans/{plan.plan}/plan.json", sign_object("plan", plan.to_json(), private_key("convener")))
    refused = refused_plan(roster)
    found = check_plan(refused, dictionary(), roster, Ledger(), sample_known())
    refusal = Refusal(refused, 0, "2026-05-04", "rule.refused", found)
    write(folder / f"refusals/{refused.plan}.json", signed_by_helpers("refusal", refusal.to_json(), 1))
    opened = opened_values(answered, TRUTH, seed=7)
    release = assemble_release(answered, dictionary(), roster, SET_DIGEST, 24, opened)
    write(folder / f"releases/{release.release}/release.json", signed_by_helpers("release", release.to_json()))
    return folder


def envelope_of(place: Path) -> dict[str, Any]:
    """Read a signed file."""
    told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return told
