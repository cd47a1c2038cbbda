"""One desk among three other organizations, all in memory."""

from pathlib import Path

import pytest

from tests.desk.conftest import Desk
from tests.desk.questions.outside import Outside, outside


@pytest.fixture
def others(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Give everything outside a desk that has joined."""
    return outside(desk, tmp_path / "outside", monkeypatch)
