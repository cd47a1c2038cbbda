"""Fields of the work forms: a programme that exists for the colleague, a service, a colleague, a length of time, an amount."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.forms import DayInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import Viewer, programmes_seen_by
from sansnom.desk.people.vocabulary import choices_in, speaking
from sansnom.desk.people.words import Words, choices
from sansnom.desk.work.addresses import seal, unseal
from sansnom.desk.work.models import Funder, Programme
from sansnom.desk.work.vocabulary import choices_of, service_choices

MINUTES_MAX: Final = 24 * 60
_HOURS: Final = re.compile(r"(\d{1,2})\s*(?:h|:)\s*(\d{1,2})?\s*(?:min)?", re.IGNORECASE)
_DECIMAL: Final = re.compile(r"(\d{1,2})[.,](\d{1,2})\s*h?", re.IGNORECASE)


def own_name(row: Programme | Funder) -> str:
    """Give a programme's or funder's name in the reader's language."""
    return row.name_en if speaking() == "en" else row.name_fr


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg] # Django's field has no type arguments at run time
    """Chooses a row by its sealed number: the page never shows where in a sequence the row stands."""

    def __init__(self, queryset: QuerySet[Any], *, label: str, required: bool = True, **told: Any) -> None:  # noqa: ANN401 - what Django's fields take
        super().__init__(
            queryset, label=say_later(label), required=required, empty_label=None if required else "—", **told
        )

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401 - a Programme or a Funder
        """Say its name."""
        return own_name(obj)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - a row, its number, or what was sent
        """Seal the number."""
        if hasattr(value, "_meta"):
            return seal(value.pk)
        return seal(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - what was sent
        """Open the number that was sent; whatever is out of sight is no choice."""
        if value in self.empty_values:
            return None
        try:
            number = unseal(str(value))
        except ValueError:
            number = 0
        row = None if self.queryset is None else self.queryset.filter(pk=number).first()
        if row is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return row


class RowsField(forms.MultipleChoiceField):
    """Chooses several rows by their sealed numbers."""

    def __init__(self, rows: list[Any], *, label: str, **told: Any) -> None:  # noqa: ANN401 - what Django's fields take
        self.rows = {seal(row.pk): row for row in rows}
        listed = [
            (sealed, row.name if isinstance(row, Colleague) else own_name(row)) for sealed, row in self.rows.items()
        ]
        super().__init__(
            label=say_later(label), required=False, choices=listed, widget=forms.CheckboxSelectMultiple(), **told
        )

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - rows, or what was sent
        """Seal the numbers."""
        return [seal(one.pk) if hasattr(one, "_meta") else one for one in value] if value else []

    def clean(self, value: Any) -> list[Any]:  # noqa: ANN401 - what was sent
        """Give the rows."""
        return [self.rows[sealed] for sealed in super().clean(value)]


def programme_field(viewer: Viewer, *, required: bool = True, also_closed: bool = False) -> RowField:
    """Choose among the programmes that exist for this colleague."""
    seen = programmes_seen_by(viewer).order_by("confidential", "pk")
    offered = seen if also_closed else seen.filter(closed_on=None)
    field = RowField(offered, label="work.programme", required=required)
    if not required:
        return field
    only = list(offered[:2])
    if len(only) == 1:
        field.widget, field.initial = forms.HiddenInput(), only[0]
    return field


def staff_field(label: str = "work.staff", *, required: bool = False) -> forms.ModelChoiceField:  # type: ignore[type-arg] # as above
    """Choose a colleague who works here now."""
    return forms.ModelChoiceField(
        Colleague.objects.filter(is_active=True),
        label=say_later(label),
        required=required,
        empty_label=None if required else "—",
    )


def service_field(*, required: bool = True, also: str = "", label: str = "work.service") -> forms.ChoiceField:
    """Choose a service, by the organization's own name for it."""

    def listed() -> list[tuple[str, str]]:
        return ([] if required else [("", "—")]) + service_choices(also)

    return forms.ChoiceField(label=say_later(label), required=required, choices=listed)


def listed_field(label: str, name: str, *, required: bool = False, hint: str = "") -> forms.ChoiceField:
    """Choose a code of a list of the dictionary."""
    return forms.ChoiceField(
        label=say_later(label),
        required=required,
        choices=lambda: choices_of(name, empty=not required),
        help_text=say_later(hint) if hint else "",
    )


def own_field(label: str, words: Words, *, required: bool = False) -> forms.ChoiceField:
    """Choose one of the desk's own codes."""
    return forms.ChoiceField(label=say_later(label), required=required, choices=lambda: choices(words, speaking()))


def language_field(label: str) -> forms.ChoiceField:
    """Choose a language; nobody has to."""
    return forms.ChoiceField(label=say_later(label), required=False, choices=lambda: choices_in("languages"))


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    """Ask for a day."""
    return forms.DateField(
        label=say_later(label), required=required, widget=DayInput(), help_text=say_later(hint) if hint else ""
    )


class MinutesField(forms.CharField):
    """Asks how long: 45, 1 h 30, 1:30, 1,5 h. Gives whole minutes."""

    def __init__(self, *, label: str = "work.minutes", required: bool = False, hint: str = "work.minutes.hint") -> None:
        widget = forms.TextInput({"class": "short", "inputmode": "text", "autocomplete": "off"})
        super().__init__(
            label=say_later(label), required=required, help_text=say_later(hint), widget=widget, max_length=12
        )

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - minutes, or what was sent
        """Show minutes plainly."""
        return value

    def clean(self, value: Any) -> int | None:  # noqa: ANN401 - what was sent
        """Read a length of time."""
        told = str(super().clean(value)).replace("\u00a0", " ").strip()
        if not told:
            return None
        minutes = _minutes(told)
        if minutes is None or minutes > MINUTES_MAX:
            raise ValidationError(say("work.minutes.wrong"))
        return minutes


def _minutes(told: str) -> int | None:
    if found := _DECIMAL.fullmatch(told):
        return round(float(f"{found[1]}.{found[2]}") * 60)
    if found := _HOURS.fullmatch(told):
        return int(found[1]) * 60 + int(found[2] or 0)
    plain = told.removesuffix("min").strip()
    return int(plain) if plain.isdecimal() and len(plain) < 5 else None


class CentsField(forms.DecimalField):
    """Asks for an amount in dollars; gives whole cents."""

    def __init__(self, *, label: str, required: bool = True) -> None:
        super().__init__(
            label=say_later(label),
            required=required,
            min_value=0,
            max_digits=12,
            decimal_places=2,
            localize=True,
            widget=forms.TextInput({"class": "short", "inputmode": "decimal", "autocomplete": "off"}),
        )

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - cents, or what was sent
        """Show cents as dollars."""
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # noqa: ANN401 - what was sent
        """Read an amount, with a comma or a point, spaces and $ passed over."""
        plain = re.sub(r"[\s$]", "", str(value or "")).replace(",", ".")
        amount = super().clean(plain)
        return None if amount is None else int(amount * 100)
