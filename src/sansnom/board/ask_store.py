"""Questions that were handed in by the form: unsigned, beside the board and never on it, for the convener alone to read.

They stand outside the board's folder, so that no web host shows what anybody may have written there. Little is kept: the question,
a number, and the hour; nothing of who sent it.
"""

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

from sansnom.board.journal import write_whole
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.plan import Plan

FORMAT: Final = "sansnom/proposal/1"
HOURLY_MAX: Final = 20
"""Questions taken in an hour, from everybody together."""
KEPT_MAX: Final = 500
"""Questions that wait at once; more are not taken until the convener has read some."""
BYTES_MAX: Final = 64 * 1024
HOUR_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One question as it was handed in: nobody signed it."""

    proposal: str
    received: str
    plan: Plan

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        told = {"schema": FORMAT, "proposal": self.proposal, "received": self.received, "signed": False}
        return {**told, "question": self.plan.to_json()}

    @classmethod
    def from_json(cls, value: object) -> "Proposal":
        """Read one strictly; InputError names the place."""
        members = dict(value) if isinstance(value, dict) else {}
        question = members.pop("question", None)
        r = Reader(members, "proposal")
        r.expect("schema", FORMAT)
        if r.boolean("signed"):
            raise InputError("json.schema", where="proposal.signed", expected="false")
        told = cls(r.string("proposal"), r.string("received"), Plan.from_json(question))
        r.done()
        return told


class Proposals:
    """The folder of proposals, and how fast it may fill."""

    def __init__(self, folder: Path, clock: Callable[[], float] = monotonic) -> None:
        """Take the folder; it is made when the first question comes."""
        self.folder = folder
        self._clock = clock
        self._taken: deque[float] = deque()
        self._taking = threading.Lock()

    @classmethod
    def beside(cls, board: Path) -> "Proposals":
        """Give the folder beside a board's own."""
        place = board.resolve()
        return cls(place.parent / f"{place.name}-proposals")

    def take(self, plan: Plan, received: str) -> Proposal:
        """Keep a question; PolicyRefusal `ask.too_many` when too many came, `ask.too_large` for one that is too long."""
        return self.take_all((plan,), received)[0]

    def take_all(self, plans: Sequence[Plan], received: str) -> tuple[Proposal, ...]:
        """Keep the questions of a series, all of them or none."""
        with self._taking:
            now = self._clock()
            while self._taken and now - self._taken[0] >= HOUR_SECONDS:
                self._taken.popleft()
            kept, more = len(list(self.folder.glob("*.json"))), len(plans)
            if len(self._taken) + more > HOURLY_MAX or kept + more > KEPT_MAX:
                raise PolicyRefusal("ask.too_many")
            told = tuple(Proposal(secrets.token_hex(5), received, plan) for plan in plans)
            contents = [(json.dumps(one.to_json(), ensure_ascii=False, indent=1) + "\n").encode() for one in told]
            if any(len(content) > BYTES_MAX for content in contents):
                raise PolicyRefusal("ask.too_large")
            for one, content in zip(told, contents, strict=True):
                write_whole(self.folder / f"{one.proposal}.json", content)
                self._taken.append(now)
        return told

    def all(self) -> tuple[Proposal, ...]:
        """Read what waits, the oldest first."""
        read = [_read(place) for place in sorted(self.folder.glob("*.json"))]
        return tuple(sorted(read, key=lambda one: (one.received, one.proposal)))


def _read(place: Path) -> Proposal:
    try:
        return Proposal.from_json(json.loads(place.read_bytes()))
    except (ValueError, RecursionError):
        raise InputError("board.file_json", where=place.name) from None
