"""A served desk is killed at its writes: nothing that was answered is lost, nothing is half done, and it opens again."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc
from typing import Any, Final

import pytest
from django.db import connection

from bench.desk_browser import Browser
from sansnom.desk.accounts.access import first_broken_entry
from sansnom.desk.accounts.models import Act, Colleague, TrailEntry
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import DATABASE_FILE, KEY_FILE, key_path
from sansnom.desk.people.models import NameVariant, Person, SearchToken
from sansnom.desk.rights.models import Destruction
from sansnom.desk.safekeeping.backup import (
    RESTORING,
    backups_in,
    check_backup,
    check_database,
    make_backup,
    refuse_half_a_restore,
    restore_backup,
)
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault.key_file import RECOVERY, create_key_file, make_recovery, open_key_file, read_key_file
from sansnom.desk.work.models import CaseNote, CaseNoteVersion, Enrolment, GroupSession, Removed, Service
from sansnom.terms.errors import InputError
from tests.death.points import COPY, Orders
from tests.desk.conftest import DATABASE_KEY, PASSWORD, Desk, point_to
from tests.desk.killed import PASSPHRASE, Deed, Life, copies_in, copy_of, live
from tests.desk.rights.test_every_route import CHEAP
from tests.desk.test_stored_files import NOW
from tests.desk.two_programmes import House, two_programmes

pytestmark = pytest.mark.encrypted_file

SOME: Final = 40
"""One write for every run of the tests; `make long` tries all."""
WINDOW: Final = 240
"""So many writes are copied in one life of a desk."""
OVERLAP: Final = 10
"""And so many more, should the count of writes before them differ a little from one life to the next."""
SHARDS: Final = 2
"""The writes are shared by so many tests, for `pytest -n 2`."""
NEXT_PASSPHRASE: Final = "encore cinq mots pour la direction"


@dataclass(frozen=True, slots=True)
class World:
    """A closed desk to copy, what is done on it, and how to read whether it was done: True, False, or an AssertionError."""

    folder: Path
    deeds: list[Deed]
    done: dict[str, Callable[[Path], bool]]


@pytest.fixture
def world(desk: Desk, tmp_path: Path) -> World:
    """Prepare a desk with two files and a note's place, a real password, and a key file with a recovery sheet."""
    opened = create_key_file(key_path(), PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    make_recovery(key_path(), DATABASE_KEY, "2027-03-04", CHEAP)
    house = two_programmes(desk)
    house.open.members.add(desk.director)
    Organization.objects.update(recovery_confirmed_on="2027-03-04")
    director = Colleague.objects.get(pk=desk.director.pk)
    director.wrap = opened.number
    director.password = _real_hash()
    director.save()
    deeds, done = _deeds(house), _done(house, opened.number)
    return World(copy_of(_closed(desk.folder), tmp_path / "world"), deeds, done)


def _real_hash() -> str:
    from django.contrib.auth.hashers import ScryptPasswordHasher

    return ScryptPasswordHasher().encode(PASSWORD, secrets.token_hex(8))


def _closed(folder: Path) -> Path:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    point_to(folder / DATABASE_FILE)
    return folder


def _deeds(house: House) -> list[Deed]:
    awa, number = house.awa.reference, house.desk.director.pk
    typed = {"passphrase": NEXT_PASSPHRASE, "passphrase_again": NEXT_PASSPHRASE}
    new = {"name0-given_names": "Noor", "name0-family_names": "Haddad", "birth_year": "1988"}

    def sheet(browser: Browser) -> None:
        page = browser.get("/work/sessions/new/")
        chosen = page.partition('name="programme"')[2].partition('value="')[2].partition('"')[0]
        told = {"service": "orientation", "held_on": "2026-02-03", "minutes": "90", "unnamed_count": "2"}
        browser.post("/work/sessions/new/", {**told, "programme": chosen, "person": str(awa), "came": str(awa)})

    def note(browser: Browser) -> None:
        page = browser.get(f"/work/{awa}/note/")
        chosen = page.partition('name="programme"')[2].partition('value="')[2].partition('"')[0]
        told = {"words": "Une note", "about_on": "2026-02-03", "programme": chosen}
        browser.post(f"/work/{awa}/note/", told)

    def quick(browser: Browser) -> None:
        told = {"service": "information", "minutes": "15", "starts_on": "2026-02-03", "programme": ""}
        browser.post("/today/quick/", {**told, "who": house.awa.file_number})

    def undo(browser: Browser) -> None:
        page = browser.get(f"/work/{awa}/services/")
        row = page.partition("/work/acts/service/")[2].partition("/")[0]
        browser.post(f"/work/acts/service/{row}/remove/", {})

    return [
        ("open", lambda browser: browser.post("/people/new/", new)),
        ("quick", quick),
        ("sheet", sheet),
        ("note", note),
        ("remove", undo),
        ("passphrase", lambda browser: browser.post(f"/settings/colleagues/{number}/passphrase/", typed)),
        ("recovery", lambda browser: browser.post("/settings/passphrases/sheet/", {})),
        ("backup", lambda browser: browser.post("/settings/backups/now/", {})),
        ("erase", lambda b: b.post(f"/rights/of/{awa}/erase/", {"ground": "request", "number": house.awa.file_number})),
    ]


def _done(house: House, wrap: str) -> dict[str, Callable[[Path], bool]]:
    awa, before = house.awa.pk, Person.objects.count()

    def opened(_: Path) -> bool:
        there = Person.objects.filter(shown_name="Noor Haddad")
        parts: list[Any] = [NameVariant, SearchToken, Enrolment]
        kept = [model.objects.filter(person__in=there).exists() for model in parts]
        assert kept == [there.exists()] * len(parts)
        return there.exists()

    def sheet(_: Path) -> bool:
        held = GroupSession.objects.count()
        assert erased(_) or Service.objects.filter(session__isnull=False).count() == held
        return bool(held)

    def note(_: Path) -> bool:
        assert CaseNote.objects.count() == CaseNoteVersion.objects.count()
        return CaseNote.objects.exists() or erased(_)

    def removed(_: Path) -> bool:
        return Removed.objects.exists() or erased(_)

    def passphrase(folder: Path) -> bool:
        held = [one.number for one in read_key_file(folder / KEY_FILE).wraps if one.number == wrap]
        assert held == [wrap]
        return not _opens(folder, PASSPHRASE)

    def recovery(folder: Path) -> bool:
        sheets = [one for one in read_key_file(folder / KEY_FILE).wraps if one.kind == RECOVERY]
        assert len(sheets) == 1
        new = sheets[0].cost != CHEAP
        relied_on = Organization.objects.get().recovery_confirmed_on is not None
        assert not (new and relied_on), "the desk relies on a sheet that opens nothing"
        return new

    def backup(folder: Path) -> bool:
        found = backups_in(folder / "backups")[
            ::-1
        ]  # the day's own, made at the sign-in, then the one that is asked for
        for path, secret in zip(found, (PASSPHRASE, NEXT_PASSPHRASE), strict=False):
            _drill(path.read_bytes(), path.name, secret)
        return len(found) > 1

    def erased(_: Path) -> bool:
        gone = not Person.objects.filter(pk=awa).exists()
        assert gone == Destruction.objects.exists()
        assert Person.objects.count() == before + opened(_) - gone
        return gone

    def quick(_: Path) -> bool:
        return Service.objects.filter(service="information").exists() or removed(_)

    return {
        "open": opened,
        "quick": quick,
        "sheet": sheet,
        "note": note,
        "remove": removed,
        "passphrase": passphrase,
        "recovery": recovery,
        "backup": backup,
        "erase": erased,
    }


def _opens(folder: Path, secret: str) -> bool:
    return _bytes_open((folder / KEY_FILE).read_bytes(), secret)


@cache
def _bytes_open(keys: bytes, secret: str) -> bool:
    """Say whether a key file opens; the same bytes are tried once, for it is made to be slow."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / KEY_FILE
        path.write_bytes(keys)
        try:
            return open_key_file(path, secret).database_key == DATABASE_KEY
        except Exception:  # noqa: BLE001 - whatever it says, it does not open
            return False


@cache
def _drill(backup: bytes, name: str, secret: str) -> None:
    """Hold the drill on a backup; the same bytes once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(backup)
        check_backup(path, secret, Path(folder) / "drill")


def check_left(world: World, folder: Path, life: Life) -> None:
    """Read what a death left: every page, relation and trail; what was answered is there, what is there was asked."""
    assert _opens(folder, PASSPHRASE) or _opens(folder, NEXT_PASSPHRASE)
    point_to(folder / DATABASE_FILE)
    KEYRING.unlock(DATABASE_KEY)
    with (
        connection.cursor() as cursor
    ):  # as the next start does: a page that was half copied back stands whole beside the file
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    check_database(folder / DATABASE_FILE, DATABASE_KEY)
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
    assert first_broken_entry() is None
    if Service.objects.exists():
        assert TrailEntry.objects.filter(act=Act.CHANGED).exists()
    for name, _ in world.deeds:
        was = world.done[name](folder)
        assert was or name not in life.answered, f"{name} was answered, and is lost"
        assert not was or name in (*life.answered, life.under_way), f"{name} was done before it was asked"
    point_to(folder / DATABASE_FILE)


def die_once(world: World, folder: Path, at: int) -> Life:
    """Let a desk die at one of its writes, and read what it left."""
    copy_of(world.folder, folder)
    life = live(folder, Orders((str(folder),), at=at, cipher=True), PASSWORD, world.deeds)
    check_left(world, folder, life)
    return life


def die_often(world: World, room: Path, first: int) -> dict[str, int]:
    """Let a desk live its day, copied at each of WINDOW writes, and read each copy as what a death there left.

    Gives how many writes of each deed were tried; none when the day ended before the first of them.
    """
    folder, into = room / "desk", room / "copies"
    into.mkdir(parents=True)
    copy_of(world.folder, folder)
    until = first + WINDOW + OVERLAP
    told: dict[str, Any] = {
        "at": first,
        "until": until,
        "act": COPY,
        "into": str(into),
        "note": str(room / "note"),
        "cipher": True,
    }
    life = live(folder, Orders((str(folder),), **told), PASSWORD, world.deeds)
    assert life.answered == [name for name, _ in world.deeds]
    tried: dict[str, int] = {}
    wrong = []
    for place, left in copies_in(into):
        try:
            check_left(world, place, left)
        except Exception:  # noqa: BLE001 - whatever it is, it is told below with the number of its write
            wrong.append(f"write {place.name}, {left}: {format_exc()}")
        tried[left.under_way] = tried.get(left.under_way, 0) + 1
    assert not wrong, f"{len(wrong)} writes\n" + "\n".join(wrong[:6])
    shutil.rmtree(room)
    return tried


@pytest.mark.guarantee("G-08")
def test_killed_at_a_write_a_desk_keeps_what_it_answered(world: World, tmp_path: Path) -> None:
    """The desk dies at one write, what it answered is there, and a new process opens the same folder and goes on."""
    folder = tmp_path / "desk-that-dies"
    life = die_once(world, folder, SOME)
    assert life.under_way
    again = live(folder, Orders((str(folder),)), PASSWORD, [("today", lambda browser: browser.get("/today/"))])
    assert again.answered == ["today"]


@pytest.mark.long
@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_any_write(world: World, tmp_path: Path, shard: int) -> None:
    """Every write of a day's deeds, until a day has none left."""
    told: dict[str, int] = {}
    first = 1 + shard * WINDOW
    while tried := die_often(world, tmp_path / f"from-{first}", first):
        for name, count in tried.items():
            told[name] = told.get(name, 0) + count
        print(f"writes from {first}: {tried}", flush=True)
        first += SHARDS * WINDOW
    assert sum(told.values()) > 2500 // SHARDS
    print(f"{sum(told.values())} writes: {told}")


def test_a_restore_that_was_cut_is_said_and_ended_by_restoring_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at each of its moves: the desk refuses to serve half of two desks; the same command again ends it; nothing is lost."""
    copies = tmp_path / "copies"
    copies.mkdir()
    backup = make_backup(world.folder / DATABASE_FILE, world.folder / KEY_FILE, DATABASE_KEY, copies, NOW)
    whole, cut = Path.replace, tmp_path / "cut"
    for move in range(1, 8):
        folder, seen = copy_of(world.folder, cut / str(move)), [0]

        def replace(path: Path, target: Path, seen: list[int] = seen, move: int = move) -> Path:
            seen[0] += 1
            if seen[0] == move:
                raise KeyboardInterrupt
            return whole(path, target)

        monkeypatch.setattr(Path, "replace", replace)
        try:
            restore_backup(backup, PASSPHRASE, folder, NOW)
        except KeyboardInterrupt:
            pass
        else:
            assert move > 5
        finally:
            monkeypatch.setattr(Path, "replace", whole)

        if (folder / RESTORING).exists():
            with pytest.raises(InputError, match=r"desk\.restore_cut"):
                refuse_half_a_restore(folder)
        restore_backup(backup, PASSPHRASE, folder, NOW)
        refuse_half_a_restore(folder)
        assert check_database(folder / DATABASE_FILE, DATABASE_KEY)[1] > 0
        assert _opens(folder, PASSPHRASE)
