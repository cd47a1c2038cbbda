"""Lists that every colleague opens many times a day, each with a fixed number of questions to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from sansnom.desk.people.access import Viewer, in_sight, programmes_seen_by, visible_to
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Appointment, Assignment, Enrolment, FollowUp, Programme, Service, WaitingEntry

DAY_SHOWN: Final = 60
DUE_SHOWN: Final = 40


def recent_files(viewer: Viewer, most: int = 50) -> list[Person]:
    """Give the files whose last act, in programmes that exist for this colleague, is the most recent: three queries."""
    hidden = list(Programme.objects.exclude(pk__in=programmes_seen_by(viewer)).values_list("pk", flat=True))
    places = Enrolment.objects.exclude(programme__in=hidden).filter(last_seen__isnull=False)
    newest = places.order_by(F("last_seen").desc(nulls_last=True), "-person").values_list("person_id", flat=True)
    numbers = list(dict.fromkeys(newest[: most * 4]))[:most]  # a person may be in several programmes
    persons = visible_to(viewer).in_bulk(numbers)
    return [persons[number] for number in numbers if number in persons]


FEW: Final = 500
"""Up to so many files are read and put in order; more are met in order, until the page is full."""


def caseload(viewer: Any, staff: Any) -> QuerySet[Person]:  # noqa: ANN401 - colleagues, of the class that the settings name
    """Give the persons whom a colleague follows, as far as they exist for the viewer; by name."""
    followed = Assignment.objects.filter(staff=staff, until_on=None, programme__in=programmes_seen_by(viewer))
    numbers = list(followed.values_list("person_id", flat=True)[: FEW + 1])
    if len(numbers) <= FEW:
        found = visible_to(viewer).filter(pk__in=numbers)
    else:
        found = visible_to(viewer).filter(Exists(followed.filter(person=OuterRef("pk"))))
    return found.order_by("sort_name", "pk")


def caseload_size(viewer: Any, staff: Any) -> int:  # noqa: ANN401 - as above
    """Count them. A place in a programme stays where somebody follows a person in it: no file has to be looked at."""
    followed = Assignment.objects.filter(staff=staff, until_on=None, programme__in=programmes_seen_by(viewer))
    return followed.aggregate(persons=Count("person", distinct=True))["persons"] or 0


@dataclass(frozen=True, slots=True, repr=False)
class Today:
    """A colleague's day: appointments, follow-ups due, and what they have recorded; the first of them where there are many."""

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
        list(appointments.select_related("person", "programme").order_by("starts_at", "pk")[: DAY_SHOWN + 1]),
        list(due.select_related("person", "programme").order_by("due_on", "pk")[: DUE_SHOWN + 1]),
        list(recorded.select_related("person", "programme").order_by("-pk")[: DAY_SHOWN + 1]),
    )


def waiting_list(viewer: Viewer) -> QuerySet[WaitingEntry]:
    """Give who waits, the longest first; before them those of whom no day is known."""
    open_entries = in_sight(WaitingEntry.objects.filter(left_on=None), viewer)
    return open_entries.select_related("person", "programme").order_by(F("joined_on").asc(nulls_first=True), "pk")


def waiting_after(entries: QuerySet[WaitingEntry], last: WaitingEntry) -> QuerySet[WaitingEntry]:
    """Give those that come after one of them."""
    if last.joined_on is None:
        return entries.filter(Q(joined_on=None, pk__gt=last.pk) | Q(joined_on__isnull=False))
    later = Q(joined_on__gt=last.joined_on) | Q(joined_on=last.joined_on, pk__gt=last.pk)
    return entries.filter(later, joined_on__gte=last.joined_on)
