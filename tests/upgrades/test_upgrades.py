"""Upgrades with data: what older versions wrote is opened by this one; nothing is lost or half-done; a desk only after a backup."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench import soak_checks
from sansnom.audit.log_check import Memory
from sansnom.audit.public_check import Look, check_board
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board
from sansnom.board.site import build_site
from sansnom.desk.sqlcipher.base import open_connection
from sansnom.helper import upgrading
from sansnom.helper.check import check_helper
from sansnom.helper.keys import load_helper
from sansnom.helper.states import RunState
from sansnom.helper.store import Store
from sansnom.helper.upgrading import VERSION
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster
from tests.exchange import examples
from tests.helper.world import START, HandClock, Rendezvous, Seat, World, _locked
from tests.upgrades.make_fixtures import fixture

OLD_TABLES = {"plan_keys", "plans", "rosters", "refusals", "ledger", "submissions", "runs", "verdicts"}


@pytest.fixture
def old(tmp_path: Path) -> dict[str, Any]:
    """Lay out three helpers' folders as the older version left them: a plan accepted, two of four organizations in."""
    told: dict[str, Any] = json.loads(fixture("helpers").read_text("utf-8"))
    (tmp_path / "roster.json").write_text(told["roster.json"], "utf-8")
    for party in PARTIES:
        folder = tmp_path / f"helper-{party}"
        folder.mkdir(mode=0o700)
        files = told[folder.name]
        for name in ("helper.json", "secrets.json"):
            (folder / name).write_text(files[name], "utf-8")
            (folder / name).chmod(0o600)
        (folder / "tls.key").touch(mode=0o600)  # no line is opened here
        with closing(sqlite3.connect(folder / "store.sqlite")) as store:
            store.executescript("\n".join(files["store.sql"]))
    return told


def rows_of(path: Path) -> dict[str, list[Any]]:
    """Read every row of every table of the older version."""
    with closing(sqlite3.connect(path)) as store:
        named = {row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: sorted(store.execute(f"SELECT * FROM {name}"), key=repr) for name in sorted(named & OLD_TABLES)}  # noqa: S608 - names of our own schema


def version_of(path: Path) -> int:
    """Read a store's version."""
    with closing(sqlite3.connect(path)) as store:
        return int(store.execute("PRAGMA user_version").fetchone()[0])


def test_the_fixtures_are_what_the_older_versions_wrote(old: dict[str, Any], tmp_path: Path) -> None:
    """They are of the first version, and hold data: otherwise nothing below would be an upgrade."""
    path = tmp_path / "helper-1" / "store.sqlite"
    assert version_of(path) == 1 < VERSION
    rows = rows_of(path)
    assert rows.keys() == OLD_TABLES
    assert {name for name, held in rows.items() if held} >= {"plan_keys", "plans", "ledger", "submissions", "runs"}
    assert len(rows["submissions"]) == 2
    assert old["plan.json"]
    dumped = fixture("desk").read_text("utf-8")
    assert "questions_question" not in dumped
    assert "El Amrani" in dumped


@pytest.mark.guarantee("G-08")
def test_a_helpers_store_is_carried_over_with_every_row(old: dict[str, Any], tmp_path: Path) -> None:
    """Every row of every table is there after; the new table is there and empty; the file is sound."""
    del old
    path = tmp_path / "helper-0" / "store.sqlite"
    before = rows_of(path)
    store = Store(path)
    assert store.earlier() == []
    store.close()
    assert rows_of(path) == before
    assert version_of(path) == VERSION
    with closing(sqlite3.connect(path)) as upgraded:
        assert upgraded.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert upgraded.execute("PRAGMA foreign_key_check").fetchall() == []
    Store(path).close()
    assert rows_of(path) == before


@pytest.mark.guarantee("G-08")
def test_an_upgrade_that_dies_leaves_the_older_store_whole(
    old: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails after it has begun changes nothing; the next start does all of it."""
    del old
    path = tmp_path / "helper-0" / "store.sqlite"
    before = rows_of(path)
    with monkeypatch.context() as broken:
        broken.setitem(upgrading.STEPS, 1, (*upgrading.STEPS[1], "INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            Store(path)
    assert (version_of(path), rows_of(path)) == (1, before)
    Store(path).close()
    assert version_of(path) == VERSION


def test_a_store_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    """Going back to an older program would lose what it does not know of."""
    path = tmp_path / "store.sqlite"
    Store(path).close()
    with closing(sqlite3.connect(path)) as store:
        store.execute(f"PRAGMA user_version={VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"store\.version"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.guarantee("G-08")
def test_a_run_begun_under_the_older_version_ends_under_this_one(old: dict[str, Any], tmp_path: Path) -> None:
    """Two organizations submitted before the upgrade, two after: all four are in the release, under the same keys."""
    roster_file = json.loads(old["roster.json"])
    clock = HandClock()
    clock.forward(hours=1)
    assert clock.now() == START + timedelta(hours=1)
    randomness = _locked(examples.seeded("upgraded"))
    world = World(tmp_path, Roster.from_json(roster_file["signed"]), roster_file, clock, randomness, Rendezvous())
    for party in PARTIES:
        seat = Seat(world, load_helper(tmp_path / f"helper-{party}"))
        seat.restart()
        world.seats.append(seat)
    setting = world.setting(Plan.from_json(json.loads(old["plan.json"])["signed"]))
    world.submit(setting, ("cap", "delta"))
    clock.forward(days=40)  # past its cut-off
    world.finish()
    assert world.states() == [RunState.DESTROYED] * 3
    release = json.loads(world.seats[0].reception.public_file(setting.plan.plan, "release"))
    assert release["signed"]["organizations"] == 4
    for seat in world.seats:
        seat.means.store.close()
        found = {finding.code for finding in check_helper(seat.identity.directory).findings}
        assert found == {"check.certificate"}, "a fixture has no TLS files, and lacks nothing else"
    _checks_of_the_soak_see(world.board, tmp_path / "helper-0" / "store.sqlite")


def _checks_of_the_soak_see(board: Path, store: Path) -> None:
    """What the two-year soak looks at is as it should be here, and each thing that somebody spoils is found."""

    def told() -> set[str]:
        found = [*soak_checks.sound(store), *soak_checks.destroyed(store), *soak_checks.on_the_board(board, store, 0)]
        return {finding.code for finding in found} - {"check.certificate"}

    assert told() == set()
    spoilt = {
        "UPDATE plan_keys SET noise_salt = x'00'": "key.kept",
        "UPDATE submissions SET body = x'00'": "submission.kept",
        "UPDATE runs SET attestation = NULL": "run.unfinished",
        "UPDATE submissions SET manifest = 'other' WHERE number = 1": "receipts.differ",
        "PRAGMA user_version = 1": "store.version",
        "DELETE FROM runs": "store.run",
    }
    whole = store.read_bytes()
    for statement, code in spoilt.items():
        with closing(sqlite3.connect(store)) as line, line:
            line.execute(statement)
        assert code in told(), statement
        store.write_bytes(whole)
    release = next(board.glob("releases/*/release.json"))
    release.write_bytes(release.read_bytes().replace(b'"organizations":4', b'"organizations":5'))
    assert told() == {"board.other"}


# ---------------------------------------------------------------------------------------------------------- the board


@pytest.mark.guarantee("G-07")
def test_a_board_of_the_older_version_still_verifies(tmp_path: Path) -> None:
    """Its signed files, its rosters and its log are believed as they stand; pages are made again by this version."""
    told: dict[str, str] = json.loads(fixture("board").read_text("utf-8"))
    for name, content in told.items():
        path = tmp_path / "board" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes.fromhex(content) if "/tile/" in name else content.encode())
    board = read_board(tmp_path / "board", shipped_dictionaries())
    assert len(board.releases) == 2
    build_site(tmp_path / "board")
    verdict = check_board(tmp_path / "board", shipped_dictionaries(), Look(Memory(tmp_path / "seen.json")))
    assert verdict.findings == ()
    assert (verdict.plans, verdict.releases, verdict.refusals, verdict.withdrawals) == (2, 2, 1, 1)


# ----------------------------------------------------------------------------------------------------------- the desk

KEY = bytes(range(32))


@pytest.fixture
def older_desk(tmp_path: Path) -> Iterator[Path]:
    """Lay out an encrypted desk as the older version left it, and open it."""
    from django.db import connection

    from sansnom.desk.house.places import key_path
    from sansnom.desk.sqlcipher.keyring import KEYRING
    from sansnom.desk.vault.key_file import Cost, create_key_file
    from tests.desk.conftest import point_to

    path = tmp_path / "desk" / "desk.db"
    path.parent.mkdir(mode=0o700)
    with closing(open_connection(str(path), KEY, isolation_level=None)) as line:
        line.execute("PRAGMA foreign_keys=OFF")  # the tables of a dump come in the order of their names
        line.executescript(fixture("desk").read_text("utf-8"))
    point_to(path)
    KEYRING.unlock(KEY)
    create_key_file(key_path(), "cinq mots que nous seules savons", "2027-03-04", Cost(64, 1, 1), KEY)
    yield path
    connection.close()
    KEYRING.lock()


def test_a_desk_of_the_older_version_is_upgraded_after_a_backup_that_opens(older_desk: Path) -> None:
    """Refused and untouched without a backup; with one, every migration is applied, and the files are all there."""
    from django.db import connection

    from sansnom.desk.accounts import migrating
    from sansnom.desk.accounts.models import Colleague
    from sansnom.desk.people.models import NameVariant, Person
    from sansnom.desk.questions import joining
    from sansnom.desk.safekeeping.backup import backups_in, check_backup, check_database
    from sansnom.desk.work.models import Service

    waiting = migrating.migrations_waiting()
    assert waiting >= 8
    with pytest.MonkeyPatch.context() as full:
        full.setattr(migrating, "make_backup", _no_room)
        with pytest.raises(PolicyRefusal, match=r"upgrade_without_backup"):
            migrating.bring_up_to_date(KEY)
    assert migrating.migrations_waiting() == waiting
    migrating.bring_up_to_date(KEY)
    assert migrating.migrations_waiting() == 0
    kept = backups_in(older_desk.parent / "backups")
    assert len(kept) == 1
    assert check_backup(kept[0], "cinq mots que nous seules savons", older_desk.parent).rows > 0
    records = examples.records()
    assert Person.objects.count() == len(records.persons)
    assert Service.objects.count() == len(records.services)
    assert {who.role for who in Colleague.objects.all()} == {"counsellor", "coordinator", "director"}
    assert NameVariant.objects.filter(family_names="El Amrani").exists()
    assert joining.membership().private_keys == ""
    joining.make_keys(joining.membership())
    connection.close()
    assert check_database(older_desk, KEY)[1] > 0


def _no_room(*_: object) -> Path:
    raise InputError("desk.backup_failed", where="backups")
