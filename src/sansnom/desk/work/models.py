"""Programmes and what is done in them: one table for each kind of act, each row with its programme.

The programme decides who may see a row (`people/access.py`). Codes of services, statuses, scales and reasons are those of
the dictionary; "" is unknown. Goals, notes and follow-ups hold a person's or a colleague's words: they never leave.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored, one_of
from sansnom.desk.people.models import NAME_LENGTH, Batch, Person
from sansnom.desk.work.words import APPOINTMENT_STATES, CLOSINGS, HOUR_KINDS, MODES, OUTCOMES
from sansnom.terms.errors import BrokenInvariant

CODE_LENGTH = 32


class Funder(Stored):
    """Who pays for a programme, in both languages."""

    name_fr = models.CharField(max_length=NAME_LENGTH)
    name_en = models.CharField(max_length=NAME_LENGTH)
    active = models.BooleanField(default=True)


class Programme(Stored):
    """A programme of the organization. A confidential one exists, with all in it, for its members alone.

    `template` names the report template; `places` is its capacity, where it has one.
    """

    name_fr = models.CharField(max_length=NAME_LENGTH)
    name_en = models.CharField(max_length=NAME_LENGTH)
    confidential = models.BooleanField(default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="programmes", blank=True)
    funders = models.ManyToManyField(Funder, related_name="programmes", blank=True)
    template = models.CharField(max_length=CODE_LENGTH, blank=True)
    places = models.PositiveIntegerField(null=True, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)


class Grant(Stored):
    """What a funder gives a programme for some time, and what the work cost; whole cents."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="grants")
    funder = models.ForeignKey(Funder, on_delete=models.PROTECT, related_name="grants")
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount_cents = models.BigIntegerField()
    spent_cents = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """What always holds of a row."""

        constraints = (
            models.CheckConstraint(condition=models.Q(starts_on__lte=models.F("ends_on")), name="grant_order"),
        )


class StaffHours(Stored):
    """Minutes that a colleague worked for a programme on a day (or in the week that begins on it)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="staff_hours", db_index=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_hours")
    day = models.DateField()
    minutes = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, default="direct")

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (models.Index(fields=("programme", "day"), name="hours_programme_day"),)
        constraints = (one_of("kind", tuple(HOUR_KINDS), "hours_kind"),)


class Enrolment(Stored):
    """A file's place in a programme: what makes it visible to the programme's members. Every file has one at least.

    `last_seen` is the day of the latest act in this programme, kept by `recording.py` and `fill.py`.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments", db_index=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closing = models.CharField(max_length=12, blank=True)
    last_seen = models.DateField(null=True, blank=True)

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("programme", "last_seen", "person"), name="enrolment_recent"),
            models.Index(fields=("last_seen", "person", "programme"), name="enrolment_seen"),
        )
        constraints = (
            models.UniqueConstraint(fields=("person", "programme"), name="enrolment_once"),
            one_of("closing", tuple(CLOSINGS), "enrolment_closing"),
        )


class Act(Stored):
    """What every act with a person has: whose, in which programme, brought by which import."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_index=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        """No table of its own."""

        abstract = True
        default_related_name = "%(class)ss"


class GroupSession(Stored):
    """One meeting of a group; its attendance sheet is the `Service` rows that name it, one for each person with a file.

    `unnamed_count` counts those who came without a file.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    service = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=NAME_LENGTH, blank=True)
    held_on = models.DateField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=8, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    places = models.PositiveIntegerField(null=True, blank=True)
    unnamed_count = models.PositiveIntegerField(default=0)
    interpreter_language = models.CharField(max_length=12, blank=True)
    childcare = models.BooleanField(default=False)
    funders = models.ManyToManyField(Funder, blank=True, related_name="+")
    cancelled = models.BooleanField(default=False)

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("programme", "held_on"), name="session_programme_day"),
            models.Index(fields=("held_on",), name="session_day"),
        )
        constraints = (one_of("mode", tuple(MODES), "session_mode"),)


class Service(Act):
    """One dated act for a person, alone or in a group (`session`). Without funders of its own it has its programme's.

    A missed one (`no_show`) is a row, and no service. `starts_on` is empty only where an import had no date.
    """

    session = models.ForeignKey(
        GroupSession, null=True, blank=True, on_delete=models.CASCADE, related_name="services", db_index=False
    )
    service = models.CharField(max_length=CODE_LENGTH)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=16, default="completed", blank=True)
    leave_reason = models.CharField(max_length=CODE_LENGTH, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="services",
        db_index=False,
    )
    interpreter_language = models.CharField(max_length=12, blank=True)
    childcare = models.BooleanField(default=False)
    funders = models.ManyToManyField(Funder, blank=True, related_name="+")

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("person", "starts_on"), name="service_person_day"),
            models.Index(fields=("programme", "starts_on"), name="service_programme_day"),
            models.Index(fields=("staff", "starts_on"), name="service_staff_day"),
            models.Index(fields=("starts_on", "person"), name="service_day"),
            models.Index(fields=("ends_on",), name="service_end", condition=models.Q(ends_on__isnull=False)),
            models.Index(fields=("session",), name="service_session", condition=models.Q(session__isnull=False)),
            models.Index(fields=("batch",), name="service_batch", condition=models.Q(batch__isnull=False)),
        )
        constraints = (
            one_of("mode", tuple(MODES), "service_mode"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(starts_on__lte=models.F("ends_on")),
                name="service_order",
            ),
            models.UniqueConstraint(
                fields=("session", "person"), condition=models.Q(session__isnull=False), name="attendance_once"
            ),
        )


class Need(Act):
    """A need, by the service that would answer it; open until it is closed with an outcome."""

    service = models.CharField(max_length=CODE_LENGTH)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("person", "opened_on"), name="need_person_day"),
            models.Index(fields=("programme", "closed_on"), name="need_programme_closed"),
        )
        constraints = (
            one_of("outcome", tuple(OUTCOMES), "need_outcome"),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True, outcome="")
                | (models.Q(closed_on__gte=models.F("opened_on")) & ~models.Q(outcome="")),
                name="need_closed_with_outcome",
            ),
        )


class Referral(Act):
    """A person sent on: to an organization of the roster (its code), or to another by name."""

    service = models.CharField(max_length=CODE_LENGTH, blank=True)
    to_organization = models.CharField(max_length=CODE_LENGTH, blank=True)
    to_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    reason = models.CharField(max_length=CODE_LENGTH, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    accepted = models.BooleanField(null=True, blank=True)
    completed = models.BooleanField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta(Act.Meta):
        """How rows are found."""

        indexes = (
            models.Index(fields=("person", "sent_on"), name="referral_person_day"),
            models.Index(fields=("programme", "sent_on"), name="referral_programme_day"),
        )


class Assessment(Act):
    """A level on a scale (EQ, NCLC, CLB), in one skill, on one day."""

    scale = models.CharField(max_length=8)
    skill = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()
    assessed_on = models.DateField()
    method = models.CharField(max_length=NAME_LENGTH, blank=True)

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("person", "assessed_on"), name="assessment_person_day"),
            models.Index(fields=("assessed_on",), name="assessment_day"),
        )
        constraints = (models.CheckConstraint(condition=models.Q(level__range=(1, 12)), name="assessment_level"),)


class EmploymentObservation(Act):
    """How the person was employed on a day, by a code of the dictionary."""

    observed_on = models.DateField()
    status = models.CharField(max_length=CODE_LENGTH)

    class Meta(Act.Meta):
        """How rows are found."""

        indexes = (models.Index(fields=("person", "observed_on"), name="employment_person_day"),)


class EducationObservation(Act):
    """How the person studied on a day, by a code of the dictionary."""

    observed_on = models.DateField()
    status = models.CharField(max_length=CODE_LENGTH)

    class Meta(Act.Meta):
        """How rows are found."""

        indexes = (models.Index(fields=("person", "observed_on"), name="education_person_day"),)


class Goal(Act):
    """A goal in the person's own words, which never leave; they may rate it from 1 to 5 when it is set, and later."""

    words = models.TextField()
    set_on = models.DateField()
    rating_start = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_now = models.PositiveSmallIntegerField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    dropped_on = models.DateField(null=True, blank=True)

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (models.Index(fields=("person", "set_on"), name="goal_person_day"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rating_start__isnull=True) | models.Q(rating_start__range=(1, 5)),
                name="goal_rating_start",
            ),
            models.CheckConstraint(
                condition=models.Q(rating_now__isnull=True) | models.Q(rating_now__range=(1, 5)), name="goal_rating_now"
            ),
        )


class WaitingEntry(Stored):
    """A place on a waiting list, of a person with a file or of nobody in particular."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="waiting")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="waiting", db_index=False)
    service = models.CharField(max_length=CODE_LENGTH)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=CODE_LENGTH, blank=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        """How rows are found."""

        indexes = (
            models.Index(fields=("joined_on", "id"), name="waiting_open", condition=models.Q(left_on__isnull=True)),
        )


class TurnedAway(Stored):
    """A request that could not be answered: a service, a reason, a day, and nobody."""

    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="turned_away", db_index=False
    )
    service = models.CharField(max_length=CODE_LENGTH)
    day = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=CODE_LENGTH, blank=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        """How rows are found."""

        indexes = (models.Index(fields=("day",), name="turned_away_day"),)


class CaseNote(Act):
    """A note on a person, of one programme, about a day. Its words are in its versions; the last one holds."""

    about_on = models.DateField()

    class Meta(Act.Meta):
        """How rows are found."""

        indexes = (models.Index(fields=("person", "about_on"), name="note_person_day"),)


class CaseNoteVersion(Stored):
    """One wording of a note. Amending adds a version; saving over one is refused here, deleting goes with the file alone."""

    note = models.ForeignKey(CaseNote, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    words = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """What always holds of a row."""

        constraints = (models.UniqueConstraint(fields=("note", "number"), name="note_version_once"),)

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own arguments, passed on
        """Add a version; never write over one."""
        if not self._state.adding:
            raise BrokenInvariant("note.overwritten")
        super().save(*args, **kwargs)


class Appointment(Act):
    """A meeting to come or that came; a kept one is usually recorded as a service too."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=60)
    service = models.CharField(max_length=CODE_LENGTH, blank=True)
    mode = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=12, default="planned")
    interpreter_language = models.CharField(max_length=12, blank=True)

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("staff", "starts_at"), name="appointment_staff"),
            models.Index(fields=("person", "starts_at"), name="appointment_person"),
            models.Index(fields=("programme", "starts_at"), name="appointment_programme"),
        )
        constraints = (
            one_of("state", tuple(APPOINTMENT_STATES), "appointment_state"),
            one_of("mode", tuple(MODES), "appointment_mode"),
        )


class FollowUp(Act):
    """Something to do for a person by a day, in a colleague's words."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ups",
        db_index=False,
    )
    due_on = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta(Act.Meta):
        """How rows are found."""

        indexes = (
            models.Index(fields=("staff", "due_on"), name="follow_up_open", condition=models.Q(done_on__isnull=True)),
            models.Index(fields=("person", "due_on"), name="follow_up_person"),
        )


class Assignment(Act):
    """Who follows a person in a programme, from a day to a day; a transfer ends one and begins the next."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta(Act.Meta):
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("staff", "person"), name="caseload_open", condition=models.Q(until_on__isnull=True)),
            models.Index(fields=("person", "from_on"), name="assignment_person"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("person", "programme"), condition=models.Q(until_on__isnull=True), name="assignment_one_open"
            ),
        )


class Transfer(Stored):
    """Files given to a colleague at one time, so that it can be taken back as it was given."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)


class HandedOver(Stored):
    """One file of a transfer: what began with it, and what it ended."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="files")
    begun = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="+")
    ended = models.OneToOneField(Assignment, on_delete=models.CASCADE, null=True, related_name="+")


class ServiceName(Stored):
    """What the organization calls a service of the dictionary, and whether it offers it. Without a row: the dictionary's words."""

    service = models.CharField(max_length=CODE_LENGTH, unique=True)
    name_fr = models.CharField(max_length=NAME_LENGTH, blank=True)
    name_en = models.CharField(max_length=NAME_LENGTH, blank=True)
    offered = models.BooleanField(default=True)


class Removed(Stored):
    """A row that was removed and can be put back for a day; it goes with its file. `together` binds one removal's rows."""

    together = models.UUIDField(default=uuid.uuid4, db_index=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.CASCADE, related_name="+")
    row = models.JSONField()
    removed_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
