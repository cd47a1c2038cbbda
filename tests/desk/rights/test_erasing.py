"""Erasure: after it, every page of the database is decrypted here, by other code than the desk's, and searched."""

import base64
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import DatabaseError, connection, transaction
from django.test import Client

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.house.models import Draft
from sansnom.desk.house.places import key_path
from sansnom.desk.people.models import Person
from sansnom.desk.rights import erasing
from sansnom.desk.rights.models import Destruction, Proof
from sansnom.desk.safekeeping.backup import backups_in, make_backup
from sansnom.desk.vault.key_file import Cost, create_key_file
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.rights.full_file import GOAL, NAMES, NOTE, PHONE, full

PASSPHRASE = "cinq mots que nous seules savons"
PLANTED = (*NAMES, GOAL, NOTE, PHONE, "Planted-Shelter", "Planted-Draft")


def read_through(path: Path) -> bytes:
    """Decrypt a database or a write-ahead log whole, page by page, without SQLite. Frames are read at their place."""
    told, raw = [], path.read_bytes()
    is_log = path.name.endswith("-wal")
    place, step = (32, 24 + 4096) if is_log else (0, 4096)
    while place + step <= len(raw):
        page = raw[place + step - 4096 : place + step]
        for skipped in {0, 16} if is_log or place == 0 else {0}:
            cipher = Cipher(algorithms.AES(DATABASE_KEY), modes.CBC(page[4016:4032])).decryptor()
            told.append(cipher.update(page[skipped:4016]) + cipher.finalize())
        place += step
    return b"".join(told)


def found_in(raw: bytes, text: str) -> bool:
    """Search a text in every usual encoding."""
    plain = text.encode()
    ways = [plain, text.encode("utf-16-le"), text.encode("utf-16-be"), quote(text).encode(), plain.hex().encode()]
    ways += [text.encode("ascii", "backslashreplace"), text.encode("unicode_escape")]
    ways += [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    if all(ord(sign) < 256 for sign in text):
        ways.append(text.encode("latin-1"))
    return any(way in raw for way in ways)


def everything(desk: Desk) -> bytes:
    """Read all that the desk's database leaves on the disk."""
    held = [path for path in desk.folder.iterdir() if path.name in {"desk.db", "desk.db-wal"}]
    return b"".join(read_through(path) for path in held)


def erased_by(client: Client, person: Person, ground: str = "request") -> int:
    """Erase through the page, and give the number in the register."""
    answer = client.post(f"/rights/of/{person.reference}/erase/", {"ground": ground, "number": person.file_number})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].rstrip("/").rpartition("/")[2])


@pytest.mark.encrypted_file
@pytest.mark.guarantee("G-10")
def test_nothing_of_an_erased_file_is_left_on_the_disk(desk: Desk, coordinator: Client, counsellor: Client) -> None:
    """The planted texts are in the decrypted file before, and after erasing in no page of it nor of the log."""
    house = full(desk)
    fields = [["words", f"Planted-Draft {NAMES[0]}"]]
    Draft.objects.create(colleague=desk.counsellor, form=f"work.note:{house.awa.reference}", fields=fields)
    counsellor.post(
        "/me/", {"name": NAMES[0], "language": "fr"}
    )  # a message with a name waits in no session afterwards
    desk.counsellor.refresh_from_db()
    desk.counsellor.name = "Camille"
    desk.counsellor.save()
    before = everything(desk)
    for planted in PLANTED:
        assert found_in(before, planted), planted
    number = house.awa.file_number
    line = Destruction.objects.get(pk=erased_by(coordinator, house.awa))
    after = everything(desk)
    for planted in (*PLANTED, number):
        assert not found_in(after, planted), planted
    assert line.proof.holds
    assert line.proof.pages > 50
    assert found_in(after, "Mansouri")  # another file is untouched
    assert TrailEntry.objects.filter(act=Act.ERASED, person_reference=str(house.awa.reference)).count() == 1


@pytest.mark.encrypted_file
def test_the_proof_finds_what_is_left(desk: Desk, coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rewriting is left out, free pages and the log still tell, and the proof says that it does not hold."""
    from django.db.backends.utils import CursorWrapper

    house = full(desk)
    whole = CursorWrapper.execute

    def lazy(cursor: CursorWrapper, query: str, params: object = None) -> object:
        if query == "VACUUM" or query.startswith("PRAGMA wal_checkpoint"):
            return cursor
        return whole(cursor, query, params)  # type: ignore[arg-type]  # as Django passes it

    monkeypatch.setattr(CursorWrapper, "execute", lazy)
    line = Destruction.objects.get(pk=erased_by(coordinator, house.awa))
    assert not line.proof.holds
    page = coordinator.get(f"/rights/destructions/{line.pk}/").content.decode()
    assert "a trouvé un reste" in page


def test_erasing_asks_for_the_number_and_the_role(desk: Desk, counsellor: Client, coordinator: Client) -> None:
    """Another number erases nothing; a counsellor is refused."""
    house = full(desk)
    address = f"/rights/of/{house.awa.reference}/erase/"
    assert coordinator.post(address, {"ground": "request", "number": "AAAA-BBBB"}).status_code == 200
    assert counsellor.post(address, {"ground": "request", "number": house.awa.file_number}).status_code == 403
    assert Person.objects.filter(pk=house.awa.pk).exists()
    assert not Destruction.objects.exists()


def test_the_register_counts_no_hidden_row(desk: Desk, coordinator: Client) -> None:
    """Cosima, outside the shelter, erases: the shelter's rows go, and the register's count does not tell of them."""
    house = full(desk)
    hidden = 2  # the enrolment and the goal in the shelter
    whole = 1 + len(erasing._rows_of(house.awa))
    line = Destruction.objects.get(pk=erased_by(coordinator, house.awa))
    assert line.rows == whole - hidden


@pytest.mark.encrypted_file
def test_another_bearer_of_the_name_is_told_without_being_called_a_remain(desk: Desk, coordinator: Client) -> None:
    """Two persons of one name: erasing one leaves the other, and the page says that the name still stands."""
    from sansnom.desk.people.naming import Name
    from sansnom.desk.work.opening import open_file

    house = full(desk)
    open_file(desk.counsellor, house.open, [Name(NAMES[0])])
    line = Destruction.objects.get(pk=erased_by(coordinator, house.awa))
    assert line.proof.holds
    assert line.proof.name_elsewhere >= 1


@pytest.mark.encrypted_file
@pytest.mark.parametrize("table", ["rights_destruction", "rights_proof"])
def test_nobody_edits_the_register(desk: Desk, coordinator: Client, table: str) -> None:
    """UPDATE, DELETE and REPLACE by raw SQL are refused by the database."""
    house = full(desk)
    erased_by(coordinator, house.awa)
    assert Proof.objects.count() == 1
    for words in ("UPDATE {} SET id = id + 1", "DELETE FROM {}", "REPLACE INTO {0} SELECT * FROM {0}"):
        statement = words.format(table)
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Destruction.objects.count() == 1


@pytest.mark.encrypted_file
def test_backups_are_told_and_can_be_renewed_at_once(desk: Desk, director: Client) -> None:
    """The page says how many hold the file and until when; one button leaves a fresh one alone, without the person."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", Cost(memory_kib=64, passes=1, lanes=1), DATABASE_KEY)
    house = full(desk)
    folder = desk.folder / "backups"
    folder.mkdir()
    for hour in (1, 2):
        make_backup(desk.folder / "desk.db", key_path(), DATABASE_KEY, folder, datetime(2026, 1, 1, hour, tzinfo=UTC))
    number = erased_by(director, house.awa)
    line = Destruction.objects.get(pk=number)
    assert line.backups == 2
    assert isinstance(line.backups_gone_on, date)
    assert "2 copies" in director.get(f"/rights/destructions/{number}/").content.decode()
    assert director.post(f"/rights/destructions/{number}/backups/").status_code == 302
    assert len(backups_in(folder)) == 1
