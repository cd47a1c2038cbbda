"""Questions in a real browser, by keyboard; nothing leaves the page."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.utils import timezone

from sansnom.desk.house.asgi import make_application
from sansnom.desk.questions import answers
from sansnom.desk.questions.models import Parcel, Question
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Serve this test's desk."""
    del desk
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make_application(), port=port, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a browser's page, signed in as the director."""
    monkeypatch.setenv(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
    )  # playwright keeps a loop in this thread; the desk has threads of its own
    client = desk.client(desk.director)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        opened = context.new_page()
        opened.said = []
        opened.on("console", lambda message: opened.said.append(message.text))
        opened.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.on("request", lambda request: opened.said.append(request.url) if address not in request.url else None)
        yield opened
        browser.close()


@pytest.fixture
def asked(others: Outside, monkeypatch: pytest.MonkeyPatch) -> Question:
    """Give a question that is open now, by everybody's clock."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    monkeypatch.setattr(answers, "DELAY_MILLISECONDS_MAX", 1)
    others.publish()
    return others.question()


def test_a_question_is_answered_by_keyboard(page: Any, address: str, others: Outside, asked: Question) -> None:
    """Without a mouse, to three receipts; no word on the console, no outside request. What pages look like: tests/desk/browser."""
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "fr", "url": address}])
    page.goto(f"{address}/questions/")
    page.locator("main table a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/*-*/")
    page.locator("input[value=abstain]").focus()
    assert page.evaluate("document.querySelectorAll('input:checked').length") == 0
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("section.card ul li:has-text('accusé de réception du') >> nth=2", timeout=20_000)
    assert Parcel.objects.exclude(receipt="").count() == 3
    assert len(others.bodies) == 3
    assert page.said == []
