"""How long things are kept: rules as data, the files whose time is over, and what was decided of each."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.models import Draft
from sansnom.desk.people.access import of_visible_persons
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.rights.models import Kept, Request, RetentionRule
from sansnom.desk.work.models import Appointment, Enrolment, FollowUp, WaitingEntry

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


def due_for_review(viewer: Colleague, on: date, most: int, after: Enrolment | None = None) -> list[Enrolment]:
    """Give the files whose time is over, as far as they exist for this colleague: the longest without an act first.

    Those without any act come last. Each is told by its place with the latest act; `after` one of them, the next.
    Places are met in the order of their last act, so that a page costs what is on it, however many files there are.

    Acts that the colleague cannot see keep a file off the list, and nothing says so. A file with a meeting to come, a
    follow-up to do, a place on a waiting list, a request to decide, or a decision to keep it, is not on it either.
    """
    inactive, empty = months_before(on, months_of("file_inactive")), months_before(on, months_of("file_empty"))
    coming = Appointment.objects.filter(person=OuterRef("person"), starts_at__gte=timezone.now(), state="planned")
    to_do = FollowUp.objects.filter(person=OuterRef("person"), done_on=None)
    waiting = WaitingEntry.objects.filter(person=OuterRef("person"), left_on=None)
    undecided = Request.objects.filter(person=OuterRef("person"), decision="")
    kept = Kept.objects.filter(person=OuterRef("person"), until_on__gte=on)
    places = of_visible_persons(Enrolment.objects.all(), viewer)
    others = Enrolment.objects.filter(person=OuterRef("person"))
    since = Q(last_seen__gt=OuterRef("last_seen")) | Q(last_seen=OuterRef("last_seen"), pk__lt=OuterRef("pk"))
    over = places.filter(~Exists(others.filter(since)), last_seen__lt=inactive)
    known = Q(last_seen__isnull=False) | Q(pk__lt=OuterRef("pk"))
    never = places.filter(~Exists(others.filter(known)), last_seen=None, person__opened_at__date__lt=empty)
    if after is not None and after.last_seen is not None:
        later = Q(last_seen__gt=after.last_seen) | Q(last_seen=after.last_seen, person__gt=after.person_id)
        over = over.filter(later, last_seen__gte=after.last_seen)
    elif after is not None:
        over, never = over.none(), never.filter(person__gt=after.person_id)
    found: list[Enrolment] = []
    for part, order in ((over, ("last_seen", "person_id")), (never, ("person_id",))):
        chosen = part
        for reason in (coming, to_do, waiting, undecided, kept):
            chosen = chosen.filter(~Exists(reason))
        found += chosen.select_related("person").order_by(*order)[: most - len(found)]
    return found


def forget_old_drafts(on: date) -> int:
    """Remove drafts that nobody came back to for as long as the rule says; say how many."""
    before = months_before(on, months_of("draft"))
    gone, _ = Draft.objects.filter(saved_at__date__lt=before).delete()
    return gone
