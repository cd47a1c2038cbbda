"""One act of each kind in an open programme and in a confidential one: what the tests of pages look at."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from sansnom.desk.people.models import Person
from sansnom.desk.work import models as work
from sansnom.desk.work.addresses import seal
from sansnom.desk.work.notes import write_note
from sansnom.desk.work.opening import assign
from sansnom.desk.work.recording import record_group, record_service
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes

WORDS = "paroles que rien ne doit trahir"


@dataclass(frozen=True, slots=True)
class Done:
    """The rows of one person in one programme, by their kind's word in addresses."""

    person: Person
    programme: work.Programme
    rows: dict[str, Any]
    session: work.GroupSession
    note: work.CaseNote
    place: work.Enrolment
    grant: work.Grant

    def addresses(self) -> list[str]:
        """Give every page that shows something of this person or programme."""
        person, sealed = self.person.reference, {word: seal(row.pk) for word, row in self.rows.items()}
        return [
            f"/people/{person}/",
            *(f"/work/{person}/{page}/" for page in ("service", "appointment", "note", "notes", "services", "enter")),
            *(f"/work/{person}/new/{word}/" for word in self.rows),
            *(f"/work/acts/{word}/{number}/" for word, number in sealed.items()),
            f"/work/{person}/service/?appointment={sealed['appointment']}",
            f"/work/sessions/{seal(self.session.pk)}/",
            f"/work/sessions/new/?repeat={seal(self.session.pk)}",
            f"/work/notes/{seal(self.note.pk)}/",
            f"/work/notes/{seal(self.note.pk)}/versions/",
            f"/work/places/{seal(self.place.pk)}/close/",
        ]

    def director_addresses(self) -> list[str]:
        """Give the pages of the programme itself."""
        programme = seal(self.programme.pk)
        return [
            f"/work/programmes/{programme}/",
            f"/work/programmes/{programme}/grants/new/",
            f"/work/grants/{seal(self.grant.pk)}/",
        ]

    def changes(self) -> list[str]:
        """Give every address that changes something of theirs by a bare POST."""
        sealed = {word: seal(row.pk) for word, row in self.rows.items()}
        return [
            *(f"/work/acts/{word}/{number}/remove/" for word, number in sealed.items()),
            f"/work/appointments/{sealed['appointment']}/settle/",
            f"/work/appointments/{sealed['appointment']}/again/",
            f"/work/follow-ups/{sealed['follow-up']}/done/",
            f"/work/waiting/{sealed['waiting']}/leave/",
            f"/work/sessions/{seal(self.session.pk)}/remove/",
            f"/work/places/{seal(self.place.pk)}/come-back/",
        ]


LISTS = (
    "/today/",
    "/work/",
    "/work/agenda/",
    "/work/sessions/",
    "/work/sessions/new/",
    "/work/waiting/",
    "/work/waiting/new/",
    "/work/turned-away/",
    "/work/turned-away/housing/",
    "/work/caseload/",
    "/work/programmes/",
    "/work/hours/",
)
COORDINATORS = ("/work/programmes/new/", "/work/funders/", "/work/catalogue/")


def done_in(house: House, person: Person, programme: work.Programme, day: date) -> Done:
    """Record one of each."""
    by = house.desk.counsellor
    common: dict[str, Any] = {"person": person, "programme": programme}
    rows: dict[str, Any] = {
        "service": record_service(by, person, programme, service="housing", starts_on=day, minutes=45),
        "need": work.Need.objects.create(service="housing", opened_on=day, **common),
        "referral": work.Referral.objects.create(to_name="Le Pont", sent_on=day, service="health", **common),
        "waiting": work.WaitingEntry.objects.create(service="french_course", joined_on=day, **common),
        "assessment": work.Assessment.objects.create(scale="EQ", skill="speaking", level=3, assessed_on=day, **common),
        "employment": work.EmploymentObservation.objects.create(observed_on=day, status="part_time", **common),
        "education": work.EducationObservation.objects.create(observed_on=day, status="not_student", **common),
        "goal": work.Goal.objects.create(words=WORDS, set_on=day, **common),
        "appointment": work.Appointment.objects.create(staff=by, starts_at=timezone.now(), **common),
        "follow-up": work.FollowUp.objects.create(staff=by, due_on=day, words=WORDS, **common),
    }
    session = work.GroupSession.objects.create(programme=programme, service="community", held_on=day, title="Causerie")
    record_group(by, session, {person.pk: True})
    programme.members.add(by)
    note = write_note(by, person, programme, WORDS, day)
    assign(by, [person], programme, by)
    funder = work.Funder.objects.create(name_fr="Bailleur", name_en="Funder")
    grant = work.Grant.objects.create(
        programme=programme, funder=funder, starts_on=day, ends_on=day + timedelta(days=300), amount_cents=5_000_000
    )
    place = work.Enrolment.objects.get(**common)
    return Done(person, programme, rows, session, note, place, grant)


def two_done(desk: Desk) -> tuple[Done, Done]:
    """Give what was done in the open programme and in the shelter."""
    house, day = two_programmes(desk), timezone.localdate()
    return done_in(house, house.awa, house.open, day), done_in(house, house.hidden, house.shelter, day)
