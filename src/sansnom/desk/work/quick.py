"""The quick entry of today's page: who, what, how long."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.forms import DeskForm, NameInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.models import NAME_LENGTH, Person
from sansnom.desk.work.fields import MinutesField, day_field, programme_field, service_field
from sansnom.desk.work.forms import usual_programme
from sansnom.desk.work.models import Service
from sansnom.desk.work.recording import record_service


class QuickForm(DeskForm):
    """Records one act in one line. `person` is filled by the suggestions; `who` is read where they do not work."""

    who = forms.CharField(
        label=say_later("work.quick.who"),
        max_length=2 * NAME_LENGTH,
        widget=NameInput({"data-combobox": "", "data-find": "", "list": "known-persons"}),
    )
    person = forms.UUIDField(required=False, widget=forms.HiddenInput())
    service = service_field()
    minutes = MinutesField(hint="work.minutes.hint.short")
    starts_on = day_field("work.day")

    def __init__(self, told: Any | None, *, viewer: Colleague) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(told, initial={"starts_on": timezone.localdate()})
        self._viewer = viewer
        last = (
            Service.objects.filter(staff=viewer, session=None)
            .order_by(F("starts_on").desc(nulls_last=True), "-pk")
            .first()
        )
        if last is not None:
            self.fields["service"].initial, self.fields["minutes"].initial = last.service, last.minutes
        self.fields["programme"] = programme_field(viewer, required=False)
        self.fields["programme"].help_text = say_later("work.quick.programme.hint")

    def clean(self) -> dict[str, Any]:
        """Refuse what no programme could hold."""
        told = super().clean() or {}
        if usual_programme(self._viewer, None) is None:
            raise ValidationError(say("work.no_programme"))
        return told

    def record(self, viewer: Colleague, person: Person) -> Service:
        """Record the act, in the programme that was told or else the person's usual one."""
        told = self.cleaned_data
        programme = told["programme"] or usual_programme(viewer, person) or usual_programme(viewer, None)
        if programme is None:
            raise TypeError("a desk without an open programme records nothing")
        columns = {name: told[name] for name in ("service", "minutes", "starts_on")}
        return record_service(viewer, person, programme, **columns)
