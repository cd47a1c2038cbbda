"""A desk on PostgreSQL: what it does there, and what it says that it does not. Only `make postgres` runs these."""

import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from sansnom.desk.accounts import opening, signing
from sansnom.desk.accounts.access import first_broken_entry, record_access
from sansnom.desk.accounts.models import Act, Colleague, TrailEntry
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import key_path
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.answers import answer
from sansnom.desk.questions.forgetting import close_over, forget_choice
from sansnom.desk.questions.models import Parcel
from sansnom.desk.rights.models import Destruction, Incident, IncidentVersion, Proof
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault import key_file
from sansnom.terms.errors import PolicyRefusal
from tests.desk.conftest import DATABASE_KEY, Desk, ask_server, database_on_server, point_to
from tests.desk.questions.outside import Outside, outside
from tests.desk.questions.test_answers import at_once, decide
from tests.desk.rights.full_file import full
from tests.desk.rights.test_erasing import erased_by
from tests.desk.test_door import STARTING
from tests.exchange import examples

pytestmark = pytest.mark.on_server
KEPT = ("accounts_trailentry", "rights_destruction", "rights_incidentversion", "rights_proof")


@pytest.fixture
def others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Give everything outside a desk that has joined."""
    return outside(desk, tmp_path / "outside", monkeypatch)


@pytest.fixture
def first_run(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Give a browser before the first page; keys are made cheaply."""
    monkeypatch.setattr(key_file, "COST", key_file.Cost(memory_kib=64, passes=1, lanes=1))
    opening.UNLOCKING.forget_all()
    signing.SIGNING_IN.forget_all()
    return Client(headers={"host": "localhost"})


def test_a_first_run_makes_the_tables_and_signs_the_director_in(desk: Desk, tmp_path: Path, first_run: Client) -> None:
    """On an empty database: every migration, the key file on this machine, the sheet; then locked, and opened again."""
    path = tmp_path / "new" / "desk.db"
    path.parent.mkdir()
    ask_server(f'CREATE DATABASE "{database_on_server(path)}"')
    point_to(path)
    assert first_run.post("/start/", STARTING).headers["Location"] == "/recovery-sheet/"
    assert first_run.get("/recovery-sheet/").status_code == 200
    assert [found.name for found in path.parent.iterdir()] == [key_path().name]
    assert first_run.post("/lock/").status_code == 302
    assert first_run.post("/unlock/", {"passphrase": STARTING["passphrase"]}).headers["Location"] == "/sign-in/"
    assert Organization.objects.get().name == STARTING["organization"]
    ask_server(f'DROP DATABASE "{database_on_server(path)}" WITH (FORCE)')
    point_to(desk.folder / "desk.db")


def test_nobody_starts_anew_over_a_desk_that_exists(desk: Desk, first_run: Client) -> None:
    """Without its key file, the first page refuses, says what to do, makes no key file and no colleague."""
    connection.close()
    KEYRING.lock()
    answer = first_run.post("/start/", STARTING)
    assert answer.status_code == 409
    assert "desk.keys" in answer.content.decode()
    assert not key_path().exists()
    assert not KEYRING.is_unlocked
    KEYRING.unlock(DATABASE_KEY)
    assert Colleague.objects.count() == 3


def test_a_locked_desk_asks_the_server_nothing(desk: Desk) -> None:
    """Without the key no connection is opened, though the setting holds the password."""
    connection.close()
    KEYRING.lock()
    with pytest.raises(PolicyRefusal, match=r"desk\.locked"):
        Colleague.objects.count()


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("words", ["UPDATE {} SET id = id + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_statement_changes_the_trail_or_a_register(desk: Desk, coordinator: Client, table: str, words: str) -> None:
    """The server refuses what the file refuses, and TRUNCATE, which asks no trigger of rows."""
    line = Destruction.objects.get(pk=erased_by(coordinator, full(desk).awa))
    Proof.objects.create(destruction=line, pages=1, unused_pages=0, waiting_bytes=0, remains=0, name_elsewhere=0)
    told = {"described": "…", "circumstances": "…", "happened": "…", "known_on": "2027-03-04"}
    incident = Incident.objects.create(**told, written_by=desk.director)
    IncidentVersion.objects.create(incident=incident, told=told, changed_by=desk.director)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words.format(table))
    assert TrailEntry.objects.exists()


def test_colleagues_who_write_at_once_keep_one_chain(desk: Desk) -> None:
    """Four threads begin together; each entry follows from the one before it, and none is missing."""
    together, wrong = threading.Barrier(4), []

    def write(number: int) -> None:
        try:
            together.wait()
            for turn in range(10):
                record_access(desk.counsellor, f"file-{number}-{turn}", Act.CHANGED)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert TrailEntry.objects.count() == 40
    assert first_broken_entry() is None


def test_an_erasure_says_that_nothing_was_read_again(desk: Desk, coordinator: Client) -> None:
    """The rows go; the register has no proof, and says whom to ask."""
    house = full(desk)
    line = Destruction.objects.get(pk=erased_by(coordinator, house.awa))
    assert not hasattr(line, "proof")
    page = coordinator.get(f"/rights/destructions/{line.pk}/").content.decode()
    assert "PostgreSQL" in page
    assert "VACUUM FULL" in page


def test_the_page_of_backups_says_whose_they_are(director: Client) -> None:
    """No button that would fail, and the key file is not forgotten."""
    page = director.get("/settings/backups/").content.decode()
    assert "PostgreSQL" in page
    assert "desk.keys" in page
    assert "/settings/backups/now/" not in page


def in_the_files_of(tables: tuple[str, ...]) -> bytes:
    """Read what the server's disk holds of these tables, out-of-line values and dead rows included."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            """SELECT pg_read_binary_file(pg_relation_filepath(held)) FROM
            (SELECT oid AS held FROM pg_class WHERE relname = ANY(%s) UNION
             SELECT reltoastrelid FROM pg_class WHERE relname = ANY(%s) AND reltoastrelid <> 0) AS every""",
            [list(tables), list(tables)],
        )
        return b"".join(bytes(row[0]) for row in cursor.fetchall())


@pytest.mark.guarantee("G-04")
def test_what_is_forgotten_is_in_no_dead_row(desk: Desk, others: Outside) -> None:
    """A kept decision, sealed bytes and the year's secret stand in the tables' files, and no more once they are forgotten."""
    others.publish()
    question = others.question()
    answer(question, Decision.ABSTAIN, desk.director, others.now, keep=True, delay=at_once)
    assert b"abstain" in in_the_files_of(("questions_keptchoice",))
    forget_choice(question)
    assert b"abstain" not in in_the_files_of(("questions_keptchoice",))
    decide(desk, question, others, Decision.APPROVE)
    secret = examples.group_secret().secret
    sealed = bytes(Parcel.objects.order_by("-pk")[0].body or b"")[-64:]
    told = in_the_files_of(("questions_parcel", "questions_membership"))
    assert len(sealed) == 64
    assert (secret in told, sealed in told) == (True, True)
    assert close_over(question.cutoff) == 1
    told = in_the_files_of(("questions_parcel", "questions_membership"))
    assert (secret in told, sealed in told) == (False, False)
