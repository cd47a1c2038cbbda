"""Encoding: the same rules for every organization, checked against values worked out by hand and by plain Python."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.exchange.dimensions import KNOWN_DIMENSIONS
from sansnom.exchange.encode import KNOWN_DURATIONS, KNOWN_MEASURES, Encoded, encode_records
from sansnom.exchange.rows import PlainRows, all_dummies, put_field
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import BrokenInvariant, InputError, PolicyRefusal, SansnomError
from sansnom.terms.plan import DimensionUse
from sansnom.terms.records import OrganizationRecords, Person, Service
from sansnom.terms.table import TableSpec
from tests.exchange.examples import (
    ANA,
    dictionary,
    lists,
    many_records,
    pepper,
    plan,
    records,
    roster,
    setting,
)

AUBE = roster().organization("aube")


def encode(given_records: OrganizationRecords, where: Setting | None = None) -> Encoded:
    """Encode for the example's plan, or another."""
    return encode_records(given_records, AUBE, where or setting(), lists(), pepper())


def values(encoded: Encoded, name: str) -> list[int]:
    """Give a field of the rows that stand for persons."""
    column = encoded.rows.field(setting().layout.field(name))
    return [int(v) for v in column[: len(encoded.local_ids)]]


# p0 has no name; p1 has one of everything; p2's first act lies before the period; p3 never came.
EXPECTED = {
    "valid": [1, 1, 1],
    "present.A1": [0, 1, 0],
    "present.A7": [0, 1, 1],
    "dimension.sex": [0, 1, 2],
    "dimension.age_group": [0, 3, 4],
    "dimension.category": [0, 3, 1],
    "dimension.category_detail": [0, 11, 0],
    "dimension.region": [0, 6, 0],
    "dimension.birth_region": [0, 4, 11],
    "dimension.birth_continent": [0, 1, 3],
    "dimension.mother_tongue": [0, 3, 0],
    "dimension.french_level_band": [0, 2, 0],
    "dimension.arrival_year_band": [0, 2, 0],
    "dimension.employment": [0, 2, 0],
    "dimension.education": [0, 5, 0],
    "service.reception": [1, 1, 0],
    "service.employment": [0, 1, 1],
    "first_day.reception": [0, 10, 0],
    "last_day.reception": [0, 90, 0],
    "first_day.employment": [0, 0, 364],
    "last_day.employment": [0, 30, 364],
    "referral.1": [0, 7, 0],
    "referral.2": [0, 2, 0],
    "first_level.EQ.speaking": [0, 3, 0],
    "last_level.EQ.speaking": [0, 6, 0],
    "first_date.EQ.speaking": [0, 31, 0],
    "last_date.EQ.speaking": [0, 290, 0],
    "measure.service_hours": [0, 2, 0],
    "measure.service_count": [1, 3, 1],
    "measure.referrals_sent": [0, 3, 0],
    "measure.referrals_completed": [0, 1, 0],
    "duration.days_to_first_service": [0, 0, 0],
    "known.days_to_first_service": [0, 1, 0],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_field_says_what_the_records_say(name: str) -> None:
    """Every kind of field, for a person without a name, one with everything, and one with little."""
    assert values(encode(records()), name) == EXPECTED[name]


def test_every_field_of_the_layout_is_tested_above() -> None:
    """A new kind of field comes with its line in the table."""
    named = {f.name for f in setting().layout.fields}
    assert named - set(EXPECTED) == {"present.A2", "present.A4"}


def test_tallies_count_requests_without_persons() -> None:
    """Waiting on the last day, turned away in the period, by reason, clipped to the bound."""
    tallies = encode(records()).rows.tallies
    told = {
        (cell.table, cell.service, cell.reason): int(count)
        for cell, count in zip(setting().layout.tallies, tallies, strict=True)
        if count
    }
    assert told == {
        ("waiting", "reception", ""): 2,
        ("turned", "reception", "no_place"): 3,
        ("turned", "employment", "unknown"): 1,
    }


def test_only_persons_served_in_the_period_have_a_row_and_the_rest_is_dummies() -> None:
    """A missed appointment and an act before the period make no row; rows beyond persons are all zero."""
    encoded = encode(records())
    assert encoded.local_ids == ("p0", "p1", "p2")
    assert encoded.rows.rows == AUBE.size_class
    assert not encoded.rows.payload[:, 3:].any()
    assert not encoded.rows.keys[:, 3:].any()


def test_an_organization_without_services_counts_everyone_of_its_file() -> None:
    """Without any act, every person has a row, with no service and no date."""
    encoded = encode(replace(records(), services=()))
    assert encoded.local_ids == ("p0", "p1", "p2", "p3")
    assert values(encoded, "service.reception") == [0] * 4
    assert values(encoded, "measure.service_count") == [0] * 4
    assert values(encoded, "known.days_to_first_service") == [0] * 4


def test_an_act_without_a_date_may_have_been_on_any_day() -> None:
    """It counts, spans the period, and says nothing of how long someone waited."""
    encoded = encode(OrganizationRecords("aube", (ANA,), (Service("p1", "reception", ""),)))
    assert values(encoded, "first_day.reception") == [0]
    assert values(encoded, "last_day.reception") == [364]
    assert values(encoded, "known.days_to_first_service") == [0]


def test_days_to_the_first_service_count_from_arrival_else_admission() -> None:
    """The first dated act of the period ends the wait; without any date of arrival the wait is unknown."""
    acts = (Service("p1", "forms", "2025-05-11"), Service("p1", "forms", "2025-04-11"))
    for person, days, known in (
        (ANA, 30, 1),
        (replace(ANA, arrival_date=""), 69, 1),
        (replace(ANA, arrival_date="", admission_date=""), 0, 0),
        (replace(ANA, arrival_date="2001-01-01"), 1825, 1),
        (replace(ANA, arrival_date="2025-12-01"), 0, 1),
    ):
        encoded = encode(OrganizationRecords("aube", (person,), acts))
        assert values(encoded, "duration.days_to_first_service") == [days]
        assert values(encoded, "known.days_to_first_service") == [known]


def test_bounds_clip_what_one_person_can_add() -> None:
    """Ten acts count as five where the plan bounds a person at five."""
    acts = (Service("p1", "forms", "2025-05-11", minutes=10**6),) * 10
    encoded = encode(OrganizationRecords("aube", (ANA,), acts))
    assert values(encoded, "measure.service_count") == [5]
    assert values(encoded, "measure.service_hours") == [400]


def test_more_persons_than_the_size_class_are_refused_and_none_is_cut_off() -> None:
    """One person too many is an error with two numbers; as many as the class holds is fine."""
    full = many_records(AUBE.size_class)
    assert len(encode(full).local_ids) == AUBE.size_class
    with pytest.raises(InputError, match=r"submission\.overflow") as refused:
        encode(many_records(AUBE.size_class + 1))
    assert refused.value.parameters == {"rows": AUBE.size_class + 1, "most": AUBE.size_class}


def test_a_person_who_stands_twice_in_a_file_is_refused() -> None:
    """Numbers at the organization are unique, or nothing is encoded."""
    with pytest.raises(InputError, match=r"records\.twice"):
        encode(replace(records(), persons=(ANA, ANA)))


def test_the_pepper_of_another_plan_is_refused() -> None:
    """Keys under the wrong pepper would match nobody."""
    with pytest.raises(PolicyRefusal, match=r"pepper\.mismatch"):
        encode_records(records(), AUBE, setting(), lists(), replace(pepper(), check="00" * 32))


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize(
    "broken",
    [
        replace(records(), services=(Service("p1", "forms", "secret-31"),)),
        replace(records(), services=(Service("p1", "forms", "2025-05-01", "secret-31"),)),
        replace(records(), persons=(replace(ANA, arrival_date="secret-31"),)),
        replace(records(), assessments=(replace(records().assessments[0], date="2025-05-secret-31"),)),
        replace(records(), persons=(replace(ANA, local_id="secret-31"), replace(ANA, local_id="secret-31"))),
    ],
)
def test_no_error_carries_a_value_of_a_record(broken: OrganizationRecords) -> None:
    """A date that is none is refused by the name of its column; the cell itself is not repeated."""
    with pytest.raises(SansnomError) as wrong:
        encode(broken)
    assert "secret" not in str(wrong.value)
    assert "secret" not in repr(wrong.value)
    assert wrong.value.__suppress_context__ or wrong.value.__context__ is None


def test_what_holds_rows_or_records_shows_nothing_when_printed() -> None:
    """Printing rows, or the encoded organization, tells neither a key nor a name."""
    encoded = encode(records())
    assert "p1" not in repr(encoded)
    assert "array" not in repr(encoded.rows)


def test_the_tables_codes_that_a_desk_can_fill_are_in_the_dictionary() -> None:
    """What is exported for the plan's rules are codes that exist; the one dimension that no file carries is missing."""
    assert set(dictionary().dimensions) - KNOWN_DIMENSIONS == {"languages_known"}
    assert set(dictionary().dimensions) >= KNOWN_DIMENSIONS
    assert set(dictionary().measures) >= KNOWN_MEASURES | KNOWN_DURATIONS


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dimensions": (DimensionUse("languages_known"),)}, "plan.dimension.underived"),
        ({"tables": (replace(plan().tables[4], measure="speaking_gain"),)}, "plan.measure.underived"),
        ({"tables": (replace(plan().tables[8], measure="service_hours"),)}, "plan.duration.underived"),
    ],
)
def test_what_no_desk_can_fill_is_refused(change: dict[str, Any], code: str) -> None:
    """A dimension, measure or duration without a derivation refuses the plan, not the organization."""
    asked = replace(plan(), **change)
    with pytest.raises(PolicyRefusal) as refused:
        encode(records(), Setting.of(asked, roster(), dictionary()))
    assert refused.value.code == code


def test_an_unknown_code_counts_as_unknown() -> None:
    """A country or status that the plan's dictionary lacks stops nobody."""
    odd = replace(ANA, country_of_birth="ZZ", category="new-programme", region="99", sex="?")
    encoded = encode(OrganizationRecords("aube", (odd,)))
    for name in ("birth_region", "birth_continent", "category", "category_detail", "region", "sex"):
        assert values(encoded, f"dimension.{name}") == [0]


@pytest.mark.parametrize(
    ("born", "precision", "group"),
    [
        ("2025-04-02", "day", "unknown"),
        ("2025-04-01", "day", "0-14"),
        ("2010-04-02", "day", "0-14"),
        ("2010-04-01", "day", "15-24"),
        ("1960-04-01", "year", "65+"),
        ("1960-04-02", "day", "55-64"),
        ("1960-04-02", "unknown", "unknown"),
        ("", "day", "unknown"),
    ],
)
def test_age_is_counted_on_the_first_day_of_the_period(born: str, precision: str, group: str) -> None:
    """Birthdays on the day itself count; a person born later, or on an unknown day, has no group."""
    encoded = encode(OrganizationRecords("aube", (replace(ANA, birth_date=born, birth_date_precision=precision),)))
    codes = [value.code for value in dictionary().dimensions["age_group"].values]
    assert codes[values(encoded, "dimension.age_group")[0]] == group


_DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
_ACTS = st.builds(
    lambda person, service, start, length, minutes: Service(
        f"n{person}", service, start.isoformat(), date.fromordinal(start.toordinal() + length).isoformat(), minutes
    ),
    st.integers(0, 5),
    st.sampled_from(["reception", "employment", "forms", ""]),
    _DAYS,
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(0, 600)),
)


@given(acts=st.lists(_ACTS, min_size=1, max_size=30))
def test_columns_agree_with_plain_python(acts: list[Service]) -> None:
    """Counts, hours, service bits and days are those that a loop over the records finds."""
    persons = tuple(Person(f"n{number}") for number in range(6))
    encoded = encode(OrganizationRecords("aube", persons, tuple(acts)))
    inside = [a for a in acts if a.start <= "2026-03-31" and a.end >= "2025-04-01"]
    assert list(encoded.local_ids) == sorted({a.local_id for a in inside})
    origin = date(2025, 4, 1).toordinal()
    for row, local_id in enumerate(encoded.local_ids):
        own = [a for a in inside if a.local_id == local_id]
        assert values(encoded, "measure.service_count")[row] == min(5, len(own))
        minutes = sum(a.minutes or 0 for a in own)
        assert values(encoded, "measure.service_hours")[row] == min(400, (minutes + 30) // 60)
        for code in ("reception", "employment"):
            of_service = [a for a in own if a.service == code]
            assert values(encoded, f"service.{code}")[row] == bool(of_service)
            first = min((date.fromisoformat(a.start).toordinal() - origin for a in of_service), default=0)
            last = max((date.fromisoformat(a.end).toordinal() - origin for a in of_service), default=0)
            assert values(encoded, f"first_day.{code}")[row] == max(0, first)
            assert values(encoded, f"last_day.{code}")[row] == min(364, last)


def test_rows_come_back_from_their_bytes() -> None:
    """Columns written as a component and read again are the same columns."""
    rows = encode(records()).rows
    again = PlainRows.from_component(setting().layout, rows.to_component(), rows.rows)
    assert (again.keys == rows.keys).all()
    assert (again.payload == rows.payload).all()
    assert (again.tallies == rows.tallies).all()
    with pytest.raises(BrokenInvariant, match=r"component\.size"):
        PlainRows.from_component(setting().layout, rows.to_component()[:-1], rows.rows)


def test_a_value_beyond_its_field_is_our_own_bug() -> None:
    """A value that would spill into the next field stops everything."""
    rows = all_dummies(setting().layout, 32)
    field = setting().layout.field("dimension.sex")
    for value in (-1, field.largest + 1):
        with pytest.raises(BrokenInvariant, match=r"encode\.field"):
            put_field(rows, field, _column(value))


def _column(value: int) -> Any:
    import numpy as np

    return np.array([value], dtype=np.int64)


def test_a_plan_of_another_roster_or_dictionary_is_refused() -> None:
    """Desk and helper put a plan together only with the roster and dictionary that it names."""
    for change, code in (
        ({"roster_version": 9}, "plan.roster"),
        ({"roster_digest": "00"}, "plan.roster"),
        ({"dictionary": "1999.1"}, "plan.dictionary"),
        ({"helpers": plan().helpers[:2]}, "plan.helpers"),
    ):
        with pytest.raises(PolicyRefusal) as refused:
            Setting.of(replace(plan(), **change), roster(), dictionary())
        assert refused.value.code == code


def test_a_table_kind_is_read_from_the_plan_only() -> None:
    """The example's plan has every kind of table, so that no field goes untested."""
    kinds = {table.kind for table in plan().tables}
    assert kinds == {"persons", "multiplicity", "same_service", "transitions", "sum", "minimum", "tally"}
    assert all(isinstance(table, TableSpec) for table in plan().tables)
