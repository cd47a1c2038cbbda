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
    """Serve, sign in and do one thing after another, until all is done or the process is dead."""
    life = Life()
    with served(folder, orders) as (browser, process):
        try:
            life.under_way = "sign in"
            browser.sign_in(PASSPHRASE, "dahlia", password)
            for name, act in deeds:
                life.under_way = name
                act(browser)
                life.answered.append(name)
            life.under_way = ""
        except (OSError, HTTPException):
            process.wait(timeout=60)  # it must be dead: a desk that lives and does not answer is another defect
    return life


def copy_of(folder: Path, into: Path) -> Path:
    """Copy a desk that nobody has open."""
    return Path(shutil.copytree(folder, into))


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    sys.exit(serve(Orders(**{**told, "roots": tuple(told["roots"])}), *sys.argv[2:4]))
