"""One answered question for all tests of the command line: three helper processes take a few seconds."""

from pathlib import Path

import pytest

from sansnom.cli.main import GOOD, main
from tests.cli.small_files import write_organizations


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run once over four small organizations; give the output folder."""
    files = write_organizations(tmp_path_factory.mktemp("files") / "organizations", 4)
    out = tmp_path_factory.mktemp("out") / "run"
    assert main(["run", "--organizations", str(files), "--out", str(out), "--exact-for-evaluation"]) == GOOD
    return out
