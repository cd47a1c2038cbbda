"""A log is held against the files it lists and against what was seen before; each way of cheating is found."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.audit.log_check import Memory, check_log
from sansnom.board.enter import enter_new, listed_files
from sansnom.board.journal import Entry, Journal, entry_of
from sansnom.terms.errors import InputError
from sansnom.transparency.note import COSIGNATURE, verifier_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes((7,)) * 32)
KEEPER = verifier_of("board.example", KEY)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FILES = (
    "rosters/1.json",
    "rosters/2.json",
    "rosters/10.json",
    "plans/a/plan.json",
    "refusals/b.json",
    "withdrawals/c.json",
    "releases/a/submission-set.json",
    "releases/a/release.json",
    "releases/a/destruction-0.json",
    "incidents/i.json",
)


def _write(board: Path, file: str, told: object) -> None:
    place = board / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"signed": told, "signatures": []}))


def _board(board: Path) -> Path:
    for file in reversed(FILES):
        _write(board, file, {"file": file})
    _write(board, "releases/a/tables/none.json", {})  # made, not listed
    enter_new(board, Journal(board, KEEPER), KEY, NOW)
    return board


def _codes(board: Path, memory: Memory | None = None) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in check_log(board, KEEPER, memory).findings]


def test_files_are_entered_in_an_order_that_makes_sense(tmp_path: Path) -> None:
    """Who takes part, what was asked, what was answered, what was destroyed; a second time adds nothing."""
    board = _board(tmp_path)
    assert tuple(file for _, file in listed_files(board)) == FILES
    assert tuple(entry.file for entry in Journal(board, KEEPER).entries()) == FILES
    assert enter_new(board, Journal(board, KEEPER), KEY, NOW) == ()
    assert _codes(board) == []


@pytest.mark.guarantee("G-07")
@pytest.mark.parametrize("file", FILES)
def test_a_file_changed_or_taken_away_is_found(tmp_path: Path, file: str) -> None:
    """Each listed file: another content is log.changed, none is log.gone; the writer will not enter over it."""
    board = _board(tmp_path)
    _write(board, file, {"file": "another"})
    assert ("log.changed", file) in _codes(board)
    with pytest.raises(InputError, match=r"log\.changed"):
        enter_new(board, Journal(board, KEEPER), KEY, NOW)
    (board / file).unlink()
    assert ("log.gone", file) in _codes(board)


@pytest.mark.guarantee("G-07")
def test_every_byte_of_the_log_counts(tmp_path: Path) -> None:
    """A flipped bit in any byte of any file of the log is found."""
    board = _board(tmp_path)
    for place in sorted((board / "log").rglob("*")):
        if not place.is_file() or place.name in (".lock", "key.json"):
            continue
        content = place.read_bytes()
        for at in range(0, len(content), 7):
            place.write_bytes(content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :])
            assert _codes(board), (place.name, at)
        place.write_bytes(content[:-1])
        assert _codes(board)
        place.write_bytes(content)
    assert _codes(board) == []


def test_a_file_that_was_never_entered_is_found(tmp_path: Path) -> None:
    """What is published beside the log is named."""
    board = _board(tmp_path)
    _write(board, "plans/z/plan.json", {})
    assert _codes(board) == [("log.unentered", "plans/z/plan.json")]


@pytest.mark.guarantee("G-07")
def test_a_rewritten_log_is_found_by_whoever_remembers(tmp_path: Path) -> None:
    """A keeper who signs another past is believed by a newcomer, not by who looked before; nor is a shorter log."""
    board = _board(tmp_path / "board")
    memory = Memory(tmp_path / "seen.json")
    assert _codes(board, memory) == []
    _write(board, "plans/y/plan.json", {})
    enter_new(board, Journal(board, KEEPER), KEY, NOW)
    verdict = check_log(board, KEEPER, memory)
    assert (verdict.findings, verdict.seen) == ((), len(FILES))
    other = tmp_path / "other"
    for file in FILES[:-1]:
        _write(other, file, {"file": file})
    enter_new(other, Journal(other, KEEPER), KEY, NOW)
    assert _codes(other) == []
    assert _codes(other, memory) == [("log.shorter", "log/checkpoint")]
    for number in range(5):
        _write(other, f"plans/more-{number}/plan.json", {})
    enter_new(other, Journal(other, KEEPER), KEY, NOW)
    assert _codes(other, memory) == [("log.consistency", "log/checkpoint")]


def test_an_answer_before_its_question_s_set_and_time_running_back_are_found(tmp_path: Path) -> None:
    """Order and time of the entries are part of what is promised."""
    board = tmp_path
    for file in FILES:
        _write(board, file, {"file": file})
    journal = Journal(board, KEEPER)
    told = [entry_of(kind, file, {"file": file}, NOW) for kind, file in listed_files(board)]
    early = [e for e in told if e.kind == "release"] + [e for e in told if e.kind != "release"]
    past = entry_of("incident", "incidents/i.json", {"file": "incidents/i.json"}, NOW - timedelta(days=1))
    journal.append([*(e for e in early if e.kind != "incident"), past], KEY)
    assert _codes(board) == [("log.order", "releases/a/release.json"), ("log.time", "incidents/i.json")]


def test_one_file_entered_twice_or_under_another_kind_is_found(tmp_path: Path) -> None:
    """A second entry of one file, or a name that is not of its kind, is named."""
    board = _board(tmp_path)
    again = entry_of("plan", "plans/a/plan.json", {"file": "plans/a/plan.json"}, NOW)
    Journal(board, KEEPER).append([again, Entry("plan", "incidents/../plan.json", "0", again.entered)], KEY)
    codes = [code for code, _ in _codes(board)]
    assert codes == ["log.twice", "log.entry", "log.gone"]


def test_witnesses_are_counted(tmp_path: Path) -> None:
    """The verdict says how many known witnesses stand behind the checkpoint."""
    board = _board(tmp_path)
    other = Ed25519PrivateKey.from_private_bytes(bytes((9,)) * 32)
    Journal(board, KEEPER).cosign("witness.example", other, NOW)
    witness = verifier_of("witness.example", other, COSIGNATURE)
    assert check_log(board, KEEPER, None, [witness]).witnesses == 1
    assert check_log(board, KEEPER).witnesses == 0


def test_a_broken_memory_is_told_not_passed_over(tmp_path: Path) -> None:
    """A memory that cannot be read is an error with its place: silently starting anew would forget the past."""
    board = _board(tmp_path / "board")
    place = tmp_path / "seen.json"
    place.write_text("{")
    with pytest.raises(InputError, match=r"seen\.file"):
        check_log(board, KEEPER, Memory(place))
