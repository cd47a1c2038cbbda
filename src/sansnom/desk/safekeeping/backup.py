"""Making, checking, restoring and rotating backups. A backup is as encrypted as the desk: it opens with a passphrase.

One file, `sansnom-desk-20270304-153000.backup`: a zip, stored, of `desk.db` (a consistent copy made by SQLCipher itself,
under the same key), `desk.keys` and `about.json` (when, by which version). No name, no figure is in the clear.
"""

import json
import os
import re
import secrets
import time
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from sansnom.desk.sqlcipher.base import open_connection
from sansnom.desk.vault.key_file import open_key_file, parse_key_file
from sansnom.desk.vault.written import free_name, write_whole
from sansnom.terms.errors import InputError, PolicyRefusal

SCHEMA: Final = "sansnom/desk-backup/1"
SUFFIX: Final = ".backup"
SWEPT_AFTER_SECONDS: Final = 86_400
PREFIX: Final = "sansnom-desk-"
CLOCK_SLACK: Final = timedelta(hours=1)
LEFT_OVER: Final = re.compile(r"\.(?:[0-9a-f]{12}\.(?:db|zip)|(?:drill|restored)-[0-9a-f]{12})")
"""What a backup, a drill or a restore leaves where the power went: encrypted, and nobody's."""
RESTORING: Final = "restoring"
"""A file of this name stands beside the desk while a backup takes its place: without it, half a desk could be taken for none."""
DATABASE, KEYS, ABOUT = "desk.db", "desk.keys", "about.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a backup turned out to hold: whole, when made, how many tables and rows. No content."""

    made_at: str
    tables: int
    rows: int


def make_backup(database: Path, keys: Path, database_key: bytes, folder: Path, moment: datetime) -> Path:
    """Write a backup into a folder and check it; a half-written or unreadable one is never left under its name."""
    if not folder.is_dir():
        raise InputError("desk.backup_folder", where=folder.name)
    sweep(folder)
    target = folder / f"{PREFIX}{moment:%Y%m%d-%H%M%S}{SUFFIX}"
    beside = folder / f".{secrets.token_hex(6)}.db"
    packed = folder / f".{secrets.token_hex(6)}.zip"
    try:
        with closing(open_connection(str(database), database_key, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", [str(beside)])
        about = {"schema": SCHEMA, "made_at": moment.isoformat(timespec="seconds"), "version": version("sansnom")}
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.write(beside, DATABASE)
            archive.writestr(KEYS, keys.read_bytes())
            archive.writestr(ABOUT, json.dumps(about))
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        check_database(beside, database_key)
        packed.replace(target)
    except (OSError, dbapi2.Error):
        raise InputError("desk.backup_failed", where=folder.name) from None
    finally:
        for leftover in (beside, packed):
            leftover.unlink(missing_ok=True)
    return target


def check_database(database: Path, database_key: bytes) -> tuple[int, int]:
    """Read every page of a database, authenticated, and give its numbers of tables and rows."""
    try:
        with closing(dbapi2.connect(database.resolve().as_uri() + "?mode=ro", uri=True)) as connection:
            connection.execute(f"PRAGMA key = \"x'{database_key.hex()}'\"")
            wrong = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if wrong or sound != "ok":
                raise InputError("desk.backup_broken", where=database.name)
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = sum(int(connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]) for name in names)  # noqa: S608 - names of our own schema
            return len(names), rows
    except dbapi2.Error:
        raise InputError("desk.backup_broken", where=database.name) from None


def check_backup(path: Path, secret: str, folder: Path) -> Checked:
    """The drill: open a backup with a passphrase, in a folder of its own, and read all of it. Nothing of the desk changes."""
    folder.mkdir(parents=True, exist_ok=True)
    tried = folder / f".drill-{secrets.token_hex(6)}"
    try:
        about = unpack(path, tried)
        opened = open_key_file(tried / KEYS, secret)
        tables, rows = check_database(tried / DATABASE, opened.database_key)
    finally:
        _remove(tried)
    return Checked(str(about["made_at"]), tables, rows)


def restore_backup(path: Path, secret: str, folder: Path, moment: datetime) -> Checked:
    """Put a backup in the place of the desk, after the drill. A desk that is there is set aside, never removed."""
    checked = check_backup(path, secret, folder)
    sweep(folder)
    fresh = folder / f".restored-{secrets.token_hex(6)}"
    try:
        unpack(path, fresh)
    except BaseException:
        _remove(fresh)
        raise
    write_whole(folder / RESTORING, b"")
    mark = f"set-aside-{moment:%Y%m%d-%H%M%S}"
    for name in (KEYS, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        old = folder / name
        if old.exists():
            old.replace(free_name(folder / f"{name}.{mark}"))
    (fresh / DATABASE).replace(folder / DATABASE)
    (fresh / KEYS).replace(folder / KEYS)
    (folder / RESTORING).unlink()
    _remove(fresh)
    return checked


def refuse_half_a_restore(folder: Path) -> None:
    """Refuse to work on a desk whose restoring was cut: InputError `desk.restore_cut`; restoring again ends it."""
    if (folder / RESTORING).exists():
        raise InputError("desk.restore_cut", where=folder.name)


def sweep(folder: Path) -> None:
    """Remove what was left over here more than a day ago; what is younger may be somebody's work under way."""
    for path in folder.glob(".*"):
        if LEFT_OVER.fullmatch(path.name) and abs(time.time() - path.stat().st_mtime) > SWEPT_AFTER_SECONDS:
            if path.is_dir():
                _remove(path)
            else:
                path.unlink(missing_ok=True)


def backups_in(folder: Path) -> list[Path]:
    """List the backups of a folder, the newest first."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"), reverse=True) if folder.is_dir() else []


def rotate(folder: Path, kept: int) -> int:
    """Remove all but the newest backups and say how many went; the newest stays whatever is asked."""
    gone = backups_in(folder)[max(kept, 1) :]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into a new folder and give what it says about itself; InputError `desk.not_a_backup`.

    Its parts are stored, never packed: none can be longer than the file, whatever the file says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            whole = path.stat().st_size
            sound = all(part.compress_type == zipfile.ZIP_STORED and part.file_size <= whole for part in parts)
            if not sound or sorted(part.filename for part in parts) != sorted((DATABASE, KEYS, ABOUT)):
                raise InputError("desk.not_a_backup", where=path.name)
            told = json.loads(archive.read(ABOUT))
            if not isinstance(told, dict) or told.get("schema") != SCHEMA or not isinstance(told.get("made_at"), str):
                raise InputError("desk.not_a_backup", where=path.name)
            keys = archive.read(KEYS)
            parse_key_file(keys)
            folder.mkdir(mode=0o700)
            write_whole(folder / KEYS, keys)
            archive.extract(DATABASE, folder)
    except (OSError, KeyError, ValueError, RecursionError, zipfile.BadZipFile, RuntimeError, EOFError):
        if folder.is_dir():
            _remove(folder)
        raise InputError("desk.not_a_backup", where=path.name) from None
    return told


def _remove(folder: Path) -> None:
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
    if folder.is_dir():
        folder.rmdir()


def newest_age_seconds(folder: Path, now: datetime) -> float | None:
    """Say how old the newest backup is, by its name; None when there is none.

    One that says it was made later than now was made while the clock was wrong: it stands for no day.
    """
    for path in backups_in(folder):
        try:
            made = datetime.strptime(path.name[len(PREFIX) : -len(SUFFIX)], "%Y%m%d-%H%M%S").replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
        if made <= now + CLOCK_SLACK:
            return (now - made).total_seconds()
    return None


def refuse_without(backup: Path | None) -> None:
    """Refuse an upgrade that no backup precedes."""
    if backup is None or not backup.is_file():
        raise PolicyRefusal("desk.upgrade_without_backup")
