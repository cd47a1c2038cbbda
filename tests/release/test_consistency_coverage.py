"""Intervals of consistent figures hold the truth 19 times in 20, at every level: total, margins, cells, and sums of cells."""

import pytest

from bench.consistency import coverage_of


def test_intervals_hold_what_they_promise_over_150_seeds() -> None:
    """Every level lies near 95 %: a wrong variance, a missing factor or a wrong quantile would show at once."""
    told = coverage_of(150)
    assert {name for name, _ in told} >= {"total", "one axis", "two axes", "alone", "sums"}
    assert all(0.92 <= held <= 0.985 for _, held in told), told


@pytest.mark.long
def test_intervals_hold_95_percent_over_1000_seeds() -> None:
    """Between 94 and 96 % at every level, as `python bench/consistency.py --coverage 1000` prints it."""
    told = coverage_of(1000)
    assert all(0.94 <= held <= 0.96 for _, held in told), told
