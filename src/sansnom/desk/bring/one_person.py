"""A person's own file comes with them: the structured copy that another desk gave out becomes a new file here.

What the copy holds as facts, names, languages and dated acts is taken, under one programme; what is another organization's own (its
notes, agreements, appointments, who did what) is not. A copy may have been changed by anybody: each value goes through its column.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from sansnom.desk.accounts.access import me, record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.bring.vocabulary import ProgrammeField
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.models import Person, SpokenLanguage
from sansnom.desk.people.naming import Name
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.people.starting import OWN_ROWS, UNDO_WITHIN
from sansnom.desk.work import models as work
from sansnom.desk.work.opening import open_file
from sansnom.terms.errors import InputError

FORMAT: Final = "sansnom/person-file/1"
COPY_BYTES_MAX: Final = 8 * 2**20
ROWS_MAX: Final = 10_000
FACTS: Final = (
    *("sex", "country_of_birth", "mother_tongue", "best_language", "needs_interpreter", "category", "admission_date"),
    *("arrival_date", "region", "postal_code", "phone", "contact_rule"),
)
ACTS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "services": (work.Service, ("starts_on", "ends_on", "service", "minutes", "mode", "status", "leave_reason")),
    "needs": (work.Need, ("opened_on", "service", "closed_on", "outcome")),
    "referrals": (work.Referral, ("sent_on", "service", "to_name", "reason", "accepted", "completed", "answered_on")),
    "assessments": (work.Assessment, ("assessed_on", "scale", "skill", "level", "method")),
    "employment": (work.EmploymentObservation, ("observed_on", "status")),
    "education": (work.EducationObservation, ("observed_on", "status")),
    "goals": (work.Goal, ("set_on", "words", "rating_start", "rating_now", "reached_on", "dropped_on")),
    "waiting": (work.WaitingEntry, ("joined_on", "service", "left_on", "reason")),
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Came:
    """A new file, and how many acts came with it."""

    person: Person
    acts: int


def read_copy(content: bytes) -> dict[str, Rows]:
    """Give the parts of a copy, each row as its stored values; InputError `bring.person.not_ours` for anything else."""
    try:
        told = json.loads(content)
        if told["schema"] != FORMAT:
            raise InputError("bring.person.not_ours")
        parts = {
            str(part["part"]): [{str(name): cell["value"] for name, cell in row.items()} for row in part["rows"]]
            for part in told["parts"]
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise InputError("bring.person.not_ours") from None
    if sum(map(len, parts.values())) > ROWS_MAX or len(parts.get("person", ())) != 1:
        raise InputError("bring.person.not_ours")
    return parts


def take_person(by: Colleague, programme: work.Programme, parts: Mapping[str, Rows]) -> Came:
    """Open a file from a copy, all of it or nothing; InputError names the part, the row and the column."""
    told = parts["person"][0]
    facts = _values(Person, "person", 1, told, FACTS) | _birth(told.get("birth"))
    names = [
        Name(row.get("given_names") or "", row.get("family_names") or "", kind=row.get("kind", "usual"))
        for row in parts.get("names", ())
    ]
    languages = [str(row.get("language", ""))[:12] for row in parts.get("languages", ())]
    try:
        with transaction.atomic():
            person = open_file(by, programme, names, unnamed=not names, **facts)
            SpokenLanguage.objects.bulk_create(
                SpokenLanguage(person=person, language=one) for one in dict.fromkeys(languages)
            )
            acts = 0
            for part, (model, columns) in ACTS.items():
                rows = [
                    model(person=person, programme=programme, **_values(model, part, place, row, columns))
                    for place, row in enumerate(parts.get(part, ()), 1)
                ]
                acts += len(model.objects.bulk_create(rows))
    except (DatabaseError, ValidationError, AttributeError, TypeError):
        raise InputError("bring.person.contradicts") from None
    return Came(person, acts)


def _values(model: Any, part: str, place: int, row: Mapping[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - a model, whose fields Django's types do not know
    """Read the columns of one row; what the copy does not hold stays as the column begins."""
    found = {}
    for column in columns:
        if row.get(column) is None:
            continue
        field = model._meta.get_field(column)  # noqa: SLF001 - Django's documented interface
        try:
            value = field.to_python(row[column])
            field.run_validators(value)
        except (ValidationError, ValueError, TypeError, OverflowError):
            raise InputError("bring.person.value", part=part, row=place, column=column) from None
        found[column] = value
    return found


def _birth(told: object) -> dict[str, Any]:
    """Read a birth date as a copy writes it: 1990, 1990-5 or 1990-5-12."""
    if not told:
        return {}
    parts = str(told).split("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= len("1990") for part in parts) or len(parts) > len(
        "ymd"
    ):
        raise InputError("bring.person.value", part="person", row=1, column="birth")
    names = ("birth_year", "birth_month", "birth_day")[: len(parts)]
    quality = "exact" if len(parts) == len("ymd") else "year_only" if len(parts) == 1 else "estimated"
    return dict(zip(names, map(int, parts), strict=True)) | {"birth_quality": quality}


class CopyForm(DeskForm):
    """Asks for the copy, and where the file goes."""

    file = forms.FileField(
        label=say_later("bring.person.file"),
        help_text=say_later("bring.person.file.hint"),
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )

    def __init__(self, viewer: Colleague, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.fields["programme"] = ProgrammeField(viewer, "bring.programme")


def person_copy(request: HttpRequest) -> HttpResponse:
    """Open a file from the copy that a person brings."""
    viewer = me(request)
    form = CopyForm(viewer, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            parts = read_copy(form.cleaned_data["file"].read(COPY_BYTES_MAX))
            came = take_person(viewer, form.cleaned_data["programme"], parts)
        except InputError as error:
            told = {name: str(value) for name, value in error.parameters.items()}
            form.add_error(
                "file", say(error.code if error.code.startswith("bring.") else "bring.person.contradicts", None, **told)
            )
        else:
            record_access(viewer, came.person.reference, Act.CHANGED)
            undo = reverse("bring:undo_person", args=[came.person.reference, came.acts])
            done_with_undo(request, say("bring.person.done", count=came.acts), undo)
            return redirect("people:person", came.person.reference)
    return render(request, "bring/person.html", {"form": form})


@require_POST
def undo_person(request: HttpRequest, reference: uuid.UUID, acts: int) -> HttpResponse:
    """Take back a file that this colleague took in within the hour, as long as it holds what came and nothing more."""
    viewer, person = file_asked(request, reference)
    fresh = person.opened_by_id == viewer.pk and timezone.now() - person.opened_at <= UNDO_WITHIN
    if not fresh or _rows_of(person) != acts:
        messages.error(request, say("bring.person.in_use"))
        return redirect("people:person", person.reference)
    record_access(viewer, person.reference, Act.ERASED)
    person.delete()
    messages.success(request, say("bring.person.undone"))
    return redirect("people:find")


def _rows_of(person: Person) -> int:
    """Count what hangs on a file besides its names and places."""
    relations = [one for one in person._meta.related_objects if one.related_model._meta.label not in OWN_ROWS]  # noqa: SLF001 - Django's documented interface
    return sum(one.related_model._base_manager.filter(**{one.field.name: person}).count() for one in relations)  # noqa: SLF001 - as above
