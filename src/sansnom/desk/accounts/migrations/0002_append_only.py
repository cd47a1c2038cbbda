"""The database itself refuses to change or remove an entry of the access trail."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "BEGIN SELECT RAISE(ABORT, 'the access trail is only ever added to'); END"
SQLITE = (
    f"CREATE TRIGGER trail_never_changes BEFORE UPDATE ON accounts_trailentry {REFUSAL}",
    f"CREATE TRIGGER trail_never_shrinks BEFORE DELETE ON accounts_trailentry {REFUSAL}",
)
POSTGRESQL = (
    """CREATE FUNCTION trail_is_only_added_to() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'the access trail is only ever added to'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER trail_never_changes BEFORE UPDATE OR DELETE ON accounts_trailentry
    FOR EACH ROW EXECUTE FUNCTION trail_is_only_added_to()""",
)


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the triggers."""
    del apps
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER trail_never_changes ON accounts_trailentry")
        schema_editor.execute("DROP FUNCTION trail_is_only_added_to()")
        return
    for name in ("trail_never_changes", "trail_never_shrinks"):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
