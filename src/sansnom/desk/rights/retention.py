"""How long things are kept: rules as data, the files whose time is over, and what was decided of each."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import DateField, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.models import Draft
from sansnom.desk.people.access import visible_to
from sansnom.desk.people.models import Person
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.rights.models import Kept, Request, RetentionRule
from sansnom.desk.work.models import Appointment, FollowUp, WaitingEntry

SHIPPED: Final = Path(__file__).parent / "retention.json"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it holds now, in the reader's language."""

    rule: str
    months: int
    label: str
    basis: str


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """Give the rules as they ship."""
    return tuple(json.loads(SHIPPED.read_text(encoding="utf-8"))["rules"])


def rules() -> list[Rule]:
    """Give every rule with the organization's own months where it set them."""
    own = dict(RetentionRule.objects.values_list("rule", "months"))
    language = speaking()
    return [
        Rule(one["rule"], own.get(one["rule"], one["months"]), one["label"][language], one["basis"][language])
        for one in shipped()
    ]


def months_of(rule: str) -> int:
    """Give the months of one rule."""
    return next(one.months for one in rules() if one.rule == rule)


def set_months(by: Colleague, rule: str, months: int) -> None:
    """Set the months of a rule."""
    RetentionRule.objects.update_or_create(
        rule=rule, defaults={"months": months, "changed_by": by, "changed_at": timezone.now()}
    )


def months_before(day: date, months: int) -> date:
    """Give the day so many months earlier; the last of its month where the month is shorter."""
    place = day.year * 12 + day.month - 1 - months
    year, month = place // 12, place % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(day.day, last))


def due_for_review(viewer: Colleague, on: date) -> QuerySet[Person]:
    """Give the files whose time is over, as far as they exist for this colleague: the longest without an act first.

    Acts that the colleague cannot see keep a file off the list, and nothing says so. A file with a meeting to come, a
    follow-up to do, a place on a waiting list, a request to decide, or a decision to keep it, is not on it either.
    """
    inactive, empty = months_before(on, months_of("file_inactive")), months_before(on, months_of("file_empty"))
    coming = Appointment.objects.filter(person=OuterRef("pk"), starts_at__gte=timezone.now(), state="planned")
    to_do = FollowUp.objects.filter(person=OuterRef("pk"), done_on=None)
    waiting = WaitingEntry.objects.filter(person=OuterRef("pk"), left_on=None)
    undecided = Request.objects.filter(person=OuterRef("pk"), decision="")
    kept = Kept.objects.filter(person=OuterRef("pk"), until_on__gte=on)
    files = visible_to(viewer).annotate(last_act=Max("enrolments__last_seen"), opened_on=Cast("opened_at", DateField()))
    files = files.filter(Q(last_act__lt=inactive) | Q(last_act=None, opened_at__date__lt=empty))
    for reason in (coming, to_do, waiting, undecided, kept):
        files = files.filter(~Exists(reason))
    return files.order_by("last_act", "opened_at", "pk")


def forget_old_drafts(on: date) -> int:
    """Remove drafts that nobody came back to for as long as the rule says; say how many."""
    before = months_before(on, months_of("draft"))
    gone, _ = Draft.objects.filter(saved_at__date__lt=before).delete()
    return gone
