"""Import, export and report in a real browser: both languages, desktop and phone, light and dark; axe finds nothing."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from sansnom.desk.work.models import Funder, Grant, Need, Programme, TurnedAway, WaitingEntry
from tests.desk.bring.files_of import LOG
from tests.desk.conftest import Desk
from tests.desk.own_report.people_served import QUARTER, serve

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")
axe_playwright: Any = import_module("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SHOTS = os.environ.get("SANSNOM_SHOTS", "")


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Write nothing."""


class _Threaded(WSGIServer):
    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, and give its connection back."""

        def answer() -> None:
            self.finish_request(request, client_address)
            self.shutdown_request(request)
            connection.close()

        threading.Thread(target=answer, daemon=True).start()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Serve the desk to a browser on this machine."""
    with make_server("127.0.0.1", 0, WSGIHandler(), _Threaded, _Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def busy(desk: Desk) -> Programme:
    """Give a programme with people, needs, unmet need and a grant."""
    programme = Programme.objects.create(name_fr="Accueil", name_en="Reception")
    funder = Funder.objects.create(name_fr="Ministère", name_en="Ministry")
    Grant.objects.create(
        programme=programme, funder=funder, starts_on=QUARTER[0], ends_on=QUARTER[1], amount_cents=9_000_000
    )
    numbers = [*serve(programme, 40).values(), *serve(programme, 25, born=2003, sex="M", service="housing").values()]
    serve(programme, 3, sex="X", region="13")
    for place, number in enumerate(numbers):
        outcome = ("met", "partly", "")[place % 3]
        Need.objects.create(
            person_id=number, programme=programme, service="housing", opened_on=QUARTER[0],
            closed_on=QUARTER[1] if outcome else None, outcome=outcome,
        )  # fmt: skip
    for place in range(24):
        TurnedAway.objects.create(
            programme=programme, service="housing", day=QUARTER[0], reason=("no_place", "no_staff")[place % 2]
        )
        WaitingEntry.objects.create(programme=programme, service="french_course", joined_on=QUARTER[0])
    return programme


def _look(page: Any, name: str) -> None:
    """Let axe judge the page, once its style is there; keep a picture where one is asked for."""
    page.wait_for_load_state("load")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    found = axe_playwright.Axe().run(page, options=WCAG)
    told = [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found.response["violations"]]
    assert not told, (name, told)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} is wider than the screen"


@pytest.mark.parametrize(("language", "size"), [("fr", "desktop"), ("en", "phone")])
def test_from_a_file_to_a_report(
    desk: Desk, busy: Programme, address: str, tmp_path: Path, language: str, size: str
) -> None:
    """A director brings a file, sees what was left out, makes a report, opens a figure, gives it out, copies the form."""
    path = tmp_path / "registre.csv"
    path.write_text(LOG, encoding="utf-8")
    cookie = desk.client(desk.director).cookies[settings.SESSION_COOKIE_NAME].value
    errors: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        width, height = SIZES[size]
        scheme = "dark" if (language, size) == ("en", "phone") else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        context.add_cookies(
            [
                {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address},
                {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address},
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        mark = f"{language}-{size}"
        page.goto(f"{address}/bring/")
        _look(page, f"bring-start-{mark}")
        page.set_input_files("input[type=file]", str(path))
        page.select_option("select[name=programme]", index=0)
        with page.expect_navigation():
            page.click("main button[data-key=s]")
        _look(page, f"bring-columns-{mark}")
        with page.expect_navigation():
            page.click("button[name=import]")
        page.wait_for_selector("dl.pairs")
        _look(page, f"bring-result-{mark}")
        page.goto(f"{address}/bring/everything/")
        _look(page, f"bring-export-{mark}")
        page.goto(f"{address}/report/")
        _look(page, f"report-start-{mark}")
        page.fill("input[name=start]", "2026-01-01")
        page.fill("input[name=end]", "2026-03-31")
        with page.expect_navigation():
            page.click("main button[data-key=s]")
        _look(page, f"report-draft-{mark}")
        with page.expect_navigation():
            page.locator("td.number a", has_text=re.compile("—")).first.click()
        _look(page, f"report-figure-{mark}")
        page.go_back()
        page.click(".note button")
        page.wait_for_selector("[data-print]")
        _look(page, f"report-issued-{mark}")
        with page.expect_navigation():
            page.click("a[data-key=f]")
        _look(page, f"report-form-{mark}")
        browser.close()
    assert not errors
