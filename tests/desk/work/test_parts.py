"""A person's page shows the first few of everything; each section has a page with all of it, once each, open ones first."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sansnom.desk.work import models as work
from sansnom.desk.work.notes import write_note
from sansnom.desk.work.parts import A_PAGE
from sansnom.desk.work.person import FEW
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes

DAY = date(2026, 1, 5)
MANY = A_PAGE + 7


@pytest.fixture
def house(desk: Desk) -> House:
    """Give two programmes, and a file in each."""
    return two_programmes(desk)


@pytest.fixture
def filled(house: House) -> House:
    """Give a file with more of everything than one page shows."""
    house.open.members.add(house.desk.counsellor)
    for number in range(MANY):
        mine = {"person": house.awa, "programme": house.open}
        day = DAY + timedelta(days=number)
        work.Need.objects.create(**mine, service="housing", opened_on=day, closed_on=day, outcome="met")
        work.Goal.objects.create(**mine, words=f"But {number}.", set_on=day)
        work.FollowUp.objects.create(**mine, due_on=day, staff=house.desk.counsellor, words=f"Rappel {number}.")
        write_note(house.desk.counsellor, house.awa, house.open, f"Note {number}.", day)
        work.Service.objects.create(**mine, service="orientation", starts_on=day)
    work.Need.objects.create(person=house.awa, programme=house.open, service="housing", opened_on=date(2020, 1, 1))
    return house


def test_the_persons_page_shows_few_of_many(filled: House, counsellor: Client) -> None:
    """Five of each, and a link to all of them."""
    page = counsellor.get(f"/people/{filled.awa.reference}/").content.decode()
    for word, section in (("Note ", "notes"), ("But ", "progress"), ("Rappel ", "to-do")):
        assert sum(f"{word}{number}." in page for number in range(MANY)) == FEW.count
        assert f"/work/{filled.awa.reference}/{section}/" in page
    assert f"/work/{filled.awa.reference}/services/" in page


@pytest.mark.parametrize(("section", "word"), [("notes", "Note "), ("progress", "But "), ("to-do", "Rappel ")])
def test_all_of_a_section_page_by_page(filled: House, counsellor: Client, section: str, word: str) -> None:
    """Each stands on one page; the last leads no further; a page beyond, or nonsense, is a page."""
    address = f"/work/{filled.awa.reference}/{section}/"
    pages = [counsellor.get(f"{address}?page={number}").content.decode() for number in (1, 2)]
    found = [[number for number in range(MANY) if f"{word}{number}." in page] for page in pages]
    assert sorted(found[0] + found[1]) == list(range(MANY))
    assert len(found[0]) == A_PAGE
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[1]
    for odd in ("99999", "-1", "x", "²", "9" * 400):
        assert counsellor.get(f"{address}?page={odd}").status_code == 200


def test_an_open_need_stands_before_those_that_are_over(filled: House, counsellor: Client) -> None:
    """However old it is: it is what is left to do."""
    rows = counsellor.get(f"/work/{filled.awa.reference}/needs/").context["told"]["needs"]
    assert rows[0].closed_on is None


def test_who_is_outside_and_a_stranger_see_no_part(house: House, coordinator: Client, stranger: Client) -> None:
    """A file of the shelter is a 404 for a coordinator outside it; a stranger is led to the door; notes are for members."""
    for section in ("notes", "progress", "to-do", "needs"):
        assert coordinator.get(f"/work/{house.hidden.reference}/{section}/").status_code == 404
        assert stranger.get(f"/work/{house.hidden.reference}/{section}/").headers["Location"].startswith("/sign-in/")
    assert coordinator.get(f"/work/{house.awa.reference}/notes/").status_code == 404
    assert coordinator.get(f"/work/{house.awa.reference}/needs/").status_code == 200


def test_a_day_of_assessments_is_never_cut(house: House, counsellor: Client) -> None:
    """Four skills make one line, so that many rows are read together."""
    for number in range(3 * FEW.count):
        for skill in ("listening", "speaking", "reading", "writing"):
            work.Assessment.objects.create(
                person=house.awa,
                programme=house.open,
                scale="EQ",
                skill=skill,
                level=3,
                assessed_on=timezone.localdate() - timedelta(days=number),
            )
    told = counsellor.get(f"/work/{house.awa.reference}/progress/").context["told"]["assessments"]
    assert {len(rows) for _, _, rows in told} == {4}
