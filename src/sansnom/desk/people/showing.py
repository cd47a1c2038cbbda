"""How a person and their dates are said on a page."""

from datetime import date

from django.utils.formats import date_format

from sansnom.desk.house.words import say
from sansnom.desk.people.models import Person
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.people.words import BIRTH_QUALITIES


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
