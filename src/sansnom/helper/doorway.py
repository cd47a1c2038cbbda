"""Connections of strangers, before they have said anything: uvicorn's own protocol with two bounds more.

Uvicorn bounds the size of headers and the number of requests at work; it waits forever for a client that connects and says
nothing, and lets one address take every connection.
"""

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from sansnom.helper.limits import Limits


def bounded_protocol(limits: Limits) -> type[asyncio.Protocol]:
    """Make the protocol class for these limits; all its connections share one count by address."""
    by_address: Counter[str] = Counter()
    most = max(1, limits.connections_most // 2)

    class BoundedProtocol(H11Protocol):
        """One connection: headers must come in time, and an address may hold half of all connections at most."""

        def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on as they are
            super().__init__(*arguments, **named)
            self._late: asyncio.TimerHandle | None = None
            self._address = ""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
            super().connection_made(transport)
            self._address = self.client[0] if self.client else "-"
            by_address[self._address] += 1
            if by_address[self._address] > most:
                transport.abort()
                return
            self._expect_headers()

        def connection_lost(self, exc: Exception | None) -> None:
            self._headers_came()
            by_address[self._address] -= 1
            if by_address[self._address] <= 0:
                del by_address[self._address]
            super().connection_lost(exc)

        def handle_events(self) -> None:
            before = self.cycle
            super().handle_events()
            if self.cycle is not before:
                self._headers_came()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not self.transport.is_closing() and self.cycle.response_complete:
                self._headers_came()
                self._expect_headers()

        def _expect_headers(self) -> None:
            self._late = self.loop.call_later(limits.headers_seconds, self._give_up)

        def _headers_came(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

        def _give_up(self) -> None:
            self._late = None
            self.transport.abort()

    return BoundedProtocol
