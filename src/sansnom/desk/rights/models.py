"""Requests, retention, destruction, incidents, the privacy assessment: what the law asks an organization to write down.

No row here names a person but through their file; the register of destructions names none at all.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored, one_of
from sansnom.desk.people.models import Person
from sansnom.desk.people.words import Words
from sansnom.terms.parse import Text

ASKED: Final[Words] = {
    "access": Text("voir le dossier", "see the file"),
    "copy": Text("emporter une copie", "take a copy away"),
    "correction": Text("faire corriger", "have it corrected"),
    "erasure": Text("faire effacer", "have it erased"),
    "other": Text("autre demande", "another request"),
}
ASKERS: Final[Words] = {
    "person": Text("la personne", "the person"),
    "parent": Text("une personne qui a l’autorité parentale", "a holder of parental authority"),
    "representative": Text("une personne qui la représente", "somebody who represents them"),
}
DECISIONS: Final[Words] = {
    "": Text("à décider", "to be decided"),
    "granted": Text("acceptée", "granted"),
    "partly": Text("acceptée en partie", "granted in part"),
    "refused": Text("refusée", "refused"),
    "withdrawn": Text("retirée par la personne", "withdrawn by the person"),
}
GROUNDS: Final[Words] = {
    "request": Text("la personne l’a demandé", "the person asked for it"),
    "retention": Text("la durée de conservation est passée", "the time of keeping is over"),
    "mistake": Text("dossier ouvert par erreur", "file opened by mistake"),
}
DAYS_TO_ANSWER: Final = 30
"""How long the organization has to answer a request in writing (P-39.1 s. 32)."""


class Request(Stored):
    """Something that a person asked about their file, and the answer. A decision is made once and then stays."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="requests")
    asked_for = models.CharField(max_length=12)
    asker = models.CharField(max_length=16, default="person")
    asked_on = models.DateField()
    words = models.TextField(blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (
            models.Index(fields=("asked_on",), name="request_open", condition=models.Q(decision="")),
            models.Index(fields=("person", "asked_on"), name="request_person"),
        )
        constraints = (
            one_of("asked_for", tuple(ASKED), "request_asked_for"),
            one_of("asker", tuple(ASKERS), "request_asker"),
            one_of("decision", tuple(DECISIONS), "request_decision"),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_on__isnull=True)
                | (~models.Q(decision="") & models.Q(decided_on__isnull=False)),
                name="request_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision__in=("refused", "partly")) | ~models.Q(reason=""),
                name="request_refused_with_a_reason",
            ),
        )


class RetentionRule(Stored):
    """How many months one kind of thing is kept. The kinds are those of `retention.json`; the organization sets the months."""

    rule = models.CharField(max_length=24, unique=True)
    months = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Kept(Stored):
    """A file that the review left in place until a day, and why."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kept")
    until_on = models.DateField()
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Destruction(Stored):
    """One line of the register of destructions: when, by whom, why, how much; never of whom. The database refuses changes."""

    destroyed_at = models.DateTimeField(default=timezone.now)
    destroyed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12)
    rows = models.PositiveIntegerField()
    backups = models.PositiveIntegerField(default=0)
    backups_gone_on = models.DateField(null=True, blank=True)

    class Meta:
        """What always holds of a row."""

        constraints = (one_of("ground", tuple(GROUNDS), "destruction_ground"),)


class Proof(Stored):
    """What was found when every page of the database was read after a destruction. The database refuses changes."""

    destruction = models.OneToOneField(Destruction, on_delete=models.PROTECT, related_name="proof")
    read_at = models.DateTimeField(default=timezone.now)
    pages = models.PositiveIntegerField()
    unused_pages = models.PositiveIntegerField()
    waiting_bytes = models.PositiveIntegerField()
    remains = models.PositiveIntegerField()
    name_elsewhere = models.PositiveIntegerField()

    @property
    def holds(self) -> bool:
        """Tell whether nothing of the file remains: no text that was its own, no unused page, nothing waiting to be written."""
        return not (self.remains or self.unused_pages or self.waiting_bytes)


class Incident(Stored):
    """A confidentiality incident, with the eight fields of the register (A-2.1, r. 3.1, s. 7). No names."""

    described = models.TextField()
    circumstances = models.TextField()
    happened = models.CharField(max_length=200)
    known_on = models.DateField()
    persons = models.PositiveIntegerField(null=True, blank=True)
    seriousness = models.TextField(blank=True)
    serious = models.BooleanField(default=False)
    commission_told_on = models.DateField(null=True, blank=True)
    persons_told_on = models.DateField(null=True, blank=True)
    measures = models.TextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class IncidentVersion(Stored):
    """What an incident's entry said before it was changed: entries are completed as facts come in, never lost."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="versions")
    told = models.JSONField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class AssessmentAnswer(Stored):
    """What the organization writes under one question of its privacy assessment."""

    question = models.CharField(max_length=32, unique=True)
    words = models.TextField(blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
