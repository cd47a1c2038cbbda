"""Opening a file and saying how its person is called; keeps the copies and the search index that `models.py` promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from sansnom.desk.people.folding import sort_form, token_rows, tokens_of
from sansnom.desk.people.models import Correction, NameVariant, Person, SearchToken, SpokenLanguage
from sansnom.terms.errors import InputError

_TRACED = (
    "birth_year", "birth_month", "birth_day", "birth_quality", "sex", "country_of_birth", "mother_tongue", "best_language",
    "needs_interpreter", "category", "admission_date", "arrival_date", "region", "postal_code", "phone", "contact_rule",
    "household_place", "unnamed",
)  # fmt: skip
"""What `correct` may change, each change with its history."""
NAMES: Final = "names"
LANGUAGES: Final = "languages"
"""What `rename` and `speak` write as the field of their history."""


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """A name as it is given to us; the first of several is the one the person prefers."""

    given_names: str = ""
    family_names: str = ""
    family_first: bool = False
    kind: str = "usual"
    quality: str = "full"


@transaction.atomic
def call_person(person: Person, names: Sequence[Name]) -> None:
    """Replace all names of a person. InputError `person.unnamed` for names of an unnamed person, `person.name` for empty ones."""
    if person.unnamed and names:
        raise InputError("person.unnamed")
    variants = [_variant(person, name, preferred=place == 0) for place, name in enumerate(names)]
    NameVariant.objects.filter(person=person).delete()
    NameVariant.objects.bulk_create(variants)
    person.shown_name = variants[0].whole if variants else ""
    person.sort_name = sort_form(variants[0].given_names, variants[0].family_names) if variants else ""
    person.save(update_fields=["shown_name", "sort_name"])
    index_person(person)


@transaction.atomic
def rename(person: Person, names: Sequence[Name], by: Any, *, at_the_persons_request: bool = False) -> None:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Replace all names of a person, and keep what they were. Names given to an unnamed person end their being unnamed."""
    if person.unnamed and names:
        correct(person, {"unnamed": False}, by, at_the_persons_request=at_the_persons_request)
    before = _names_told(person)
    call_person(person, names)
    _kept(person, NAMES, before, _names_told(person), by, at_the_persons_request)


def _names_told(person: Person) -> str:
    """Give every name of a person on one line, with its kind: what the history keeps."""
    found = NameVariant.objects.filter(person=person).order_by("-preferred", "pk")
    return "; ".join(f"{name.whole} ({name.kind})" for name in found)


@transaction.atomic
def speak(person: Person, languages: Sequence[str], by: Any, *, at_the_persons_request: bool = False) -> None:  # noqa: ANN401 - as above
    """Replace the languages that a person knows, and keep what they were."""
    known = SpokenLanguage.objects.filter(person=person)
    before = sorted(known.values_list("language", flat=True))
    if before == sorted(languages):
        return
    known.delete()
    SpokenLanguage.objects.bulk_create(SpokenLanguage(person=person, language=language) for language in languages)
    _kept(person, LANGUAGES, ", ".join(before), ", ".join(sorted(languages)), by, at_the_persons_request)


def _kept(person: Person, field: str, before: str, after: str, by: Any, requested: bool) -> None:  # noqa: ANN401 - as above
    if before != after:
        Correction.objects.create(
            person=person, field=field, before=before, after=after, corrected_by=by, at_the_persons_request=requested
        )


def _variant(person: Person, name: Name, *, preferred: bool) -> NameVariant:
    given, family = " ".join(name.given_names.split()), " ".join(name.family_names.split())
    if not given and not family:
        raise InputError("person.name")
    return NameVariant(
        person=person,
        given_names=given,
        family_names=family,
        family_first=name.family_first,
        kind=name.kind,
        quality=name.quality,
        preferred=preferred,
    )


@transaction.atomic
def index_person(person: Person) -> None:
    """Write the person's part of the search index anew."""
    names = NameVariant.objects.filter(person=person).values_list("given_names", "family_names")
    SearchToken.objects.filter(person=person).delete()
    SearchToken.objects.bulk_create(
        SearchToken(person_id=number, kind=kind, token=token)
        for number, kind, token in token_rows(person.pk, tokens_of(names, person.phone))
    )


@transaction.atomic
def correct(person: Person, changes: Mapping[str, Any], by: Any, *, at_the_persons_request: bool = False) -> None:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Change what a file says, and keep what it said. A person who wishes to be unnamed loses every name at once."""
    unknown = sorted(set(changes) - set(_TRACED))
    if unknown:
        raise InputError("person.field", fields=tuple(unknown))
    kept = []
    for name, after in changes.items():
        before = getattr(person, name)
        if before != after:
            kept.append((name, before, after))
            setattr(person, name, after)
    if person.unnamed and person.shown_name:
        NameVariant.objects.filter(person=person).delete()
        Correction.objects.filter(person=person, field=NAMES).delete()  # earlier names are names, too
        person.shown_name = person.sort_name = ""
    person.full_clean(exclude=["opened_by", "batch", "household"], validate_unique=False)
    person.save()
    Correction.objects.bulk_create(
        Correction(
            person=person,
            field=name,
            before=_told(before),
            after=_told(after),
            corrected_by=by,
            at_the_persons_request=at_the_persons_request,
        )
        for name, before, after in kept
    )
    index_person(person)


def _told(value: object) -> str:
    return "" if value is None else str(value)
