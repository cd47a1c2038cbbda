"""A file enters a programme, leaves it, changes hands."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from sansnom.desk.people.access import Viewer, programmes_seen_by
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name, call_person
from sansnom.desk.work.models import Assignment, Enrolment, HandedOver, Programme, Transfer
from sansnom.terms.errors import PolicyRefusal


def check_programme(viewer: Viewer, programme: Programme) -> None:
    """Refuse (`programme.outside`) to write in a programme that does not exist for this colleague."""
    if not programmes_seen_by(viewer).filter(pk=programme.pk).exists():
        raise PolicyRefusal("programme.outside")


@transaction.atomic
def open_file(by: Viewer, programme: Programme, names: Sequence[Name], **told: Any) -> Person:  # noqa: ANN401 - columns of Person
    """Open a file in a programme: with names, or `unnamed=True` and none."""
    check_programme(by, programme)
    person = Person(opened_by_id=by.pk, **told)
    person.full_clean(exclude=["opened_by", "batch", "household"], validate_unique=False)
    person.save()
    enrol(by, person, programme)
    call_person(person, names)
    return person


def enrol(by: Viewer, person: Person, programme: Programme, on: date | None = None) -> Enrolment:
    """Let a file into a programme; coming back opens the same place again."""
    check_programme(by, programme)
    enrolment, new = Enrolment.objects.get_or_create(
        person=person, programme=programme, defaults={"opened_on": on or timezone.localdate()}
    )
    if not new and enrolment.closed_on is not None:
        enrolment.closed_on, enrolment.closing = None, ""
        enrolment.save(update_fields=["closed_on", "closing"])
    return enrolment


@transaction.atomic
def leave(by: Viewer, person: Person, programme: Programme, closing: str, on: date | None = None) -> None:
    """Close a file's place in a programme, and end who follows it there; the file stays where it is visible."""
    check_programme(by, programme)
    day = on or timezone.localdate()
    Enrolment.objects.filter(person=person, programme=programme, closed_on=None).update(closed_on=day, closing=closing)
    Assignment.objects.filter(person=person, programme=programme, until_on=None).update(until_on=day)


@transaction.atomic
def assign(
    by: Viewer,
    persons: Iterable[Person],
    programme: Programme,
    to: Any,  # noqa: ANN401 - a colleague, of the class that the settings name
    on: date | None = None,
    transfer: Transfer | None = None,
) -> int:
    """Give these persons' files in a programme to a colleague who sees it; return how many changed hands.

    transfer  where it is kept what began and what ended, so that `take_back` can undo it
    """
    check_programme(by, programme)
    check_programme(to, programme)
    day = on or timezone.localdate()
    inside = Enrolment.objects.filter(person__in=list(persons), programme=programme)
    wanted = set(inside.values_list("person_id", flat=True))
    opened = Assignment.objects.filter(person__in=wanted, programme=programme, until_on=None)
    wanted -= set(opened.filter(staff=to).values_list("person_id", flat=True))
    ended = {one.person_id: one for one in opened.exclude(staff=to)}
    Assignment.objects.filter(pk__in=[one.pk for one in ended.values()]).update(until_on=day)
    begun = Assignment.objects.bulk_create(
        Assignment(person_id=person, programme=programme, staff=to, from_on=day) for person in sorted(wanted)
    )
    if transfer is not None:
        HandedOver.objects.bulk_create(
            HandedOver(transfer=transfer, begun=one, ended=ended.get(one.person_id)) for one in begun
        )
    return len(begun)


@transaction.atomic
def take_back(by: Viewer, transfer: Transfer) -> tuple[int, int]:
    """Undo a transfer: each file goes back to who followed it; say how many did, and how many have changed hands since."""
    seen = programmes_seen_by(by).values_list("pk", flat=True)
    files = list(transfer.files.select_related("begun", "ended").filter(begun__programme__in=list(seen)))
    still = [one for one in files if one.begun.until_on is None]
    Assignment.objects.filter(pk__in=[one.begun_id for one in still]).delete()
    Assignment.objects.filter(pk__in=[one.ended_id for one in still if one.ended_id]).update(until_on=None)
    return len(still), len(files) - len(still)


def transfer_caseload(by: Viewer, leaving: Any, to: Any, programme: Programme, on: date | None = None) -> int:  # noqa: ANN401 - colleagues, as above
    """Give everyone whom one colleague follows in a programme to another."""
    followed = Person.objects.filter(
        assignments__staff=leaving, assignments__programme=programme, assignments__until_on=None
    )
    return assign(by, followed, programme, to, on)
