"""On PostgreSQL, TRUNCATE asks no trigger of rows: a trigger of its own keeps the trail from being emptied."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TRIGGER = """CREATE TRIGGER trail_never_emptied BEFORE TRUNCATE ON accounts_trailentry
FOR EACH STATEMENT EXECUTE FUNCTION trail_is_only_added_to()"""


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the trigger; the encrypted file knows no TRUNCATE."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGGER)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the trigger away."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER trail_never_emptied ON accounts_trailentry")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_secondfactor")]
    operations = [migrations.RunPython(forbid, allow)]
