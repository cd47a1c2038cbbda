"""Connections that say nothing, and addresses that want them all."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sansnom.helper.doorway import Door, bounded_protocol
from sansnom.helper.limits import Limits

PATIENCE_SECONDS = 20.0
"""A fault must turn a test red, not leave it waiting."""
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def served(limits: Limits, visit: Callable[[int], Awaitable[None]]) -> Door:
    """Serve one page on loopback while a visit lasts."""

    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse("here")

    async def trusted(request: Request) -> PlainTextResponse:
        request.state.trust()
        async for _ in request.stream():  # asking for the body says "100 Continue" where it was awaited
            pass
        return PlainTextResponse("kept")

    with Door.on(socket.create_server(("127.0.0.1", 0)), limits, time.monotonic) as door:
        config = uvicorn.Config(
            Starlette(routes=[Route("/", page), Route("/trusted", trusted, methods=["POST"])]),
            http=bounded_protocol(limits, door),
            lifespan="off",
            log_config=None,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([door]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.005)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await visit(door.getsockname()[1])
        finally:
            server.should_exit = True
            await task
    return door


async def said(reader: asyncio.StreamReader) -> bytes:
    """Read to the end of the connection."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def test_a_connection_that_says_nothing_is_ended() -> None:
    """Silence, and headers that never end, are cut off; a request in time is answered."""

    async def visit(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await said(reader) == b""
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert await said(reader) == b""
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert b"here" in await said(reader)  # kept alive for the next request, which does not come
        writer.close()

    asyncio.run(served(Limits(headers_seconds=0.2), visit))


async def come(port: int, host: int, text: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect from an address of one's own on loopback."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.0.{host}", 0))
    writer.write(text)
    return reader, writer


async def answered(port: int, host: int) -> bool:
    """Ask for the page, and say whether it came."""
    reader, writer = await come(port, host, ASKED)
    told = await said(reader)
    writer.close()
    return b"here" in told


@pytest.mark.guarantee("G-08")
def test_a_full_door_displaces_the_oldest_stranger_of_the_busiest_address() -> None:
    """Silent connections fill the door: each newcomer costs the flood one, in order, and the lone stranger none."""

    async def visit(port: int) -> None:
        lone = await come(port, 3)
        assert await answered(port, 4)  # the door has seen the lone one
        flood = [await come(port, 2) for _ in range(3)]
        for number in range(2):
            late = await come(port, 5 + number)
            assert await said(flood[number][0]) == b""
            late[1].write(ASKED)
            assert b"here" in await said(late[0])
            late[1].close()
            flood.append(await come(port, 2))
        lone[1].write(ASKED)
        assert b"here" in await said(lone[0])
        for _, writer in (lone, *flood):
            writer.close()

    asyncio.run(served(Limits(connections_most=4, headers_seconds=30.0), visit))


@pytest.mark.guarantee("G-08")
def test_who_is_trusted_is_not_displaced_until_its_answer_is_given() -> None:
    """A desk that has shown its signature keeps its connection whoever comes; afterwards it is a stranger like others."""

    async def visit(port: int) -> None:
        desk = await come(
            port, 2, b"POST /trusted HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        )
        assert await desk[0].readline() == b"HTTP/1.1 100 Continue\r\n"
        assert await desk[0].readline() == b"\r\n"
        for _ in range(6):
            assert await answered(port, 2)
        flood = [await come(port, 2) for _ in range(6)]
        assert await answered(port, 3)
        desk[1].write(b"x")
        assert b"200" in await desk[0].readline()
        flood += [await come(port, 2) for _ in range(4)]
        assert b"kept" in await said(desk[0])  # answered, and displaced now
        for _, writer in (desk, *flood):
            writer.close()

    asyncio.run(served(Limits(connections_most=4, headers_seconds=30.0), visit))


def test_an_address_that_connects_too_often_is_turned_away_and_others_are_not() -> None:
    """Beyond the rate a connection is closed unread; another address gets in."""

    async def visit(port: int) -> None:
        for _ in range(2 * 2):
            assert await answered(port, 2)
        reader, writer = await come(port, 2)
        assert await said(reader) == b""
        writer.close()
        assert await answered(port, 3)

    asyncio.run(served(Limits(burst=2.0, per_second=0.0001), visit))


def test_a_door_forgets_who_left() -> None:
    """After many visits, nobody is counted."""
    seen: list[int] = []

    async def visit(port: int) -> None:
        for _ in range(20):
            assert await answered(port, 2)
        seen.append(port)

    door = asyncio.run(served(Limits(connections_most=4), visit))
    assert seen
    assert len(door.crowd) == 0
