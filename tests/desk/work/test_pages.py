"""Doing the work through its pages: what is typed is what is kept, and what is removed comes back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.house.models import Draft
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.work import models as work
from sansnom.desk.work.addresses import seal, unseal
from sansnom.desk.work.fields import MinutesField
from sansnom.desk.work.notes import current_versions
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes
from tests.desk.work.done import two_done

TODAY = timezone.localdate


@pytest.fixture
def house(desk: Desk) -> House:
    """Give the two programmes."""
    return two_programmes(desk)


def sent(browser: Client, address: str, told: Mapping[str, Any]) -> str:
    """Send a form that is taken, and give where it leads."""
    answer = browser.post(address, told)
    assert answer.status_code == 302, errors_in(answer.content.decode())
    return answer.headers["Location"]


def errors_in(page: str) -> str:
    """Give the summary of errors of a page."""
    return page.partition('class="summary"')[2][:600]


def undo_in(page: str) -> str:
    """Give where the undo button of a page posts to."""
    return page.partition('class="message')[2].partition('action="')[2].partition('"')[0]


def new(house: House, browser: Client, word: str, **told: Any) -> str:
    """Send the form of a new act of Awa's, in the open programme."""
    told.setdefault("programme", seal(house.open.pk))
    return sent(browser, f"/work/{house.awa.reference}/new/{word}/", told)


def test_a_service_its_note_and_what_follows_are_one_form(house: House, counsellor: Client) -> None:
    """One form records the act with a length of time as people write it, the note, and the thing to do; the draft is forgotten."""
    house.open.members.add(house.desk.counsellor)
    kept = {"form": f"work.act:service:{house.awa.reference}", "fields": '[["note", "à moitié"]]'}
    assert counsellor.post("/draft/", kept).status_code == 204
    told = {
        "service": "housing", "starts_on": "2026-02-03", "minutes": "1 h 30", "status": "completed", "mode": "phone",
        "programme": seal(house.open.pk), "note": "Visite prévue.", "follow_up_words": "Rappeler", "follow_up_on": "2026-02-10",
        "staff": house.desk.counsellor.pk, "interpreter_language": "ar", "childcare": "on", "draft": kept["form"],
    }  # fmt: skip
    where = sent(counsellor, f"/work/{house.awa.reference}/service/", told)
    assert where == f"/people/{house.awa.reference}/#services"
    row = work.Service.objects.get()
    assert (row.minutes, row.mode, row.interpreter_language, row.childcare) == (90, "phone", "ar", True)
    assert work.FollowUp.objects.get().due_on == date(2026, 2, 10)
    assert work.CaseNoteVersion.objects.get().words == "Visite prévue."
    assert not Draft.objects.exists()
    assert Act.CHANGED in TrailEntry.objects.values_list("act", flat=True)


def test_an_act_is_changed_removed_and_put_back(house: House, counsellor: Client) -> None:
    """Undo gives the same row back, and the day of the last visit is right after each step."""
    new(house, counsellor, "service", service="housing", starts_on="2026-02-03", status="completed")
    row = work.Service.objects.get()
    address, place = f"/work/acts/service/{seal(row.pk)}/", work.Enrolment.objects.get(person=house.awa)
    told = {"service": "health", "starts_on": "2026-02-05", "status": "completed", "programme": seal(house.open.pk)}
    sent(counsellor, address, told)
    place.refresh_from_db()
    assert place.last_seen == date(2026, 2, 5)
    page = counsellor.get(sent(counsellor, f"{address}remove/", {})).content.decode()
    assert work.Service.objects.count() == 0
    assert work.Enrolment.objects.get(pk=place.pk).last_seen is None
    sent(counsellor, undo_in(page), {})
    place.refresh_from_db()
    assert (work.Service.objects.get().pk, place.last_seen) == (row.pk, date(2026, 2, 5))


def test_nobody_puts_back_what_another_removed(desk: Desk, counsellor: Client, director: Client) -> None:
    """The address of an undo is worth nothing to somebody else; erasing the file leaves nothing to put back."""
    open_done, _ = two_done(desk)
    page = counsellor.get(sent(counsellor, f"/work/acts/goal/{seal(open_done.rows['goal'].pk)}/remove/", {}))
    sent(director, undo_in(page.content.decode()), {})
    assert work.Goal.objects.filter(person=open_done.person).count() == 0
    open_done.person.delete()
    assert not work.Removed.objects.exists()


def test_needs_are_ticked_together_and_closed_with_an_outcome(house: House, counsellor: Client) -> None:
    """Three ticks open three needs; closing asks for an outcome, and takes today unless told."""
    new(house, counsellor, "need", services=["housing", "health", "school"], opened_on="2026-02-03")
    assert work.Need.objects.filter(closed_on=None).count() == 3
    row = work.Need.objects.get(service="health")
    told = {"service": "health", "opened_on": "2026-02-03", "programme": seal(house.open.pk)}
    address = f"/work/acts/need/{seal(row.pk)}/"
    assert counsellor.post(address, {**told, "closed_on": "2026-02-20"}).status_code == 200
    sent(counsellor, address, {**told, "outcome": "partly"})
    row.refresh_from_db()
    assert (row.outcome, row.closed_on) == ("partly", TODAY())


def test_four_skills_are_assessed_at_once(house: House, counsellor: Client) -> None:
    """Levels from 1 to 12 on the Quebec scale; those left empty were not assessed; none at all is asked for again."""
    told = {"scale": "EQ", "assessed_on": "2026-02-03", "listening": "4", "speaking": "3", "writing": "12"}
    new(house, counsellor, "assessment", **told)
    levels = dict(work.Assessment.objects.values_list("skill", "level"))
    assert levels == {"listening": 4, "speaking": 3, "writing": 12}
    empty = {"scale": "CLB", "assessed_on": "2026-02-03", "programme": seal(house.open.pk)}
    assert counsellor.post(f"/work/{house.awa.reference}/new/assessment/", empty).status_code == 200
    assert (
        counsellor.post(f"/work/{house.awa.reference}/new/assessment/", {**empty, "reading": "13"}).status_code == 200
    )
    assert work.Assessment.objects.count() == 3


def test_progress_is_kept(house: House, counsellor: Client) -> None:
    """Employment, education, a goal in Arabic, a referral accepted and completed, a place on the waiting list."""
    new(house, counsellor, "employment", status="part_time", observed_on="2026-02-03")
    new(house, counsellor, "education", status="part_time_training", observed_on="2026-02-03")
    new(house, counsellor, "goal", words="أريد أن أعمل ممرضة", set_on="2026-02-03", rating_start="2")
    new(
        house,
        counsellor,
        "referral",
        to_name="Le Pont",
        service="health",
        sent_on="2026-02-03",
        accepted="unknown",
        completed="unknown",
    )
    new(house, counsellor, "waiting", service="french_course", joined_on="2026-02-03")
    new(house, counsellor, "follow-up", words="Rappeler", due_on="2026-03-01", staff=house.desk.counsellor.pk)
    row = work.Referral.objects.get()
    assert row.accepted is None
    told = {
        "to_name": "Le Pont",
        "sent_on": "2026-02-03",
        "accepted": "true",
        "completed": "true",
        "programme": seal(house.open.pk),
    }
    sent(counsellor, f"/work/acts/referral/{seal(row.pk)}/", told)
    assert list(work.Referral.objects.values_list("accepted", "completed")) == [(True, True)]
    page = counsellor.get(f"/people/{house.awa.reference}/").content.decode()
    assert "أريد أن أعمل ممرضة" in page
    assert "Le Pont" in page


def test_an_appointment_becomes_a_service(house: House, counsellor: Client) -> None:
    """Kept leads to the service's form, filled; sent, the appointment is kept. Missed can be taken back."""
    here = timezone.localtime()
    told = {"day": here.date(), "time": "10:30", "minutes": "45", "state": "planned", "staff": house.desk.counsellor.pk}
    new(house, counsellor, "appointment", service="health", **told)
    row = work.Appointment.objects.get()
    assert timezone.localtime(row.starts_at).strftime("%H:%M") == "10:30"
    missed = sent(counsellor, f"/work/appointments/{seal(row.pk)}/settle/", {"state": "missed"})
    sent(counsellor, undo_in(counsellor.get(missed).content.decode()), {})
    row.refresh_from_db()
    assert row.state == "planned"
    form = counsellor.get(
        f"/work/{house.awa.reference}/service/?appointment={seal(row.pk)}&from=today"
    ).content.decode()
    assert 'value="health" selected' in form
    told = {
        "service": "health",
        "starts_on": here.date(),
        "minutes": "45",
        "status": "completed",
        "programme": seal(house.open.pk),
    }
    where = sent(
        counsellor, f"/work/{house.awa.reference}/service/", {**told, "appointment": seal(row.pk), "from": "today"}
    )
    row.refresh_from_db()
    assert (where, row.state) == ("/today/", "kept")


def test_turned_away_is_two_clicks_and_nobodys_file(house: House, counsellor: Client) -> None:
    """From today's page: a service, a reason. No person is in it, and the second page takes it back."""
    page = counsellor.get("/today/").content.decode()
    assert 'href="/work/turned-away/reception/"' in page
    where = sent(counsellor, "/work/turned-away/reception/", {"reason": "no_place", "count": "1", "day": TODAY()})
    assert list(work.TurnedAway.objects.values_list("service", "reason")) == [("reception", "no_place")]
    sent(counsellor, undo_in(counsellor.get(where).content.decode()), {})
    assert not work.TurnedAway.objects.exists()


def test_the_waiting_list_is_left_for_a_reason_and_joined_again(house: House, counsellor: Client) -> None:
    """Somebody without a file waits; they leave with a reason; undo puts them back."""
    told = {"service": "french_course", "joined_on": "2026-02-03", "programme": seal(house.open.pk)}
    sent(counsellor, "/work/waiting/new/", told)
    row = work.WaitingEntry.objects.get()
    where = sent(counsellor, f"/work/waiting/{seal(row.pk)}/leave/", {"reason": "served"})
    row.refresh_from_db()
    assert (row.person_id, row.left_on, row.reason) == (None, TODAY(), "served")
    sent(counsellor, undo_in(counsellor.get(where).content.decode()), {})
    row.refresh_from_db()
    assert row.left_on is None


def test_a_note_is_amended_and_its_first_version_stays(house: House, counsellor: Client) -> None:
    """Two versions to read; who saves over a version they did not see is asked to read it first."""
    house.open.members.add(house.desk.counsellor)
    told = {"words": "Première", "about_on": "2026-02-03", "programme": seal(house.open.pk)}
    sent(counsellor, f"/work/{house.awa.reference}/note/", told)
    note = work.CaseNote.objects.get()
    sent(counsellor, f"/work/notes/{seal(note.pk)}/", {"words": "Seconde", "seen": "1"})
    late = counsellor.post(f"/work/notes/{seal(note.pk)}/", {"words": "Trop tard", "seen": "1"})
    assert late.status_code == 200
    assert "Seconde" in late.content.decode()
    assert current_versions([note])[note.pk].words == "Seconde"
    page = counsellor.get(f"/work/notes/{seal(note.pk)}/versions/").content.decode()
    assert "Première" in page
    assert "Seconde" in page


# ---------------------------------------------------------------------------------------------------- today's quick entry


def quick(house: House, **told: str) -> dict[str, str]:
    """Give what the quick entry sends."""
    return {"service": "information", "minutes": "15", "starts_on": TODAY().isoformat(), "programme": "", **told}


def test_the_quick_entry_records_who_was_picked_and_can_be_undone(house: House, counsellor: Client) -> None:
    """A suggestion's line or reference records at once, in the person's usual programme."""
    line = f"Awa Diop · {house.awa.file_number}"
    page = counsellor.get(sent(counsellor, "/today/quick/", quick(house, who=line)))
    row = work.Service.objects.get()
    assert (row.person, row.programme, row.minutes) == (house.awa, house.open, 15)
    sent(counsellor, undo_in(page.content.decode()), {})
    assert not work.Service.objects.exists()
    sent(counsellor, "/today/quick/", quick(house, who="Zohra", person=str(house.hidden.reference)))
    assert work.Service.objects.get().programme == house.shelter


def test_the_quick_entry_asks_who_is_meant(house: House, counsellor: Client, director: Client) -> None:
    """A name alone records nothing: the page offers who it may be; who is hidden is offered to nobody outside."""
    page = counsellor.post("/today/quick/", quick(house, who="diop"))
    assert str(house.awa.reference) in page.content.decode()
    assert "Mansouri" in counsellor.post("/work/find/", {"text": "mansouri"}).json()["persons"][0]["name"]
    assert director.post("/work/find/", {"text": "mansouri"}).json() == {"persons": []}
    assert (
        director.post("/today/quick/", quick(house, who="Zohra", person=str(house.hidden.reference))).status_code == 404
    )
    assert not work.Service.objects.exists()


# ---------------------------------------------------------------------------------------------------- groups


def meeting(house: House, **told: Any) -> dict[str, Any]:
    """Give what the page of a session sends."""
    first = {
        "service": "french_practice",
        "title": "Causerie",
        "held_on": "2026-02-03",
        "minutes": "90",
        "unnamed_count": "2",
    }
    return {**first, "programme": seal(house.open.pk), **told}


def some_people(house: House, count: int) -> list[Person]:
    """Open files."""
    return [open_file(house.desk.counsellor, house.open, [Name(f"Nom{n}", "Diallo")]) for n in range(count)]


def test_a_session_is_written_read_again_and_repeated(house: House, counsellor: Client) -> None:
    """The sheet holds who came and who did not; the same group comes back with everybody ticked, and nothing saved yet."""
    people = [str(person.reference) for person in some_people(house, 20)]
    sent(counsellor, "/work/sessions/new/", meeting(house, person=people, came=people[:18]))
    session = work.GroupSession.objects.get()
    assert session.services.filter(status="completed").count() == 18
    assert session.services.filter(status="no_show").count() == 2
    assert TrailEntry.objects.filter(act=Act.CHANGED).count() == 20
    page = counsellor.get(f"/work/sessions/new/?repeat={seal(session.pk)}").content.decode()
    assert page.count('name="came"') - 1 == page.count(" checked>") - 1 == 20
    assert "Causerie" in page
    assert work.GroupSession.objects.count() == 1
    sent(
        counsellor,
        f"/work/sessions/{seal(session.pk)}/",
        meeting(house, held_on="2026-02-04", person=people[:5], came=people[:5]),
    )
    assert list(session.services.values_list("starts_on", flat=True)) == [date(2026, 2, 4)] * 5


def test_the_sheet_works_without_the_script(house: House, counsellor: Client) -> None:
    """Adding is a button: one person found is on the sheet, several are offered, none is said; nothing typed is lost."""
    people = some_people(house, 3)
    first = counsellor.post(
        "/work/sessions/new/", meeting(house, who="Awa Diop", add="1", unnamed_count="7")
    ).content.decode()
    assert f'name="person" value="{house.awa.reference}"' in first
    assert 'value="7"' in first
    assert 'role="alert"' not in first
    several = counsellor.post(
        "/work/sessions/new/", meeting(house, who="Diallo", person=str(house.awa.reference))
    ).content.decode()
    assert several.count('name="pick"') == 3
    assert f'name="person" value="{house.awa.reference}"' in several
    picked = counsellor.post(
        "/work/sessions/new/", meeting(house, who="Diallo", pick=str(people[1].reference))
    ).content.decode()
    assert f'name="person" value="{people[1].reference}"' in picked
    dropped = counsellor.post(
        "/work/sessions/new/", meeting(house, person=str(people[1].reference), drop=str(people[1].reference))
    )
    assert f'name="person" value="{people[1].reference}"' not in dropped.content.decode()
    assert not work.GroupSession.objects.exists()


def test_a_hidden_person_is_put_on_no_sheet(house: House, director: Client) -> None:
    """An outsider who knows the reference of a hidden file puts nobody on the sheet."""
    hidden = str(house.hidden.reference)
    sent(director, "/work/sessions/new/", meeting(house, person=[hidden, str(house.awa.reference)], came=[hidden]))
    assert list(work.Service.objects.values_list("person", "status")) == [(house.awa.pk, "no_show")]


def test_attendance_is_not_written_in_advance(house: House, counsellor: Client) -> None:
    """A session to come may be planned, without its sheet."""
    tomorrow = TODAY() + timedelta(days=1)
    awa = str(house.awa.reference)
    assert (
        counsellor.post("/work/sessions/new/", meeting(house, held_on=tomorrow, person=awa, came=awa)).status_code
        == 200
    )
    sent(counsellor, "/work/sessions/new/", meeting(house, held_on=tomorrow))
    assert work.GroupSession.objects.get().held_on == tomorrow


def test_a_session_is_removed_with_its_sheet_and_put_back(house: House, counsellor: Client) -> None:
    """Session, sheet and last days come back whole."""
    people = some_people(house, 4)
    told = [str(person.reference) for person in people]
    sent(counsellor, "/work/sessions/new/", meeting(house, person=told, came=told))
    session = work.GroupSession.objects.get()
    page = counsellor.get(sent(counsellor, f"/work/sessions/{seal(session.pk)}/remove/", {})).content.decode()
    assert (work.GroupSession.objects.count(), work.Service.objects.count()) == (0, 0)
    assert not work.Enrolment.objects.exclude(last_seen=None).exists()
    sent(counsellor, undo_in(page), {})
    assert work.GroupSession.objects.get().services.count() == 4
    assert work.Enrolment.objects.filter(last_seen=date(2026, 2, 3)).count() == 4


# ---------------------------------------------------------------------------------------------------- programmes, caseload, hours


def test_a_confidential_programme_keeps_somebody_who_leads_it(house: House, director: Client) -> None:
    """Opened with counsellors alone it is refused; with the director it is there, for its members."""
    told = {"name_fr": "Écoute", "confidential": "on", "members": [seal(house.desk.counsellor.pk)]}
    assert director.post("/work/programmes/new/", told).status_code == 200
    told["members"] = [seal(house.desk.counsellor.pk), seal(house.desk.director.pk)]
    sent(director, "/work/programmes/new/", told)
    made = work.Programme.objects.get(name_fr="Écoute")
    assert (made.name_en, made.members.count()) == ("Écoute", 2)


def test_grants_and_costs_are_whole_cents(house: House, coordinator: Client) -> None:
    """Amounts are written as people write them, in both languages."""
    funder = work.Funder.objects.create(name_fr="Ministère", name_en="Ministry")
    told = {
        "funder": seal(funder.pk),
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
        "amount_cents": "12 345,60 $",
    }
    sent(coordinator, f"/work/programmes/{seal(house.open.pk)}/grants/new/", told)
    grant = work.Grant.objects.get()
    assert (grant.amount_cents, grant.spent_cents) == (1_234_560, None)
    sent(coordinator, f"/work/grants/{seal(grant.pk)}/", {**told, "amount_cents": "12345.60", "spent_cents": "0"})
    grant.refresh_from_db()
    assert grant.spent_cents == 0


def test_a_caseload_changes_hands(desk: Desk, counsellor: Client, coordinator: Client) -> None:
    """A coordinator hands over another's files, as far as the one who receives is in the programme."""
    open_done, _ = two_done(desk)
    mine = counsellor.get("/work/caseload/").content.decode()
    assert "Awa Diop" in mine
    assert "Mansouri" in mine
    told = {"colleague": desk.counsellor.pk, "to": desk.coordinator.pk, "all": "1"}
    sent(coordinator, "/work/caseload/transfer/", told)
    followed = work.Assignment.objects.filter(until_on=None)
    assert followed.get(person=open_done.person).staff_id == desk.coordinator.pk
    assert followed.exclude(person=open_done.person).get().staff_id == desk.counsellor.pk
    assert counsellor.get(f"/work/caseload/?colleague={desk.coordinator.pk}").status_code == 404


def test_a_place_is_closed_and_opened_again(desk: Desk, counsellor: Client) -> None:
    """Closing ends the following there; undo opens the place again."""
    open_done, _ = two_done(desk)
    where = sent(counsellor, f"/work/places/{seal(open_done.place.pk)}/close/", {"closing": "moved"})
    assert not work.Assignment.objects.filter(person=open_done.person, until_on=None).exists()
    sent(counsellor, undo_in(counsellor.get(where.partition("#")[0]).content.decode()), {})
    assert work.Enrolment.objects.get(pk=open_done.place.pk).closed_on is None


def test_services_bear_the_organizations_own_names(house: House, coordinator: Client, counsellor: Client) -> None:
    """A name of one's own is shown, in its language; a service not offered is no choice; acts keep the common code."""
    told = {f"{service}-offered": "on" for service in ("housing", "health")}
    sent(coordinator, "/work/catalogue/", {**told, "housing-name_fr": "Coup de pouce logement"})
    assert work.ServiceName.objects.get(service="housing").offered
    form = counsellor.get(f"/work/{house.awa.reference}/service/").content.decode()
    assert "Coup de pouce logement" in form
    assert 'value="citizenship">' not in form.partition('id="id_programme"')[0]
    counsellor.cookies["desk_language"] = "en"
    assert "Help finding housing" in counsellor.get(f"/work/{house.awa.reference}/service/").content.decode()


def test_hours_are_ones_own(house: House, counsellor: Client, director: Client) -> None:
    """Hours are written by who worked them; another cannot remove them."""
    told = {"minutes": "7,5 h", "kind": "direct", "day": "2026-02-03", "programme": seal(house.open.pk)}
    sent(counsellor, "/work/hours/", told)
    row = work.StaffHours.objects.get()
    assert row.minutes == 450
    assert director.post(f"/work/hours/{seal(row.pk)}/remove/").status_code == 404
    sent(counsellor, f"/work/hours/{seal(row.pk)}/remove/", {})
    assert not work.StaffHours.objects.exists()


# ---------------------------------------------------------------------------------------------------- small parts


@pytest.mark.usefixtures("desk", "in_french")
@pytest.mark.parametrize(
    ("told", "minutes"),
    [
        ("45", 45),
        ("45 min", 45),
        ("1 h 30", 90),
        ("1h30", 90),
        ("1:05", 65),
        ("2 h", 120),
        ("1,5 h", 90),
        ("0.25", 15),
        ("", None),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(told: str, minutes: int | None) -> None:
    """Minutes, hours and minutes, or hours with a comma or a point."""
    assert MinutesField().clean(told) == minutes


def test_sealed_numbers_come_back(desk: Desk) -> None:
    """Each number has one sealed form; another's is nobody's."""
    assert [unseal(seal(number)) for number in (1, 2, 10**9)] == [1, 2, 10**9]
    with pytest.raises(ValueError, match="not sealed"):
        unseal("00" * 16)


def test_pages_ask_a_fixed_number_of_questions(
    house: House, counsellor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy day, a full sheet and a long file cost as many queries as nearly empty ones."""
    monkeypatch.setattr("sansnom.desk.accounts.access.SAME_VISIT", timedelta(days=1))  # on a slow machine, too
    counts: list[list[int]] = []
    session = work.GroupSession.objects.create(programme=house.open, service="community", held_on=TODAY())
    pages = [
        "/today/", "/work/agenda/", "/work/sessions/", f"/work/sessions/{seal(session.pk)}/", "/work/waiting/", "/work/caseload/",
        f"/people/{house.awa.reference}/", f"/work/{house.awa.reference}/services/", "/work/turned-away/", "/work/hours/",
    ]  # fmt: skip
    for count in (2, 12):
        fill(house, session, count)
        for page in pages:  # the trail writes once a visit: look once before counting
            counsellor.get(page)
        counts.append([])
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert counsellor.get(page).status_code == 200
            counts[-1].append(len(asked))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 45


def fill(house: House, session: work.GroupSession, count: int) -> None:
    """Make rows of what these pages list."""
    by, day = house.desk.counsellor, TODAY()
    for person in [house.awa, *some_people(house, count)]:
        common: dict[str, Any] = {"person": person, "programme": house.open}
        work.Service.objects.get_or_create(session=session, service="community", starts_on=day, staff=by, **common)
        for _ in range(count):
            work.Service.objects.create(service="housing", starts_on=day, staff=by, **common)
        work.Appointment.objects.create(staff=by, starts_at=timezone.now(), **common)
        work.FollowUp.objects.create(staff=by, due_on=day, words="x", **common)
        work.WaitingEntry.objects.create(service="housing", joined_on=day, **common)
        work.Assignment.objects.get_or_create(staff=by, defaults={"from_on": day}, **common)
        work.StaffHours.objects.create(programme=house.open, staff=by, day=day, minutes=5)
        work.TurnedAway.objects.create(service="housing", day=day)
