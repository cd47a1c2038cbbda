"""The board in a real browser: both languages, desktop and phone, print; axe finds nothing; nothing leaves the page."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sansnom.board.language import LANGUAGES
from sansnom.board.site import build_site
from tests.board.lived_board import write_lived_board
from tests.board.sample_board import write_board

# Not installed where mypy and the quick tests run (conftest.py): so their types are not known there.
sync_api: Any = import_module("playwright.sync_api")
axe_playwright: Any = import_module("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (360, 640)}
PAGES = (
    "index.html",
    "ask.html",
    "ledger.html",
    "roster.html",
    "method.html",
    "plans/2026-portrait.html",
    "plans/2027-attente.html",
    "releases/2026-portrait.html",
    "refusals/2026-liste.html",
)


@dataclass
class Visit:
    """A browser's page with what went wrong on it."""

    page: Any
    base: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, name: str, size: str) -> None:
        """Open a page of the site as a file, at this size."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto((self.base / name).as_uri())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sample board once."""
    folder = write_board(tmp_path_factory.mktemp("board"))
    build_site(folder)
    return folder


@pytest.fixture(scope="module")
def visit(site: Path) -> Iterator[Visit]:
    """Start one browser for all pages."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        told = Visit(page, site)
        page.on("console", lambda message: told.said.append(message.text))
        page.on("pageerror", lambda error: told.said.append(str(error)))
        page.on("request", lambda request: told.asked.append(request.url))
        yield told
        browser.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_whole_quiet_and_within_the_screen(visit: Visit, language: str, page: str, size: str) -> None:
    """No word on the console, no request but the page itself, no sideways scrolling, charts shown for this width."""
    visit.said.clear()
    visit.asked.clear()
    visit.open(f"{language}/{page}", size)
    assert visit.said == []
    assert visit.asked == [(visit.base / language / page).as_uri()]
    across = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across == 0
    if page.startswith("releases/"):
        assert visit.page.locator(".drawn .narrow svg:visible").count() == (0 if size == "desktop" else 10)
        assert visit.page.locator(".drawn .wide svg:visible").count() == (10 if size == "desktop" else 0)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("page", [*PAGES, "landing"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(visit: Visit, language: str, page: str, size: str) -> None:
    """WCAG 2.2 A and AA and axe's best practices, on every page, in both languages, at both widths."""
    visit.open("index.html" if page == "landing" else f"{language}/{page}", size)
    found = axe_playwright.Axe().run(visit.page)
    told = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]]
    assert told == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keyboard_reaches_the_content_and_the_tables(visit: Visit, language: str) -> None:
    """The first key stop skips to the content; wide tables can be scrolled by keyboard."""
    visit.open(f"{language}/releases/2026-portrait.html", "phone")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("location.hash") == "#main"
    boxes = visit.page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(b => b.scrollWidth > b.clientWidth && b.tabIndex !== 0).length"
    )
    assert boxes == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_are_large_enough_to_touch(visit: Visit, language: str) -> None:
    """Targets that stand alone measure at least 24 by 24 pixels."""
    visit.open(f"{language}/index.html", "phone")
    small = visit.page.evaluate(
        "[...document.querySelectorAll('header a, h3 a, summary')].map(a => a.getBoundingClientRect())"
        ".filter(r => r.width > 0 && (r.height < 20 || r.width < 24)).length"
    )
    assert small == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_prints_with_every_table_open(visit: Visit, language: str, tmp_path: Path) -> None:
    """Print shows the wide charts and the figures of closed tables, and makes a PDF."""
    visit.open(f"{language}/releases/2026-portrait.html", "desktop")
    visit.page.emulate_media(media="print")
    heights = visit.page.evaluate(
        "[...document.querySelectorAll('details table')].map(t => t.getBoundingClientRect().height)"
    )
    place = tmp_path / "release.pdf"
    visit.page.pdf(path=place, format="Letter")
    visit.page.emulate_media(media="screen")
    assert heights
    assert min(heights) > 20
    assert place.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_can_be_enlarged_twice(visit: Visit, language: str) -> None:
    """At double text size on a phone's width nothing is cut off sideways."""
    visit.open(f"{language}/releases/2026-portrait.html", "phone")
    visit.page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    across = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across <= 0


def test_the_language_link_leads_to_the_same_page(visit: Visit) -> None:
    """From French to English and back, on the same release."""
    visit.open("fr/releases/2026-portrait.html", "desktop")
    visit.page.click("a.lang")
    assert visit.page.url.endswith("en/releases/2026-portrait.html")
    assert visit.page.evaluate("document.documentElement.lang") == "en-CA"
    visit.page.click("a.lang")
    assert visit.page.url.endswith("fr/releases/2026-portrait.html")


LIVED = (
    "index.html",
    "ask.html",
    "ledger.html",
    "roster.html",
    "releases/2026-q1.html",
    "releases/2026-q1-corrected.html",
    "plans/2026-q1.html",
    "withdrawals/2026-waiting.html",
    "incidents/2026-11-double.html",
)


@pytest.fixture(scope="module")
def lived(visit: Visit, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Build the board that has lived, shown by the same browser."""
    folder = write_lived_board(tmp_path_factory.mktemp("lived") / "board")
    build_site(folder)
    return Visit(visit.page, folder)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("page", LIVED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_board_that_has_lived_is_accessible_and_within_the_screen(
    lived: Visit, language: str, page: str, size: str
) -> None:
    """Corrections, comparisons, the ledger as cards, what was withdrawn and what went wrong: axe finds nothing."""
    lived.open(f"{language}/{page}", size)
    across = lived.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across <= 0
    found = axe_playwright.Axe().run(lived.page)
    told = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]]
    assert told == []
    assert lived.page.locator("aside.trial").is_visible()
