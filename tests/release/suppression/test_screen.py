"""The Gauss screen against ranks of whole numbers: what it publishes gives nothing away, and nothing more could be published."""

from dataclasses import replace

import numpy as np
import pytest

from sansnom.release.linear_table import Flags, LinearTable
from sansnom.release.suppression import Effort, suppress
from sansnom.release.suppression.problem import problem_of
from sansnom.release.suppression.screen import MOVES_MAX, Screen
from tests.release.suppression.tables import cube, safe, table


def screen_of(asked: LinearTable) -> Screen:
    """Make the screens of a table."""
    return Screen(problem_of(asked), lambda: False)


def computable(asked: LinearTable, hidden: Flags) -> Flags:
    """Tell which hidden cells follow from the published ones, by ranks: another formulation than the screen's."""
    relations = asked.relations.toarray()[:, hidden]
    rank = np.linalg.matrix_rank(relations)
    told = np.zeros(asked.cells, dtype=np.bool_)
    for place, cell in enumerate(np.flatnonzero(hidden)):
        unit = np.eye(relations.shape[1])[place]
        told[cell] = np.linalg.matrix_rank(np.vstack([relations, unit])) == rank
    return told


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("bent", [0.0, 0.7])
def test_a_screen_gives_no_sensitive_cell_away_and_publishes_all_it_can(seed: int, bent: float) -> None:
    """No sensitive cell follows from the published ones; one more published cell, whichever, gives one away."""
    asked = cube(seed, 3)
    found = screen_of(asked).publish(np.zeros(0, dtype=np.int64), bent)
    assert found.hidden[asked.primary].all()
    assert not computable(asked, found.hidden)[asked.primary].any()
    free = np.flatnonzero(found.hidden & ~asked.primary)
    assert len(free)
    for cell in free:
        one_more = found.hidden & (np.arange(asked.cells) != cell)
        assert computable(asked, one_more)[asked.primary].any()


def test_patterns_of_screens_get_better_and_are_the_same_each_time() -> None:
    """Each loses less than the one before in its family; nothing is drawn by chance."""
    asked = replace(cube(4), weights=np.ones(125))
    once, again = (list(screen_of(asked).patterns(600, lambda: np.inf)) for _ in range(2))
    losses = [int((hidden & ~asked.primary).sum()) for hidden in once]
    assert min(losses) < losses[0]
    assert [hidden.tolist() for hidden in once] == [hidden.tolist() for hidden in again]


def test_a_screened_pattern_is_safe_and_hides_less_where_free_moves_are_few() -> None:
    """Witnesses complete the screen: both ends of every sensitive cell stay as wide as they must."""
    asked = replace(cube(4), weights=np.ones(125))
    without = Effort(screen_steps=0, integer_rounds=0, search_solves=50, cut_solves=0)
    plain = suppress(asked, effort=without)
    screened = suppress(asked, effort=replace(without, screen_steps=600))
    assert "screened" in screened.steps
    assert safe(asked, screened.suppressed)
    assert screened.loss < plain.loss


def test_no_screen_where_free_moves_are_many() -> None:
    """A table of 20 by 20 inner cells has 400 free moves, one of 21 has more: witnesses are quicker there."""
    for size, worth_it in ((20, True), (21, False)):
        asked = table(np.full((size, size), 9), {0: (3, 3)})
        screen = screen_of(asked)
        assert screen.worth_it is worth_it
        assert (screen.moves == MOVES_MAX) is worth_it
