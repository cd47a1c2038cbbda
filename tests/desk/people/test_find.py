"""Find before create: any script, any spelling, any order; and what the search index holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sansnom.desk.people.find import Birth, Sought, find_persons
from sansnom.desk.people.models import Person, SearchToken
from sansnom.desk.people.naming import Name, call_person, correct
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes

NAMES = (
    (Name("Mohammed", "El Hassani"), "Muhamed Elhassany"),
    (Name("محمد", "يوسف", kind="native"), "Mohamed Youssef"),
    (Name("Олена", "Шевченко", kind="native"), "Olena Shevchenko"),
    (Name("Abdel Rahman", "Haddad"), "haddad abdelrahman"),
    (Name("Nguyễn", "Văn Anh", family_first=True), "van anh nguyen"),
    (Name("Suharto", ""), "Soeharto"),
    (Name("", "O’Brien-Lévesque"), "obrien levesque"),
    (Name("Jean-Baptiste", "Étienne"), "etienne jean bap"),
    (Name("明", "李", kind="native", family_first=True), "李明"),
    (Name("Liming", "Wang"), "wang li ming"),
    (Name("Liming", ""), "li ming"),
)


@pytest.mark.parametrize(("name", "typed"), NAMES, ids=range(len(NAMES)))
def test_a_person_is_found_however_they_are_written(desk: Desk, name: Name, typed: str) -> None:
    """The same person comes first, whatever spelling, order or script is typed."""
    house = two_programmes(desk)
    person = open_file(desk.counsellor, house.open, [name])
    for other in (Name("Maria", "Lopez"), Name("Abel", "Tremblay"), Name("Olga", "Petrova")):
        open_file(desk.counsellor, house.open, [other])
    matches = find_persons(desk.counsellor, Sought.typed(typed))
    assert matches
    assert matches[0].person == person
    assert matches[0].likeness >= 60


def test_what_is_like_says_why(desk: Desk) -> None:
    """The same name, a birth date with day and month exchanged, the same telephone: each is told by its own code."""
    house = two_programmes(desk)
    match = _looks_like(house, "Awwa", Birth(1990, 12, 5), "(514) 555 0101")
    assert set(match.reasons) == {"name_alike", "birth_swapped", "phone_same"}
    assert match.likeness >= 85
    twin = _looks_like(house, "Aminata", Birth(1990, 5, 12), "")
    assert "birth_same" in twin.reasons
    assert twin.likeness < 85, "a sister of the same day is not the same person"


def _looks_like(house: House, given: str, birth: Birth, phone: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a Match
    [match] = find_persons(house.desk.counsellor, Sought.new_file([(given, "Diop")], birth, phone))
    return match


def test_nobody_is_like_nothing(desk: Desk) -> None:
    """An empty box, a placeholder and an unknown name find nobody."""
    two_programmes(desk)
    for typed in ("", "   ", "inconnu", "Wojciechowski", "999-9999"):
        assert find_persons(desk.counsellor, Sought.typed(typed)) == []


def test_finding_follows_a_new_name_and_a_new_number(desk: Desk) -> None:
    """After a change the old name and number find nobody, the new ones do; corrections keep what was."""
    house = two_programmes(desk)
    call_person(house.awa, [Name("Awa", "Sarr"), Name("Awa", "Diop-Sarr", kind="papers")])
    correct(house.awa, {"phone": "438 555 9999"}, desk.counsellor, at_the_persons_request=True)
    assert find_persons(desk.counsellor, Sought.typed("Sarr"))[0].person == house.awa
    assert find_persons(desk.counsellor, Sought.typed("4385559999"))[0].person == house.awa
    assert find_persons(desk.counsellor, Sought.typed("5145550101")) == []
    house.awa.refresh_from_db()
    assert (house.awa.shown_name, house.awa.sort_name) == ("Awa Sarr", "sarr awa")
    kept = house.awa.corrections.get()
    assert (kept.field, kept.before, kept.at_the_persons_request) == ("phone", "514 555-0101", True)


def test_who_becomes_unnamed_leaves_no_name_behind(desk: Desk) -> None:
    """No variant, copy or word of the index remains when a person asks to be without a name."""
    house = two_programmes(desk)
    correct(house.awa, {"unnamed": True, "phone": ""}, desk.counsellor)
    house.awa.refresh_from_db()
    assert (house.awa.shown_name, house.awa.sort_name, house.awa.names.count()) == ("", "", 0)
    assert not SearchToken.objects.filter(person=house.awa)


@pytest.mark.parametrize("persons", [3, 40])
def test_finding_asks_four_questions_however_many_there_are(desk: Desk, persons: int) -> None:
    """Tokens, birth dates, files, names: four queries for three files and for forty."""
    house = two_programmes(desk)
    for number in range(persons):
        open_file(desk.counsellor, house.open, [Name(f"Awa {number}", "Diop")])
    with CaptureQueriesContext(connection) as asked:
        assert find_persons(desk.counsellor, Sought.new_file([("Awa", "Diop")], Birth(1990, 5, 12), ""))
    assert len(asked) == 4


def test_erasing_a_person_erases_what_finding_reads(desk: Desk) -> None:
    """Deleting the file takes tokens and names with it."""
    house = two_programmes(desk)
    house.awa.delete()
    assert not Person.objects.filter(shown_name="Awa Diop")
    assert not SearchToken.objects.filter(token="diop")
    assert find_persons(desk.counsellor, Sought.typed("Awa Diop")) == []
