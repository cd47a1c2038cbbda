"""A crash in every function of a helper that a request or a run reaches, with values in each error: nothing carries one."""

import binascii
import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import httpx
import pytest

import sansnom.exchange
import sansnom.helper
from sansnom.audit.overheard import Place, left_in, overhear
from sansnom.helper.limits import Limits
from sansnom.terms.errors import InputError
from sansnom.terms.party import PARTIES
from tests.helper.test_app import client_of, sealed
from tests.helper.test_runs import break_at, ready
from tests.helper.world import PLAN, World, make_world

CRASH: Final = "Anastasiya Crashtest-Ünlüoğlu"
TYPED: Final = "Temitope Typedinto"
SHARE: Final = "9a17c0ffee42d00d9a17c0ffee42d00d9a17c0ffee42d00d9a17c0ffee42d00d"
"""A stretch of a share, as an error of numpy or of a cipher would print it."""
ROOMS: Final = tuple(str(next(iter(room.__path__))) for room in (sansnom.helper, sansnom.exchange))
ERRORS: Final[tuple[Callable[[], BaseException], ...]] = (
    lambda: ValueError(f"could not convert string to float: '{CRASH}' {SHARE}"),
    lambda: sqlite3.IntegrityError(f"UNIQUE constraint failed: {CRASH} {SHARE}"),
    lambda: KeyError(CRASH, SHARE),
    lambda: json.JSONDecodeError(CRASH, f"{CRASH} {SHARE}", 3),
    lambda: UnicodeDecodeError("utf-8", CRASH.encode(), 0, 3, SHARE),
    lambda: OSError(5, CRASH, f"{CRASH}/{SHARE}"),
    lambda: AssertionError(f"shapes differ: {CRASH} {SHARE}"),
    lambda: binascii.Error(f"{CRASH} {SHARE}"),
    lambda: MemoryError(CRASH),
)


@contextmanager
def traced(look: Callable[[FrameType], None]) -> Iterator[None]:
    """Call this at each call of a function of the helper or of what it opens submissions with, in threads begun meanwhile too."""

    def seen(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(ROOMS) and code.co_name[0] != "<":
            look(frame)

    before = sys.gettrace()
    threading.settrace(seen)
    sys.settrace(seen)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(before)


def requests(world: World) -> list[tuple[str, str, bytes | None]]:
    """Give every door of the application, knocked at rightly and with nonsense."""
    good = sealed(world).messages[0]
    nonsense = json.dumps({"signed": {"plan": TYPED, TYPED: TYPED}, "signatures": [TYPED]}).encode()
    told: list[tuple[str, str, bytes | None]] = [("PUT", f"/plans/{PLAN}/submissions/1", good)]
    told += [("PUT", f"/plans/{PLAN}/submissions/{n}", TYPED.encode() + good[len(TYPED) :]) for n in (1, 2, 99)]
    told += [("PUT", f"/plans/{PLAN}", nonsense), ("POST", f"/plans/{PLAN}/close", nonsense)]
    told += [("POST", f"/plans/{PLAN}/keys", nonsense), ("PUT", "/plans/x", b"{"), ("PUT", "/plans/x", nonsense[:-9])]
    paths = [
        "/health",
        "/plans",
        *(f"/plans/{PLAN}{end}" for end in ("", "/keys", "/progress", "/submissions/1/receipt")),
    ]
    paths += [f"/plans/{PLAN}/{kind}" for kind in ("verdicts/1", "refusal", "submission-set", "release", "destruction")]
    told += [("GET", path, None) for path in [*paths, f"/{TYPED}", f"/plans/{TYPED}/progress", f"/plans?q={TYPED}"]]
    return told


@pytest.mark.guarantee("G-10")
def test_a_crash_in_each_function_behind_each_door_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every function that a request reaches fails at its first call: answers, headers, lines and files hold no value."""

    async def here(function: Callable[[], Any], **_: object) -> Any:
        return function()

    monkeypatch.setattr("anyio.to_thread.run_sync", here)
    world = make_world(tmp_path)
    world.publish_plan()
    lines: list[str] = []
    client = client_of(world, limits=Limits(burst=1e9, per_second=1e9), lines=lines)
    answers: list[httpx.Response] = []
    plan: list[tuple[int, CodeType]] = []
    known: set[CodeType] = set()
    asked, outside = requests(world), list[str]()
    for number, request in enumerate(asked):
        found: dict[CodeType, None] = {}
        with traced(lambda frame, found=found: found.setdefault(frame.f_code)):  # type: ignore[misc]  # a default, bound now
            answers.append(client.request(*request))
        plan += [(number, code) for code in found if code not in known]
        known |= set(found)
    for place, (number, target) in enumerate(plan):
        hit: list[CodeType] = []

        def fail(frame: FrameType, target: CodeType = target, hit: list[CodeType] = hit, place: int = place) -> None:
            if frame.f_code is target and not hit:
                hit.append(target)
                error = ERRORS[place % len(ERRORS)]()
                raise error from KeyError(CRASH)

        with traced(fail):
            try:
                answers.append(client.request(*asked[number]))
            except Exception:  # noqa: BLE001 - one in the gate itself goes to uvicorn, which is silent
                outside.append(target.co_qualname)
    own = ("_Gate", "Bucket", "Watch", "_plain", "written", "SystemClock", "_shape")
    assert [name for name in outside if not name.startswith(own)] == []
    assert len(plan) > 80
    told = [Place("an answer", f"{one.headers} {one.text}".encode()) for one in answers]
    told += [Place("lines", "".join(lines).encode()), *left_in(tmp_path)]
    assert "KeyError" in "".join(lines)
    assert overhear(told, [CRASH, TYPED, SHARE]) == ()


@pytest.mark.guarantee("G-10")
def test_a_crash_in_each_stage_of_a_run_tells_nothing(tmp_path: Path) -> None:
    """Attempts fail in every stage by errors that quote a share; then the run ends: lines, files, board and doors hold none."""
    world, _ = ready(tmp_path)
    stages = [
        ("agreeing", 1),
        ("linking", 3),
        ("checking", 1),
        ("table.multiplicity", 0),
        ("opening", 0),
        ("signing", 0),
    ]
    for number, (stage, skip) in enumerate(stages):
        break_at(
            world, PARTIES[number % 3], stage, ERRORS[number]() if number else InputError("run.x", where=CRASH), skip
        )
        world.turn_all()
    world.rendezvous.fault = lambda _who, _round: None
    world.finish(8)
    lines = [line for seat in world.seats for line in seat.lines]
    assert sum(json.loads(line)["event"] == "attempt.failed" for line in lines) >= len(stages)
    doors = [
        client_of(world, party).get(f"/plans/{PLAN}{end}") for party in PARTIES for end in ("/progress", "", "/release")
    ]
    told = [Place("a door", f"{one.headers} {one.text}".encode()) for one in doors]
    assert overhear([*told, Place("lines", "".join(lines).encode()), *left_in(tmp_path)], [CRASH, SHARE]) == ()
