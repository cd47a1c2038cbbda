"""The work in a real browser: by keyboard, a group in under a minute, a killed server. How pages look: tests/desk/browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sansnom.desk.people.naming import Name
from sansnom.desk.work import models as work
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import DATABASE_KEY, PASSWORD, Desk
from tests.desk.two_programmes import House, two_programmes

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")
axe_playwright: Any = import_module("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
GROUP = (
    "Amina Traoré", "Bilal Haddad", "Carmen Rojas", "Dmytro Shevchenko", "Esther Mukendi", "Fatou Ndiaye", "Gloria Pérez",
    "Hassan Rahimi", "Ines Benali", "Jean Baptiste", "Karim Mansour", "Lina Khoury", "Marie Joseph", "Nadia Popova",
    "Oscar Mejia", "Parisa Azizi", "Rosa Lopez", "Samir Aziz", "Tariq Noori", "Yusuf Warsame",
)  # fmt: skip


@pytest.fixture
def house(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> House:
    """Fill a desk with a group of twenty, a person written from right to left, and one act of each kind."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
    filled = two_programmes(desk)
    for name in GROUP:
        given, family = name.split()
        open_file(desk.counsellor, filled.open, [Name(given, family)])
    names = [Name("محمد", "اليوسف", kind="native"), Name("Mohamed", "Al Youssef", kind="papers")]
    open_file(desk.counsellor, filled.open, names, best_language="ar", needs_interpreter=True)
    return filled


@pytest.fixture
def browser() -> Iterator[Any]:
    """Give a headless Chromium."""
    with sync_api.sync_playwright() as playwright:
        connection.close()  # Playwright's loop gives this thread another connection, which may be the last test's
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()
        connection.close()


def free_port() -> int:
    """Give a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Serve the desk of a folder by a process of its own."""
    environment = {**os.environ, "SANSNOM_DESK_FOLDER": str(folder)}
    command = [sys.executable, "-m", "tests.desk.work.served", str(port), DATABASE_KEY.hex()]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    raise AssertionError("the desk did not start")


def signed_in(page: Any, who: str = "camille") -> None:
    """Sign somebody in."""
    page.goto("/sign-in/")
    page.fill("[name=sign_in_name]", who)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today/")


@pytest.fixture
def browse(house: House, browser: Any) -> Iterator[Callable[..., Any]]:
    """Serve the desk by a process of its own, and give a way to open a page in a language, signed in as Cosima unless told."""
    port = free_port()
    server = started(house.desk.folder, port)

    def opened(language: str, who: str = "cosima", *, script: bool = True) -> Any:
        context = browser.new_context(base_url=f"http://localhost:{port}", java_script_enabled=script)
        context.set_default_timeout(15_000)
        page = context.new_page()
        signed_in(page, who)
        context.add_cookies([{"name": "desk_language", "value": language, "url": f"http://localhost:{port}"}])
        return page

    yield opened
    server.kill()
    server.wait()


def wait_for(page: Any, text: str) -> None:
    """Wait until the page has said this of the sheet."""
    page.wait_for_function("text => document.querySelector('[data-spoken]').textContent.includes(text)", arg=text)


def test_a_group_of_twenty_is_recorded_by_keyboard(house: House, browse: Callable[..., Any]) -> None:
    """Keys only: g s g n, twenty names by their first letters, Ctrl+Enter. The time is printed; the issue allows a minute."""
    page = browse("fr")
    page.goto("/today/")
    began = time.perf_counter()
    strokes = 0

    def press(key: str) -> None:
        nonlocal strokes
        strokes += 1
        page.keyboard.press(key)

    for keys, where in (("gs", "**/work/"), ("s", "**/work/sessions/"), ("n", "**/work/sessions/new/")):
        for key in keys:
            press(key)
        page.wait_for_url(where)
        page.evaluate("document.activeElement.blur()")
    press("/")
    for name in GROUP:
        page.keyboard.type(name[: len(name.split()[0]) + 3], delay=60)
        strokes += len(name.split()[0]) + 3
        press("Enter")
        wait_for(page, name)
    press("Control+Enter")
    page.wait_for_url("**/work/sessions/")
    seconds = time.perf_counter() - began
    print(f"\na group of {len(GROUP)}: {strokes} keystrokes, {seconds:.0f} s at 60 ms a key")
    assert work.Service.objects.filter(session__isnull=False, status="completed").count() == len(GROUP)


def test_the_same_group_again_takes_a_few_keys(house: House, browse: Callable[..., Any]) -> None:
    """The key r repeats the last group with everybody ticked; one absence is one space; Ctrl+Enter."""
    page = browse("en")
    session = work.GroupSession.objects.create(programme=house.open, service="community", held_on=timezone.localdate())
    from sansnom.desk.people.models import Person
    from sansnom.desk.work.recording import record_group

    record_group(
        house.desk.counsellor,
        session,
        dict.fromkeys(Person.objects.exclude(pk=house.hidden.pk).values_list("pk", flat=True), True),
    )
    page.goto("/work/sessions/")
    began = time.perf_counter()
    page.keyboard.press("r")
    page.wait_for_url("**/sessions/new/?repeat=*")
    page.locator("[name=came]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/work/sessions/")
    print(f"\nthe same group again: {time.perf_counter() - began:.1f} s")
    again = work.GroupSession.objects.latest("pk")
    assert again.services.filter(status="no_show").count() == 1
    assert again.services.filter(status="completed").count() == len(GROUP) + 1


def test_the_quick_entry_by_keyboard(house: House, browse: Callable[..., Any]) -> None:
    """/ finds the field, letters in another script find the person, Enter takes them, Ctrl+Enter records, z takes it back."""
    page = browse("fr", "camille")
    page.goto("/today/")
    page.keyboard.press("/")
    page.keyboard.type("اليوسف")
    page.wait_for_selector("[role=option]")
    assert axe_playwright.Axe().run(page).response["violations"] == []
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".message")
    assert work.Service.objects.get().person.best_language == "ar"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    page.wait_for_selector("text=C’est retiré.")
    assert not work.Service.objects.exists()


def test_the_sheet_is_kept_without_the_script(house: House, browse: Callable[..., Any]) -> None:
    """With scripts off, a suggestion's line and the button put somebody on the sheet, and saving saves."""
    page = browse("fr", script=False)
    page.goto("/work/sessions/new/")
    for name in GROUP[:3]:
        page.fill("#who", name)
        with page.expect_navigation():
            page.press("#who", "Enter")
    page.get_by_role("button", name="Enregistrer la rencontre").click()
    page.wait_for_url("**/work/sessions/")
    assert work.Service.objects.filter(status="completed").count() == 3


def test_nothing_typed_is_lost_when_the_server_is_killed(house: House, browser: Any) -> None:
    """A long note and an attendance sheet, the server killed without warning: both are offered back after a new start."""
    house.open.members.add(house.desk.counsellor)
    note, sheet = f"/work/{house.awa.reference}/note/", "/work/sessions/new/"
    connection.close()
    port = free_port()
    server = started(house.desk.folder, port)
    try:
        page = browser.new_context(base_url=f"http://localhost:{port}").new_page()
        page.set_default_timeout(15_000)
        signed_in(page)
        page.goto(note)
        page.fill("[name=words]", "Awa cherche une garderie. " * 20)
        page.wait_for_function("() => document.querySelector('.kept').textContent !== ''")
        page.goto(sheet)
        page.fill("[name=title]", "Causerie du jeudi")
        for name in GROUP[:2]:
            page.focus("#who")
            page.keyboard.type(name)
            page.keyboard.press("Enter")
            wait_for(page, name)
        page.locator("[name=came]").first.uncheck()
        page.wait_for_timeout(1500)
        server.kill()
        server.wait()
        server = started(house.desk.folder, port)
        signed_in(page)
        page.goto(note)
        page.click("[data-restore]")
        assert page.input_value("[name=words]") == "Awa cherche une garderie. " * 20
        page.goto(sheet)
        page.click("[data-restore]")
        page.wait_for_selector(".attendance li")
        assert page.input_value("[name=title]") == "Causerie du jeudi"
        came = page.evaluate(
            "[...document.querySelectorAll('.attendance li')]"
            ".map(line => [line.querySelector('bdi').textContent, line.querySelector('[name=came]').checked])"
        )
        assert came == [[GROUP[0], False], [GROUP[1], True]]
    finally:
        server.kill()
        server.wait()
