"""The organization itself, and drafts of what somebody is typing."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from sansnom.desk.house.words import say_later


class Organization(models.Model):
    """The one organization this desk belongs to: its name, its language, its habits."""

    name = models.CharField(say_later("house.organization.name"), max_length=200)
    language = models.CharField(
        say_later("house.organization.language"), max_length=2, choices=(("fr", "Français"), ("en", "English"))
    )
    idle_minutes = models.PositiveSmallIntegerField(say_later("house.organization.idle"), default=15)
    backup_folder = models.CharField(say_later("house.organization.backup_folder"), max_length=500, blank=True)
    backups_kept = models.PositiveSmallIntegerField(say_later("house.organization.backups_kept"), default=30)
    recovery_confirmed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Give the organization's name."""
        return self.name


class Draft(models.Model):
    """What a colleague had typed into a form and not yet sent: kept as they type, given back after a cut."""

    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=200)
    fields = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        """One draft for each form and colleague."""

        constraints: ClassVar = [models.UniqueConstraint(fields=("colleague", "form"), name="one_draft_per_form")]

    def __str__(self) -> str:
        """Name the form; never what was typed."""
        return self.form
