"""Correcting a file: names, facts; each change is kept with who made it, and whether the person asked for it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from sansnom.desk.accounts.access import record_access
from sansnom.desk.accounts.models import Act
from sansnom.desk.house.words import say
from sansnom.desk.people.forms import CorrectionForm, NamesEndForm, name_forms, names_in
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import correct, rename, speak
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.showing import changes_told


def names(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Change how a person is called, or take every name away."""
    viewer, person = file_asked(request, reference)
    known = list(person.names.order_by("-preferred", "pk"))
    rows, end = name_forms(request.POST or None, known), NamesEndForm(request.POST or None)
    nameless = False
    if request.method == "POST" and all([*(row.is_valid() for row in rows), end.is_valid()]):
        told, requested = names_in(rows), end.cleaned_data["at_the_persons_request"]
        if end.cleaned_data["unnamed"]:
            correct(person, {"unnamed": True}, viewer, at_the_persons_request=requested)
        elif told:
            rename(person, told, viewer, at_the_persons_request=requested)
        nameless = not told and not end.cleaned_data["unnamed"]
        if not nameless:
            return _saved(request, viewer, person)
    told_all = {"person": person, "rows": rows, "end": end, "nameless": nameless}
    return render(request, "people/names.html", told_all)


def facts(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Correct what a file says of a person."""
    viewer, person = file_asked(request, reference)
    languages = sorted(person.languages.values_list("language", flat=True))
    form = CorrectionForm.of(request.POST or None, person, languages)
    if request.method == "POST" and form.is_valid():
        requested = form.cleaned_data["at_the_persons_request"]
        correct(person, form.facts(), viewer, at_the_persons_request=requested)
        speak(person, form.spoken(), viewer, at_the_persons_request=requested)
        return _saved(request, viewer, person)
    return render(request, "people/facts.html", {"person": person, "facts": form})


def _saved(request: HttpRequest, viewer: object, person: Person) -> HttpResponse:
    record_access(viewer, person.reference, Act.CHANGED)  # type: ignore[arg-type]  # a Colleague, from file_asked
    messages.success(request, say("people.saved"))
    return redirect("people:person", person.reference)


@require_safe
def history(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """List every change of what a file says, the newest first."""
    _, person = file_asked(request, reference)
    found = person.corrections.select_related("corrected_by").order_by("-corrected_at", "-pk")
    return render(request, "people/history.html", {"person": person, "changes": changes_told(found[:500])})
