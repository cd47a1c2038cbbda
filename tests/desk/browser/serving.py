"""A desk served to a headless Chromium, in threads of this process: no cold start, and the test's own clock."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")
axe_base: Any = import_module("axe_playwright_python.base")

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
JUDGE = """options => axe.run(document, options).then(
    told => told.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""
"""What passed stays in the browser: it is most of what axe tells."""
ON_PURPOSE = ("[DOM] Multiple forms should be contained in their own form elements", "Autofocus processing was blocked")
"""What Chromium says of two choices of ours: a first run asks for a passphrase and a password on one page; a form that comes back
puts the focus on what is wrong, before its first field takes it."""
PICTURES = os.environ.get("SANSNOM_PICTURES", "")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Threaded(WSGIServer):
    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, and give its connection back."""

        def answer() -> None:
            self.finish_request(request, client_address)
            self.shutdown_request(request)
            connection.close()

        threading.Thread(target=answer, daemon=True).start()


@contextmanager
def served() -> Iterator[str]:
    """Serve the desk of this process; give its address."""
    with make_server("127.0.0.1", 0, WSGIHandler(), _Threaded, _Quiet) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a headless Chromium."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop in this thread
    try:
        with sync_api.sync_playwright() as playwright:
            connection.close()  # its loop gives this thread another connection, which may be an earlier test's
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield opened
            opened.close()
            connection.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def listened(page: Any, base: str) -> list[str]:
    """Keep what a page says on its console, and what it asks of anybody but the desk."""
    said: list[str] = []
    page.on("console", lambda message: None if message.text.startswith(ON_PURPOSE) else said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((base, "data:")) else said.append(asked.url))
    return said


def faults(page: Any, name: str) -> list[str]:
    """Let axe judge the page as it stands, and its width at either size; keep pictures where a folder is named for them."""
    page.evaluate(axe_base.AXE_SCRIPT)
    wrong = [f"{name} {told}" for told in page.evaluate(JUDGE, AXE)]
    before = page.viewport_size
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{name} on a {size}: {across} too wide"] if across > 0 else []
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name.strip('/').replace('/', '_')[:80]}-{size}.png", full_page=True)
    page.set_viewport_size(before)
    return wrong
