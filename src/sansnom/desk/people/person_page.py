"""A person's page: who they are, then what each app adds (`sections.py`)."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sansnom.desk.people.sections import actions_on, sections_of
from sansnom.desk.people.seeing import file_asked


@require_safe
def page(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show one file, as far as it exists for this colleague."""
    viewer, person = file_asked(request, reference)
    told = {
        "person": person,
        "names": list(person.names.order_by("-preferred", "pk")),
        "top": sections_of("top", viewer, person),
        "sections": sections_of("body", viewer, person),
        "actions": actions_on(viewer, person),
    }
    return render(request, "people/person.html", told)
