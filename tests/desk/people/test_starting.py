"""A new file: shown what looks like it, never forced; unnamed in one click; taken back while nobody has used it."""

from collections.abc import Mapping

import pytest
from django.test import Client

from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from sansnom.desk.work.recording import record_service
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, House, two_programmes

NEW = {
    "name0-given_names": "Aua",
    "name0-family_names": "Diop",
    "birth_year": "1990",
    "birth_month": "5",
    "birth_day": "12",
}

JANUARY = {"birth_month": "1", "birth_day": "1", "birth_quality": "default_january"}


def opened_by(browser: Client, told: Mapping[str, str | list[str]]) -> Person | None:
    """Send the form of a new file and give the file, or None where the form came back."""
    before = set(Person.objects.values_list("pk", flat=True))
    answer = browser.post("/people/new/", told)
    new = Person.objects.exclude(pk__in=before).first()
    assert answer.status_code == (302 if new else 200)
    return new


def test_what_looks_like_it_is_shown_before_and_is_no_obstacle(desk: Desk, counsellor: Client) -> None:
    """The first try shows Awa's file with reasons; the second, with that file marked as seen, opens the new one."""
    house = two_programmes(desk)
    assert opened_by(counsellor, NEW) is None
    page = counsellor.post("/people/new/", NEW).content.decode()
    assert str(house.awa.reference) in page
    assert "même date de naissance" in page
    new = opened_by(counsellor, NEW | {"seen": [str(house.awa.reference)]})
    assert new is not None
    assert (new.shown_name, new.birth_quality, new.opened_by) == ("Aua Diop", "exact", desk.counsellor)


def test_another_spelling_is_enough_to_be_shown(desk: Desk, counsellor: Client) -> None:
    """Each way of writing the name is looked for by itself."""
    house = two_programmes(desk)
    told = {
        "name0-given_names": "Hava",
        "name0-family_names": "Jop",
        "name1-given_names": "Awa",
        "name1-family_names": "Diop",
    }
    assert opened_by(counsellor, told) is None
    assert str(house.awa.reference) in counsellor.post("/people/new/like/", told).content.decode()


def test_a_colleague_outside_is_not_shown_the_hidden_file(desk: Desk, director: Client, counsellor: Client) -> None:
    """The same form shows Camille the shelter's file, and opens a file at once for the director."""
    house = two_programmes(desk)
    told = {"name0-given_names": "Zohra", "name0-family_names": "Mansouri", "birth_year": "1985"}
    assert str(house.hidden.reference) in counsellor.post("/people/new/like/", told).content.decode()
    assert director.post("/people/new/like/", told).content.decode().strip() == ""
    assert opened_by(director, told) is not None


def test_a_stranger_opens_nothing(desk: Desk, stranger: Client) -> None:
    """Every way of opening leads to the door."""
    two_programmes(desk)
    for path in ("/people/new/", "/people/new/like/", "/people/unnamed/"):
        assert stranger.post(path, NEW).headers["Location"].startswith("/sign-in/")
    assert Person.objects.count() == 2


def test_an_unnamed_person_takes_one_click_and_can_be_taken_back(desk: Desk, counsellor: Client) -> None:
    """No form; the banner's undo erases a file that nobody has used."""
    two_programmes(desk)
    answer = counsellor.post("/people/unnamed/", follow=True)
    person = Person.objects.get(unnamed=True)
    assert person.file_number in answer.content.decode()
    undo = f"/people/{person.reference}/undo-opening/"
    assert undo in answer.content.decode()
    counsellor.post(undo)
    assert not Person.objects.filter(unnamed=True)


@pytest.mark.parametrize("how", ["used", "another"])
def test_a_file_in_use_is_not_taken_back(desk: Desk, counsellor: Client, coordinator: Client, how: str) -> None:
    """A service, or somebody else's click: the file stays."""
    house = two_programmes(desk)
    person = open_file(desk.counsellor, house.open, [Name("Li", "Wei")])
    if how == "used":
        record_service(desk.counsellor, person, house.open, service="reception", starts_on=DAY)
    browser = counsellor if how == "used" else coordinator
    browser.post(f"/people/{person.reference}/undo-opening/")
    assert Person.objects.filter(pk=person.pk).exists()


def test_undoing_what_is_hidden_is_404_as_for_nothing(desk: Desk, director: Client) -> None:
    """The director cannot take back, nor learn of, the shelter's file."""
    house = two_programmes(desk)
    assert director.post(f"/people/{house.hidden.reference}/undo-opening/").status_code == 404
    assert Person.objects.filter(pk=house.hidden.pk).exists()


def test_a_hidden_programme_cannot_be_chosen(desk: Desk, director: Client) -> None:
    """Naming the shelter's number answers as for a programme that is not there; no file is opened."""
    house = two_programmes(desk)
    for number in (house.shelter.pk, 9999):
        assert director.post("/people/unnamed/", {"programme": str(number)}).status_code == 404
    assert str(house.shelter.name_fr) not in director.get("/people/new/").content.decode()
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("told", "parts", "quality"),
    [
        ({"birth_year": "1988"}, (1988, None, None), "year_only"),
        ({"birth_year": "1988", "birth_month": "3"}, (1988, 3, None), "exact"),
        ({"birth_year": "1988", "birth_quality": "estimated"}, (1988, None, None), "estimated"),
        ({**JANUARY, "birth_year": "1988"}, (1988, 1, 1), "default_january"),
        ({"birth_quality": "exact"}, (None, None, None), "unknown"),
    ],
)  # fmt: skip
def test_a_birth_date_is_kept_as_far_as_it_is_known(
    desk: Desk, counsellor: Client, told: dict[str, str], parts: tuple[int | None, ...], quality: str
) -> None:
    """Parts that are not known stay unknown, and how good the date is follows what was told."""
    two_programmes(desk)
    person = opened_by(counsellor, {"name0-family_names": "Suharto", **told})
    assert person is not None
    assert (person.birth_year, person.birth_month, person.birth_day) == parts
    assert person.birth_quality == quality


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"birth_year": "1990", "birth_month": "2", "birth_day": "30"}, "Ce jour n’existe pas"),
        ({"birth_month": "2"}, "Ajoutez l’année"),
        ({"birth_year": "1990", "birth_day": "3"}, "Ajoutez le mois"),
        ({"birth_year": "2190"}, "à venir"),
        ({"name0-given_names": "", "name0-family_names": ""}, "Écrivez au moins un nom"),
    ],
)
def test_what_cannot_be_says_what_to_do(desk: Desk, counsellor: Client, told: dict[str, str], words: str) -> None:
    """The form comes back with what was typed, and a sentence that says what to do."""
    two_programmes(desk)
    page = counsellor.post("/people/new/", {"name0-given_names": "Suharto", **told}).content.decode()
    assert words in page
    assert Person.objects.count() == 2


def test_names_in_any_script_and_order_and_several_spellings(desk: Desk, counsellor: Client) -> None:
    """One word alone, family name first, the native script: all are kept, the first is shown; languages too."""
    two_programmes(desk)
    person = opened_by(counsellor, {
        "name0-given_names": "明", "name0-family_names": "李", "name0-family_first": "on", "name0-kind": "native",
        "name1-given_names": "", "name1-family_names": "Li Ming", "name1-kind": "latin",
        "best_language": "zh", "language_0": "en", "language_1": "zh",
    })  # fmt: skip
    assert person is not None
    assert person.shown_name == "李 明"
    assert set(person.names.values_list("family_names", "kind")) == {("李", "native"), ("Li Ming", "latin")}
    assert set(person.languages.values_list("language", flat=True)) == {"zh", "en"}


def test_a_child_of_the_household_starts_with_its_home(desk: Desk, counsellor: Client, director: Client) -> None:
    """The form is filled with what a home has in common; the file joins the household. A hidden home is 404."""
    house: House = two_programmes(desk)
    page = counsellor.get(f"/people/new/?with={house.awa.reference}").content.decode()
    assert "514 555-0101" in page
    child = opened_by(counsellor, {"name0-given_names": "Moussa", "with": str(house.awa.reference)})
    house.awa.refresh_from_db()
    assert child is not None
    assert child.household_id == house.awa.household_id is not None
    assert director.get(f"/people/new/?with={house.hidden.reference}").status_code == 404
