"""Programmes, their funders and grants; what services are called here; staff hours. Coordinators and directors change them."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.house.forms import DeskForm, DeskModelForm
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.people.models import NAME_LENGTH
from sansnom.desk.work.fields import (
    CentsField,
    MinutesField,
    RowField,
    RowsField,
    day_field,
    own_field,
    programme_field,
)
from sansnom.desk.work.models import Funder, Grant, Programme, ServiceName, StaffHours
from sansnom.desk.work.reaching import row_asked
from sansnom.desk.work.removing import remove
from sansnom.desk.work.vocabulary import words_of
from sansnom.desk.work.words import HOUR_KINDS

HOURS_SHOWN: Final = 60


def _name(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=say_later(label), required=required, max_length=NAME_LENGTH, widget=forms.TextInput({"dir": "auto"})
    )


class ProgrammeForm(DeskForm):
    """A programme: its names, who is in it, who pays, how many places."""

    name_fr = _name("work.name_fr")
    name_en = _name("work.name_en", required=False)
    confidential = forms.BooleanField(
        label=say_later("work.confidential"), required=False, help_text=say_later("work.confidential.hint")
    )
    places = forms.IntegerField(label=say_later("work.places"), required=False, min_value=0, max_value=99_999)
    opened_on = day_field("work.programme.opened_on", required=False)
    closed_on = day_field("work.programme.closed_on", required=False)

    def __init__(self, told: Any | None, *, viewer: Colleague, row: Programme | None) -> None:  # noqa: ANN401 - a QueryDict
        self.viewer, self.row = viewer, row
        first = {name: getattr(row, name) for name in self.base_fields} if row else {}
        super().__init__(told, initial=first)
        colleagues = list(Colleague.objects.filter(is_active=True))
        hint = say_later("work.members.hint")
        self.fields["members"] = RowsField(colleagues, label="work.members", help_text=hint)
        self.fields["funders"] = RowsField(list(Funder.objects.filter(active=True)), label="work.funders")
        if row is not None:
            self.initial.update(members=list(row.members.all()), funders=list(row.funders.all()))
        self.order_fields(["name_fr", "name_en", "confidential", "members", "funders"])

    def clean(self) -> dict[str, Any]:
        """A confidential programme keeps a member who can lead it: nobody else would even know that it exists."""
        told = super().clean() or {}
        members = told.get("members", [])
        if told.get("confidential") and not any(member.may_act_as(Role.COORDINATOR) for member in members):
            self.add_error("members", say("work.members.nobody"))
        if told.get("opened_on") and told.get("closed_on") and told["closed_on"] < told["opened_on"]:
            self.add_error("closed_on", say("work.day.backwards"))
        return told

    def save(self) -> Programme:
        """Write the programme; without an English name it bears the French one."""
        told = dict(self.cleaned_data)
        members, funders = told.pop("members"), told.pop("funders")
        row = self.row or Programme()
        for name, value in told.items():
            setattr(row, name, value)
        row.name_en = row.name_en or row.name_fr
        row.full_clean(validate_unique=False)
        row.save()
        row.members.set(members)
        row.funders.set(funders)
        return row


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List the programmes that exist for this colleague."""
    found = (
        programmes_seen_by(me(request))
        .prefetch_related("members", "funders")
        .order_by(F("closed_on").asc(nulls_first=True), "confidential", "pk")
    )
    return render(request, "work/programmes.html", {"programmes": list(found)})


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a programme; whoever opens a confidential one is in it."""
    viewer = me(request)
    form = ProgrammeForm(request.POST or None, viewer=viewer, row=None)
    if request.method != "POST":
        form.initial["members"] = [viewer]
    if request.method == "POST" and form.is_valid():
        row = form.save()
        if row.confidential:
            row.members.add(viewer)
        messages.success(request, say("work.saved"))
        return redirect("work:programmes")
    return render(request, "work/programme.html", {"form": form})


def _programme_asked(viewer: Colleague, number: int) -> Programme:
    row = programmes_seen_by(viewer).filter(pk=number).first()
    if not isinstance(row, Programme):
        raise Http404
    return row


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change a programme that exists for this colleague; see its grants and hours."""
    viewer = me(request)
    row = _programme_asked(viewer, number)
    form = ProgrammeForm(request.POST or None, viewer=viewer, row=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("work.saved"))
        return redirect("work:programmes")
    told = {
        "form": form,
        "row": row,
        "grants": row.grants.select_related("funder").order_by("-starts_on"),
        "minutes": row.staff_hours.aggregate(total=Sum("minutes"))["total"] or 0,
    }
    return render(request, "work/programme.html", told)


class GrantForm(DeskForm):
    """What a funder gives a programme for some time, and what was spent."""

    starts_on = day_field("work.grant.starts_on")
    ends_on = day_field("work.grant.ends_on")
    amount_cents = CentsField(label="work.grant.amount")
    spent_cents = CentsField(label="work.grant.spent", required=False)

    def __init__(self, told: Any | None, *, row: Grant | None) -> None:  # noqa: ANN401 - a QueryDict
        first = {name: getattr(row, name) for name in [*self.base_fields, "funder"]} if row else {}
        super().__init__(told, initial=first)
        self.fields["funder"] = RowField(Funder.objects.order_by("pk"), label="work.funder")
        self.order_fields(["funder"])

    def clean(self) -> dict[str, Any]:
        """Refuse days that go backwards."""
        told = super().clean() or {}
        if told.get("starts_on") and told.get("ends_on") and told["ends_on"] < told["starts_on"]:
            self.add_error("ends_on", say("work.day.backwards"))
        return told


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_grant(request: HttpRequest, number: int) -> HttpResponse:
    """Write down a grant of a programme."""
    programme = _programme_asked(me(request), number)
    return _grant(request, Grant(programme=programme), None)


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change_grant(request: HttpRequest, number: int) -> HttpResponse:
    """Change a grant, or what was spent of it."""
    row = row_asked(Grant.objects.select_related("programme", "funder"), me(request), number)
    return _grant(request, row, row)


def _grant(request: HttpRequest, row: Grant, shown: Grant | None) -> HttpResponse:
    form = GrantForm(request.POST or None, row=shown)
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(row, name, value)
        row.full_clean(validate_unique=False)
        row.save()
        messages.success(request, say("work.saved"))
        return redirect("work:programme", row.programme_id)
    return render(request, "work/grant.html", {"form": form, "row": shown, "programme": row.programme})


@require_role(Role.COORDINATOR)
@require_POST
def remove_grant(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a grant; it can be put back."""
    row = row_asked(Grant.objects.all(), me(request), number)
    together = remove(me(request), [row])
    done_with_undo(request, say("work.removed"), reverse("work:put_back", args=[together]))
    return redirect("work:programme", row.programme_id)


class FunderForm(DeskModelForm):
    """A funder's names."""

    class Meta:
        """Its columns."""

        model = Funder
        fields = ("name_fr", "name_en", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.fields["name_fr"].label, self.fields["name_en"].label = say("work.name_fr"), say("work.name_en")
        self.fields["active"].label = say("work.funder.active")


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def funders(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """List the funders; add one, or change one."""
    row = get_object_or_404(Funder, pk=number) if number is not None else None
    form = FunderForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("work.saved"))
        return redirect("work:funders")
    told = {"form": form, "row": row, "funders": list(Funder.objects.order_by("-active", "pk"))}
    return render(request, "work/funders.html", told)


class CatalogueForm(DeskForm):
    """One line for each service of the dictionary: offered here or not, and by which name."""

    def __init__(self, told: Any | None) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told)
        rows = {row.service: row for row in ServiceName.objects.all()}
        self.services = words_of("services", say("work.language"))
        for service in self.services:
            row = rows.get(service)
            self.fields[f"{service}-offered"] = forms.BooleanField(
                label=say_later("work.catalogue.offered"), required=False, initial=row is None or row.offered
            )
            for column in ("name_fr", "name_en"):
                field = _name(f"work.{column}", required=False)
                field.initial = getattr(row, column) if row else ""
                self.fields[f"{service}-{column}"] = field
            for column in ("offered", "name_fr", "name_en"):
                self.fields[f"{service}-{column}"].widget.attrs["aria-labelledby"] = f"of-{column} of-{service}"

    @property
    def lines(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Give each service with its fields."""
        columns = ("offered", "name_fr", "name_en")
        return [
            (service, words, [self[f"{service}-{column}"] for column in columns])
            for service, words in self.services.items()
        ]

    def save(self) -> None:
        """Keep a row for each service that is not simply the dictionary's."""
        rows = []
        for service in self.services:
            told = {column: self.cleaned_data[f"{service}-{column}"] for column in ("offered", "name_fr", "name_en")}
            if not told["offered"] or told["name_fr"] or told["name_en"]:
                rows.append(ServiceName(service=service, **told))
        ServiceName.objects.all().delete()
        ServiceName.objects.bulk_create(rows)


@require_role(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """Say which services are offered here, and what they are called."""
    form = CatalogueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("work.saved"))
        return redirect("work:catalogue")
    return render(request, "work/catalogue.html", {"form": form})


class HoursForm(DeskForm):
    """How long one worked for a programme on a day."""

    minutes = MinutesField(label="work.hours", required=True)
    kind = own_field("work.hours.kind", HOUR_KINDS, required=True)
    day = day_field("work.day")

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told, initial={"day": timezone.localdate()})
        self.fields["programme"] = programme_field(viewer)


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Write one's own hours, and see the last ones."""
    viewer = me(request)
    form = HoursForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        StaffHours.objects.create(staff=viewer, **form.cleaned_data)
        messages.success(request, say("work.saved"))
        return redirect("work:hours")
    mine = StaffHours.objects.filter(staff=viewer, programme__in=programmes_seen_by(viewer))
    told = {"form": form, "rows": list(mine.select_related("programme").order_by("-day", "-pk")[:HOURS_SHOWN])}
    return render(request, "work/hours.html", told)


@require_POST
def remove_hours(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a line of one's own hours; it can be put back."""
    viewer = me(request)
    row = row_asked(StaffHours.objects.filter(staff=viewer), viewer, number)
    together = remove(viewer, [row])
    done_with_undo(request, say("work.removed"), reverse("work:put_back", args=[together]))
    return redirect("work:hours")
