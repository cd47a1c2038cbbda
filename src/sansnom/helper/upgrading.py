"""A store that an older version of the program wrote is carried to this version: in one transaction, whole or not at all.

Each step names the version that it starts from. A helper has no backups (`docs/operate-a-helper.md`), so a step only ever adds;
what a step cannot carry is a reason to refuse the store, never to drop a row.

1  the first one
2  `earlier`: plans accepted before this helper took its seat, learnt from the board; whether each was answered
"""

import sqlite3
from typing import Final

from sansnom.terms.errors import InputError

VERSION: Final = 2
EARLIER: Final = (
    "CREATE TABLE earlier (digest TEXT PRIMARY KEY, plan TEXT NOT NULL UNIQUE, envelope BLOB NOT NULL,"
    " answered INTEGER NOT NULL)"
)
STEPS: Final[dict[int, tuple[str, ...]]] = {1: (EARLIER,)}


def upgrade(connection: sqlite3.Connection, found: int) -> None:
    """Take every step from the version found to this one, within the caller's transaction.

    Raises InputError `store.version` for a store that a newer version wrote, or one that no step starts from.
    """
    while found != VERSION:
        if found not in STEPS:
            raise InputError("store.version", found=found, expected=VERSION)
        for statement in STEPS[found]:
            connection.execute(statement)
        found += 1
    connection.execute(f"PRAGMA user_version={VERSION}")
