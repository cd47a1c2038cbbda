"""What the command line says of its own bugs: a type and lines of code, whatever the error quoted; and what a process leaves."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sansnom.audit.overheard import Place, left_in, overhear
from sansnom.cli import verify
from sansnom.cli.main import INTERRUPTED, main
from sansnom.terms.errors import told_by_places

NAME = "Zulfiya Plantée-Özdemir"
PROCESS = f"""
import ctypes, logging, resource, sys, threading, warnings
from pathlib import Path
from sansnom.cli import main, verify

NAME = {NAME!r}

class Unraisable:
    def __del__(self):
        raise ValueError(NAME)

def in_a_thread():
    raise KeyError(NAME)

def broken(args):
    rows = [NAME]
    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()
    Unraisable()
    warnings.warn(f"cell A1 holds {{NAME}}", UserWarning)
    logging.getLogger("a library").error("row %d is %s", NAME, NAME)
    logging.error(NAME, exc_info=ValueError(NAME))
    print("core", resource.getrlimit(resource.RLIMIT_CORE)[0])
    if sys.platform == "linux":
        print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
    if "late" in args.board:
        sys.excepthook(ValueError, ValueError(NAME), None)
        raise SystemExit(7)
    if "stopped" in args.board:
        raise KeyboardInterrupt(NAME)
    raise ValueError(f"invalid literal for int() with base 10: {{rows[0]!r}}") from KeyError(NAME)

verify.run = broken
sys.argv = ["sansnom", "verify", sys.argv[1]]
sys.exit(main.main())
"""


def _said(tmp_path: Path, options: tuple[str, ...], board: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *options, "-c", PROCESS, board],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert overhear([Place("the terminal", told), *left_in(tmp_path)], [NAME]) == ()
    return done.returncode, told.decode()


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize(
    ("options", "board", "code"),
    [(("-X", "dev", "-X", "faulthandler"), "b", 4), (("-O",), "late", 7), ((), "stopped", 4)],
)
def test_a_process_that_breaks_tells_lines_of_code_only(
    tmp_path: Path, options: tuple[str, ...], board: str, code: int
) -> None:
    """Main thread, another one, a destructor, a warning, a library's log, an interruption; no image of memory is kept."""
    ended, told = _said(tmp_path, options, board)
    assert ended == code
    assert "KeyError@__main__:" in told
    assert "ValueError@__main__:" in told
    assert "Traceback" not in told
    assert "core 0\n" in told
    assert "dumpable 0\n" in told or sys.platform != "linux"


@pytest.mark.guarantee("G-10")
def test_a_bug_is_told_in_both_languages_by_its_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The message of the error, which quotes, is dropped; code 4; with --json one object."""

    def broken(_: Any) -> int:
        raise ValueError(NAME)

    monkeypatch.setattr(verify, "run", broken)
    assert main(["verify", str(tmp_path)]) == INTERRUPTED
    told = capsys.readouterr()
    assert overhear([Place("the terminal", f"{told.out}{told.err}".encode())], [NAME]) == ()
    assert told.err.count("ValueError@tests.cli.test_quiet:") == 2
    assert main(["verify", str(tmp_path), "--json"]) == INTERRUPTED
    said = json.loads(capsys.readouterr().out)
    assert said["findings"][0]["code"] == "cli.broken"
    assert said["findings"][0]["where"].startswith("ValueError@tests.cli.test_quiet:")


def test_an_error_is_told_with_those_behind_it_and_no_word_of_them() -> None:
    """Causes and contexts count, four at most, a circle once; an error that was never raised has no line."""
    assert told_by_places(ValueError(NAME)) == "ValueError@-"
    first, second = ValueError(NAME), KeyError(NAME)
    first.__cause__, second.__cause__ = second, first
    assert told_by_places(first) == "ValueError@- <= KeyError@-"
    many = [ValueError(number) for number in range(9)]
    for one, behind in pairwise(many):
        one.__context__ = behind
    assert told_by_places(many[0]).count("@") == 4
