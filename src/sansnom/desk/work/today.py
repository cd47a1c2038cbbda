"""A day's work on one page, and the doors to everything else that is done."""

import uuid
from collections import Counter
from datetime import date, time, timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, record_access
from sansnom.desk.accounts.models import Act, Colleague, Role
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say
from sansnom.desk.people.access import in_sight, person_visible_to, programmes_seen_by
from sansnom.desk.people.models import Person
from sansnom.desk.work import lists
from sansnom.desk.work.addresses import unseal
from sansnom.desk.work.forms import moment
from sansnom.desk.work.models import Appointment, FollowUp, GroupSession, TurnedAway
from sansnom.desk.work.people_lists import line_for, offered, persons_for, suggestions
from sansnom.desk.work.quick import QuickForm
from sansnom.desk.work.reaching import person_of, row_asked
from sansnom.desk.work.recording import ABSENT
from sansnom.desk.work.vocabulary import service_choices

AGENDA_DAYS: Final = 14
AGENDA_SHOWN: Final = 120
DUE_A_PAGE: Final = 60
MOST_TURNED_AWAY: Final = 6


def day_asked(request: HttpRequest) -> date:
    """Give the day that the page is about; today unless it says another."""
    try:
        return parse_date(request.GET.get("day", "")) or timezone.localdate()
    except ValueError:
        raise Http404 from None


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show a colleague's day: appointments, what is due, group sessions, what they recorded; and take the next act."""
    return render(request, "work/today.html", _day(request, QuickForm(None, viewer=me(request))))


def _day(request: HttpRequest, quick: QuickForm) -> dict[str, Any]:
    viewer, day = me(request), day_asked(request)
    held = in_sight(GroupSession.objects.filter(held_on=day), viewer).select_related("programme")
    return {
        "day": day,
        "is_today": day == timezone.localdate(),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "my": lists.today(viewer, day),
        "day_shown": lists.DAY_SHOWN,
        "due_shown": lists.DUE_SHOWN,
        "sessions": list(held.annotate(came=Count("services", filter=~Q(services__status=ABSENT))).order_by("pk")),
        "quick": quick,
        "suggestions": suggestions(viewer),
        "often_turned_away": often_turned_away(viewer),
        "begins": not programmes_seen_by(viewer).exists(),
        "may_begin": viewer.may_act_as(Role.COORDINATOR),
        "directs": viewer.may_act_as(Role.DIRECTOR),
    }


def often_turned_away(viewer: Colleague) -> list[tuple[str, str]]:
    """Give the services that are refused the most, then the first of the catalogue: the two clicks begin with one of them."""
    choices = dict(service_choices())
    seen = Q(programme=None) | Q(programme__in=programmes_seen_by(viewer))
    recent = TurnedAway.objects.filter(seen).order_by("-pk").values_list("service", flat=True)[:200]
    often = [service for service, _ in Counter(recent).most_common() if service in choices]
    chosen = list(dict.fromkeys([*often, *choices]))[:MOST_TURNED_AWAY]
    return [(service, choices[service]) for service in chosen]


@require_POST
def quick(request: HttpRequest) -> HttpResponse:
    """Take the quick entry: record it when one person is meant, else ask who."""
    viewer = me(request)
    form = QuickForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return render(request, "work/today.html", _day(request, form))
    reference, text = form.cleaned_data["person"], form.cleaned_data["who"]
    persons = [_visible(viewer, reference)] if reference else persons_for(viewer, text)
    if len(persons) == 1 and (reference or text.strip() in {line_for(persons[0]), persons[0].file_number}):
        row = form.record(viewer, persons[0])
        record_access(viewer, persons[0].reference, Act.CHANGED)
        done_with_undo(
            request, say("work.recorded"), reverse("work:take_away", args=["service", row.pk]) + "?from=today"
        )
        return redirect("work:today")
    told = {"form": form, "persons": [(offered(person), person) for person in persons]}
    return render(request, "work/which.html", told)


def _visible(viewer: Colleague, reference: uuid.UUID) -> Person:
    try:
        return person_visible_to(viewer, reference)
    except Person.DoesNotExist:
        raise Http404 from None


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Offer persons while somebody types; a POST, so that no address holds what was typed."""
    persons = persons_for(me(request), request.POST.get("text", "")[:200])
    return JsonResponse({"persons": [offered(person) for person in persons]})


@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """List the places of work."""
    return render(request, "work/doors.html")


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """Show the appointments of two weeks, and everything that is to do."""
    viewer, day = me(request), day_asked(request)
    begins = moment(day, time.min)
    ends = begins + timedelta(days=AGENDA_DAYS)
    coming = in_sight(Appointment.objects.filter(staff=viewer, starts_at__gte=begins, starts_at__lt=ends), viewer)
    coming = coming.select_related("person", "programme").order_by("starts_at", "pk")
    due = _due_after(request, viewer, in_sight(FollowUp.objects.filter(staff=viewer, done_on=None), viewer))
    page = list(due.select_related("person", "programme").order_by("due_on", "pk")[: DUE_A_PAGE + 1])
    told = {
        "day": day,
        "before": day - timedelta(days=AGENDA_DAYS),
        "after": day + timedelta(days=AGENDA_DAYS),
        "appointments": list(coming[: AGENDA_SHOWN + 1]),
        "shown": AGENDA_SHOWN,
        "due": page[:DUE_A_PAGE],
        "next": page[DUE_A_PAGE - 1] if len(page) > DUE_A_PAGE else None,
    }
    return render(request, "work/agenda.html", told)


def _due_after(request: HttpRequest, viewer: Colleague, due: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Go on after the last line of the page before, where the address names it."""
    sealed = request.GET.get("after")
    if not sealed:
        return due
    try:
        last = row_asked(FollowUp.objects.all(), viewer, unseal(sealed))
    except ValueError:
        raise Http404 from None
    return due.filter(Q(due_on__gt=last.due_on) | Q(due_on=last.due_on, pk__gt=last.pk), due_on__gte=last.due_on)


@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Say that an appointment was missed or cancelled."""
    viewer = me(request)
    row = row_asked(Appointment.objects.all(), viewer, number)
    person_of(row, viewer, Act.CHANGED)
    state = request.POST.get("state", "")
    if state not in {"missed", "cancelled"}:
        raise Http404
    row.state = state
    row.save(update_fields=["state"])
    done_with_undo(request, say("work.saved"), reverse("work:settle_back", args=[row.pk]))
    return redirect("work:agenda" if request.POST.get("from") == "agenda" else "work:today")


@require_POST
def settle_back(request: HttpRequest, number: int) -> HttpResponse:
    """Plan an appointment again."""
    viewer = me(request)
    row = row_asked(Appointment.objects.all(), viewer, number)
    person_of(row, viewer, Act.CHANGED)
    row.state = "planned"
    row.save(update_fields=["state"])
    messages.success(request, say("work.put_back"))
    return redirect("work:today")


@require_POST
def done(request: HttpRequest, number: int) -> HttpResponse:
    """Tick off something that was to do; again, and it is to do again."""
    viewer = me(request)
    row = row_asked(FollowUp.objects.all(), viewer, number)
    person = person_of(row, viewer, Act.CHANGED)
    row.done_on = None if row.done_on else timezone.localdate()
    row.save(update_fields=["done_on"])
    if row.done_on:
        done_with_undo(request, say("work.done"), reverse("work:done", args=[row.pk]))
    else:
        messages.success(request, say("work.put_back"))
    if request.POST.get("from") == "person" and person is not None:
        return redirect("people:person", person.reference)
    return redirect("work:agenda" if request.POST.get("from") == "agenda" else "work:today")
