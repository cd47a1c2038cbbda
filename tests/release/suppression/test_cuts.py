"""Cuts hold for every safe pattern: tried on all patterns of small tables."""

from itertools import product

import numpy as np
import pytest

from sansnom.release.linear_table import LinearTable
from sansnom.release.suppression.cuts import Cut, Lines, capacity_cut
from sansnom.release.suppression.problem import problem_of
from sansnom.release.suppression.separation import Separator
from tests.release.suppression.tables import fischetti_salazar, safe, table


def small() -> LinearTable:
    """Two by two, one sensitive cell and narrow capacities."""
    return table(np.array([[3, 9], [6, 2]]), {0: (3, 4)})


def safe_patterns(asked: LinearTable) -> list[np.ndarray]:
    """Every safe pattern of a small table in which each hidden line has two hidden cells."""
    free = np.flatnonzero(~asked.primary)
    found = []
    for choice in product([False, True], repeat=len(free)):
        pattern = asked.primary.copy()
        pattern[free] = choice
        if safe(asked, pattern):
            found.append(pattern)
    return found


@pytest.fixture(scope="module")
def patterns() -> list[np.ndarray]:
    """Tried once for all tests."""
    return safe_patterns(small())


def cuts_of_unsafe_patterns(asked: LinearTable) -> list[Cut]:
    """Ask for the cuts of many patterns that are not safe."""
    problem = problem_of(asked)
    separator = Separator(problem, lambda: False)
    draw = np.random.default_rng(7)
    cuts = []
    for _ in range(40):
        cuts += separator.pattern(problem.must | (draw.random(problem.cells) < 0.4)).cuts
        cuts += separator.fraction(np.where(problem.must, 1.0, draw.random(problem.cells)), 100).cuts
    return cuts


def test_a_capacity_cut_holds_for_every_safe_pattern(patterns: list[np.ndarray]) -> None:
    """No cut takes away a pattern that is safe; and there are cuts to try."""
    cuts = cuts_of_unsafe_patterns(small())
    assert len(cuts) > 5
    for pattern in patterns:
        for cut in cuts:
            assert cut.missing(pattern.astype(np.float64)) <= 1e-9


def test_any_multipliers_make_a_valid_cut(patterns: list[np.ndarray]) -> None:
    """The solver's duals need not be right: whatever whole combination of relations is taken, the cut holds."""
    problem = problem_of(small())
    draw = np.random.default_rng(8)
    made = 0
    for _ in range(200):
        multipliers = problem.relations.T @ draw.integers(-3, 4, problem.relations.shape[0])
        cut = capacity_cut(problem, 0, multipliers.astype(np.float64))
        if cut is not None:
            made += 1
            assert all(cut.missing(pattern.astype(np.float64)) <= 1e-9 for pattern in patterns)
    assert made > 10


def test_an_unsafe_pattern_violates_the_cuts_it_gave() -> None:
    """Else the integer program would give it again, for ever."""
    problem = problem_of(fischetti_salazar())
    found = Separator(problem, lambda: False).pattern(problem.must)
    assert found.unmet
    assert all(cut.missing(problem.must.astype(np.float64)) > 0 for cut in found.cuts)


def test_line_cuts_hold_for_patterns_without_a_needless_cell() -> None:
    """A hidden cell alone in a line is known from it: the published example's pattern has none such."""
    asked = fischetti_salazar()
    problem = problem_of(asked)
    lines = Lines(problem)
    best = np.isin(asked.names, [f"row {r}, column {c}" for r in (2, 3) for c in (1, 3)])
    given = lines.violated(problem.must.astype(np.float64), 100)
    assert len(given) == 2
    assert all(cut.missing(best.astype(np.float64)) <= 0 for cut in given)


def test_a_cell_hidden_before_needs_no_second_one_beside_it() -> None:
    """It has no protection to lose; a line cut for it would be wrong."""
    asked = fischetti_salazar()
    problem = problem_of(asked, fixed_suppressed=np.arange(asked.cells) == 0)
    share = problem.must.astype(np.float64)
    assert len(Lines(problem).violated(share, 100)) == 2
