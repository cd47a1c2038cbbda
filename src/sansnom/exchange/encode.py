"""From an organization's records to the columns of a submission: names go in, match keys and small numbers come out.

One row for each person served in the period (`acts.py` says who that is), in the order of their numbers at the
organization; dummies after them up to the size class. Every number is clipped to the plan's bound here and checked
again on shares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.acts import (
    Acts,
    acts_of,
    count_per_person,
    day_numbers,
    earliest_per_person,
    latest_per_person,
    total_per_person,
)
from sansnom.exchange.dimensions import Background, RollUps, dimension_column
from sansnom.exchange.linkable import linkable_columns
from sansnom.exchange.pepper import PlanPepper
from sansnom.exchange.rows import PlainRows, all_dummies, check_class, put_field
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.records import Assessment, OrganizationRecords, Person
from sansnom.terms.roster import Organization
from sansnom.terms.schema import LEVEL_MAX, REFERRAL_SLOTS, TallyCell, period_days
from sansnom.terms.table import WAITING

Column: TypeAlias = "NDArray[np.int64]"


@dataclass(frozen=True, slots=True, repr=False)
class Encoded:
    """What a desk may show before the decision: the columns, and which person stands in which row."""

    rows: PlainRows
    local_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Sources:
    """Everything that columns are made of. Columns have one entry for each person of the file, served or not."""

    records: OrganizationRecords
    persons: tuple[Person, ...]
    places: Mapping[str, int]
    acts: Acts
    setting: Setting

    @property
    def start(self) -> str:
        return self.setting.plan.period.start

    @property
    def end(self) -> str:
        return self.setting.plan.period.end


def encode_records(
    records: OrganizationRecords,
    organization: Organization,
    setting: Setting,
    lists: RollUps,
    pepper: PlanPepper,
) -> Encoded:
    """Encode an organization's records for one plan.

    InputError `submission.overflow` when more persons were served than the size class holds; PolicyRefusal
    `pepper.mismatch` when the pepper is not the plan's.
    """
    plan, layout = setting.plan, setting.layout
    if pepper.check != plan.pepper_check:
        raise PolicyRefusal("pepper.mismatch", plan=plan.plan)
    persons = tuple(sorted(records.persons, key=lambda person: person.local_id))
    places = {person.local_id: place for place, person in enumerate(persons)}
    if len(places) != len(persons):
        raise InputError("records.twice", where="persons.local_id")
    acts = acts_of(records, places, plan.period.start, period_days(plan))
    served = np.flatnonzero(acts.served)
    check_class(served.size, organization.size_class)
    rows = all_dummies(layout, organization.size_class)
    chosen = [persons[place] for place in served]
    linkable = linkable_columns(chosen, plan.linking, pepper)
    rows.keys[:, : served.size] = linkable.keys
    columns = _columns(_Sources(records, persons, places, acts, setting), served)
    columns["valid"] = np.ones(served.size, dtype=np.int64)
    columns |= {f"present.{k.match_key}": linkable.present[n].astype(np.int64) for n, k in enumerate(plan.linking.keys)}
    background = Background.of(records, plan.period.start, plan.period.end, lists)
    columns |= {f"feature.{name}": column for name, column in linkable.features.items()}
    for use in plan.dimensions:
        dimension = setting.dictionary.dimensions[use.code]
        columns[f"dimension.{use.code}"] = dimension_column(dimension, chosen, background)
    for field in layout.fields:
        put_field(rows, field, np.minimum(columns[field.name], field.largest))
    for place, cell in enumerate(layout.tallies):
        rows.tallies[place] = min(_tally(records, cell, setting), cell.largest)
    return Encoded(rows, tuple(person.local_id for person in chosen))


def _columns(sources: _Sources, served: Column) -> dict[str, Column]:
    """Make every column that the layout names, for the persons served; a name that nothing makes is refused."""
    made: dict[str, Column] = {}
    for field in sources.setting.layout.fields:
        kind, _, code = field.name.partition(".")
        if field.name in made or kind in ("valid", "present", "feature", "dimension"):
            continue
        maker = _MAKERS.get(kind)
        if maker is None:
            raise PolicyRefusal("plan.field.underived", field=field.name)
        made |= {name: column[served] for name, column in maker(sources, code).items()}
    return made


def _service(sources: _Sources, code: str) -> dict[str, Column]:
    acts, persons = sources.acts, len(sources.persons)
    used = count_per_person(acts.person[acts.of_service(code)], persons)
    return {f"service.{code}": (used > 0).astype(np.int64)}


def _service_days(sources: _Sources, code: str) -> dict[str, Column]:
    acts, persons = sources.acts, len(sources.persons)
    chosen = acts.of_service(code)
    last = latest_per_person(acts.person[chosen], acts.last[chosen], persons)
    first = earliest_per_person(acts.person[chosen], acts.first[chosen], persons)
    return {f"first_day.{code}": np.where(last < 0, 0, first), f"last_day.{code}": np.maximum(last, 0)}


def _referrals(sources: _Sources, _: str) -> dict[str, Column]:
    """Take the organizations of the latest accepted referrals, a slot each; of equal dates, the later in the file."""
    numbers = {o.code: o.number for o in sources.setting.roster.organizations}
    columns = np.zeros((REFERRAL_SLOTS, len(sources.persons)), dtype=np.int64)
    accepted = [r for r in sources.records.referrals if r.accepted and r.sent <= sources.end]
    for referral in sorted(accepted, key=lambda r: r.sent)[::-1]:
        place, number = sources.places.get(referral.local_id, -1), numbers.get(referral.to_organization, 0)
        if place < 0 or number == 0 or referral.to_organization == sources.records.organization:
            continue
        for slot in range(REFERRAL_SLOTS):
            if columns[slot, place] in (0, number):
                columns[slot, place] = number
                break
    return {f"referral.{slot + 1}": columns[slot] for slot in range(REFERRAL_SLOTS)}


def _measure(sources: _Sources, code: str) -> dict[str, Column]:
    measure = _MEASURES.get(code)
    if measure is None:
        raise PolicyRefusal("plan.measure.underived", measure=code)
    return {f"measure.{code}": measure(sources)}


def _service_count(sources: _Sources) -> Column:
    return count_per_person(sources.acts.person, len(sources.persons))


def _service_hours(sources: _Sources) -> Column:
    """Add up minutes and round to whole hours, half an hour up; an act without minutes adds nothing."""
    minutes = total_per_person(sources.acts.person, sources.acts.minutes, len(sources.persons))
    return (minutes + 30) // 60


def _referrals_sent(sources: _Sources, *, completed: bool = False) -> Column:
    counted = np.zeros(len(sources.persons), dtype=np.int64)
    for referral in sources.records.referrals:
        place = sources.places.get(referral.local_id, -1)
        if place >= 0 and sources.start <= referral.sent <= sources.end and (referral.completed or not completed):
            counted[place] += 1
    return counted


def _referrals_completed(sources: _Sources) -> Column:
    return _referrals_sent(sources, completed=True)


_MEASURES: Final[Mapping[str, Callable[[_Sources], Column]]] = {
    "service_count": _service_count,
    "service_hours": _service_hours,
    "referrals_sent": _referrals_sent,
    "referrals_completed": _referrals_completed,
}
KNOWN_MEASURES: Final = frozenset(_MEASURES)
"""Measures that a desk can fill from its records."""

KNOWN_DURATIONS: Final = frozenset({"days_to_first_service"})
"""Durations that a desk can fill from its records."""


def _duration(sources: _Sources, code: str) -> dict[str, Column]:
    """Count days from arrival (failing that, admission) to the first dated act of the period here.

    0 if it came before.
    """
    if code not in KNOWN_DURATIONS:
        raise PolicyRefusal("plan.duration.underived", duration=code)
    acts, persons = sources.acts, len(sources.persons)
    since = [person.arrival_date or person.admission_date for person in sources.persons]
    arrived, told = day_numbers(since, sources.start, "persons.arrival_date")
    first = earliest_per_person(acts.person[acts.dated], acts.began[acts.dated], persons)
    known = told & (count_per_person(acts.person[acts.dated], persons) > 0)
    days = np.where(known, np.maximum(first - arrived, 0), 0)
    return {f"duration.{code}": days, f"known.{code}": known.astype(np.int64)}


def _levels(sources: _Sources, code: str) -> dict[str, Column]:
    """Take the first and last level of the period on a scale and skill, with their days.

    Of two on a day, the higher.
    """
    scale, _, skill = code.partition(".")
    seen: dict[str, dict[str, int]] = {}
    for a in sources.records.assessments:
        if _of_scale(a, scale, skill) and sources.start <= a.date <= sources.end and a.local_id in sources.places:
            days = seen.setdefault(a.local_id, {})
            days[a.date] = max(days.get(a.date, 0), a.level)
    columns = np.zeros((4, len(sources.persons)), dtype=np.int64)
    origin = date.fromisoformat(sources.start).toordinal() - 1
    for local_id, days in seen.items():
        first, last = min(days), max(days)
        told = (days[first], days[last], _ordinal(first) - origin, _ordinal(last) - origin)
        columns[:, sources.places[local_id]] = told
    names = ("first_level", "last_level", "first_date", "last_date")
    return {f"{name}.{code}": columns[n] for n, name in enumerate(names)}


def _of_scale(assessment: Assessment, scale: str, skill: str) -> bool:
    return assessment.scale == scale and assessment.skill == skill and 1 <= assessment.level <= LEVEL_MAX


def _ordinal(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        raise InputError("records.date", where="assessments.date") from None


_MAKERS: Final[Mapping[str, Callable[[_Sources, str], dict[str, Column]]]] = {
    "service": _service,
    "first_day": _service_days,
    "last_day": _service_days,
    "referral": _referrals,
    "measure": _measure,
    "duration": _duration,
    "known": _duration,
    "first_level": _levels,
    "last_level": _levels,
    "first_date": _levels,
    "last_date": _levels,
}


def _tally(records: OrganizationRecords, cell: TallyCell, setting: Setting) -> int:
    """Count requests without persons.

    Waiting on the period's last day, or turned away during it; undated ones count.
    """
    start, end = setting.plan.period.start, setting.plan.period.end
    measure = next(t.measure for t in setting.plan.tables if t.table == cell.table)
    if measure == WAITING:
        return sum(
            w.service == cell.service and w.joined <= end and (not w.left or w.left > end) for w in records.waitlist
        )
    reasons = setting.dictionary.reasons[measure]
    return sum(
        t.service == cell.service
        and (not t.date or start <= t.date <= end)
        and (t.reason if t.reason in reasons else "unknown") == cell.reason
        for t in records.turned_away
    )
