"""Three helpers as real processes on a small world whose submissions lie with them; any of them may be told where to die."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from sansnom.audit.survived import Held, look
from sansnom.exchange.setting import Setting
from sansnom.helper.gather import draw_noise
from sansnom.helper.keys import noise_key
from sansnom.terms.errors import Finding
from sansnom.terms.party import PARTIES
from sansnom.terms.release import Release
from sansnom.transparency.signature import verify_object
from tests.death.points import Orders
from tests.helper.served import free_ports
from tests.helper.world import CODES, PLAN, START, World, make_world

T = TypeVar("T")
ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.02
HOSTS: Final = ("127.0.0.1",) * 3
KILLED: Final = -signal.SIGKILL
TRUTH: Final = [1, *(0, 0, 1), *(0, 9, 0, 0, 0, 0, 0, 0, 0, 0), 9, 6]
"""What the four desks' records add up to: see tests/helper/test_runs.py."""


class Nursery:
    """The warm process that forks the others; whatever it made ends with it."""

    def __init__(self, notes: Path) -> None:
        """Start it; it is ready when its imports are done."""
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONHASHSEED": "0"}
        self.notes = notes
        notes.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.death.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._ended: dict[int, int] = {}
        self._told()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._told()

    def make(self, do: str, points: Orders | None = None, **order: Any) -> int:
        """Make a process; give its number, which may be that of one that ended long ago: numbers come again after 32,768."""
        told = asdict(points) if points is not None else None
        pid = int(self._ask(do=do, notes=str(self.notes), points=told, **order)["pid"])
        self._ended.pop(pid, None)
        return pid

    def ended(self, pid: int, *, wait: bool = False) -> int | None:
        """Say how a process ended: an exit code, or a signal's number below zero; None while it lives."""
        if pid not in self._ended:
            status = self._ask(do="await" if wait else "ended", pid=pid)["status"]
            if status is not None:
                self._ended[pid] = status
        return self._ended.get(pid)

    def close(self) -> None:
        """End it and all that it made."""
        self._process.kill()
        self._process.communicate()


def wait_for(ask: Callable[[], T | None], what: str) -> T:
    """Ask until there is an answer; a test that hangs fails by name."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        answer = ask()
        if answer is not None and answer is not False:
            return answer
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"did not happen in time: {what}")


@dataclass
class Ring:
    """Three helpers of one folder, as processes of a nursery."""

    folder: Path
    hosts: tuple[str, ...]
    ports: list[int]
    nursery: Nursery
    pids: dict[int, int] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    """Settings of every process started: `pace`, `patience`, `clock`, `instant`."""

    @property
    def board(self) -> Path:
        """Say where the board is."""
        return self.folder / "board"

    def home(self, party: int) -> Path:
        """Say where a helper's folder is."""
        return self.folder / f"helper-{party}"

    def orders(self, party: int, **told: Any) -> Orders:
        """Give orders for one helper: its folder and the board's count."""
        return Orders((str(self.home(party)), str(self.board)), **told)

    def start(self, party: int, points: Orders | None = None, **changed: Any) -> None:
        """Start one helper."""
        order: dict[str, Any] = {
            "directory": str(self.home(party)),
            "roster": str(self.folder / "roster.json"),
            "board": str(self.board),
            "listen": f"{self.hosts[party]}:{self.ports[party]}",
            "peer_listen": f"{self.hosts[party]}:{self.ports[party + 3]}",
            "instant": START.isoformat(),
        }
        self.pids[party] = self.nursery.make("serve", points, **(order | self.changed | changed))

    def ended(self, party: int, *, wait: bool = False) -> int | None:
        """Say how a helper ended; None while it lives."""
        return self.nursery.ended(self.pids[party], wait=wait)

    def kill(self, party: int) -> None:
        """End one helper by SIGKILL, if it lives."""
        if self.ended(party) is None:
            os.kill(self.pids[party], signal.SIGKILL)
            self.ended(party, wait=True)

    def kill_all(self) -> None:
        """End all by SIGKILL: nothing of this is a clean end either."""
        for party in list(self.pids):
            self.kill(party)
        self.pids.clear()

    def published(self) -> bool:
        """Say whether the release, its set and three attestations stand on the board."""
        with suppress(OSError):
            return len([p for p in (self.board / "releases" / PLAN).iterdir() if not p.name.startswith(".")]) == 5
        return False

    def check_alive(self, but: int | None = None) -> None:
        """Fail by name, with what was noted, when a helper has ended that nobody sent to its death."""
        ended = {p: status for p in self.pids if p != but and (status := self.ended(p)) is not None}
        assert not ended, f"ended: {ended}\n{self.nursery.notes.read_text()[-3000:]}"

    def until_published(self) -> None:
        """Wait until all is done; a helper that ends before is a failure."""

        def done() -> bool:
            self.check_alive()
            return self.published()

        wait_for(done, "a release and three attestations on the board")

    def release(self) -> bytes:
        """Give the release that stands on the board."""
        return (self.board / "releases" / PLAN / "release.json").read_bytes()


@dataclass
class Kit:
    """A world whose plan is closed and whose submissions lie with three helpers, to be copied for each run."""

    folder: Path
    world: World
    setting: Setting | None
    hosts: tuple[str, ...]
    ports: list[int]
    nursery: Nursery
    held: tuple[Held, ...] = ()
    cases: int = 0
    right: bytes = b""

    def wrong(self, ring: Ring) -> tuple[Finding, ...]:
        """Give what G-08's attack finds at this instant: lost, by halves, twice."""
        keys = [helper.sign_key for helper in self.world.roster.helpers]
        stores = [ring.home(party) / "store.sqlite" for party in PARTIES]
        return look(ring.board, stores, keys, self.held, PLAN)

    def right_release(self) -> bytes:
        """Give the release of a run that nothing disturbed, held against the truth; made once."""
        if not self.right:
            with self.ring() as ring:
                for party in PARTIES:
                    ring.start(party)
                ring.until_published()
                self.right = ring.release()
            check_truth(self, self.right)
        return self.right

    @contextmanager
    def ring(self, **changed: Any) -> Iterator[Ring]:
        """Lay a fresh copy for one run; whatever happens, its processes end and the copy goes."""
        self.cases += 1
        place = self.folder / f"case-{self.cases}"
        shutil.copytree(self.folder / "kit", place)
        ring = Ring(place, self.hosts, self.ports, self.nursery, changed=changed)
        try:
            yield ring
        finally:
            ring.kill_all()
            shutil.rmtree(place, ignore_errors=True)


def make_kit(folder: Path, nursery: Nursery, hosts: tuple[str, ...] = HOSTS, *, planned: bool = True) -> Kit:
    """Make the world in `folder/kit`: its plan closed with all submissions, or no plan at all."""
    ports = free_ports(6)
    made = folder / "kit"
    made.mkdir()
    addresses = [(f"https://{hosts[p]}:{ports[p]}", f"{hosts[p]}:{ports[p + 3]}") for p in PARTIES]
    world = make_world(made, addresses)
    setting = None
    if planned:
        setting = world.publish_plan()
        world.submit(setting)
        world.close(setting)
    world.board.mkdir()
    held = tuple(_in_hand(world, number) for number in range(1, len(CODES) + 1)) if planned else ()
    for seat in world.seats:
        seat.means.store.close()
    return Kit(folder, world, setting, hosts, ports, nursery, held)


def _in_hand(world: World, number: int) -> Held:
    """Give what a desk has in its hands: three receipts."""
    kept = [seat.means.store.held(PLAN, number) for seat in world.seats]
    return Held(number, kept[0].manifest if kept[0] else "", tuple(one.receipt for one in kept if one is not None))


def check_truth(kit: Kit, told: bytes) -> None:
    """Hold a release against the truth: three signatures, and the desks' own totals once three parts of noise are taken off."""
    keys = [helper.sign_key for helper in kit.world.roster.helpers]
    release = Release.from_json(verify_object("release", json.loads(told), keys, 3))
    figures = [f.value for table in release.tables for f in table.figures]
    assert kit.setting is not None
    exact = np.array([*figures, release.rows.value, release.not_linkable.value])
    for seat in kit.world.seats:
        salt = _salt(kit.folder / "kit" / f"helper-{int(seat.identity.party)}" / "store.sqlite")
        root = seat.identity.noise_root(salt)
        exact -= draw_noise(kit.setting, noise_key(root, kit.setting.plan_digest, release.set_digest))
    assert exact.tolist() == TRUTH


def _salt(store: Path) -> bytes:
    from sansnom.helper.store import Store

    opened = Store(store, read_only=True)
    kept = opened.plan_key(PLAN)
    opened.close()
    assert kept is not None
    assert kept.noise_salt is not None
    return kept.noise_salt
