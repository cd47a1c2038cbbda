"""The rules as data: each has an example that it refuses, sentences in both languages, and, where it can be, a mend."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sansnom.board.language import Speaker
from sansnom.release import rules
from sansnom.release.budget import Ledger, ledger_of
from sansnom.release.nearest import nearest
from sansnom.release.rules import Known, judge
from sansnom.release.rules_catalogue import BY_CODE, RULES, THEMES
from sansnom.terms.errors import Finding
from sansnom.terms.parse import Text
from sansnom.terms.plan import (
    TIER_UNCONDITIONAL,
    DimensionUse,
    Expected,
    KeyRule,
    Linking,
    Period,
    Plan,
    SeriesPart,
)
from sansnom.terms.roster import Roster
from sansnom.terms.table import PERSONS, SAME_SERVICE, SUM, TALLY, TableSpec
from sansnom.terms.vocabulary import Dictionary, Dimension, Value
from tests.release.samples import dictionary, key_text, sample_known, sample_plan, sample_roster, sample_tables

SOURCE = Path(rules.__file__).parent
TWO_KEYS = Linking((KeyRule("A1", 8), KeyRule("A2", 8)), "A1", 3, 8, version="keys-1", tier=TIER_UNCONDITIONAL)


@dataclass(frozen=True)
class Example:
    """A plan and what it is judged by."""

    plan: Plan
    roster: Roster = field(default_factory=sample_roster)
    ledger: Ledger = field(default_factory=Ledger)
    known: Known = field(default_factory=sample_known)
    words: Dictionary = field(default_factory=dictionary)

    def findings(self) -> tuple[Finding, ...]:
        """Judge it."""
        return judge(self.plan, self.words, self.roster, self.ledger, self.known).findings


def one(kind: str = PERSONS, title: str = "Persons", **more: Any) -> Plan:
    """Ask for one table, and declare what it needs."""
    table = TableSpec("t", kind, Text("Personnes", title), Fraction(1, 10), **more)
    return sample_plan(tables=(table,), dimensions=tuple(DimensionUse(c) for c in more.get("dimensions", ())))


def table(place: int, **changes: Any) -> Plan:
    """Change one table of the sample."""
    tables = list(sample_tables())
    tables[place] = replace(tables[place], **changes)
    return sample_plan(tables=tuple(tables))


def renamed(**changes: Any) -> Plan:
    """Change members of the sample plan."""
    return replace(sample_plan(), **changes)


def in_series(**changes: Any) -> Plan:
    """Declare a series of two quarters with the sample as its first part."""
    plan = sample_plan()
    parts = (
        SeriesPart(plan.plan, plan.period, plan.rho),
        SeriesPart("later", Period("2027-01-01", "2027-03-31"), Fraction(1, 100)),
    )
    return replace(plan, **{"series": "quarters", "series_parts": parts, **changes})


def many_codes() -> Example:
    """Judge by a dictionary with a variable of many codes."""
    values = (
        Value("unknown", Text("Inconnu", "Unknown")),
        *(Value(f"c{n}", Text(f"C{n}", f"C{n}")) for n in range(70)),
    )
    wide = Dimension("wide", Text("Large", "Wide"), values)
    words = replace(dictionary(), dimensions={**dictionary().dimensions, "wide": wide})
    return Example(one(dimensions=("wide",)), words=words)


def big_roster() -> Roster:
    """Make a roster with more rows than linking can hold."""
    roster = sample_roster()
    return replace(roster, organizations=tuple(replace(o, size_class=131072) for o in roster.organizations))


def spent(rho: Fraction) -> Ledger:
    """Charge an earlier plan with so much."""
    return ledger_of((replace(sample_plan(), plan="earlier", rho=rho),))


def other(**changes: Any) -> Plan:
    """Make an earlier plan that asks for one thing of its own."""
    return replace(one(dimensions=("education",)), plan="earlier", **changes)


def without_reasons() -> Dictionary:
    """Take the reasons out of the dictionary."""
    return replace(dictionary(), reasons={})


def pair(*names: str) -> Plan:
    """Ask twice for the same under these table names."""
    first = TableSpec(names[0], PERSONS, Text("Personnes", "Persons"), Fraction(1, 100))
    second = replace(first, table=names[1], dimensions=("sex",))
    return sample_plan(tables=(first, second), dimensions=(DimensionUse("sex"),))


EXAMPLES: dict[str, Callable[[], Example]] = {
    "rule.identifying": lambda: Example(one(dimensions=("date_de_naissance",))),
    "rule.identifying_title": lambda: Example(one(title="Persons by date of birth")),
    "rule.organization_dimension": lambda: Example(one(dimensions=("organisme", "sex"))),
    "rule.unknown.dimension": lambda: Example(one(dimensions=("shoe_size",))),
    "rule.undeclared_dimension": lambda: Example(replace(one(dimensions=("sex",)), dimensions=())),
    "rule.unknown.service": lambda: Example(table(5, services=("french_course", "palmistry"))),
    "rule.unknown.measure": lambda: Example(table(7, measure="miles")),
    "rule.unknown.scale": lambda: Example(table(6, scale="TOEFL.listening")),
    "rule.unknown.reason": lambda: Example(sample_plan(), words=without_reasons()),
    "rule.dictionary_version": lambda: Example(renamed(dictionary="1999.1")),
    "rule.roster": lambda: Example(renamed(roster_version=9)),
    "rule.codes": many_codes,
    "rule.cells": lambda: Example(one(dimensions=("region", "age_group", "category", "education"))),
    "rule.few_persons": lambda: Example(one(dimensions=("region", "age_group", "category", "sex"))),
    "rule.threshold": lambda: Example(renamed(threshold=1)),
    "rule.sensitive": lambda: Example(one(dimensions=("mother_tongue",))),
    "rule.singled_out": lambda: Example(
        one(dimensions=("birth_region", "category")), known=sample_known(ratified=frozenset({"birth_region"}))
    ),
    "rule.minimum_organizations": lambda: Example(renamed(minimum_organizations=1)),
    "rule.few_organizations": lambda: Example(
        replace(one(), minimum_organizations=30, roster_digest=sample_roster().digest)
    ),
    "rule.few_organizations_for_service": lambda: Example(one(services=("health",))),
    "rule.rows": lambda: Example(sample_plan(big_roster()), roster=big_roster()),
    "rule.expected": lambda: Example(renamed(expected=Expected(10**6, Text("Recensement", "Census")))),
    "rule.budget.share": lambda: Example(table(0, rho=Fraction(0))),
    "rule.budget.sum": lambda: Example(renamed(rho=Fraction(1, 5) + Fraction(1, 77))),
    "rule.budget.noise": lambda: Example(table(7, bound=2**20, rho=Fraction(1, 10**9))),
    "rule.budget.exhausted": lambda: Example(sample_plan(), ledger=spent(Fraction(1, 5))),
    "rule.period.date": lambda: Example(renamed(period=Period("April", "June"))),
    "rule.period.length": lambda: Example(renamed(period=Period("2026-06-30", "2026-04-01"))),
    "rule.period.year": lambda: Example(renamed(budget_year="2026-2028")),
    "rule.period.outside_year": lambda: Example(renamed(budget_year="2031-2032")),
    "rule.period.cutoff": lambda: Example(renamed(cutoff="soon")),
    "rule.period.overlap": lambda: Example(
        sample_plan(), known=sample_known(plans=(other(period=Period("2026-05-15", "2026-08-15")),))
    ),
    "rule.series.name": lambda: Example(in_series(series="")),
    "rule.series.parts": lambda: Example(replace(in_series(), series_parts=in_series().series_parts[:1])),
    "rule.series.part": lambda: Example(replace(in_series(), plan="stranger")),
    "rule.series.changed": lambda: Example(
        in_series(), known=sample_known(plans=(replace(other(), series="quarters", period=sample_plan().period),))
    ),
    "rule.question.answered": lambda: Example(
        sample_plan(), known=sample_known(plans=(replace(one(), plan="earlier", period=sample_plan().period),))
    ),
    "rule.supersedes": lambda: Example(renamed(supersedes="nothing")),
    "rule.purpose": lambda: Example(
        replace(sample_plan(), request=replace(sample_plan().request, grounds=Text("-", "-")))
    ),
    "rule.name": lambda: Example(renamed(plan="Été 2026!")),
    "rule.plan.twice": lambda: Example(renamed(plan="earlier"), ledger=ledger_of((other(),), Fraction(1))),
    "rule.tables": lambda: Example(pair("t", "t")),
    "rule.table.twice": lambda: Example(table(5, services=("french_course", "employment", "employment"))),
    "rule.table.services": lambda: Example(table(5, services=())),
    "rule.table.bound": lambda: Example(table(7, bound=0)),
    "rule.table.window": lambda: Example(table(5, window_days=0)),
    "rule.table.bins": lambda: Example(table(8, bins=(90, 30))),
    "rule.table.bands": lambda: Example(table(6, bands=(8, 4))),
    "rule.table.tally_dimensions": lambda: Example(table(9, dimensions=("sex",))),
    "rule.dimension_twice": lambda: Example(
        replace(one(dimensions=("sex",)), dimensions=(DimensionUse("sex"), DimensionUse("sex")))
    ),
    "rule.key_cap": lambda: Example(
        replace(sample_plan(), linking=replace(sample_plan().linking, keys=(KeyRule("A1", 64),), strict="A1"))
    ),
    "rule.cluster_cap": lambda: Example(replace(sample_plan(), linking=replace(sample_plan().linking, cluster_cap=64))),
    "rule.keys": lambda: Example(
        replace(sample_plan(), linking=replace(sample_plan().linking, keys=2 * (KeyRule("A1", 8),), strict="A1"))
    ),
    "rule.unconditional.keys": lambda: Example(
        replace(one(), linking=replace(TWO_KEYS, keys=(*TWO_KEYS.keys, KeyRule("A4", 8))))
    ),
    "rule.unconditional.table": lambda: Example(renamed(linking=TWO_KEYS)),
    "rule.helpers": lambda: Example(renamed(helpers=sample_plan().helpers[:2])),
    "rule.helper_keys": lambda: Example(
        renamed(helpers=tuple(replace(h, sign_key=key_text(f"x{n}", 32)) for n, h in enumerate(sample_plan().helpers)))
    ),
    "rule.layout": lambda: Example(one(SUM, measure="service_hours", bound=40)),
}
NEVER_ALONE = {"rule.layout", "rule.unknown.reason"}
"""Guards behind other rules: only a dictionary that contradicts itself reaches them."""


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.code not in NEVER_ALONE])
def test_each_rule_refuses_its_example_and_fills_its_sentence(code: str) -> None:
    """The example bears the finding with exactly the parameters of the list, and both sentences can be filled with them."""
    found = [finding for finding in EXAMPLES[code]().findings() if finding.code == code]
    assert found
    assert set(found[0].parameters) == set(BY_CODE[code].parameters)
    for language in ("fr", "en"):
        assert Speaker(language).text(code, **found[0].parameters)


def test_the_list_and_the_code_name_the_same_rules() -> None:
    """A rule that is written in the code and not in the list, or the other way, is found here."""
    written: set[str] = set()
    for place in sorted(SOURCE.glob("rules*.py")):
        if place.stem != "rules_catalogue":
            written |= set(re.findall(r'Finding\(\s*"(rule\.[a-z_.]+)"', place.read_text(encoding="utf-8")))
    assert {"rule.period.length", "rule.period.date"} <= set(BY_CODE)
    assert written - {"rule.period.length"} <= set(BY_CODE)
    assert set(BY_CODE) - written <= {"rule.period.length", "rule.period.date", "rule.layout"}
    assert len(BY_CODE) == len(RULES)
    assert {rule.theme for rule in RULES} == set(THEMES)
    assert set(EXAMPLES) == set(BY_CODE)


@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.mended and rule.code not in NEVER_ALONE])
def test_a_question_close_by_passes(code: str) -> None:
    """What a rule refuses has a nearest question that no rule refuses, each change told, in both languages."""
    example = EXAMPLES[code]()
    told = nearest(example.plan, example.words, example.roster, example.ledger, example.known)
    assert told.left == ()
    assert told.passes
    assert told.steps
    assert judge(told.plan, example.words, example.roster, example.ledger, example.known).accepted
    for step in told.steps:
        for language in ("fr", "en"):
            assert Speaker(language).text(step.code, **step.parameters)


@pytest.mark.parametrize("code", [rule.code for rule in RULES if not rule.mended and rule.code not in NEVER_ALONE])
def test_what_only_a_person_can_mend_is_named(code: str) -> None:
    """A purpose that says nothing, a roster too small: no invented answer, the finding stays."""
    example = EXAMPLES[code]()
    told = nearest(example.plan, example.words, example.roster, example.ledger, example.known)
    assert not told.passes
    assert code in {finding.code for finding in told.left}


def test_a_question_that_passes_is_left_alone() -> None:
    """Nothing is mended that no rule refuses."""
    told = nearest(sample_plan(), dictionary(), sample_roster(), Ledger(), sample_known())
    assert (told.plan, told.steps, told.left) == (sample_plan(), (), ())


def test_the_most_detail_that_passes_is_kept() -> None:
    """Of several smaller tables, the one with most cells; a variable that rolls up does so before another is dropped."""
    many = EXAMPLES["rule.few_persons"]()
    told = nearest(many.plan, many.words, many.roster, many.ledger, many.known)
    assert told.plan.tables[0].dimensions == ("region", "age_group", "category")
    detail = Example(one(dimensions=("category_detail", "sex")))
    told = nearest(detail.plan, detail.words, detail.roster, detail.ledger, detail.known)
    assert told.plan.tables[0].dimensions == ("category", "sex")
    birth = EXAMPLES["rule.identifying"]()
    told = nearest(birth.plan, birth.words, birth.roster, birth.ledger, birth.known)
    assert told.plan.tables[0].dimensions == ("age_group",)


def test_a_name_that_a_refusal_bears_is_not_used_again() -> None:
    """The mended question bears a name of its own: a refusal may not stand under an accepted question's name."""
    example = EXAMPLES["rule.sensitive"]()
    name = example.plan.plan
    told = nearest(example.plan, example.words, example.roster, example.ledger, example.known, frozenset({name}))
    assert told.plan.plan != name
    assert told.passes


@pytest.mark.guarantee("G-05")
def test_a_protected_group_cannot_be_singled_out_even_where_ratified() -> None:
    """Origin beside status, two sensitive variables, or origin beside a telling service: refused, whatever was ratified."""
    ratified = sample_known(ratified=frozenset({"birth_region", "mother_tongue", "category_detail"}))

    def codes(plan: Plan) -> set[str]:
        return {finding.code for finding in judge(plan, dictionary(), everything(), Ledger(), ratified).findings}

    for dimensions in (
        ("birth_region", "category"),
        ("mother_tongue", "birth_continent"),
        ("category_detail", "birth_region"),
    ):
        assert "rule.singled_out" in codes(one(dimensions=dimensions))
    for service in ("legal_information", "psychosocial", "health"):
        assert "rule.singled_out" in codes(one(dimensions=("birth_continent",), services=(service,)))
    assert "rule.singled_out" not in codes(one(dimensions=("birth_continent", "category")))
    assert "rule.singled_out" not in codes(one(dimensions=("birth_region",)))
    assert "rule.singled_out" not in codes(one(dimensions=("sex",), services=("health",)))


def everything() -> Roster:
    """Give a roster whose organizations declare every service."""
    roster = sample_roster()
    return replace(
        roster, organizations=tuple(replace(o, services=tuple(dictionary().services)) for o in roster.organizations)
    )


def test_examples_use_what_they_import() -> None:
    """Tables of kinds that the examples rely on stand where they are looked for."""
    assert [sample_tables()[n].kind for n in (5, 9)] == [SAME_SERVICE, TALLY]
