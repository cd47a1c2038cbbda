"""`sansnom verify`: a board that holds is said to hold, and any public file that was altered is found."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sansnom.audit.public_check import check_board
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.cli.main import FINDING, GOOD, USAGE, main


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Walk to every leaf of a JSON value; of a list of more than three, only to the first and the last."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list) and value:
        chosen = range(len(value)) if len(value) <= 3 else (0, len(value) - 1)
        for place in chosen:
            yield from _places(value[place], (*path, place))
    else:
        yield path


def _altered(value: Any) -> Any:
    """Change a leaf a little."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("1" if value[:1] != "1" else "2") + value[1:]
    return "something" if value is None else [*value, 1] if isinstance(value, list) else {**value, "more": 1}


@pytest.mark.guarantee("G-07")
def test_a_sound_board_holds(answered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and what cannot be checked is said."""
    assert main(["verify", str(answered / "board")]) == GOOD
    assert "Cannot be checked" in capsys.readouterr().out


@pytest.mark.guarantee("G-07")
def test_every_altered_field_of_every_public_file_is_found(answered: Path, tmp_path: Path) -> None:
    """One leaf of one JSON file, one byte of one CSV file: never silently accepted."""
    board = tmp_path / "board"
    shutil.copytree(answered / "board", board)
    dictionaries = shipped_dictionaries()
    assert check_board(board, dictionaries).findings == ()
    accepted: list[str] = []
    for path in sorted([*board.rglob("*.json"), *board.rglob("*.csv")]):
        sound = path.read_bytes()
        name = str(path.relative_to(board))
        for altered, where in _alterations(path, sound):
            path.write_bytes(altered)
            if not check_board(board, dictionaries).findings:
                accepted.append(f"{name} {where}")
        path.write_bytes(sound)
    assert accepted == []


def _alterations(path: Path, sound: bytes) -> Iterator[tuple[bytes, str]]:
    if path.suffix == ".csv":
        yield sound.replace(b",", b";", 1), "first comma"
        return
    if path.name == "datapackage.json":
        yield sound.replace(b"persons", b"peoples", 1), "a word"
        return
    value = json.loads(sound)
    for place in _places(value):
        changed = json.loads(sound)
        holder = changed
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = _altered(holder[place[-1]])
        yield json.dumps(changed, ensure_ascii=False).encode(), str(place)


def test_a_missing_attestation_is_a_finding(answered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A helper that never said it destroyed its keys: exit 1, and the file is named."""
    board = tmp_path / "board"
    shutil.copytree(answered / "board", board)
    (board / "releases" / "run-1" / "destruction-1.json").unlink()
    assert main(["verify", str(board), "--json"]) == FINDING
    told = json.loads(capsys.readouterr().out)
    assert [(f["code"], f["where"]) for f in told["findings"]] == [
        ("verify.file", "releases/run-1/destruction-1.json"),
        ("verify.page", "fr/releases/run-1.html"),
        ("verify.page", "en/releases/run-1.html"),
        ("log.gone", "releases/run-1/destruction-1.json"),
    ]


def test_no_board_is_said_to_be_none(tmp_path: Path) -> None:
    """An empty folder is no board: exit 2."""
    assert main(["verify", str(tmp_path)]) == USAGE
