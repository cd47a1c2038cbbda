"""Each rule refuses what it must, alone, and the sample passes all of them."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.programs.link import INDEX_BITS_MAX
from sansnom.release.account import mechanisms_of
from sansnom.release.budget import Ledger, charge
from sansnom.release.intervals_noise import total_variance
from sansnom.release.noise import skellam_weights
from sansnom.release.rules import Known, check_plan, identifying_in, judge, refuse_unless_allowed
from sansnom.release.rules_people import ROWS_MAX
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, Expected, KeyRule, Period, Plan, SeriesPart
from sansnom.terms.roster import Roster
from sansnom.terms.table import PERSONS, SUM, TableSpec
from sansnom.terms.vocabulary import Dictionary, Dimension, Value
from tests.release.samples import dictionary, key_text, sample_known, sample_plan, sample_roster, sample_tables


def codes(
    plan: Plan,
    roster: Roster | None = None,
    ledger: Ledger | None = None,
    known: Known | None = None,
    words: Dictionary | None = None,
) -> set[str]:
    """Give the codes of the rules that refuse this plan."""
    found = check_plan(
        plan, words or dictionary(), roster or sample_roster(), ledger or Ledger(), known or sample_known()
    )
    return {finding.code for finding in found}


def with_table(place: int, **changes: object) -> Plan:
    """Change one table of the sample."""
    tables = list(sample_tables())
    tables[place] = replace(tables[place], **changes)  # type: ignore[arg-type]  # tests name members freely
    return sample_plan(tables=tuple(tables))


def scaled(plan: Plan, rho: Fraction, **changes: Any) -> Plan:
    """Spend another budget on the same tables, in the same proportions."""
    times = rho / plan.rho
    tables = tuple(replace(t, rho=t.rho * times) for t in plan.tables)
    return replace(plan, tables=tables, counts_rho=plan.counts_rho * times, rho=rho, **changes)


def by(*dimensions: str) -> Plan:
    """Ask for persons by these dimensions alone."""
    title = Text("Personnes", "Persons")
    return sample_plan(tables=(TableSpec("t", PERSONS, title, Fraction(1, 10), dimensions=dimensions),))


def test_the_sample_is_accepted() -> None:
    """A fair question passes every rule."""
    assert codes(sample_plan()) == set()
    refuse_unless_allowed(sample_plan(), dictionary(), sample_roster(), Ledger(), sample_known())


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize(
    "code",
    [
        "birth_date",
        "Birth Date",
        "date de naissance",
        "DateDeNaissance",
        "nom",
        "NAM",
        "postal_code",
        "téléphone",
        "telephone",
        "hashed_name",
        "jeton",
    ],
)
def test_an_identifying_variable_is_refused_under_any_spelling(code: str) -> None:
    """Codes, French and English names, with or without accents, case and separators."""
    assert "rule.identifying" in codes(by(code))


def test_an_identifying_phrase_inside_an_unknown_code_is_refused() -> None:
    """A longer name around an identifying one hides nothing."""
    assert "rule.identifying" in codes(by("client_birth_date_coded"))


@pytest.mark.guarantee("G-05")
def test_renaming_a_variable_defeats_nothing() -> None:
    """A dictionary whose innocent code is labelled as a birth date is caught by the label."""
    words = dictionary()
    sly = Dimension("group_7", Text("Date de naissance", "Group 7"), (Value("unknown", Text("?", "?")),))
    words = replace(words, dimensions={**words.dimensions, "group_7": sly})
    assert "rule.identifying" in codes(by("group_7"), words=words)


@pytest.mark.parametrize(
    "title",
    [
        Text("Personnes par date de naissance", "Persons"),
        Text("Personnes", "Persons by family name"),
        Text("Personnes selon le nom", "Persons"),
        Text("Personnes, codes postaux: code postal complet", "Persons"),
        Text("Personnes", "Full names of persons"),
        Text("Dates de naissance", "Persons"),
    ],
)
def test_an_identifying_title_is_refused(title: Text) -> None:
    """What the title promises is judged too, in either language."""
    assert codes(with_table(0, title=title)) == {"rule.identifying_title"}


@pytest.mark.parametrize(
    "title",
    [
        "Nombre de personnes sans nom",
        "Personnes par continent de naissance",
        "Persons by continent of birth, without names",
        "Renommée des services",
    ],
)
def test_an_innocent_title_passes(title: str) -> None:
    """A word inside another word, or a ratified label, identifies nobody."""
    assert not identifying_in(title, dictionary())


def test_an_organization_cannot_be_a_dimension() -> None:
    """Neither by its general names nor by one organization's code."""
    assert "rule.organization_dimension" in codes(by("organisme"))
    assert "rule.organization_dimension" in codes(by("Point de service"))
    assert "rule.organization_dimension" in codes(by("org-07"))


def _unknowns() -> list[tuple[str, Callable[[], Plan]]]:
    return [
        ("rule.unknown.dimension", lambda: by("favourite_colour")),
        ("rule.unknown.service", lambda: with_table(5, services=("french_course", "surfing"))),
        ("rule.unknown.measure", lambda: with_table(7, measure="happiness")),
        ("rule.unknown.measure", lambda: with_table(9, measure="queueing")),
        ("rule.unknown.scale", lambda: with_table(6, scale="XYZ.listening")),
        ("rule.unknown.scale", lambda: with_table(6, scale="EQ")),
        ("rule.dictionary_version", lambda: sample_plan(dictionary="2031.4")),
        ("rule.roster", lambda: sample_plan(roster_digest="0" * 64)),
        ("rule.undeclared_dimension", lambda: replace(by("region"), dimensions=())),
    ]


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize(("code", "made"), _unknowns())
def test_what_nobody_ratified_is_refused(code: str, made: Callable[[], Plan]) -> None:
    """An unknown code, dictionary or roster cannot be computed on."""
    assert code in codes(made())


def test_reasons_must_be_in_the_dictionary() -> None:
    """A tally of requests turned away needs the list of reasons."""
    words = replace(dictionary(), reasons={})
    assert "rule.unknown.reason" in codes(sample_plan(), words=words)


@pytest.mark.guarantee("G-05")
def test_overspending_is_refused() -> None:
    """Parts that do not add up, free tables, and a year already spent."""
    assert "rule.budget.sum" in codes(sample_plan(rho=Fraction(1, 5)))
    assert "rule.budget.sum" in codes(sample_plan(rho=Fraction(1, 4) + Fraction(1, 10**12)))
    assert "rule.budget.share" in codes(with_table(0, rho=Fraction(0)))
    assert "rule.budget.share" in codes(sample_plan(counts_rho=Fraction(-1, 100)))
    assert "rule.budget.exhausted" in codes(with_table(0, rho=Fraction(1, 2)))
    spent = charge(Ledger(), sample_plan(plan="before"))
    assert codes(sample_plan(), ledger=spent) == {"rule.budget.exhausted"}


def test_a_plan_already_charged_is_not_refused_for_its_own_charge() -> None:
    """A helper that charged a plan and restarted still accepts that plan."""
    plan = sample_plan()
    assert codes(plan, ledger=charge(Ledger(), plan), known=sample_known(plans=(plan,))) == set()


def test_a_breakdown_too_fine_is_refused() -> None:
    """2,000 cells is the most, and the message says how many were asked."""
    plan = by("region", "age_group", "category", "education")
    found = check_plan(plan, dictionary(), sample_roster(), Ledger(), sample_known())
    (refusal,) = [f for f in found if f.code == "rule.cells"]
    assert refusal.parameters == {"cells": 18 * 8 * 6 * 6, "most": 2000}


def test_a_dimension_with_too_many_codes_is_refused() -> None:
    """A list as long as a census of birthplaces singles people out by itself."""
    words = dictionary()
    values = tuple(Value("unknown" if n == 0 else f"c{n}", Text(f"c{n}", f"c{n}")) for n in range(65))
    long = Dimension("long", Text("Longue liste", "Long list"), values)
    words = replace(words, dimensions={**words.dimensions, "long": long})
    assert codes(by("long"), words=words) == {"rule.codes"}


def test_a_sensitive_dimension_needs_ratification() -> None:
    """Mother tongue passes only where a signed ratification allows it."""
    assert codes(by("mother_tongue")) == {"rule.sensitive"}
    assert codes(by("mother_tongue"), known=sample_known(ratified=frozenset({"mother_tongue"}))) == set()


def test_too_few_organizations_are_refused() -> None:
    """On the roster, for one service, and in what the plan itself demands."""
    few = sample_roster(2)
    assert "rule.few_organizations" in codes(sample_plan(few), few)
    roster = sample_roster()
    alone = tuple(replace(o, services=("orientation",)) if o.number > 2 else o for o in roster.organizations)
    roster = replace(roster, organizations=alone)
    assert codes(sample_plan(roster), roster) == {"rule.few_organizations_for_service"}
    assert codes(sample_plan(minimum_organizations=2)) == {"rule.minimum_organizations"}
    assert codes(sample_plan(minimum_organizations=1, tables=sample_tables()[:3])) == {"rule.minimum_organizations"}
    assert codes(sample_plan(minimum_organizations=2, tables=sample_tables()[:3])) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": Period("2026-06-01", "2026-05-01")}, "rule.period.length"),
        ({"period": Period("2026-04-01", "2027-09-30")}, "rule.period.length"),
        ({"period": Period("2026-02-30", "2026-05-01")}, "rule.period.date"),
        ({"period": Period("2026-01-01", "2026-06-30")}, "rule.period.outside_year"),
        ({"budget_year": "2026"}, "rule.period.year"),
        ({"budget_year": "2026-2028"}, "rule.period.year"),
        ({"budget_year": "0000-0001"}, "rule.period.year"),
        ({"cutoff": "2027-03-31T17:00:00Z"}, "rule.period.cutoff"),
        ({"cutoff": "soon"}, "rule.period.cutoff"),
    ],
)
def test_a_period_that_is_not_what_it_says_is_refused(changes: dict[str, Any], code: str) -> None:
    """Upside down, too long, impossible, outside its year, or closed before it ends."""
    assert code in codes(sample_plan(**changes))


@pytest.mark.guarantee("G-05")
@pytest.mark.guarantee("G-05")
def test_a_roster_of_more_rows_than_linking_can_hold_is_refused() -> None:
    """Size classes are public: what cannot be linked is refused before the submissions are in and the year charged."""
    roster = sample_roster()

    def codes_for(size_class: int) -> set[str]:
        organizations = tuple(replace(o, size_class=size_class) for o in roster.organizations[:4])
        full = replace(roster, organizations=organizations)
        return codes(replace(sample_plan(), roster_digest=full.digest, minimum_organizations=3), roster=full)

    assert ROWS_MAX == 1 << INDEX_BITS_MAX
    assert codes_for(ROWS_MAX // 4) == set()
    assert codes_for(ROWS_MAX // 2) == {"rule.rows"}


@pytest.mark.guarantee("G-07")
def test_a_plan_brings_no_helpers_of_its_own() -> None:
    """Whoever signs plans must not choose who signs releases: the three signing keys are those of the roster, in its order."""
    seats = sample_plan().helpers
    mine = replace(seats[0], sign_key=key_text("the-conveners-own", 32))
    assert codes(sample_plan(helpers=(mine, *seats[1:]))) == {"rule.helper_keys"}
    assert codes(sample_plan(helpers=seats[::-1])) == {"rule.helper_keys"}


@pytest.mark.guarantee("G-05")
def test_noise_that_no_helper_could_draw_is_refused_before_data_moves() -> None:
    """A share too small for its bound is refused by rule, not found out when the submissions are in and the year charged."""
    place = next(n for n, table in enumerate(sample_tables()) if table.kind == SUM)
    assert codes(with_table(place, bound=2**20)) == {"rule.budget.noise"}
    tiny = Fraction(1, 10**12)
    plan = sample_plan()
    assert codes(replace(plan, counts_rho=tiny, rho=plan.rho - plan.counts_rho + tiny)) == {"rule.budget.noise"}
    for mechanism in mechanisms_of(with_table(place, bound=1000)):
        skellam_weights(total_variance(mechanism.variance))


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize(("start", "end"), [("20260701", "20260930"), ("2026-W27-3", "2026-09-30")])
def test_dates_in_another_spelling_hide_no_overlap(start: str, end: str) -> None:
    """Periods, and the dates of records, are compared as they are written: only one spelling of a day will do."""
    known = sample_known(plans=(sample_plan(plan="earlier"),))
    assert codes(sample_plan(period=Period(start, end)), known=known) >= {"rule.period.date"}


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize("year", ["\uff12\uff10\uff12\uff16-2027", "2026-\u0662\u0660\u0662\u0667", "2026-202\u09ed"])
def test_a_year_in_other_digits_is_no_second_budget(year: str) -> None:
    """The ledger adds up by the year as it is written: another spelling of a spent year must not be a fresh one."""
    spent = charge(Ledger(yearly=sample_plan().rho), sample_plan())
    again = sample_plan(plan="once-more", budget_year=year, supersedes="2026-portrait")
    assert codes(again, ledger=spent, known=sample_known(plans=(sample_plan(),))) == {"rule.period.year"}


def test_a_half_overlapping_period_must_be_declared_as_a_series() -> None:
    """Differences over time would isolate a few weeks; the same period, or one declared series, is allowed."""
    earlier = sample_plan(plan="earlier")
    quarter = Period("2026-04-01", "2026-06-30")
    known = sample_known(plans=(earlier,))
    assert codes(sample_plan(period=quarter), known=known) == {"rule.period.overlap"}
    named = sample_known(plans=(replace(earlier, series="year-2026"),))
    assert codes(sample_plan(period=quarter, series="year-2026"), known=named) == {"rule.series.parts"}
    parts = (
        SeriesPart("earlier", earlier.period, Fraction(1, 8)),
        SeriesPart("2026-portrait", quarter, Fraction(1, 8)),
    )
    year, first = (scaled(p, Fraction(1, 8), series="year-2026", series_parts=parts) for p in (earlier, sample_plan()))
    first = replace(first, period=quarter)
    assert codes(first, known=sample_known(plans=(year,))) == set()
    other = replace(first, series_parts=(*parts, SeriesPart("more", quarter, Fraction(1, 8))))
    assert codes(other, known=sample_known(plans=(year,))) >= {"rule.period.overlap", "rule.series.changed"}


def test_a_plan_without_a_purpose_is_refused() -> None:
    """A few letters, or dots, are no purpose; both languages count."""
    plan = sample_plan()
    for text in (Text("...", "..."), Text("Parce que.", plan.request.grounds.en)):
        assert codes(replace(plan, request=replace(plan.request, grounds=text))) == {"rule.purpose"}


def test_linking_stays_within_what_the_programs_hold_to() -> None:
    """Caps of keys and clusters, and keys named once."""
    plan = sample_plan()

    def linked(**changes: object) -> set[str]:
        return codes(replace(plan, linking=replace(plan.linking, **changes)))  # type: ignore[arg-type]  # free members

    assert linked(keys=(KeyRule("A1", 1),)) == {"rule.key_cap"}
    assert linked(keys=(KeyRule("A1", 33),)) == {"rule.key_cap"}
    assert linked(keys=(KeyRule("A1", 6), KeyRule("A1", 6))) == {"rule.keys"}
    assert linked(cluster_cap=2) == {"rule.cluster_cap"}


@pytest.mark.parametrize(
    ("place", "changes", "code"),
    [
        (5, {"window_days": 0}, "rule.table.window"),
        (5, {"services": ()}, "rule.table.services"),
        (5, {"services": ("housing", "housing")}, "rule.table.twice"),
        (6, {"bands": (4, 8)}, "rule.table.bands"),
        (6, {"bands": (8, 4, 12)}, "rule.table.bands"),
        (7, {"bound": 0}, "rule.table.bound"),
        (8, {"bins": (90, 30)}, "rule.table.bins"),
        (8, {"bins": (30, 500)}, "rule.table.bins"),
        (9, {"dimensions": ("region",)}, "rule.table.tally_dimensions"),
        (3, {"table": "Par région"}, "rule.name"),
        (3, {"table": "../up"}, "rule.name"),
        (3, {"table": "persons"}, "rule.tables"),
    ],
)
def test_a_table_without_what_its_kind_needs_is_refused(place: int, changes: dict[str, object], code: str) -> None:
    """Windows, services, bands, bounds, bins and names."""
    assert code in codes(with_table(place, **changes))


def test_dimensions_are_named_once_and_three_helpers_have_six_keys() -> None:
    """Twice the same dimension, or one helper in two seats, is refused."""
    plan = sample_plan()
    assert codes(replace(plan, dimensions=(*plan.dimensions, DimensionUse("region")))) == {"rule.dimension_twice"}
    twin = (plan.helpers[0], replace(plan.helpers[1], seal_key=plan.helpers[0].seal_key), plan.helpers[2])
    assert codes(replace(plan, helpers=twin)) == {"rule.helpers"}
    assert codes(replace(plan, helpers=plan.helpers[:2])) == {"rule.helpers"}


def test_a_refusal_lists_everything_that_is_wrong() -> None:
    """Who repairs a plan sees all at once, and where."""
    plan = replace(by("birth_date"), rho=Fraction(1, 2), cutoff="soon")
    with pytest.raises(PolicyRefusal) as refused:
        refuse_unless_allowed(plan, dictionary(), sample_roster(), Ledger(), sample_known())
    found = {f.code for f in refused.value.findings}
    assert {"rule.identifying", "rule.unknown.dimension", "rule.budget.sum", "rule.period.cutoff"} <= found
    assert all(f.where for f in refused.value.findings)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_code_or_title_makes_the_rules_stumble(code: str, title: str) -> None:
    """Whatever is written as a code or a title is judged without an error."""
    plan = by(code)
    plan = replace(plan, tables=(replace(plan.tables[0], title=Text(title, title)),))
    assert isinstance(codes(plan), set)


@pytest.mark.guarantee("G-05")
def test_a_question_that_has_its_answer_is_refused_with_a_pointer_to_it() -> None:
    """Under another name, title, budget, law, order of dimensions or bound: read it in the log, and spend nothing."""
    asked = sample_plan()
    known = sample_known(plans=(asked,))
    plenty = Ledger(yearly=Fraction(1))
    turned = tuple(replace(t, table=f"t-{n}", dimensions=t.dimensions[::-1]) for n, t in enumerate(asked.tables))
    again = scaled(sample_plan(plan="again", tables=turned, noise="laplace", roster_version=1), Fraction(1, 5))
    found = check_plan(again, dictionary(), sample_roster(), plenty, known)
    assert {f.code for f in found} == {"rule.question.answered"}
    assert [f.parameters for f in found] == [{"release": asked.plan, "table": t.table} for t in asked.tables]
    wider = replace(again, tables=tuple(replace(t, bound=t.bound + (t.kind == SUM)) for t in again.tables))
    assert codes(wider, ledger=plenty, known=known) == {"rule.question.answered"}
    finer = sample_plan(plan="finer", tables=(TableSpec("new", PERSONS, asked.title, Fraction(1, 10), ("sex",)),))
    assert codes(finer, known=known) == set()


@pytest.mark.guarantee("G-05")
def test_a_correction_says_so_and_a_stopped_run_has_no_answer() -> None:
    """What supersedes a release is judged (and charged) like any other; a name that is no release is refused."""
    asked, plenty = sample_plan(), Ledger(yearly=Fraction(1))
    known = sample_known(plans=(asked,))
    right = sample_plan(plan="again", supersedes=asked.plan)
    told = judge(right, dictionary(), sample_roster(), charge(plenty, asked), known)
    assert (told.accepted, told.cost) == (True, right.rho)
    assert told.ledger.spent("2026-2027") == 2 * right.rho
    assert codes(sample_plan(plan="again", supersedes="never"), ledger=plenty, known=known) >= {"rule.supersedes"}
    stopped = replace(known, stopped=frozenset({asked.plan}))
    assert codes(sample_plan(plan="again"), ledger=plenty, known=stopped) == set()


@pytest.mark.guarantee("G-05")
def test_everybody_judges_alike_on_their_own_copy() -> None:
    """The judgement is a function of public things: what it charges, or every reason, and the same ledger from the same copy."""
    plan = sample_plan()
    ours = judge(plan, dictionary(), sample_roster(), Ledger(), sample_known())
    theirs = judge(plan, dictionary(), sample_roster(), Ledger.from_json(Ledger().to_json()), sample_known())
    assert ours == theirs
    assert ours.accepted
    assert ours.ledger.left("2026-2027") == 0
    again = judge(plan, dictionary(), sample_roster(), ours.ledger, sample_known(plans=(plan,)))
    assert (again.accepted, again.cost, again.ledger) == (True, Fraction(0), ours.ledger)
    more = judge(replace(plan, plan="more"), dictionary(), sample_roster(), ours.ledger, sample_known())
    assert [f.code for f in more.findings] == ["rule.budget.exhausted"]
    assert more.ledger == ours.ledger
    renamed = replace(plan, minimum_organizations=4)
    assert [
        f.code
        for f in judge(
            renamed, dictionary(), sample_roster(), Ledger(Fraction(1), ours.ledger.entries), sample_known()
        ).findings
    ] == ["rule.plan.twice"]


def test_too_few_persons_expected_in_a_cell_are_refused() -> None:
    """By what the plan says from public figures, or else by what the roster can hold; never more than that."""
    source = Text("Recensement 2021", "2021 census")
    plan = sample_plan(expected=Expected(150, source))
    found = check_plan(plan, dictionary(), sample_roster(), Ledger(), sample_known())
    assert [(f.code, f.where, f.parameters) for f in found] == [
        ("rule.few_persons", "plan.tables[4]", {"found": 4, "least": 5})
    ]
    assert codes(sample_plan(expected=Expected(160, source))) == set()
    assert codes(sample_plan(expected=Expected(24 * 256 + 1, source))) == {"rule.expected"}
    assert codes(sample_plan(threshold=4)) == {"rule.threshold"}
    assert codes(sample_plan(threshold=5)) == set()


def test_the_tier_without_conditions_holds_to_what_it_is_derived_for() -> None:
    """Two keys at most, no gate, no score, no table that compares the rows of a person two by two."""
    tables = tuple(t for t in sample_tables() if t.kind != "same_service")
    plan = sample_plan(tables=tables)
    two = replace(plan.linking, keys=plan.linking.keys[:2], tier="unconditional")
    assert codes(replace(plan, linking=two)) == set()
    assert codes(replace(plan, linking=replace(two, keys=plan.linking.keys))) == {"rule.unconditional.keys"}
    gated = (replace(two.keys[0], gate=("birth_year",)), two.keys[1])
    assert codes(replace(plan, linking=replace(two, keys=gated))) == {"rule.unconditional.keys"}
    assert codes(replace(sample_plan(), linking=two)) == {"rule.unconditional.table"}
