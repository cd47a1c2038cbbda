"""One wrong byte in a stored file, a full disk, a disk that cannot be written: each has a name and a way back."""

import errno
import os
import random
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.test import Client, RequestFactory
from sqlcipher3 import dbapi2

from sansnom.desk.house.errors import bad_request
from sansnom.desk.house.places import DATABASE_FILE, KEY_FILE, key_path
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.safekeeping.backup import check_backup, make_backup
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault.key_file import create_key_file, open_key_file, read_key_file
from sansnom.desk.work.opening import open_file
from sansnom.terms.errors import InputError, PolicyRefusal
from tests.desk.conftest import DATABASE_KEY, Desk, point_to
from tests.desk.rights.test_every_route import CHEAP
from tests.desk.two_programmes import two_programmes

pytestmark = pytest.mark.encrypted_file

PASSPHRASE = "cinq mots que nous seules savons"
NOW = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)


def changed(body: bytes, place: int) -> bytes:
    """Give the same bytes with one of them another."""
    return body[:place] + bytes([body[place] ^ 0x11]) + body[place + 1 :]


@pytest.fixture
def closed(desk: Desk) -> Path:
    """Give the folder of a desk with a file and a key file, with everything written back and closed."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    house = two_programmes(desk)
    for number in range(40):
        open_file(desk.director, house.open, [Name(f"Awa {number}", "Diop")])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    point_to(desk.folder / DATABASE_FILE)
    return desk.folder


def test_any_wrong_byte_of_the_key_file_is_told_from_a_wrong_passphrase(closed: Path) -> None:
    """Each byte in turn: unreadable, by name; never a passphrase that is said to be wrong, never another key."""
    path = closed / KEY_FILE
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(changed(whole, place))
        with pytest.raises(InputError, match=r"vault\.unreadable"):
            read_key_file(path)
    path.write_bytes(whole)
    assert open_key_file(path, PASSPHRASE).database_key == DATABASE_KEY
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        open_key_file(path, PASSPHRASE + "x")


def test_who_unlocks_with_a_damaged_key_file_reads_the_way_back(closed: Path, stranger: Client) -> None:
    """The page says that the file is damaged and names the command; it does not count a wrong try."""
    path = closed / KEY_FILE
    path.write_bytes(changed(path.read_bytes(), 300))
    answer = stranger.post("/unlock/", {"passphrase": PASSPHRASE})
    assert answer.status_code == 409
    assert "sansnom desk restore" in answer.content.decode()


def test_a_wrong_byte_anywhere_in_the_database_is_a_page_that_names_it(closed: Path, desk: Desk) -> None:
    """In the first page, and in every page that a list reads: damaged, and the way back; never a page that is half right."""
    database = closed / DATABASE_FILE
    whole, told = database.read_bytes(), []
    draw = random.Random(645)
    for place in (8, 17, *(draw.randrange(4096, len(whole)) for _ in range(10))):
        database.write_bytes(changed(whole, place))
        point_to(database)
        KEYRING.unlock(DATABASE_KEY)
        client = Client(headers={"host": "localhost"}, raise_request_exception=False)
        client.cookies["desk_session"] = "nobody" * 6
        answers = [client.get("/sign-in/")]
        try:
            client.force_login(desk.director)
        except Exception as error:  # noqa: BLE001 - whatever the driver raises is named below
            assert getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in {11, 26}  # noqa: PT017 - only where it fails
        else:
            answers.append(client.get("/people/list/"))
        for answer in answers:
            assert answer.status_code in {200, 302, 500}
            if answer.status_code == 500:
                told.append(place)
                assert "sansnom desk restore" in answer.content.decode()
                assert "Diop" not in answer.content.decode()
    assert {8, 17} <= set(told)


def test_a_wrong_byte_anywhere_in_a_backup_is_found_by_the_drill(closed: Path, tmp_path: Path) -> None:
    """Sixty places drawn from the whole file: none passes, each is named."""
    folder, tried = tmp_path / "copies", tmp_path / "tried"
    folder.mkdir()
    backup = make_backup(closed / DATABASE_FILE, closed / KEY_FILE, DATABASE_KEY, folder, NOW)
    whole = backup.read_bytes()
    assert check_backup(backup, PASSPHRASE, tried).rows > 40
    draw, passed = random.Random(646), []
    for place in (0, len(whole) - 5, *(draw.randrange(len(whole)) for _ in range(58))):
        backup.write_bytes(changed(whole, place))
        try:
            check_backup(backup, PASSPHRASE, tried)
        except (InputError, PolicyRefusal) as error:
            assert error.code in {"desk.not_a_backup", "desk.backup_broken", "vault.unreadable"}  # noqa: PT017 - and only these
        else:
            passed.append(place)
    assert passed == []
    assert list(tried.iterdir()) == []


def test_a_full_disk_refuses_by_name_and_loses_nothing(desk: Desk, director: Client) -> None:
    """No file may grow: the page says that the disk is full; with room again everything is there, and work goes on."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    house = two_programmes(desk)
    before = Person.objects.count()
    director.raise_request_exception = False
    note = {"form": "work.note", "fields": '[["words", "' + "x" * 20_000 + '"]]'}
    folder = desk.folder / "backups"
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, hard))
        answer = director.post("/draft/", note)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(InputError, match=r"desk\.backup_failed"):
            make_backup(desk.folder / DATABASE_FILE, key_path(), DATABASE_KEY, folder, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(folder.iterdir()) == []
    assert answer.status_code == 500
    assert any(word in answer.content.decode() for word in ("disque est plein", "disque ne répond pas"))
    assert Person.objects.count() == before
    assert director.post("/draft/", note).status_code < 400
    open_file(desk.director, house.open, [Name("Awa", "Diop")])
    assert Person.objects.count() == before + 1


def test_a_full_disk_is_told_where_the_key_file_or_the_session_finds_no_room(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passphrase that cannot be kept, and a session that cannot be: the disk is full, and nothing else is to blame."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    director.raise_request_exception = False
    held, opened = key_path().read_bytes(), os.open

    def no_room(path: object, *rest: int, **told: int) -> int:
        if str(path).startswith(str(desk.folder)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(str(path), *rest, **told)

    monkeypatch.setattr("os.open", no_room)
    typed = {"passphrase": PASSPHRASE + " encore", "passphrase_again": PASSPHRASE + " encore"}
    told = director.post(f"/settings/colleagues/{desk.director.pk}/passphrase/", typed)
    pages = [(told.status_code, told.content.decode())]
    monkeypatch.undo()
    assert key_path().read_bytes() == held

    full = dbapi2.OperationalError("database or disk is full")
    full.sqlite_errorcode = 13
    interrupted, unsaved = (
        SessionInterrupted(),
        UpdateError(),
    )  # as Django's session says it, one while telling the other
    interrupted.__context__, unsaved.__context__ = unsaved, full
    answer = bad_request(RequestFactory().get("/"), interrupted)
    pages.append((answer.status_code, answer.content.decode()))
    for status, page in pages:
        assert (status, "<h1>Le disque est plein</h1>" in page) == (500, True)
    assert bad_request(RequestFactory().get("/"), SessionInterrupted()).status_code == 400


def test_a_disk_that_cannot_be_written_is_told_for_what_it_is(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading goes on; a change is refused by name; a passphrase is not half changed."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    director.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    answer = director.post("/draft/", {"form": "f", "fields": '[["a", "b"]]'})
    assert answer.status_code == 500
    assert "disque est protégé" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")
    held = key_path().read_bytes()

    def refused(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("os.open", refused)
    with pytest.raises(OSError, match="Read-only"):
        create_key_file(key_path().with_name("other.keys"), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    monkeypatch.undo()
    assert key_path().read_bytes() == held
