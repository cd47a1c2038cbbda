"""What matching reads of a person: "keys-1" to "keys-3". Names lose what spelling, order and habit add; dates what estimates add.

words      letters of any script in Latin (anyascii), small, without marks; digits inside words read as letters (OCR)
titles     Mr, Dr, Hadj, Jr and the like are taken off, and particles (al, bin, de, van) as far as a name remains
nobody     "baby girl", "unknown", "madame", a letter repeated: no name (`fillers.py`; in "keys-3" also who answered: "occupant")
initial    in "keys-3" a name of which one letter is told says how a name starts, and contradicts none
joined     Abd el Rahman, Gebre Medhin, Ben Ali, Ou Yang: one word however they are divided
called     the given name that counts is the first one; from "keys-2" on the last one of Vietnamese names: middle names stand
           before it, and who is written Nguyen Thi Thanh Huong here is Huong Nguyen there
bag        the skeletons of the given name that counts and of the first surname, in no order
birth      day known only when it is told to the day, and neither 1 January nor 1 July: these are what is written for
           people whose birthday nobody knows
contact    postal code without blanks; telephone number as its last nine digits
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from anyascii import anyascii

from sansnom.exchange.fillers import NOBODY, NOBODY_3
from sansnom.exchange.nicknames import full_name
from sansnom.exchange.skeleton import skeleton
from sansnom.terms.records import Person

TITLES: Final = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mister", "dr", "prof", "rev", "mme", "mlle", "mm", "me", "docteur", "maitre"),
        *("sra", "srta", "don", "dona", "hadj", "haj", "hajj", "hadja", "haji", "hajji", "alhaji", "cheikh", "sheikh"),
        *("jr", "sr", "ii", "iii", "iv", "junior", "senior", "esq", "phd", "md"),
    }
)
PARTICLES: Final = frozenset(
    {
        *(
            "al",
            "el",
            "ul",
            "ur",
            "as",
            "ad",
            "ed",
            "es",
            "ez",
            "bin",
            "ben",
            "ibn",
            "bint",
            "bent",
            "ould",
            "ait",
            "ath",
        ),
        *(
            "de",
            "del",
            "della",
            "di",
            "da",
            "do",
            "dos",
            "das",
            "du",
            "des",
            "d",
            "la",
            "las",
            "los",
            "le",
            "les",
            "lo",
        ),
        *(
            "van",
            "von",
            "der",
            "den",
            "ten",
            "ter",
            "dela",
            "delos",
            "y",
            "e",
            "e",
            "af",
            "av",
            "zu",
            "zur",
            "st",
            "saint",
        ),
        *("san", "santa", "thi", "binti", "mac", "mc", "o", "abu", "abou"),
    }
)
JOINING: Final = frozenset(
    {"abd", "abdel", "abdul", "abdal", "abdoul", "gebre", "ghebre", "wolde", "welde", "nour", "nur"}
)
"""First halves that are written apart or together with what follows."""

VIETNAMESE_SURNAMES: Final = frozenset(
    {
        *("nguyen", "tran", "le", "pham", "huynh", "hoang", "phan", "vu", "vo", "dang", "bui", "do", "ngo", "duong"),
        *("dinh", "trinh", "doan", "truong", "luong", "dao"),
    }
)
"""Surnames that are Vietnamese wherever somebody was born. Ho, Ly, Mai, Lam and others are also Chinese or West African."""
VIETNAM: Final = "VN"

_MARKS: Final = re.compile(r"['`’ʼ´]")
_NOT_WORDS: Final = re.compile(r"[^a-z0-9]+")
_AS_LETTERS: Final = str.maketrans("013456789", "oleasbtbg")
_SYLLABLE: Final = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:i(?:ao|an|ang|ong|ng|n|u|e|a)?|u(?:ai|an|ang|ng|n|i|o|a|e)?|"
    r"a(?:ng|n|i|o)?|e(?:ng|n|i|r)?|o(?:ng|u)?)"
)
_DAYS_OF_NOBODY: Final = frozenset({(1, 1), (7, 1)})
PHONE_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, repr=False)
class Traits:
    """What match keys and features are made of; "" and () are missing, and missing never matches.

    given, surname              the given name that counts and the first surname, folded
    given_all, surname_all      all words, joined
    given_bones, surname_bones  the skeletons of the first two
    month_day                   both, or neither; `estimated` dates have neither
    """

    given: str
    surname: str
    given_all: str
    surname_all: str
    given_bones: str
    surname_bones: str
    other_bones: tuple[str, ...]
    year: int
    month_day: tuple[int, int] | None
    sex: str
    country: str
    postal: str
    phone: str

    @property
    def bag(self) -> tuple[str, ...]:
        """Give both skeletons in alphabetical order; () unless both are there."""
        both = (self.given_bones, self.surname_bones)
        return tuple(sorted(both)) if all(both) else ()


def words_of(text: str, nobody: frozenset[str] = NOBODY) -> tuple[str, ...]:
    """Give the words of a name in letters a to z, without titles; () where it names nobody."""
    plain = _MARKS.sub("", anyascii(text).casefold())
    words = [w.translate(_AS_LETTERS) if not w.isdigit() else "" for w in _NOT_WORDS.split(plain)]
    named = [w for w in words if w and w.isalpha() and w not in TITLES]
    if all(w in nobody or _repeated(w) for w in named) or "".join(named) in nobody:
        return ()
    return tuple(w for w in named if w not in nobody) if len(named) > 1 else tuple(named)


def _repeated(word: str) -> bool:
    return len(word) > 1 and len(set(word)) == 1


def _divided(words: tuple[str, ...]) -> tuple[str, ...]:
    """Join what is written apart or together by habit, and take particles off as far as a name remains."""
    kept = [w for w in words if w not in PARTICLES] or list(words[-1:])
    if len(kept) > 1 and (kept[0] in JOINING or all(_SYLLABLE.fullmatch(w) for w in kept)):
        kept[:2] = [kept[0] + kept[1]]
    long = [w for w in kept if len(w) > 1]
    return tuple(long or kept)


def _called_last(
    given: tuple[str, ...], surname: tuple[str, ...], country: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put the last given word of a Vietnamese name first, also where names stand in each other's place."""
    here = surname[:1] != () and surname[0] in VIETNAMESE_SURNAMES
    if given[:1] != () and given[0] in VIETNAMESE_SURNAMES and not here:
        return given, surname[-1:] + surname[:-1]
    return (given[-1:] + given[:-1], surname) if here or country == VIETNAM else (given, surname)


def read_traits(person: Person) -> Traits:
    """Read what a person's record says of who they are: version "keys-1"."""
    return _read(person, vietnamese=False)


def read_traits_2(person: Person) -> Traits:
    """Read what a person's record says of who they are: version "keys-2"."""
    return _read(person, vietnamese=True)


def read_traits_3(person: Person) -> Traits:
    """Read what a person's record says of who they are: version "keys-3"."""
    told = _read(person, vietnamese=True, nobody=NOBODY_3)
    return replace(told, given_all=_named(told.given_all), surname_all=_named(told.surname_all))


def _named(words: str) -> str:
    """Give all words of a name; "" where one letter is all that is told of it."""
    return words if len(words) > 1 else ""


def _read(person: Person, *, vietnamese: bool, nobody: frozenset[str] = NOBODY) -> Traits:
    given = _divided(words_of(person.given_names, nobody))
    surname = _divided(words_of(person.family_names, nobody))
    if not surname and len(given) > 1:
        given, surname = given[:-1], given[-1:]
    elif not given and len(surname) > 1:
        given, surname = surname[:1], surname[1:]
    called, named = _called_last(given, surname, person.country_of_birth) if vietnamese else (given, surname)
    first, last = called[0] if called else "", named[0] if named else ""
    others = (*called[1:], *named[1:])
    year, month_day = _birth(person)
    return Traits(
        given=first,
        surname=last,
        given_all="".join(given),
        surname_all="".join(surname),
        given_bones=skeleton(full_name(first)),
        surname_bones=skeleton(full_name(last)),
        other_bones=tuple(skeleton(w) for w in others),
        year=year,
        month_day=month_day,
        sex="" if person.sex == "unknown" else person.sex,
        country="" if person.country_of_birth == "unknown" else person.country_of_birth,
        postal="".join(c for c in person.postal_code.casefold() if c.isalnum()),
        phone=_phone(person.phone),
    )


def _phone(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS and len(set(digits)) > 2 else ""


def _birth(person: Person) -> tuple[int, tuple[int, int] | None]:
    """Give the year of birth (0: unknown), and month and day where they say something."""
    told, precision = person.birth_date, person.birth_date_precision
    year = int(told[:4]) if len(told) >= 4 and told[:4].isascii() and told[:4].isdigit() else 0
    if precision not in ("day", "month", "year") or not year:
        return 0, None
    if precision != "day":
        return year, None
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return year, None
    told_day = (day.month, day.day)
    return year, None if told_day in _DAYS_OF_NOBODY else told_day
