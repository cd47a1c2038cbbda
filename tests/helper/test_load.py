"""A fixed slice of `bench/load.py`: three real processes, every desk at once, exact counts."""

from pathlib import Path

import pytest

from bench.load import measure
from sansnom.terms.party import PARTIES

ORGANIZATIONS = 40


@pytest.mark.guarantee("G-08")
def test_forty_desks_at_once_have_their_receipts_and_are_in_the_run(tmp_path: Path) -> None:
    """120 receipts, each checked; the set that each helper signed and computed on is what was sent."""
    found = measure(ORGANIZATIONS, rows=8, size_class=32, seconds=1.0, flood=0, folder=tmp_path)
    assert found["receipts"] == ORGANIZATIONS * len(PARTIES)
    assert found["organizations_with_three_receipts"] == ORGANIZATIONS
    assert found["in_the_run"] == [ORGANIZATIONS] * len(PARTIES)
    assert found["in_the_run_without_receipt"] == [0] * len(PARTIES)
