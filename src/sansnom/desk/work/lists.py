"""Lists that every colleague opens many times a day, each with a fixed number of questions to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from sansnom.desk.people.access import Viewer, in_sight, programmes_seen_by, visible_to
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Appointment, Assignment, Enrolment, FollowUp, Programme, Service, WaitingEntry


def recent_files(viewer: Viewer, most: int = 50) -> list[Person]:
    """Give the files whose last act, in programmes that exist for this colleague, is the most recent: three queries."""
    hidden = list(Programme.objects.exclude(pk__in=programmes_seen_by(viewer)).values_list("pk", flat=True))
    places = Enrolment.objects.exclude(programme__in=hidden).filter(last_seen__isnull=False)
    newest = places.order_by("-last_seen", "-person").values_list("person_id", flat=True)
    numbers = list(dict.fromkeys(newest[: most * 4]))[:most]  # a person may be in several programmes
    persons = visible_to(viewer).in_bulk(numbers)
    return [persons[number] for number in numbers if number in persons]


def caseload(viewer: Any, staff: Any) -> QuerySet[Person]:  # noqa: ANN401 - colleagues, of the class that the settings name
    """Give the persons whom a colleague follows, as far as they exist for the viewer; by name."""
    followed = Assignment.objects.filter(staff=staff, until_on=None, programme__in=programmes_seen_by(viewer))
    return visible_to(viewer).filter(pk__in=followed.values("person")).order_by("sort_name", "pk")


@dataclass(frozen=True, slots=True, repr=False)
class Today:
    """A colleague's day: appointments, follow-ups due, and what they have recorded."""

    appointments: Sequence[Appointment]
    due: Sequence[FollowUp]
    recorded: Sequence[Service]


def today(viewer: Any, day: date) -> Today:  # noqa: ANN401 - as above
    """Give a colleague's day: three queries."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    appointments = in_sight(Appointment.objects.filter(staff=viewer, starts_at__gte=begins, starts_at__lt=ends), viewer)
    due = in_sight(FollowUp.objects.filter(staff=viewer, done_on=None, due_on__lte=day), viewer)
    recorded = in_sight(Service.objects.filter(staff=viewer, starts_on=day), viewer)
    return Today(
        list(appointments.select_related("person", "programme").order_by("starts_at")),
        list(due.select_related("person", "programme").order_by("due_on", "pk")),
        list(recorded.select_related("person", "programme").order_by("-pk")),
    )


def waiting_list(viewer: Viewer) -> QuerySet[WaitingEntry]:
    """Give who waits, the longest first."""
    open_entries = in_sight(WaitingEntry.objects.filter(left_on=None), viewer)
    return open_entries.select_related("person", "programme").order_by("joined_on", "pk")
