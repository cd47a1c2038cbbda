"""All rows of one section of a person's page, a page at a time: the person's page itself shows the first few."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sansnom.desk.people.seeing import file_asked
from sansnom.desk.work import person as sections
from sansnom.desk.work.person import Part

A_PAGE: Final = 30
PAGES_MAX: Final = 10_000
FILLS: Final[Mapping[str, Callable[..., Mapping[str, Any] | None]]] = {
    "agenda": sections.agenda,
    "needs": sections.needs,
    "progress": sections.progress,
    "notes": sections.notes,
}


@require_safe
def listed(request: HttpRequest, reference: uuid.UUID, section: str) -> HttpResponse:
    """Show a page of one section; Http404 where it does not exist for this colleague."""
    viewer, person = file_asked(request, reference)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    number = min(max(number, 1), PAGES_MAX)
    told = FILLS[section](viewer, person, Part((number - 1) * A_PAGE, A_PAGE))
    if told is None:
        raise Http404
    shown: dict[str, Any] = {
        "person": person,
        "told": {**told, "more": False},
        "number": number,
        "next": number + 1 if told["more"] else None,
        "previous": number - 1 if number > 1 else None,
        "words": f"work.person.{section}",
        "template": f"work/person/{section}.html",
    }
    return render(request, "work/part.html", shown)
