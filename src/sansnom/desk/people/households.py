"""Who lives with whom: joining and leaving a household. A household has no name, only members."""

from typing import Any

from django.db import transaction

from sansnom.desk.people.access import Viewer, visible_to
from sansnom.desk.people.models import Household, Person
from sansnom.terms.errors import InputError, PolicyRefusal


def members_seen_by(viewer: Viewer, person: Person) -> list[Person]:
    """Give those who live with a person, as far as their files exist for this colleague."""
    if person.household_id is None:
        return []
    others = visible_to(viewer).filter(household=person.household_id).exclude(pk=person.pk)
    return list(others.order_by("birth_year", "sort_name", "pk"))


@transaction.atomic
def join_household(by: Viewer, person: Person, other: Person) -> None:
    """Let a person live with another: in the other's household, else in their own, else in a new one.

    InputError `household.itself`; PolicyRefusal `household.outside` where one of the files does not exist for the colleague.
    """
    if person.pk == other.pk:
        raise InputError("household.itself")
    if visible_to(by).filter(pk__in=[person.pk, other.pk]).count() != 2:
        raise PolicyRefusal("household.outside")
    for one in (person, other):
        one.refresh_from_db(fields=["household"])
    left = person.household_id
    home = other.household or person.household or Household.objects.create()
    Person.objects.filter(pk__in=[person.pk, other.pk]).update(household=home)
    person.household = other.household = home
    if left is not None and left != home.pk:
        _end_if_empty(left)


@transaction.atomic
def leave_household(by: Viewer, person: Person) -> None:
    """Let a person live alone. PolicyRefusal `household.outside` where the file does not exist for the colleague."""
    if not visible_to(by).filter(pk=person.pk).exists():
        raise PolicyRefusal("household.outside")
    left = person.household_id
    person.household = None
    person.save(update_fields=["household"])
    if left is not None:
        _end_if_empty(left)


def _end_if_empty(number: Any) -> None:  # noqa: ANN401 - a primary key
    """Let go of a household of one: it says nothing."""
    if Person.objects.filter(household=number).count() < 2:
        Person.objects.filter(household=number).update(household=None)
        Household.objects.filter(pk=number).delete()
