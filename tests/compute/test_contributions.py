"""Contribution bounds hold on shares: one linked person, however extreme, moves each kind of table within its sensitivity."""

import numpy as np
import pytest

from sansnom.compute.programs.cells import NOT_LINKABLE, ROWS
from sansnom.release.account import sensitivities_of
from sansnom.terms.table import SUM, TALLY
from tests.compute.test_answer import answer_on_shares
from tests.compute.worlds import World, field_of, random_world
from tests.terms.examples import TABLES, plan, spec

KINDS = (*TABLES, spec("acts-by-sex", SUM, measure="service_count", bound=24, dimensions=("sex",)))


def crowded(seed: int) -> World:
    """Make a world in which person 0 is everywhere, several times, with the largest of everything; linkage is beyond doubt."""
    world = random_world(plan(KINDS), [6, 6, 6, 6, 6, 6], seed, 9)
    who = np.arange(world.rows) % 6
    draws = np.random.default_rng(seed)
    world.match_keys = np.stack([draws.integers(2**40, 2**63, 6, dtype=np.uint64)[who] for _ in world.layout.keys])
    for name in ("valid", *(f"present.{key}" for key in world.layout.keys)):
        world.fields[name][:] = 1
    extreme = who == 0
    for name in world.fields:
        kind, _, _ = name.partition(".")
        if kind in ("service", "measure", "last_day", "known"):
            world.fields[name][extreme] = field_of(world.layout, name).largest
        elif kind in ("first_day", "duration"):
            world.fields[name][extreme] = 0
    return world


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_person_moves_a_table_further_than_its_noise_is_set_for(seed: int) -> None:
    """All rows of a person taken away: each table of persons moves by at most its sensitivity, and sums by just their clip."""
    world = crowded(seed)
    before = answer_on_shares(world, b"with")[0].opened
    world.fields["valid"][np.arange(world.rows) % 6 == 0] = 0
    after = answer_on_shares(world, b"without")[0].opened
    names = [*(t.table for t in KINDS), ROWS, NOT_LINKABLE]
    bounds = dict(zip(names, sensitivities_of(world.plan), strict=True))
    for table in KINDS:
        changes = (before[table.table] - after[table.table]).astype(np.int64)
        if table.kind == TALLY:
            assert not changes.any()
            continue
        assert int(np.abs(changes).sum()) <= bounds[table.table].l1, table.table
        assert int((changes**2).sum()) <= bounds[table.table].l2_squared, table.table
        if table.kind == SUM:
            assert int(np.abs(changes).sum()) == table.bound, table.table
    assert int(np.abs(before[ROWS] - after[ROWS])[0]) == 6 <= bounds[ROWS].l1
    assert int(before["persons"][0] - after["persons"][0]) == 1
