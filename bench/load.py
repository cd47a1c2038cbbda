"""The last minutes before a cut-off: 2,000 organizations hand in 10^6 rows to three real helper processes on loopback.

    python bench/load.py [--organizations 2000] [--rows 500] [--seconds 90] [--flood 0] [--json]

Arrivals are drawn evenly over the given seconds: ten minutes compressed. Sealed bodies are made before the clock starts. Each
desk has an address of its own (127/8), sends to the three helpers one after another as a desk does, and tries again when a
helper is busy. `--flood N` lets N hostile clients disturb from eight addresses: half-open handshakes, endless bodies,
garbage, other organizations' names. Counts are exact: every receipt is checked, and the set of manifests that the three
helpers signed and computed on is compared with what was sent.
"""

import argparse
import asyncio
import json
import random
import ssl
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.load_world import Loaded, sealed_answers, three_helpers
from bench.submission import draw_records
from bench.three import machine
from sansnom.exchange.receipt import read_receipt
from sansnom.exchange.setting import Setting
from sansnom.exchange.submission import SealedSubmission
from sansnom.terms.party import PARTIES
from tests.helper.world import PLAN

SEED: Final = 20261
PAUSES: Final = (2.0, 8.0, 30.0, 30.0, 30.0)
"""Seconds between one try and the next: as a desk's, twice more patient."""
AGAIN: Final = (408, 429, 503)
DIFFERENT_ROWS: Final = 20
"""Sets of rows that are encoded; each organization splits and seals one of them anew."""


@dataclass
class Tally:
    """What came of it."""

    receipts: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    """Seconds from the first request to a helper until its receipt, further tries included."""
    wholes: list[float] = field(default_factory=list)
    """Seconds from a desk's first request until its third receipt."""
    tries: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    hostile: dict[str, int] = field(default_factory=dict)


def address_of(number: int) -> str:
    """Give an organization an address of its own on loopback."""
    return f"127.{10 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


async def put(port: int, context: ssl.SSLContext, source: str, path: str, body: bytes) -> tuple[int, bytes]:
    """Put a body on a connection of its own, as a desk does; give status and answer."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="", local_addr=(source, 0)
    )
    try:
        head = f"PUT {path} HTTP/1.1\r\nHost: helper\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    status, _, rest = answer.partition(b"\r\n")
    if not status.startswith(b"HTTP/1.1 "):
        raise ConnectionError
    return int(status.split()[1]), rest.partition(b"\r\n\r\n")[2]


async def hand_in(loaded: Loaded, setting: Setting, sealed: SealedSubmission, tally: Tally, start: float) -> None:
    """Be one desk: wait for its moment, send to each helper until there is a receipt, check it."""
    await asyncio.sleep(start)
    number = sealed.manifest.organization
    began = time.perf_counter()
    for party in PARTIES:
        first = time.perf_counter()
        for pause in (*PAUSES, None):
            tally.tries += 1
            path = f"/plans/{PLAN}/submissions/{number}"
            try:
                status, told = await put(
                    loaded.ports[party], loaded.contexts[party], address_of(number), path, sealed.messages[party]
                )
            except OSError:
                status, told = 0, b""
            if status == 201:
                read_receipt(json.loads(told), sealed.manifest, setting, party)
                tally.receipts[number, party] = json.loads(told)
                tally.waits.append(time.perf_counter() - first)
                break
            tally.refused[str(status)] = tally.refused.get(str(status), 0) + 1
            if pause is None or (status and status not in AGAIN):
                return
            await asyncio.sleep(pause)
    tally.wholes.append(time.perf_counter() - began)


async def disturb(loaded: Loaded, number: int, sealed: SealedSubmission, tally: Tally) -> None:
    """Be one hostile client until cancelled: each of four ways in turn, at each helper in turn."""
    ways = (_half_open, _slow, _garbage, _another)
    turn = number
    while True:
        way, party = ways[turn % len(ways)], PARTIES[turn // len(ways) % len(PARTIES)]
        turn += 1
        tally.hostile[way.__name__.strip("_")] = tally.hostile.get(way.__name__.strip("_"), 0) + 1
        try:
            async with asyncio.timeout(5.0):
                await way(loaded.ports[party], loaded.contexts[party], f"127.200.0.{1 + number % 8}", sealed)
        except (OSError, TimeoutError):
            pass
        await asyncio.sleep(0.05)


async def _half_open(port: int, _context: ssl.SSLContext, source: str, _sealed: SealedSubmission) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        writer.write(b"\x16\x03\x01\x02\x00")  # the beginning of a hello, and no more
        await reader.read()
    finally:
        writer.close()


async def _slow(port: int, context: ssl.SSLContext, source: str, sealed: SealedSubmission) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="", local_addr=(source, 0)
    )
    try:
        size = len(sealed.messages[0])
        writer.write(
            f"PUT /plans/{PLAN}/submissions/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\nSN".encode()
        )
        await reader.read()
    finally:
        writer.close()


async def _garbage(port: int, context: ssl.SSLContext, source: str, sealed: SealedSubmission) -> None:
    await put(port, context, source, f"/plans/{PLAN}/submissions/1", random.randbytes(len(sealed.messages[0])))


async def _another(port: int, context: ssl.SSLContext, source: str, sealed: SealedSubmission) -> None:
    await put(port, context, source, f"/plans/{PLAN}/submissions/2", sealed.messages[1])


async def rush(
    loaded: Loaded, setting: Setting, answers: list[SealedSubmission], seconds: float, flood: int
) -> tuple[Tally, float]:
    """Let every desk come at its moment, and the hostile all the while."""
    draws, tally = random.Random(SEED), Tally()
    hostile = [asyncio.create_task(disturb(loaded, n, answers[0], tally)) for n in range(flood)]
    began = time.perf_counter()
    await asyncio.gather(*(hand_in(loaded, setting, sealed, tally, draws.uniform(0, seconds)) for sealed in answers))
    took = time.perf_counter() - began
    for task in hostile:
        task.cancel()
    await asyncio.gather(*hostile, return_exceptions=True)
    return tally, took


def measure(organizations: int, rows: int, size_class: int, seconds: float, flood: int, folder: Path) -> dict[str, Any]:
    """Do all of it; give what is published, exact counts first."""
    with three_helpers(folder, organizations, size_class) as loaded:
        setting = loaded.publish()
        records = [draw_records(rows, SEED + n) for n in range(min(DIFFERENT_ROWS, organizations))]
        answers = sealed_answers(setting, records)
        before = loaded.use()
        tally, took = asyncio.run(rush(loaded, setting, answers, seconds, flood))
        received = loaded.use()
        loaded.close(setting)
        sets = loaded.computed()
        after = loaded.use()
    sent = {sealed.manifest.organization: sealed.manifest.digest for sealed in answers}
    whole = {number for number in sent if all((number, int(p)) in tally.receipts for p in PARTIES)}
    accepted = {number: sent[number] for number in whole}
    return {
        "organizations": organizations,
        "rows": organizations * rows,
        "receipts": len(tally.receipts),
        "organizations_with_three_receipts": len(whole),
        "in_the_run": [sum(told.get(number) == digest for number, digest in accepted.items()) for told in sets],
        "in_the_run_without_receipt": [len(set(told) - whole) for told in sets],
        "bytes_to_each_helper": [sum(len(sealed.messages[p]) for sealed in answers) for p in PARTIES],
        "arrivals_seconds": seconds,
        "intake_seconds": round(took, 1),
        "slowest_receipt_seconds": round(max(tally.waits, default=0.0), 2),
        "median_receipt_seconds": round(sorted(tally.waits)[len(tally.waits) // 2], 3) if tally.waits else None,
        "slowest_desk_seconds": round(max(tally.wholes, default=0.0), 2),
        "tries": tally.tries,
        "tried_again_for": tally.refused,
        "hostile": tally.hostile,
        "helpers_started": before,
        "helpers_after_intake": received,
        "helpers_after_release": after,
    }


def main() -> int:
    """Measure, and print the report; 1 when anything that had its receipts is not in the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organizations", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=500, help="of each organization")
    parser.add_argument("--size-class", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=90.0, help="over which the desks arrive")
    parser.add_argument("--flood", type=int, default=0, help="hostile clients at once")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.organizations, asked.rows, asked.size_class, asked.seconds, asked.flood, Path(folder))
    report = {
        "machine": machine(),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "command": " ".join(["python", *sys.argv]),
        **found,
    }
    if asked.json:
        print(json.dumps(report, indent=2))
    else:
        for name, value in report.items():
            print(f"{name}: {value}")
    whole = report["organizations_with_three_receipts"]
    good = whole == asked.organizations and report["in_the_run"] == [whole] * len(PARTIES)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
