"""What is remembered of imports: how a source's columns were understood, and what each import brought.

A file that waits for its columns to be understood is kept here, in the encrypted database, and nowhere else; it is
emptied as soon as the import is done or given up, and after a day in any case.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored, one_of
from sansnom.desk.people.models import NAME_LENGTH, Batch
from sansnom.desk.work.models import Programme

STATES = ("waiting", "running", "done", "failed", "undone")


class ColumnMap(Stored):
    """How the columns of one kind of file were understood: found again by the headings, whoever brings the next one."""

    source = models.CharField(max_length=64, unique=True)
    told = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)


class Import(Stored):
    """One file that was brought, from its upload to its undoing.

    `left` lists the rows that were not taken: sheet, row, column and reason, never what a cell held. `enrolled` and `seen`
    name the places of files that were there before, so that undoing leaves them as they were.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=NAME_LENGTH)
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField(null=True, blank=True)
    source = models.CharField(max_length=64, blank=True)
    columns = models.JSONField(null=True, blank=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    batch = models.OneToOneField(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="brought")
    state = models.CharField(max_length=8, default="waiting")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rows_read = models.PositiveIntegerField(default=0)
    rows_already = models.PositiveIntegerField(default=0)
    rows_left = models.PositiveIntegerField(default=0)
    persons_made = models.PositiveIntegerField(default=0)
    acts_made = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list, blank=True)
    enrolled = models.JSONField(default=list, blank=True)
    seen = models.JSONField(default=list, blank=True)

    class Meta:
        """What always holds of a row."""

        constraints = (
            one_of("state", STATES, "import_state"),
            models.CheckConstraint(
                condition=models.Q(content__isnull=True) | models.Q(state__in=("waiting", "running")),
                name="import_keeps_no_file",
            ),
        )
