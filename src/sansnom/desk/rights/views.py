"""Pages about one person's rights: their requests, their whole file, its erasure."""

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from sansnom.desk.accounts.access import me, record_access, require_role
from sansnom.desk.accounts.models import Act, Colleague, Role
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say
from sansnom.desk.people.access import of_visible_persons
from sansnom.desk.people.models import Person
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.showing import called
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.rights.erasing import erase, held_by_backups
from sansnom.desk.rights.forms import DecisionForm, EraseForm, RequestForm
from sansnom.desk.rights.models import ASKED, DAYS_TO_ANSWER, DECISIONS, Request
from sansnom.desk.rights.paper import make_pdf
from sansnom.desk.rights.told import Told, as_structure, whole_file


def section(viewer: Colleague, person: Person) -> Mapping[str, Any]:
    """Fill the section of a person's page: what they asked."""
    del viewer
    return {"requests": [shown(row) for row in person.requests.order_by("-asked_on", "-pk")[:5]]}


def shown(row: Request) -> dict[str, Any]:
    """Say a request in words, with the day when it must be answered."""
    due = row.asked_on + timedelta(days=DAYS_TO_ANSWER)
    return {
        "row": row,
        "asked_for": ASKED[row.asked_for].in_language(speaking()),
        "decision": DECISIONS[row.decision].in_language(speaking()),
        "due": due,
        "late": not row.decision and due < timezone.localdate(),
    }


@require_safe
def their_file(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Lead to what can be done at the person's request."""
    viewer, person = file_asked(request, reference)
    told = {"person": person, "requests": section(viewer, person)["requests"]}
    return render(request, "rights/their_file.html", told)


def _opening() -> list[str]:
    return [say("rights.copy.what"), say("rights.copy.restricted"), say("rights.copy.correct")]


def _split(parts: list[Told]) -> tuple[list[Told], str]:
    """Give the parts that hold something, and one sentence naming the others."""
    empty = ", ".join(part.title for part in parts if not part.rows)
    return [part for part in parts if part.rows], say("rights.copy.empty", parts=empty) if empty else ""


@require_safe
def whole_page(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show the whole file, to read together or to print."""
    viewer, person = file_asked(request, reference, Act.PRINTED)
    parts, empty = _split(whole_file(person, viewer))
    told = {"person": person, "parts": parts, "empty": empty, "opening": _opening(), "day": timezone.localdate()}
    return render(request, "rights/whole_file.html", told)


@require_safe
def whole_paper(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give the whole file as PDF/UA-1, made in memory."""
    viewer, person = file_asked(request, reference, Act.PRINTED)
    parts, empty = _split(whole_file(person, viewer))
    organization = Organization.objects.first()
    frame = {
        "language": speaking(),
        "organization": organization.name if organization else "sansnom",
        "made_on": date_format(timezone.localdate(), "DATE_FORMAT"),
    }
    made = make_pdf(say("rights.copy.title", name=called(person)), _opening(), parts, empty, frame)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{say("rights.copy.name")}.pdf"'},
    )


@require_safe
def whole_structure(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give the whole file as structured JSON, to take to another organization."""
    viewer, person = file_asked(request, reference, Act.EXPORTED)
    told = json.dumps(as_structure(person, whole_file(person, viewer)), ensure_ascii=False, indent=1)
    name = say("rights.copy.name")
    return HttpResponse(
        told,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


def new_request(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Write down what a person asks."""
    viewer, person = file_asked(request, reference)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Request.objects.create(person=person, received_by=viewer, **form.cleaned_data)
        record_access(viewer, person.reference, Act.CHANGED)
        messages.success(request, say("rights.request.kept", days=DAYS_TO_ANSWER))
        return redirect("rights:their_file", person.reference)
    return render(request, "rights/request.html", {"person": person, "form": form})


@require_role(Role.COORDINATOR)
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a request, once."""
    viewer = me(request)
    row = get_object_or_404(of_visible_persons(Request.objects.select_related("person"), viewer), pk=number)
    if row.decision:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.decision, row.reason = form.cleaned_data["decision"], form.cleaned_data["reason"].strip()
        row.decided_on, row.decided_by = timezone.localdate(), viewer
        row.save(update_fields=["decision", "reason", "decided_on", "decided_by"])
        record_access(viewer, row.person.reference, Act.CHANGED)
        messages.success(request, say("rights.decision.kept"))
        return redirect(_next_step(row), row.person.reference)
    record_access(viewer, row.person.reference, Act.LOOKED)
    return render(request, "rights/decide.html", {"person": row.person, "one": shown(row), "form": form})


def _next_step(row: Request) -> str:
    """Lead to where what was granted is done."""
    if row.decision in {"granted", "partly"}:
        return {"correction": "people:facts", "erasure": "rights:erase"}.get(row.asked_for, "rights:their_file")
    return "rights:their_file"


@require_role(Role.COORDINATOR)
def erase_page(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Erase a file: says what goes and what backups still hold, and asks for the file's number."""
    viewer, person = file_asked(request, reference)
    form = EraseForm(request.POST or None, number=person.file_number)
    if request.method == "POST" and form.is_valid():
        line = erase(viewer, person, form.cleaned_data["ground"])
        return redirect("rights:destruction", line.pk)
    backups, gone = held_by_backups()
    parts = [(part.title, len(part.rows)) for part in whole_file(person, viewer) if part.rows and part.name != "looks"]
    told = {"person": person, "form": form, "parts": parts, "backups": backups, "gone": gone}
    return render(request, "rights/erase.html", told)
