"""Hostile clients of every kind at a real door, over TLS, while four organizations hand in: each gets its receipt."""

import asyncio
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sansnom.exchange.receipt import read_receipt
from sansnom.exchange.setting import Setting
from sansnom.helper.app import build_app
from sansnom.helper.certificates import pinned_context, server_context
from sansnom.helper.doorway import Door
from sansnom.helper.limits import Limits
from sansnom.helper.serve import server_config
from sansnom.helper.watch import Watch
from tests.helper.world import CODES, PLAN, World, make_world

SMALL = Limits(connections_most=12, headers_seconds=30.0, head_seconds=30.0, request_seconds=60.0)
"""Few places and long patience: a flood that is not displaced would hold them until the test ends."""
PATIENCE_SECONDS = 100.0
PUT = (
    "PUT /plans/{plan}/submissions/{number} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
)


@dataclass
class Served:
    """One helper's door, and the world behind it."""

    world: World
    setting: Setting
    port: int
    context: ssl.SSLContext
    door: Door
    lines: list[str] = field(default_factory=list)

    async def come(self, host: int, *, tls: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect from an address of one's own."""
        named: dict[str, Any] = {"ssl": self.context, "server_hostname": ""} if tls else {}
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(f"127.0.1.{host}", 0), **named)

    async def send(self, host: int, text: bytes) -> bytes:
        """Send bytes, and give all of the answer; a connection that is cut gives what came."""
        try:
            reader, writer = await self.come(host)
            writer.write(text)
            answer = await reader.read()
            writer.close()
        except OSError:
            return b""
        return answer

    def submission(self, number: int, body: bytes) -> bytes:
        """Write the request that hands in a body for an organization."""
        return PUT.format(plan=PLAN, number=number, size=len(body)).encode() + body


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """Serve helper 0's reception as `serve` does, with small limits."""
    world = make_world(folder)
    setting = world.publish_plan()
    identity = world.seats[0].identity
    lines: list[str] = []
    door = Door.on(socket.create_server(("127.0.0.1", 0), backlog=128), SMALL, time.monotonic)
    app = build_app(world.seats[0].reception, SMALL, Watch(world.clock, lines.append), time.monotonic)
    context = server_context(identity.certificate_path, identity.certificate_key_path)
    server = uvicorn.Server(server_config(app, SMALL, context, door))
    port = door.getsockname()[1]
    task = asyncio.create_task(server._serve([door]))
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
        await asyncio.sleep(0.005)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield Served(world, setting, port, pinned_context(identity.certificate_path.read_bytes()), door, lines)
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
        door.close()


Flood = Callable[[Served], Awaitable[list[asyncio.StreamWriter]]]


async def half_open(at: Served) -> list[asyncio.StreamWriter]:
    """Handshakes that never go on."""
    writers = [(await at.come(9, tls=False))[1] for _ in range(20)]
    for writer in writers:
        writer.write(b"\x16\x03\x01\x02\x00")
    return writers


async def silent(at: Served) -> list[asyncio.StreamWriter]:
    """Whole handshakes, and then nothing; some a header without end."""
    writers = []
    for number in range(20):
        try:
            _, writer = await at.come(9)
        except OSError:  # displaced by its own kind already
            continue
        if number % 2:
            writer.write(b"PUT /plans HTTP/1.1\r\nX-Long: " + b"x" * 9_000)
        writers.append(writer)
    return writers


async def slow(at: Served) -> list[asyncio.StreamWriter]:
    """Bodies of the right length that stop after two bytes."""
    writers = []
    body = at.world.submission(at.setting, "aube").messages[0]
    for _ in range(20):
        try:
            _, writer = await at.come(9)
        except OSError:
            continue
        writer.write(at.submission(1, body)[: -len(body) + 2])
        writers.append(writer)
    return writers


async def garbage(at: Served) -> list[asyncio.StreamWriter]:
    """Huge headers, bodies of nothing, others' bodies, wrong keys: all answered, none kept."""
    good = at.world.submission(at.setting, "aube").messages[0]
    huge = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Huge: " + b"x" * 40_000 + b"\r\n\r\n"
    assert await at.send(9, huge) == b""
    others = at.world.submission(at.setting, "aube").messages[1][: len(good)]
    flipped = good[:-9] + bytes([good[-9] ^ 1]) + good[-8:]
    unsigned = good.replace(b'"sequence":1', b'"sequence":2')
    for number, body, code in (
        (1, bytes(len(good)), "submission.bytes"),
        (2, good, "submission.number"),
        (1, others, "seal.broken"),
        (1, flipped, "seal.broken"),
        (1, unsigned, "signature.wrong"),
    ):
        answer = await at.send(9, at.submission(number, body))
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == code
    return []


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("flood", [half_open, silent, slow, garbage])
def test_honest_submissions_enter_through_a_flood(flood: Flood, tmp_path: Path) -> None:
    """The door is full of strangers with all the patience in the world; four desks come, each from its own address."""

    async def visit() -> None:
        async with served(tmp_path) as at:
            strangers = await flood(at)
            for number, code in enumerate(CODES, 1):
                sealed = at.world.submission(at.setting, code)
                answer = await at.send(number, at.submission(number, sealed.messages[0]))
                assert answer.startswith(b"HTTP/1.1 201 "), answer[:200]
                read_receipt(json.loads(answer.partition(b"\r\n\r\n")[2]), sealed.manifest, at.setting, 0)
            assert len(at.door.crowd) <= SMALL.connections_most
            assert [held.number for held in at.world.seats[0].means.store.all_held(PLAN)] == [1, 2, 3, 4]
            for writer in strangers:
                writer.close()

    asyncio.run(visit())


@pytest.mark.guarantee("G-08")
def test_a_submission_replayed_without_end_changes_nothing_and_costs_its_own_desk_alone(tmp_path: Path) -> None:
    """The same bytes forty times, and an older one: the receipt stands, and another desk's submission enters."""

    async def visit() -> None:
        async with served(tmp_path) as at:
            first, second = (at.world.submission(at.setting, "aube", n).messages[0] for n in (1, 2))
            receipt = (await at.send(1, at.submission(1, second))).partition(b"\r\n\r\n")[2]
            for _ in range(20):
                assert (await at.send(9, at.submission(1, second))).partition(b"\r\n\r\n")[2] == receipt
                assert b"submission.replayed" in await at.send(9, at.submission(1, first))
            other = at.world.submission(at.setting, "brise").messages[0]
            assert (await at.send(2, at.submission(2, other))).startswith(b"HTTP/1.1 201 ")
            held = at.world.seats[0].means.store.held(PLAN, 1)
            assert held is not None
            assert (held.sequence, held.receipt) == (2, receipt)

    asyncio.run(visit())
