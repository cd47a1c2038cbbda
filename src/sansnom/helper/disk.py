"""What a disk does to a helper, by name: full, read-only, broken, damaged. Whoever reads the code knows who has to act.

Nothing that was accepted is touched by any of them: a write that fails changes nothing, and is tried again.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sansnom.terms.errors import InputError

FULL, READ_ONLY, BROKEN, DAMAGED = "disk.full", "disk.read_only", "disk.broken", "disk.damaged"
FAULTS: Final = frozenset({FULL, READ_ONLY, BROKEN, DAMAGED})
_PRIMARY: Final = 0xFF
_BY_SQLITE: Final = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,  # its write-ahead file cannot be made
    sqlite3.SQLITE_IOERR: BROKEN,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}
_BY_SYSTEM: Final = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
}


@contextmanager
def store_faults() -> Iterator[None]:
    """Turn what SQLite says of the disk into InputError `disk.full`, `disk.read_only`, `disk.broken` or `disk.damaged`."""
    try:
        yield
    except sqlite3.Error as error:
        code = _BY_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
        if code is None:
            raise
        raise InputError(code, where="store.sqlite") from None


@contextmanager
def folder_faults(where: str) -> Iterator[None]:
    """The same for what the system says of a folder: `where` is the option or file that an operator knows it by."""
    try:
        yield
    except OSError as error:
        raise InputError(_BY_SYSTEM.get(error.errno or 0, BROKEN), where=where) from None
