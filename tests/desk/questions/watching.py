"""Everything that others see of a desk's life in a question: real requests of its own lines to the helpers' own application."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from sansnom.audit.abstention import Seen
from sansnom.desk.lines import HelperLine
from sansnom.helper.app import build_app
from sansnom.helper.limits import Limits
from sansnom.helper.watch import Watch
from sansnom.terms.party import PartyNumber
from sansnom.terms.roster import Helper
from tests.desk.questions.outside import Outside

WIDE = Limits(burst=10_000.0, per_second=10_000.0)


@dataclass
class Watcher:
    """Stands at each helper's door and on the line to it. `broken` lines fail, so many in all, before or after the request."""

    others: Outside
    seen: list[Seen] = field(default_factory=list)
    began: datetime | None = None
    broken: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was seen: a decision is made now."""
        self.seen.clear()
        self.began = self.others.now
        for seat in self.others.world.seats:
            seat.lines.clear()

    def note(self, observer: str, what: str, *sizes: int) -> None:
        """Keep one thing."""
        at = (self.others.now - (self.began or self.others.now)).total_seconds()
        self.seen.append(Seen(observer, what, sizes, at))

    def life(self) -> tuple[Seen, ...]:
        """Give what was seen since the decision, what helpers wrote included, each line by its words and length."""
        for party, seat in enumerate(self.others.world.seats):
            for line in seat.lines:
                told = json.loads(line)
                self.note(f"notes of helper {party}", " ".join(sorted(told)) + " " + told["event"], len(line))
        return tuple(self.seen)

    @contextmanager
    def line(self, helper: Helper, party: PartyNumber) -> Iterator[HelperLine]:
        """Open a desk's own line, but for the wire: connection, headers and bodies are its own."""
        line = HelperLine(helper, party)
        self.note("network", f"opens {int(party)}")
        line._client = httpx.Client(
            base_url=helper.url, transport=_Door(self, party), follow_redirects=False, trust_env=False
        )
        try:
            yield line
        finally:
            line.__exit__(None, None, None)
            self.note("network", f"closes {int(party)}")


class _Door(httpx.BaseTransport):
    """The wire to one helper's application."""

    def __init__(self, watcher: Watcher, party: PartyNumber) -> None:
        self._watcher, self._party = watcher, party

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request, and see all of it; where the line is to break, it breaks."""
        watcher, body = self._watcher, request.read()
        headers = [f"{name.decode().lower()}={value.decode()}" for name, value in request.headers.raw]
        told = f"{request.method} {request.url.raw_path.decode()} {' '.join(headers)}"
        broken = watcher.broken.pop(0) if watcher.broken else ""
        if broken == "before":
            watcher.note("network", f"breaks {int(self._party)}")
            raise httpx.ConnectError("broken")
        watcher.note(f"helper {int(self._party)}", told, len(body))
        status, answered, content = asyncio.run(self._carried(request, body))
        if broken == "after":
            watcher.note("network", f"breaks {int(self._party)}", len(content))
            raise httpx.ReadError("broken")
        named = " ".join(f"{name.decode()}={len(value)}" for name, value in answered)
        watcher.note("network", f"answer {status} {named} {_shape(content)}", len(content))
        return httpx.Response(status, headers=answered, content=content, request=request)

    async def _carried(self, request: httpx.Request, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        seat = self._watcher.others.world.seats[self._party]
        app = build_app(seat.reception, WIDE, Watch(seat.world.clock, seat.lines.append), lambda: 0.0)
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": request.url.path,
            "raw_path": request.url.raw_path,
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        await app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], list(sent[0]["headers"]), content


def _shape(content: bytes) -> str:
    """Tell the members of a JSON answer and how long each is: values are sealed, hashed or public."""
    told = json.loads(content)
    inner = told.get("signed", told) if isinstance(told, dict) else {}
    return " ".join(f"{name}:{len(json.dumps(value))}" for name, value in sorted(inner.items()))


def board_of(others: Outside) -> list[tuple[str, int]]:
    """List what the board shows: names of files, and how many members an object of them has."""
    places = sorted(path for path in others.board.rglob("*") if path.is_file())
    return [(path.relative_to(others.board).as_posix(), len(json.loads(path.read_bytes()))) for path in places]
