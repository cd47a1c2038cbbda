"""Connections of strangers, before they have said anything: a listening socket with a bound, uvicorn's protocol with another.

Uvicorn bounds the size of headers and the number of requests at work. It waits forever for a client that connects and says
nothing, it does not count connections that never finish their TLS handshake, and it lets one address take all of them.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, Final, Self

from uvicorn.protocols.http.h11_impl import H11Protocol

from sansnom.helper.crowd import Crowd
from sansnom.helper.limits import Bucket, Limits
from sansnom.terms.errors import PolicyRefusal

TURNED_AWAY_MOST: Final = 64
"""Connections turned away in one breath, before those that are here are served again."""
CONNECTIONS_A_REQUEST: Final = 2
"""A desk looks at the certificate first and asks then: twice as many connections as requests are in order."""
HEADERS_BYTES_MOST: Final = 16_384
"""All headers of a request together."""


class Visit(socket.socket):
    """A connection that tells its door when it closes, at whatever stage it was."""

    gone: Callable[[int], None] | None = None

    def close(self) -> None:
        """Close, and leave the door's count."""
        number = self.fileno()
        super().close()
        if self.gone is not None and number >= 0:
            self.gone(number)

    def detach(self) -> int:
        """Hand the descriptor on: it is no longer counted."""
        number = super().detach()
        if self.gone is not None and number >= 0:
            self.gone(number)
        return number


class Door(socket.socket):
    """A listening socket: counts every connection from its first packet to its last, and says who goes when it is full.

    All of it happens in the thread of the event loop.
    """

    crowd: Crowd[int]
    _visits: dict[int, Visit]
    _by_address: Bucket

    @classmethod
    def on(cls, listening: socket.socket, limits: Limits, monotonic: Callable[[], float]) -> Self:
        """Make a door of a socket that listens already."""
        door = cls(fileno=listening.detach())
        door.crowd, door._visits = Crowd(limits.connections_most), {}
        rate = CONNECTIONS_A_REQUEST * limits.per_second
        door._by_address = Bucket(CONNECTIONS_A_REQUEST * limits.burst, rate, monotonic)
        return door

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept the next connection that may come in; BlockingIOError when nobody waits, or too many had to be sent away."""
        for _ in range(TURNED_AWAY_MOST):
            plain, address = super().accept()
            visit = Visit(fileno=plain.detach())
            host = str(address[0])
            try:
                self._by_address.take(host)
            except PolicyRefusal:
                visit.close()
                continue
            visit.gone = self._left
            number = visit.fileno()
            self._visits[number] = visit
            displaced = self.crowd.enter(number, host)
            if displaced is not None:
                self._cut(displaced)
            if displaced != number:
                return visit, address
            visit.close()
        raise BlockingIOError

    def trust(self, number: int) -> None:
        """Let a connection stay until its answer is given: its desk has signed what it sends."""
        self.crowd.trust(number)

    def distrust(self, number: int) -> None:
        """Count a connection among strangers again."""
        self.crowd.distrust(number)

    def _left(self, number: int) -> None:
        self.crowd.leave(number)
        self._visits.pop(number, None)

    def _cut(self, number: int) -> None:
        """Cut a connection on its wire; whoever serves it finds its end and closes it."""
        with contextlib.suppress(OSError):  # it was gone already
            self._visits[number].shutdown(socket.SHUT_RDWR)


def bounded_protocol(limits: Limits, door: Door) -> type[asyncio.Protocol]:
    """Make the protocol class for these limits behind this door."""

    class BoundedProtocol(H11Protocol):
        """One connection: headers must come in time. `state["trust"]` of a request keeps its connection from being displaced."""

        def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on as they are
            super().__init__(*arguments, **named)
            self._late: asyncio.TimerHandle | None = None
            self._number = -1

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
            super().connection_made(transport)
            self._number = transport.get_extra_info("socket").fileno()
            self._expect_headers()

        def connection_lost(self, exc: Exception | None) -> None:
            self._headers_came()
            super().connection_lost(exc)

        def handle_events(self) -> None:
            before = self.cycle
            super().handle_events()
            if self.cycle is not before:
                self._headers_came()
                self.scope["state"]["trust"] = self._trust
                if sum(len(name) + len(value) for name, value in self.headers) > HEADERS_BYTES_MOST:
                    self.transport.abort()  # h11 bounds what is incomplete; what comes in one piece it takes whole

        def on_response_complete(self) -> None:
            super().on_response_complete()
            door.distrust(self._number)
            if not self.transport.is_closing() and self.cycle.response_complete:
                self._headers_came()
                self._expect_headers()

        def _trust(self) -> None:
            if not self.transport.is_closing():
                door.trust(self._number)

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
