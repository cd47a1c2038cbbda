"""REPLACE removes a row without asking the trigger that forbids removing: so an entry's number is never given twice."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TRIGGER = """CREATE TRIGGER trail_never_replaced BEFORE INSERT ON accounts_trailentry
WHEN EXISTS (SELECT 1 FROM accounts_trailentry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the access trail is only ever added to'); END"""


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the trigger; PostgreSQL has no REPLACE."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(TRIGGER)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger away."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER trail_never_replaced")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only")]
    operations = [migrations.RunPython(forbid, allow)]
