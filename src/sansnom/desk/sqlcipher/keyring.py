"""Where the database key lives while the desk is unlocked: in this process's memory, and nowhere else.

The backend asks here each time it opens a connection. Locking forgets the key and tells who holds connections to close them.
"""

from collections.abc import Callable
from threading import Lock
from typing import Final

from sansnom.terms.errors import PolicyRefusal

KEY_BYTES: Final = 32


class DeskLocked(PolicyRefusal):
    """The desk is locked: nobody opened the vault since this program started, or somebody locked it."""

    def __init__(self) -> None:
        """Say the rule; there is nothing else to say."""
        super().__init__("desk.locked")


class Keyring:
    """Holds one database key, or none."""

    def __init__(self) -> None:
        self._key: bytes | None = None
        self._guard = Lock()
        self._closers: list[Callable[[], None]] = []

    def unlock(self, database_key: bytes) -> None:
        """Keep the key in memory; a key of another length is our bug, and refused."""
        if len(database_key) != KEY_BYTES:
            raise ValueError("a database key has 32 bytes")
        with self._guard:
            self._key = bytes(database_key)

    def lock(self) -> None:
        """Forget the key and close what was opened with it."""
        with self._guard:
            self._key = None
        for close in tuple(self._closers):
            close()

    def when_locked(self, close: Callable[[], None]) -> None:
        """Call this when the desk is locked."""
        self._closers.append(close)

    @property
    def is_unlocked(self) -> bool:
        """Tell whether a key is held."""
        return self._key is not None

    def current(self) -> bytes:
        """Give the key; DeskLocked when there is none."""
        held = self._key
        if held is None:
            raise DeskLocked
        return held


KEYRING: Final = Keyring()
"""The one keyring of this process."""
