"""A person's page: who sees it, what other apps add to it."""

import uuid

import pytest
from django.apps import apps
from django.test import Client

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.people.models import Person
from sansnom.desk.people.sections import Action, Section
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import two_programmes


def address(person: Person) -> str:
    """Give a person's page."""
    return f"/people/{person.reference}/"


def test_a_colleague_in_the_programme_reads_the_file_and_it_is_written_down(desk: Desk, counsellor: Client) -> None:
    """Camille is in the shelter: she reads its file, and the trail says so once a minute."""
    house = two_programmes(desk)
    for _ in range(2):
        page = counsellor.get(address(house.hidden))
        assert page.status_code == 200
        assert "Zohra Mansouri" in page.content.decode()
    assert [entry.act for entry in TrailEntry.objects.filter(person_reference=str(house.hidden.reference))] == [
        Act.LOOKED
    ]


def test_a_colleague_outside_cannot_tell_it_from_nothing(desk: Desk, director: Client) -> None:
    """The director is outside the shelter: the same status and words as for a file that never was, and no trace."""
    house = two_programmes(desk)
    hidden, absent = director.get(address(house.hidden)), director.get(f"/people/{uuid.uuid4()}/")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert "Mansouri" not in hidden.content.decode()
    assert not TrailEntry.objects.exists()


def test_a_stranger_is_led_to_the_door(desk: Desk, stranger: Client) -> None:
    """Whoever is not signed in learns nothing, not even which files there are."""
    house = two_programmes(desk)
    for reference in (house.awa.reference, house.hidden.reference, uuid.uuid4()):
        answer = stranger.get(f"/people/{reference}/")
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def only_named(viewer: object, person: Person) -> dict[str, object] | None:
    """Fill a section of these tests; nothing for an unnamed person."""
    del viewer
    return None if person.unnamed else {"word": "bonjour"}


@pytest.fixture
def _another_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an app add a section, a line on top and a button."""
    config = apps.get_app_config("people")
    fill = f"{__name__}.only_named"
    sections = (
        Section("house.today", "house/keys_list.html", 50, fill, "essai"),
        Section("house.today", "house/keys_list.html", 50, fill, "haut", place="top"),
    )
    monkeypatch.setattr(config, "person_sections", sections, raising=False)
    actions = (Action("house.today", "people:person", 5, "e"), Action("house.today", "people:nowhere", 6))
    monkeypatch.setattr(config, "person_actions", actions, raising=False)


@pytest.mark.usefixtures("_another_app")
def test_other_apps_add_sections_and_buttons(desk: Desk, counsellor: Client) -> None:
    """A section with something to say is there, with its title and place; a button leads to its address; no empty one."""
    house = two_programmes(desk)
    page = counsellor.get(address(house.awa)).content.decode()
    assert 'id="essai"' in page
    assert 'id="haut"' not in page
    assert f'href="{address(house.awa)}" data-key="e"' in page
    unnamed = open_file(desk.counsellor, house.open, [], unnamed=True)
    page = counsellor.get(address(unnamed)).content.decode()
    assert 'id="essai"' not in page
    assert unnamed.file_number in page


def test_the_page_keeps_the_frame_around_it(desk: Desk, counsellor: Client) -> None:
    """The other language, the places and the sections of the desk's own apps are there."""
    house = two_programmes(desk)
    page = counsellor.get(address(house.awa)).content.decode()
    assert '<button class="plain" name="language" value="en"' in page
    assert all(f'id="{anchor}"' in page for anchor in ("summary", "household", "agreement", "links", "history"))
