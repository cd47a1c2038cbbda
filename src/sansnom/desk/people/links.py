"""Two files of one person: linked, never merged; a decision can be undone, and undone ones stay as history."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from sansnom.desk.people.access import Viewer, links_seen_by, visible_to
from sansnom.desk.people.models import Person, SamePerson
from sansnom.terms.errors import InputError, PolicyRefusal


@transaction.atomic
def decide_pair(by: Any, one: Person, other: Person, verdict: str) -> SamePerson:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Say that two files are of one person ("same") or of two ("different"); an earlier decision is undone first."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    if first.pk == second.pk:
        raise InputError("link.itself")
    if visible_to(by).filter(pk__in=[first.pk, second.pk]).count() != 2:
        raise PolicyRefusal("link.outside")
    SamePerson.objects.filter(first=first, second=second, undone_at=None).update(undone_at=timezone.now(), undone_by=by)
    return SamePerson.objects.create(first=first, second=second, verdict=verdict, decided_by=by)


def undo_decision(by: Any, decision: SamePerson) -> None:  # noqa: ANN401 - as above
    """Take a decision back; it stays as history. PolicyRefusal `link.outside` where one of the files is hidden."""
    changed = links_seen_by(by).filter(pk=decision.pk).update(undone_at=timezone.now(), undone_by=by)
    if not changed:
        raise PolicyRefusal("link.outside")


def other_files(viewer: Viewer, person: Person) -> list[Person]:
    """Give the other files of the same person that exist for this colleague, near and far: two queries and one a step."""
    pairs = list(links_seen_by(viewer).filter(verdict="same").values_list("first_id", "second_id"))
    group = next((group for group in groups_of(pairs) if person.pk in group), [])
    return list(visible_to(viewer).filter(pk__in=[number for number in group if number != person.pk]))


def decided(viewer: Viewer, person: Person) -> dict[int, str]:
    """Give what was decided about this file and others, by the other's number."""
    rows = (
        links_seen_by(viewer).filter(Q(first=person) | Q(second=person)).values_list("first_id", "second_id", "verdict")
    )
    return {(second if first == person.pk else first): verdict for first, second, verdict in rows}


def groups_of(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Join pairs into groups, each in order, the smallest number first: the files of one person."""
    leader: dict[int, int] = {}

    def lead(number: int) -> int:
        while leader.setdefault(number, number) != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for one, other in pairs:
        low, high = sorted((lead(one), lead(other)))
        leader[high] = low
    groups: dict[int, list[int]] = {}
    for number in sorted(leader):
        groups.setdefault(lead(number), []).append(number)
    return list(groups.values())


def groups_in_force() -> list[list[int]]:
    """Give the files of everyone who has several, whoever may see them: for counting, never for showing."""
    rows = SamePerson.objects.filter(undone_at=None, verdict="same").values_list("first_id", "second_id")
    return groups_of(rows)
