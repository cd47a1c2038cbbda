"""Making a report, keeping it, giving it out; and finding the files behind one of its figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from sansnom.desk.own_report.counting import Counted, Counter
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.protecting import THRESHOLD, Earlier, protected
from sansnom.desk.own_report.report_templates import Template, templates
from sansnom.desk.own_report.scope import Scope
from sansnom.desk.people.access import programmes_seen_by, visible_to
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Grant, Programme, StaffHours


@transaction.atomic
def make_report(
    by: Any,  # noqa: ANN401 - a colleague, of the class that the settings name
    template: str,
    days: tuple[date, date],
    programme: Programme | None,
    threshold: int = THRESHOLD,
) -> OwnReport:
    """Count, protect and keep a draft; one that was given out for the same scope is given again, unchanged."""
    programmes = [programme] if programme is not None else list(programmes_seen_by(by).order_by("pk"))
    scope = _scope(template, days, [one.pk for one in programmes])
    same = _issued_alike(by, template, scope)
    if same is not None:
        return same
    asked = templates()[template]
    counted = Counter(scope, by).tables(asked)
    hidden = protected(counted, scope, earlier_reports(), threshold)
    report = OwnReport.objects.create(
        template=template,
        starts_on=days[0],
        ends_on=days[1],
        whole=programme is None,
        threshold=threshold,
        told={"tables": _kept(counted, hidden), "money": money_of(scope), "staff_minutes": _staff_minutes(scope)},
        made_by=by,
    )
    report.programmes.set(programmes)
    return report


def _scope(template: str, days: tuple[date, date], programmes: Sequence[int]) -> Scope:
    return Scope(days[0], days[1], tuple(sorted(programmes)), templates()[template].services)


def scope_of(report: OwnReport) -> Scope:
    """Give a report's scope."""
    numbers = list(report.programmes.values_list("pk", flat=True))
    return _scope(report.template, (report.starts_on, report.ends_on), numbers)


def seen_reports(viewer: Any) -> QuerySet[OwnReport]:  # noqa: ANN401 - as above
    """Choose the reports whose programmes all exist for this colleague."""
    hidden = Programme.objects.exclude(pk__in=programmes_seen_by(viewer).values("pk"))
    return OwnReport.objects.exclude(programmes__in=hidden)


def earlier_reports() -> list[Earlier]:
    """Give every report that was given out: whoever may see it, its readers know it."""
    issued = OwnReport.objects.exclude(issued_at=None).order_by("pk").prefetch_related("programmes")
    return [Earlier(f"{one.starts_on}", scope_of(one), one.told) for one in issued if one.template in templates()]


def _issued_alike(viewer: Any, template: str, scope: Scope) -> OwnReport | None:  # noqa: ANN401 - as above
    issued = seen_reports(viewer).filter(template=template, starts_on=scope.start, ends_on=scope.end)
    for one in issued.exclude(issued_at=None):
        if scope_of(one) == scope:
            return one
    return None


def issue(report: OwnReport, by: Any) -> None:  # noqa: ANN401 - as above
    """Give a report out, after counting anew what its draft said: from then on its published cells are known outside."""
    if report.issued_at is not None:
        return
    scope = scope_of(report)
    counted = Counter(scope, by).tables(templates()[report.template])
    hidden = protected(counted, scope, earlier_reports(), report.threshold)
    report.told = {"tables": _kept(counted, hidden), "money": money_of(scope), "staff_minutes": _staff_minutes(scope)}
    report.issued_at, report.issued_by = timezone.now(), by
    report.save(update_fields=["told", "issued_at", "issued_by"])


def _kept(counted: Sequence[Counted], hidden: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "unit": each.unit,
            "axes": [{"name": axis.name, "labels": axis.labels, "sums": axis.sums} for axis in each.axes],
            "values": each.values.tolist(),
            "hidden": list(why),
        }
        for each, why in zip(counted, hidden, strict=True)
    ]


def money_of(scope: Scope) -> list[dict[str, Any]]:
    """Give grants and costs, each by the share of its days that lie in the period; whole cents."""
    grants = Grant.objects.filter(programme__in=scope.programmes, starts_on__lte=scope.end, ends_on__gte=scope.start)
    told = []
    for grant in grants.select_related("funder").order_by("funder", "starts_on"):
        inside = (min(grant.ends_on, scope.end) - max(grant.starts_on, scope.start)).days + 1
        days = (grant.ends_on - grant.starts_on).days + 1
        spent = None if grant.spent_cents is None else grant.spent_cents * inside // days
        told.append(
            {
                "funder": [grant.funder.name_fr, grant.funder.name_en],
                "amount_cents": grant.amount_cents * inside // days,
                "spent_cents": spent,
                "share": f"{inside}/{days}",
            }
        )
    return told


def _staff_minutes(scope: Scope) -> int:
    rows = StaffHours.objects.filter(programme__in=scope.programmes, day__range=(scope.start, scope.end))
    return int(rows.aggregate(total=Sum("minutes"))["total"] or 0)


def files_behind(report: OwnReport, viewer: Any, table: int, cell: int) -> QuerySet[Person] | None:  # noqa: ANN401 - as above
    """Give the files behind one figure, of those that exist for this colleague; None where no person stands behind it."""
    asked: Template = templates()[report.template]
    counter = Counter(scope_of(report), viewer, behind=True)
    counted = counter.table(asked.tables[table]) if table < len(asked.tables) else counter.unnamed()
    if counted.unit == "turned_away":
        return None
    persons = counted.behind.get(cell, set())
    linked = {number for number, leader in counter.served.leaders.items() if leader in persons}
    return visible_to(viewer).filter(pk__in=persons | linked).order_by("sort_name", "pk")
