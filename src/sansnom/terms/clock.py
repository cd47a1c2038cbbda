"""The clock as a port: who needs the time is handed a `Clock`; only the edges own one that ticks."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests wind one by hand."""

    def now(self) -> datetime:
        """Give the present instant, with its time zone."""
        ...
