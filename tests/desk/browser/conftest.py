"""Browser tests need requirements/browser.txt, which `make browser` installs; elsewhere they are not even imported."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, outside

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py", "serving.py", "every_page.py"]


@pytest.fixture
def others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Give everything outside a desk that has joined."""
    return outside(desk, tmp_path / "outside", monkeypatch)
