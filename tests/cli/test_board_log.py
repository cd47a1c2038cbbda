"""Keeping a log by the command line: keys, entering, witnessing, checking; and `verify` at an address, which remembers."""

import json
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sansnom.board.site import build_site
from sansnom.cli.main import FINDING, GOOD, REFUSED, USAGE, main
from sansnom.terms.canonical import canonical_bytes
from sansnom.transparency.note import Verifier
from sansnom.transparency.signature import sign_object
from tests.board.lived_board import LOG_KEY, ORIGIN, write_lived_board
from tests.board.sample_board import private_key


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay a board with a log once, built."""
    folder = write_lived_board(tmp_path_factory.mktemp("kept") / "board")
    build_site(folder)
    return folder


@pytest.fixture
def board(laid: Path, tmp_path: Path) -> Path:
    """Give a board of one's own."""
    return Path(shutil.copytree(laid, tmp_path / "board"))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Write the log's key as `board key` does."""
    place = tmp_path / "log-key.json"
    told: dict[str, Any] = {"schema": "sansnom/log-key/1", "name": ORIGIN, "seed": LOG_KEY.private_bytes_raw().hex()}
    place.write_bytes(canonical_bytes(told))
    place.chmod(0o600)
    return place


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """Read what was printed as JSON."""
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_key_is_made_once_and_kept_closed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rights 600, its public half printed; never over another key; not read when others may read it."""
    place = tmp_path / "key.json"
    assert main(["board", "key", "--out", str(place), "--name", "board.example"]) == GOOD
    shown = capsys.readouterr().out.strip().splitlines()[-1]
    assert Verifier.read(shown).name == "board.example"
    assert place.stat().st_mode & 0o777 == 0o600
    assert main(["board", "key", "--out", str(place), "--name", "board.example"]) == USAGE
    place.chmod(0o644)
    assert main(["board", "enter", str(tmp_path), "--key", str(place)]) == USAGE


def test_an_incident_is_signed_entered_and_held_by_the_log(
    board: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A signed file goes where it belongs and is entered; an unsigned one leaves the board as it was."""
    said = {
        "schema": "sansnom/incident/1",
        "incident": "2026-12-late",
        "found_on": "2026-12-01",
        "title": {"fr": "Retard", "en": "Delay"},
        "what": {"fr": "Une réponse est sortie en retard.", "en": "An answer came out late."},
        "touches": [],
        "done": {"fr": "Rien à refaire.", "en": "Nothing to do again."},
    }
    signed = tmp_path / "incident.json"
    signed.write_bytes(canonical_bytes(sign_object("incident", said, private_key("stranger"))))
    assert main(["board", "enter", str(board), str(signed), "--key", str(key)]) == REFUSED
    assert not (board / "incidents/2026-12-late.json").exists()
    signed.write_bytes(canonical_bytes(sign_object("incident", said, private_key("convener-2"))))
    capsys.readouterr()
    assert main(["board", "enter", str(board), str(signed), "--key", str(key), "--json"]) == GOOD
    assert told(capsys)["entered"] == ["incidents/2026-12-late.json"]
    assert main(["board", "fsck", str(board), "--json"]) == GOOD
    assert told(capsys)["ok"] is True


def test_another_key_enters_nothing(board: Path, tmp_path: Path) -> None:
    """The roster names the log's key; a log signed by another would be another log."""
    place = tmp_path / "other.json"
    assert main(["board", "key", "--out", str(place), "--name", ORIGIN]) == GOOD
    assert main(["board", "enter", str(board), "--key", str(place)]) == REFUSED


def test_a_witness_signs_only_what_continues(board: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its cosignature counts for whoever names it; a changed file is not cosigned."""
    place, memory = tmp_path / "witness.json", tmp_path / "witness-memory.json"
    assert main(["board", "key", "--out", str(place), "--name", "witness.example", "--witness"]) == GOOD
    public = capsys.readouterr().out.strip().splitlines()[-1]
    command = ["board", "cosign", str(board), "--key", str(place), "--memory", str(memory)]
    assert main(command) == GOOD
    capsys.readouterr()
    seen = ["--memory", str(tmp_path / "seen.json"), "--json"]
    assert main(["verify", str(board), "--witness", public, *seen]) == GOOD
    assert told(capsys)["log"]["witnesses"] == 1
    (board / "incidents/2026-11-double.json").unlink()
    assert main(command) == FINDING
    assert main(["board", "fsck", str(board)]) == FINDING


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(board: Path) -> Iterator[str]:
    """Serve the board on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(board)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.guarantee("G-07")
def test_a_board_is_verified_at_its_address_and_remembered(
    board: Path, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same checks on what the log names; another log at the same address is found, until one says to forget."""
    command = ["verify", address, "--memory", str(tmp_path / "seen.json"), "--json"]
    assert main(command) == GOOD
    first = told(capsys)
    assert first["releases"] == 3
    assert "verify.unchecked.hidden" in first["not_checked"]
    csv = board / "releases/2026-q1/tables/persons.csv"
    sound = csv.read_bytes()
    csv.write_bytes(sound.replace(b",", b";", 1))
    assert main(command) == FINDING
    assert told(capsys)["findings"] == [{"code": "verify.file", "where": "releases/2026-q1/tables/persons.csv"}]
    csv.write_bytes(sound)
    memory = json.loads((tmp_path / "seen.json").read_text())
    memory["boards"][0]["key"] = Verifier.read(memory["boards"][0]["key"]).text.replace(ORIGIN, "another.invalid")
    (tmp_path / "seen.json").write_text(json.dumps(memory))
    assert main(command) == FINDING
    assert told(capsys)["findings"][-1]["code"] == "log.other_board"
    assert main([*command, "--forget"]) == GOOD


@pytest.mark.parametrize("place", ["ftp://board.example", "http://board.example/", "https://board.example/?a=1"])
def test_addresses_that_are_not_safe_are_not_asked(place: str, tmp_path: Path) -> None:
    """Plain http to another machine, another scheme, a query: exit 2, and nothing is fetched."""
    assert main(["verify", place, "--memory", str(tmp_path / "seen.json")]) == USAGE
