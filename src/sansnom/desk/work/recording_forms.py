"""The form of one service given to one person: a few keystrokes, the rest folded away."""

from typing import Any, Final

from django import forms
from django.db.models import F

from sansnom.desk.house.forms import NameInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.work import models as work
from sansnom.desk.work.fields import (
    MinutesField,
    RowsField,
    day_field,
    language_field,
    listed_field,
    own_field,
    service_field,
    staff_field,
)
from sansnom.desk.work.forms import ActForm
from sansnom.desk.work.notes import write_note
from sansnom.desk.work.recording import record_service, see_again
from sansnom.desk.work.words import MODES

FOLDED: Final = ("status", "mode", "ends_on", "leave_reason", "staff", "interpreter_language", "childcare", "funders")
"""Fields of the folded part."""


class ServiceForm(ActForm):
    """What was done, when, how long; in the folded part: how it went, with whom, who pays."""

    model = work.Service
    long = True
    service = service_field()
    starts_on = day_field("work.day")
    minutes = MinutesField()
    status = listed_field("work.status", "service_statuses", required=True)
    mode = own_field("work.mode", MODES)
    ends_on = day_field("work.ends_on", required=False)
    leave_reason = listed_field("work.leave_reason", "leave")
    staff = staff_field()
    interpreter_language = language_field("work.interpreter")
    childcare = forms.BooleanField(label=say_later("work.childcare"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as ActForm
        super().__init__(*args, **kwargs)
        self.order_fields(["service", "programme", "starts_on", "minutes"])
        funders = list(work.Funder.objects.filter(active=True).order_by("pk"))
        if funders:
            hint = say_later("work.funders.hint")
            self.fields["funders"] = RowsField(funders, label="work.funders", help_text=hint)
            if self.row is not None:
                self.fields["funders"].initial = list(self.row.funders.all())

    def first(self) -> dict[str, Any]:
        """Show what this colleague recorded last: most days are alike."""
        last = (
            work.Service.objects.filter(staff=self.viewer, session=None)
            .order_by(F("starts_on").desc(nulls_last=True), "-pk")
            .first()
        )
        told = {**super().first(), "status": "completed"}
        if last is not None:
            told |= {"service": last.service, "minutes": last.minutes, "mode": last.mode}
        if self.person is not None and self.person.needs_interpreter:
            told["interpreter_language"] = self.person.best_language
        return told

    def columns(self) -> dict[str, Any]:
        """Leave out what is no column."""
        return {name: value for name, value in super().columns().items() if name not in {"funders", "note"}}

    def save(self) -> list[Any]:
        """Record the act, or change it and count the last day of both programmes anew."""
        if self.person is None:
            raise TypeError("a service is somebody's")
        if self.row is None:
            told = self.columns()
            staff = told.pop("staff") or self.viewer
            row = record_service(self.viewer, self.person, told.pop("programme"), staff_id=staff.pk, **told)
        else:
            before = self.row.programme
            row = super().save()[0]
            for programme in {before, row.programme}:
                see_again(self.person, programme)
        if "funders" in self.cleaned_data:
            row.funders.set(self.cleaned_data["funders"])
        return [row]

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """List the fields that always show."""
        return [self[name] for name in self.fields if name not in FOLDED and not self[name].is_hidden]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        """List the fields of the folded part."""
        return [self[name] for name in self.fields if name in FOLDED]

    @property
    def folded_wrong(self) -> bool:
        """Tell whether something in the folded part is wrong, so that it is shown open."""
        return any(field.errors for field in self.folded_fields)


class RecordForm(ServiceForm):
    """A new service, with its note and what follows from it, in one go."""

    note = forms.CharField(
        label=say_later("work.note"),
        required=False,
        max_length=20_000,
        help_text=say_later("work.note.hint"),
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    follow_up_words = forms.CharField(
        label=say_later("work.follow_up.next"),
        required=False,
        max_length=500,
        widget=NameInput({"spellcheck": "true"}),
    )
    follow_up_on = day_field("work.due_on", required=False)

    def columns(self) -> dict[str, Any]:
        """Leave out what is no column."""
        return {name: value for name, value in super().columns().items() if not name.startswith("follow_up")}

    def clean(self) -> dict[str, Any]:
        """Refuse a note in a programme whose notes are not this colleague's, and something to do without its day."""
        told = super().clean()
        programme = told.get("programme")
        if told.get("note") and programme and not programme.members.filter(pk=self.viewer.pk).exists():
            self.add_error("note", say("work.note.outside"))
        if told.get("follow_up_words") and not told.get("follow_up_on") and "follow_up_on" not in self.errors:
            self.add_error("follow_up_on", say("work.follow_up.no_day"))
        return told

    def save(self) -> list[Any]:
        """Record the act, its note and what is to do."""
        rows = super().save()
        told, row = self.cleaned_data, rows[0]
        if told["note"]:
            write_note(self.viewer, row.person, row.programme, told["note"], row.starts_on)
        if told["follow_up_on"]:
            work.FollowUp.objects.create(
                person=row.person,
                programme=row.programme,
                staff=self.viewer,
                due_on=told["follow_up_on"],
                words=told["follow_up_words"],
            )
        return rows
