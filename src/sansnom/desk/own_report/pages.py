"""Pages of reports: asking for one, reading it, and what stands behind each figure."""

import uuid
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Colleague, Role
from sansnom.desk.bring.vocabulary import ProgrammeField, programme_name
from sansnom.desk.house.forms import DayInput, DeskForm
from sansnom.desk.house.words import say, say_later
from sansnom.desk.own_report.behind import behind
from sansnom.desk.own_report.figures import figure_at, money, sections
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.protecting import SHOWN
from sansnom.desk.own_report.report_templates import templates
from sansnom.desk.own_report.reporting import make_report, seen_reports
from sansnom.desk.people.access import programmes_seen_by, visible_to
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.work.models import Service
from sansnom.terms.errors import InputError, PolicyRefusal

REFUSALS: Final = {
    "table.period_overlaps": "own_report.refused.overlap",
    "table.revised": "own_report.refused.revised",
    "table.part_larger": "own_report.refused.revised",
    "table.negative": "own_report.refused.revised",
    "table.margins": "own_report.refused.revised",
    "table.margin": "own_report.refused.revised",
    "own_report.not_in_force": "own_report.refused.not_in_force",
    "own_report.nothing_changed": "own_report.refused.nothing_changed",
}
DRAFTS_KEPT: Final = timedelta(days=30)
A_PAGE: Final = 50


class ReportForm(DeskForm):
    """Asks which report, over which days, of which programme."""

    template = forms.ChoiceField(label=say_later("own_report.template"), widget=forms.RadioSelect)
    start = forms.DateField(label=say_later("own_report.start"), widget=DayInput)
    end = forms.DateField(label=say_later("own_report.end"), widget=DayInput)

    def __init__(self, viewer: Colleague, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        choices = [(code, _described(code)) for code in templates()]
        self.fields["template"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's own
        self.fields["programme"] = ProgrammeField(
            viewer, "own_report.programme", everything="own_report.programme.all", closed=True
        )

    def clean(self) -> dict[str, Any]:
        """Put the days in order."""
        told = super().clean() or {}
        if told.get("start") and told.get("end") and told["start"] > told["end"]:
            self.add_error("end", say("own_report.days.order"))
        return told


class CorrectionForm(DeskForm):
    """Asks what changed since the report was given out: its readers are told."""

    what_changed = forms.CharField(
        label=say_later("own_report.what_changed"),
        help_text=say_later("own_report.what_changed.hint"),
        min_length=10,
        max_length=1_000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


def _described(code: str) -> str:
    template = templates()[code]
    return f"{template.title.in_language(speaking())} — {template.about.in_language(speaking())}"


def last_quarter(today: date) -> tuple[date, date]:
    """Give the last whole quarter: what a report is most often about."""
    begins = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    end = begins - timedelta(days=1)
    return date(end.year, end.month - 2, 1), end


def quarter_to_report(viewer: Colleague, today: date) -> tuple[date, date]:
    """Give the last whole quarter, or the last one before it in which a service was rendered."""
    begin, end = last_quarter(today)
    seen = Service.objects.filter(programme__in=programmes_seen_by(viewer), starts_on__lte=end)
    latest = seen.order_by(F("starts_on").desc(nulls_last=True)).values_list("starts_on", flat=True).first()
    if latest is None or latest >= begin:
        return begin, end
    after = date(latest.year + latest.month // 12, latest.month % 12 + 1, 1)
    while after.month % 3 != 1:  # the first day of the quarter after it
        after = date(after.year + after.month // 12, after.month % 12 + 1, 1)
    return last_quarter(after)


def refusal(error: InputError | PolicyRefusal) -> str:
    """Say why a report was not made, and what to do."""
    return say(REFUSALS.get(error.code, "own_report.refused.audit"))


@require_role(Role.COORDINATOR)
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a report, and list those there are."""
    viewer = me(request)
    begin, end = quarter_to_report(viewer, timezone.localdate())
    first = {"template": "general", "start": begin, "end": end}
    form = ReportForm(viewer, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        OwnReport.objects.filter(issued_at=None, made_at__lt=timezone.now() - DRAFTS_KEPT).delete()
        try:
            made = make_report(viewer, told["template"], (told["start"], told["end"]), told["programme"])
        except (InputError, PolicyRefusal) as error:
            form.add_error(None, refusal(error))
        else:
            return redirect("own_report:report", made.reference)
    listed = seen_reports(viewer).defer("told").prefetch_related("programmes").order_by("-made_at", "-pk")[:40]
    return render(request, "own_report/start.html", {"form": form, "reports": [_named(one) for one in listed]})


def _named(report: OwnReport) -> dict[str, Any]:
    programmes = ", ".join(programme_name(one) for one in report.programmes.all())
    title = templates()[report.template].title.in_language(speaking())
    return {"report": report, "title": title, "programmes": programmes}


def report_asked(request: HttpRequest, reference: uuid.UUID) -> OwnReport:
    """Give a report all of whose programmes exist for this colleague; 404 alike for others and none."""
    found = seen_reports(me(request)).filter(reference=reference).first()
    if found is None or found.template not in templates():
        raise Http404
    return found


def told_of(request: HttpRequest, report: OwnReport) -> dict[str, Any]:
    """Give what every page of a report shows at its head."""
    may_issue = me(request).may_act_as(Role.DIRECTOR)
    return _named(report) | {"may_issue": may_issue}


@require_role(Role.COORDINATOR)
@require_safe
def report(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Show a report as its readers would see it."""
    asked = report_asked(request, reference)
    activity, unmet = sections(asked)
    told = told_of(request, asked) | {
        "activity": activity,
        "unmet": unmet,
        "money": list(money(asked)),
        "staff_hours": round(asked.told["staff_minutes"] / 60),
        "hidden": sum(one.hidden for one in (*activity, *unmet)),
        "mostly_hidden": mostly_hidden(asked),
        "correction": asked.correction,
        "correcting": CorrectionForm(),
    }
    return render(request, "own_report/report.html", told)


def mostly_hidden(report: OwnReport) -> bool:
    """Tell whether more than half of what is not nought is hidden: the days or the programmes are too few for a report."""
    told = [
        why
        for table in report.told["tables"]
        for value, why in zip(table["values"], table["hidden"], strict=True)
        if value
    ]
    return bool(2 * sum(why != SHOWN for why in told) > len(told))


@require_role(Role.COORDINATOR)
@require_safe
def figure(request: HttpRequest, reference: uuid.UUID, table: int, cell: int) -> HttpResponse:
    """Show why a figure is hidden, and the files behind it: here alone, and only those that exist for the colleague."""
    asked = report_asked(request, reference)
    found = figure_at(asked, table, cell)
    if found is None:
        raise Http404
    shown, title, labels = found
    counted = behind(asked, me(request), table, anew="anew" in request.GET)
    page = Paginator(counted.files(cell), A_PAGE).get_page(request.GET.get("page"))
    there = visible_to(me(request)).in_bulk(page.object_list)
    told = told_of(request, asked) | {
        "figure": shown,
        "table_title": title,
        "labels": labels,
        "is_hidden": shown.why != SHOWN,
        "countable": counted.cells is not None,
        "counted_at": counted.counted_at,
        "page": page,
        "persons": [there[number] for number in page.object_list if number in there],
    }
    return render(request, "own_report/figure.html", told)
