"""One desk among three other organizations, all in memory. Browser tests need requirements/browser.txt, as in `tests/browser`."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from sansnom.desk.questions.answers import REMEMBERED
from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, outside

collect_ignore = [] if find_spec("playwright") else ["test_in_a_browser.py"]


@pytest.fixture
def others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Give everything outside a desk that has joined, whose process has just begun: it remembers no decision of another test."""
    REMEMBERED.clear()
    return outside(desk, tmp_path / "outside", monkeypatch)
