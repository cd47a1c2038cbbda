"""A plan, a roster and the ratified dictionary, for tests of every room that needs one."""

import json
from fractions import Fraction
from importlib.resources import files

from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, HelperSeat, KeyRule, Linking, Period, Plan, Request
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TURNED_AWAY,
    WAITING,
    TableSpec,
)
from sansnom.terms.vocabulary import Dictionary


def dictionary() -> Dictionary:
    """Read the ratified dictionary that the package ships."""
    return Dictionary.from_json(json.loads((files("sansnom.terms.dictionary") / "2026.1.json").read_text("utf-8")))


def text(word: str) -> Text:
    """Say the same word in both languages."""
    return Text(f"{word} (fr)", f"{word} (en)")


def spec(table: str, kind: str, **more: object) -> TableSpec:
    """Declare a table that spends 1/100."""
    return TableSpec(table, kind, text(table), Fraction(1, 100), **more)  # type: ignore[arg-type]  # tests give what they mean


TABLES = (
    spec("persons", PERSONS),
    spec("by-sex", PERSONS, dimensions=("sex", "category")),
    spec("french-course", PERSONS, dimensions=("region",), services=("french_course",)),
    spec("organizations", MULTIPLICITY, dimensions=("sex",)),
    spec("overlap", SAME_SERVICE, services=("french_course", "housing"), window_days=90),
    spec("progress", TRANSITIONS, scale="EQ.speaking", bands=(4, 8, 12)),
    spec("acts", SUM, measure="service_count", bound=24),
    spec("days", MINIMUM, measure="days_to_first_service", bound=1023, bins=(30, 90)),
    spec("waiting", TALLY, measure=WAITING, services=("housing",), bound=500),
    spec("refused", TALLY, measure=TURNED_AWAY, services=("housing", "employment"), bound=500),
)


def plan(tables: tuple[TableSpec, ...] = TABLES) -> Plan:
    """Write a plan with one table of each kind, or with those given."""
    dimensions = sorted({code for t in tables for code in t.dimensions})
    return Plan(
        plan="essai-2025",
        title=text("title"),
        request=Request(*(text(name) for name in Request.__dataclass_fields__)),
        period=Period("2025-04-01", "2026-03-31"),
        cutoff="2026-05-01T16:00:00Z",
        dictionary="2026.1",
        roster_version=1,
        roster_digest="00" * 32,
        pepper_check="00" * 32,
        minimum_organizations=3,
        linking=Linking((KeyRule("A1", 6), KeyRule("A2", 6)), strict="A1", sweeps=3, cluster_cap=8),
        dimensions=tuple(DimensionUse(code, "category" if code == "sex" else "majority") for code in dimensions),
        tables=tables,
        budget_year="2025-2026",
        rho=Fraction(1, 4),
        counts_rho=Fraction(1, 100),
        helpers=tuple(HelperSeat(text(f"helper {n}"), f"seal-{n}", f"sign-{n}") for n in range(3)),
    )
