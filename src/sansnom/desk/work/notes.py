"""Case notes: written, amended, never overwritten; for members of the note's programme alone, open or not."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from sansnom.desk.people.access import Viewer, in_sight
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import CaseNote, CaseNoteVersion, Programme
from sansnom.terms.errors import InputError, PolicyRefusal


def notes_seen_by(viewer: Viewer) -> QuerySet[CaseNote]:
    """Give the notes of the programmes whose member this colleague is: an open programme opens its acts, not its notes."""
    return in_sight(CaseNote.objects.all(), viewer).filter(programme__members=viewer.pk)


@transaction.atomic
def write_note(by: Any, person: Person, programme: Programme, words: str, about_on: date) -> CaseNote:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Write a note on a file of a programme.

    PolicyRefusal `note.outside` for who is not its member, `note.file` for a file that is not in it.
    """
    if not by.is_active or not programme.members.filter(pk=by.pk).exists():
        raise PolicyRefusal("note.outside")
    if not programme.enrolments.filter(person=person).exists():
        raise PolicyRefusal("note.file")
    note = CaseNote.objects.create(person=person, programme=programme, about_on=about_on)
    _add_version(note, 1, words, by)
    return note


@transaction.atomic
def amend_note(by: Any, note: CaseNote, words: str, seen: int) -> CaseNoteVersion:  # noqa: ANN401 - as above
    """Add a version after the one that was seen; PolicyRefusal `note.amended` where somebody else was quicker."""
    if not notes_seen_by(by).filter(pk=note.pk).exists():
        raise PolicyRefusal("note.outside")
    last = CaseNoteVersion.objects.filter(note=note).order_by("-number").values_list("number", flat=True).first() or 0
    if last != seen:
        raise PolicyRefusal("note.amended", seen=seen, found=last)
    return _add_version(note, last + 1, words, by)


def current_versions(notes: Sequence[CaseNote]) -> dict[int, CaseNoteVersion]:
    """Give the wording that holds of each note, by the note's number: one query."""
    newer = CaseNoteVersion.objects.filter(note=OuterRef("note"), number__gt=OuterRef("number"))
    held = CaseNoteVersion.objects.filter(~Exists(newer), note__in=notes).select_related("written_by")
    return {version.note_id: version for version in held}


def _add_version(note: CaseNote, number: int, words: str, by: Any) -> CaseNoteVersion:  # noqa: ANN401 - as above
    if not words.strip():
        raise InputError("note.empty")
    return CaseNoteVersion.objects.create(note=note, number=number, words=words, written_by=by)
