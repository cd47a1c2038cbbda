"""A desk that is served by a real process, which may end at one of its writes; what it has answered must hold when it is back.

    python -m tests.desk.killed ORDERS FOLDER PORT

serves this folder as `sansnom desk` does, with the counted points of `tests/death/points.py` (ORDERS is one JSON object).
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Final

from bench.desk_browser import Browser
from tests.death.points import Orders, install

PASSPHRASE: Final = "cinq mots que nous seules savons"
SERVE: Final = ("desk", "--no-browser", "--folder")


def serve(orders: Orders, folder: str, port: str) -> int:
    """Serve, as the command line does."""
    install(orders)
    from sansnom.cli.main import main

    return main([*SERVE, folder, "--port", port])


@contextmanager
def served(folder: Path, orders: Orders) -> Iterator[tuple[Browser, "subprocess.Popen[bytes]"]]:
    """Serve a folder in a process of its own until the block ends, or the process does."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.desk.killed", json.dumps(asdict(orders)), str(folder), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:  # until it answers
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield Browser(port), process
    finally:
        process.kill()
        process.wait()


@dataclass(slots=True)
class Life:
    """What was answered before the end, and what was under way at it."""

    answered: list[str] = field(default_factory=list)
    under_way: str = ""


Deed = tuple[str, Callable[[Browser], object]]


def live(folder: Path, orders: Orders, password: str, deeds: list[Deed]) -> Life:
    """Serve, sign in and do one thing after another, until all is done or the process is dead.

    Orders with a `note` have it say at every instant what was answered and what is under way.
    """
    life = Life(under_way="sign in")
    note = Path(orders.note) if orders.note else None
    _say(life, note)
    with served(folder, orders) as (browser, process):
        try:
            browser.sign_in(PASSPHRASE, "dahlia", password)
            until_backed_up(folder, process)
            for name, act in deeds:
                life.under_way = name
                _say(life, note)
                act(browser)
                life.answered.append(name)
            life.under_way = ""
        except (OSError, HTTPException):
            process.wait(timeout=60)  # it must be dead: a desk that lives and does not answer is another defect
    return life


def until_backed_up(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Let the day's backup, which a thread beside the requests makes, come to its end: each life then writes in one order."""
    place = folder / "backups"
    while process.poll() is None and not (place.is_dir() and {one.suffix for one in place.iterdir()} == {".backup"}):
        time.sleep(0.02)


def _say(life: Life, note: Path | None) -> None:
    if note is not None:
        beside = note.with_suffix(".next")
        beside.write_text(json.dumps(asdict(life)))
        beside.replace(note)


def copies_in(folder: Path) -> Iterator[tuple[Path, Life]]:
    """Give each copy of a desk that was made at a point, in their order, with what had been answered then."""
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        yield place, Life(**json.loads(place.with_suffix(".note").read_text()))


def copy_of(folder: Path, into: Path) -> Path:
    """Copy a desk that nobody has open."""
    return Path(shutil.copytree(folder, into))


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    sys.exit(serve(Orders(**{**told, "roots": tuple(told["roots"])}), *sys.argv[2:4]))
