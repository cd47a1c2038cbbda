"""Every page of the desk, in French and in English, on a desktop and a telephone: whole, quiet, and nothing that axe finds.

The pages come from the map of addresses (`pages.py`): one that is added is looked at here, without being listed anywhere.
"""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.desk.browser.pages import fill, pages
from tests.desk.browser.serving import SIZES, chromium, faults, listened, served
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside

pytestmark = pytest.mark.browser
NAMES_IN_ADDRESSES = (("[0-9a-f-]{36}", "x"),)


def test_every_page_is_whole_quiet_and_accessible(
    desk: Desk, director: Client, others: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """French on a desktop and English on a telephone for axe, both widths in both languages for what is too wide."""
    monkeypatch.setattr(timezone, "now", lambda: others.now)
    addresses = pages(fill(desk, others, director), director)
    assert len(addresses) > 80
    session = director.cookies[settings.SESSION_COOKIE_NAME].value
    wrong = []
    with served() as base, chromium() as browser:
        for language, size in (("fr", "desktop"), ("en", "phone")):
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
            wrong += said
            context.close()
    assert not wrong, "\n".join(wrong)
