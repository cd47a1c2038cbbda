"""Pages that write one act of one person, change it, remove it and put it back: the same for every kind."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sansnom.desk.accounts.access import me
from sansnom.desk.accounts.models import Act
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import in_sight
from sansnom.desk.people.seeing import file_asked
from sansnom.desk.work.addresses import seal, unseal
from sansnom.desk.work.kinds import Kind
from sansnom.desk.work.models import Appointment, Referral, Service
from sansnom.desk.work.people_lists import names_referred_to
from sansnom.desk.work.person import LAST_FIRST
from sansnom.desk.work.reaching import act_of, came_from, person_of, row_asked, way_back
from sansnom.desk.work.removing import put_back, remove

ACTS_A_PAGE: Final = 100


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reference: uuid.UUID, kind: Kind) -> HttpResponse:
    """Write an act of this person."""
    viewer, person = file_asked(request, reference, act_of(request))
    kept = _appointment_kept(request, viewer, person) if kind.word == "service" else None
    form = kind.new(request.POST or None, viewer=viewer, person=person, first=_told_by(kept))
    if request.method == "POST" and form.is_valid():
        form.save()
        if kept is not None:
            kept.state = "kept"
            kept.save(update_fields=["state"])
        messages.success(request, say("work.saved"))
        return way_back(request, person, kind.anchor)
    told = {"form": form, "kind": kind, "person": person, "from": came_from(request), "kept": kept}
    told["heading"] = kind.title
    told["subject"] = f"{kind.word}:{person.reference}"
    return render(request, _page(kind), {**told, **_extra(kind, viewer)})


def _appointment_kept(request: HttpRequest, viewer: Any, person: Any) -> Appointment | None:  # noqa: ANN401 - a Colleague, a Person
    """Give the appointment that this service was, when the page was opened from one."""
    sealed = request.POST.get("appointment") or request.GET.get("appointment")
    if not sealed:
        return None
    try:
        return row_asked(Appointment.objects.filter(person=person), viewer, unseal(sealed))
    except ValueError:
        raise Http404 from None


def _told_by(kept: Appointment | None) -> dict[str, Any]:
    if kept is None:
        return {}
    told = {
        "programme": kept.programme,
        "starts_on": kept.starts_at.date(),
        "minutes": kept.minutes,
        "mode": kept.mode,
        "interpreter_language": kept.interpreter_language,
    }
    return {**told, "service": kept.service} if kept.service else told


def _page(kind: Kind) -> str:
    return {"service": "work/record.html", "referral": "work/referral.html"}.get(kind.word, "work/act.html")


def _extra(kind: Kind, viewer: Any) -> dict[str, Any]:  # noqa: ANN401 - a Colleague
    return {"referred_to": names_referred_to(viewer)} if kind.change.model is Referral else {}


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """Change an act."""
    viewer = me(request)
    row = row_asked(kind.rows().select_related("programme"), viewer, number)
    person = person_of(row, viewer, act_of(request))
    form = kind.change(request.POST or None, viewer=viewer, person=person, row=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("work.saved"))
        return way_back(request, person, kind.anchor)
    told = {"form": form, "kind": kind, "person": person, "row": row, "from": came_from(request)}
    told["heading"] = kind.title_of_one
    told["subject"] = f"{kind.word}:{seal(row.pk)}"
    return render(request, _page(kind), {**told, **_extra(kind, viewer)})


@require_POST
def take_away(request: HttpRequest, kind: Kind, number: int) -> HttpResponse:
    """Remove an act at once; it can be put back."""
    viewer = me(request)
    row = row_asked(kind.rows(), viewer, number)
    person = person_of(row, viewer, Act.CHANGED)
    removed_with_undo(request, [row])
    return way_back(request, person, kind.anchor)


def removed_with_undo(request: HttpRequest, rows: list[Any]) -> None:
    """Remove rows and offer to put them back."""
    together = remove(me(request), rows)
    done_with_undo(request, say("work.removed"), reverse("work:put_back", args=[together]))


@require_POST
def back(request: HttpRequest, together: uuid.UUID) -> HttpResponse:
    """Put back what this colleague removed."""
    if put_back(me(request), together):
        messages.success(request, say("work.put_back"))
    else:
        messages.warning(request, say("work.put_back.gone"))
    return redirect("work:today")


@require_safe
def services(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """List everything that was done with this person, a page at a time."""
    viewer, person = file_asked(request, reference)
    found = in_sight(Service.objects.filter(person=person), viewer)
    if request.GET.get("after"):
        try:
            last = row_asked(Service.objects.filter(person=person), viewer, unseal(request.GET["after"]))
        except ValueError:
            raise Http404 from None
        later = Q(starts_on=last.starts_on, pk__lt=last.pk)
        found = found.filter(
            later | Q(starts_on__lt=last.starts_on) if last.starts_on else Q(starts_on=None, pk__lt=last.pk)
        )
    rows = list(found.select_related("programme", "staff", "session").order_by(LAST_FIRST, "-pk")[: ACTS_A_PAGE + 1])
    told = {"rows": rows[:ACTS_A_PAGE], "next": rows[ACTS_A_PAGE - 1] if len(rows) > ACTS_A_PAGE else None}
    return render(request, "work/services.html", {"person": person, "told": told})
