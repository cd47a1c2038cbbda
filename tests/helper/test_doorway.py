"""Connections that say nothing, and addresses that want them all."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sansnom.helper.doorway import bounded_protocol
from sansnom.helper.limits import Limits

PATIENCE_SECONDS = 20.0
"""A fault must turn a test red, not leave it waiting."""


async def served(limits: Limits, visit: Callable[[int], Awaitable[None]]) -> None:
    """Serve one page on loopback while a visit lasts."""

    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse("here")

    config = uvicorn.Config(
        Starlette(routes=[Route("/", page)]), http=bounded_protocol(limits), lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as door:
        task = asyncio.create_task(server._serve([door]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.005)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await visit(door.getsockname()[1])
        finally:
            server.should_exit = True
            await task


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


def test_one_address_cannot_take_every_connection() -> None:
    """Beyond half of all connections, an address is turned away; when it lets go of one, it is let in again."""

    async def visit(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await asyncio.sleep(0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await said(reader) == b""
        writer.close()
        held[0][1].close()
        await held[0][1].wait_closed()
        await asyncio.sleep(0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"here" in await said(reader)
        writer.close()
        held[1][1].close()

    asyncio.run(served(Limits(connections_most=4, headers_seconds=30.0), visit))
