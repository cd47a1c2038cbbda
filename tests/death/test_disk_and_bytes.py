"""Disks that fill up, clocks that jump, bytes that change: the right release, or a stop that has a name and gives nothing away."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sansnom.helper.check import check_helper
from sansnom.helper.keys import load_helper
from sansnom.terms.errors import SansnomError
from sansnom.terms.party import PARTIES
from tests.death.every import every
from tests.death.points import BROKEN, FULL, READ_ONLY, WRITE
from tests.death.ring import Kit, Nursery, make_kit, wait_for
from tests.helper.world import PLAN, Rendezvous, Seat, World

LATER = ((1, READ_ONLY, 130), (2, BROKEN, 200))
SOME_FULL = ((0, FULL, 40), *(pytest.param(*place, marks=pytest.mark.slow) for place in LATER))
AWAY = 60
"""So many writes fail one after the other before the disk takes them again."""
BRIEFLY = 6
"""And so many where every write of a run is tried: each failed attempt costs half a second."""
QUICK = {"idle": 0.01, "first": 0.002, "longest": 0.01}
"""The pace at which a helper tries again, where every write of a run is tried."""
FILES = ("helper.json", "secrets.json", "tls.key", "tls.pem", "store.sqlite")
SOME_PLACES = (9, *(pytest.param(page, marks=pytest.mark.slow) for page in (0, 3, 14)))
"""Pages of the store, each with one changed byte; `make long` changes one byte in every sixty-four."""
PAGE = 4096
STEP = 64


@pytest.fixture(scope="module")
def kit(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Give a world whose plan is closed, with four submissions at each helper."""
    return make_kit(tmp_path_factory.mktemp("disks"), nursery)


def fail_once(kit: Kit, party: int, act: str, at: int, away: int = AWAY, **changed: Any) -> bool:
    """Let one helper's disk refuse some writes, and then take them; False when the run ended before that."""
    with kit.ring(**changed) as ring:
        record = ring.folder / "points"
        for other in PARTIES:
            orders = ring.orders(party, kind=WRITE, at=at, act=act, until=at + away, record=str(record))
            ring.start(other, orders if other == party else None)

        def over() -> bool:
            if ring.ended(party) is not None:  # it could not even start: the operator starts it again
                ring.start(party)
            return ring.published()

        wait_for(over, "a release after the disk is well")
        ring.kill_all()
        assert kit.wrong(ring) == ()
        assert ring.release() == kit.right_release()
        for other in PARTIES:
            assert check_helper(ring.home(other)).findings == ()
        return len(record.read_text().splitlines()) >= at


@pytest.mark.parametrize(("party", "act", "at"), SOME_FULL)
def test_a_disk_that_refuses_for_a_while_costs_nothing_but_time(kit: Kit, party: int, act: str, at: int) -> None:
    """Full, read-only, broken: no restart is needed, nothing is lost, and the release is the right one."""
    assert fail_once(kit, party, act, at)


@pytest.mark.long
@pytest.mark.parametrize("act", [FULL, READ_ONLY, BROKEN])
def test_a_disk_that_refuses_from_any_write_on(kit: Kit, act: str) -> None:
    """The same from each write of a run on."""
    assert (
        every(lambda at: fail_once(kit, 0, act, at, BRIEFLY, pace=QUICK), f"helper 0, {act} from a write of a run on")
        > 400
    )


# -------------------------------------------------------------------------------------------------------- bytes and clocks


def awake(kit: Kit, folder: Path) -> World:
    """Open a copy of the kit in memory: three helpers, the ring without a network."""
    world = World(folder, kit.world.roster, kit.world.roster_file, kit.world.clock, kit.world.randomness)
    world.rendezvous = Rendezvous(0.5)
    world.seats = [Seat(world, load_helper(folder / f"helper-{party}")) for party in PARTIES]
    for seat in world.seats:
        seat.restart()
    return world


def outcome(kit: Kit, name: str, place: int) -> str:
    """Change one byte of one file of helper 0, let the three run, and say what came of it: "right", or the code of a stop.

    `submission.damaged`: helper 0 says which submission it can no longer read, and the release is the one without it.
    A release that is neither fails here, whatever else happens.
    """
    folder = Path(shutil.copytree(kit.folder / "kit", kit.folder / f"changed-{name}-{place}"))
    target = folder / "helper-0" / name
    content = bytearray(target.read_bytes())
    content[place] ^= 0x10
    target.write_bytes(bytes(content))
    target.chmod(0o600)
    world: World | None = None
    raised: list[BaseException | None] = []
    stopped = ""
    try:
        world = awake(kit, folder)
        for _ in range(3):
            raised += world.turn_all()
    except SansnomError as error:
        stopped = error.code
    published = folder / "board" / "releases" / PLAN / "release.json"
    told = published.read_bytes() if published.is_file() else b""
    reasons = [] if world is None else _reasons(world)
    damaged = () if world is None else _damaged(world)
    shutil.rmtree(folder)
    if told not in (b"", kit.right_release()):
        assert damaged
        assert told == release_without(kit, damaged)
        return "submission.damaged"
    if stopped or told:
        return stopped or "right"
    codes = [error.code for error in raised if isinstance(error, SansnomError)] + reasons
    assert codes, [error for error in raised if error is not None]
    return codes[0]


def release_without(kit: Kit, numbers: tuple[int, ...]) -> bytes:
    """Give the release that comes when helper 0 never had these submissions: made once for each set of numbers."""
    place = kit.folder / f"without-{'-'.join(map(str, numbers))}"
    if not place.exists():
        shutil.copytree(kit.folder / "kit", place)
        world = awake(kit, place)
        for number in numbers:
            world.seats[0].means.store._connection.execute("DELETE FROM submissions WHERE number = ?", (number,))
        world.finish()
        for seat in world.seats:
            seat.means.store.close()
    return (place / "board" / "releases" / PLAN / "release.json").read_bytes()


def _damaged(world: World) -> tuple[int, ...]:
    notes = [json.loads(line) for line in world.seats[0].lines]
    return tuple(sorted({note["organization"] for note in notes if note["event"] == "submission.damaged"}))


def _reasons(world: World) -> list[str]:
    """Give the codes that a helper's operator reads: in the notes and beside the run."""
    found = []
    for seat in world.seats:
        found += [code for line in seat.lines if (code := _code(json.loads(line))) not in ("", "-")]
        try:
            seat.means.store.close()
        except SansnomError:
            continue
    return found


def _code(note: dict[str, Any]) -> str:
    return str(note.get("code") or note.get("reason") or "")


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) for name in FILES])
def test_a_byte_changed_in_any_file_gives_the_right_release_or_a_name(kit: Kit, name: str) -> None:
    """In the middle of each file of a helper: never another release, never an error without a name."""
    size = (kit.folder / "kit" / "helper-0" / name).stat().st_size
    told = outcome(kit, name, size // 2)
    assert told == "right" or told.count(".") >= 1, told


@pytest.mark.parametrize("page", SOME_PLACES)
def test_a_byte_changed_in_a_page_of_the_store_gives_the_right_release_or_a_name(kit: Kit, page: int) -> None:
    """In some pages of the store."""
    told = outcome(kit, "store.sqlite", page * PAGE + 40)
    assert told == "right" or told.count(".") >= 1, told


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_a_byte_changed_anywhere_in_a_file(kit: Kit, name: str) -> None:
    """One byte in every sixty-four, in every page."""
    size, seen = (kit.folder / "kit" / "helper-0" / name).stat().st_size, dict[str, int]()

    def change(number: int) -> bool:
        place = (number - 1) * STEP
        if place >= size - 1:
            return False
        told = outcome(kit, name, place)
        seen[told] = seen.get(told, 0) + 1
        assert told == "right" or "." in told, told
        return True

    every(change, f"a byte of {name}")
    print(seen)


@pytest.mark.parametrize(
    ("jump", "expected"), [({"days": -40}, "right"), ({"days": 50}, "right"), ({"days": 70}, "run.overdue")]
)
def test_a_clock_that_jumps_gives_the_right_release_or_a_name(kit: Kit, jump: dict[str, int], expected: str) -> None:
    """After the close: forty days back, past the cut-off, or thirty days beyond it, where the run is stopped by rule."""
    folder = Path(shutil.copytree(kit.folder / "kit", kit.folder / f"jump-{jump['days']}"))
    world = awake(kit, folder)
    before = world.clock.instant
    try:
        world.clock.forward(**jump)
        world.finish(4)
        assert world.states() == ["destroyed"] * 3
        reasons = {seat.reception.progress(PLAN)["reason"] for seat in world.seats}
        published = folder / "board" / "releases" / PLAN / "release.json"
        if expected == "right":
            assert published.read_bytes() == kit.right_release()
        else:
            assert (reasons, published.exists()) == ({expected}, False)
    finally:
        world.clock.instant = before


def test_a_second_copy_of_a_helper_started_at_once_is_refused_by_name(kit: Kit) -> None:
    """The lock holds as long as the first lives; the first is not disturbed."""
    right = kit.right_release()  # before: its helpers have the same ports
    with kit.ring() as ring:
        before = kit.nursery.notes.stat().st_size
        for party in PARTIES:
            ring.start(party)
        first = ring.pids[0]

        def serving() -> bool:
            return b'"helper.serving", "party": 0' in kit.nursery.notes.read_bytes()[before:]

        wait_for(serving, "that very helper serves, and so holds its folder")
        ring.start(0)
        assert ring.ended(0, wait=True) == 1
        assert b"store.locked" in kit.nursery.notes.read_bytes()[before:]
        ring.pids[0] = first
        ring.until_published()
        assert ring.release() == right
