"""From the tables to the nouns: what a submission and a report are made of."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sansnom.desk.agreement.rules import choose_joint_statistics
from sansnom.desk.people.links import decide_pair, undo_decision
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name, call_person
from sansnom.desk.people.records import birth_told
from sansnom.desk.work.fill import fill, touched, undo
from sansnom.desk.work.models import Assessment, Funder, Goal, Programme, Service, WaitingEntry
from sansnom.desk.work.opening import open_file
from sansnom.desk.work.recording import record_service
from sansnom.desk.work.records import Selection, organization_records
from sansnom.terms import records
from sansnom.worlds.world import make_world
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, House, two_programmes

OWN = Selection(date(2025, 4, 1), date(2026, 3, 31), joint=False)
JOINT = replace(OWN, joint=True)


def _served(desk: Desk) -> House:
    house = two_programmes(desk)
    record_service(desk.counsellor, house.awa, house.open, service="housing", starts_on=DAY, minutes=30)
    record_service(desk.counsellor, house.hidden, house.shelter, service="psychosocial", starts_on=DAY)
    return house


def _persons(selection: Selection) -> dict[str, records.Person]:
    return {person.local_id: person for person in organization_records("o", selection).persons}


def test_a_world_comes_back_as_it_went_in(desk: Desk) -> None:
    """Persons served, services, assessments, statuses, referrals, waiting and turned away survive the way through the desk."""
    programme = Programme.objects.create(name_fr="A", name_en="A")
    given = make_world(1, 150, 7).records[0]
    fill(given, programme, by=desk.director)
    found = organization_records(given.organization, OWN)
    served = {act.local_id for act in found.services}
    expected = {p.local_id: p for p in given.persons if p.local_id in served}
    for person in found.persons:
        was = expected.pop(person.local_id)
        if was.birth_date_precision == "day" and was.birth_date.endswith("-01-01"):
            was = replace(was, birth_date=f"{was.birth_date[:4]}-07-01", birth_date_precision="year")
        if was.birth_date_precision == "month":
            was = replace(was, birth_date=f"{was.birth_date[:7]}-15")
        assert person == was
    assert not expected
    for kind in ("services", "assessments", "referrals", "waitlist", "turned_away"):
        known = [row for row in getattr(given, kind) if getattr(row, "local_id", None) in {*served, None}]
        if kind == "waitlist":
            known = [row for row in known if not row.left or row.left >= OWN.start.isoformat()]
        assert sorted(getattr(found, kind), key=repr) == sorted(known, key=repr), kind


def test_taking_no_part_concerns_joint_statistics_alone(desk: Desk) -> None:
    """Who says no is in no submission, neither their acts nor their place in a queue, and still counts in the own report."""
    house = _served(desk)
    WaitingEntry.objects.create(person=house.awa, programme=house.open, service="housing", joined_on=DAY)
    choose_joint_statistics(desk.counsellor, house.awa, takes_part=False)
    joint, own = organization_records("o", JOINT), organization_records("o", OWN)
    assert [p.local_id for p in joint.persons] == [house.hidden.file_number]
    assert {act.local_id for act in joint.services} == {house.hidden.file_number}
    assert joint.waitlist == ()
    assert len(own.persons) == 2
    assert len(own.waitlist) == 1


def test_linked_files_are_one_person_with_the_acts_of_all(desk: Desk) -> None:
    """One noun under the first file's number, completed from the second; unlinking brings two back."""
    house = _served(desk)
    again = open_file(desk.counsellor, house.open, [Name("Awa", "Diop")], country_of_birth="SN")
    record_service(desk.counsellor, again, house.open, service="employment", starts_on=DAY)
    decision = decide_pair(desk.counsellor, house.awa, again, "same")
    found = organization_records("o", JOINT)
    [awa] = [p for p in found.persons if p.local_id == house.awa.file_number]
    assert (len(found.persons), awa.country_of_birth, awa.sex) == (2, "SN", "F")
    assert sorted(act.service for act in found.services if act.local_id == awa.local_id) == ["employment", "housing"]
    undo_decision(desk.counsellor, decision)
    assert len(_persons(JOINT)) == 3
    decide_pair(desk.counsellor, house.awa, again, "different")
    assert len(_persons(JOINT)) == 3


def test_a_linked_file_that_says_no_takes_the_whole_person_out(desk: Desk) -> None:
    """The choice is the person's, whichever of their files it was written on."""
    house = _served(desk)
    again = open_file(desk.counsellor, house.open, [Name("Awa", "Diop")])
    decide_pair(desk.counsellor, house.awa, again, "same")
    choose_joint_statistics(desk.counsellor, again, takes_part=False)
    assert set(_persons(JOINT)) == {house.hidden.file_number}


def test_an_unnamed_person_counts_and_cannot_be_linked(desk: Desk) -> None:
    """They have a noun that is marked and bears no name; an assumed name is no name to match by either."""
    house = _served(desk)
    unnamed = open_file(desk.counsellor, house.open, [], unnamed=True)
    record_service(desk.counsellor, unnamed, house.open, service="information", starts_on=DAY)
    call_person(house.awa, [Name("Étoile", quality="assumed")])
    found = _persons(JOINT)
    noun = found[unnamed.file_number]
    assert (noun.anonymous, noun.given_names, noun.family_names) == (True, "", "")
    assert found[house.awa.file_number].given_names == ""


def test_matching_reads_the_latin_name_on_papers(desk: Desk) -> None:
    """Of several spellings the one on papers in Latin letters goes into the keys, whichever the person prefers."""
    house = _served(desk)
    names = [Name("عوا", "ديوب", kind="native"), Name("Hawa", "Diop", kind="latin"), Name("Awa", "Diop", kind="papers")]
    call_person(house.awa, names)
    assert _persons(OWN)[house.awa.file_number].given_names == "Awa"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((1990, 5, 12, "exact"), ("1990-05-12", "day")),
        ((1990, 5, None, "exact"), ("1990-05-15", "month")),
        ((1990, 2, 31, "exact"), ("1990-02-15", "month")),
        ((1990, 1, 1, "default_january"), ("1990-07-01", "year")),
        ((1990, 5, 12, "estimated"), ("1990-07-01", "year")),
        ((None, None, None, "unknown"), ("", "unknown")),
    ],
)
def test_a_birth_date_counts_as_far_as_it_is_known(
    parts: tuple[int | None, int | None, int | None, str], told: tuple[str, str]
) -> None:
    """Estimates and the first of January by default are a year, an impossible day a month."""
    assert birth_told(*parts) == told


def test_acts_outside_the_period_the_programme_or_the_funder_do_not_count(desk: Desk) -> None:
    """A service's own funders stand in place of its programme's; an act that lasts into the period counts."""
    house = _served(desk)
    one, other = (Funder.objects.create(name_fr=n, name_en=n) for n in ("A", "B"))
    house.open.funders.add(one)
    special = record_service(
        desk.counsellor, house.awa, house.open, service="forms", starts_on=date(2025, 3, 1), ends_on=date(2025, 4, 1)
    )
    special.funders.add(other)
    record_service(desk.counsellor, house.awa, house.open, service="digital", starts_on=date(2025, 3, 31))
    record_service(desk.counsellor, house.awa, house.open, service="youth", starts_on=date(2026, 4, 1))

    def services(selection: Selection) -> list[str]:
        return sorted(act.service for act in organization_records("o", selection).services)

    assert services(OWN) == ["forms", "housing", "psychosocial"]
    assert services(replace(OWN, programmes=(house.open.pk,))) == ["forms", "housing"]
    assert services(replace(OWN, funder=one.pk)) == ["housing"]
    assert services(replace(OWN, funder=other.pk)) == ["forms"]


def test_nobody_is_served_where_nothing_was_done(desk: Desk) -> None:
    """A period without acts has no person: files alone are not people served."""
    _served(desk)
    empty = organization_records("o", Selection(date(2020, 1, 1), date(2020, 3, 31), joint=True))
    assert (empty.persons, empty.services) == ((), ())


@pytest.mark.guarantee("G-01")
def test_words_of_people_are_in_no_noun(desk: Desk) -> None:
    """A goal's words, the file's address and its row number reach nothing that a submission is made of."""
    house = _served(desk)
    Goal.objects.create(person=house.awa, programme=house.open, words="devenir infirmière", set_on=DAY)
    told = repr(organization_records("o", JOINT))
    assert "infirmière" not in told
    assert str(house.awa.reference) not in told


@pytest.mark.parametrize("persons", [20, 200])
def test_records_take_a_fixed_number_of_questions(desk: Desk, persons: int) -> None:
    """As many queries for twenty persons as for two hundred."""
    programme = Programme.objects.create(name_fr="A", name_en="A")
    filled = fill(make_world(1, persons, 3).records[0], programme, by=desk.director)
    first, second = list(filled.numbers.values())[:2]
    decide_pair(desk.director, Person.objects.get(pk=first), Person.objects.get(pk=second), "same")
    with CaptureQueriesContext(connection) as asked:
        organization_records("o", JOINT)
    assert len(asked) == 12


def test_a_batch_is_undone_as_a_whole_after_saying_what_was_touched(desk: Desk) -> None:
    """Everything it brought goes, everything else stays; files worked on since are listed beforehand."""
    house = _served(desk)
    given = make_world(1, 40, 5).records[0]
    filled = fill(given, house.open, by=desk.director)
    assert filled.batch.rows > len(given.persons)
    worked = Person.objects.get(pk=next(iter(filled.numbers.values())))
    record_service(desk.counsellor, worked, house.open, service="housing", starts_on=DAY)
    assert list(touched(filled.batch)) == [worked]
    assert undo(filled.batch) == len(given.persons)
    assert set(Person.objects.all()) == {house.awa, house.hidden}
    assert Service.objects.count() == 2
    assert not Assessment.objects.exists()


def test_a_number_that_is_taken_does_not_show_whose_it_is(desk: Desk) -> None:
    """An import that brings a file number in use gets another, without a word: the number may be of a hidden file."""
    house = _served(desk)
    given = records.OrganizationRecords("o", persons=(records.Person(house.hidden.file_number, "Lina", "Haddad"),))
    filled = fill(given, house.open, by=desk.director)
    new = Person.objects.get(pk=filled.numbers[house.hidden.file_number])
    assert new.file_number != house.hidden.file_number
    assert new.shown_name == "Lina Haddad"
