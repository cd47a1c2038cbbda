"""The board's log: grows, survives a kill at every write, refuses a second writer and a changed past."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.board.journal import Entry, Journal, _alone, entry_of, kept_key, write_whole
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.transparency.note import COSIGNATURE, verifier_of
from sansnom.transparency.tiles import root_from

KEY = Ed25519PrivateKey.from_private_bytes(bytes((7,)) * 32)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEEPER = verifier_of("board.example", KEY)


class Killed(BaseException):
    """Stands for SIGKILL: nothing may catch it."""


def _entries(first: int, count: int) -> list[Entry]:
    return [entry_of("plan", f"plans/p{n}/plan.json", {"plan": n}, NOW) for n in range(first, first + count)]


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    """What was entered in three goes is read back as one list, under one root."""
    journal = Journal(tmp_path, KEEPER)
    assert journal.entries() == ()
    for first, count in ((0, 1), (1, 300), (301, 4)):
        journal.append(_entries(first, count), KEY)
    assert list(journal.entries()) == _entries(0, 305)
    assert kept_key(tmp_path) == KEEPER
    assert journal.append([], KEY).size == 305


@pytest.mark.guarantee("G-08")
def test_a_writer_killed_at_any_write_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Killed before or after each write, the log reads as before or as after; the next writer goes on from there."""
    writes = 0

    def counting(place: Path, content: bytes) -> None:
        nonlocal writes
        writes += 1
        write_whole(place, content)

    plain = Journal(tmp_path / "plain", KEEPER, counting)
    plain.append(_entries(0, 250), KEY)
    writes = 0
    plain.append(_entries(250, 10), KEY)
    total = writes
    assert total >= 6
    for dies_at in range(total):
        for torn in (False, True):
            board = tmp_path / f"{dies_at}-{torn}"
            Journal(board, KEEPER).append(_entries(0, 250), KEY)
            left = dies_at

            def dying(place: Path, content: bytes, torn: bool = torn) -> None:
                nonlocal left
                if left == 0:
                    if torn:  # the file beside was being written
                        place.parent.mkdir(parents=True, exist_ok=True)
                        place.with_name(f".{place.name}.1").write_bytes(content[: len(content) // 2])
                    raise Killed
                left -= 1
                write_whole(place, content)

            with pytest.raises(Killed):
                Journal(board, KEEPER, dying).append(_entries(250, 10), KEY)
            journal = Journal(board, KEEPER)
            assert list(journal.entries()) == _entries(0, 250)
            journal.append(_entries(400, 5), KEY)
            assert list(journal.entries()) == [*_entries(0, 250), *_entries(400, 5)]
            checkpoint = journal.checkpoint()[0]
            assert root_from(journal.read, checkpoint.size) == checkpoint.root


def test_what_a_killed_writer_left_is_named(tmp_path: Path) -> None:
    """Files beyond the checkpoint are told, those within are not."""
    journal = Journal(tmp_path, KEEPER)
    journal.append(_entries(0, 3), KEY)
    assert journal.remains() == ()
    write_whole(tmp_path / "log" / "tile" / "0" / "000.p" / "9", b"")
    assert journal.remains() == ("log/tile/0/000.p/9",)


@pytest.mark.guarantee("G-07")
def test_nothing_is_signed_over_a_changed_past(tmp_path: Path) -> None:
    """A tile that was changed stops the next writer."""
    journal = Journal(tmp_path, KEEPER)
    journal.append(_entries(0, 3), KEY)
    tile = tmp_path / "log" / "tile" / "0" / "000.p" / "3"
    tile.write_bytes(bytes(96))
    with pytest.raises(PolicyRefusal, match=r"log\.root"):
        journal.append(_entries(3, 1), KEY)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer is told that the log is busy, and tries later."""
    journal = Journal(tmp_path, KEEPER)
    with _alone(tmp_path / "log"), pytest.raises(PolicyRefusal, match=r"log\.busy"):
        journal.append(_entries(0, 1), KEY)
    journal.append(_entries(0, 1), KEY)


def test_another_key_cannot_write(tmp_path: Path) -> None:
    """The log has one key; another is refused before anything is written."""
    with pytest.raises(PolicyRefusal, match=r"log\.key"):
        Journal(tmp_path, KEEPER).append(_entries(0, 1), Ed25519PrivateKey.generate())
    assert not (tmp_path / "log").exists()


def test_a_witness_adds_its_word(tmp_path: Path) -> None:
    """A cosignature stands in the checkpoint until the next one is signed."""
    journal = Journal(tmp_path, KEEPER)
    journal.append(_entries(0, 2), KEY)
    other = Ed25519PrivateKey.from_private_bytes(bytes((9,)) * 32)
    journal.cosign("witness.example", other, NOW)
    witness = verifier_of("witness.example", other, COSIGNATURE)
    checkpoint, held = journal.checkpoint([witness])
    assert (checkpoint.size, [h.time for h in held]) == (2, [int(NOW.timestamp())])


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"schema":"sansnom/log-entry/1"}', b"\xff", b"[" * 5000])
def test_an_entry_is_read_strictly(content: bytes) -> None:
    """Whatever is not an entry in canonical form is refused by name."""
    with pytest.raises(PolicyRefusal, match=r"log\.entry"):
        Entry.from_bytes(content)


def test_a_board_without_a_log_says_so(tmp_path: Path) -> None:
    """No key beside the log: a clear word, not a crash."""
    with pytest.raises(InputError, match=r"log\.no_key"):
        kept_key(tmp_path)


def test_what_a_killed_writer_left_half_written_is_swept_by_the_next(tmp_path: Path) -> None:
    """A hidden file of another process's number would stay for good: it is named as a remain, then gone."""
    journal = Journal(tmp_path, KEEPER)
    journal.append(_entries(0, 3), KEY)
    left = tmp_path / "log" / "tile" / "entries" / "000.p" / ".3.4711"
    left.write_bytes(b"half")
    assert journal.remains() == ("log/tile/entries/000.p/.3.4711",)
    journal.append(_entries(3, 1), KEY)
    assert not left.exists()
    assert journal.remains() == ()
    assert len(journal.entries()) == 4


@pytest.mark.parametrize(
    "content", ['{"verifier":"KEY","more":1}', "[]", '{"verifier":1}', "{", '{"verifier":"x+y+z"}']
)
def test_the_key_beside_the_log_is_read_strictly(tmp_path: Path, content: str) -> None:
    """Nothing may be written beside the key unseen: whatever else stands in the file is refused."""
    Journal(tmp_path, KEEPER).append(_entries(0, 1), KEY)
    (tmp_path / "log" / "key.json").write_text(content.replace("KEY", KEEPER.text))
    with pytest.raises(InputError, match=r"log\.no_key|note\.key"):
        kept_key(tmp_path)
