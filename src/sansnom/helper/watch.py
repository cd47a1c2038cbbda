"""What a helper writes about itself: one JSON object a line, made of codes, counts, sizes and public names only (G-10).

No function here takes free text: an event is a code, and its details are numbers or words of a closed alphabet.
An exception is told by its type and, if it is ours, its code: never by its message, which may quote what it choked on.
"""

import json
import re
import sys
from collections.abc import Callable
from typing import Final

from sansnom.helper.clock import written
from sansnom.terms.clock import Clock
from sansnom.terms.errors import SansnomError

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/+-]{1,80}")


class Watch:
    """Writes events; by default to standard error."""

    def __init__(self, clock: Clock, write: Callable[[str], object] | None = None) -> None:
        """Take the clock, and where lines go."""
        self._clock = clock
        self._write = write if write is not None else _to_standard_error

    def note(self, event: str, /, **details: int | str) -> None:
        """Write one event; a detail that is not a plain word or a number is left out and shown as "-"."""
        line: dict[str, int | str] = {"at": written(self._clock.now()), "event": _plain(event)}
        line |= {name: value if isinstance(value, int) else _plain(value) for name, value in details.items()}
        self._write(json.dumps(line) + "\n")

    def failed(self, event: str, error: BaseException, /, **details: int | str) -> None:
        """Write that something went wrong: the type of the error, and its code when it is one of ours."""
        told = error.code if isinstance(error, SansnomError) else "-"
        party = error.parameters.get("party") if isinstance(error, SansnomError) else None
        if isinstance(party, int):
            details = {"peer": party, **details}
        self.note(event, error=type(error).__name__, code=told, **details)


def _plain(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "-"


def _to_standard_error(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()
