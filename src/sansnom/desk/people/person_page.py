"""A person's page: who they are, then what each app adds (`sections.py`); and the sections of this app."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.people.households import members_seen_by
from sansnom.desk.people.links import other_files
from sansnom.desk.people.models import Person
from sansnom.desk.people.sections import actions_on, sections_of
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.showing import changes_told
from sansnom.desk.people.together import decisions_about

CHANGES_SHOWN: Final = 3


@require_safe
def page(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show one file, as far as it exists for this colleague."""
    viewer, person = file_asked(request, reference)
    told = {
        "person": person,
        "names": list(person.names.order_by("-preferred", "pk")),
        "spoken": sorted(person.languages.values_list("language", flat=True)),
        "top": sections_of("top", viewer, person),
        "sections": sections_of("body", viewer, person),
        "actions": actions_on(viewer, person),
    }
    return render(request, "people/person.html", told)


def household(viewer: Colleague, person: Person) -> Mapping[str, Any]:
    """Fill the section of who lives with the person."""
    return {"members": members_seen_by(viewer, person)}


def links(viewer: Colleague, person: Person) -> Mapping[str, Any]:
    """Fill the section of the person's other files: those decided about, and those linked through another."""
    decisions = decisions_about(viewer, person)
    near = {other.pk for _, other in decisions}
    same = [decision for decision in decisions if decision[0].verdict == "same"]
    far = [other for other in other_files(viewer, person) if other.pk not in near] if same else []
    return {"decisions": decisions, "far": far}


def history(viewer: Colleague, person: Person) -> Mapping[str, Any]:
    """Fill the section of who opened the file and the last changes."""
    found = person.corrections.select_related("corrected_by").order_by("-corrected_at", "-pk")[: CHANGES_SHOWN + 1]
    changes = changes_told(found)
    return {
        "changes": changes[:CHANGES_SHOWN],
        "more": len(changes) > CHANGES_SHOWN,
        "opened_by": Colleague.objects.filter(pk=person.opened_by_id).first() if person.opened_by_id else None,
        "director": viewer.may_act_as("director"),
    }
