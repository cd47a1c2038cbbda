"""From files to `terms.records.Person`: one noun for each person, however many linked files they have.

A person's noun stands under the file number of their first file (the one with the smallest number) and takes each thing
that it does not know from the next one. The name is the one that matching reads best: full, in Latin letters, the one on
papers before the usual one. An unnamed person stays unnamed; an assumed name is no name to match by.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import QuerySet

from sansnom.desk.people.models import NameVariant, Person
from sansnom.terms import records

_COLUMNS: Final = (
    "pk", "file_number", "unnamed", "birth_year", "birth_month", "birth_day", "birth_quality", "sex", "country_of_birth",
    "mother_tongue", "category", "region", "admission_date", "arrival_date", "postal_code", "phone",
)  # fmt: skip
_FILLED: Final = (
    "sex", "country_of_birth", "mother_tongue", "category", "region", "admission_date", "arrival_date", "postal_code", "phone",
)  # fmt: skip
_KIND_ORDER: Final = {"papers": 0, "usual": 1, "latin": 2, "birth": 3, "other": 4, "native": 5}

Names = tuple[str, str]


def person_nouns(persons: QuerySet[Person], leaders: Mapping[int, int]) -> dict[int, records.Person]:
    """Give the noun of each person of a query, by the number of their first file: two queries, however many there are.

    `leaders` gives the first file of the person of each file that is linked to another; its own number stands for others.
    """
    names = _names(NameVariant.objects.filter(person__in=persons))
    nouns: dict[int, records.Person] = {}
    rows = persons.order_by("pk").values_list(*_COLUMNS)
    for row in rows.iterator(chunk_size=5_000):
        number = row[0]
        noun = _noun(row, names.get(number))
        leader = leaders.get(number, number)
        nouns[leader] = _filled(nouns[leader], noun) if leader in nouns else noun
    return nouns


def birth_told(year: int | None, month: int | None, day: int | None, quality: str) -> tuple[str, str]:
    """Give a birth date and its precision as files give them: a year stands for 1 July of it, a month for its 15th.

    A day that is estimated, or 1 January by default, is no day: only the year counts. An impossible day leaves the month.
    """
    if year is None:
        return "", "unknown"
    if month is None or quality != "exact":
        return f"{year:04d}-07-01", "year"
    if day is not None:
        try:
            return date(year, month, day).isoformat(), "day"
        except ValueError:
            pass
    return f"{year:04d}-{month:02d}-15", "month"


def _names(variants: QuerySet[NameVariant]) -> dict[int, Names]:
    """Choose the name that matching reads, of each person."""
    best: dict[int, tuple[tuple[int, int, int], Names]] = {}
    for person, given, family, kind, quality, preferred in variants.values_list(
        "person_id", "given_names", "family_names", "kind", "quality", "preferred"
    ).iterator(chunk_size=5_000):
        if quality == "assumed":
            continue
        latin = all(ord(sign) < 0x250 or not sign.isalpha() for sign in given + family)
        rank = (0 if latin else 1, 0 if quality == "full" else 1, _KIND_ORDER[kind] * 2 - int(preferred))
        if person not in best or rank < best[person][0]:
            best[person] = (rank, (given, family))
    return {person: names for person, (_, names) in best.items()}


def _noun(row: tuple[object, ...], names: Names | None) -> records.Person:
    (
        _, file_number, unnamed, year, month, day, quality, sex, country, tongue, category, region, admitted, arrived,
        postal_code, phone,
    ) = row  # fmt: skip
    birth_date, precision = birth_told(year, month, day, str(quality))  # type: ignore[arg-type]  # columns of numbers
    given, family = names or ("", "")
    return records.Person(
        local_id=str(file_number),
        given_names="" if unnamed else given,
        family_names="" if unnamed else family,
        birth_date=birth_date,
        birth_date_precision=precision,
        sex=str(sex),
        country_of_birth=str(country),
        mother_tongue=str(tongue),
        category=str(category),
        region=str(region),
        admission_date=_iso(admitted),
        arrival_date=_iso(arrived),
        postal_code=str(postal_code),
        phone=str(phone),
        anonymous=bool(unnamed),
    )


def _iso(day: object) -> str:
    return day.isoformat() if isinstance(day, date) else ""


def _filled(first: records.Person, other: records.Person) -> records.Person:
    """Complete what the first file does not know; a name and its absence, and a date with its precision, go together."""
    changes: dict[str, object] = {name: getattr(other, name) for name in _FILLED if not getattr(first, name)}
    if first.anonymous and not other.anonymous:
        changes |= {"given_names": other.given_names, "family_names": other.family_names, "anonymous": False}
    coarse = ("day", "month", "year", "unknown")
    if coarse.index(other.birth_date_precision) < coarse.index(first.birth_date_precision):
        changes |= {"birth_date": other.birth_date, "birth_date_precision": other.birth_date_precision}
    return replace(first, **changes)  # type: ignore[arg-type]  # fields of the same class
