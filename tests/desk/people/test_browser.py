"""Persons and agreement in a real browser: by keyboard alone, names from right to left. How pages look: tests/desk/browser."""

import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from sansnom.desk.agreement.notices import notice_in
from sansnom.desk.agreement.rules import agree, choose_joint_statistics
from sansnom.desk.people.duplicates import look
from sansnom.desk.people.households import join_household
from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, House, two_programmes

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class Quiet(WSGIRequestHandler):
    """Serves without a word on the terminal."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def house(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> House:
    """Fill a desk: a name in Arabic, a twin file, a child, a household, an agreement, a no to joint statistics."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
    filled = two_programmes(desk)
    open_file(
        desk.counsellor,
        filled.open,
        [Name("Hawa", "Diop")],
        birth_year=1990,
        birth_quality="estimated",
        phone="514 555-0101",
    )
    names = [Name("محمد", "اليوسف", kind="native"), Name("Mohamed", "Al Youssef", kind="papers")]
    person = open_file(
        desk.counsellor, filled.open, names, best_language="ar", needs_interpreter=True, contact_rule="never", phone="1"
    )
    child = open_file(desk.counsellor, filled.open, [Name("Moussa", "Diop")], birth_year=2019, birth_quality="exact")
    join_household(desk.counsellor, child, filled.awa)
    agree(desk.counsellor, person, notice_in("file", "ar"), DAY, oral=True, interpreter=True)
    choose_joint_statistics(desk.counsellor, person, takes_part=False)
    look()
    return filled


@pytest.fixture
def browse(house: House) -> Iterator[Callable[[str], Any]]:
    """Serve the desk and give a way to open a browser's page in a language, signed in as Camille."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)

    def serve() -> None:
        server.serve_forever()
        connection.close()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    base = f"http://localhost:{server.server_port}"
    session = house.desk.client(house.desk.counsellor).cookies["desk_session"].value
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def opened(language: str) -> Any:
            context = browser.new_context(base_url=base)
            told = {"desk_session": session, "desk_language": language}
            context.add_cookies([{"name": name, "value": value, "url": base} for name, value in told.items()])
            return context.new_page()

        yield opened
        browser.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_from_the_search_to_a_new_file_by_keyboard_alone(browse: Callable[[str], Any]) -> None:
    """Find, nobody, new file with the name carried over, what looks like it while typing, open, take back with z."""
    page = browse("fr")
    page.goto("/people/")
    page.keyboard.press("/")
    page.keyboard.type("Hava Diop")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?found=1")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.wait_for_url("**/people/new/?found=1")
    assert page.input_value("#id_name0-given_names") == "Hava"
    page.focus("#id_birth_year")
    page.keyboard.type("1990")
    page.wait_for_selector("#like table")
    assert "Awa Diop" in page.inner_text("#like")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/people/*-*/")
    assert page.inner_text("h1") == "Hava Diop"
    page.keyboard.press("z")
    page.wait_for_url("**/people/")
    page.goto("/people/list/")
    assert "Awa Diop" in page.inner_text("tbody")
    assert "Hava Diop" not in page.inner_text("tbody")


def test_a_name_from_right_to_left_flows_as_it_is_written(browse: Callable[[str], Any]) -> None:
    """Typed, it runs from right to left; shown in a French sentence, it turns nothing around; a Latin spelling finds it."""
    page = browse("fr")
    page.goto("/people/new/")
    page.fill("#id_name0-given_names", "فاطمة")
    assert page.evaluate("getComputedStyle(document.querySelector('#id_name0-given_names')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('#id_name0-family_names')).direction") == "ltr"
    page.fill("#id_name0-family_names", "الزهراء")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/people/*-*/")
    assert page.inner_text("h1") == "فاطمة الزهراء"
    page.goto("/people/")
    page.fill("[data-find]", "Fatima Zahra")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/?found=1")
    assert "فاطمة الزهراء" in page.inner_text("tbody tr:first-child th")


def test_a_draft_of_a_new_file_survives_a_cut(browse: Callable[[str], Any]) -> None:
    """What was typed is offered back after the page went, rows of other names included."""
    page = browse("en")
    page.goto("/people/new/")
    page.fill("#id_name0-given_names", "Olena")
    page.click("summary:has-text('Other names')")
    page.fill("#id_name1-given_names", "Олена")
    page.wait_for_selector(".kept:not(:empty)")
    page.goto("/people/")
    page.goto("/people/new/")
    page.click("[data-restore]")
    assert page.input_value("#id_name0-given_names") == "Olena"
    assert page.input_value("#id_name1-given_names") == "Олена"
    assert page.is_visible("#id_name1-given_names")


@pytest.mark.parametrize("language", ["ar", "zh", "uk"])
def test_a_notice_prints_on_one_page(browse: Callable[[str], Any], language: str) -> None:
    """One sheet of letter paper, two columns, neither the desk's frame nor its buttons."""
    page = browse("fr")
    page.goto(f"/agreement/notices/print/?language={language}")
    made = page.pdf(format="Letter")
    assert made.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    assert not page.is_visible("header.top")
    assert not page.is_visible("[data-print]")
    left, right = (box["y"] for box in (page.locator(".column").nth(n).bounding_box() for n in (0, 1)))
    assert left == right
