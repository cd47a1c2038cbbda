"""The database refuses to change or remove a line of the register of destructions, its proof, or what an incident said."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("rights_destruction", "rights_proof", "rights_incidentversion")
REFUSAL = "BEGIN SELECT RAISE(ABORT, 'this register is only ever added to'); END"
FUNCTION = """CREATE FUNCTION register_is_only_added_to() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'this register is only ever added to'; END $$ LANGUAGE plpgsql"""


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Set the triggers."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION register_is_only_added_to()"
            )
        return
    for table in TABLES:
        schema_editor.execute(f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON {table} {REFUSAL}")
        schema_editor.execute(f"CREATE TRIGGER {table}_never_shrinks BEFORE DELETE ON {table} {REFUSAL}")
        schema_editor.execute(
            f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} "  # noqa: S608 - names of our own schema
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {REFUSAL}"
        )


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away."""
    del apps
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_stays ON {table}")
            continue
        for what in ("changes", "shrinks", "replaced"):
            schema_editor.execute(f"DROP TRIGGER {table}_never_{what}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION register_is_only_added_to()")


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
