"""Three helpers and a board on this machine, each a process of its own: for `demo` and `run`.

Real helpers sit with three institutions that do not answer to one another.

They are told everything by files and flags, as strangers would be, and are stopped when the work is done, also after an error.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self
from urllib.error import URLError

from sansnom.desk.lines import HelperLine
from sansnom.helper.clock import SystemClock
from sansnom.helper.keys import initialize_helper
from sansnom.terms.errors import PeerError
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES
from sansnom.terms.roster import Helper

LOOPBACK: Final = "127.0.0.1"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
PORTS: Final = range(20_000, 32_000)
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INSTITUTIONS: Final = (
    Text("Fédération d’organismes (essai local)", "Federation of organizations (local trial)"),
    Text("Université (essai local)", "University (local trial)"),
    Text("Organisme de défense des droits (essai local)", "Rights body (local trial)"),
)


class LocalInstitutions:
    """Founds, starts and stops three helpers and one board; a context manager."""

    def __init__(self, work: Path, board: Path) -> None:
        """Take the folder in which the helpers live, and the board's folder."""
        self._work, self._board = work, board
        self._ports = free_ports(2 * len(PARTIES) + 1)
        self.environment: dict[str, str] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._before: dict[signal.Signals, Any] = {}
        self._busy = self._asked_to_end = False
        self.helpers: tuple[Helper, ...] = tuple(
            initialize_helper(
                self.directory(party),
                party=party,
                name=Text(f"Institution {party + 1}", f"Institution {party + 1}"),
                institution=INSTITUTIONS[party],
                url=f"https://{LOOPBACK}:{self._ports[2 * party]}",
                peer_address=f"{LOOPBACK}:{self._ports[2 * party + 1]}",
                randomness=os.urandom,
                clock=SystemClock(),
            )
            for party in PARTIES
        )

    def __enter__(self) -> Self:
        """Enter with nothing started yet: the helpers need a roster first.

        A closed terminal or a plain `kill` now ends the work as Ctrl-C does: no process may outlive us.
        """
        if threading.current_thread() is threading.main_thread():
            for sent in ENDINGS:
                if signal.getsignal(sent) is not signal.SIG_IGN:  # as under nohup
                    self._before[sent] = signal.signal(sent, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every process, gently and then not; a second Ctrl-C changes nothing."""
        self._busy = True
        self._stop()
        for sent, handler in self._before.items():
            signal.signal(sent, handler)

    def _stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def board_url(self) -> str:
        """Say where the board answers."""
        return f"http://{LOOPBACK}:{self._ports[-1]}"

    def restart(self, roster_file: Path) -> None:
        """Stop all four and start them with another version of the roster; what helpers keep stays with them."""
        self._stop()
        self._processes.clear()
        self.start(roster_file)

    def start(self, roster_file: Path) -> None:
        """Start the three helpers and the board, and wait until all four answer; PeerError for one that does not."""
        for party in PARTIES:
            self._spawn(
                f"helper-{party}",
                *("helper", "serve", "--dir", str(self.directory(party)), "--roster", str(roster_file)),
                *("--board", str(self._board), "--listen", f"{LOOPBACK}:{self._ports[2 * party]}"),
                *("--peer-listen", f"{LOOPBACK}:{self._ports[2 * party + 1]}"),
                *("--burst", "100000", "--per-second", "100000"),  # all desks call from this one address
            )
        self._spawn("board", "board", "serve", str(self._board), "--port", str(self._ports[-1]))
        until = time.monotonic() + START_SECONDS
        for party in PARTIES:
            while not self._answers(party):
                if time.monotonic() > until or self._processes[party].poll() is not None:
                    raise PeerError("local.start", party, where=f"helper-{party}.log")
                time.sleep(0.05)
        while not self._board_answers():
            if time.monotonic() > until or self._processes[-1].poll() is not None:
                raise PeerError("local.start", PARTIES[0], where="board.log")
            time.sleep(0.05)

    def peak_memory_mib(self) -> tuple[int, ...]:
        """Give the peak resident memory of each helper so far, in MiB (0 where the system does not say)."""
        return tuple(_peak_mib(process.pid) for process in self._processes[: len(PARTIES)])

    def directory(self, party: int) -> Path:
        """Say where a helper lives."""
        return self._work / f"helper-{party}"

    def _spawn(self, name: str, *arguments: str) -> None:
        """Start one process; who asks us to end meanwhile waits until we know it, or nobody would stop it."""
        self._busy = True
        try:
            self._processes.append(self._started(name, arguments))
        finally:
            self._busy = False
        if self._asked_to_end:
            raise KeyboardInterrupt

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Turn a signal that would end us at once into an interruption, so that the processes are stopped first."""
        del number, frame
        self._asked_to_end = True
        if not self._busy:
            raise KeyboardInterrupt

    def _started(self, name: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log = self._work / f"{name}.log"
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **self.environment}
        with log.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "sansnom", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches us, and we stop them in order
            )

    def _answers(self, party: int) -> bool:
        try:
            with HelperLine(self.helpers[party], PARTIES[party]) as line:
                line.get("/health")
        except PeerError:
            return False
        return True

    def _board_answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.board_url + "/roster.json", timeout=2) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def free_ports(count: int) -> list[int]:
    """Choose ports that nobody uses now, below the range from which the system gives ports to whoever calls out."""
    chosen: list[int] = []
    held: list[socket.socket] = []
    try:
        while len(chosen) < count:
            port = PORTS.start + secrets.randbelow(len(PORTS))
            one = socket.socket()
            held.append(one)
            try:
                one.bind((LOOPBACK, port))
            except OSError:
                continue
            chosen.append(port)
    finally:
        for one in held:
            one.close()
    return chosen


def _peak_mib(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    lines = [line for line in told.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) // 1024 if lines else 0
