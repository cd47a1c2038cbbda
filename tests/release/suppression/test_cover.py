"""Witnesses: what one deviation meets, and which cells hang together."""

import numpy as np

from sansnom.release.suppression.cover import Cover
from sansnom.release.suppression.draws import shaken
from sansnom.release.suppression.problem import problem_of
from tests.release.suppression.tables import fischetti_salazar, table


def circle(size: float) -> np.ndarray:
    """Move the four inner cells of a table of two by two in a circle."""
    moved = np.zeros(9)
    moved[[0, 4]], moved[[1, 3]] = size, -size
    return moved


def test_a_witness_turned_round_stops_at_the_capacity_of_its_cells() -> None:
    """3 can rise by 4 in a circle, but cannot fall by 3: the 2 opposite would fall below nothing."""
    problem = problem_of(table(np.array([[3, 9], [6, 2]]), {0: (3, 4)}))
    cover = Cover(problem)
    upwards = int(np.flatnonzero(problem.needs.signs > 0)[0])
    assert cover.meets(circle(4.0)).tolist() == [upwards]
    assert cover.meets(circle(-2.0)).tolist() == [upwards]


def test_a_witness_is_stretched_as_far_as_its_cells_allow() -> None:
    """One unit round a circle of large cells meets both needs of a sensitive one."""
    problem = problem_of(table(np.array([[30, 90], [60, 20]]), {0: (3, 4)}))
    assert Cover(problem).meets(circle(1.0)).tolist() == [0, 1]


def test_cells_that_move_in_one_proportion_are_one_chain() -> None:
    """The three cells that a single circle hides cannot be published one by one."""
    asked = fischetti_salazar()
    cover = Cover(problem_of(asked))
    moved = np.zeros(asked.cells)
    moved[[6, 8]], moved[[4, 10]] = 8.0, -8.0
    cover.add(moved, 0)
    assert [chain.tolist() for chain in cover.chains()] == [[4, 8, 10]]
    assert cover.loss == 8 + 17 + 12


def test_shaken_prices_are_the_same_each_time_and_differ_by_turn() -> None:
    """Patterns must be repeatable, and beginnings different."""
    assert shaken(5, 3).tolist() == shaken(5, 3).tolist()
    assert shaken(5, 3).tolist() != shaken(5, 4).tolist()
    assert 0.9 < np.median(shaken(10_001, 1)) < 1.1
