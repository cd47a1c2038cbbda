"""Bring many rows at once: what a file, another program or a demonstration knows, into the desk, as one batch that can be undone.

Rows go in with `executemany`, their numbers given here, so that a hundred thousand persons and a million services take
about a minute; nothing of them passes through forms, so the caller has checked codes and dates (`desk/files` does).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from sansnom.desk.people.folding import sort_form, token_rows, tokens_of
from sansnom.desk.people.models import (
    Batch,
    Correction,
    Household,
    NameVariant,
    Person,
    SearchToken,
    new_file_number,
)
from sansnom.desk.work import models as work
from sansnom.terms import records

CHUNK: Final = 10_000
_QUALITY: Final = {"day": "exact", "month": "exact", "year": "year_only", "unknown": "unknown"}


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """What a filling made: its batch, and each person's number here by their number there."""

    batch: Batch
    numbers: dict[str, int] = field(default_factory=dict)
    enrolled: list[tuple[int, int]] = field(default_factory=list)
    """Places in a programme that files which were there before got: (person, programme)."""


@dataclass(slots=True, repr=False)
class _Filling:
    programmes: dict[str, work.Programme]
    otherwise: work.Programme
    batch: Batch
    staff: Any
    keep_numbers: bool
    numbers: dict[str, int] = field(default_factory=dict)
    seen: dict[tuple[int, int], str] = field(default_factory=dict)
    known: frozenset[int] = frozenset()
    enrolled: list[tuple[int, int]] = field(default_factory=list)
    rows: int = 0

    def programme_of(self, service: str) -> int:
        return int(self.programmes.get(service, self.otherwise).pk)

    def insert(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.rows += insert_rows(model, columns, rows)


@transaction.atomic
def fill(
    given: records.OrganizationRecords,
    programme: work.Programme,
    *,
    by: Any = None,  # noqa: ANN401 - a colleague, of the class that the settings name
    programmes: dict[str, work.Programme] | None = None,
    staff: Any = None,  # noqa: ANN401 - as above
    source: str = "",
    keep_numbers: bool = True,
    known: dict[str, int] | None = None,
) -> Filled:
    """Bring an organization's records in: into `programme`, or into the programme that `programmes` names for a service.

    `known` names files that are there already, whose acts are brought without them. `keep_numbers` keeps the numbers of
    persons as file numbers, where nobody has them yet; else new ones are drawn.
    """
    batch = Batch.objects.create(made_by=by, source=source)
    filling = _Filling(programmes or {}, programme, batch, staff, keep_numbers, dict(known or {}))
    filling.known = frozenset(filling.numbers.values())
    _persons(filling, given.persons)
    _services(filling, given.services)
    _observations(filling, given)
    _enrolments(filling)
    _without_persons(filling, given)
    batch.rows = filling.rows
    batch.save(update_fields=["rows"])
    return Filled(batch, filling.numbers, filling.enrolled)


@transaction.atomic
def undo(batch: Batch) -> int:
    """Take back everything a batch brought; return how many files went.

    A file that colleagues have worked on since keeps what they wrote only if it stays: so it goes too, and `touched`
    lists such files beforehand.
    """
    for model in (work.Service, work.Need, work.Referral, work.Assessment, work.EmploymentObservation):
        model.objects.filter(batch=batch).delete()
    for other in (work.EducationObservation, work.WaitingEntry, work.TurnedAway):
        other.objects.filter(batch=batch).delete()
    persons = Person.objects.filter(batch=batch)
    gone = persons.count()
    persons.delete()
    Household.objects.filter(batch=batch, members=None).delete()
    batch.undone_at = timezone.now()
    batch.save(update_fields=["undone_at"])
    return gone


def touched(batch: Batch) -> models.QuerySet[Person]:
    """Give the batch's files that somebody has worked on since: services, notes, needs, corrections of their own."""
    own = models.Exists(work.Service.objects.filter(person=models.OuterRef("pk")).exclude(batch=batch))
    noted = models.Exists(work.CaseNote.objects.filter(person=models.OuterRef("pk")))
    needed = models.Exists(work.Need.objects.filter(person=models.OuterRef("pk")).exclude(batch=batch))
    corrected = models.Exists(Correction.objects.filter(person=models.OuterRef("pk")))
    return Person.objects.filter(batch=batch).filter(own | noted | needed | corrected)


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows, values in the order of `columns` (names of fields); return how many."""
    meta = model._meta  # noqa: SLF001 - Django's documented interface to a model, in spite of its underscore
    names = [connection.ops.quote_name(str(meta.get_field(name).column)) for name in columns]  # type: ignore[union-attr]  # our own columns, no relation's other end
    marks = ", ".join(["%s"] * len(columns))
    into = connection.ops.quote_name(meta.db_table)
    statement = f"INSERT INTO {into} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of our own tables; values are parameters
    count = 0
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(waiting, CHUNK)):
            cursor.executemany(statement, chunk)
            count += len(chunk)
    return count


def next_number(model: type[models.Model]) -> int:
    """Give the number after the last one of a table."""
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"]  # noqa: SLF001 - as above
    return int(last or 0) + 1


def _persons(filling: _Filling, persons: Iterable[records.Person]) -> None:
    """Write persons, their one name each, and the search index, chunk by chunk."""
    taken = set(Person.objects.values_list("file_number", flat=True))
    number = next_number(Person)
    now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    waiting = iter(persons)
    while chunk := list(islice(waiting, CHUNK)):
        rows, names, tokens = [], [], []
        for person in chunk:
            file_number = person.local_id[:40] if filling.keep_numbers else ""
            if not file_number or file_number in taken:
                file_number = new_file_number()
            taken.add(file_number)
            filling.numbers[person.local_id] = number
            given, family = ("", "") if person.anonymous else (person.given_names, person.family_names)
            rows.append(_person_row(person, number, file_number, (given, family), filling, now))
            if given or family:
                names.append((number, given, family, False, "usual", "full", True))
            tokens += token_rows(number, tokens_of([(given, family)], person.phone))
            number += 1
        filling.insert(Person, _PERSON_COLUMNS, rows)
        filling.insert(NameVariant, _NAME_COLUMNS, names)
        insert_rows(SearchToken, ("person", "kind", "token"), tokens)


_PERSON_COLUMNS: Final = (
    "id", "reference", "file_number", "unnamed", "shown_name", "sort_name", "birth_year", "birth_month", "birth_day",
    "birth_quality", "sex", "country_of_birth", "mother_tongue", "best_language", "needs_interpreter", "category",
    "admission_date", "arrival_date", "region", "postal_code", "phone", "contact_rule", "household_place", "opened_at",
    "opened_by", "batch",
)  # fmt: skip
_NAME_COLUMNS: Final = ("person", "given_names", "family_names", "family_first", "kind", "quality", "preferred")


def _person_row(
    person: records.Person, number: int, file_number: str, names: tuple[str, str], filling: _Filling, now: str
) -> tuple[Any, ...]:
    birth = _birth(person)
    return (
        number,
        uuid4().hex,
        file_number,
        person.anonymous,
        " ".join(name for name in names if name),
        sort_form(*names),
        *birth,
        person.sex,
        person.country_of_birth,
        person.mother_tongue,
        "",
        False,
        person.category,
        person.admission_date or None,
        person.arrival_date or None,
        person.region,
        person.postal_code[:16],
        person.phone[:40],
        "any",
        "",
        now,
        filling.batch.made_by_id,
        filling.batch.pk,
    )


def _birth(person: records.Person) -> tuple[int | None, int | None, int | None, str]:
    """Give the parts of a birth date as far as it is known, and its quality."""
    precision = person.birth_date_precision if person.birth_date else "unknown"
    if precision == "unknown":
        return None, None, None, "unknown"
    year, month, day = (int(part) for part in person.birth_date.split("-"))
    if precision != "day":
        return year, month if precision == "month" else None, None, _QUALITY[precision]
    return year, month, day, "default_january" if (month, day) == (1, 1) else "exact"


def _services(filling: _Filling, services: Iterable[records.Service]) -> None:
    """Write services; remember the last day of each person in each programme."""
    staff, batch, seen = getattr(filling.staff, "pk", None), filling.batch.pk, filling.seen

    def rows() -> Iterator[tuple[Any, ...]]:
        for act in services:
            person = filling.numbers.get(act.local_id)
            if person is None:
                continue
            programme = filling.programme_of(act.service)
            last = act.end or act.start
            if last > seen.get((person, programme), ""):
                seen[person, programme] = last
            else:
                seen.setdefault((person, programme), "")
            yield (
                person, programme, batch, act.service, act.start or None, act.end or None, act.minutes, "",
                act.status, "", staff, "", False,
            )  # fmt: skip

    filling.insert(work.Service, _SERVICE_COLUMNS, rows())


_SERVICE_COLUMNS: Final = (
    "person", "programme", "batch", "service", "starts_on", "ends_on", "minutes", "mode", "status", "leave_reason",
    "staff", "interpreter_language", "childcare",
)  # fmt: skip


def _observations(filling: _Filling, given: records.OrganizationRecords) -> None:
    """Write assessments, statuses and referrals, of persons who are there."""
    at, batch, place = filling.numbers, filling.batch.pk, filling.otherwise.pk
    filling.insert(
        work.Assessment,
        ("person", "programme", "batch", "scale", "skill", "level", "assessed_on", "method"),
        (
            (at[a.local_id], place, batch, a.scale, a.skill, a.level, a.date, "")
            for a in given.assessments
            if a.local_id in at
        ),
    )
    for model, kind in ((work.EmploymentObservation, "employment"), (work.EducationObservation, "education")):
        filling.insert(
            model,
            ("person", "programme", "batch", "observed_on", "status"),
            (
                (at[s.local_id], place, batch, s.date, getattr(s, kind))
                for s in given.statuses
                if s.local_id in at and getattr(s, kind)
            ),
        )
    filling.insert(
        work.Referral,
        ("person", "programme", "batch", "service", "to_organization", "to_name", "reason", "sent_on", "accepted", "completed"),
        (
            (
                at[r.local_id], filling.programme_of(r.service), batch, r.service, r.to_organization[:32], "", "",
                r.sent or None, r.accepted, r.completed,
            )
            for r in given.referrals
            if r.local_id in at
        ),
    )  # fmt: skip


def _enrolments(filling: _Filling) -> None:
    """Give every new person a place in each programme that served them, and everybody one in the filling's own."""
    placed = {person for person, _ in filling.seen}
    otherwise = filling.otherwise.pk
    for person in filling.numbers.values():
        if person not in placed and person not in filling.known:
            filling.seen[person, otherwise] = ""
    for person, programme in [pair for pair in filling.seen if pair[0] in filling.known]:
        last = filling.seen[person, programme] or None
        place = work.Enrolment.objects.filter(person=person, programme=programme)
        if not place.exists():
            filling.enrolled.append((person, programme))
            continue
        del filling.seen[person, programme]
        if last:
            place.filter(models.Q(last_seen=None) | models.Q(last_seen__lt=last)).update(last_seen=last)
    rows = sorted((person, programme, day or None, "") for (person, programme), day in filling.seen.items())
    filling.insert(work.Enrolment, ("person", "programme", "last_seen", "closing"), rows)


def _without_persons(filling: _Filling, given: records.OrganizationRecords) -> None:
    """Write who waits and who was turned away: nobody in particular."""
    batch = filling.batch.pk
    filling.insert(
        work.WaitingEntry,
        ("programme", "service", "joined_on", "left_on", "reason", "batch"),
        (
            (filling.programme_of(w.service), w.service, w.joined or None, w.left or None, w.reason, batch)
            for w in given.waitlist
        ),
    )
    filling.insert(
        work.TurnedAway,
        ("programme", "service", "day", "reason", "batch"),
        ((filling.programme_of(t.service), t.service, t.date or None, t.reason, batch) for t in given.turned_away),
    )
    _after_given_numbers()


def _after_given_numbers() -> None:
    """Tell PostgreSQL where numbers go on; SQLite knows."""
    statements = connection.ops.sequence_reset_sql(no_style(), [Person])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
