"""Group sessions: the meeting and its attendance sheet on one screen, the last group again, the list."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sansnom.desk.accounts.access import me, record_accesses
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import in_sight, visible_to
from sansnom.desk.people.models import NAME_LENGTH, Person
from sansnom.desk.work.addresses import seal, unseal
from sansnom.desk.work.fields import (
    MinutesField,
    RowsField,
    day_field,
    language_field,
    own_field,
    programme_field,
    service_field,
    staff_field,
)
from sansnom.desk.work.forms import usual_programme
from sansnom.desk.work.models import Funder, GroupSession
from sansnom.desk.work.people_lists import detail, offered, persons_for, suggestions
from sansnom.desk.work.reaching import row_asked
from sansnom.desk.work.recording import ABSENT, record_group
from sansnom.desk.work.removing import remove
from sansnom.desk.work.words import MODES

SESSIONS_A_PAGE: Final = 40
ON_A_SHEET: Final = 200
MORE: Final = frozenset({"add", "pick", "drop", "refresh"})
"""Buttons that change the sheet on the screen and save nothing."""
FOLDED: Final = ("mode", "staff", "places", "interpreter_language", "childcare", "funders", "cancelled")
REPEATED: Final = ("service", "title", "minutes", "mode", "places", "interpreter_language", "childcare", "programme")


class SessionForm(DeskForm):
    """The meeting. What most sessions need is open, the rest is folded away."""

    judged = True
    service = service_field()
    title = forms.CharField(
        label=say_later("work.session.name"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput({"dir": "auto"}),
    )
    held_on = day_field("work.day")
    minutes = MinutesField(hint="work.minutes.hint.short")
    unnamed_count = forms.IntegerField(
        label=say_later("work.session.unnamed"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=say_later("work.session.unnamed.hint"),
    )
    mode = own_field("work.mode", MODES)
    staff = staff_field()
    places = forms.IntegerField(label=say_later("work.places"), required=False, min_value=0, max_value=9999)
    interpreter_language = language_field("work.interpreter")
    childcare = forms.BooleanField(label=say_later("work.childcare"), required=False)
    cancelled = forms.BooleanField(label=say_later("work.session.cancelled"), required=False)

    def __init__(
        self,
        told: Any | None,  # noqa: ANN401 - a QueryDict
        *,
        viewer: Colleague,
        row: GroupSession | None,
        again: GroupSession | None,
    ) -> None:
        super().__init__(told)
        self.fields["programme"] = programme_field(viewer, also_closed=row is not None)
        funders = list(Funder.objects.filter(active=True).order_by("pk"))
        if funders:
            self.fields["funders"] = RowsField(funders, label="work.funders", help_text=say_later("work.funders.hint"))
        self.order_fields(["service", "title", "programme", "held_on", "minutes", "unnamed_count"])
        first = {"held_on": timezone.localdate(), "staff": viewer.pk, "unnamed_count": 0, "minutes": 90}
        first["programme"] = self.fields["programme"].initial or usual_programme(viewer, None)
        if again is not None:
            first |= {name: getattr(again, name) for name in REPEATED}
        if row is not None:
            first = {name: getattr(row, name) for name in self.fields if name != "funders"}
        for shown in (row, again):
            if shown is not None and "funders" in self.fields and "funders" not in first:
                first["funders"] = list(shown.funders.all())
        self.initial = {**first, "staff": row.staff_id if row else viewer.pk}

    def clean(self) -> dict[str, Any]:
        """An empty count is none."""
        told = super().clean() or {}
        told["unnamed_count"] = told.get("unnamed_count") or 0
        return told

    @property
    def errors(self) -> ErrorDict:
        """Give what is wrong; nothing while somebody is still being added."""
        return super().errors if self.judged else ErrorDict()

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """List the fields that always show, but for the count of those without a file."""
        return [
            self[name] for name in self.fields if name not in {*FOLDED, "unnamed_count"} and not self[name].is_hidden
        ]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        """List the fields of the folded part."""
        return [self[name] for name in self.fields if name in FOLDED]


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One line of the sheet."""

    person: Person
    came: bool

    @property
    def detail(self) -> str:
        """Give what tells the person from another of the same name."""
        return detail(self.person)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a session: a new one, or the last of a group again with everybody ticked."""
    viewer, again = me(request), None
    sealed = request.GET.get("repeat") or request.POST.get("repeat")
    if sealed:
        try:
            again = row_asked(GroupSession.objects.all(), viewer, unseal(sealed))
        except ValueError:
            raise Http404 from None
    return _page(request, viewer, None, again)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Show a session with its sheet, and change both."""
    viewer = me(request)
    return _page(request, viewer, row_asked(GroupSession.objects.all(), viewer, number), None)


def _page(
    request: HttpRequest, viewer: Colleague, row: GroupSession | None, again: GroupSession | None
) -> HttpResponse:
    form = SessionForm(request.POST or None, viewer=viewer, row=row, again=again)
    lines = _lines(request, viewer, row or again, everybody=row is None)
    who, found = "", list[Person]()
    if request.method == "POST":
        lines, who, found = _added(request, viewer, lines)
        asked_more = MORE & set(request.POST) or who
        if not asked_more and form.is_valid() and _day_is_right(form, lines):
            session = _save(viewer, row, form, lines)
            came = sum(line.came for line in lines) + session.unnamed_count
            messages.success(request, say("work.session.saved", count=came))
            return redirect("work:sessions")
    told = {
        "form": _unchecked(form) if MORE & set(request.POST) else form,
        "lines": lines,
        "row": row,
        "again": again,
        "who": who,
        "found": [(offered(person), person) for person in found],
        "nobody": bool(who) and not found,
        "suggestions": suggestions(viewer),
        "fresh": request.method != "POST",
        "subject": seal(row.pk) if row else "new",
    }
    return render(request, "work/session.html", told)


def _unchecked(form: SessionForm) -> SessionForm:
    """Show what was sent without judging it yet: somebody was being added, nothing was saved."""
    form.judged = False
    return form


def _lines(request: HttpRequest, viewer: Colleague, shown: GroupSession | None, *, everybody: bool) -> list[Line]:
    """Give the lines of the sheet: as they were sent, else as they are kept; of a session again, with everybody there."""
    if request.method == "POST":
        references = _references(request.POST.getlist("person"))
        came = set(request.POST.getlist("came"))
        persons = {person.reference: person for person in visible_to(viewer).filter(reference__in=references)}
        return [Line(persons[one], str(one) in came) for one in references if one in persons]
    if shown is None:
        return []
    kept = shown.services.select_related("person").order_by("person__sort_name", "person_id")
    return [Line(service.person, everybody or service.status != ABSENT) for service in kept]


def _references(told: list[str]) -> list[uuid.UUID]:
    found = []
    for one in told[:ON_A_SHEET]:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _added(request: HttpRequest, viewer: Colleague, lines: list[Line]) -> tuple[list[Line], str, list[Person]]:
    """Add who was named: one person found is on the sheet at once, several are offered. Works without the page's script."""
    dropped = request.POST.get("drop")
    lines = [line for line in lines if str(line.person.reference) != dropped]
    text, picked = request.POST.get("who", "").strip(), _references([request.POST.get("pick", "")])
    if picked:
        found = list(visible_to(viewer).filter(reference__in=picked))
    elif text:
        found = persons_for(viewer, text)
    else:
        return lines, "", []
    if len(found) != 1:
        return lines, text, found
    if all(line.person.pk != found[0].pk for line in lines):
        lines = [*lines, Line(found[0], came=True)]
    return lines, "", []


def _day_is_right(form: SessionForm, lines: list[Line]) -> bool:
    """Refuse an attendance that is still to come."""
    if form.cleaned_data["held_on"] > timezone.localdate() and any(line.came for line in lines):
        form.add_error("held_on", say("work.session.future"))
        return False
    return True


def _save(viewer: Colleague, row: GroupSession | None, form: SessionForm, lines: list[Line]) -> GroupSession:
    told = dict(form.cleaned_data)
    funders = told.pop("funders", None)
    session = row or GroupSession()
    for name, value in told.items():
        setattr(session, name, value)
    session.full_clean(validate_unique=False)
    session.save()
    if funders is not None:
        session.funders.set(funders)
    lines = [] if session.cancelled else lines
    record_group(viewer, session, {line.person.pk: line.came for line in lines})
    record_accesses(viewer, [line.person.reference for line in lines], Act.CHANGED)
    return session


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List the sessions of the programmes that exist for this colleague, the last first."""
    viewer = me(request)
    found = in_sight(GroupSession.objects.all(), viewer)
    sealed = request.GET.get("after", "")
    if sealed:
        try:
            last = row_asked(GroupSession.objects.all(), viewer, unseal(sealed))
        except ValueError:
            raise Http404 from None
        found = found.filter(Q(held_on__lt=last.held_on) | Q(held_on=last.held_on, pk__lt=last.pk))
    page = list(found.order_by("-held_on", "-pk").select_related("programme", "staff")[: SESSIONS_A_PAGE + 1])
    more, page = len(page) > SESSIONS_A_PAGE, page[:SESSIONS_A_PAGE]
    counted = GroupSession.objects.filter(pk__in=[row.pk for row in page]).annotate(
        came=Count("services", filter=~Q(services__status=ABSENT)), listed=Count("services")
    )
    counts = {row.pk: (row.came, row.listed) for row in counted}
    told = {"sessions": [(row, *counts[row.pk]) for row in page], "next": page[-1] if more else None}
    return render(request, "work/sessions.html", told)


@require_POST
def take_away(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a session and its sheet; both can be put back."""
    viewer = me(request)
    row = row_asked(GroupSession.objects.all(), viewer, number)
    services = list(row.services.select_related("person", "programme"))
    record_accesses(viewer, [service.person.reference for service in services], Act.CHANGED)
    together = remove(viewer, [row, *services])
    done_with_undo(request, say("work.removed"), reverse("work:put_back", args=[together]))
    return redirect("work:sessions")
