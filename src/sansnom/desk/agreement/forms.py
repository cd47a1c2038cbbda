"""What is recorded of a conversation about a notice, and the wording of a notice."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from sansnom.desk.agreement.models import ANSWERS
from sansnom.desk.agreement.rules import PARENT_AGE, may_be_below
from sansnom.desk.house.forms import DayInput, DeskForm, NameInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.models import NAME_LENGTH, Person
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.people.words import choices


def _answers() -> list[tuple[str, str]]:
    return choices(ANSWERS, speaking())


class ToldForm(DeskForm):
    """One conversation: the answer, the day, how it was told, and by whom it was answered."""

    answer = forms.ChoiceField(label=say_later("agreement.answer"), choices=_answers, widget=forms.RadioSelect)
    told_on = forms.DateField(label=say_later("agreement.told_on"), widget=DayInput())
    oral = forms.BooleanField(
        label=say_later("agreement.oral"), required=False, help_text=say_later("agreement.oral.hint")
    )
    interpreter = forms.BooleanField(label=say_later("agreement.interpreter"), required=False)
    parent = forms.CharField(
        label=say_later("agreement.parent"), required=False, max_length=NAME_LENGTH, widget=NameInput()
    )
    recipient = forms.CharField(label=say_later("agreement.recipient"), max_length=NAME_LENGTH, widget=NameInput())

    def __init__(self, *args: Any, kind: str, person: Person, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        self.person = person
        child = may_be_below(person, timezone.localdate())
        if kind != "sharing":
            del self.fields["recipient"]
        self.fields["parent"].required = child
        hint = "agreement.parent.child" if child else "agreement.parent.hint"
        self.fields["parent"].help_text = say(hint, years=PARENT_AGE)

    def clean_told_on(self) -> Any:  # noqa: ANN401 - whatever a caller passes as a date
        """Refuse a day to come."""
        day = self.cleaned_data["told_on"]
        if day > timezone.localdate():
            raise ValidationError(say("agreement.told_on.future"))
        return day

    def clean(self) -> dict[str, Any]:
        """Below 14 on that day, ask who answered for the person."""
        told = super().clean() or {}
        day = told.get("told_on")
        if (
            day
            and "parent" not in self.errors
            and may_be_below(self.person, day)
            and not told.get("parent", "").strip()
        ):
            self.add_error("parent", say("agreement.parent.child", years=PARENT_AGE))
        return told


class WordingForm(DeskForm):
    """The next version of a notice."""

    title = forms.CharField(label=say_later("agreement.notice.title"), max_length=NAME_LENGTH)
    text = forms.CharField(
        label=say_later("agreement.notice.text"),
        help_text=say_later("agreement.notice.text.hint"),
        widget=forms.Textarea({"rows": 14}),
    )
    confirmed = forms.BooleanField(label=say_later("agreement.notice.confirmed"), required=False)

    def __init__(self, *args: Any, language: str, direction: str, **kwargs: Any) -> None:  # noqa: ANN401 - what Django's forms take
        super().__init__(*args, **kwargs)
        for field in ("title", "text"):
            self.fields[field].widget.attrs |= {"lang": language, "dir": direction, "spellcheck": "false"}
