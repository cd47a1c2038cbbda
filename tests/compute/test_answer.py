"""A plan's answer on shares is the plain answer plus the helpers' noise, whatever the world."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sansnom.compute.programs.answer import Answer, answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.simulate import Trace, join_bits, run_three, seat_three
from sansnom.terms.plan import Plan
from sansnom.terms.table import axes_of, cells_of
from tests.compute.plain_tables import PlainTables, accepted_rows, accepted_tallies
from tests.compute.worlds import World, random_world
from tests.terms.examples import dictionary, plan

Array = NDArray[Any]


def answer_on_shares(
    world: World, seed: bytes = b"answer", noise: Array | None = None, trace: Trace | None = None
) -> tuple[Answer, Answer, Answer]:
    """Run a plan in the simulator; without noise given, the helpers' noise is zero."""
    size = sum(cells_of_plan(world.plan, world.layout).values())
    parts = noise if noise is not None else np.zeros((3, size), dtype=np.int64)
    shares = world.split(seed)
    zero, one, two = (
        answer_plan(me, shares[me.number], world.layout, world.plan, parts[me.number]) for me in seat_three(seed)
    )
    return run_three((zero, one, two), trace=trace)


@pytest.mark.parametrize("seed", range(6))
def test_answers_as_the_plain_tables_say(seed: int) -> None:
    """Every cell of every kind of table, the general counts and the verdict are those of the plain rules."""
    world = random_world(plan(), [8, 16, 5, 0, 31, 4], seed, 14)
    done = answer_on_shares(world, bytes([seed]))
    expected = PlainTables(world).all()
    for name, cells in done[0].opened.items():
        assert cells.tolist() == expected[name], name
    assert all((done[h].opened[name] == cells).all() for h in (1, 2) for name, cells in done[0].opened.items())
    rows = join_bits((done[0].verdict.rows, done[1].verdict.rows, done[2].verdict.rows))
    assert rows.astype(np.bool_).tolist() == accepted_rows(world).tolist()
    tallies = join_bits((done[0].verdict.tallies, done[1].verdict.tallies, done[2].verdict.tallies))
    assert tallies.astype(np.bool_).tolist() == accepted_tallies(world).tolist()


def test_tables_have_the_cells_that_their_axes_say() -> None:
    """The room of programs and the room of nouns count the same cells, in the same order of tables."""
    asked: Plan = plan()
    layout = random_world(asked, [1], 0, 1).layout
    cells = cells_of_plan(asked, layout)
    assert list(cells)[: len(asked.tables)] == [t.table for t in asked.tables]
    for table in asked.tables:
        assert cells[table.table] == cells_of(axes_of(table, dictionary(), asked.own_category))
