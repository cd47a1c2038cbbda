"""A real disk that is full: a helper, the keeper of a board and a desk say so by name, lose nothing, and go on with room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sansnom.helper.check import check_helper
from sansnom.terms.party import PARTIES
from tests.death.board_work import fsck, lay, pages, work
from tests.death.disks import own_mounts, small_disk
from tests.death.ring import Nursery, make_kit, wait_for
from tests.death.test_board import check_reader

pytestmark = pytest.mark.long
ROOM_BYTES = 40_960
"""Less than a run writes, or a day's work on a board."""


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Give a nursery whose processes see the small disks."""
    with own_mounts():
        made = Nursery(tmp_path_factory.mktemp("nursery") / "notes.jsonl")
        yield made
        made.close()


@pytest.mark.guarantee("G-08")
def test_a_helper_whose_disk_is_full_waits_for_room(nursery: Nursery, tmp_path: Path) -> None:
    """It stays up, gives no half release, and once the disk has grown the right release comes without a restart."""
    kit = make_kit(tmp_path, nursery)
    kit.right_release()
    with kit.ring() as ring, small_disk(ring.home(0), ROOM_BYTES) as disk:
        before = nursery.notes.stat().st_size
        for party in PARTIES:
            ring.start(party)
        wait_for(lambda: b'"disk.full"' in nursery.notes.read_bytes()[before:], "a note that the disk is full")
        ring.check_alive()
        assert not ring.published()
        assert kit.wrong(ring) == ()
        disk.grow()
        ring.until_published()
        ring.kill_all()
        assert ring.release() == kit.right_release()
        assert kit.wrong(ring) == ()
        for party in PARTIES:
            assert check_helper(ring.home(party)).findings == ()


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("room_bytes", [ROOM_BYTES, 3 * ROOM_BYTES, 10 * ROOM_BYTES])
def test_the_keeper_of_a_board_on_a_full_disk_ends_its_work_with_room(
    nursery: Nursery, tmp_path: Path, room_bytes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Full while files are added or pages made: it has a name, the board is believed, and the work ends later."""
    folder = tmp_path / "keeper"
    folder.mkdir()
    lay(folder)
    right = Path(shutil.copytree(folder, tmp_path / "right"))
    work(str(right))
    with small_disk(folder, room_bytes) as disk:
        before = nursery.notes.stat().st_size
        order: dict[str, Any] = {"function": "tests.death.board_work:work", "arguments": [str(folder)]}
        assert nursery.ended(nursery.make("call", **order), wait=True) == 1
        assert b"board.full" in nursery.notes.read_bytes()[before:]
        check_reader(folder / "board")
        disk.grow()
        assert nursery.ended(nursery.make("call", **order), wait=True) == 0
        told = fsck(folder / "board", capsys)
        assert (told["ok"], told["remains"]) == (True, [])
        assert pages(folder / "board") == pages(right / "board")
