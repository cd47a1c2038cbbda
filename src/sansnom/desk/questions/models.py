"""What the desk keeps of questions: its membership, each question as it was signed, what was sealed, receipts.

Never a seed, never a row.

The decision itself is written only when the director asks for that (`KeptChoice`); what was sealed says nothing of it.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """This organization among others: where the board is, the desk's keys, the roster it joined, the secret of the year.

    The whole database is encrypted, these keys with it.
    """

    board_place = models.CharField(max_length=500, blank=True)
    private_keys = models.TextField(blank=True)
    keys_made_at = models.DateTimeField(null=True, blank=True)
    roster = models.TextField(blank=True)
    convener_key = models.CharField(max_length=64, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    secret_year = models.CharField(max_length=16, blank=True)
    secret_step = models.PositiveIntegerField(default=0)
    secret = models.BinaryField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Name the row; never a key."""
        return f"membership {self.pk}"


class Question(models.Model):
    """A plan as its convener signed it, what this desk's own judgement says of it, and its release when there is one.

    findings     reasons to refuse it, by rule: codes and parameters; an empty list where the rules accept it
    charged      it stands in this desk's own copy of the ledger, which is these plans in the order they were seen
    keys_differ  the helper (0, 1, 2) whose signed answer is not what the plan says of its keys
    step         the step of the year's secret that its check value belongs to
    closed_at    when the desk forgot what it no longer needs
    supersedes   the name of the question that this one says it corrects
    withdrawal   the convener's signed word that the question is taken back
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=64, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    envelope = models.TextField()
    roster = models.TextField()
    cutoff = models.DateTimeField()
    seen_at = models.DateTimeField()
    findings = models.JSONField(default=list)
    charged = models.BooleanField(default=False)
    keys_checked_at = models.DateTimeField(null=True, blank=True)
    keys_differ = models.PositiveSmallIntegerField(null=True, blank=True)
    step = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.CharField(max_length=64, blank=True, db_index=True)
    withdrawal = models.TextField(blank=True)
    release = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    verdict_fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest cut-off first."""

        ordering = ("-cutoff", "name")

    def __str__(self) -> str:
        """Give the plan's public name."""
        return self.name


class Sending(models.Model):
    """One sealed answer: made once, stored before it is sent, sent again unchanged. The highest sequence counts."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="sendings")
    sequence = models.PositiveIntegerField()
    manifest = models.TextField()
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()

    class Meta:
        """One for each number."""

        ordering = ("-sequence",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("question", "sequence"), name="one_sending_a_number")]

    def __str__(self) -> str:
        """Name the sending by its number."""
        return f"sending {self.sequence}"


class Parcel(models.Model):
    """What one helper gets of a sending, and the receipt that it gave. The bytes go once they are of no more use."""

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="parcels")
    party = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveIntegerField()
    body = models.BinaryField(null=True, blank=True)
    receipt = models.TextField(blank=True)
    receipt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One for each helper."""

        ordering = ("party",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("sending", "party"), name="one_parcel_a_helper")]

    def __str__(self) -> str:
        """Name the helper's seat."""
        return f"parcel {self.party}"


class KeptChoice(models.Model):
    """What was decided, for a director who asked the desk to remember it. Without that, no such row is ever written."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="kept_choice")
    decision = models.CharField(max_length=7)
    served = models.PositiveIntegerField(default=0)
    rows_not_accepted = models.PositiveIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        """Say that there is one; never which."""
        return f"kept choice {self.pk}"
