"""A desk on a real disk that is full: it says so on the page, loses nothing, and goes on as soon as there is room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sansnom.desk.safekeeping.backup import backups_in
from tests.death.disks import own_mounts, small_disk
from tests.death.points import Orders
from tests.desk.conftest import PASSWORD
from tests.desk.killed import PASSPHRASE, Life, copy_of, served, until_backed_up
from tests.desk.test_killed import World, check_left, world

__all__ = ["world"]  # a fixture, taken as it is
ROOM_BYTES = 16 << 20


@pytest.fixture
def mounts() -> Iterator[None]:
    """Let this test mount what nobody else sees."""
    with own_mounts():
        yield


@pytest.mark.long
@pytest.mark.guarantee("G-08")
def test_a_full_disk_is_said_and_nothing_is_lost(world: World, mounts: None, tmp_path: Path) -> None:
    """Each deed is refused on a full disk, by name, and done after; the backup that found no room leaves nothing behind."""
    folder = copy_of(world.folder, tmp_path / "desk-on-a-small-disk")
    life = Life()
    with small_disk(folder, ROOM_BYTES) as disk:
        with served(folder, Orders((str(folder),))) as (browser, process):
            browser.sign_in(PASSPHRASE, "dahlia", PASSWORD)
            until_backed_up(folder, process)
            for name, act in world.deeds:
                disk.fill()
                with pytest.raises(RuntimeError, match="answered 500"):
                    act(browser)
                disk.empty()
                assert "<h1>Le disque est plein</h1>" in browser.page, name
                assert backups_in(folder / "backups") == list((folder / "backups").iterdir())
                life.under_way = name
                act(browser)
                life.answered.append(name)
            life.under_way = ""
        check_left(world, folder, life)
