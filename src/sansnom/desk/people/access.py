"""Who may see what: the one place that decides it. A view never asks for persons or acts in another way.

An open programme is for every active colleague; a confidential one for its members alone, whatever their role. A file is
seen by whoever sees one of the programmes it is in; an act, by whoever sees its programme. Outside, nothing tells that
either exists: what is hidden and what is not there give the same empty answer.
"""

import uuid
from typing import Any, Protocol, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from sansnom.desk.people.models import Person, SamePerson

Row = TypeVar("Row", bound=models.Model)


class Viewer(Protocol):
    """A colleague, or somebody who is not signed in."""

    pk: Any
    is_active: Any


def programmes_seen_by(viewer: Viewer) -> QuerySet[Any]:
    """Give the programmes that exist for this colleague; none for one who is suspended or not signed in."""
    programme: Any = apps.get_model("work", "Programme")  # by its name: `work` stands above `people`
    every: QuerySet[Any] = programme.objects.all()
    if viewer.pk is None or not viewer.is_active:
        return every.none()
    return every.filter(Q(confidential=False) | Q(pk__in=every.filter(members=viewer.pk).values("pk")))


def visible_to(viewer: Viewer) -> QuerySet[Person]:
    """Give the files that exist for this colleague."""
    return of_visible_persons(Person.objects.all(), viewer, "pk")


def of_visible_persons(rows: QuerySet[Row], viewer: Viewer, column: str = "person_id") -> QuerySet[Row]:
    """Keep the rows whose column names a file that exists for this colleague: asked row by row, never for all files first."""
    enrolment: Any = apps.get_model("work", "Enrolment")
    places = enrolment.objects.filter(person=OuterRef(column), programme__in=programmes_seen_by(viewer))
    return rows.filter(Exists(places))


def person_visible_to(viewer: Viewer, reference: uuid.UUID) -> Person:
    """Give one file by what stands in a page's address; `Person.DoesNotExist` alike where it is hidden or absent."""
    return visible_to(viewer).get(reference=reference)


def in_sight(rows: QuerySet[Row], viewer: Viewer) -> QuerySet[Row]:
    """Keep the acts (services, needs, notes, sessions, waiting ...) of programmes that exist for this colleague."""
    return rows.filter(programme__in=programmes_seen_by(viewer))


def links_seen_by(viewer: Viewer) -> QuerySet[SamePerson]:
    """Give the decisions in force about pairs of files that exist, both of them, for this colleague."""
    decisions = of_visible_persons(SamePerson.objects.filter(undone_at__isnull=True), viewer, "first_id")
    return of_visible_persons(decisions, viewer, "second_id")
