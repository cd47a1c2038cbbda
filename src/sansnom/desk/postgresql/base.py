"""Django's PostgreSQL backend with two rules of the encrypted file: locked means closed, and changes happen one after another.

On the file a transaction takes the writing lock when it begins. Much stands on that: the trail, whose entries each hash the one
before, file numbers, the last director who cannot be shut out. Here a lock of the server's does the same, for all who write
through any desk on that database; readers never wait.
"""

from typing import Any, Final

from django.db.backends.postgresql.base import DatabaseWrapper as ServerWrapper

from sansnom.desk.sqlcipher.keyring import KEYRING

TURN: Final = 0x5A_4E_53_4E_4D
"""The number of the lock that a transaction holds until its end; any number, the same for every desk."""


class DatabaseWrapper(ServerWrapper):
    """One database on a server, for desks that are unlocked."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401 - Django's own type is the driver's
        KEYRING.current()  # refuses while the desk is locked, as the encrypted file does
        return super().get_new_connection(conn_params)

    def _set_autocommit(self, autocommit: bool) -> None:
        """Wait for one's turn where a transaction begins. Nothing but the end of the transaction gives it up."""
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # Django's own hook, which the stubs leave out
        if not autocommit:
            self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (TURN,))
