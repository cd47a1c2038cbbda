"""Making a report, keeping it, giving it out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from sansnom.desk.own_report.counting import Counted, Counter
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.protecting import THRESHOLD, Earlier, protected
from sansnom.desk.own_report.report_templates import templates
from sansnom.desk.own_report.scope import Scope
from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.work.models import Grant, Programme, StaffHours
from sansnom.terms.errors import PolicyRefusal


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
    report = OwnReport(
        template=template,
        starts_on=days[0],
        ends_on=days[1],
        whole=programme is None,
        threshold=threshold,
        told=_told(by, template, scope, threshold, earlier_reports()),
        made_by=by,
    )
    report.save()
    report.programmes.set(programmes)
    return report


@transaction.atomic
def correct_report(by: Any, former: OwnReport, what_changed: str) -> OwnReport:  # noqa: ANN401 - as above
    """Count a report anew that was given out, as a draft beside it; PolicyRefusal where it was corrected, or nothing changed.

    Both are known outside once the draft is given out: so they are protected together, and a figure that changed by few
    persons is hidden in the new one.
    """
    if former.issued_at is None or former.correction is not None:
        raise PolicyRefusal("own_report.not_in_force")
    former.corrections.filter(issued_at=None).delete()
    scope = scope_of(former)
    told = _told(by, former.template, scope, former.threshold, earlier_reports(former))
    before, after = ([table["values"] for table in one["tables"]] for one in (former.told, told))
    same_money = all(former.told[part] == told[part] for part in ("money", "staff_minutes"))
    if before == after and same_money:
        raise PolicyRefusal("own_report.nothing_changed")
    report = OwnReport(
        template=former.template,
        starts_on=former.starts_on,
        ends_on=former.ends_on,
        whole=former.whole,
        threshold=former.threshold,
        told=told,
        made_by=by,
        corrects=former,
        what_changed=what_changed,
    )
    report.save()
    report.programmes.set(former.programmes.all())
    return report


def _told(
    by: Any,  # noqa: ANN401 - as above
    template: str,
    scope: Scope,
    threshold: int,
    earlier: Sequence[Earlier],
) -> dict[str, Any]:
    """Count, and hide beside all that is known outside."""
    counted = Counter(scope, by).tables(templates()[template])
    hidden = protected(counted, scope, earlier, threshold)
    return {"tables": _kept(counted, hidden), "money": money_of(scope), "staff_minutes": _staff_minutes(scope)}


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


def earlier_reports(corrected: OwnReport | None = None) -> list[Earlier]:
    """Give every report that was given out: whoever may see it, its readers know it. Corrected ones are known, and former."""
    issued = OwnReport.objects.exclude(issued_at=None).order_by("pk").prefetch_related("programmes")
    former = set(issued.exclude(corrects=None).values_list("corrects_id", flat=True))
    former |= {corrected.pk} if corrected is not None else set()
    return [
        Earlier(f"{one.starts_on} {one.pk}", scope_of(one), one.told, one.pk in former)
        for one in issued
        if one.template in templates()
    ]


def _issued_alike(viewer: Any, template: str, scope: Scope) -> OwnReport | None:  # noqa: ANN401 - as above
    issued = seen_reports(viewer).filter(template=template, starts_on=scope.start, ends_on=scope.end)
    for one in issued.exclude(issued_at=None):
        if one.correction is None and scope_of(one) == scope:
            return one
    return None


def issue(report: OwnReport, by: Any) -> None:  # noqa: ANN401 - as above
    """Give a report out, after counting anew what its draft said: from then on its published cells are known outside."""
    if report.issued_at is not None:
        return
    if report.corrects is not None and report.corrects.correction is not None:
        raise PolicyRefusal("own_report.not_in_force")
    scope = scope_of(report)
    report.told = _told(by, report.template, scope, report.threshold, earlier_reports(report.corrects))
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
