"""What every test of the desk shares: an unlocked, encrypted desk of its own, and people signed in.

`desk` copies a database that was migrated once and unlocks it. The clients are Django's, signed in as one of the permanent
characters: Camille (counsellor), Cosima (coordinator), Dahlia (director), and a stranger who never signs in.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

os.environ["SANSNOM_DESK_FOLDER"] = tempfile.mkdtemp(prefix="sansnom-desk-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment, teardown_test_environment
from django.utils import translation

import sansnom.desk
from sansnom.desk.house.places import DATABASE_VARIABLE
from sansnom.desk.sqlcipher.keyring import KEYRING
from tests.desk.template import keep_template, kept_template

if TYPE_CHECKING:
    from sansnom.desk.accounts.models import Colleague

ON_SERVER: Final = connection.vendor == "postgresql"
"""`make postgres`: the same tests on a server (tests/desk/on_postgresql.py)."""
DATABASE_KEY: Final = bytes(range(32))
PASSWORD: Final = "un mot de passe assez long"


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk, unlocked, with an organization and its three characters."""

    folder: Path
    counsellor: "Colleague"
    coordinator: "Colleague"
    director: "Colleague"

    def client(self, colleague: "Colleague | None") -> Client:
        """Give a browser, signed in as this colleague; None for a stranger."""
        client = Client(headers={"host": "localhost"})
        if colleague is not None:
            client.force_login(colleague)
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = colleague.language
        return client


def point_to(path: Path) -> None:
    """Close what is open, lock, and make this the desk's database; on PostgreSQL, the one that stands for this path."""
    connection.close()
    KEYRING.lock()
    connection.settings_dict["NAME"] = database_on_server(path) if ON_SERVER else str(path)
    os.environ["SANSNOM_DESK_FOLDER"] = str(path.parent)


def copy_database(source: Path, target: Path) -> None:
    """Copy a desk's database that nobody has open."""
    if ON_SERVER:
        ask_server(f'CREATE DATABASE "{database_on_server(target)}" TEMPLATE "{database_on_server(source)}"')
    else:
        shutil.copy(source, target)


def database_on_server(path: Path) -> str:
    """Name the server's database that stands for this path."""
    return f"d{hashlib.sha256(str(path).encode()).hexdigest()[:20]}"


def ask_server(statement: str) -> list[Any]:
    """Ask the server itself something, outside of the desk's database and past its lock."""
    psycopg = import_module("psycopg")  # only what `make postgres` installs has it, so that no type of it is known here
    connection.close()
    with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as direct:
        answer = direct.execute(statement)
        return list(answer.fetchall()) if answer.description else []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of the other kind of database, and say how many; not one is passed over in silence."""
    other = "encrypted_file" if ON_SERVER else "on_server"
    out = [item for item in items if item.get_closest_marker(other)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Migrate one encrypted database, with the organization and its characters, for all tests to copy."""
    from sansnom.desk.accounts.models import Colleague, Role
    from sansnom.desk.house.models import Organization

    setup_test_environment(debug=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    path = tmp_path_factory.mktemp("desk-template") / "desk.db"
    kept = None if ON_SERVER else kept_template(Path(sansnom.desk.__file__).parent)
    if kept is not None and kept.exists():
        shutil.copy(kept, path)
        point_to(path)
        yield path
        teardown_test_environment()
        return
    if ON_SERVER:
        ask_server(f'CREATE DATABASE "{database_on_server(path)}"')
    point_to(path)
    KEYRING.unlock(DATABASE_KEY)
    call_command("migrate", verbosity=0)
    Organization.objects.create(name="Maison d’accueil", language="fr")
    for sign_in_name, name, role in (
        ("camille", "Camille", Role.COUNSELLOR),
        ("cosima", "Cosima", Role.COORDINATOR),
        ("dahlia", "Dahlia", Role.DIRECTOR),
    ):
        colleague = Colleague(sign_in_name=sign_in_name, name=name, role=role, language="fr")
        colleague.set_password(PASSWORD)
        colleague.save()
    if not ON_SERVER:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    point_to(path)  # closes it
    if kept is not None:
        keep_template(path, kept)
    yield path
    teardown_test_environment()


@pytest.fixture
def desk(_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """Give an unlocked desk of its own to one test."""
    from sansnom.desk.accounts.models import Colleague

    path = tmp_path / "desk" / "desk.db"
    path.parent.mkdir()
    copy_database(_template, path)
    point_to(path)
    KEYRING.unlock(DATABASE_KEY)
    found = {colleague.sign_in_name: colleague for colleague in Colleague.objects.all()}
    yield Desk(path.parent, found["camille"], found["cosima"], found["dahlia"])
    if ON_SERVER:
        ask_server(f'DROP DATABASE "{database_on_server(path)}" WITH (FORCE)')
    point_to(_template)


@pytest.fixture
def counsellor(desk: Desk) -> Client:
    """Give the browser of Camille, a counsellor."""
    return desk.client(desk.counsellor)


@pytest.fixture
def coordinator(desk: Desk) -> Client:
    """Give the browser of Cosima, a coordinator."""
    return desk.client(desk.coordinator)


@pytest.fixture
def director(desk: Desk) -> Client:
    """Give the browser of Dahlia, a director."""
    return desk.client(desk.director)


@pytest.fixture
def stranger(desk: Desk) -> Client:
    """Give the browser of somebody who never signs in."""
    return desk.client(None)


@pytest.fixture
def in_french() -> Iterator[None]:
    """Speak French, outside requests."""
    with translation.override("fr"):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    """Speak English, outside requests."""
    with translation.override("en"):
        yield
