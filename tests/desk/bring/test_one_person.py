"""A person's structured copy opens a new file at another desk: what it holds comes, what was tampered with does not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sansnom.desk.bring.vocabulary import sealed
from sansnom.desk.people.models import Person
from sansnom.desk.rights.told import as_structure, whole_file
from sansnom.desk.work import models as work
from tests.desk.conftest import Desk
from tests.desk.rights.full_file import full
from tests.desk.two_programmes import House
from tests.desk.work.test_pages import undo_in

COPIED = ("names", "languages", "services", "needs", "referrals", "assessments", "employment", "goals", "waiting")
OTHERWISE = ("programme", "staff", "file_number", "opened_at", "opened_by", "household_place")


@pytest.fixture
def house(desk: Desk) -> House:
    """Give Awa's file, which has something in every table."""
    return full(desk)


def copy_of(house: House) -> dict[str, Any]:
    """Make her structured copy."""
    told: dict[str, Any] = json.loads(
        json.dumps(as_structure(house.awa, whole_file(house.awa, house.desk.coordinator)))
    )
    return told


def sent(browser: Client, house: House, told: object) -> Any:
    """Bring a copy into the open programme."""
    file = SimpleUploadedFile("copie.json", json.dumps(told).encode())
    return browser.post("/bring/person/", {"file": file, "programme": sealed(house.open)})


def facts(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Tell what of a copy should come along: values by part, without who and where."""
    return {
        part["part"]: [
            {name: cell["value"] for name, cell in row.items() if name not in OTHERWISE} for row in part["rows"]
        ]
        for part in told["parts"]
        if part["part"] in (*COPIED, "person")
    }


@pytest.mark.usefixtures("in_french")
def test_a_copy_comes_whole_and_can_be_taken_back(house: House, coordinator: Client) -> None:
    """A copy of the new file says what the first one said; undo leaves nothing of it."""
    told = copy_of(house)
    before = Person.objects.count(), work.Service.objects.count()
    where = sent(coordinator, house, told)
    assert where.status_code == 302, where.content.decode()
    person = Person.objects.latest("pk")
    again = json.loads(json.dumps(as_structure(person, whole_file(person, house.desk.coordinator))))
    assert facts(again) == facts(told)
    assert len(facts(told)["services"]) == 1
    assert person.opened_by == house.desk.coordinator
    page = coordinator.get(where.headers["Location"]).content.decode()
    coordinator.post(undo_in(page))
    assert (Person.objects.count(), work.Service.objects.count()) == before


def _cell(part: str, column: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(told: dict[str, Any]) -> None:
        row = next(one for one in told["parts"] if one["part"] == part)["rows"][0]
        row[column] = {"label": "", "value": value, "said": ""}

    return change


def _no_schema(told: dict[str, Any]) -> None:
    told["schema"] = "sansnom/person-file/9"


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_no_schema, "pas la copie structurée"),
        (_cell("services", "starts_on", "31/02/2026"), "colonne « starts_on »"),
        (_cell("person", "birth", "avant-hier"), "colonne « birth »"),
        (_cell("person", "birth", "1990-13-40"), "se contredit"),
        (_cell("needs", "outcome", "planted"), "se contredit"),
    ],
)
def test_a_copy_that_was_tampered_with_opens_nothing(
    house: House, coordinator: Client, tamper: Callable[[dict[str, Any]], None], said: str
) -> None:
    """The page says where, never what; no file, no act."""
    told = copy_of(house)
    tamper(told)
    before = Person.objects.count()
    page = sent(coordinator, house, told).content.decode().replace("\u00a0", " ")
    assert said in page
    assert Person.objects.count() == before


@pytest.mark.guarantee("G-10")
def test_a_text_where_a_code_belongs_opens_nothing(house: House, coordinator: Client) -> None:
    """No column takes more than its length: a code is no place for a story."""
    told = copy_of(house)
    _cell("person", "sex", "Planted" * 9)(told)
    before = Person.objects.count()
    page = sent(coordinator, house, told).content.decode().replace("\u00a0", " ")
    assert "colonne « sex »" in page
    assert "PlantedPlanted" not in page
    assert Person.objects.count() == before


def test_a_strangers_copy_and_a_file_in_use(
    house: House, coordinator: Client, counsellor: Client, stranger: Client
) -> None:
    """A stranger sees the door; nobody else takes a file back, and not once something was added to it."""
    assert stranger.get("/bring/person/").status_code == 302
    undo = undo_in(coordinator.get(sent(coordinator, house, copy_of(house)).headers["Location"]).content.decode())
    person = Person.objects.latest("pk")
    counsellor.post(undo)
    assert Person.objects.filter(pk=person.pk).exists()
    work.Need.objects.create(person=person, programme=house.open, service="housing", opened_on="2026-02-03")
    coordinator.post(undo)
    assert Person.objects.filter(pk=person.pk).exists()
