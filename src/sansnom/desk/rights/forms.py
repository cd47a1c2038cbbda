"""Forms of requests, erasure, retention, incidents, the privacy assessment."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from sansnom.desk.house.forms import DayInput, DeskForm, DeskModelForm
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.people.words import choices
from sansnom.desk.rights.assessment import QUESTIONS
from sansnom.desk.rights.models import ASKED, ASKERS, DECISIONS, GROUNDS, Incident
from sansnom.desk.rights.retention import Rule


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "dir": "auto"})


class RequestForm(DeskForm):
    """What a person asks."""

    asked_for = forms.ChoiceField(label=say_later("rights.field.asked_for"), widget=forms.RadioSelect)
    asker = forms.ChoiceField(label=say_later("rights.field.asker"), widget=forms.RadioSelect, initial="person")
    asked_on = forms.DateField(label=say_later("rights.field.asked_on"), widget=DayInput)
    words = forms.CharField(
        label=say_later("rights.request.words"),
        help_text=say_later("rights.request.words.hint"),
        required=False,
        max_length=5000,
        widget=_area(4),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.fields["asked_for"].choices = choices(ASKED, speaking())  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["asker"].choices = choices(ASKERS, speaking())  # type: ignore[attr-defined]  # as above
        self.fields["asked_on"].initial = timezone.localdate()

    def clean_asked_on(self) -> Any:  # noqa: ANN401 - whatever a caller passes as a day
        """Refuse a day to come."""
        day = self.cleaned_data["asked_on"]
        if day > timezone.localdate():
            raise ValidationError(say("rights.day_to_come"))
        return day


class DecisionForm(DeskForm):
    """The answer to a request."""

    decision = forms.ChoiceField(label=say_later("rights.field.decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=say_later("rights.field.reason"),
        help_text=say_later("rights.decision.reason.hint"),
        required=False,
        max_length=5000,
        widget=_area(4),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        told = [pair for pair in choices(DECISIONS, speaking()) if pair[0]]
        self.fields["decision"].choices = told  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Ask why, for a refusal."""
        told = super().clean() or {}
        if told.get("decision") in {"refused", "partly"} and not told.get("reason", "").strip():
            self.add_error("reason", say("rights.decision.why"))
        return told


class EraseForm(DeskForm):
    """Why a file is erased, with its number typed: the one act of the desk that cannot be undone."""

    ground = forms.ChoiceField(label=say_later("rights.erase.ground"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=say_later("rights.erase.number"),
        help_text=say_later("rights.erase.number.hint"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "class": "short"}),
    )

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        self._number = number
        self.fields["ground"].choices = choices(GROUNDS, speaking())  # type: ignore[attr-defined]  # a ChoiceField

    def clean_number(self) -> str:
        """Refuse another number than the file's."""
        told = str(self.cleaned_data["number"]).strip().upper()
        if told != self._number.upper():
            raise ValidationError(say("rights.erase.number.other"))
        return told


class KeepForm(DeskForm):
    """Until when a file stays, and why."""

    until_on = forms.DateField(label=say_later("rights.field.until_on"), widget=DayInput)
    reason = forms.CharField(label=say_later("rights.field.reason"), max_length=300)

    def clean_until_on(self) -> Any:  # noqa: ANN401 - whatever a caller passes as a day
        """Refuse a day that is over."""
        day = self.cleaned_data["until_on"]
        if day <= timezone.localdate():
            raise ValidationError(say("rights.day_over"))
        return day


class RetentionForm(DeskForm):
    """The months of each rule."""

    def __init__(self, *args: Any, rules: list[Rule], **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        for rule in rules:
            self.fields[rule.rule] = forms.IntegerField(
                label=rule.label, help_text=rule.basis, min_value=1, max_value=1200, initial=rule.months
            )


class IncidentForm(DeskModelForm):
    """The eight fields of the register of incidents."""

    described = forms.CharField(
        label=say_later("rights.incident.described"),
        help_text=say_later("rights.incident.described.hint"),
        max_length=5000,
        widget=_area(3),
    )
    circumstances = forms.CharField(label=say_later("rights.incident.circumstances"), max_length=5000, widget=_area(3))
    happened = forms.CharField(
        label=say_later("rights.incident.happened"),
        help_text=say_later("rights.incident.happened.hint"),
        max_length=200,
    )
    known_on = forms.DateField(label=say_later("rights.incident.known_on"), widget=DayInput)
    persons = forms.IntegerField(
        label=say_later("rights.incident.persons"),
        help_text=say_later("rights.incident.persons.hint"),
        required=False,
        min_value=0,
        max_value=10_000_000,
    )
    seriousness = forms.CharField(
        label=say_later("rights.incident.seriousness"),
        help_text=say_later("rights.incident.seriousness.hint"),
        required=False,
        max_length=5000,
        widget=_area(3),
    )
    serious = forms.BooleanField(label=say_later("rights.incident.serious"), required=False)
    commission_told_on = forms.DateField(
        label=say_later("rights.incident.commission_told_on"), required=False, widget=DayInput
    )
    persons_told_on = forms.DateField(
        label=say_later("rights.incident.persons_told_on"), required=False, widget=DayInput
    )
    measures = forms.CharField(
        label=say_later("rights.incident.measures"), required=False, max_length=5000, widget=_area(3)
    )

    class Meta:
        """The register's columns, in the regulation's order."""

        model = Incident
        fields: ClassVar = (
            "described",
            "circumstances",
            "happened",
            "known_on",
            "persons",
            "seriousness",
            "serious",
            "commission_told_on",
            "persons_told_on",
            "measures",
        )


class AssessmentForm(DeskForm):
    """What the organization answers in its privacy assessment."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question] = forms.CharField(
                label=say(f"rights.question.{question}"),
                help_text=say(f"rights.question.{question}.hint"),
                required=False,
                max_length=10_000,
                widget=_area(4),
            )
