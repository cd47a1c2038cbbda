"""A few open connections kept between requests, each with its decrypted pages warm."""

from threading import Lock
from typing import Any, Final

from sqlcipher3 import dbapi2

from sansnom.desk.sqlcipher.keyring import KEYRING

KEPT_MAX: Final = 4


class Pool:
    """Keeps idle connections by the path of their file."""

    def __init__(self) -> None:
        self._idle: dict[str, list[Any]] = {}
        self._guard = Lock()

    def take(self, path: str) -> Any | None:  # noqa: ANN401 - sqlcipher3 has no types
        """Give an idle connection to this file, or None."""
        with self._guard:
            idle = self._idle.get(path)
            return idle.pop() if idle else None

    def give(self, path: str, connection: Any) -> None:  # noqa: ANN401 - as above
        """Take back a connection, without what it had not committed."""
        try:
            if connection.in_transaction:
                connection.rollback()
            connection.isolation_level = None
        except dbapi2.Error:
            connection.close()
            return
        with self._guard:
            idle = self._idle.setdefault(path, [])
            if KEYRING.is_unlocked and len(idle) < KEPT_MAX:
                idle.append(connection)
                return
        connection.close()

    def empty(self) -> None:
        """Close every idle connection."""
        with self._guard:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for connection in connections:
                connection.close()


POOL: Final = Pool()
KEYRING.when_locked(POOL.empty)
