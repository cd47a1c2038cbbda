"""A crash in every view and every function of the desk, with names in bodies, queries, rows and errors: nothing carries one."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from sansnom.audit.overheard import Place, left_in, overhear
from sansnom.desk.people.naming import Name, call_person
from tests.desk.browser.pages import Filled, addresses_of, fill
from tests.desk.conftest import Desk
from tests.desk.questions.outside import outside
from tests.desk.rights.routes import Route, routes
from tests.desk.silence.crashes import CRASH, ERRORS, asked, crashing, reached, told_by
from tests.desk.silence.filling import forms_of

STORED = "Zulfiya Plantée-Özdemir"
TYPED = "Temitope Typedinto-Oyèwùmí"
SOUGHT = (STORED, TYPED, CRASH)
CLOSES_THE_DATABASE = {"accounts:lock"}
"""Would close the database under the transaction that takes each request back."""


@dataclass(frozen=True)
class Asked:
    """One request as a person might make it."""

    name: str
    method: str
    address: str
    fields: dict[str, str]
    files: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """Give the fields, and a file with a name in it where one is asked."""
        content = f"Nom;Prénom\n{TYPED};{TYPED}\n".encode("utf-16")
        return {**self.fields, **{name: SimpleUploadedFile("rows.csv", content) for name in self.files}}


@dataclass(frozen=True)
class Lived:
    """A desk with something in every table, whose rows hold a planted name; and where it may leave files."""

    client: Client
    filled: Filled
    folders: tuple[Path, ...]

    def addresses(self) -> Iterator[tuple[Route, str]]:
        """Give every address of the map."""
        for route in routes():
            if route.name not in CLOSES_THE_DATABASE:
                for address in addresses_of(route, self.filled):
                    yield route, address

    def requests(self, route: Route, address: str) -> Iterator[tuple[Asked, Any]]:
        """Give what can be asked of an address: read it, write nonsense to it, send each of its forms, filled; with the answer."""
        answer = asked(self.client, "GET", address)
        yield Asked(route.name, "GET", address, {}), answer
        nonsense = Asked(route.name, "POST", address, dict.fromkeys(("words", "name", "q", "text"), TYPED))
        yield nonsense, None
        if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
            return
        for form in forms_of(answer.content.decode(), TYPED):
            if form.action not in {"/lock/", "/language/", "/sign-out/"}:
                yield Asked(route.name, "POST", form.action or address, form.fields, tuple(form.files)), None


@pytest.fixture
def lived(desk: Desk, director: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lived:
    """Fill the desk of `pages.py`, plant a name in its rows, and watch its folder and the temporary one."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    others = outside(desk, tmp_path / "outside", monkeypatch)
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    filled = fill(desk, others, director)
    for person in (filled.done.person, filled.arabic):
        call_person(person, [Name(STORED, STORED)])
    for row in filled.done.rows.values():
        words = [one.name for one in row._meta.concrete_fields if one.name in {"words", "to_name"}]
        for name in words:
            setattr(row, name, STORED)
        row.save(update_fields=words or None)
    return Lived(director, filled, (desk.folder, temporary))


def heard(lived: Lived, places: list[Place], capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Let the attacker look: what left with answers, what was written to the terminal, what lies in files."""
    said = capfd.readouterr()
    places += [Place("the terminal", f"{said.out}{said.err}".encode()), *left_in(*lived.folders)]
    return sorted({f"{one.place}: value {one.value}" for one in overhear(places, SOUGHT)})


def code_of(address: str) -> CodeType:
    """Give the code of the view that an address leads to, below its decorators."""
    view = inspect.unwrap(resolve(address.split("?", maxsplit=1)[0]).func)
    return (view if inspect.isfunction(view) else type(view).__call__).__code__


@pytest.mark.guarantee("G-10")
def test_what_a_history_keeps_of_a_file_holds_no_name(lived: Lived) -> None:
    """The pages of one person: titles, links and headers, which a browser writes into its folder."""
    places: list[Place] = []
    for address in lived.filled.done.addresses():
        answer = asked(lived.client, "GET", address)
        assert answer.status_code == 200
        places += told_by(answer, address)
    assert overhear(places, SOUGHT) == ()


@pytest.mark.guarantee("G-10")
def test_a_crash_in_each_view_tells_nothing(lived: Lived, capfd: pytest.CaptureFixture[str]) -> None:
    """Each page is read; and each view of the map fails once, by the next of fifteen errors that quote names."""
    places: list[Place] = []
    missed, hits = [], 0
    for number, (route, address) in enumerate(lived.addresses()):
        hit: list[bool] = []
        for one, answer in lived.requests(route, address):
            if answer is not None:
                places += told_by(answer, f"{one.method} {route.name}")
            error = ERRORS[(number + hits) % len(ERRORS)]()
            broken = asked(
                lived.client, one.method, one.address, one.body(), crashing(code_of(one.address), error, hit)
            )
            places += told_by(broken, f"{one.method} {route.name} with {type(error).__name__}")
            if hit:
                break
        missed += [] if hit else [route.name]
        hits += bool(hit)
    assert missed == []
    assert heard(lived, places, capfd) == []


@pytest.mark.long
@pytest.mark.guarantee("G-10")
def test_a_crash_in_each_function_that_a_page_reaches_tells_nothing(
    lived: Lived, capfd: pytest.CaptureFixture[str]
) -> None:
    """All forms of all pages are sent; then each function of the desk that was called on the way fails at its first call."""
    places: list[Place] = []
    known: dict[CodeType, None] = {}
    plan: list[tuple[Asked, CodeType]] = []
    for route, address in lived.addresses():
        for one, _ in lived.requests(route, address):
            found: dict[CodeType, None] = {}
            answer = asked(lived.client, one.method, one.address, one.body(), reached(found))
            places += told_by(answer, f"{one.method} {one.name}")
            plan += [(one, code) for code in found if code not in known]
            known |= found
    failed = 0
    for number, (one, code) in enumerate(plan):
        error, hit = ERRORS[number % len(ERRORS)](), list[bool]()
        answer = asked(lived.client, one.method, one.address, one.body(), crashing(code, error, hit))
        failed += answer.status_code >= 400
        places += told_by(answer, f"{one.method} {one.name}, {code.co_qualname} with {type(error).__name__}")
    assert failed > 700
    assert heard(lived, places, capfd) == []
