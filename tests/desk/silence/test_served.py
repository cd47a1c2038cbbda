"""A real desk in a real process in which everything breaks: its terminal, its answers and its folder tell no name."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sansnom.audit.overheard import Place, left_in, overhear
from tests.desk.silence.broken_desk import CRASH

SOUGHT = (CRASH, "Temitope Typedinto")
REQUESTS = (
    b"GET /help/keys/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET /help/keys/?q=Temitope%20Typedinto HTTP/1.1\r\nHost: Temitope-Typedinto\r\nConnection: close\r\n\r\n",
    b"GET /Temitope/Typedinto HTTP/9.9\r\n\r\n",
    b"POST /unlock/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 27\r\n\r\npassphrase=Temitope+Typedinto",
    b"PUT /language/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 900\r\n\r\nTemitope Typedinto",
)


@pytest.mark.guarantee("G-10")
def test_a_process_in_which_everything_breaks_writes_no_name(tmp_path: Path) -> None:
    """In development mode, which says more: threads, tasks, destructors, warnings, logs, a view, the page of errors itself."""
    folder = tmp_path / "desk"
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-X", "dev", "-X", "faulthandler", "-m", "tests.desk.silence.broken_desk"]
    log = tmp_path / "terminal"
    with log.open("wb") as terminal:
        process = subprocess.Popen([*command, str(folder), str(port)], stdout=terminal, stderr=subprocess.STDOUT)
    try:
        _until_it_answers(process, port)
        answers = [_asked(port, request) for request in REQUESTS]
        with socket.create_connection(("127.0.0.1", port)) as line:  # who asks and does not wait for the answer
            line.sendall(REQUESTS[0])
        answers.append(_asked(port, REQUESTS[0]))
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    finally:
        process.kill()
        process.wait()
    told = log.read_text(encoding="utf-8")
    assert b" 500 " in answers[0].partition(b"\r\n")[0]
    assert "ValueError@__main__:" in told, "the terminal says which lines broke"
    assert "Traceback" not in told
    places = [Place("the terminal", told.encode()), *(Place("an answer", answer) for answer in answers)]
    assert overhear([*places, *left_in(folder)], SOUGHT) == ()


def _until_it_answers(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the desk ended before it answered")


def _asked(port: int, request: bytes) -> bytes:
    told = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line, contextlib.suppress(ConnectionError):
        line.sendall(request)
        if b"Length: 900" in request:  # more than it sends: it ends in the middle
            line.shutdown(socket.SHUT_WR)
        while part := line.recv(65536):
            told += part
    return told
