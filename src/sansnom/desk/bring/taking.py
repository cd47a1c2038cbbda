"""Taking what was understood into the desk, as one batch; and taking it back as a whole.

What is there already is not taken again: a person whom this source brought before, or whose file has the number and the
name; an act of theirs that is the same in everything. Only files that exist for the colleague are looked at, so that
nothing tells of the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from sansnom.desk.bring.models import Import
from sansnom.desk.bring.understanding import Understood
from sansnom.desk.people.access import visible_to
from sansnom.desk.people.folding import sort_form
from sansnom.desk.people.models import Person
from sansnom.desk.work.fill import fill, touched, undo
from sansnom.desk.work.models import Enrolment, Service
from sansnom.desk.work.recording import see_again
from sansnom.terms import records

_AT_ONCE: Final = 500
_ACTS: Final = ("services", "assessments", "statuses", "referrals")


@dataclass(slots=True, repr=False)
class Taken:
    """What was made, and how many rows said what the desk knew."""

    persons: int = 0
    acts: int = 0
    already: int = 0
    known: dict[str, int] = field(default_factory=dict)


def numbers_here(viewer: Any, numbers: Iterable[str]) -> dict[str, tuple[int, str]]:  # noqa: ANN401 - a colleague
    """Give file and name by file number, of those that exist for this colleague."""
    found: dict[str, tuple[int, str]] = {}
    for some in _chunks(sorted(set(numbers))):
        rows = visible_to(viewer).filter(file_number__in=some).values_list("file_number", "pk", "sort_name")
        found |= {number: (pk, name) for number, pk, name in rows}
    return found


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


@transaction.atomic
def take(brought: Import, found: Understood) -> Taken:
    """Write everything in one transaction: all of it is there afterwards, or none."""
    viewer = brought.made_by
    taken = Taken(known=_known(brought, found))
    new = tuple(person for number, person in found.persons.items() if number not in taken.known)
    taken.already = len(found.persons) - len(new)
    lists = {name: tuple(rows) for name, rows in found.lists.items() if name != "persons"}
    fresh = _fresh(lists["services"], taken.known)
    taken.already += len(lists["services"]) - len(fresh)
    lists["services"] = fresh
    given = records.OrganizationRecords("", persons=new, **lists)
    filled = fill(given, brought.programme, by=viewer, source=brought.file_name, known=taken.known)
    taken.persons = len(new)
    taken.acts = sum(map(len, lists.values()))
    brought.batch = filled.batch
    brought.enrolled = [list(pair) for pair in filled.enrolled]
    brought.seen = sorted({taken.known[act.local_id] for act in fresh if act.local_id in taken.known})
    return taken


def _known(brought: Import, found: Understood) -> dict[str, int]:
    """Find who is here already: by the source's number and the same name, or by what this source brought before."""
    named = {act.local_id for name in _ACTS for act in found.lists[name]}
    here = numbers_here(brought.made_by, found.own_numbers | (named - found.persons.keys()))
    earlier = _brought_before(brought)
    known: dict[str, int] = {}
    for number, person in found.persons.items():
        name = sort_form(person.given_names, person.family_names)
        if number in here and here[number][1] == name:
            known[number] = here[number][0]
        elif number not in found.own_numbers and name and person.birth_date_precision == "day":
            same = earlier.get((name, person.birth_date))
            if same is not None:
                known[number] = same
    return known | {number: here[number][0] for number in named - found.persons.keys() if number in here}


def _brought_before(brought: Import) -> dict[tuple[str, str], int]:
    """Give the persons of earlier imports of this kind of file, by name and whole birth date."""
    batches = Import.objects.filter(source=brought.source, state="done").values("batch")
    rows = visible_to(brought.made_by).filter(batch__in=batches, birth_day__isnull=False)
    told = rows.values_list("pk", "sort_name", "birth_year", "birth_month", "birth_day")
    return {(name, f"{year:04d}-{month:02d}-{day:02d}"): pk for pk, name, year, month, day in told.iterator()}


def _fresh(services: tuple[records.Service, ...], known: dict[str, int]) -> tuple[records.Service, ...]:
    """Keep the services that are not here yet, whole and same."""
    there: set[tuple[Any, ...]] = set()
    for some in _chunks(sorted(set(known.values()))):
        rows = Service.objects.filter(person__in=some)
        columns = ("person_id", "service", "starts_on", "ends_on", "minutes")
        there |= {
            (person, service, _iso(start), _iso(end), minutes)
            for person, service, start, end, minutes in rows.values_list(*columns)
        }
    return tuple(
        act for act in services if (known.get(act.local_id), act.service, act.start, act.end, act.minutes) not in there
    )


def _iso(day: Any) -> str:  # noqa: ANN401 - a date or None
    return day.isoformat() if day is not None else ""


def worked_on(brought: Import) -> int:
    """Count the files of an import that somebody has worked on since: undoing takes them too."""
    return touched(brought.batch).count() if brought.batch is not None else 0


@transaction.atomic
def take_back(brought: Import) -> int:
    """Undo an import as a whole; files that were there before are as they were. Return how many files went."""
    if brought.batch is None or brought.state != "done":
        return 0
    gone = undo(brought.batch)
    persons = {person.pk: person for some in _chunks(brought.seen) for person in Person.objects.filter(pk__in=some)}
    new = {(person, programme) for person, programme in brought.enrolled}
    for person, programme in sorted(new):
        if not Service.objects.filter(person=person, programme=programme).exists():
            Enrolment.objects.filter(person=person, programme=programme).delete()
    for person in persons.values():
        if Enrolment.objects.filter(person=person, programme=brought.programme).exists():
            see_again(person, brought.programme)
    brought.state, brought.left = "undone", []
    brought.save(update_fields=["state", "left"])
    return gone
