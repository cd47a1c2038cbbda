"""What strangers may ask of a helper: so many requests in a while, so many bytes at once, so long for a body.

Memory is bounded by three numbers: connections, the addresses remembered, and the bytes of bodies being received. Time is
bounded by who somebody is: until a desk has shown what it signed, a few seconds; then as long as its line needs, if it moves.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sansnom.terms.errors import InputError, PolicyRefusal

REMEMBERED_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers. The defaults suit two thousand organizations on one helper.

    head_seconds           for what a stranger sends before anything of it is known to be signed
    request_seconds        for the rest of a body, and beyond it the time that `bytes_per_second_least` gives to its size
    stall_seconds          between one piece of a body and the next
    bodies_a_desk_most     bodies of one organization under way at once: a line that broke may still count as one
    """

    connections_most: int = 256
    headers_seconds: float = 10.0
    head_seconds: float = 10.0
    request_seconds: float = 60.0
    stall_seconds: float = 20.0
    bytes_per_second_least: int = 8_192
    bodies_a_desk_most: int = 2
    burst: float = 120.0
    per_second: float = 20.0
    organization_burst: float = 12.0
    organization_per_second: float = 0.1
    small_body_bytes: int = 262_144
    bodies_bytes_most: int = 268_435_456


@dataclass(frozen=True, slots=True)
class Head:
    """How much of a body is looked at first, in bytes, and what looks at it: it raises to refuse the rest.

    whose  the name that the rest of the body counts for, once it was looked at
    """

    size: int
    look: Callable[[bytes], Awaitable[None]]
    whose: str = ""


class Bucket:
    """A leaky bucket for each name: `burst` requests at once, then `per_second`. Remembers the names seen last only."""

    def __init__(self, burst: float, per_second: float, monotonic: Callable[[], float]) -> None:
        """Take the rate and a monotonic clock in seconds."""
        self._burst, self._per_second, self._monotonic = burst, per_second, monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one request; PolicyRefusal `rate` with the seconds to wait when the name asked too often."""
        now = self._monotonic()
        left, seen = self._levels.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - seen) * self._per_second)
        allowed = left >= 1.0
        self._levels[name] = (left - 1.0 if allowed else left, now)
        while len(self._levels) > REMEMBERED_MOST:
            self._levels.popitem(last=False)
        if not allowed:
            raise PolicyRefusal("rate", seconds=1 + int((1.0 - left) / self._per_second))

    def __len__(self) -> int:
        """Count the names remembered."""
        return len(self._levels)


class Intake:
    """Receives bodies of a known size; all bodies under way together stay below one bound."""

    def __init__(self, limits: Limits) -> None:
        """Take the numbers."""
        self._limits = limits
        self._under_way = 0
        self._by_desk: Counter[str] = Counter()

    @property
    def under_way_bytes(self) -> int:
        """Tell how many bytes are promised to bodies under way."""
        return self._under_way

    @asynccontextmanager
    async def _room(self, size: int) -> AsyncIterator[None]:
        if self._under_way + size > self._limits.bodies_bytes_most:
            raise PolicyRefusal("busy", seconds=5)
        self._under_way += size
        try:
            yield
        finally:
            self._under_way -= size

    async def between(
        self, least: int, most: int, declared: str | None, chunks: AsyncIterator[bytes], head: Head | None = None
    ) -> bytes:
        """Receive a body of its declared size: refused by that size before a byte is read, and again as it comes.

        head  looks at the beginning before room is made for the rest: strangers can hold a few kilobytes each, no more
        Raises InputError `body.length` (none declared), `body.size`, `body.slow`; PolicyRefusal `busy`, or the head's own.
        """
        size = self._declared(declared)
        if not least <= size <= most:
            raise InputError("body.size", found=size, expected=most if size > most else least)
        async with AsyncExitStack() as rooms:
            return await self._receive(size, chunks, head, rooms)

    @staticmethod
    def _declared(declared: str | None) -> int:
        if declared is None or not declared.isascii() or not declared.isdigit() or len(declared) > 12:
            raise InputError("body.length")
        return int(declared)

    @asynccontextmanager
    async def _turn(self, whose: str) -> AsyncIterator[None]:
        if self._by_desk[whose] >= self._limits.bodies_a_desk_most:
            raise PolicyRefusal("busy", seconds=5)
        self._by_desk[whose] += 1
        try:
            yield
        finally:
            self._by_desk[whose] -= 1
            if not self._by_desk[whose]:
                del self._by_desk[whose]

    async def _receive(
        self, size: int, chunks: AsyncIterator[bytes], head: Head | None, rooms: AsyncExitStack
    ) -> bytes:
        first = size if head is None else min(size, head.size)
        await rooms.enter_async_context(self._room(first))
        body = bytearray()
        now, limits = asyncio.get_running_loop().time, self._limits
        until = now() + limits.head_seconds + first / limits.bytes_per_second_least
        try:
            async with asyncio.timeout_at(until) as patience:
                async for chunk in chunks:
                    if len(body) + len(chunk) > size:
                        raise InputError("body.size", found=len(body) + len(chunk), expected=size)
                    body += chunk
                    if head is not None and len(body) >= first:
                        patience.reschedule(now() + limits.request_seconds)  # it waits for us now, not we for it
                        await head.look(bytes(body[:first]))
                        await rooms.enter_async_context(self._turn(head.whose))
                        await rooms.enter_async_context(self._room(size - first))
                        until = now() + limits.request_seconds + size / limits.bytes_per_second_least
                        head = None
                    patience.reschedule(min(until, now() + limits.stall_seconds))
        except TimeoutError:
            raise InputError("body.slow") from None
        if len(body) != size:
            raise InputError("body.size", found=len(body), expected=size)
        return bytes(body)
