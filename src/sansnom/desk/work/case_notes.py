"""Pages of case notes: write, amend, read every version. For members of the note's programme alone."""

import uuid
from typing import Final

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sansnom.desk.accounts.access import me
from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.people.models import Person
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.work.fields import RowField, day_field
from sansnom.desk.work.models import CaseNote, Programme
from sansnom.desk.work.notes import amend_note, current_versions, notes_seen_by, write_note
from sansnom.desk.work.reaching import act_of, person_of
from sansnom.terms.errors import PolicyRefusal

NOTE_LENGTH: Final = 50_000


def programmes_for_notes(viewer: Colleague, person: Person) -> list[Programme]:
    """Give the programmes in which this colleague writes notes on this person: theirs, where the file has a place."""
    inside = programmes_seen_by(viewer).filter(members=viewer.pk, enrolments__person=person)
    return list(inside.order_by(F("enrolments__last_seen").desc(nulls_last=True), "pk"))


class NoteForm(DeskForm):
    """A note's words."""

    words = forms.CharField(
        label=say_later("work.note.words"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 14, "dir": "auto", "autofocus": True}),
    )


class NewNoteForm(NoteForm):
    """A new note: about which day, for which programme."""

    about_on = day_field("work.note.about_on")


def _anchor(person: Person) -> HttpResponse:
    return redirect(reverse("people:person", args=[person.reference]) + "#notes")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Write a note on this person."""
    viewer, person = file_asked(request, reference, act_of(request))
    programmes = programmes_for_notes(viewer, person)
    form = NewNoteForm(request.POST or None, initial={"about_on": timezone.localdate()})
    chosen = Programme.objects.filter(pk__in=[programme.pk for programme in programmes])
    form.fields["programme"] = RowField(chosen, label="work.programme")
    if programmes:
        form.fields["programme"].initial = programmes[0]
    if request.method == "POST" and programmes and form.is_valid():
        told = form.cleaned_data
        write_note(viewer, person, told["programme"], told["words"], told["about_on"])
        messages.success(request, say("work.saved"))
        return _anchor(person)
    return render(request, "work/note.html", {"form": form, "person": person, "programmes": programmes})


def _note_asked(viewer: Colleague, number: int) -> CaseNote:
    try:
        return notes_seen_by(viewer).select_related("programme").get(pk=number)
    except CaseNote.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, number: int) -> HttpResponse:
    """Write a note's next version; the ones before stay, and stay to be read."""
    viewer = me(request)
    note = _note_asked(viewer, number)
    person = person_of(note, viewer, act_of(request))
    if person is None:
        raise Http404
    held = current_versions([note])[note.pk]
    form = NoteForm(request.POST or None, initial={"words": held.words})
    if request.method == "POST" and form.is_valid():
        try:
            amend_note(viewer, note, form.cleaned_data["words"], _seen(request))
        except PolicyRefusal as refusal:
            if refusal.code != "note.amended":
                raise
            form.add_error("words", say("work.note.amended"))
        else:
            messages.success(request, say("work.saved"))
            return _anchor(person)
    told = {"form": form, "note": note, "person": person, "held": held, "programmes": [note.programme]}
    return render(request, "work/note.html", told)


def _seen(request: HttpRequest) -> int:
    told = request.POST.get("seen", "")
    return int(told) if told.isdecimal() else 0


@require_safe
def versions(request: HttpRequest, number: int) -> HttpResponse:
    """Show every version of a note, the last first."""
    viewer = me(request)
    note = _note_asked(viewer, number)
    person = person_of(note, viewer, act_of(request))
    listed = note.versions.select_related("written_by").order_by("-number")
    return render(request, "work/note_versions.html", {"note": note, "person": person, "versions": listed})
