"""`sansnom helper check`: nothing is found in a good folder at any stage, and each damage is named where it stands."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sansnom.cli.main import main
from sansnom.helper.check import check_helper
from sansnom.helper.serve import open_means
from sansnom.helper.watch import Watch
from sansnom.terms.errors import InputError
from sansnom.terms.party import PARTIES
from tests.helper.test_runs import break_at, ready
from tests.helper.test_serve import service
from tests.helper.world import PLAN, World, make_world


def codes(folder: Path) -> list[str]:
    """Give the codes of what is found."""
    return [finding.code for finding in check_helper(folder).findings]


def all_codes(world: World) -> list[str]:
    """Give what is found in any of three folders."""
    return [code for seat in world.seats for code in codes(seat.identity.directory)]


def test_nothing_is_found_at_any_stage_of_a_run(tmp_path: Path) -> None:
    """Empty, open, closed, broken off in the middle, signed, destroyed: a helper that lives is always in order."""
    world = make_world(tmp_path)
    assert all_codes(world) == []
    setting = world.publish_plan()
    world.submit(setting)
    assert all_codes(world) == []
    world.close(setting)
    break_at(world, PARTIES[1], "linking", ValueError("broken off"))
    world.turn_all()
    assert world.states() == ["computing"] * 3
    assert all_codes(world) == []
    world.turn_all()
    assert world.states() == ["signed"] * 3
    assert all_codes(world) == []
    world.finish()
    checked = check_helper(world.seats[0].identity.directory)
    assert (checked.findings, checked.plans, checked.submissions) == ((), 1, 4)


def test_nothing_is_found_after_a_stop_for_good(tmp_path: Path) -> None:
    """A run that was aborted has no release and no key, and that is in order."""
    world = make_world(tmp_path)
    setting = world.publish_plan()
    world.submit(setting, ("aube", "brise"))
    world.close(setting)
    world.finish()
    assert world.states() == ["destroyed"] * 3
    assert all_codes(world) == []


def _flip(content: bytes) -> bytes:
    return content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]


def _in_table(table: str, column: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with sqlite3.connect(folder / "store.sqlite", isolation_level=None) as connection:
            value: Any = connection.execute(f"SELECT {column} FROM {table} LIMIT 1").fetchone()[0]  # noqa: S608 - names of this module
            changed: Any = _flip(value) if isinstance(value, bytes) else value[:-2] + "x" + value[-1:]
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (changed, value))  # noqa: S608 - as above
        connection.close()

    return damage


def _in_file(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = (folder / name).read_bytes()
        middle = len(content) // 2
        (folder / name).write_bytes(content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :])

    return damage


def _copy(folder: Path) -> None:
    shutil.copy(folder / "store.sqlite", folder / "store.sqlite.bak")


DAMAGES = {
    "plan": (_in_table("plans", "envelope"), "check.plan"),
    "charge": (_in_table("ledger", "envelope"), "check.ledger"),
    "key": (_in_table("plan_keys", "seal_private"), "check.plan_key"),
    "salt": (_in_table("plan_keys", "noise_salt"), "check.plan_key"),
    "body": (_in_table("submissions", "body"), "check.submission"),
    "manifest": (_in_table("submissions", "manifest"), "check.receipt"),
    "receipt": (_in_table("submissions", "receipt"), "check.receipt"),
    "set": (_in_table("runs", "agreed_signed"), "check.file"),
    "certificate": (_in_file("tls.pem"), "check.certificate"),
    "copy": (_copy, "check.copy"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_named(tmp_path: Path, damage: str) -> None:
    """One byte of each thing that is kept, a copy of the file: the check says which."""
    world, _ = ready(tmp_path)
    break_at(world, PARTIES[1], "signing", ValueError("broken off"))
    world.turn_all()
    assert world.states() == ["opened"] * 3
    folder = world.seats[0].identity.directory
    act, expected = DAMAGES[damage]
    act(folder)
    assert expected in codes(folder)


def test_a_key_that_should_be_gone_is_named(tmp_path: Path) -> None:
    """A run that says that it is over while a key is still there is the one thing that must not pass."""
    world, _ = ready(tmp_path)
    key = world.seats[0].means.store.plan_key(PLAN)
    assert key is not None
    world.finish()
    world.seats[0].means.store._connection.execute("UPDATE plan_keys SET seal_private = ?", (key.seal_private,))
    assert {"check.not_destroyed", "check.plan_key"} <= set(codes(world.seats[0].identity.directory))


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    """A damaged page and a file of another kind are a finding, never a traceback."""
    world, _ = ready(tmp_path)
    folder = world.seats[0].identity.directory
    world.seats[0].means.store.close()
    (folder / "store.sqlite").write_bytes(b"not a database" * 1000)
    assert codes(folder) == ["disk.damaged"]


def test_the_command_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 and one sentence, or 1 and each finding in both languages; the same as JSON."""
    world, _ = ready(tmp_path)
    folder = world.seats[0].identity.directory
    assert main(["--language", "fr", "helper", "check", "--dir", str(folder)]) == 0
    assert "1 questions, 4 envois" in capsys.readouterr().out
    _copy(folder)
    assert main(["helper", "check", "--dir", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "store.sqlite.bak" in told
    assert "Destroy it" in told
    assert "Détruisez-la" in told
    assert main(["helper", "check", "--dir", str(folder), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["findings"]) == (False, [{"code": "check.copy", "where": "store.sqlite.bak"}])


def test_another_helpers_store_is_not_served(tmp_path: Path) -> None:
    """The file of helper 1 beside the keys of helper 0: refused by name before anything is signed."""
    world, _ = ready(tmp_path)
    for seat in world.seats:
        seat.means.store.close()
    shutil.copy(tmp_path / "helper-1" / "store.sqlite", tmp_path / "helper-0" / "store.sqlite")
    watch = Watch(world.clock, lambda _: None)
    with pytest.raises(InputError, match=r"store\.other"), open_means(service(world), world.clock, watch):
        pass
