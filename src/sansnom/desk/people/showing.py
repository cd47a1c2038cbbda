"""How a person and their dates are said on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format

from sansnom.desk.house.words import say
from sansnom.desk.people.models import Correction, Person
from sansnom.desk.people.vocabulary import speaking, word_for
from sansnom.desk.people.words import BIRTH_QUALITIES, CONTACT_RULES, HOUSEHOLD_PLACES, NAME_KINDS, Words


def called(person: Person) -> str:
    """Give what to call the person by on a page: their name, else that they are without one, with their file number."""
    return person.shown_name or say("people.unnamed.called", number=person.file_number)


def birth_told(person: Person) -> str:
    """Say a birth date as far as it is known, and how good it is when it is not exact; "" when nothing is known."""
    if person.birth_year is None:
        return ""
    told = _parts(person.birth_year, person.birth_month, person.birth_day)
    if person.birth_quality in {"estimated", "default_january"}:
        return say(
            "people.birth.doubtful", date=told, quality=BIRTH_QUALITIES[person.birth_quality].in_language(speaking())
        )
    return told


def _parts(year: int, month: int | None, day: int | None) -> str:
    if month is None:
        return str(year)
    if day is not None:
        try:
            return date_format(date(year, month, day), "DATE_FORMAT")
        except ValueError:  # a 31 June that somebody was given: shown as it is
            return f"{year:04d}-{month:02d}-{day:02d}"
    return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")


def age_told(person: Person, on: date) -> str:
    """Say the age on a day; "about" where only the year is sure; "" when nothing is known."""
    if person.birth_year is None:
        return ""
    if person.birth_month and person.birth_day and person.birth_quality == "exact":
        before = (on.month, on.day) < (person.birth_month, person.birth_day)
        return say("people.age", count=max(0, on.year - person.birth_year - before))
    return say("people.age.about", count=max(0, on.year - person.birth_year))


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """A correction in words."""

    field: str
    before: str
    after: str
    correction: Correction


_LISTED: Final = {
    "sex": "sex",
    "country_of_birth": "countries",
    "mother_tongue": "mother_tongue",
    "best_language": "languages",
    "languages": "languages",
    "category": "category",
    "region": "region",
}
_OWN: Final[Mapping[str, Words]] = {
    "birth_quality": BIRTH_QUALITIES,
    "contact_rule": CONTACT_RULES,
    "household_place": HOUSEHOLD_PLACES,
}
_YES_OR_NO: Final = frozenset({"needs_interpreter", "unnamed"})


def changes_told(corrections: Iterable[Correction]) -> list[Change]:
    """Say corrections in words: fields by their labels, codes by their meaning."""
    return [
        Change(
            say(f"people.field.{correction.field}"),
            _value_told(correction.field, correction.before),
            _value_told(correction.field, correction.after),
            correction,
        )
        for correction in corrections
    ]


def _value_told(field: str, value: str) -> str:
    if not value:
        return ""
    if field in _LISTED:
        return ", ".join(word_for(_LISTED[field], code) for code in value.split(", "))
    if field in _OWN and value in _OWN[field]:
        return _OWN[field][value].in_language(speaking())
    if field in _YES_OR_NO:
        return say(f"people.{'yes' if value == 'True' else 'no'}")
    if field == "names":
        return _names_told(value)
    return value


def _names_told(value: str) -> str:
    """Say names as the history keeps them, `Awa Diop (usual)`, with their kinds in words."""
    for code, words in NAME_KINDS.items():
        value = value.replace(f"({code})", f"({words.in_language(speaking())})")
    return value
