"""What a person's page says of the work with them: each section asks for what exists for this colleague, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.people.access import in_sight
from sansnom.desk.people.models import Person
from sansnom.desk.work import models as work
from sansnom.desk.work.case_notes import programmes_for_notes
from sansnom.desk.work.notes import current_versions, notes_seen_by

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a section: the first few on the person's page; all of them, a page at a time, on the section's own."""

    start: int = 0
    count: int = 5

    def of(self, rows: QuerySet[Any], times: int = 1) -> tuple[list[Any], bool]:
        """Give these rows, and whether there are more after them; `times` as many where several make one line."""
        start, count = self.start * times, self.count * times
        found = list(rows[start : start + count + 1])
        return found[:count], len(found) > count


FEW: Final = Part()
LAST_FIRST: Final = F("starts_on").desc(nulls_last=True)
"""Undated acts come after the others, on every database."""
SKILLS: Final = 4
"""A day's assessment is up to four rows, one for each skill."""


def agenda(viewer: Colleague, person: Person, part: Part = FEW) -> Told:
    """Fill the section of what is to come and to do."""
    since = timezone.now() - timedelta(days=1)
    coming = in_sight(work.Appointment.objects.filter(person=person), viewer)
    coming = coming.filter(Q(starts_at__gte=since) | Q(state="planned"))
    due = in_sight(work.FollowUp.objects.filter(person=person, done_on=None), viewer)
    appointments, later = part.of(coming.select_related("programme", "staff").order_by("starts_at", "pk"))
    to_do, more = part.of(due.select_related("programme", "staff").order_by("due_on", "pk"))
    return {"appointments": appointments, "due": to_do, "more": later or more}


def services(viewer: Colleague, person: Person) -> Told:
    """Fill the section of what was done last; all of it is on a page of its own."""
    acts = in_sight(work.Service.objects.filter(person=person), viewer)
    rows, more = FEW.of(acts.select_related("programme", "staff", "session").order_by(LAST_FIRST, "-pk"))
    return {"rows": rows, "more": more}


def needs(viewer: Colleague, person: Person, part: Part = FEW) -> Told:
    """Fill the section of needs, referrals and waiting; what is open first."""
    rows = in_sight(work.Need.objects.filter(person=person), viewer).select_related("programme")
    sent = in_sight(work.Referral.objects.filter(person=person), viewer).select_related("programme")
    waits = in_sight(work.WaitingEntry.objects.filter(person=person), viewer).select_related("programme")
    open_first = F("closed_on").desc(nulls_first=True)
    needed, more = part.of(rows.order_by(open_first, F("opened_on").desc(nulls_last=True), "-pk"))
    referrals, more_sent = part.of(sent.order_by(F("sent_on").desc(nulls_last=True), "-pk"))
    waiting, more_waits = part.of(
        waits.order_by(F("left_on").desc(nulls_first=True), F("joined_on").desc(nulls_last=True), "-pk")
    )
    return {"needs": needed, "referrals": referrals, "waiting": waiting, "more": more or more_sent or more_waits}


def progress(viewer: Colleague, person: Person, part: Part = FEW) -> Told:
    """Fill the section of levels, work, study and goals."""
    levels = in_sight(work.Assessment.objects.filter(person=person), viewer)
    employment = in_sight(work.EmploymentObservation.objects.filter(person=person), viewer)
    education = in_sight(work.EducationObservation.objects.filter(person=person), viewer)
    goals = in_sight(work.Goal.objects.filter(person=person), viewer)
    assessed, more = part.of(levels.order_by("-assessed_on", "scale", "pk"), SKILLS)
    told: dict[str, Any] = {
        "assessments": [
            (day, scale, list(rows))
            for (day, scale), rows in groupby(assessed, lambda row: (row.assessed_on, row.scale))
        ]
    }
    told["employment"], more_work = part.of(employment.order_by("-observed_on", "-pk"))
    told["education"], more_study = part.of(education.order_by("-observed_on", "-pk"))
    told["goals"], more_goals = part.of(goals.order_by("-set_on", "-pk"))
    return {**told, "more": more or more_work or more_study or more_goals}


def notes(viewer: Colleague, person: Person, part: Part = FEW) -> Told | None:
    """Fill the section of notes; for who is in none of the person's programmes there is no such section."""
    if not programmes_for_notes(viewer, person):
        return None
    rows = notes_seen_by(viewer).filter(person=person).select_related("programme").order_by("-about_on", "-pk")
    listed, more = part.of(rows)
    held = current_versions(listed)
    return {"notes": [(row, held[row.pk]) for row in listed], "more": more}


def programmes(viewer: Colleague, person: Person) -> Told:
    """Fill the section of the programmes that the person is in, and who follows them there."""
    places = in_sight(work.Enrolment.objects.filter(person=person), viewer).select_related("programme")
    follows = in_sight(work.Assignment.objects.filter(person=person, until_on=None), viewer).select_related("staff")
    by_programme = {row.programme_id: row.staff for row in follows}
    return {
        "places": [
            (row, by_programme.get(row.programme_id))
            for row in places.order_by(F("closed_on").asc(nulls_first=True), "pk")
        ]
    }
