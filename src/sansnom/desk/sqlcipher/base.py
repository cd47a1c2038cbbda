"""Django's SQLite backend, opened through SQLCipher.

Django ties its cursor and its converters to the standard library's sqlite3, so plain subclassing fails: SQLCipher's
connection takes only cursors of its own kind, and reads only converters registered with it. Both are given here.
Connections are kept in a small pool: the server answers each request in a thread of its own, and a fresh connection
would decrypt the same pages again each time.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]  # no stubs for it
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2

from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.sqlcipher.pool import POOL

CACHE_KIB: Final = 16_384
BUSY_MILLISECONDS: Final = 15_000

dbapi2.register_converter("bool", b"1".__eq__)
dbapi2.register_converter("date", lambda told: parse_date(told.decode()))
dbapi2.register_converter("time", lambda told: parse_time(told.decode()))
dbapi2.register_converter("datetime", lambda told: parse_datetime(told.decode()))
dbapi2.register_converter("timestamp", lambda told: parse_datetime(told.decode()))
dbapi2.register_adapter(Decimal, str)
dbapi2.register_adapter(date, date.isoformat)
dbapi2.register_adapter(datetime, lambda moment: moment.isoformat(" "))


class SqlcipherCursor(dbapi2.Cursor):  # type: ignore[misc]  # sqlcipher3 has no types
    """Takes Django's %s placeholders, as Django's own SQLite cursor does."""

    def execute(self, query: str, params: Any = None) -> Any:  # noqa: ANN401 - what Django passes through
        if params is None:
            return super().execute(query)
        return super().execute(_converted(query, params), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:  # noqa: ANN401 - as above
        rows = iter(param_list)
        first = next(rows, None)
        if first is None:
            return self
        return super().executemany(_converted(query, first), chain((first,), rows))


def _converted(query: str, params: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(params, Mapping):
        return query % {name: f":{name}" for name in params}
    return FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


def open_connection(path: str, database_key: bytes, **options: Any) -> Any:  # noqa: ANN401 - sqlcipher3 has no types
    """Open one encrypted file: the key first, before anything else is read or written."""
    connection = dbapi2.connect(path, **options)
    try:
        connection.execute(f"PRAGMA key = \"x'{database_key.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")  # sorting and grouping leave no temporary file
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # accepted is on the disk, also when the power goes
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


class DatabaseWrapper(SqliteWrapper):
    """One encrypted file. `settings.DATABASES[...]["NAME"]` is its path; the key comes from the keyring."""

    _opened = ""
    display_name = "SQLCipher"
    Database = dbapi2

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["detect_types"] = dbapi2.PARSE_DECLTYPES | dbapi2.PARSE_COLNAMES
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401 - sqlcipher3 has no types
        database_key = KEYRING.current()
        path = str(conn_params["database"])
        self._opened = path
        pooled = POOL.take(path)
        if pooled is not None:
            return pooled
        options = {name: value for name, value in conn_params.items() if name != "database"}
        connection = open_connection(path, database_key, **options)
        register_functions(connection)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ANN401 - as above
        del name
        return self.connection.cursor(factory=SqlcipherCursor)

    def _close(self) -> None:
        """Hand the connection back to the pool, which closes it when the desk is locked or the pool is full.

        Under the path it was opened with: the settings may name another file by now, and whoever asks for that one must never be
        given this one.
        """
        if self.connection is not None:
            POOL.give(self._opened, self.connection)

    def is_in_memory_db(self) -> bool:
        """Never: a desk's database is a file."""
        return False
