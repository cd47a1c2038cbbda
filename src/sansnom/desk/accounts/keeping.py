"""The organization's own page, and its backups: chosen folder, one a day by itself, one at once by a button."""

from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sansnom.desk.accounts import migrating
from sansnom.desk.accounts.access import require_role
from sansnom.desk.accounts.models import Role
from sansnom.desk.house.forms import DeskModelForm, NameInput
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import database_path, key_path
from sansnom.desk.house.words import say, say_later
from sansnom.desk.safekeeping.backup import backups_in, make_backup, newest_age_seconds, rotate
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.terms.errors import SansnomError

DAILY_SECONDS: Final = 20 * 3600
FAILED: Final[list[datetime]] = []
"""When the last automatic backup failed; empty when it did not."""


class OrganizationForm(DeskModelForm):
    """What the organization sets."""

    idle_minutes = forms.IntegerField(label=say_later("house.organization.idle"), min_value=1, max_value=240)

    class Meta:
        """Name, language, idle time."""

        model = Organization
        fields: ClassVar = ("name", "language", "idle_minutes")
        widgets: ClassVar = {"name": NameInput(), "language": forms.RadioSelect}


class BackupForm(DeskModelForm):
    """Where backups go."""

    backups_kept = forms.IntegerField(label=say_later("house.organization.backups_kept"), min_value=2, max_value=1000)

    class Meta:
        """Folder and number."""

        model = Organization
        fields: ClassVar = ("backup_folder", "backups_kept")
        help_texts: ClassVar = {"backup_folder": say_later("accounts.backups.folder.hint")}

    def clean_backup_folder(self) -> str:
        """Take a folder that is there; empty means beside the desk."""
        told = str(self.cleaned_data["backup_folder"]).strip()
        if told and not Path(told).is_dir():
            raise ValidationError(say("accounts.backups.folder.missing"))
        return told


@require_role(Role.DIRECTOR)
def organization_page(request: HttpRequest) -> HttpResponse:
    """Set the organization's name, language and idle time."""
    form = OrganizationForm(request.POST or None, instance=Organization.objects.first())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("accounts.saved"))
        return redirect("house:settings")
    return render(request, "accounts/organization.html", {"form": form})


@require_role(Role.DIRECTOR)
def backups(request: HttpRequest) -> HttpResponse:
    """Show the backups there are, and set where they go."""
    form = BackupForm(request.POST or None, instance=Organization.objects.first())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, say("accounts.saved"))
        return redirect("accounts:backups")
    folder = migrating.backup_folder()
    age = newest_age_seconds(folder, timezone.localtime())
    told = {
        "form": form,
        "found": [{"name": path.name, "mebibytes": path.stat().st_size / 2**20} for path in backups_in(folder)[:10]],
        "late": age is None or age > 2 * DAILY_SECONDS,
        "failed": FAILED[0] if FAILED else None,
        "here": connection.vendor == "sqlite",
    }
    return render(request, "accounts/backups.html", told)


@require_role(Role.DIRECTOR)
@require_POST
def back_up(request: HttpRequest) -> HttpResponse:
    """Make a backup at once."""
    try:
        made = migrating.back_up_now(KEYRING.current())
    except SansnomError:
        messages.error(request, say("accounts.backups.failed"))
    else:
        FAILED.clear()
        messages.success(request, say("accounts.backups.made", name=made.name))
    return redirect("accounts:backups")


def back_up_daily() -> None:
    """Start today's backup beside the request that noticed it is due; a failure is told on the directors' page."""
    if connection.vendor != "sqlite" or not key_path().is_file():
        return
    folder = migrating.backup_folder()
    if not Organization.objects.exclude(backup_folder="").exists():
        folder.mkdir(mode=0o700, exist_ok=True)
    age = newest_age_seconds(folder, timezone.localtime())
    if age is not None and age < DAILY_SECONDS:
        return
    kept = Organization.objects.values_list("backups_kept", flat=True).first() or 30
    Thread(target=_beside, args=(KEYRING.current(), folder, kept, timezone.localtime()), daemon=True).start()


def _beside(database_key: bytes, folder: Path, kept: int, moment: datetime) -> None:
    try:
        make_backup(database_path(), key_path(), database_key, folder, moment)
        rotate(folder, kept)
    except (SansnomError, OSError):
        FAILED[:] = [moment]
    else:
        FAILED.clear()
