"""What is asked of a person: names in any script and order, a birth date as far as it is known, everything else optional."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sansnom.desk.house.forms import DayInput, DeskForm, NameInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.find import Birth
from sansnom.desk.people.models import NAME_LENGTH, NameVariant, Person
from sansnom.desk.people.naming import Name
from sansnom.desk.people.vocabulary import choices_in, speaking
from sansnom.desk.people.words import (
    BIRTH_QUALITIES,
    CONTACT_RULES,
    HOUSEHOLD_PLACES,
    NAME_KINDS,
    NAME_QUALITIES,
    Words,
    choices,
)

EARLIEST_YEAR: Final = 1900
NAMES_MAX: Final = 12
SPARE_NAMES: Final = 3
SPARE_LANGUAGES: Final = 3
PHONE_LENGTH: Final = 40
POSTAL_LENGTH: Final = 16
SELECTED: Final = mark_safe(" selected")


class QuickSelect(forms.Select):
    """A list to choose from, written in one go: Django renders a template for each of some thousand options."""

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401 - Django's signature
        attrs: Mapping[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Write the select with its options."""
        del renderer
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, SELECTED if str(code) == chosen else "", words) for code, words in self.choices),
        )
        held = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(held), options)


def _chosen(label: str, listed: str, hint: str = "") -> forms.ChoiceField:
    """Ask for a code of the dictionary; nobody has to answer."""
    return forms.ChoiceField(
        label=say_later(label),
        required=False,
        choices=lambda: choices_in(listed),
        widget=QuickSelect,
        help_text=say_later(hint) if hint else "",
    )


def _of_words(label: str, words: Words, *, required: bool = False, hint: str = "") -> forms.ChoiceField:
    """Ask for one of the desk's own codes."""
    return forms.ChoiceField(
        label=say_later(label),
        required=required,
        choices=lambda: choices(words, speaking()),
        help_text=say_later(hint) if hint else "",
    )


class SearchForm(DeskForm):
    """The search box."""

    text = forms.CharField(
        label=say_later("people.find.box"),
        help_text=say_later("people.find.hint"),
        required=False,
        max_length=NAME_LENGTH,
        widget=NameInput({"type": "search", "data-find": "", "enterkeyhint": "search"}),
    )


class NameForm(DeskForm):
    """One way that a person is called. Either part may be empty, not both."""

    given_names = forms.CharField(
        label=say_later("people.name.given"), required=False, max_length=NAME_LENGTH, widget=NameInput()
    )
    family_names = forms.CharField(
        label=say_later("people.name.family"), required=False, max_length=NAME_LENGTH, widget=NameInput()
    )
    family_first = forms.BooleanField(label=say_later("people.name.family_first"), required=False)
    kind = _of_words("people.name.kind", NAME_KINDS)
    quality = _of_words("people.name.quality", NAME_QUALITIES)

    def name(self) -> Name | None:
        """Give the name that was written; None where the row was left empty."""
        told = self.cleaned_data
        if not told["given_names"] and not told["family_names"]:
            return None
        return Name(
            told["given_names"],
            told["family_names"],
            told["family_first"],
            told["kind"] or "usual",
            told["quality"] or "full",
        )


def name_forms(told: Any | None, names: Sequence[NameVariant] = (), first: Name | None = None) -> list[NameForm]:  # noqa: ANN401 - a QueryDict
    """Give a row for each name there is, and a few empty ones; those of a form that was sent come back filled."""
    known = [
        {
            "given_names": name.given_names,
            "family_names": name.family_names,
            "family_first": name.family_first,
            "kind": name.kind,
            "quality": name.quality,
        }
        for name in names
    ]
    if not known and first is not None:
        known = [{"given_names": first.given_names, "family_names": first.family_names}]
    rows = min(NAMES_MAX, max(1, len(known)) + SPARE_NAMES)
    if told is not None:
        sent = {field.split("-")[0] for field in told if field.startswith("name")}
        rows = min(NAMES_MAX, max(rows, len(sent)))
    kinds = ("usual", "papers", "latin", "native")
    return [
        NameForm(
            told,
            prefix=f"name{place}",
            initial=known[place] if place < len(known) else {"kind": kinds[min(place, 3)], "quality": "full"},
        )
        for place in range(rows)
    ]


def names_in(rows: Iterable[NameForm]) -> list[Name]:
    """Give the names of rows that are valid, in order."""
    return [name for row in rows if (name := row.name()) is not None]


def _months() -> list[tuple[str, str]]:
    return [("", "—"), *((str(month), date_format(date(2000, month, 1), "F")) for month in range(1, 13))]


class FactsForm(DeskForm):
    """What a file says of a person besides their names. Nothing is required."""

    birth_day = forms.IntegerField(label=say_later("people.birth.day"), required=False, min_value=1, max_value=31)
    birth_month = forms.TypedChoiceField(
        label=say_later("people.birth.month"), required=False, coerce=int, empty_value=None, choices=_months
    )
    birth_year = forms.IntegerField(label=say_later("people.birth.year"), required=False, min_value=EARLIEST_YEAR)
    birth_quality = _of_words("people.birth.quality", BIRTH_QUALITIES, hint="people.birth.quality.hint")
    sex = _chosen("people.sex", "sex")
    phone = forms.CharField(
        label=say_later("people.phone"),
        required=False,
        max_length=PHONE_LENGTH,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off", "class": "short"}),
    )
    contact_rule = _of_words("people.contact_rule", CONTACT_RULES)
    postal_code = forms.CharField(
        label=say_later("people.postal_code"),
        required=False,
        max_length=POSTAL_LENGTH,
        widget=forms.TextInput({"autocomplete": "off", "class": "short"}),
    )
    region = _chosen("people.region", "region")
    best_language = _chosen("people.best_language", "languages")
    needs_interpreter = forms.BooleanField(label=say_later("people.needs_interpreter"), required=False)
    mother_tongue = _chosen("people.mother_tongue", "mother_tongue")
    country_of_birth = _chosen("people.country_of_birth", "countries")
    category = _chosen("people.category", "category", "people.category.hint")
    arrival_date = forms.DateField(label=say_later("people.arrival_date"), required=False, widget=DayInput())
    admission_date = forms.DateField(
        label=say_later("people.admission_date"),
        required=False,
        widget=DayInput(),
        help_text=say_later("people.admission_date.hint"),
    )
    household_place = _of_words("people.household_place", HOUSEHOLD_PLACES)

    def __init__(self, *args: Any, languages: Sequence[str] = (), **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.language_fields = [f"language_{place}" for place in range(len(languages) + SPARE_LANGUAGES)]
        for place, field in enumerate(self.language_fields):
            self.fields[field] = _chosen("people.other_language", "languages")
            self.fields[field].initial = languages[place] if place < len(languages) else ""

    @classmethod
    def of(cls, told: Any | None, person: Person, languages: Sequence[str]) -> "FactsForm":  # noqa: ANN401 - a QueryDict
        """Give the form of a file, filled with what the file says."""
        columns = {name: getattr(person, name) for name in FactsForm.base_fields}
        others = [language for language in languages if language != person.best_language]
        return cls(told, languages=others, initial=columns)

    def clean_birth_year(self) -> int | None:
        """Refuse a year to come."""
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(say("people.birth.future"))
        return year

    def clean(self) -> dict[str, Any]:
        """Refuse a date that no calendar has, and parts without what they are parts of; settle how good the date is."""
        told = super().clean() or {}
        year, month, day = (told.get(f"birth_{part}") for part in ("year", "month", "day"))
        if (month or day) and not year and "birth_year" not in self.errors:
            self.add_error("birth_year", say("people.birth.year_missing"))
        elif day and not month:
            self.add_error("birth_month", say("people.birth.month_missing"))
        elif year and month and day:
            self._check_day(date_parts=(year, month, day))
        told["birth_quality"] = settled_quality(told.get("birth_quality", ""), year, month)
        told["contact_rule"] = told.get("contact_rule") or "any"
        return told

    def _check_day(self, date_parts: tuple[int, int, int]) -> None:
        try:
            born = date(*date_parts)
        except ValueError:
            self.add_error("birth_day", say("people.birth.no_such_day"))
            return
        if born > timezone.localdate():
            self.add_error("birth_year", say("people.birth.future"))

    def facts(self) -> dict[str, Any]:
        """Give the columns of `Person` as they were told."""
        return {name: self.cleaned_data[name] for name in FactsForm.base_fields}

    def spoken(self) -> list[str]:
        """Give every language that the person knows, each once."""
        told = [self.cleaned_data["best_language"], *(self.cleaned_data[field] for field in self.language_fields)]
        return [language for language in dict.fromkeys(told) if language]

    def birth(self) -> Birth:
        """Give the birth date as finding compares it."""
        told = self.cleaned_data
        return Birth(*(told.get(f"birth_{part}") or 0 for part in ("year", "month", "day")))


def settled_quality(told: str, year: int | None, month: int | None) -> str:
    """Give the quality that goes with the parts that are there: no year is unknown, no month is a year only."""
    if year is None:
        return "unknown"
    if told in {"estimated", "default_january"}:
        return told
    if month is None:
        return "year_only"
    return "exact" if told in {"", "exact", "unknown"} else told


class CorrectionForm(FactsForm):
    """As above, with who asked for the change."""

    at_the_persons_request = forms.BooleanField(label=say_later("people.at_the_persons_request"), required=False)


class NamesEndForm(DeskForm):
    """What stands under the rows of names: no name at all, and who asked for the change."""

    unnamed = forms.BooleanField(
        label=say_later("people.unnamed.wish"), required=False, help_text=say_later("people.unnamed.wish.hint")
    )
    at_the_persons_request = forms.BooleanField(label=say_later("people.at_the_persons_request"), required=False)
