"""Every page of the desk in one language and width: whole, quiet, and nothing that axe finds; too wide at neither width.

The pages come from the map of addresses (`pages.py`): one that is added is looked at here, without being listed anywhere. Each
language is a file of its own (`test_every_page_in_*.py`), so that both workers of `make browser` have one.
"""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.desk.browser.pages import fill, pages
from tests.desk.browser.serving import SIZES, chromium, faults, listened, served
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside


def wrong_on_every_page(
    desk: Desk, director: Client, others: Outside, monkeypatch: pytest.MonkeyPatch, language: str, size: str
) -> list[str]:
    """Open every page, and tell what is wrong with each."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    addresses = pages(fill(desk, others, director), director)
    assert len(addresses) > 80
    session = director.cookies[settings.SESSION_COOKIE_NAME].value
    wrong = []
    with served() as base, chromium() as browser:
        width, height = SIZES[size]
        context = browser.new_context(base_url=base, viewport={"width": width, "height": height})
        told = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in told.items()])
        page = context.new_page()
        said = listened(page, base)
        for number, address in enumerate(addresses):
            assert page.goto(address).status == 200, address
            assert page.evaluate("document.documentElement.lang") == f"{language}-CA"
            wrong += faults(page, f"{number:03d}{address.split('?')[0]}{language}")
        context.close()
    return wrong + said
