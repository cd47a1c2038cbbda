"""Forms of what is done with one person: each knows its viewer and person, shows a row, and saves to rows."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.forms import DeskForm, NameInput
from sansnom.desk.house.words import say, say_later
from sansnom.desk.people.access import programmes_seen_by
from sansnom.desk.people.models import NAME_LENGTH, Person
from sansnom.desk.work import models as work
from sansnom.desk.work.fields import (
    MinutesField,
    day_field,
    language_field,
    listed_field,
    own_field,
    programme_field,
    service_field,
    staff_field,
)
from sansnom.desk.work.opening import enrol
from sansnom.desk.work.vocabulary import LEVELS, service_choices, words_of
from sansnom.desk.work.words import APPOINTMENT_STATES, MODES, OUTCOMES

SKILLS: Final = ("listening", "speaking", "reading", "writing")
RATINGS: Final = [("", "—"), *((str(n), str(n)) for n in range(1, 6))]


class ActForm(DeskForm):
    """A form for a row of one table, of one person, in a programme.

    `row` is the row to change; without it the form makes new ones. Columns are the fields' names, unless `rows` says more.
    """

    model: ClassVar[type[work.Act] | type[work.WaitingEntry]]
    long: ClassVar = False

    def __init__(
        self,
        told: Any | None,  # noqa: ANN401 - a QueryDict
        *,
        viewer: Colleague,
        person: Person | None,
        row: Any = None,  # noqa: ANN401 - a row of `model`
        first: Mapping[str, Any] | None = None,
    ) -> None:
        self.viewer, self.person, self.row = viewer, person, row
        super().__init__(told, initial={**self.first(), **(first or {}), **(self.shown(row) if row else {})})
        programme = programme_field(viewer, also_closed=row is not None)
        programme.initial = programme.initial or usual_programme(viewer, person)
        self.fields["programme"] = programme
        if "service" in self.fields and row is not None:
            old, new = self.fields["service"], service_field(required=self.fields["service"].required, also=row.service)
            new.label, self.fields["service"] = old.label, new
        if "staff" in self.fields and row is None:
            self.fields["staff"].initial = viewer.pk
        first_field = next(iter(self.fields.values()))
        first_field.widget.attrs.setdefault("autofocus", True)

    def first(self) -> dict[str, Any]:
        """Say what a new form shows."""
        return {name: timezone.localdate() for name, field in self.base_fields.items() if _is_first_day(name, field)}

    def shown(self, row: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Say what the form of a row shows."""
        columns = {field.name for field in self.model._meta.get_fields()}  # noqa: SLF001 - Django's own way to list columns
        named = {name: getattr(row, name) for name in self.base_fields if name in columns}
        return {**named, "programme": row.programme}

    def columns(self) -> dict[str, Any]:
        """Give the columns as they were told."""
        return dict(self.cleaned_data)

    def rows(self) -> list[dict[str, Any]]:
        """Give the columns of each new row."""
        return [self.columns()]

    def clean(self) -> dict[str, Any]:
        """Refuse days that go backwards."""
        told = super().clean() or {}
        for before, after in (("starts_on", "ends_on"), ("opened_on", "closed_on"), ("joined_on", "left_on")):
            if told.get(before) and told.get(after) and told[after] < told[before]:
                self.add_error(after, say("work.day.backwards"))
        return told

    def save(self) -> list[Any]:
        """Write the row, or the new rows; the person's file is let into the programme."""
        if self.row is not None:
            for name, value in self.columns().items():
                setattr(self.row, name, value)
            written = [self.row]
        else:
            written = [self.model(person=self.person, **columns) for columns in self.rows()]
        for row in written:
            row.full_clean(validate_unique=False)
            row.save()
        if self.person is not None:
            enrol(self.viewer, self.person, written[0].programme, timezone.localdate())
        return written


def _is_first_day(name: str, field: forms.Field) -> bool:
    later = {"ends_on", "closed_on", "left_on", "answered_on", "reached_on", "dropped_on", "done_on", "follow_up_on"}
    return isinstance(field, forms.DateField) and name not in {*later, "due_on"}


def usual_programme(viewer: Colleague, person: Person | None) -> work.Programme | None:
    """Give the programme in which the person was last seen, among those that exist for this colleague."""
    if person is None:
        return programmes_seen_by(viewer).filter(closed_on=None).order_by("confidential", "pk").first()
    places = work.Enrolment.objects.filter(person=person, programme__in=programmes_seen_by(viewer), closed_on=None)
    place = (
        places.filter(programme__closed_on=None)
        .select_related("programme")
        .order_by(F("last_seen").desc(nulls_last=True), "pk")
        .first()
    )
    return place.programme if place else None


class NeedsForm(ActForm):
    """Needs found in one talk: tick each."""

    model = work.Need
    services = forms.MultipleChoiceField(
        label=say_later("work.needs"), choices=service_choices, widget=forms.CheckboxSelectMultiple()
    )
    opened_on = day_field("work.opened_on")

    def rows(self) -> list[dict[str, Any]]:
        """Give one row for each need that was ticked."""
        told = self.columns()
        return [{**told, "service": code} for code in told.pop("services")]


class NeedForm(ActForm):
    """One need: open, or closed with an outcome."""

    model = work.Need
    outcome = own_field("work.outcome", OUTCOMES)
    closed_on = day_field("work.closed_on", required=False, hint="work.closed_on.hint")
    service = service_field()
    opened_on = day_field("work.opened_on")

    def clean(self) -> dict[str, Any]:
        """Close with an outcome, today unless told; an open need has neither."""
        told = super().clean()
        if told.get("outcome") and not told.get("closed_on") and "closed_on" not in self.errors:
            told["closed_on"] = max(timezone.localdate(), told.get("opened_on") or timezone.localdate())
        if told.get("closed_on") and not told.get("outcome"):
            self.add_error("outcome", say("work.outcome.missing"))
        return told


class ReferralForm(ActForm):
    """Somebody sent on, and what became of it."""

    model = work.Referral
    to_name = forms.CharField(
        label=say_later("work.referral.to"),
        max_length=NAME_LENGTH,
        widget=NameInput({"list": "referred-to"}),
    )
    service = service_field(required=False)
    reason = listed_field("work.reason", "referral")
    sent_on = day_field("work.referral.sent_on")
    accepted = forms.NullBooleanField(label=say_later("work.referral.accepted"), required=False)
    completed = forms.NullBooleanField(label=say_later("work.referral.completed"), required=False)
    answered_on = day_field("work.referral.answered_on", required=False)
    to_organization = forms.CharField(
        label=say_later("work.referral.code"),
        required=False,
        max_length=work.CODE_LENGTH,
        help_text=say_later("work.referral.code.hint"),
        widget=forms.TextInput({"class": "short", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as ActForm
        super().__init__(*args, **kwargs)
        answers = [
            ("unknown", say("work.answer.unknown")),
            ("true", say("work.answer.yes")),
            ("false", say("work.answer.no")),
        ]
        for name in ("accepted", "completed"):
            widget = forms.NullBooleanSelect({"class": "short"})
            widget.choices = answers
            self.fields[name].widget = widget


class AssessmentsForm(ActForm):
    """Four skills on one scale, on one day; those left empty were not assessed."""

    model = work.Assessment
    scale = listed_field("work.scale", "scales", required=True)
    assessed_on = day_field("work.assessed_on")
    listening = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    speaking = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    reading = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    writing = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    method = forms.CharField(label=say_later("work.method"), required=False, max_length=NAME_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as ActForm
        super().__init__(*args, **kwargs)
        levels = [("", "—"), *((str(level), str(level)) for level in LEVELS)]
        for skill in SKILLS:
            field = self.fields[skill]
            field.choices, field.label = levels, words_of("skills", say("work.language"))[skill]  # type: ignore[attr-defined] # a TypedChoiceField
            field.widget.attrs["class"] = "short"

    def clean(self) -> dict[str, Any]:
        """Ask for one level at least."""
        told = super().clean()
        if not any(told.get(skill) for skill in SKILLS):
            raise ValidationError(say("work.assessment.none"))
        return told

    def rows(self) -> list[dict[str, Any]]:
        """Give one row for each skill that has a level."""
        told = self.columns()
        levels = {skill: told.pop(skill) for skill in SKILLS}
        return [{**told, "skill": skill, "level": level} for skill, level in levels.items() if level]


class AssessmentForm(ActForm):
    """One level, corrected."""

    model = work.Assessment
    level = forms.TypedChoiceField(
        label=say_later("work.level"), coerce=int, choices=[(str(level), str(level)) for level in LEVELS]
    )
    skill = listed_field("work.skill", "skills", required=True)
    scale = listed_field("work.scale", "scales", required=True)
    assessed_on = day_field("work.assessed_on")
    method = forms.CharField(label=say_later("work.method"), required=False, max_length=NAME_LENGTH)


class EmploymentForm(ActForm):
    """How the person is employed on a day."""

    model = work.EmploymentObservation
    status = listed_field("work.employment", "employment", required=True)
    observed_on = day_field("work.observed_on")


class EducationForm(ActForm):
    """How the person studies on a day."""

    model = work.EducationObservation
    status = listed_field("work.education", "education", required=True)
    observed_on = day_field("work.observed_on")


class GoalForm(ActForm):
    """A goal in the person's own words; they rate it, when it is set and later."""

    model = work.Goal
    long = True
    words = forms.CharField(
        label=say_later("work.goal.words"),
        help_text=say_later("work.goal.hint"),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        max_length=4000,
    )
    set_on = day_field("work.goal.set_on")
    rating_start = forms.TypedChoiceField(
        label=say_later("work.goal.rating_start"), required=False, coerce=int, empty_value=None, choices=RATINGS
    )
    rating_now = forms.TypedChoiceField(
        label=say_later("work.goal.rating_now"), required=False, coerce=int, empty_value=None, choices=RATINGS
    )
    reached_on = day_field("work.goal.reached_on", required=False)
    dropped_on = day_field("work.goal.dropped_on", required=False)


class AppointmentForm(ActForm):
    """A meeting to come."""

    model = work.Appointment
    day = day_field("work.day")
    time = forms.TimeField(
        label=say_later("work.time"), widget=forms.TimeInput({"type": "time", "class": "short"}, format="%H:%M")
    )
    minutes = MinutesField(required=True)
    service = service_field(required=False)
    mode = own_field("work.mode", MODES)
    staff = staff_field()
    interpreter_language = language_field("work.interpreter")
    state = own_field("work.state", APPOINTMENT_STATES, required=True)

    def first(self) -> dict[str, Any]:
        """An hour, planned; with an interpreter where the file says that one is needed."""
        language = self.person.best_language if self.person is not None and self.person.needs_interpreter else ""
        return {"minutes": 60, "state": "planned", "interpreter_language": language}

    def shown(self, row: work.Appointment) -> dict[str, Any]:
        """Take the day and the time apart."""
        begins = timezone.localtime(row.starts_at)
        return {**super().shown(row), "day": begins.date(), "time": begins.time()}

    def columns(self) -> dict[str, Any]:
        """Put the day and the time together."""
        told = super().columns()
        told["starts_at"] = moment(told.pop("day"), told.pop("time"))
        return told


def moment(day: date, at: time) -> datetime:
    """Give the moment of a time on a day here."""
    return timezone.make_aware(datetime.combine(day, at))


class FollowUpForm(ActForm):
    """Something to do by a day."""

    model = work.FollowUp
    words = forms.CharField(
        label=say_later("work.follow_up.words"), max_length=500, widget=NameInput({"spellcheck": "true"})
    )
    due_on = day_field("work.due_on")
    staff = staff_field()


class WaitingForm(ActForm):
    """A place on a waiting list, and how it ended."""

    model = work.WaitingEntry
    service = service_field()
    joined_on = day_field("work.joined_on")


class WaitingEndForm(WaitingForm):
    """As above, with the end."""

    reason = listed_field("work.waiting.reason", "waiting")
    left_on = day_field("work.left_on", required=False, hint="work.left_on.hint")

    def clean(self) -> dict[str, Any]:
        """A reason without a day means today."""
        told = super().clean()
        if told.get("reason") and not told.get("left_on") and "left_on" not in self.errors:
            told["left_on"] = timezone.localdate()
        return told
