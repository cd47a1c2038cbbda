"""One desk among three other organizations, all in memory. Browser tests need requirements/browser.txt, as in `tests/browser`."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, outside

collect_ignore = [] if find_spec("playwright") else ["test_in_a_browser.py"]


@pytest.fixture
def others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Give everything outside a desk that has joined."""
    return outside(desk, tmp_path / "outside", monkeypatch)
