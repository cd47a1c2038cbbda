"""One warm process that makes others by forking: a helper that a test kills a thousand times must not import a thousand times.

Run as `python -m tests.death.nursery`. It reads one JSON order a line and answers with one line:

    {"do": "serve", ...}      a new process serves a helper (`serve_one`)      {"pid": 123}
    {"do": "call", ...}       a new process calls a function of a test module   {"pid": 123}
    {"do": "ended", "pid"}    how a process ended, if it has                    {"status": null, 0, 1, -9 ...}
    {"do": "await", "pid"}    the same, once it has                             {"status": -9}

Whatever it made dies with it.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sansnom.helper.peers import Patience
from sansnom.helper.runs import Pace
from sansnom.helper.serve import Service, serve_helper
from tests.death.messages import install_messages
from tests.death.points import Orders, install
from tests.helper.world import make_world

PACE: Final = {"idle": 0.05, "first": 0.05, "longest": 0.2, "attempts_most": 100_000}
_DIE_WITH_PARENT: Final = 1
_NEW_NETWORK: Final = 0x40000000


class SetClock:
    """A clock that shows what a file says, so that a test may set it while the process lives; the same instant else."""

    def __init__(self, instant: str, place: str) -> None:
        """Take the instant, and the file that may say another."""
        self._instant, self._place = datetime.fromisoformat(instant), Path(place) if place else None

    def now(self) -> datetime:
        """Give the instant that it shows."""
        if self._place is not None:
            try:
                return datetime.fromisoformat(self._place.read_text(encoding="ascii"))
            except (OSError, ValueError):  # not there yet, or being replaced
                return self._instant
        return self._instant


def serve_one(told: dict[str, Any]) -> None:
    """Serve one helper as `sansnom helper serve` does, with a set clock and a quick pace: public settings, nothing else."""
    service = Service(
        directory=Path(told["directory"]),
        roster=Path(told["roster"]),
        board=told["board"],
        listen=told["listen"],
        peer_listen=told["peer_listen"],
        pace=Pace(**(PACE | told.get("pace", {}))),
        patience=Patience(**({"connect": 5.0, "silence": 20.0} | told.get("patience", {}))),
    )
    serve_helper(service, SetClock(told["instant"], told.get("clock", "")))


def call_one(told: dict[str, Any]) -> None:
    """Call a function of a module of tests by name."""
    module, _, name = told["function"].partition(":")
    getattr(importlib.import_module(module), name)(*told.get("arguments", ()))


def _child(told: dict[str, Any]) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    notes = os.open(told["notes"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(notes, 1)
    os.dup2(notes, 2)
    if told.get("network"):
        _enter_network(told["network"])
    if told.get("points"):
        points = install(Orders(**{**told["points"], "roots": tuple(told["points"]["roots"])}))
        install_messages(points)
    {"serve": serve_one, "call": call_one}[told["do"]](told)


def _enter_network(name: str) -> None:
    """Move this process to a network namespace that `ip netns add` made."""
    descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _NEW_NETWORK):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    os.close(descriptor)


def _ended(pid: int, options: int) -> int | None:
    found, status = os.waitpid(pid, options)
    return os.waitstatus_to_exitcode(status) if found else None


def warm() -> None:
    """Run a small plan once in this process, so that kernels are loaded and compiled before anybody is forked."""
    with TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        setting = world.publish_plan()
        world.submit(setting)
        world.close(setting)
        world.finish(2)
        for seat in world.seats:
            seat.means.store.close()


def main() -> None:
    """Take orders until the line closes."""
    warm()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        if told["do"] in ("ended", "await"):
            answer = {"status": _ended(told["pid"], os.WNOHANG if told["do"] == "ended" else 0)}
        else:
            if told["do"] == "call":  # here, so that the next one finds it imported
                importlib.import_module(told["function"].partition(":")[0])
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    _child(told)
                    code = 0
                except BaseException:  # noqa: BLE001 - told in the notes, and by the exit code
                    traceback.print_exc()
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
