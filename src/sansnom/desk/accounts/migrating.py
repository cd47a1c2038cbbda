"""Bringing the database to this version of the program, and refusing to without a fresh backup."""

from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import database_path, desk_folder, key_path
from sansnom.desk.safekeeping.backup import make_backup, refuse_without, rotate
from sansnom.terms.errors import InputError


def migrations_waiting() -> int:
    """Count the migrations that this database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply what waits."""
    call_command("migrate", verbosity=0, interactive=False)


def bring_up_to_date(database_key: bytes) -> None:
    """Apply what waits, after a backup; PolicyRefusal `desk.upgrade_without_backup` when none could be made.

    On PostgreSQL backups are the server's: docs/desk-postgresql.md.
    """
    if not migrations_waiting():
        return
    if connection.vendor == "sqlite":
        refuse_without(_backup_before(database_key))
    migrate()


def backup_folder() -> Path:
    """Give the folder for backups: as the organization chose, else one beside the desk."""
    chosen = Organization.objects.values_list("backup_folder", flat=True).first()
    return Path(chosen) if chosen else desk_folder() / "backups"


def back_up_now(database_key: bytes) -> Path:
    """Write a checked backup, and remove those beyond the number kept."""
    folder = backup_folder()
    if folder.parent == desk_folder():
        folder.mkdir(mode=0o700, exist_ok=True)
    made = make_backup(database_path(), key_path(), database_key, folder, timezone.localtime())
    kept = Organization.objects.values_list("backups_kept", flat=True).first() or 30
    rotate(folder, kept)
    return made


def _backup_before(database_key: bytes) -> Path | None:
    """Back up by the oldest columns alone: the models may be ahead of the database here."""
    folder = desk_folder() / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        return make_backup(database_path(), key_path(), database_key, folder, timezone.localtime())
    except InputError:
        return None
