"""One nursery for all tests of deaths."""

from collections.abc import Iterator

import pytest

from tests.death.ring import Nursery


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Start the warm process that forks the others; it ends with the session, and so do they."""
    made = Nursery(tmp_path_factory.mktemp("nursery") / "notes.jsonl")
    yield made
    made.close()
