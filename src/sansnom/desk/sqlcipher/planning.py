"""What the database's planner knows of the tables: how many rows share a value, so that it takes the right index.

SQLite's statistics come in two tables. `sqlite_stat1` holds counts. `sqlite_stat4`, which a whole ANALYZE fills, holds values taken
from the rows, names among them, and would keep an erased person's: a limited one leaves it empty, and whatever stands in it goes.
"""

from contextlib import suppress

from django.db import DatabaseError, connection, transaction


def tell_the_planner() -> None:
    """Bring the counts up to date where a table has changed much; quick, also on a large desk. PostgreSQL does this itself.

    Where the disk is full the counts stay as they were: pages are slower, and nobody is kept out.
    """
    if connection.vendor != "sqlite":
        return
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("PRAGMA optimize = 0x10002")  # every table, also those that this connection has not asked yet
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'")
        if cursor.fetchone():
            cursor.execute("DELETE FROM sqlite_stat4")
