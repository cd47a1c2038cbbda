"""From an address to a row: what is hidden, removed or never was are the same 404."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sansnom.desk.accounts.access import record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.people.access import in_sight, visible_to
from sansnom.desk.people.models import Person

Row = TypeVar("Row", bound=models.Model)


def row_asked(rows: QuerySet[Row], viewer: Colleague, number: int) -> Row:
    """Give one row of a programme that exists for this colleague; Http404 for hidden and absent ones alike."""
    row = in_sight(rows, viewer).filter(pk=number).first()
    if row is None:
        raise Http404
    return row


def person_of(row: Any, viewer: Colleague, act: Act) -> Person | None:  # noqa: ANN401 - a row with a person, or with none
    """Give whose row it is, as far as their file exists for this colleague, and write in the trail what they do."""
    if row.person_id is None:
        return None
    person = visible_to(viewer).filter(pk=row.person_id).first()
    if person is None:
        raise Http404
    record_access(viewer, person.reference, act)
    return person


def act_of(request: HttpRequest) -> Act:
    """Say what a request does with a file."""
    return Act.CHANGED if request.method == "POST" else Act.LOOKED


WAYS_BACK = {"today": "work:today", "waiting": "work:waiting", "agenda": "work:agenda"}


def way_back(request: HttpRequest, person: Person | None, anchor: str = "") -> HttpResponse:
    """Go back to where the page was opened from: a list that `from=` names, else the person's page."""
    asked = request.POST.get("from") or request.GET.get("from") or ""
    if asked in WAYS_BACK or person is None:
        return redirect(WAYS_BACK.get(asked, "work:today"))
    return redirect(reverse("people:person", args=[person.reference]) + (f"#{anchor}" if anchor else ""))


def came_from(request: HttpRequest) -> str:
    """Give the name of the list that the page was opened from, if any."""
    asked = request.POST.get("from") or request.GET.get("from") or ""
    return asked if asked in WAYS_BACK else ""
