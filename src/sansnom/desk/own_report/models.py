"""Reports of one organization: drafts, and those that were given out, whose published cells later reports must respect."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from sansnom.desk.people.base import Stored
from sansnom.desk.work.models import CODE_LENGTH, Programme


class OwnReport(Stored):
    """One report: whose acts, over which days, by which template; its counts, and which of them may be shown.

    `told` holds the counted tables with what is hidden: it stays in the encrypted database. Once issued, a report does not
    change any more: what was published is known outside. A correction is a report of its own, beside the one that it `corrects`,
    and says `what_changed`; both are kept.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField(max_length=CODE_LENGTH)
    starts_on = models.DateField()
    ends_on = models.DateField()
    programmes = models.ManyToManyField(Programme, related_name="+")
    whole = models.BooleanField(default=True)
    threshold = models.PositiveSmallIntegerField(default=10)
    told = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    what_changed = models.TextField(blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """How rows are found, and what always holds of them."""

        indexes = (models.Index(fields=("issued_at", "starts_on"), name="own_report_issued"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(starts_on__lte=models.F("ends_on")), name="own_report_order"),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, what_changed="")
                | (models.Q(corrects__isnull=False) & ~models.Q(what_changed="")),
                name="own_report_correction_says_what",
            ),
        )

    @property
    def correction(self) -> "OwnReport | None":
        """Give the report that was given out in the place of this one."""
        return self.corrections.exclude(issued_at=None).first()
