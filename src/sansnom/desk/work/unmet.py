"""What could not be answered: the waiting list, and those turned away, recorded in two clicks and without anybody's file."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sansnom.desk.accounts.access import me
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.undo import done_with_undo
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.work.addresses import unseal
from sansnom.desk.work.fields import day_field, programme_field, service_field
from sansnom.desk.work.lists import waiting_after, waiting_list
from sansnom.desk.work.models import TurnedAway, WaitingEntry
from sansnom.desk.work.reaching import person_of, row_asked
from sansnom.desk.work.removing import remove
from sansnom.desk.work.vocabulary import choices_of, service_choices, words_of

WAITING_A_PAGE: Final = 60
TURNED_AWAY_SHOWN: Final = 30
AT_ONCE: Final = 50


def _turned_away_seen_by(viewer: Colleague) -> QuerySet[TurnedAway]:
    return TurnedAway.objects.filter(Q(programme=None) | Q(programme__in=programmes_seen_by(viewer)))


@require_safe
def turned_away(request: HttpRequest) -> HttpResponse:
    """Choose the service that could not be given; and see the last ones."""
    rows = _turned_away_seen_by(me(request)).order_by("-day", "-pk")[:TURNED_AWAY_SHOWN]
    told = {"services": service_choices(), "rows": list(rows), "reasons": words_of("turned_away", say("work.language"))}
    return render(request, "work/turned_away.html", told)


class TurnedAwayForm(DeskForm):
    """What goes with the click on a reason; all of it has an answer already."""

    count = forms.IntegerField(label=say_later("work.turned_away.count"), min_value=1, max_value=AT_ONCE, initial=1)
    day = day_field("work.day")

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told, initial={"day": timezone.localdate()})
        self.fields["programme"] = programme_field(viewer, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def turn_away(request: HttpRequest, service: str) -> HttpResponse:
    """Click the reason: recorded."""
    viewer = me(request)
    if service not in words_of("services", "fr"):
        raise Http404
    form = TurnedAwayForm(request.POST or None, viewer=viewer)
    reasons = choices_of("turned_away", empty=False)
    if request.method == "POST" and form.is_valid():
        told, reason = form.cleaned_data, request.POST.get("reason", "")
        if reason and reason not in dict(reasons):
            raise Http404
        rows = [
            TurnedAway.objects.create(service=service, reason=reason, day=told["day"], programme=told["programme"])
            for _ in range(told["count"])
        ]
        done_with_undo(
            request,
            say("work.turned_away.recorded", count=len(rows)),
            reverse("work:undo_turned_away", args=[rows[0].pk, rows[-1].pk]),
        )
        return redirect("work:today")
    told = {"form": form, "service": service, "reasons": reasons}
    return render(request, "work/turn_away.html", told)


@require_POST
def undo_turned_away(request: HttpRequest, first: int, last: int) -> HttpResponse:
    """Take back what was just recorded."""
    if last - first < AT_ONCE:
        _turned_away_seen_by(me(request)).filter(pk__range=(first, last), batch=None).delete()
        messages.success(request, say("work.put_back"))
    return redirect("work:today")


@require_POST
def remove_turned_away(request: HttpRequest, number: int) -> HttpResponse:
    """Remove one line of the list; it can be put back."""
    viewer = me(request)
    row = _turned_away_seen_by(viewer).filter(pk=number).first()
    if row is None:
        raise Http404
    together = remove(viewer, [row])
    done_with_undo(request, say("work.removed"), reverse("work:put_back", args=[together]))
    return redirect("work:turned_away")


class WaitingFilter(DeskForm):
    """Which part of the waiting list to show."""

    service = service_field(required=False)

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told)
        self.fields["programme"] = programme_field(viewer, required=False)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Show who waits, the longest first."""
    viewer = me(request)
    chosen = WaitingFilter(request.GET or None, viewer=viewer)
    found = waiting_list(viewer)
    if chosen.is_valid():
        found = found.filter(**{name: value for name, value in chosen.cleaned_data.items() if value})
    if request.GET.get("after"):
        try:
            last = row_asked(WaitingEntry.objects.all(), viewer, unseal(request.GET["after"]))
        except ValueError:
            raise Http404 from None
        found = waiting_after(found, last)
    page = list(found[: WAITING_A_PAGE + 1])
    told = {
        "filter": chosen,
        "entries": page[:WAITING_A_PAGE],
        "next": page[WAITING_A_PAGE - 1] if len(page) > WAITING_A_PAGE else None,
        "today": timezone.localdate(),
        "reasons": choices_of("waiting", empty=False),
    }
    return render(request, "work/waiting.html", told)


class UnknownWaitingForm(DeskForm):
    """Somebody without a file joins the list: a service, a day, nobody's name."""

    service = service_field()
    joined_on = day_field("work.joined_on")

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told, initial={"joined_on": timezone.localdate()})
        self.fields["programme"] = programme_field(viewer)


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest) -> HttpResponse:
    """Let somebody without a file wait."""
    form = UnknownWaitingForm(request.POST or None, viewer=me(request))
    if request.method == "POST" and form.is_valid():
        WaitingEntry.objects.create(**form.cleaned_data)
        messages.success(request, say("work.saved"))
        return redirect("work:waiting")
    return render(request, "work/wait.html", {"form": form})


@require_POST
def leave_list(request: HttpRequest, number: int) -> HttpResponse:
    """Take somebody off the list, for a reason; or put them back on it."""
    viewer = me(request)
    row = row_asked(WaitingEntry.objects.all(), viewer, number)
    person_of(row, viewer, Act.CHANGED)
    reason = request.POST.get("reason", "")
    if request.POST.get("again") or row.left_on is not None:
        row.left_on, row.reason = None, ""
        messages.success(request, say("work.put_back"))
    elif reason not in dict(choices_of("waiting")):
        raise Http404
    else:
        row.left_on, row.reason = timezone.localdate(), reason
        done_with_undo(request, say("work.waiting.left"), reverse("work:leave_list", args=[row.pk]))
    row.save(update_fields=["left_on", "reason"])
    return redirect("work:waiting")
