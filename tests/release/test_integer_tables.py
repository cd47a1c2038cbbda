"""Integers near estimates under given sums: never negative, never off a sum, and as near as can be."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.release.consistency_order import nodes_of, steps_of, tree_order
from sansnom.release.integer_tables import apportion, keep_sums


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-900, 900), min_size=1, max_size=4), st.integers(0, 9))
def test_a_whole_is_divided_as_nearly_as_it_can_be(estimates: list[int], whole: int) -> None:
    """Against every other division of the whole: none lies nearer to the estimates."""
    told = apportion(np.array([estimates]), np.array([whole]))[0].tolist()
    assert sum(told) == whole
    assert min(told) >= 0

    def far(cells: tuple[int, ...] | list[int]) -> int:
        return sum((100 * cell - e) ** 2 for cell, e in zip(cells, estimates, strict=True))

    others = (cells for cells in product(range(whole + 1), repeat=len(estimates)) if sum(cells) == whole)
    assert far(told) == min(far(cells) for cells in others)


def test_equal_remainders_go_to_the_first_cell() -> None:
    """One answer for everybody, also where halves tie."""
    assert apportion(np.array([[50, 50, 50, 50]]), np.array([2])).tolist() == [[1, 1, 0, 0]]


def test_very_wide_sums_do_not_overflow() -> None:
    """Near the largest value that a release may carry, the whole is still kept."""
    largest = 2**52
    told = apportion(np.array([[largest, largest // 2, -largest]]), np.array([largest // 100]))
    assert int(told.sum()) == largest // 100
    assert int(told.min()) >= 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_second_sum_is_kept_without_losing_the_first(seed: int) -> None:
    """Rows stay as they were, columns become as given, nothing goes below zero: for any start."""
    chance = np.random.default_rng(seed)
    values, lines = int(chance.integers(1, 6)), int(chance.integers(1, 6))
    cells = chance.poisson(2, (3, values, lines)).astype(np.int64)
    sums = chance.multinomial(1, np.full(values, 1 / values), 3) * 0
    for place in range(3):
        sums[place] = chance.multinomial(int(cells[place].sum()), np.full(values, 1 / values))
    rows = cells.sum(axis=1)
    keep_sums(cells, chance.integers(-300, 900, cells.shape), sums)
    assert (cells.sum(axis=2) == sums).all()
    assert (cells.sum(axis=1) == rows).all()
    assert cells.min() >= 0


def test_sums_that_cannot_be_kept_are_refused() -> None:
    """Sums that do not add up to the cells are a fault of ours, and raise under -O too."""
    with pytest.raises(ValueError, match="add up"):
        keep_sums(np.ones((1, 2, 2), dtype=np.int64), np.zeros((1, 2, 2), dtype=np.int64), np.array([[3, 3]]))
    with pytest.raises(ValueError, match="not negative"):
        apportion(np.array([[1]]), np.array([-1]))


def cut(*names: str) -> list[frozenset[str]]:
    """Write sets of attributes as words of one letter each."""
    return [frozenset(name) for name in names]


def test_a_ring_of_sums_is_not_taken_for_a_tree() -> None:
    """Three pairs of three attributes hang in a ring; any two of them are a tree."""
    assert tree_order(cut("ab", "bc", "ca")) is None
    assert tree_order(cut("ab", "bc")) is not None
    assert tree_order(cut("abc", "bcd", "cde")) is not None


def test_a_sum_that_would_close_a_ring_is_added_up_instead() -> None:
    """All margins of a cross of three: the last pair comes from the cross, and nothing is left loose."""
    steps = steps_of(cut("", "a", "b", "c", "ab", "ac", "bc", "abc"))
    assert not any(step.loose for step in steps)
    assert sum(step.source is not None for step in steps) == 1
    settled: list[frozenset[str]] = []
    for step in steps:
        assert all(margin in settled for margin in step.margins)
        assert step.source is None or step.source in settled
        settled.append(step.node)
    assert set(settled) == set(nodes_of(cut("abc", "ab", "bc", "ac", "a", "b", "c")))


def test_pairs_over_many_attributes_are_never_loose() -> None:
    """Whatever tables of two dimensions a plan asks, all of them agree."""
    names = "abcdef"
    pairs = [frozenset((x, y)) for x in names for y in names if x < y]
    assert not any(step.loose for step in steps_of(pairs))


def test_a_ring_that_nothing_avoids_is_told() -> None:
    """Four triples of four attributes: one of them is set apart, and said to be."""
    steps = steps_of(cut("abc", "abd", "acd", "bcd"))
    assert any(step.loose for step in steps)
