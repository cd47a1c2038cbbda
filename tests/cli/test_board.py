"""`sansnom board build`: builds what can be believed, and says so in both languages when it cannot."""

import json
from pathlib import Path

import pytest

from sansnom.cli import main as command_line
from tests.board.sample_board import write_board


def run(*arguments: str) -> int:
    """Run the command line, with the board's verb whatever the others are."""
    return command_line.main(list(arguments))


def test_a_board_is_built_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pages stand, and the number of files is said."""
    folder = write_board(tmp_path / "board")
    assert run("--language", "en", "board", "build", str(folder)) == 0
    assert "files written" in capsys.readouterr().out
    assert (folder / "fr/releases/2026-portrait.html").is_file()
    assert run("board", "build", str(folder), "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_a_folder_that_is_no_board_is_refused_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and a sentence that says what is missing."""
    assert run("board", "build", str(tmp_path)) == 2
    told = capsys.readouterr().err
    assert "not a board" in told
    assert "tableau public" in told


def test_an_altered_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3: a rule, not a mishap."""
    folder = write_board(tmp_path / "board")
    place = folder / "releases/2026-portrait/release.json"
    told = json.loads(place.read_text(encoding="utf-8"))
    told["signed"]["tables"][0]["values"][0] += 1
    place.write_text(json.dumps(told), encoding="utf-8")
    assert run("board", "build", str(folder)) == 3
    assert not (folder / "index.html").exists()


def test_serving_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Nothing listens for a folder that does not exist."""
    assert run("board", "serve", str(tmp_path / "none")) == 2
