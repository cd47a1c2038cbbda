"""Correcting a file: what changes, what the history keeps, and who may."""

import pytest
from django.test import Client

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.people.models import Correction, Person
from tests.desk.conftest import Desk
from tests.desk.two_programmes import two_programmes

PAGES = ("names/", "facts/", "history/", "household/", "link/")


def test_a_correction_keeps_what_was_and_who_asked(desk: Desk, counsellor: Client) -> None:
    """A new telephone and language at the person's request: both are in the history in words, and in the trail."""
    house = two_programmes(desk)
    told = {
        "birth_year": "1990", "birth_month": "5", "birth_day": "12", "birth_quality": "exact", "sex": "F",
        "phone": "438 555-9999", "best_language": "wo", "at_the_persons_request": "on",
    }  # fmt: skip
    assert counsellor.post(f"/people/{house.awa.reference}/facts/", told).status_code == 302
    fields = {one.field: (one.before, one.after, one.at_the_persons_request) for one in Correction.objects.all()}
    assert fields["phone"] == ("514 555-0101", "438 555-9999", True)
    assert fields["languages"] == ("", "wo", True)
    assert "birth_year" not in fields
    page = counsellor.get(f"/people/{house.awa.reference}/history/").content.decode()
    assert "438 555-9999" in page
    assert "wolof" in page
    assert "à la demande de la personne" in page
    assert TrailEntry.objects.filter(act=Act.CHANGED, person_reference=str(house.awa.reference)).exists()


def test_names_change_with_their_history(desk: Desk, counsellor: Client) -> None:
    """The name that is preferred is shown; the one before is in the history, with its kind in words."""
    house = two_programmes(desk)
    told = {"name0-given_names": "Awa", "name0-family_names": "Sarr", "name0-kind": "usual"}
    counsellor.post(f"/people/{house.awa.reference}/names/", told)
    house.awa.refresh_from_db()
    assert house.awa.shown_name == "Awa Sarr"
    page = counsellor.get(f"/people/{house.awa.reference}/").content.decode()
    assert "Awa Diop (nom d’usage)" in page


def test_who_wishes_to_be_unnamed_is_named_nowhere_in_their_history(desk: Desk, counsellor: Client) -> None:
    """Earlier names go with the last one, out of the history too; a name given later opens the file to finding again."""
    house = two_programmes(desk)
    address = f"/people/{house.awa.reference}/names/"
    counsellor.post(address, {"name0-given_names": "Awa", "name0-family_names": "Sarr"})
    counsellor.post(address, {"name0-given_names": "Awa", "name0-family_names": "Sarr", "unnamed": "on"})
    house.awa.refresh_from_db()
    assert house.awa.unnamed
    kept = [told for one in Correction.objects.all() for told in (one.before, one.after)]
    assert not any("Diop" in told or "Sarr" in told for told in kept)
    assert "Sarr" not in counsellor.get(f"/people/{house.awa.reference}/").content.decode()
    counsellor.post(address, {"name0-given_names": "Aminata"})
    house.awa.refresh_from_db()
    assert (house.awa.unnamed, house.awa.shown_name) == (False, "Aminata")


def test_no_name_at_all_is_asked_about(desk: Desk, counsellor: Client) -> None:
    """An empty form of names neither erases nor forces: it says what can be done."""
    house = two_programmes(desk)
    page = counsellor.post(f"/people/{house.awa.reference}/names/", {"name0-given_names": " "}).content.decode()
    assert "Écrivez au moins un nom" in page
    assert Person.objects.get(pk=house.awa.pk).shown_name == "Awa Diop"


@pytest.mark.parametrize("page", PAGES)
def test_three_viewers_of_each_page(
    desk: Desk, page: str, counsellor: Client, director: Client, stranger: Client
) -> None:
    """Inside: the page. Outside: the page for what is not there, in a GET and in a POST. A stranger: the door."""
    house = two_programmes(desk)
    address = f"/people/{house.hidden.reference}/{page}"
    assert counsellor.get(address).status_code == 200
    assert director.get(address).status_code == 404
    if page != "history/":
        assert director.post(address, {"name0-given_names": "X", "unnamed": "on"}).status_code == 404
    assert stranger.get(address).headers["Location"].startswith("/sign-in/")
    assert not Correction.objects.exists()
