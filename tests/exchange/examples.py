"""A small plan, roster and organization that the exchange's tests share; every key comes from a printed seed."""

import hashlib
import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from sansnom.exchange.dimensions import RollUps
from sansnom.exchange.keys import PrivateKeys, Randomness
from sansnom.exchange.pepper import GroupSecret, PlanPepper, draw_group_secret, pepper_for
from sansnom.exchange.setting import Setting
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, HelperSeat, KeyRule, Linking, Period, Plan, Request
from sansnom.terms.records import (
    Assessment,
    OrganizationRecords,
    Person,
    Referral,
    Service,
    Status,
    TurnedAway,
    Waiting,
)
from sansnom.terms.roster import Helper, Organization, Roster
from sansnom.terms.table import TableSpec
from sansnom.terms.vocabulary import Dictionary

SAID = Text("Un essai", "A test")
PLAN = "2026-essai-1"


def seeded(seed: str) -> Randomness:
    """Give a source of bytes that a test can repeat."""
    drawn = 0

    def draw(size: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.shake_256(f"{seed}\n{drawn}".encode()).digest(size)

    return draw


@cache
def keys_of(name: str) -> PrivateKeys:
    """Give the keys of a party by its name."""
    return PrivateKeys.generate(seeded(f"keys of {name}"))


@cache
def _read(name: str) -> Any:
    return json.loads((files("sansnom.terms.dictionary") / name).read_text(encoding="utf-8"))


@cache
def dictionary() -> Dictionary:
    """Give the dictionary that the package carries."""
    return Dictionary.from_json(_read("2026.1.json"))


@cache
def lists() -> RollUps:
    """Give the lists of roll-ups that the package carries."""
    return RollUps.from_json(_read("2026.1.json"), _read("birthplaces.json"))


def organization(number: int, code: str, size_class: int = 32) -> Organization:
    """Give an organization of the roster."""
    public = keys_of(code).public
    name = Text(f"Organisme {code}", f"Organization {code}")
    services = ("reception", "employment")
    return Organization(number, code, name, public.sign_key, public.seal_key, size_class, services)


def helper(party: int) -> Helper:
    """Give a helper of the roster."""
    public = keys_of(f"helper {party}").public
    return Helper(
        name=Text(f"Calcul {party}", f"Helper {party}"),
        institution=Text("Université", "University"),
        sign_key=public.sign_key,
        seal_key=public.seal_key,
        url=f"https://helper{party}.example",
        peer_address=f"helper{party}.example:8443",
        certificate="00" * 32,
    )


@cache
def roster() -> Roster:
    """Give a roster of four organizations and three helpers."""
    named = (organization(1, "aube"), organization(2, "brise"), organization(3, "cap", 64), organization(7, "delta"))
    helpers = (helper(0), helper(1), helper(2))
    return Roster(1, "2026", SAID, keys_of("convener").public.sign_key, helpers, named)


def group_secret() -> GroupSecret:
    """Give the group secret of the year."""
    return draw_group_secret("2026", seeded("group secret"))


def pepper() -> PlanPepper:
    """Give the pepper of the example's plan."""
    return pepper_for(group_secret(), PLAN)


def _tables() -> tuple[TableSpec, ...]:
    share = Fraction(1, 100)
    two = ("reception", "employment")
    return (
        TableSpec("persons", "persons", SAID, share, dimensions=("sex", "age_group")),
        TableSpec("multiplicity", "multiplicity", SAID, share),
        TableSpec("overlap", "same_service", SAID, share, services=two, window_days=90),
        TableSpec("french", "transitions", SAID, share, scale="EQ.speaking", bands=(4, 8, 12)),
        TableSpec("hours", "sum", SAID, share, measure="service_hours", bound=400),
        TableSpec("acts", "sum", SAID, share, measure="service_count", bound=5),
        TableSpec("referred", "sum", SAID, share, measure="referrals_sent", bound=40),
        TableSpec("arrived", "sum", SAID, share, measure="referrals_completed", bound=40),
        TableSpec("first", "minimum", SAID, share, measure="days_to_first_service", bound=1825, bins=(30, 90)),
        TableSpec("waiting", "tally", SAID, share, services=two, measure="waiting", bound=200),
        TableSpec("turned", "tally", SAID, share, services=two, measure="turned_away", bound=3),
    )


@cache
def plan() -> Plan:
    """Give a plan that uses every kind of table and every dimension that a desk can fill."""
    told = ("sex", "age_group", "category", "category_detail", "region", "birth_region", "birth_continent")
    derived = ("mother_tongue", "french_level_band", "arrival_year_band", "employment", "education")
    seats = (keys_of(f"helper {party} for the plan").public for party in range(3))
    return Plan(
        plan=PLAN,
        title=SAID,
        request=Request(*([SAID] * 6)),
        period=Period("2025-04-01", "2026-03-31"),
        cutoff="2026-06-01",
        dictionary="2026.1",
        roster_version=roster().version,
        roster_digest=roster().digest,
        pepper_check=pepper().check,
        minimum_organizations=3,
        linking=Linking(tuple(KeyRule(k, 6) for k in ("A1", "A2", "A4", "A7")), "A1", 3, 8),
        dimensions=tuple(DimensionUse(code) for code in (*told, *derived)),
        tables=_tables(),
        budget_year="2026",
        rho=Fraction(1, 4),
        counts_rho=Fraction(1, 100),
        helpers=tuple(HelperSeat(SAID, public.seal_key, public.sign_key) for public in seats),
    )


@cache
def setting() -> Setting:
    """Give what desks and helpers know of the example's plan."""
    return Setting.of(plan(), roster(), dictionary())


def opener(party: int) -> PrivateKeys:
    """Give a helper's private keys for the plan."""
    return keys_of(f"helper {party} for the plan")


ANA = Person(
    local_id="p1",
    given_names="Ana María",
    family_names="García López",
    birth_date="1990-05-17",
    sex="F",
    country_of_birth="CO",
    mother_tongue="spanish",
    category="refugee_recognized",
    region="06",
    admission_date="2025-02-01",
    arrival_date="2025-03-12",
)
"""A person about whom everything is known."""


def records(code: str = "aube") -> OrganizationRecords:
    """Give an organization's records with one of everything."""
    return OrganizationRecords(
        organization=code,
        persons=(
            ANA,
            Person("p0", anonymous=True),
            Person("p2", "Mohamed", "El Amrani", "1984-01-01", "year", "M", "MA", category="economic"),
            Person("p3", "Li", "", "2001-11-02", sex="X"),
        ),
        services=(
            Service("p1", "reception", "2025-04-11", minutes=45),
            Service("p1", "reception", "2025-06-01", "2025-06-30", minutes=100),
            Service("p1", "employment", "2025-03-01", "2025-05-01"),
            Service("p0", "reception", "2025-04-01"),
            Service("p2", "french_course", "2024-12-01"),
            Service("p2", "employment", "2026-03-31", status="completed"),
            Service("p3", "employment", "2025-08-01", status="no_show"),
        ),
        assessments=(
            Assessment("p1", "EQ", "speaking", 3, "2025-05-01"),
            Assessment("p1", "EQ", "speaking", 6, "2026-01-15"),
            Assessment("p1", "EQ", "listening", 9, "2026-01-15"),
            Assessment("p1", "EQ", "speaking", 12, "2026-04-01"),
        ),
        statuses=(
            Status("p1", "2025-05-01", "unemployed", ""),
            Status("p1", "2026-02-01", "part_time", "not_student"),
            Status("p1", "2026-05-01", "full_time", ""),
        ),
        referrals=(
            Referral("p1", "employment", "brise", "2025-05-02", accepted=True, completed=True),
            Referral("p1", "housing", "cap", "2025-07-02", accepted=False),
            Referral("p1", "employment", "delta", "2025-09-02", accepted=True),
        ),
        waitlist=(
            Waiting("reception", "2025-12-01"),
            Waiting("reception", "2025-12-01", "2026-03-31", "served"),
            Waiting("reception", "2025-12-01", "2026-04-02", "served"),
            Waiting("employment", "2026-04-01"),
        ),
        turned_away=(
            *(TurnedAway("reception", "2025-10-10", "no_place"),) * 5,
            TurnedAway("employment", "2025-10-10"),
            TurnedAway("employment", "2026-10-10", "no_place"),
        ),
    )


def many_records(persons: int, seed: str = "many") -> OrganizationRecords:
    """Give an organization with this many persons served, each once or twice, all different."""
    draw = seeded(seed)
    told = []
    acts = []
    for number in range(persons):
        chance = draw(4)
        told.append(
            replace(
                ANA,
                local_id=f"n{number}",
                given_names=f"Ana{chance.hex().translate(str.maketrans('0123456789', 'ghijklmnop'))}",
                birth_date=f"19{chance[0] % 80 + 10}-{chance[1] % 12 + 1:02}-{chance[2] % 28 + 1:02}",
                sex=("F", "M", "X", "")[chance[3] % 4],
            )
        )
        acts += [Service(f"n{number}", "reception", f"2025-0{4 + chance[1] % 5}-11", minutes=chance[2])] * (
            1 + chance[3] % 2
        )
    return OrganizationRecords("cap", tuple(told), tuple(acts))
