"""The store: accepted means on disk, steps follow the table of states, destruction leaves nothing in the file."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.helper.states import ARROWS, RunState, check_step
from sansnom.helper.store import Held, KeptPlan, PlanKey, Store
from sansnom.terms.errors import BrokenInvariant, InputError, PolicyRefusal

NOW = "2026-04-02T12:00:00Z"
BODY = b"sealed bytes of one organization" * 40
SECRET = b"the private key of this plan, 32" * 3


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a store with one accepted plan and its key."""
    made = Store(tmp_path / "store.sqlite")
    made.keep_plan_key("p", PlanKey("public", SECRET, b"salt" * 8), NOW)
    assert made.accept_plan(KeptPlan("p", "d1", b"{}", "2026-05-01"), b"{}", NOW)
    return made


def held(sequence: int = 1, manifest: str = "m1", number: int = 1) -> Held:
    """Give a submission's row."""
    return Held(number, sequence, manifest, b"receipt")


def opened(store: Store, cells: bytes = b"[1]", attempt: str = "aa") -> None:
    """Bring the run to OPENED."""
    store.keep_opened("p", attempt, cells, b"{}", {1: b"reply"}, NOW)


@pytest.mark.guarantee("G-08")
def test_what_was_accepted_is_there_for_another_process(store: Store) -> None:
    """A second connection, as after a kill, sees what was accepted: it was committed before the call came back."""
    store.accept_submission("p", held(), BODY)
    again = Store(store.path)
    assert again.all_held("p") == [held()]
    assert again.body("p", 1) == BODY


@pytest.mark.guarantee("G-08")
def test_the_file_waits_for_the_disk(store: Store) -> None:
    """Every commit is flushed (synchronous=FULL) and what is deleted is overwritten."""
    told = [store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "secure_delete")]
    assert told == [2, 1]


def test_a_plan_is_accepted_once_and_charged_once(store: Store) -> None:
    """The same plan again is no change; another plan of the same name is refused."""
    assert not store.accept_plan(KeptPlan("p", "d1", b"{}", "2026-05-01"), b"{}", NOW)
    assert len(store.ledger()) == 1
    with pytest.raises(PolicyRefusal, match=r"plan\.taken"):
        store.accept_plan(KeptPlan("p", "d2", b"{}", "2026-05-01"), b"{}", NOW)


def test_a_later_submission_replaces_and_an_older_one_does_not(store: Store) -> None:
    """Sequence numbers rise; the same one again is no change, another under the same number or a lower one is refused."""
    store.accept_submission("p", held(2, "m2"), BODY)
    assert store.accept_submission("p", held(2, "m2"), b"other bytes").manifest == "m2"
    assert store.body("p", 1) == BODY
    with pytest.raises(PolicyRefusal, match=r"submission\.duplicate"):
        store.accept_submission("p", held(2, "m3"), BODY)
    with pytest.raises(PolicyRefusal, match=r"submission\.replayed"):
        store.accept_submission("p", held(1, "m1"), BODY)
    store.accept_submission("p", held(3, "m4"), b"new")
    assert store.body("p", 1) == b"new"


def test_nothing_is_accepted_once_closed(store: Store) -> None:
    """The check lies in the same transaction as the write."""
    assert store.close_run("p", NOW)
    assert not store.close_run("p", NOW)
    with pytest.raises(PolicyRefusal, match=r"submission\.closed"):
        store.accept_submission("p", held(), BODY)


@pytest.mark.guarantee("G-03")
def test_a_second_set_is_refused_for_good(store: Store) -> None:
    """A helper fixes one set for a plan, once; the same again is no change."""
    store.close_run("p", NOW)
    store.keep_agreed("p", b"set one", NOW)
    store.keep_agreed("p", b"set one", NOW)
    with pytest.raises(PolicyRefusal, match=r"run\.set\.second"):
        store.keep_agreed("p", b"set two", NOW)
    store.start_attempt("p", NOW)
    opened(store)
    with pytest.raises(PolicyRefusal, match=r"run\.set\.second"):
        store.keep_agreed("p", b"set two", NOW)


def test_other_cells_of_the_same_run_stop_it(store: Store) -> None:
    """A new attempt after an opening must give the same cells, or nothing more is kept."""
    store.close_run("p", NOW)
    store.keep_agreed("p", b"set one", NOW)
    store.start_attempt("p", NOW)
    opened(store)
    assert store.start_attempt("p", NOW) == 2
    opened(store, attempt="bb")
    with pytest.raises(BrokenInvariant, match=r"run\.cells"):
        opened(store, cells=b"[2]", attempt="cc")
    run = store.run("p")
    assert run is not None
    assert (run.attempt, run.cells) == ("bb", b"[1]")


def test_nothing_is_computed_without_an_agreed_set(store: Store) -> None:
    """An attempt cannot start before the set is on disk."""
    store.close_run("p", NOW)
    with pytest.raises(BrokenInvariant, match=r"run\.unagreed"):
        store.start_attempt("p", NOW)


@pytest.mark.guarantee("G-09")
def test_destroyed_keys_and_submissions_are_not_in_the_file_any_more(store: Store) -> None:
    """Neither the file nor its write-ahead file holds a byte of the key, the salt or a sealed body."""
    store.accept_submission("p", held(), BODY)
    store.accept_submission("p", held(2, "m2"), BODY[::-1])
    files = [store.path, store.path.with_name(store.path.name + "-wal")]
    assert any(BODY[:64] in file.read_bytes() for file in files if file.exists())
    store.close_run("p", NOW)
    store.abort("p", "run.set.small", NOW)
    store.destroy("p", b"attested", NOW)
    left = b"".join(file.read_bytes() for file in files if file.exists())
    for gone in (SECRET[:32], BODY[:64], BODY[::-1][:64], b"salt" * 8):
        assert gone not in left
    key = store.plan_key("p")
    assert key is not None
    assert (key.seal_private, key.noise_salt) == (None, None)
    with pytest.raises(BrokenInvariant, match=r"store\.body"):
        store.body("p", 1)


@pytest.mark.guarantee("G-09")
def test_nothing_is_attested_while_a_reader_keeps_old_pages(store: Store) -> None:
    """A backup or a status that reads keeps key and bodies in the write-ahead file: no attestation before they are gone."""
    store.accept_submission("p", held(), BODY)
    store.close_run("p", NOW)
    store.abort("p", "run.set.small", NOW)
    reader = sqlite3.connect(store.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM plans").fetchone()
    with pytest.raises(BrokenInvariant, match=r"store\.busy"):
        store.destroy("p", b"attested", NOW)
    run = store.run("p")
    assert run is not None
    assert (run.state.value, run.attestation) == ("aborted", None)
    reader.close()
    store.destroy("p", b"attested", NOW)
    files = [store.path, store.path.with_name(store.path.name + "-wal")]
    left = b"".join(file.read_bytes() for file in files if file.exists())
    assert not [gone for gone in (SECRET[:32], BODY[:64], b"salt" * 8) if gone in left]
    run = store.run("p")
    assert run is not None
    assert (run.state.value, run.attestation) == ("destroyed", b"attested")


def test_a_write_that_fails_changes_nothing(store: Store) -> None:
    """Accepting a plan writes four tables; when one refuses, none has changed."""
    with pytest.raises(sqlite3.IntegrityError):
        store.accept_plan(KeptPlan("q", "d1", b"{}", "2026-05-01"), b"{}", NOW)
    assert store.plan("q") is None
    assert len(store.ledger()) == 1


class FullAtCommit:
    """A connection whose next commit finds the disk full, as SQLite says it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._full = connection, True

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        """Hand on everything but the first commit."""
        if sql == "COMMIT" and self._full:
            self._full = False
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._connection.execute(sql, *given)  # type: ignore[arg-type]  # handed on as they are


@pytest.mark.guarantee("G-08")
def test_a_disk_that_is_full_at_the_commit_leaves_nothing_open(store: Store) -> None:
    """The write is refused by name, taken back, and the next one finds no transaction in its way."""
    store._connection = FullAtCommit(store._connection)  # type: ignore[assignment]  # stands for it
    with pytest.raises(InputError, match=r"disk\.full"):
        store.accept_submission("p", held(), BODY)
    assert store.all_held("p") == []
    store.accept_submission("p", held(), BODY)
    assert store.all_held("p") == [held()]


def test_a_file_of_another_version_is_refused(store: Store) -> None:
    """A store that another version made is not touched."""
    store._connection.execute("PRAGMA user_version=99")
    with pytest.raises(InputError, match=r"store\.version"):
        Store(store.path)


@given(st.sampled_from(list(RunState)), st.sampled_from(list(RunState)))
def test_only_the_arrows_are_steps(before: RunState, after: RunState) -> None:
    """Every pair of states without an arrow is refused."""
    if after in ARROWS[before]:
        check_step(before, after)
    else:
        with pytest.raises(BrokenInvariant, match=r"run\.step"):
            check_step(before, after)


def test_after_opening_there_is_no_way_back() -> None:
    """From OPENED no path leads to a state in which another set could be agreed."""
    reached, edge = set(), {RunState.OPENED}
    while edge:
        reached |= edge
        edge = {after for state in edge for after in ARROWS[state]} - reached
    assert not reached & {RunState.OPEN, RunState.CLOSED, RunState.AGREED}
