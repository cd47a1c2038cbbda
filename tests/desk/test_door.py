"""The door: first run, unlocking, the recovery sheet, signing in and out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from sansnom.desk.accounts import migrating, opening, signing
from sansnom.desk.accounts.models import Colleague
from sansnom.desk.house.models import Organization
from sansnom.desk.house.places import key_path
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault import key_file
from tests.desk.conftest import DATABASE_KEY, PASSWORD, Desk, point_to

PASSPHRASE = "cinq mots que nous seules savons"
STARTING = {
    "organization": "Maison d’accueil",
    "language": "fr",
    "passphrase": PASSPHRASE,
    "passphrase_again": PASSPHRASE,
    "name": "Dahlia",
    "sign_in_name": "Dahlia",
    "password": PASSWORD,
    "password_again": PASSWORD,
}


def _copied(template: Path, folder: Path) -> None:
    """Stand for the migrations, which take seconds: a copy of what they make, without its people."""
    if (folder / "desk.db").exists():
        return
    shutil.copy(template, folder / "desk.db")
    Colleague.objects.all().delete()
    Organization.objects.all().delete()


@pytest.fixture
def bare(_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder of a desk that never ran."""
    folder = tmp_path / "bare"
    point_to(folder / "desk.db")
    folder.mkdir()
    monkeypatch.setattr(key_file, "COST", key_file.Cost(memory_kib=64, passes=1, lanes=1))
    monkeypatch.setattr(key_file, "new_database_key", lambda: DATABASE_KEY)
    monkeypatch.setattr(migrating, "migrate", lambda: _copied(_template, folder))
    opening.UNLOCKING.forget_all()
    signing.SIGNING_IN.forget_all()
    yield folder
    point_to(_template)


@pytest.fixture
def started(bare: Path) -> Client:
    """Give the browser of the director who has just filled in the first page."""
    browser = Client(headers={"host": "localhost"})
    assert browser.post("/start/", STARTING).status_code == 302
    return browser


def locked(browser: Client) -> Client:
    """Lock the desk, as after a restart."""
    connection.close()
    KEYRING.lock()
    return browser


def test_a_desk_that_never_ran_leads_to_the_first_page(bare: Path) -> None:
    """Whatever address is asked, the first page answers, and nothing is written yet."""
    browser = Client(headers={"host": "localhost"})
    assert browser.get("/settings/").headers["Location"] == "/start/"
    assert browser.get("/start/").status_code == 200
    assert list(bare.iterdir()) == []


@pytest.mark.encrypted_file
def test_one_page_makes_a_desk_and_signs_the_director_in(started: Client) -> None:
    """After the one page: the organization, a director signed in, and a recovery sheet to print."""
    assert Organization.objects.get().name == "Maison d’accueil"
    assert Colleague.objects.get().role == "director"
    page = started.get("/recovery-sheet/")
    assert page.status_code == 200
    code = opening.SHEETS[Colleague.objects.get().pk]
    assert code in page.content.decode()
    assert started.post("/recovery-sheet/", {"last_group": "0000"}).status_code == 200
    assert started.post("/recovery-sheet/", {"last_group": code[-4:].lower()}).status_code == 302
    assert opening.SHEETS == {}
    assert Organization.objects.get().recovery_confirmed_on is not None


def test_wrong_answers_on_the_first_page_make_nothing(bare: Path) -> None:
    """A short passphrase, or two that differ, write no file, and the page says which answer is wrong."""
    browser = Client(headers={"host": "localhost"})
    for changed in ({"passphrase": "court", "passphrase_again": "court"}, {"passphrase_again": "autre"}, {"name": ""}):
        page = browser.post("/start/", STARTING | changed)
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
    assert list(bare.iterdir()) == []


@pytest.mark.encrypted_file
def test_unlocking_and_signing_in_are_two_steps(started: Client) -> None:
    """After a restart the old session opens nothing; the passphrase opens the desk, the password lets somebody in."""
    browser = locked(started)
    assert browser.get("/").headers["Location"] == "/unlock/"
    assert browser.post("/unlock/", {"passphrase": "une autre phrase secrète"}).status_code == 200
    assert not KEYRING.is_unlocked
    assert browser.post("/unlock/", {"passphrase": PASSPHRASE}).headers["Location"] == "/sign-in/"
    stranger = Client(headers={"host": "localhost"})
    assert stranger.get("/settings/").status_code == 302
    assert stranger.post("/sign-in/", {"sign_in_name": "DAHLIA ", "password": "faux"}).status_code == 200
    assert stranger.post("/sign-in/", {"sign_in_name": "DAHLIA ", "password": PASSWORD}).status_code == 302
    assert stranger.get("/settings/").status_code == 200


@pytest.mark.encrypted_file
def test_the_recovery_sheet_gives_a_new_passphrase_password_and_sheet(started: Client) -> None:
    """The code opens a lost desk; the old passphrase and the old code open nothing afterwards."""
    code = opening.SHEETS[Colleague.objects.get().pk]
    browser = locked(Client(headers={"host": "localhost"}))
    assert browser.post("/unlock/", {"passphrase": code.lower()}).headers["Location"] == "/unlock/renew/"
    fresh = {"passphrase": "encore une phrase nouvelle", "password": "tout autre chose"}
    answers = fresh | {"passphrase_again": fresh["passphrase"], "password_again": fresh["password"]}
    answers["director"] = str(Colleague.objects.get().pk)
    assert browser.post("/unlock/renew/", answers).headers["Location"] == "/recovery-sheet/"
    assert Colleague.objects.get().check_password("tout autre chose")
    for lost in (PASSPHRASE, code):
        with pytest.raises(Exception, match=r"vault\.wrong"):
            key_file.open_key_file(key_path(), lost)
    assert key_file.open_key_file(key_path(), fresh["passphrase"]).database_key == KEYRING.current()


@pytest.mark.encrypted_file
def test_nobody_renews_without_the_sheet(started: Client) -> None:
    """The page after the recovery sheet is closed to a session that did not come with it, also a signed-in one."""
    assert started.get("/unlock/renew/").headers["Location"] == "/unlock/"
    assert Client(headers={"host": "localhost"}).get("/unlock/renew/").headers["Location"] == "/unlock/"


def test_guessing_gets_slow(desk: Desk, stranger: Client) -> None:
    """After five wrong passwords the sixth try waits, even with the right one; another name is not slowed."""
    signing.SIGNING_IN.forget_all()
    for _ in range(5):
        assert stranger.post("/sign-in/", {"sign_in_name": "camille", "password": "faux"}).status_code == 200
    assert stranger.post("/sign-in/", {"sign_in_name": "camille", "password": PASSWORD}).status_code == 429
    assert stranger.post("/sign-in/", {"sign_in_name": "cosima", "password": PASSWORD}).status_code == 302
    signing.SIGNING_IN.forget_all()


@pytest.mark.encrypted_file
def test_a_first_run_cut_short_leaves_nothing_that_opens(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the key file is written, the next start begins anew and sets the orphan aside, unremoved."""

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    browser = Client(headers={"host": "localhost"})
    with monkeypatch.context() as patched:
        patched.setattr(key_file, "create_key_file", cut)
        with pytest.raises(KeyboardInterrupt):
            browser.post("/start/", STARTING)
    assert not key_path().exists()
    assert not KEYRING.is_unlocked
    assert browser.post("/start/", STARTING).status_code == 302
    assert any("set-aside" in path.name for path in bare.iterdir())


@pytest.mark.encrypted_file
def test_locking_puts_everybody_out(started: Client) -> None:
    """Whoever locks the desk locks it for all; the key is gone from memory."""
    assert started.post("/lock/").status_code == 302
    assert not KEYRING.is_unlocked
    assert started.get("/settings/").headers["Location"] == "/unlock/"


def test_another_host_name_is_refused(desk: Desk) -> None:
    """A page of another site that points its name at this machine gets nothing (DNS rebinding)."""
    assert Client(headers={"host": "evil.example"}).get("/sign-in/").status_code == 400
