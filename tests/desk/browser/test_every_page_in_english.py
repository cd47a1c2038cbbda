"""Every page of the desk in English, on a telephone for axe, at both widths for what is too wide."""

import pytest
from django.test import Client

from tests.desk.browser.every_page import wrong_on_every_page
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside


@pytest.mark.browser
def test_every_page_is_whole_quiet_and_accessible(
    desk: Desk, director: Client, others: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that axe finds, nothing on the console, nothing asked of anybody but the desk, nothing too wide."""
    wrong = wrong_on_every_page(desk, director, others, monkeypatch, "en", "phone")
    assert not wrong, "\n".join(wrong)
