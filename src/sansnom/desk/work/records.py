"""From the desk's tables to `terms.records`: what an own report counts, and what a submission is encoded from.

The same nouns that `desk/files` reads from a folder. For joint statistics, whoever takes no part is left out with all of
their files; in the organization's own report everybody counts. Linked files are one person. Words (goals, notes,
follow-ups) are in no noun, so that nothing made of nouns can carry them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sansnom.desk.agreement.rules import files_taking_no_part
from sansnom.desk.people.links import groups_in_force
from sansnom.desk.people.models import Person
from sansnom.desk.people.records import person_nouns
from sansnom.desk.work import models as work
from sansnom.terms import records

CHUNK = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class Selection:
    """Whose acts count: a period (both ends included), perhaps only some programmes or one funder's.

    joint       leave out whoever takes no part in joint statistics
    programmes  numbers of programmes; None for all of them
    funder      number of a funder: acts that it pays for, by their own funders or else by their programme's
    """

    start: date
    end: date
    joint: bool
    programmes: tuple[int, ...] | None = None
    funder: int | None = None


def organization_records(organization: str, selection: Selection) -> records.OrganizationRecords:
    """Give everything that counts, persons by their file numbers: persons are those with an act in the period.

    Thirteen queries at most, whatever the number of persons. Nobody is served when no act is there: a desk keeps services.
    """
    groups = groups_in_force()
    leaders = {number: group[0] for group in groups for number in group}
    left_out = files_taking_no_part(groups) if selection.joint else frozenset()
    acts = _acts(selection)
    persons = Person.objects.filter(pk__in=acts.values("person"))
    if groups:
        persons = Person.objects.filter(Q(pk__in=_with_linked(persons, groups)) | Q(pk__in=acts.values("person")))
    if left_out:
        persons = persons.exclude(pk__in=left_out)
    nouns = person_nouns(persons, leaders)
    numbers = _file_numbers(nouns, leaders)
    return records.OrganizationRecords(
        organization=organization,
        persons=tuple(nouns.values()),
        services=tuple(_services(acts, numbers)),
        assessments=tuple(_assessments(selection, numbers)),
        statuses=tuple(_statuses(selection, numbers)),
        referrals=tuple(_referrals(selection, numbers)),
        waitlist=tuple(_waiting(selection, left_out)),
        turned_away=tuple(_turned_away(selection)),
    )


def _acts(selection: Selection) -> QuerySet[work.Service]:
    """Choose the acts with a day in the period; undated ones count, as `exchange/acts.py` has it."""
    began = Q(starts_on__range=(selection.start, selection.end))
    lasted = Q(starts_on__lt=selection.start, ends_on__gte=selection.start)
    acts = work.Service.objects.filter(began | lasted | Q(starts_on=None))  # three indexes
    if selection.programmes is not None:
        acts = acts.filter(programme__in=selection.programmes)
    if selection.funder is not None:
        own = work.Service.funders.through.objects.filter(service=OuterRef("pk"))
        paid = own.filter(funder=selection.funder)
        acts = acts.filter(Exists(paid) | (~Exists(own) & Q(programme__funders=selection.funder)))
    return acts


def _with_linked(persons: QuerySet[Person], groups: Iterable[list[int]]) -> set[int]:
    """Give the files of every group that has one among these: what one file does not know, another may."""
    linked = [number for group in groups for number in group]
    served = set(persons.filter(pk__in=linked).values_list("pk", flat=True))
    return {number for group in groups if served.intersection(group) for number in group}


def _file_numbers(nouns: Mapping[int, records.Person], leaders: Mapping[int, int]) -> dict[int, str]:
    """Give the number that each file's acts go under: that of the person's first file."""
    numbers = {number: noun.local_id for number, noun in nouns.items()}
    return numbers | {number: numbers[leader] for number, leader in leaders.items() if leader in numbers}


def _rows(found: QuerySet[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    return iter(found.values_list(*columns).iterator(chunk_size=CHUNK))


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _services(acts: QuerySet[work.Service], numbers: Mapping[int, str]) -> Iterator[records.Service]:
    columns = ("person_id", "service", "starts_on", "ends_on", "minutes", "status")
    for person, service, start, end, minutes, status in _rows(acts, *columns):
        if person in numbers:
            yield records.Service(numbers[person], service, _iso(start), _iso(end), minutes, status)


def _assessments(selection: Selection, numbers: Mapping[int, str]) -> Iterator[records.Assessment]:
    found = work.Assessment.objects.filter(assessed_on__lte=selection.end)
    for person, scale, skill, level, day in _rows(found, "person_id", "scale", "skill", "level", "assessed_on"):
        if person in numbers:
            yield records.Assessment(numbers[person], scale, skill, level, _iso(day))


def _statuses(selection: Selection, numbers: Mapping[int, str]) -> Iterator[records.Status]:
    for model in (work.EmploymentObservation, work.EducationObservation):
        employment = model is work.EmploymentObservation
        found = model.objects.filter(observed_on__lte=selection.end)
        for person, day, status in _rows(found, "person_id", "observed_on", "status"):
            if person in numbers:
                told = (status, "") if employment else ("", status)
                yield records.Status(numbers[person], _iso(day), *told)


def _referrals(selection: Selection, numbers: Mapping[int, str]) -> Iterator[records.Referral]:
    found = work.Referral.objects.filter(Q(sent_on=None) | Q(sent_on__lte=selection.end))
    columns = ("person_id", "service", "to_organization", "sent_on", "accepted", "completed")
    for person, service, organization, sent, accepted, completed in _rows(found, *columns):
        if person in numbers:
            yield records.Referral(numbers[person], service, organization, _iso(sent), accepted, completed)


def _waiting(selection: Selection, left_out: frozenset[int]) -> Iterator[records.Waiting]:
    """Give who waited in the period, as nobody in particular; without those who take no part in joint statistics."""
    found = work.WaitingEntry.objects.filter(Q(joined_on=None) | Q(joined_on__lte=selection.end))
    found = _of_programmes(found.filter(Q(left_on=None) | Q(left_on__gte=selection.start)), selection)
    for person, *told in _rows(found, "person_id", "service", "joined_on", "left_on", "reason"):
        service, joined, left, reason = told
        if person not in left_out:
            yield records.Waiting(service, _iso(joined), _iso(left), reason)


def _turned_away(selection: Selection) -> Iterator[records.TurnedAway]:
    found = work.TurnedAway.objects.filter(Q(day=None) | Q(day__range=(selection.start, selection.end)))
    for service, day, reason in _rows(_of_programmes(found, selection), "service", "day", "reason"):
        yield records.TurnedAway(service, _iso(day), reason)


def _of_programmes(found: QuerySet[Any], selection: Selection) -> QuerySet[Any]:
    if selection.programmes is not None:
        found = found.filter(programme__in=selection.programmes)
    if selection.funder is not None:
        found = found.filter(programme__funders=selection.funder)
    return found
