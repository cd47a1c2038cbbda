"""Who follows whom: one's own caseload, a colleague's, and handing files over."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sansnom.desk.accounts.access import me, record_accesses
from sansnom.desk.accounts.models import Act, Colleague, Role
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import programmes_seen_by, visible_to
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.work.fields import own_field, programme_field, staff_field
from sansnom.desk.work.lists import caseload, caseload_size
from sansnom.desk.work.models import Assignment, Enrolment, Transfer
from sansnom.desk.work.opening import assign, enrol, leave, take_back
from sansnom.desk.work.reaching import act_of, row_asked
from sansnom.desk.work.words import CLOSINGS
from sansnom.terms.errors import PolicyRefusal

FILES_A_PAGE: Final = 50


class TransferForm(DeskForm):
    """To whom the ticked files go."""

    def __init__(self, told: Any | None) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told)
        self.fields["to"] = staff_field("work.caseload.to", required=True)


def _whose(request: HttpRequest, viewer: Colleague) -> Colleague:
    """Give whose caseload is asked for: one's own; another's for coordinators."""
    number = request.POST.get("colleague") or request.GET.get("colleague") or ""
    if not number.isdecimal() or int(number) == viewer.pk:
        return viewer
    other = Colleague.objects.filter(pk=int(number)).first()
    if other is None or not viewer.may_act_as(Role.COORDINATOR):
        raise Http404
    return other


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List the files that a colleague follows, by programme; for coordinators, anybody's."""
    viewer = me(request)
    whose = _whose(request, viewer)
    found = caseload(viewer, whose)
    if request.GET.get("after"):
        last = visible_to(viewer).filter(reference=_reference(request.GET["after"])).first()
        if last is None:
            raise Http404
        later = Q(sort_name__gt=last.sort_name) | Q(sort_name=last.sort_name, pk__gt=last.pk)
        found = found.filter(later, sort_name__gte=last.sort_name)
    page = list(found[: FILES_A_PAGE + 1])
    listed = [person.pk for person in page[:FILES_A_PAGE]]
    open_ones = Assignment.objects.filter(staff=whose, until_on=None, programme__in=programmes_seen_by(viewer))
    rows = sorted(
        open_ones.filter(person__in=listed).select_related("person", "programme"),
        key=lambda row: (row.person.sort_name, row.person_id, row.pk),
    )
    told = {
        "whose": whose,
        "mine": whose == viewer,
        "total": caseload_size(viewer, whose),
        "assignments": rows,
        "next": page[FILES_A_PAGE - 1] if len(page) > FILES_A_PAGE else None,
        "colleagues": list(Colleague.objects.all()) if viewer.may_act_as(Role.COORDINATOR) else [],
        "form": TransferForm(None),
    }
    return render(request, "work/caseload.html", told)


def _reference(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


@require_POST
def transfer(request: HttpRequest) -> HttpResponse:
    """Give the ticked files, or all of them, to another colleague."""
    viewer = me(request)
    whose, form = _whose(request, viewer), TransferForm(request.POST)
    ticked = {_reference(one) for one in request.POST.getlist("file")}
    back = reverse("work:caseload") + ("" if whose == viewer else f"?colleague={whose.pk}")
    if not form.is_valid() or not (ticked or request.POST.get("all")):
        messages.error(request, say("work.caseload.nothing"))
        return redirect(back)
    to, moved = form.cleaned_data["to"], 0
    followed = Assignment.objects.filter(staff=whose, until_on=None, programme__in=programmes_seen_by(viewer))
    chosen = followed.select_related("person", "programme")
    if not request.POST.get("all"):
        chosen = chosen.filter(person__reference__in=ticked)
    by_programme: dict[Any, list[Any]] = {}
    for one in chosen:
        by_programme.setdefault(one.programme, []).append(one.person)
    outside, kept = 0, Transfer.objects.create(by=viewer)
    for programme, persons in by_programme.items():
        try:
            moved += assign(viewer, persons, programme, to, transfer=kept)
        except PolicyRefusal:
            outside += len(persons)
            continue
        record_accesses(viewer, [person.reference for person in persons], Act.CHANGED)
    if moved:
        undo = reverse("work:undo_transfer", args=[kept.reference])
        done_with_undo(request, say("work.caseload.moved", count=moved, who=to.name), undo)
    else:
        kept.delete()
    if not (moved or outside):
        messages.info(request, say("work.caseload.same", who=to.name))
    if outside:
        messages.warning(request, say("work.caseload.outside", count=outside))
    return redirect(back)


@require_POST
def undo_transfer(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Take a transfer back: whoever gave the files, and nobody else."""
    viewer = me(request)
    kept = Transfer.objects.filter(reference=reference, by=viewer).first()
    if kept is None:
        raise Http404
    ended = kept.files.filter(begun__until_on=None, ended__isnull=False).select_related("ended__staff").first()
    seen = kept.files.filter(begun__programme__in=programmes_seen_by(viewer))
    persons = list(seen.values_list("begun__person__reference", flat=True))
    back, moved_on = take_back(viewer, kept)
    record_accesses(viewer, persons, Act.CHANGED)
    kept.delete()
    messages.success(request, say("work.caseload.back", count=back))
    if moved_on:
        messages.warning(request, say("work.caseload.moved_on", count=moved_on))
    whose = ended.ended.staff if ended is not None and ended.ended is not None else viewer
    return redirect(reverse("work:caseload") + ("" if whose == viewer else f"?colleague={whose.pk}"))


class FollowForm(DeskForm):
    """Who follows this person, in which programme."""

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told, initial={"staff": viewer.pk})
        self.fields["programme"] = programme_field(viewer)
        self.fields["staff"] = staff_field("work.followed_by", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Let a person into a programme, and say who follows them there."""
    viewer, person = file_asked(request, reference, act_of(request))
    form = FollowForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        programme, staff = form.cleaned_data["programme"], form.cleaned_data["staff"]
        try:
            enrol(viewer, person, programme)
            if staff is not None:
                assign(viewer, [person], programme, staff)
        except PolicyRefusal:
            form.add_error("staff", say("work.staff.outside"))
        else:
            messages.success(request, say("work.saved"))
            return redirect(reverse("people:person", args=[person.reference]) + "#programmes")
    return render(request, "work/enter.html", {"form": form, "person": person, "title": "work.enter"})


class LeaveForm(DeskForm):
    """Why a person's place in a programme ends."""

    closing = own_field("work.closing", {code: words for code, words in CLOSINGS.items() if code}, required=True)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, number: int) -> HttpResponse:
    """End a person's place in a programme; the file stays where it is."""
    viewer = me(request)
    place = row_asked(Enrolment.objects.select_related("person", "programme"), viewer, number)
    viewer, person = file_asked(request, place.person.reference, act_of(request))
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        leave(viewer, person, place.programme, form.cleaned_data["closing"])
        done_with_undo(request, say("work.left"), reverse("work:come_back", args=[place.pk]))
        return redirect(reverse("people:person", args=[person.reference]) + "#programmes")
    told = {"form": form, "person": person, "programme": place.programme, "title": "work.leave"}
    return render(request, "work/enter.html", told)


@require_POST
def come_back(request: HttpRequest, number: int) -> HttpResponse:
    """Open a person's place in a programme again."""
    viewer = me(request)
    place = row_asked(Enrolment.objects.select_related("person", "programme"), viewer, number)
    _, person = file_asked(request, place.person.reference, Act.CHANGED)
    enrol(viewer, person, place.programme)
    messages.success(request, say("work.put_back"))
    return redirect(reverse("people:person", args=[person.reference]) + "#programmes")
