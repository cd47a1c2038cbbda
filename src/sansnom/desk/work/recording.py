"""Recording what was done with a person, or with a group in one go; keeps each place's `last_seen`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from sansnom.desk.people.access import Viewer, visible_to
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Enrolment, GroupSession, Programme, Service
from sansnom.desk.work.opening import check_programme, enrol
from sansnom.terms.errors import PolicyRefusal

PRESENT = "completed"
ABSENT = "no_show"


@transaction.atomic
def record_service(by: Viewer, person: Person, programme: Programme, **told: Any) -> Service:  # noqa: ANN401 - columns of Service
    """Record one act. PolicyRefusal `person.outside` for a file that does not exist for this colleague."""
    check_programme(by, programme)
    _check_persons(by, [person])
    told.setdefault("staff_id", by.pk)
    service = Service(person=person, programme=programme, **told)
    service.full_clean(validate_unique=False)
    service.save()
    enrol(by, person, programme, service.starts_on)
    if service.status != ABSENT and service.starts_on is not None:
        _seen([person.pk], programme, service.ends_on or service.starts_on)
    return service


@transaction.atomic
def record_group(by: Viewer, session: GroupSession, attendance: Mapping[int, bool]) -> int:
    """Write a session's attendance sheet: who came and who did not, by the number of their file; return how many came.

    Writing it again replaces it: who is no longer on the sheet is taken off. A handful of queries for any number of persons.
    """
    check_programme(by, session.programme)
    persons = list(Person.objects.filter(pk__in=list(attendance)))
    _check_persons(by, persons, len(attendance))
    kept = {service.person_id: service for service in session.services.all()}
    before = {service.programme_id for service in kept.values()} - {session.programme_id}
    session.services.filter(person__in=set(kept) - set(attendance)).delete()
    changed = [kept[number] for number in attendance if number in kept]
    for service in changed:
        service.status = PRESENT if attendance[service.person_id] else ABSENT
        for column, value in _of_session(session).items():
            setattr(service, column, value)
    Service.objects.bulk_update(changed, ["status", *_of_session(session)])
    Service.objects.bulk_create(
        Service(person_id=number, session=session, status=PRESENT if came else ABSENT, **_of_session(session))
        for number, came in attendance.items()
        if number not in kept
    )
    _let_in(persons, session.programme, session.held_on)
    touched = {*kept, *attendance}
    for programme in {session.programme_id, *before}:
        _see_all_again(touched, programme)
    return sum(attendance.values())


def _of_session(session: GroupSession) -> dict[str, Any]:
    """Give what each line of the sheet has from its session."""
    return {
        "programme_id": session.programme_id,
        "service": session.service,
        "starts_on": session.held_on,
        "minutes": session.minutes,
        "mode": session.mode,
        "staff_id": session.staff_id,
        "interpreter_language": session.interpreter_language,
        "childcare": session.childcare,
    }


def _check_persons(by: Viewer, persons: list[Person], wanted: int = 1) -> None:
    if visible_to(by).filter(pk__in=[person.pk for person in persons]).count() != wanted:
        raise PolicyRefusal("person.outside")


def _let_in(persons: Iterable[Person], programme: Programme, day: date) -> None:
    Enrolment.objects.bulk_create(
        (Enrolment(person=person, programme=programme, opened_on=day) for person in persons), ignore_conflicts=True
    )
    Enrolment.objects.filter(person__in=persons, programme=programme).exclude(closed_on=None).update(
        closed_on=None, closing=""
    )


def _seen(persons: list[int], programme: Programme, day: date) -> None:
    """Move the last day forward, never back."""
    places = Enrolment.objects.filter(person__in=persons, programme=programme)
    places.filter(Q(last_seen=None) | Q(last_seen__lt=day)).update(last_seen=day)


def _see_all_again(persons: Iterable[int], programme: int) -> None:
    """Count the last day of each of these files in a programme anew: one query."""
    acts = Service.objects.filter(person=OuterRef("person_id"), programme=OuterRef("programme_id"))
    last = (
        acts.exclude(status=ABSENT)
        .exclude(starts_on=None)
        .order_by(F("starts_on").desc(nulls_last=True))
        .values("starts_on")[:1]
    )
    Enrolment.objects.filter(person__in=list(persons), programme=programme).update(last_seen=Subquery(last))


def see_again(person: Person, programme: Programme) -> None:
    """Count the last day anew, after an act was taken back or moved."""
    acts = Service.objects.filter(person=person, programme=programme).exclude(status=ABSENT)
    last = acts.order_by(F("starts_on").desc(nulls_last=True)).values_list("starts_on", flat=True).first()
    Enrolment.objects.filter(person=person, programme=programme).update(last_seen=last)
