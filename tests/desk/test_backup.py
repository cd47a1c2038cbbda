"""Backups: checked, encrypted, rotated, restored with a drill; upgrades refuse to run without one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from sansnom.cli.main import main
from sansnom.desk.accounts import migrating
from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.models import Draft
from sansnom.desk.house.places import key_path
from sansnom.desk.safekeeping.backup import backups_in, check_backup, make_backup, restore_backup, rotate
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault.key_file import Cost, create_key_file
from sansnom.terms.errors import InputError, PolicyRefusal
from tests.desk.conftest import DATABASE_KEY, Desk

pytestmark = pytest.mark.encrypted_file

PASSPHRASE = "cinq mots que nous seules savons"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
NOON = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def backed(desk: Desk) -> Path:
    """Give a backup of a desk in which somebody wrote a name."""
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    Draft.objects.create(colleague=desk.director, form="f", fields={"name": "Planted Зульфия"})
    folder = desk.folder / "copies"
    folder.mkdir()
    return make_backup(desk.folder / "desk.db", key_path(), DATABASE_KEY, folder, NOON)


def test_a_backup_holds_all_and_tells_nothing(desk: Desk, backed: Path) -> None:
    """It opens with the passphrase and counts all rows; no name can be read in it; nothing is left beside it."""
    found = check_backup(backed, PASSPHRASE, desk.folder)
    assert found.tables > 10
    assert found.rows > 3
    told = backed.read_bytes()
    for word in ("Planted", "Зульфия", "CREATE TABLE"):
        assert word.encode() not in told
        assert word.encode("utf-16-le") not in told
    assert [path.name for path in backed.parent.iterdir()] == [backed.name]
    assert not list(desk.folder.glob(".drill-*"))


def test_a_backup_opens_with_no_other_passphrase(desk: Desk, backed: Path) -> None:
    """A thief with the file needs a passphrase."""
    with pytest.raises(PolicyRefusal, match=r"vault\.wrong"):
        check_backup(backed, "une autre phrase", desk.folder)


def test_damage_is_found_by_the_drill(desk: Desk, backed: Path) -> None:
    """One changed byte in a page is found, and nothing of the desk changes."""
    told = bytearray(backed.read_bytes())
    told[40_000] ^= 1
    backed.write_bytes(bytes(told))
    with pytest.raises(InputError, match=r"desk\.(backup_broken|not_a_backup)"):
        restore_backup(backed, PASSPHRASE, desk.folder, NOON)
    assert Draft.objects.count() == 1
    assert not list(desk.folder.glob("*.set-aside-*"))


def test_restoring_brings_back_what_was_and_sets_the_rest_aside(desk: Desk, backed: Path) -> None:
    """After a restore the desk is the backup's; what was there is set aside, not removed."""
    Draft.objects.all().delete()
    connection.close()
    KEYRING.lock()
    restore_backup(backed, PASSPHRASE, desk.folder, NOON)
    KEYRING.unlock(DATABASE_KEY)
    assert Draft.objects.get().fields == {"name": "Planted Зульфия"}
    assert list(desk.folder.glob("desk.db.set-aside-*"))


def test_only_the_newest_backups_stay(desk: Desk, backed: Path) -> None:
    """Rotation keeps the number asked, the newest, and never removes the last."""
    made = [backed]
    for hours in range(1, 4):
        when = NOON + timedelta(hours=hours)
        made.append(make_backup(desk.folder / "desk.db", key_path(), DATABASE_KEY, backed.parent, when))
    assert rotate(backed.parent, 2) == 2
    assert backups_in(backed.parent) == made[:1:-1]
    rotate(backed.parent, 0)
    assert backups_in(backed.parent) == made[3:]


def test_a_folder_that_is_not_there_is_said(desk: Desk) -> None:
    """An unplugged drive is an error that says so, not an empty backup."""
    with pytest.raises(InputError, match=r"desk\.backup_folder"):
        make_backup(desk.folder / "desk.db", key_path(), DATABASE_KEY, desk.folder / "unplugged", NOON)


def test_an_upgrade_without_a_backup_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When migrations wait and the backup fails, they do not run."""
    ran = []
    monkeypatch.setattr(migrating, "migrations_waiting", lambda: 1)
    monkeypatch.setattr(migrating, "migrate", lambda: ran.append(True))
    (desk.folder / "backups").mkdir()
    with pytest.raises(PolicyRefusal, match="upgrade_without_backup"):
        migrating.bring_up_to_date(DATABASE_KEY)  # no key file: the backup cannot be made
    assert ran == []
    create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    migrating.bring_up_to_date(DATABASE_KEY)
    assert ran == [True]
    assert len(backups_in(desk.folder / "backups")) == 1


def test_the_command_line_backs_up_checks_and_restores(
    desk: Desk, backed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sansnom desk backup|check|restore` work with a passphrase that is never an argument."""
    import io

    def run(*words: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(PASSPHRASE + "\n"))
        return main(["--language", "fr", "desk", "--folder", str(desk.folder), *words])

    connection.close()
    KEYRING.lock()
    assert run("backup", str(backed.parent)) == 0
    newest = backups_in(backed.parent)[0]
    assert run("check", str(newest), "--json") == 0
    assert '"ok": true' in capsys.readouterr().out
    assert run("restore", str(newest)) == 0
    assert run("check", str(key_path())) == 2
    KEYRING.unlock(DATABASE_KEY)
    assert Colleague.objects.count() == 3


def test_a_director_backs_up_by_a_button_and_the_day_does_by_itself(desk: Desk, backed: Path, director: Client) -> None:
    """The page makes a checked backup at once; the first sign-in of a day starts one, and only one."""
    from sansnom.desk.accounts import keeping

    assert director.post("/settings/backups/", {"backup_folder": "/no/such", "backups_kept": 3}).status_code == 200
    chosen = {"backup_folder": str(backed.parent), "backups_kept": 3}
    assert director.post("/settings/backups/", chosen).status_code == 302
    assert director.post("/settings/backups/now/").status_code == 302
    newest = backups_in(backed.parent)
    assert newest[0].name in director.get("/settings/backups/").content.decode()
    for path in newest:
        path.unlink()
    keeping._beside(DATABASE_KEY, backed.parent, 3, NOON)
    assert len(backups_in(backed.parent)) == 1
    keeping._beside(DATABASE_KEY, backed.parent / "unplugged", 3, NOON)
    assert "12" in director.get("/settings/backups/").content.decode()
    assert keeping.FAILED == [NOON]
    keeping.FAILED.clear()


@pytest.mark.parametrize("verb", ["backup", "check", "restore"])
def test_a_database_on_a_server_is_not_this_programs_to_back_up(
    desk: Desk, backed: Path, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the one setting each verb refuses and says whose affair it is: above all, no other key file is put in place."""
    monkeypatch.setenv("SANSNOM_DESK_DATABASE", "postgresql://desk@localhost/desk")
    before = key_path().read_bytes()
    where = str(backed.parent if verb == "backup" else backed)
    assert main(["desk", "--folder", str(desk.folder), verb, where]) != 0
    assert "desk.keys" in "".join(capsys.readouterr())
    assert key_path().read_bytes() == before
    assert not list(desk.folder.glob("*set-aside*"))
