"""How far a run is, for whoever asks: a stage and a number of rounds, both public. Nothing else is known here."""

import threading


class Progress:
    """The stage of the present attempt and the rounds so far; read by the reception, written by the worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plan, self._stage, self._rounds = "", "", 0

    def begin(self, plan: str, stage: str) -> None:
        """Start an attempt at a plan."""
        with self._lock:
            self._plan, self._stage, self._rounds = plan, stage, 0

    def enter(self, stage: str) -> None:
        """Enter a stage, such as "linking": a code, never a text with values."""
        with self._lock:
            self._stage = stage

    def end(self) -> None:
        """Say that nothing is being computed."""
        with self._lock:
            self._plan, self._stage = "", ""

    def current(self) -> tuple[str, str]:
        """Give the plan at work and its stage; empty when nothing is."""
        with self._lock:
            return self._plan, self._stage

    def of(self, plan: str) -> tuple[str, int]:
        """Give the stage and the rounds of this plan's attempt; an empty stage when it is not at work."""
        with self._lock:
            return (self._stage, self._rounds) if plan == self._plan else ("", 0)

    def round_done(self, number: int) -> None:
        """Note that this many rounds are over."""
        with self._lock:
            self._rounds = number
