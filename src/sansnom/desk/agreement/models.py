"""What a person was told, agreed to and chose. Rows are only ever added: a changed mind is a new row.

No row here changes a service: `work` reads nothing of it but the choice about joint statistics.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored, one_of
from sansnom.desk.people.models import NAME_LENGTH, Person
from sansnom.desk.people.words import Words
from sansnom.terms.parse import Text

NOTICE_KINDS: Final[Words] = {
    "file": Text("ce que nous gardons et pourquoi", "what we keep, and why"),
    "joint_statistics": Text("statistiques sans nom avec d’autres organismes", "statistics without names with others"),
    "sharing": Text("communication à une autre personne ou à un organisme", "telling another person or organization"),
}
ANSWERS: Final[Words] = {
    "agreed": Text("d’accord", "agreed"),
    "refused": Text("pas d’accord", "refused"),
    "told": Text("informée", "told"),
}


class Notice(Stored):
    """A text in one language and version; once anybody was told it, it is never changed, only followed by a next version."""

    kind = models.CharField(max_length=20, default="file")
    language = models.CharField(max_length=12)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=NAME_LENGTH, blank=True)
    text = models.TextField()
    draft = models.BooleanField(default=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """What always holds of a row."""

        constraints = (
            one_of("kind", tuple(NOTICE_KINDS), "notice_kind"),
            models.UniqueConstraint(fields=("kind", "language", "version"), name="notice_once"),
        )


class Agreement(Stored):
    """One conversation: what was told, by whom, in which language, and what the person (or a parent) answered.

    `parent` is the holder of parental authority, in words ("mother"), required by `rules.py` below 14 years of age.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="agreements")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="agreements")
    answer = models.CharField(max_length=8, default="agreed")
    told_on = models.DateField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    oral = models.BooleanField(default=False)
    interpreter = models.BooleanField(default=False)
    parent = models.CharField(max_length=NAME_LENGTH, blank=True)
    recipient = models.CharField(max_length=NAME_LENGTH, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """What always holds of a row."""

        constraints = (one_of("answer", tuple(ANSWERS), "agreement_answer"),)


class Withdrawal(Stored):
    """An agreement taken back, from a day on; nobody is asked why."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="withdrawal")
    withdrawn_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class JointStatisticsChoice(Stored):
    """Whether the person takes part in joint statistics: the last row counts; without any row they do.

    It concerns submissions only: the person still counts in the organization's own report.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="joint_statistics_choices")
    takes_part = models.BooleanField()
    chosen_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    parent = models.CharField(max_length=NAME_LENGTH, blank=True)
