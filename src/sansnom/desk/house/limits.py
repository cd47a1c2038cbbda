"""Slowing down who guesses: in memory, forgotten when the program ends."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

FREE_TRIES: Final = 5
FIRST_WAIT_SECONDS: Final = 15.0
WAIT_SECONDS_MAX: Final = 900.0


class Limiter:
    """After five wrong tries at one thing, each further one waits twice as long as the one before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, float]] = {}
        self._guard = Lock()

    def wait_seconds(self, subject: str) -> int:
        """Give how long this subject has to wait; 0 when it may try now."""
        with self._guard:
            _, until = self._wrong.get(subject, (0, 0.0))
        left = until - self._clock()
        return int(left) + 1 if left > 0 else 0

    def wrong(self, subject: str) -> None:
        """Count a wrong try."""
        with self._guard:
            if len(self._wrong) > 10_000:
                self._wrong.clear()
            tries = self._wrong.get(subject, (0, 0.0))[0] + 1
            wait = (
                min(FIRST_WAIT_SECONDS * 2.0 ** (tries - FREE_TRIES), WAIT_SECONDS_MAX) if tries >= FREE_TRIES else 0.0
            )
            self._wrong[subject] = (tries, self._clock() + wait)

    def right(self, subject: str) -> None:
        """Forget the wrong tries."""
        with self._guard:
            self._wrong.pop(subject, None)

    def forget_all(self) -> None:
        """Forget everything: for tests."""
        with self._guard:
            self._wrong.clear()
