"""Persons together: who lives with whom, which files are of one person, which may be. Linked, never merged; all can be undone."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import links_seen_by, person_visible_to
from sansnom.desk.people.duplicates import (
    band_of,
    begin_look,
    files_like,
    last_look,
    possible_duplicates,
    reasons_for,
    under_way,
)
from sansnom.desk.people.find import Sought, find_persons
from sansnom.desk.people.forms import SearchForm
from sansnom.desk.people.households import join_household, leave_household
from sansnom.desk.people.links import decide_pair, decided, undo_decision
from sansnom.desk.people.models import Person, PossibleDuplicate, SamePerson
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.words import VERDICTS

BESIDE: Final = "people.beside"
"""What was looked for beside a file, to live with it or to be linked to it: in the session."""
LIKE_LEAST: Final = 55
PAIRS_A_PAGE: Final = 25


def household(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Look for who lives with a person."""
    return _beside(request, reference, "household")


def link(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show the files that look like this one, and look for others."""
    return _beside(request, reference, "link")


def _beside(request: HttpRequest, reference: uuid.UUID, purpose: str) -> HttpResponse:
    """Show files to put beside one; what was looked for is kept in the session, as in `finding.py`."""
    viewer, person = file_asked(request, reference)
    here = reverse(f"people:{purpose}", args=[person.reference])
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            request.session[BESIDE] = form.cleaned_data["text"]
            return redirect(f"{here}?found=1")
    text = str(request.session.get(BESIDE, "")) if "found" in request.GET else ""
    told: dict[str, Any] = {"person": person, "form": SearchForm(initial={"text": text}), "looked": bool(text.strip())}
    known = decided(viewer, person) if purpose == "link" else {}
    if text.strip():
        found = find_persons(viewer, Sought.typed(text))
        told["matches"] = [m for m in found if m.person.pk != person.pk and m.person.pk not in known]
    elif purpose == "link":
        told["matches"] = files_like(viewer, person, known, LIKE_LEAST)
    return render(request, f"people/{purpose}.html", told)


def _other(request: HttpRequest, viewer: Colleague) -> Person:
    """Give the other file that a form names. Http404 for one that is hidden or absent."""
    try:
        return person_visible_to(viewer, uuid.UUID(request.POST.get("other", "")))
    except (ValueError, Person.DoesNotExist):
        raise Http404 from None


@require_POST
def join(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Let a person live with another."""
    viewer, person = file_asked(request, reference, Act.CHANGED)
    other = _other(request, viewer)
    if other.pk == person.pk:
        raise Http404
    join_household(viewer, person, other)
    record_access(viewer, other.reference, Act.CHANGED)
    done_with_undo(request, say("people.household.joined"), reverse("people:leave_household", args=[person.reference]))
    return _back(request, person)


@require_POST
def leave(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Let a person live alone."""
    viewer, person = file_asked(request, reference, Act.CHANGED)
    leave_household(viewer, person)
    messages.success(request, say("people.household.left"))
    return _back(request, person)


@require_POST
def decide(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Say that two files are of one person, or of two."""
    viewer, person = file_asked(request, reference, Act.CHANGED)
    other, verdict = _other(request, viewer), request.POST.get("verdict", "")
    if verdict not in VERDICTS or other.pk == person.pk:
        raise Http404
    decision = decide_pair(viewer, person, other, verdict)
    record_access(viewer, other.reference, Act.CHANGED)
    done_with_undo(request, say(f"people.link.done.{verdict}"), reverse("people:undo_link", args=[decision.pk]))
    return _back(request, person)


@require_POST
def undo_link(request: HttpRequest, number: int) -> HttpResponse:
    """Take a decision back. Http404 where one of the files is hidden, as where there is no such decision."""
    viewer = me(request)
    decision = get_object_or_404(links_seen_by(viewer).select_related("first", "second"), pk=number)
    undo_decision(viewer, decision)
    for person in (decision.first, decision.second):
        record_access(viewer, person.reference, Act.CHANGED)
    messages.success(request, say("people.link.undone"))
    return _back(request, decision.first)


def _back(request: HttpRequest, person: Person) -> HttpResponse:
    """Go back to where a button stood: the list of possible duplicates, or the person's page."""
    if request.POST.get("from") == "duplicates":
        return redirect("people:duplicates")
    return redirect("people:person", person.reference)


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """List the pairs of the last look that nobody decided on yet, with why they are alike."""
    viewer = me(request)
    found = list(possible_duplicates(viewer, _pair(viewer, request.GET.get("after", "")))[: PAIRS_A_PAGE + 1])
    pairs = found[:PAIRS_A_PAGE]
    prefetch_related_objects([person for pair in pairs for person in (pair.first, pair.second)], "names")
    told = {
        "more": pairs[-1] if len(found) > PAIRS_A_PAGE else None,
        "pairs": [(pair, band_of(pair.score), reasons_for(pair.first, pair.second)) for pair in pairs],
        "last": last_look(),
        "looking": under_way(),
    }
    return render(request, "people/duplicates.html", told)


def _pair(viewer: Colleague, number: str) -> PossibleDuplicate | None:
    """Give the pair that the last page ended with; None for one that is hidden, gone or never was."""
    return (
        possible_duplicates(viewer).filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    )


@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Look through all files anew."""
    me(request)
    looked = begin_look()
    messages.success(request, say("people.duplicates.looked" if looked else "people.duplicates.looking"))
    return redirect("people:duplicates")


def decisions_about(viewer: Colleague, person: Person) -> list[tuple[SamePerson, Person]]:
    """Give the decisions in force about a file, each with the other file, both in sight."""
    found = links_seen_by(viewer).select_related("first", "second", "decided_by")
    pairs = (
        *found.filter(first=person),
        *found.filter(second=person),
    )
    return [(one, one.second if one.first_id == person.pk else one.first) for one in pairs]
