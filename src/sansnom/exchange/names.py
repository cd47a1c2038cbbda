"""Names and birth dates, made comparable: the only module that reads a name; what it gives goes into match keys only.

Version "keys-0": any script to Latin letters (anyascii), lower case, no marks, words in a list. What stands for a
missing name is missing. Later versions of the keys bring their own way of reading a person.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from anyascii import anyascii

from sansnom.terms.records import Person

PLACEHOLDERS: Final = frozenset(
    {
        *("unknown", "unnamed", "anonymous", "noname", "nofirstname", "nolastname", "null"),
        *("inconnu", "inconnue", "anonyme", "sansnom", "sansprenom"),
        *("baby", "babyboy", "babygirl", "bebe", "garcon", "fillette", "hijo", "hija", "desconocido", "desconocida"),
        *("xx", "xxx", "xxxx"),
    }
)
"""Words written where a name is missing; a name made only of them says nothing about who somebody is."""

_JOINED: Final = re.compile(r"['`’ʼ]")
_NOT_LETTERS: Final = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """What match keys are made of. An empty part is missing, and missing never matches."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    birth_day: str
    birth_year: str
    sex: str
    country: str

    @property
    def names(self) -> tuple[str, ...]:
        """Give all words of the name in alphabetical order: which of them is the surname no longer matters."""
        return tuple(sorted((*self.given, *self.family)))


def folded(text: str) -> tuple[str, ...]:
    """Give the words of a name in plain letters a to z; () for a placeholder.

    "Nguyễn Văn-Anh" and "NGUYEN VAN ANH" become one; "O'Brien" stays one word. Spelling variants stay apart.
    """
    plain = _JOINED.sub("", anyascii(text).casefold())
    words = tuple(word for word in _NOT_LETTERS.split(plain) if word)
    if all(word in PLACEHOLDERS for word in words) or "".join(words) in PLACEHOLDERS:
        return ()
    return words


def read_identity(person: Person) -> Identity:
    """Read what a person's record says of who they are; a birth date counts as far as its precision goes."""
    day, year = _birth(person)
    return Identity(
        given=folded(person.given_names),
        family=folded(person.family_names),
        birth_day=day,
        birth_year=year,
        sex="" if person.sex == "unknown" else person.sex,
        country="" if person.country_of_birth == "unknown" else person.country_of_birth,
    )


def _birth(person: Person) -> tuple[str, str]:
    """Give the birth date when it is known to the day, and the year when at least that is known."""
    precision = person.birth_date_precision
    year = person.birth_date[:4]
    if precision not in ("day", "month", "year") or len(year) != 4 or not (year.isascii() and year.isdigit()):
        return "", ""
    if precision != "day":
        return "", year
    try:
        return date.fromisoformat(person.birth_date).isoformat(), year
    except ValueError:
        return "", year
