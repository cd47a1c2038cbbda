"""However `demo` and `run` end, no process outlives them and no helper's keys or store stay behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sansnom.cli.main import INTERRUPTED, REFUSED, main
from tests.cli.small_files import write_organizations

PATIENCE = 60.0
HEARING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from sansnom.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""The command line, deaf to nothing: a shell's background jobs inherit an ignored Ctrl-C, and nohup's an ignored hang-up."""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ended_run_leaves_no_process_no_keys_and_no_release(tmp_path: Path, sent: signal.Signals) -> None:
    """Ctrl-C, a plain kill and a closed terminal all stop the helpers first: exit 4, and what a helper holds is gone."""
    files = write_organizations(tmp_path / "organizations", 3)
    out = tmp_path / "run"
    command = [sys.executable, "-c", HEARING, "run", "--organizations", str(files), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        until = time.monotonic() + PATIENCE
        while not (out / "institutions" / "board.log").exists() and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(sent)
        ended = running.wait(PATIENCE)
    assert not _stop_whoever_names(out)
    assert ended == INTERRUPTED
    assert not (out / "institutions").exists()
    assert not (out / "board" / "releases").exists()


def test_a_refused_run_leaves_no_keys_and_says_so_without_a_half_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal stays on the board; the helpers' folders do not stay beside it."""
    files = write_organizations(tmp_path / "organizations", 1)
    assert main(["run", "--organizations", str(files), "--out", str(tmp_path / "run")]) == REFUSED
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["board"]
    assert "refused by rule" in capsys.readouterr().err


def test_a_column_that_is_passed_over_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The place of the column is said, on standard error; not what stands in it."""
    files = write_organizations(tmp_path / "organizations", 1)
    path = files / "org-1" / "persons.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",Remarks", *(line + ",shy" for line in lines[1:])]) + "\n", "utf-8")
    main(["run", "--organizations", str(files), "--out", str(tmp_path / "run")])
    said = capsys.readouterr().err
    assert "Column number 6 is not known" in said
    assert "shy" not in said


def _stop_whoever_names(folder: Path) -> list[str]:
    """List the processes whose command line names this folder, and stop them."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            told = path.read_bytes().decode(errors="replace")
        except OSError:  # gone since it was listed
            continue
        if str(folder) in told:
            found.append(told.replace("\0", " "))
            os.kill(int(path.parent.name), signal.SIGKILL)
    return found
