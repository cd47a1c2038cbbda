"""Bringing the database to this version of the program, and refusing to without a fresh backup."""

from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

APPLIED_NONE: Final = "none"


def migrations_waiting() -> int:
    """Count the migrations that this database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_is_new() -> bool:
    """Tell whether the database has no table yet."""
    return not connection.introspection.table_names()


def migrate() -> None:
    """Apply what waits."""
    call_command("migrate", verbosity=0, interactive=False)
