"""Giving a report out: from then on it does not change, and later reports respect what it published."""

import uuid
from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sansnom.desk.accounts.access import me, require_role
from sansnom.desk.accounts.models import Role
from sansnom.desk.bring.everything import as_csv as written_as_csv
from sansnom.desk.bring.writing import CSV_TYPE, XLSX_TYPE, Cell, as_download, xlsx
from sansnom.desk.house.models import Organization
from sansnom.desk.house.words import say
from sansnom.desk.own_report.figures import HIDDEN, Shown, grid, money, sections
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.pages import CorrectionForm, refusal, report_asked, told_of
from sansnom.desk.own_report.reporting import correct_report, issue
from sansnom.terms.errors import InputError, PolicyRefusal


@require_role(Role.DIRECTOR)
@require_POST
def give_out(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Keep the report as it leaves; counted and audited once more."""
    report = report_asked(request, reference)
    try:
        issue(report, me(request))
    except (InputError, PolicyRefusal) as error:
        messages.error(request, refusal(error))
    return redirect("own_report:report", reference)


@require_role(Role.DIRECTOR)
@require_POST
def correct(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Count a report anew that was given out, and show the draft of its correction."""
    former = report_asked(request, reference)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, say("own_report.what_changed.missing"))
        return redirect("own_report:report", reference)
    try:
        made = correct_report(me(request), former, form.cleaned_data["what_changed"])
    except (InputError, PolicyRefusal) as error:
        messages.error(request, refusal(error))
        return redirect("own_report:report", reference)
    return redirect("own_report:report", made.reference)


def _issued(request: HttpRequest, reference: uuid.UUID) -> OwnReport:
    """Give a report that may leave: one that was given out, and so is known to later ones."""
    report = report_asked(request, reference)
    if report.issued_at is None:
        raise Http404
    return report


@require_role(Role.COORDINATOR)
@require_safe
def form_grid(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give the figures in the order of the funder's own form, to be typed or pasted there."""
    report = _issued(request, reference)
    lines = [(line, label, "" if found is None else found.number, found) for line, label, found in grid(report)]
    told = told_of(request, report) | {
        "lines": lines,
        "pasted": "\n".join(f"{line}\t{label}\t{value if value != '' else HIDDEN}" for line, label, value, _ in lines),
    }
    return render(request, "own_report/grid.html", told)


def _rows(table: Shown) -> Iterator[Sequence[Cell]]:
    yield [table.title]
    yield [table.heading, *(table.columns or [say("own_report.number")])]
    for label, figures in table.rows:
        yield [label, *(HIDDEN if figure.number == "" else figure.number for figure in figures)]


def _front(report: OwnReport, request: HttpRequest) -> Iterator[Sequence[Cell]]:
    told = told_of(request, report)
    yield [told["title"]]
    yield [say("accounts.organization"), Organization.objects.get().name]
    yield [say("own_report.days"), report.starts_on.isoformat(), report.ends_on.isoformat()]
    yield [say("own_report.programmes"), told["programmes"]]
    if report.corrects is not None:
        yield [say("own_report.corrects"), report.what_changed]
    yield [say("own_report.how", threshold=report.threshold)]
    yield []
    yield from money(report)


@require_role(Role.COORDINATOR)
@require_safe
def as_csv(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give the report as one CSV."""
    report = _issued(request, reference)
    activity, unmet = sections(report)
    rows: list[Sequence[Cell]] = list(_front(report, request))
    for table in (*activity, *unmet):
        rows += [[], *_rows(table)]
    content = "".join(written_as_csv(rows)).encode("utf-8-sig")
    return as_download(f"report-{report.starts_on:%Y-%m-%d}.csv", CSV_TYPE, content)


@require_role(Role.COORDINATOR)
@require_safe
def as_xlsx(request: HttpRequest, reference: uuid.UUID) -> HttpResponse:
    """Give the report as a workbook, a sheet for each table."""
    report = _issued(request, reference)
    activity, unmet = sections(report)
    sheets: list[tuple[str, Sequence[Sequence[Cell]]]] = [(say("own_report.sheet"), list(_front(report, request)))]
    for number, table in enumerate((*activity, *unmet), 1):
        sheets.append((f"{number} {table.title}", list(_rows(table))))
    return as_download(f"report-{report.starts_on:%Y-%m-%d}.xlsx", XLSX_TYPE, xlsx(sheets))
