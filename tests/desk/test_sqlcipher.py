"""The encrypted file: Django works on it, and it tells nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, models
from django.db.models import Count

from sansnom.desk.accounts.models import Act, Colleague, Role, TrailEntry
from sansnom.desk.house.models import Draft
from sansnom.desk.sqlcipher.keyring import KEYRING, DeskLocked
from sansnom.desk.sqlcipher.pool import POOL
from tests.desk.conftest import Desk

pytestmark = pytest.mark.encrypted_file


def test_a_desk_reads_back_what_it_wrote(desk: Desk) -> None:
    """Moments, booleans and JSON come back as they went in."""
    at = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)
    TrailEntry.objects.create(at=at, colleague=desk.director, act=Act.LOOKED, person_reference="7", chained="")
    Draft.objects.create(colleague=desk.director, form="f", fields={"note": ["سلام", 3]})
    entry = TrailEntry.objects.get()
    assert entry.at == at
    assert Draft.objects.get().fields == {"note": ["سلام", 3]}
    assert entry.colleague.is_active is True


def test_queries_with_percent_signs_and_names_work(desk: Desk) -> None:
    """Both ways Django gives parameters reach SQLCipher, and a percent sign stays one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s || '%%'", ["a"])
        assert cursor.fetchone() == ("a%",)
        cursor.execute("SELECT %(one)s", {"one": 1})
        assert cursor.fetchone() == (1,)
    assert Colleague.objects.filter(name__icontains="AMIL").count() == 1
    assert dict(Colleague.objects.values_list("role").annotate(Count("pk")))[Role.DIRECTOR] == 1


def test_dates_and_decimals_have_adapters(desk: Desk) -> None:
    """Days and decimals are written as Django's SQLite writes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, %s", [date(2027, 1, 2), Decimal("1.50")])
        assert cursor.fetchone() == ("2027-01-02", "1.50")
    assert Colleague.objects.aggregate(most=models.Max("last_login"))["most"] is None


def test_the_file_and_its_write_ahead_log_tell_nothing(desk: Desk) -> None:
    """Neither the file nor its write-ahead log holds a planted name or SQLite's own words, in any usual encoding."""
    name = "Зульфия Planted-Name Ngozi"
    Draft.objects.create(colleague=desk.director, form="f", fields={"name": name})
    connection.close()
    written = list(desk.folder.iterdir())
    assert any(path.name.endswith("-wal") and path.stat().st_size for path in written)
    for path in written:
        told = path.read_bytes()
        for part in (*name.split(), "SQLite format 3", "CREATE TABLE"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert part.encode(encoding) not in told, path.name


def test_a_locked_desk_opens_nothing(desk: Desk) -> None:
    """Without its key the database is refused, also where a connection was open before."""
    assert Colleague.objects.count() == 3
    connection.close()
    KEYRING.lock()
    with pytest.raises(DeskLocked):
        Colleague.objects.count()


def test_another_key_opens_nothing(desk: Desk) -> None:
    """A wrong key reads no page."""
    connection.close()
    KEYRING.lock()
    KEYRING.unlock(b"\x01" * 32)
    with pytest.raises(Exception, match="not a database"):
        Colleague.objects.count()


def test_the_database_waits_for_the_disk_and_leaves_no_temporary_file(desk: Desk) -> None:
    """Accepted means on the disk; sorting stays in memory; what is erased is overwritten."""
    with connection.cursor() as cursor:
        told = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "temp_store", "secure_delete", "foreign_keys")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "temp_store": 2, "secure_delete": 1, "foreign_keys": 1}


def test_an_uncommitted_change_does_not_ride_on_a_pooled_connection(desk: Desk, tmp_path: Path) -> None:
    """A connection goes back to the pool without what it had not committed."""
    connection.set_autocommit(False)
    Draft.objects.create(colleague=desk.director, form="f", fields={})
    connection.close()
    assert Draft.objects.count() == 0


def test_a_connection_is_never_handed_out_as_another_file_s(desk: Desk, tmp_path: Path) -> None:
    """Closed after the settings came to name another file, a connection is kept under the file it was opened for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    opened = str(connection.settings_dict["NAME"])
    other = str(tmp_path / "other.db")
    connection.settings_dict["NAME"] = other
    try:
        connection.close()
        assert POOL.take(other) is None
    finally:
        connection.settings_dict["NAME"] = opened
    assert POOL.take(opened) is not None
