"""Kill the board's keeper at each write: readers see a board that can be believed, the next run ends the work, fsck passes."""

import shutil
from pathlib import Path

import pytest

from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board
from sansnom.terms.errors import SansnomError
from tests.board.lived_board import ORIGIN
from tests.death.board_work import ADDED, fsck, lay, pages, work
from tests.death.every import every
from tests.death.points import FULL, READ_ONLY, WRITE, Orders
from tests.death.ring import KILLED, Nursery

SOME = (31, *(pytest.param(at, marks=pytest.mark.slow) for at in (4, 52)))
"""A fixed slice for every run of the tests; `make long` tries all."""
MADE_AGAIN = ("log/key.json",)
"""What fsck names, and the keeper's next work makes again all the same: who holds the private key knows the public one."""
MADE = ("ledger.json", "releases/2026-q1/datapackage.json")
"""Files of figures that the pages' maker writes; all other JSON is signed."""
LOG = ("log/checkpoint", ORIGIN, "witness.example", "rosters/1.json", "rosters/2.json", "roster.json")
"""Where a finding may stand though another file is changed: a tile shows at the state that signs it, a signature at who signed."""
HALF_WAY = {"board.roster_newest"}
"""What a reader may be told in between, by name: the newest roster stands, and its copy is the one before."""


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the board before the work, once."""
    folder = tmp_path_factory.mktemp("keeper") / "laid"
    folder.mkdir()
    lay(folder)
    return folder


@pytest.fixture(scope="module")
def right(laid: Path) -> dict[str, bytes]:
    """Give the pages of a board whose keeper was not disturbed."""
    folder = Path(shutil.copytree(laid, laid.parent / "right"))
    work(str(folder))
    return pages(folder / "board")


def run(nursery: Nursery, folder: Path, points: Orders | None = None) -> int | None:
    """Do the work in a process of its own; give how it ended."""
    pid = nursery.make("call", points, function="tests.death.board_work:work", arguments=[str(folder)])
    return nursery.ended(pid, wait=True)


def orders(folder: Path, at: int, act: str = "kill") -> Orders:
    """Count the board's writes and the witness's memory."""
    return Orders((str(folder / "board"), str(folder / "seen.json")), kind=WRITE, at=at, act=act)


def check_reader(board: Path) -> None:
    """Whoever reads at this instant believes the board, or is told by name that it is being changed."""
    found = ""
    try:
        read_board(board, shipped_dictionaries())
    except SansnomError as error:
        found = error.code
    assert found in {"", *HALF_WAY}


def check_end(folder: Path, right: dict[str, bytes], capture: pytest.CaptureFixture[str]) -> None:
    """The log is sound, every file is entered once, the pages are those that nothing would have disturbed."""
    told = fsck(folder / "board", capture)
    assert told["ok"], told["findings"]
    assert (told["size"], told["remains"]) == (11, [])
    assert pages(folder / "board") == right
    assert len({place.name for place in folder.rglob("*.json")} & {Path(name).name for name in ADDED}) == len(
        {Path(name).name for name in ADDED}
    )


def die_once(
    nursery: Nursery, laid: Path, right: dict[str, bytes], at: int, capture: pytest.CaptureFixture[str]
) -> bool:
    """Let the keeper die at one write and work again; False when it ended before that write."""
    folder = Path(shutil.copytree(laid, laid.parent / f"case-{at}"))
    try:
        status = run(nursery, folder, orders(folder, at))
        assert status in (KILLED, 0)
        check_reader(folder / "board")
        assert run(nursery, folder) == 0
        check_end(folder, right, capture)
    finally:
        shutil.rmtree(folder)
    return status == KILLED


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("at", SOME)
def test_killed_at_a_write_the_keeper_ends_its_work_the_next_time(
    nursery: Nursery, laid: Path, right: dict[str, bytes], at: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fixed slice of the writes of one day's work on the board, each by SIGKILL in a real process."""
    assert die_once(nursery, laid, right, at, capsys)


@pytest.mark.guarantee("G-08")
@pytest.mark.parametrize("act", [FULL, pytest.param(READ_ONLY, marks=pytest.mark.slow)])
def test_a_disk_that_fails_stops_the_keeper_by_name(
    nursery: Nursery, laid: Path, right: dict[str, bytes], act: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the middle of the work every write fails: a named error, a board that can be believed, and the work ends later."""
    folder = Path(shutil.copytree(laid, laid.parent / f"disk-{act}"))
    before = nursery.notes.stat().st_size
    assert run(nursery, folder, orders(folder, 20, act)) == 1
    told = nursery.notes.read_bytes()[before:].decode()
    assert "OSError" not in told
    assert {FULL: "board.full", READ_ONLY: "board.unwritable"}[act] in told
    check_reader(folder / "board")
    assert run(nursery, folder) == 0
    check_end(folder, right, capsys)


@pytest.fixture(scope="module")
def done(right: dict[str, bytes], laid: Path) -> Path:
    """Give the folder of that board, its work done; to be copied."""
    return laid.parent / "right"


def change_once(done: Path, name: str, capture: pytest.CaptureFixture[str]) -> str:
    """Change one byte in the middle of a file of the board: fsck names it, or the keeper's next work makes it again.

    Gives the code of the finding; nothing when it was made again.
    """
    folder = Path(shutil.copytree(done, done.parent / "changed"))
    target, whole = folder / "board" / name, (done / "board" / name).read_bytes()
    middle = len(whole) // 2
    try:
        target.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0x10]) + whole[middle + 1 :])
        told = fsck(folder / "board", capture)
        if name in MADE_AGAIN or told["ok"]:
            work(str(folder))
            assert target.read_bytes() == whole
            assert fsck(folder / "board", capture)["ok"]
        if told["ok"]:
            return ""
        assert any(
            name in (found["where"], f"log/{found['where']}") or found["where"] in LOG for found in told["findings"]
        )
        return str(told["findings"][0]["code"])
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("log/key.json", "log.key_other"),
        ("plans/2026-q1/plan.json", "log.changed"),
        ("fr/index.html", ""),
    ],
)
def test_a_changed_byte_of_the_board_is_named_or_made_again(
    done: Path, name: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log's key, a signed file, a page: `make long` tries every file."""
    assert change_once(done, name, capsys) == code


@pytest.mark.long
def test_a_changed_byte_of_any_file_of_the_board(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every file: what is signed or logged is named by fsck; every page, table and chart is made again."""
    board, tried = done / "board", dict[str, int]()
    for place in sorted(path for path in board.rglob("*") if path.is_file() and path.stat().st_size):
        name = place.relative_to(board).as_posix()
        code = change_once(done, name, capsys)
        signed = (name.endswith(".json") and name not in MADE) or name.startswith("log/")
        assert bool(code) == signed, name
        tried[code] = tried.get(code, 0) + 1
    with capsys.disabled():
        print(f"files of the board: {tried}")


@pytest.mark.long
@pytest.mark.guarantee("G-08")
def test_killed_at_any_write_of_the_keepers_work(
    nursery: Nursery, laid: Path, right: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every write of adding, entering, cosigning and building, each on a board of its own."""
    assert every(lambda at: die_once(nursery, laid, right, at, capsys), "the keeper of a board, a write") > 60
