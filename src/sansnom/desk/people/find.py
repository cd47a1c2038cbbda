"""Find before create: whoever is looked for in any script, spelling or order, among the files that exist for the viewer.

Three questions to the database choose at most `CANDIDATES` files that share words, skeletons of words, the telephone
number or the birth date with what was typed; then each is compared, and says in codes why it is alike (`words.REASONS`).
"""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from django.db.models import Case, IntegerField, Q, Sum, Value, When

from sansnom.desk.people.access import Viewer, of_visible_persons, visible_to
from sansnom.desk.people.folding import (
    BONES,
    PHONE,
    WORD,
    bone_of,
    bones_in,
    digits_in,
    joined_in,
    phone_token,
    words_in,
)
from sansnom.desk.people.models import Person, SearchToken

CANDIDATES: Final = 60
PREFIX_LETTERS: Final = 2
NEARLY_EQUAL: Final = 0.8
_FAR: Final = "\U0010ffff"
_DATE: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_YEARS: Final = range(1900, 2101)


@dataclass(frozen=True, slots=True, repr=False)
class Birth:
    """What is known of a birth date: parts, 0 where a part is not known."""

    year: int = 0
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Sought:
    """What somebody typed or is about to write in a new file."""

    words: tuple[str, ...] = ()
    joined: frozenset[str] = frozenset()
    bones: frozenset[str] = frozenset()
    birth: Birth = Birth()
    phone: str = ""
    file_number: str = ""
    postal_code: str = ""

    @classmethod
    def typed(cls, text: str) -> "Sought":
        """Read one line of a search box: names in any order, perhaps a birth date or year, a phone or file number."""
        names, birth, phone = [], Birth(), phone_token(text)
        for part in text.split():
            plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in part)
            date = _DATE.fullmatch(plain)
            if date and int(date[1]) in _YEARS:
                birth, phone = Birth(int(date[1]), int(date[2] or 0), int(date[3] or 0)), ""
            elif not digits_in(part):
                names.append(part)
        told = " ".join(names)
        return cls(words_in(told), joined_in(told, ""), bones_in(told, ""), birth, phone, text.strip().upper()[:40])

    @classmethod
    def new_file(cls, names: list[tuple[str, str]], birth: Birth, phone: str, postal_code: str = "") -> "Sought":
        """Take what a form for a new file holds so far: names (given, family), birth date, telephone, postal code."""
        words = tuple(dict.fromkeys(word for pair in names for part in pair for word in words_in(part)))
        bones = frozenset(bone for pair in names for bone in bones_in(*pair))
        joined = frozenset(word for pair in names for word in joined_in(*pair))
        return cls(words, joined, bones, birth, phone_token(phone), postal_code=_letters(postal_code))


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """A file that is like what is sought: from 0 to 100, and why, in codes."""

    person: Person
    likeness: int
    reasons: tuple[str, ...] = field(default=())


def find_persons(viewer: Viewer, sought: Sought, most: int = 20) -> list[Match]:
    """Give the files that are most alike, the most alike first. Five queries at most, however many files there are."""
    chosen = dict.fromkeys(_by_tokens(viewer, sought))
    chosen |= dict.fromkeys(_by_birth_or_number(viewer, sought))
    persons = Person.objects.filter(pk__in=list(chosen)).prefetch_related("names")
    matches = [compared(person, sought) for person in persons]
    found = [match for match in matches if match.likeness]
    return sorted(found, key=lambda match: (-match.likeness, match.person.sort_name, match.person.pk))[:most]


def _by_tokens(viewer: Viewer, sought: Sought) -> list[int]:
    conditions = Q(kind=WORD, token__in={*sought.words, *sought.joined}) | Q(kind=BONES, token__in=sought.bones)
    if sought.words and len(sought.words[-1]) >= PREFIX_LETTERS:
        conditions |= Q(kind=WORD, token__gt=sought.words[-1], token__lt=sought.words[-1] + _FAR)
    if sought.phone:
        conditions |= Q(kind=PHONE, token=sought.phone)
    if not (sought.words or sought.bones or sought.phone):
        return []
    weight = Case(When(kind=WORD, then=Value(2)), When(kind=PHONE, then=Value(6)), default=Value(3))
    shared = of_visible_persons(SearchToken.objects.filter(conditions), viewer)
    scored = shared.values("person_id").annotate(score=Sum(weight, output_field=IntegerField()))
    return [row["person_id"] for row in scored.order_by("-score", "person_id")[:CANDIDATES]]


def _by_birth_or_number(viewer: Viewer, sought: Sought) -> list[int]:
    birth, conditions = sought.birth, Q()
    if birth.day:
        conditions |= Q(birth_year=birth.year, birth_month=birth.month, birth_day=birth.day)
    elif birth.year and not sought.words:
        conditions |= Q(birth_year=birth.year, **({"birth_month": birth.month} if birth.month else {}))
    if sought.file_number:
        conditions |= Q(file_number=sought.file_number)
    if not conditions:
        return []
    return list(visible_to(viewer).filter(conditions).values_list("pk", flat=True)[:CANDIDATES])


def compared(person: Person, sought: Sought) -> Match:
    """Compare one file with what is sought; a file that shares nothing has likeness 0."""
    if sought.file_number and person.file_number.upper() == sought.file_number:
        return Match(person, 100, ("file_number",))
    name, reasons = _names_alike(person, sought)
    total, weight = 0.0, 0.0
    if sought.words:
        total, weight = 60 * name, 60
    for points, how, reason in (_birth_alike(person, sought.birth), _contact_alike(person, sought)):
        total, weight = total + points * how, weight + points
        reasons = (*reasons, reason) if reason else reasons
    likeness = round(100 * total / weight) if weight and reasons else 0
    return Match(person, likeness, reasons)


def _names_alike(person: Person, sought: Sought) -> tuple[float, tuple[str, ...]]:
    """Give how well the words sought are found in the best of the person's names, and how."""
    best, how = 0.0, ""
    for name in person.names.all():
        words = (*words_in(name.given_names), *words_in(name.family_names))
        if not words or not sought.words:
            continue
        if sought.joined.intersection(words) or sought.words[0] in joined_in(name.given_names, name.family_names):
            return 1.0, ("name_same",)  # written as one there or here
        found = [
            _word_alike(word, words, last=place == len(sought.words) - 1) for place, word in enumerate(sought.words)
        ]
        extra = max(0, len(words) - len(sought.words))
        alike = sum(found) / len(found) * (0.97**extra)
        if alike > best:
            best = alike
            how = "name_same" if min(found) >= 1 else "name_alike" if min(found) >= NEARLY_EQUAL else "name_part"
    return (best, (how,)) if best >= 0.4 else (0.0, ())


def _word_alike(word: str, words: tuple[str, ...], *, last: bool) -> float:
    if word in words:
        return 1.0
    best = 0.9 if last and len(word) >= PREFIX_LETTERS and any(other.startswith(word) for other in words) else 0.0
    bone = bone_of(word)
    for other in words:
        ratio = SequenceMatcher(None, word, other, autojunk=False).ratio()
        if len(bone) > 1 and bone == bone_of(other):
            ratio = max(ratio, 0.85)
        best = max(best, ratio if ratio >= 0.7 else 0.0)
    return min(best, 0.95)


def _birth_alike(person: Person, birth: Birth) -> tuple[float, float, str]:
    """Give weight, likeness and reason; no weight where one side does not know."""
    if not birth.year or person.birth_year is None:
        return 0.0, 0.0, ""
    if not birth.day or person.birth_day is None:
        if person.birth_year != birth.year:
            near = abs(person.birth_year - birth.year) <= 1
            return 20.0, 0.5 if near else 0.0, "birth_near" if near else ""
        return 20.0, 1.0, "birth_year"
    return 35.0, *_day_alike(person, birth)


def _day_alike(person: Person, birth: Birth) -> tuple[float, str]:
    """Give likeness and reason of two dates known to the day."""
    theirs, ours = (person.birth_year, person.birth_month, person.birth_day), (birth.year, birth.month, birth.day)
    if theirs == ours:
        return 1.0, "birth_same"
    if theirs[0] == ours[0] and theirs[1:] == ours[:0:-1]:
        return 0.9, "birth_swapped"
    if sum(a == b for a, b in zip(theirs, ours, strict=True)) == 2:
        return 0.6, "birth_near"
    doubtful = person.birth_quality != "exact" and theirs[0] == ours[0]
    return (0.5, "birth_year") if doubtful else (0.0, "")


def _contact_alike(person: Person, sought: Sought) -> tuple[float, float, str]:
    if sought.phone and phone_token(person.phone) == sought.phone:
        return 20.0, 1.0, "phone_same"
    if sought.postal_code and _letters(person.postal_code) == sought.postal_code:
        return 5.0, 1.0, "postal_same"
    return 0.0, 0.0, ""


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
