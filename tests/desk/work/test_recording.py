"""Recording: acts, attendance, notes that are never overwritten, caseloads that change hands."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sansnom.desk.people.naming import Name
from sansnom.desk.work.lists import caseload, recent_files, today
from sansnom.desk.work.models import Appointment, CaseNoteVersion, Enrolment, FollowUp, GroupSession, Need, Service
from sansnom.desk.work.notes import amend_note, current_versions, notes_seen_by, write_note
from sansnom.desk.work.opening import assign, leave, open_file, transfer_caseload
from sansnom.desk.work.recording import record_group, record_service, see_again
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, two_programmes


def test_a_group_is_recorded_in_a_fixed_number_of_questions(desk: Desk) -> None:
    """Thirty names cost as many queries as three; the sheet can be written again."""
    house = two_programmes(desk)
    people = [open_file(desk.counsellor, house.open, [Name(f"Nom {n}", "Diallo")]) for n in range(30)]
    counts = []
    for chosen in (people[:3], people):
        held = GroupSession.objects.create(programme=house.open, service="french_practice", held_on=DAY, minutes=90)
        with CaptureQueriesContext(connection) as asked:
            came = record_group(desk.counsellor, held, {person.pk: n % 3 > 0 for n, person in enumerate(chosen)})
        assert came == len([n for n in range(len(chosen)) if n % 3 > 0])
        counts.append(len(asked))
    assert counts[0] == counts[1]
    session = GroupSession.objects.latest("pk")
    again = {person.pk: True for person in people[:10]}
    assert record_group(desk.counsellor, session, again) == 10
    assert session.services.count() == session.services.filter(status="completed").count() == 10
    assert list(Enrolment.objects.filter(person=people[5]).values_list("last_seen", flat=True)) == [DAY]


def test_an_absence_is_no_visit(desk: Desk) -> None:
    """Who did not come is on the sheet, and was not seen."""
    house = two_programmes(desk)
    session = GroupSession.objects.create(programme=house.open, service="french_practice", held_on=DAY)
    record_group(desk.counsellor, session, {house.awa.pk: False})
    assert Service.objects.get().status == "no_show"
    assert Enrolment.objects.get(person=house.awa).last_seen is None


def test_the_last_day_moves_forward_and_is_counted_anew_when_an_act_goes(desk: Desk) -> None:
    """An older act does not move it back; taking an act back does."""
    house = two_programmes(desk)
    record_service(desk.counsellor, house.awa, house.open, service="housing", starts_on=DAY)
    new = record_service(desk.counsellor, house.awa, house.open, service="housing", starts_on=DAY + timedelta(days=9))
    record_service(desk.counsellor, house.awa, house.open, service="housing", starts_on=DAY - timedelta(days=9))
    assert Enrolment.objects.get(person=house.awa).last_seen == new.starts_on
    assert recent_files(desk.counsellor) == [house.awa]
    new.delete()
    see_again(house.awa, house.open)
    assert Enrolment.objects.get(person=house.awa).last_seen == DAY


def test_a_note_is_amended_and_never_overwritten(desk: Desk) -> None:
    """Every wording stays; saving over one is refused, and two who amend at once do not lose one's words."""
    house = two_programmes(desk)
    house.open.members.add(desk.counsellor, desk.director)
    note = write_note(desk.counsellor, house.awa, house.open, "première version", DAY)
    first = note.versions.get()
    first.words = "autre chose"
    with pytest.raises(BrokenInvariant, match="note"):
        first.save()
    amend_note(desk.director, note, "deuxième version", seen=1)
    with pytest.raises(PolicyRefusal, match="amended"):
        amend_note(desk.counsellor, note, "en même temps", seen=1)
    assert list(note.versions.order_by("number").values_list("words", flat=True)) == [
        "première version",
        "deuxième version",
    ]
    assert current_versions([note])[note.pk].words == "deuxième version"


def test_notes_are_for_members_even_in_an_open_programme(desk: Desk) -> None:
    """A colleague who sees the file does not read its notes unless they belong to the programme; nor write any."""
    house = two_programmes(desk)
    house.open.members.add(desk.counsellor)
    note = write_note(desk.counsellor, house.awa, house.open, "confidence", DAY)
    assert list(notes_seen_by(desk.counsellor)) == [note]
    assert not notes_seen_by(desk.director)
    for act in (
        lambda: write_note(desk.director, house.awa, house.open, "x", DAY),
        lambda: amend_note(desk.director, note, "x", seen=1),
    ):
        with pytest.raises(PolicyRefusal, match="outside"):
            act()
    assert CaseNoteVersion.objects.count() == 1


def test_a_caseload_changes_hands_with_its_history(desk: Desk) -> None:
    """A transfer ends one assignment and begins the next, for the programme's files alone; a colleague outside gets none."""
    house = two_programmes(desk)
    people = [open_file(desk.counsellor, house.open, [Name(f"N {n}")]) for n in range(3)]
    assert assign(desk.counsellor, [*people, house.hidden], house.open, desk.counsellor, DAY) == 3
    assert transfer_caseload(desk.counsellor, desk.counsellor, desk.director, house.open, DAY + timedelta(days=1)) == 3
    assert list(caseload(desk.director, desk.director)) == people
    assert not caseload(desk.director, desk.counsellor)
    assert people[0].assignments.count() == 2
    with pytest.raises(PolicyRefusal, match="programme"):
        assign(desk.counsellor, [house.hidden], house.shelter, desk.director)
    leave(desk.counsellor, people[0], house.open, "moved", DAY)
    assert list(caseload(desk.director, desk.director)) == people[1:]


def test_today_is_three_questions_and_ones_own(desk: Desk) -> None:
    """Appointments of the day, follow-ups due, acts recorded: mine alone."""
    from django.utils import timezone

    house = two_programmes(desk)
    now = timezone.now()
    day = timezone.localdate(now)
    for staff in (desk.counsellor, desk.director):
        Appointment.objects.create(person=house.awa, programme=house.open, staff=staff, starts_at=now)
        FollowUp.objects.create(person=house.awa, programme=house.open, staff=staff, due_on=day - timedelta(days=2))
        record_service(staff, house.awa, house.open, service="housing", starts_on=day)
    with CaptureQueriesContext(connection) as asked:
        mine = today(desk.counsellor, day)
        told = [row.person.shown_name for rows in (mine.appointments, mine.due, mine.recorded) for row in rows]
    assert told == ["Awa Diop"] * 3
    assert len(asked) == 3


def test_the_database_refuses_what_cannot_be(desk: Desk) -> None:
    """A closed need without outcome, an end before the start, the same person twice on a sheet: no code path lets them in."""
    house = two_programmes(desk)
    session = GroupSession.objects.create(programme=house.open, service="youth", held_on=DAY)
    common = {"person": house.awa, "programme": house.open, "service": "youth"}
    wrong = (
        lambda: Need.objects.create(**common, opened_on=DAY, closed_on=DAY),
        lambda: Service.objects.create(**common, starts_on=DAY, ends_on=DAY - timedelta(days=1)),
        lambda: [Service.objects.create(**common, session=session, starts_on=DAY) for _ in range(2)],
        lambda: Enrolment.objects.create(person=house.awa, programme=house.open),
    )
    for act in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.guarantee("G-10")
def test_a_row_never_tells_its_content(desk: Desk) -> None:
    """The representation of a file, a name, a note, an act: table and number, in tracebacks too."""
    house = two_programmes(desk)
    house.open.members.add(desk.counsellor)
    note = write_note(desk.counsellor, house.awa, house.open, "confidence", DAY)
    act = record_service(desk.counsellor, house.awa, house.open, service="housing", starts_on=DAY)
    for row in (house.awa, house.awa.names.get(), note.versions.get(), act, Name("Awa", "Diop")):
        for word in ("Awa", "Diop", "confidence", "housing", house.awa.file_number):
            assert word not in f"{row!s} {row!r}"
