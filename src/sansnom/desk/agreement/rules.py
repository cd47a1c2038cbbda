"""What holds now of a person's agreements and choices, and what an agreement needs."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from sansnom.desk.agreement.models import Agreement, JointStatisticsChoice, Notice
from sansnom.desk.people.models import Person
from sansnom.terms.errors import InputError

PARENT_AGE: Final = 14
"""Below this age the holder of parental authority agrees (P-39.1 s. 4.1)."""


def may_be_below(person: Person, on: date, years: int = PARENT_AGE) -> bool:
    """Tell whether the person may be younger than so many years on a day; a part of the date that is unknown may be any."""
    if person.birth_year is None:
        return False
    month, day = person.birth_month or 12, person.birth_day or 31
    return (on.year - person.birth_year) - ((on.month, on.day) < (month, day)) < years


def agree(by: Any, person: Person, notice: Notice, told_on: date, **told: Any) -> Agreement:  # noqa: ANN401 - a colleague; columns of Agreement
    """Record a conversation. InputError `agreement.parent` where the person may be under 14 and no parent is named."""
    if may_be_below(person, told_on) and not str(told.get("parent", "")).strip():
        raise InputError("agreement.parent", years=PARENT_AGE)
    told.setdefault("language", notice.language)
    return Agreement.objects.create(person=person, notice=notice, told_on=told_on, told_by=by, **told)


def in_force(person: Person) -> QuerySet[Agreement]:
    """Give what the person agreed to and has not withdrawn, the newest first."""
    held = Agreement.objects.filter(person=person, answer="agreed", withdrawal__isnull=True)
    return held.select_related("notice").order_by("-told_on", "-pk")


def choose_joint_statistics(by: Any, person: Person, *, takes_part: bool, parent: str = "") -> JointStatisticsChoice:  # noqa: ANN401 - a colleague
    """Record the choice; it holds from the next submission on, for all files of the person."""
    return JointStatisticsChoice.objects.create(
        person=person, takes_part=takes_part, recorded_by=by, parent=parent.strip()
    )


def takes_part(person: Person) -> bool:
    """Tell whether this file's last choice is to take part; without a choice, yes."""
    last = JointStatisticsChoice.objects.filter(person=person).order_by("-pk").first()
    return last is None or last.takes_part


def files_taking_no_part(groups: Iterable[Iterable[int]]) -> frozenset[int]:
    """Give the files left out of joint statistics: those that say no, and every other file of the same person."""
    later = JointStatisticsChoice.objects.filter(person=OuterRef("person"), pk__gt=OuterRef("pk"))
    last = JointStatisticsChoice.objects.filter(~Exists(later), takes_part=False)
    out = set(last.values_list("person_id", flat=True))
    for group in map(frozenset, groups):
        if group & out:
            out |= group
    return frozenset(out)
