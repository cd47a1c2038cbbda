"""What a browser keeps on its own disk of an afternoon's work: history, cache, forms, cookies. No name, in any encoding."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sansnom.audit.overheard import left_in, overhear
from sansnom.desk.people.naming import Name, call_person
from tests.desk.browser.serving import CHROMIUM, FLAGS, served
from tests.desk.conftest import Desk
from tests.desk.two_programmes import two_programmes

pytestmark = pytest.mark.browser
STORED = "Zulfiya Plantée-Özdemir"
TYPED = "Temitope Typedinto-Oyewumi"
NOTED = "Rencontre au parc Lafontainebleau"


@pytest.mark.guarantee("G-10")
def test_a_browser_keeps_no_name(
    desk: Desk, counsellor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is found and read, a new one begun, a note written; then the browser is closed and its folder read."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sync_api: Any = import_module("playwright.sync_api")
    house = two_programmes(desk)
    house.open.members.add(desk.counsellor)
    call_person(house.awa, [Name(STORED, STORED)])
    session, profile = counsellor.cookies[settings.SESSION_COOKIE_NAME].value, tmp_path / "profile"
    with served() as base, sync_api.sync_playwright() as playwright:
        kept = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=FLAGS, base_url=base
        )
        kept.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
        page = kept.new_page()
        page.goto("/people/")
        page.fill("main input[name=text]", STORED)
        # The page that is left is loaded already: waiting for its load would wait for nothing.
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(f"/people/{house.awa.reference}/")
        assert STORED.split()[1] in page.inner_text("main")
        page.goto("/people/new/")
        page.fill("[name=name0-given_names]", TYPED)
        page.fill("[name=name0-family_names]", TYPED)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(f"/work/{house.awa.reference}/note/")
        page.fill("main textarea", NOTED)
        page.goto("/today/")
        kept.close()
    places = list(left_in(profile))
    assert any(place.name.endswith("/History") for place in places)
    assert sorted({(one.place, one.value) for one in overhear(places, [STORED, TYPED, NOTED])}) == []
