"""What a person's page says of the work with them: each section asks for what exists for this colleague, and nothing else."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.people.access import in_sight
from sansnom.desk.people.models import Person
from sansnom.desk.work import models as work
from sansnom.desk.work.case_notes import programmes_for_notes
from sansnom.desk.work.notes import current_versions, notes_seen_by

SERVICES_SHOWN: Final = 30
NOTES_SHOWN: Final = 20
ROWS_SHOWN: Final = 40

Told = Mapping[str, Any]


def agenda(viewer: Colleague, person: Person) -> Told:
    """Fill the section of what is to come and to do."""
    since = timezone.now() - timedelta(days=1)
    coming = in_sight(work.Appointment.objects.filter(person=person), viewer)
    coming = coming.filter(Q(starts_at__gte=since) | Q(state="planned"))
    due = in_sight(work.FollowUp.objects.filter(person=person, done_on=None), viewer)
    return {
        "appointments": list(coming.select_related("programme", "staff").order_by("starts_at")[:ROWS_SHOWN]),
        "due": list(due.select_related("programme", "staff").order_by("due_on", "pk")[:ROWS_SHOWN]),
    }


def services(viewer: Colleague, person: Person) -> Told:
    """Fill the section of what was done; the last ones, or all of them on the page of its own."""
    acts = in_sight(work.Service.objects.filter(person=person), viewer)
    rows = list(
        acts.select_related("programme", "staff", "session").order_by("-starts_on", "-pk")[: SERVICES_SHOWN + 1]
    )
    return {"rows": rows[:SERVICES_SHOWN], "more": len(rows) > SERVICES_SHOWN}


def needs(viewer: Colleague, person: Person) -> Told:
    """Fill the section of needs, referrals and waiting."""
    rows = in_sight(work.Need.objects.filter(person=person), viewer).select_related("programme")
    sent = in_sight(work.Referral.objects.filter(person=person), viewer).select_related("programme")
    waits = in_sight(work.WaitingEntry.objects.filter(person=person), viewer).select_related("programme")
    return {
        "needs": sorted(rows.order_by("-opened_on", "-pk")[:ROWS_SHOWN], key=lambda row: row.closed_on is not None),
        "referrals": list(sent.order_by("-sent_on", "-pk")[:ROWS_SHOWN]),
        "waiting": list(waits.order_by("left_on", "-joined_on", "-pk")[:ROWS_SHOWN]),
    }


def progress(viewer: Colleague, person: Person) -> Told:
    """Fill the section of levels, work, study and goals."""
    levels = in_sight(work.Assessment.objects.filter(person=person), viewer).order_by("-assessed_on", "scale", "pk")[
        :80
    ]
    employment = in_sight(work.EmploymentObservation.objects.filter(person=person), viewer).order_by(
        "-observed_on", "-pk"
    )
    education = in_sight(work.EducationObservation.objects.filter(person=person), viewer).order_by(
        "-observed_on", "-pk"
    )
    goals = in_sight(work.Goal.objects.filter(person=person), viewer).order_by("-set_on", "-pk")
    return {
        "assessments": [
            (day, scale, list(rows)) for (day, scale), rows in groupby(levels, lambda row: (row.assessed_on, row.scale))
        ],
        "employment": list(employment[:ROWS_SHOWN]),
        "education": list(education[:ROWS_SHOWN]),
        "goals": list(goals[:ROWS_SHOWN]),
    }


def notes(viewer: Colleague, person: Person) -> Told | None:
    """Fill the section of notes; for who is in none of the person's programmes there is no such section."""
    programmes = programmes_for_notes(viewer, person)
    if not programmes:
        return None
    rows = notes_seen_by(viewer).filter(person=person).select_related("programme").order_by("-about_on", "-pk")
    listed = list(rows[: NOTES_SHOWN + 1])
    held = current_versions(listed[:NOTES_SHOWN])
    return {"notes": [(row, held[row.pk]) for row in listed[:NOTES_SHOWN]], "more": len(listed) > NOTES_SHOWN}


def programmes(viewer: Colleague, person: Person) -> Told:
    """Fill the section of the programmes that the person is in, and who follows them there."""
    places = in_sight(work.Enrolment.objects.filter(person=person), viewer).select_related("programme")
    follows = in_sight(work.Assignment.objects.filter(person=person, until_on=None), viewer).select_related("staff")
    by_programme = {row.programme_id: row.staff for row in follows}
    return {"places": [(row, by_programme.get(row.programme_id)) for row in places.order_by("closed_on", "pk")]}
