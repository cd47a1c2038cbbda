"""Every page asks a fixed number of questions, whatever there is to show; lists go on after their last line, and lose nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sansnom.desk.accounts.access import record_accesses
from sansnom.desk.accounts.models import Act
from sansnom.desk.house.places import key_path
from sansnom.desk.people.models import Correction, Person
from sansnom.desk.people.naming import Name
from sansnom.desk.rights.models import Destruction, Incident, Request
from sansnom.desk.vault.key_file import create_key_file
from sansnom.desk.work import models as work
from sansnom.desk.work.addresses import seal
from sansnom.desk.work.notes import write_note
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.rights.test_every_route import ALL, CHEAP
from tests.desk.two_programmes import DAY, House, two_programmes

FILES = {"rights:whole_paper", "rights:whole_structure", "bring:archive", "bring:workbook"}
"""They are not pages: what they give holds everything, and they ask for it table by table."""
FIRST, MORE = 3, 11


def grow(house: House, count: int) -> None:
    """Add as many lines to every list: of the day, of Awa's file, of the organization's registers."""
    by, today = house.desk.director, timezone.localdate()
    house.open.members.add(by)
    persons = [open_file(by, house.open, [Name(f"Awa {number}", "Diop")]) for number in range(count)]
    over = [open_file(by, house.open, [Name(f"Ancien {number}", "Diop")]).pk for number in range(count)]
    work.Enrolment.objects.filter(person__in=over).update(last_seen=date(2009, 1, 1))
    for person in (*persons, *[house.awa] * count):
        mine: dict[str, Any] = {"person": person, "programme": house.open}
        work.Service.objects.create(**mine, service="orientation", starts_on=today, staff=by)
        work.FollowUp.objects.create(**mine, due_on=today, staff=by)
        work.Appointment.objects.create(**mine, starts_at=timezone.now(), staff=by)
        work.WaitingEntry.objects.create(**mine, service="housing", joined_on=today)
        work.Need.objects.create(**mine, service="housing", opened_on=DAY)
        work.Referral.objects.create(**mine, to_name="Clinique", sent_on=DAY)
        Correction.objects.create(person=person, field="phone", before="1", after="2", corrected_by=by)
        Request.objects.create(person=person, asked_for="copy", asked_on=DAY, received_by=by)
        write_note(by, person, house.open, "Une note", DAY)
    for person in persons:
        work.Assignment.objects.create(person=person, programme=house.open, staff=by, from_on=DAY)
        session = work.GroupSession.objects.create(programme=house.open, service="orientation", held_on=today, staff=by)
        work.Service.objects.create(
            person=person, programme=house.open, session=session, service="orientation", starts_on=today
        )
        work.TurnedAway.objects.create(programme=house.open, service="housing", day=today)
        work.StaffHours.objects.create(programme=house.open, staff=by, day=today, minutes=60)
        Destruction.objects.create(destroyed_by=by, ground="request", rows=1)
        Incident.objects.create(described="…", circumstances="…", happened="…", known_on=DAY, written_by=by)
    record_accesses(by, [person.reference for person in persons], Act.LOOKED)


def test_no_page_asks_more_questions_when_there_is_more_to_show(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every address of the resolver that answers to a GET: as many queries for fourteen lines of everything as for three."""
    monkeypatch.setattr("sansnom.desk.accounts.access.SAME_VISIT", timedelta(days=1))  # on a slow machine, too
    create_key_file(key_path(), "cinq mots que nous seules savons", "2027-03-04", CHEAP, DATABASE_KEY)
    house, counted = two_programmes(desk), dict[str, list[int]]()
    director.post("/people/", {"text": "Awa Diop"})
    asked = [(route.name, route.with_file(house.awa.reference)) for route in ALL if route.name not in FILES]
    asked.append(("found", "/people/?found=1"))
    for more in (FIRST, MORE):
        grow(house, more)
        for name, address in asked:
            if director.get(address).status_code == 200:  # once before, so that the trail and the session are written
                with CaptureQueriesContext(connection) as queries:
                    director.get(address)
                counted.setdefault(name, []).append(len(queries))
    assert {"work:today", "work:waiting", "work:caseload", "rights:review", "accounts:trail"} <= set(counted)
    assert {name: told for name, told in counted.items() if len(set(told)) > 1} == {}


def pages(client: Client, address: str, rows: str, after: str = "next") -> list[Any]:
    """Read every page of a list, and give what the pages hold, in order."""
    found, path = [], address
    for _ in range(20):
        page = client.get(path).context
        found += list(page[rows])
        last = page[after]
        if last is None:
            return found
        key = "before" if after == "older" else "after"
        told = last.pk if after == "older" else last.reference if isinstance(last, Person) else seal(last.pk)
        path = f"{address}{'&' if '?' in address else '?'}{key}={told}"
    raise AssertionError


def test_a_caseload_goes_on_after_people_of_the_same_name(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file that is followed stands on one page, also where many bear one name; few files or many, the list is the same."""
    house, by = two_programmes(desk), desk.director
    persons = [open_file(by, house.open, [Name("Awa", "Diop")]) for _ in range(70)]
    for person in persons:
        work.Assignment.objects.create(person=person, programme=house.open, staff=by, from_on=DAY)
    few = pages(director, "/work/caseload/", "assignments")
    monkeypatch.setattr("sansnom.desk.work.lists.FEW", 5)
    many = pages(director, "/work/caseload/", "assignments")
    assert [row.person_id for row in few] == [row.person_id for row in many] == [person.pk for person in persons]
    assert "70" in director.get("/work/caseload/").content.decode()


def test_the_waiting_list_goes_on_after_those_of_no_known_day(desk: Desk, director: Client) -> None:
    """Whoever waits since an unknown day comes first; nobody is lost or told twice between pages."""
    house = two_programmes(desk)
    days = [None] * 70 + [DAY + timedelta(days=number // 9) for number in range(90)]
    for day in days:
        work.WaitingEntry.objects.create(programme=house.open, service="housing", joined_on=day)
    found = pages(director, "/work/waiting/", "entries")
    assert [row.joined_on for row in found] == days
    assert len({row.pk for row in found}) == len(days)


def test_what_is_to_do_goes_on_page_by_page(desk: Desk, director: Client) -> None:
    """The day shows the first; the agenda has all of them, each once."""
    house = two_programmes(desk)
    for number in range(150):
        work.FollowUp.objects.create(
            person=house.awa,
            programme=house.open,
            due_on=timezone.localdate() - timedelta(days=number // 40),
            staff=desk.director,
        )
    assert director.get("/today/").content.decode().count('href="/work/acts/follow-up/') <= 40
    found = pages(director, "/work/agenda/", "due")
    assert [row.due_on for row in found] == sorted(row.due_on for row in found)
    assert len({row.pk for row in found}) == 150


def test_the_trail_goes_on_and_comes_back_to_its_newest_entries(desk: Desk, director: Client) -> None:
    """Older entries follow by their number; the first page leads to no newer one."""
    house = two_programmes(desk)
    record_accesses(desk.director, [house.awa.reference] * 250, Act.CHANGED)
    found = pages(director, "/settings/trail/", "entries", "older")
    assert [entry.pk for entry in found] == sorted((entry.pk for entry in found), reverse=True)
    assert len(found) >= 250
    assert director.get("/settings/trail/?before=1").context["older"] is None
    assert director.get(f"/settings/trail/?before={'9' * 40}").status_code == 200


def test_files_whose_time_is_over_are_listed_once_by_their_last_act(desk: Desk, director: Client) -> None:
    """The last act of any programme counts, hidden ones too; whatever is still to come keeps a file off the list."""
    house, by = two_programmes(desk), desk.director
    long_ago = datetime(2010, 1, 1, tzinfo=UTC)
    places: dict[str, list[date | None]] = {
        "both": [date(2012, 1, 1), date(2013, 1, 1)],
        "fresh": [date(2012, 1, 1), timezone.localdate()],
        "one": [date(2011, 5, 1)],
        "never": [None, None],
        "waits": [date(2011, 6, 1)],
    }
    other = work.Programme.objects.create(name_fr="Autre", name_en="Other")
    made: dict[str, Person] = {}
    for name, days in places.items():
        made[name] = open_file(by, house.open, [Name(name, "Diop")])
        work.Enrolment.objects.filter(person=made[name]).update(last_seen=days[0])
        if days[1:]:
            work.Enrolment.objects.create(person=made[name], programme=other, last_seen=days[1])
    for number in range(60):
        person = open_file(by, house.open, [Name(f"Ancien {number}", "Diop")])
        work.Enrolment.objects.filter(person=person).update(last_seen=date(2009, 1, 1) + timedelta(days=number // 7))
    Person.objects.update(opened_at=long_ago)
    Person.objects.filter(pk__in=(house.awa.pk, house.hidden.pk)).update(opened_at=timezone.now())
    work.WaitingEntry.objects.create(person=made["waits"], programme=house.open, service="housing")
    hidden = work.Enrolment.objects.create(person=made["one"], programme=house.shelter, last_seen=timezone.localdate())
    found = pages(director, "/rights/review/", "lines")
    assert [row.person.pk for row in found[60:]] == [made["both"].pk, made["never"].pk]
    hidden.delete()
    found = pages(director, "/rights/review/", "lines")
    assert [row.person.pk for row in found[60:]] == [made["one"].pk, made["both"].pk, made["never"].pk]
    assert [row.last_seen for row in found[60:]] == [date(2011, 5, 1), date(2013, 1, 1), None]
    assert len({row.person_id for row in found}) == 63
