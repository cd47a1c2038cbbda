"""Whose acts a report counts, and the people in it: each once, however many linked files they have."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from sansnom.desk.bring.vocabulary import words_of
from sansnom.desk.files.codes import DICTIONARY_VERSION
from sansnom.desk.people.access import links_seen_by
from sansnom.desk.people.links import groups_of
from sansnom.desk.people.models import Person
from sansnom.desk.work.models import Service

_AGES: Final = ((14, "0-14"), (24, "15-24"), (34, "25-34"), (44, "35-44"), (54, "45-54"), (64, "55-64"))
_COLUMNS: Final = (
    "pk", "unnamed", "sex", "category", "region", "mother_tongue", "country_of_birth", "birth_year", "birth_month",
    "birth_day",
)  # fmt: skip
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Scope:
    """Days (both included), programmes, and services; no services named: all of them."""

    start: date
    end: date
    programmes: tuple[int, ...]
    services: tuple[str, ...] = ()

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of these programmes and services."""
        rows = rows.filter(programme__in=self.programmes)
        return rows.filter(service__in=self.services) if self.services else rows

    def acts(self) -> QuerySet[Service]:
        """Choose the acts with a day in the period; a missed one is no service, an undated one counts."""
        began = Q(starts_on__range=(self.start, self.end))
        lasted = Q(starts_on__lt=self.start, ends_on__gte=self.start)
        return self.of(Service.objects.filter(began | lasted | Q(starts_on=None))).exclude(status="no_show")


@dataclass(slots=True, repr=False)
class Served:
    """Everybody with an act in the scope: attributes by person, acts by person and service."""

    codes: dict[int, dict[str, str]] = field(default_factory=dict)
    """Of each named person: the code of each dimension."""
    unnamed: set[int] = field(default_factory=set)
    leaders: dict[int, int] = field(default_factory=dict)
    """First file of whoever has several."""
    acts: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """(person, service): how many acts, how many minutes."""

    def person(self, number: int) -> int:
        """Give the person of a file."""
        return self.leaders.get(number, number)


def everybody_served(scope: Scope, viewer: Any) -> Served:  # noqa: ANN401 - a colleague
    """Read acts and persons: four questions to the database, however many persons."""
    served = Served()
    pairs = links_seen_by(viewer).filter(verdict="same").values_list("first_id", "second_id")
    groups = groups_of(list(pairs))
    served.leaders = {number: group[0] for group in groups for number in group}
    counted = scope.acts().values_list("person_id", "service").annotate(Count("pk"), Sum("minutes"))
    for person, service, count, minutes in counted.order_by().iterator(chunk_size=5_000):
        key = (served.person(person), service)
        before = served.acts.get(key, (0, 0))
        served.acts[key] = (before[0] + count, before[1] + int(minutes or 0))
    persons = Person.objects.filter(pk__in=scope.acts().values("person")).order_by("pk")
    for number, unnamed, *told in persons.values_list(*_COLUMNS).iterator(chunk_size=5_000):
        leader = served.person(number)
        if unnamed:
            served.unnamed.add(leader)
        else:
            codes = _codes(told, scope.start)
            held = served.codes.setdefault(leader, codes)
            if held is not codes:
                held.update({name: code for name, code in codes.items() if held[name] == UNKNOWN})
    served.unnamed -= served.codes.keys()
    return served


def _codes(told: list[Any], on: date) -> dict[str, str]:
    sex, category, region, tongue, country, year, month, day = told
    return {
        "sex": sex or UNKNOWN,
        "age_group": _age_group(year, month, day, on),
        "category": _category().get(category, category) or UNKNOWN,
        "region": region or UNKNOWN,
        "mother_tongue": tongue or UNKNOWN,
        "birth_continent": _continents().get(country, UNKNOWN),
    }


def _age_group(year: int | None, month: int | None, day: int | None, on: date) -> str:
    """Give the age on the first day of the period; a year stands for its 1 July, a month for its 15th."""
    if year is None:
        return UNKNOWN
    born = (month or 7, (day or 15) if month else 1)
    age = on.year - year - ((on.month, on.day) < born)
    return next((code for most, code in _AGES if age <= most), "65+")


def _read(name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type; the schema test holds its shape
    return json.loads((files("sansnom.terms.dictionary") / name).read_text(encoding="utf-8"))


@cache
def _continents() -> Mapping[str, str]:
    known = words_of("birth_continent")
    return {
        item["code"]: item["region"][:2] if item["region"][:2] in known else UNKNOWN
        for item in _read("birthplaces.json")["countries"]
    }


@cache
def _category() -> Mapping[str, str]:
    """Give the category of each detailed one."""
    dimensions = {one["code"]: one["values"] for one in _read(f"{DICTIONARY_VERSION}.json")["dimensions"]}
    return {item["code"]: item.get("parent", item["code"]) for item in dimensions["category_detail"]}
