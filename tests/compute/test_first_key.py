"""The tier without conditions: linked by the first key alone, and one row moves each table by what the accountant says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sansnom.audit.plain_link import PlainKeys, link_in_the_clear
from sansnom.audit.plain_tables import ClearRows, ExactTables
from sansnom.compute.programs.cells import NOT_LINKABLE, ROWS
from sansnom.release.account import row_sensitivity, sensitivities_of
from sansnom.terms.plan import TIER_UNCONDITIONAL, Plan
from sansnom.terms.table import SAME_SERVICE, SUM, TALLY
from tests.compute.plain_tables import accepted_rows
from tests.compute.test_answer import answer_on_shares
from tests.compute.worlds import World, random_world
from tests.terms.examples import TABLES, plan, spec

KINDS = (
    *(table for table in TABLES if table.kind != SAME_SERVICE),
    spec("acts-by-sex", SUM, measure="service_count", bound=24, dimensions=("sex",)),
)


def unconditional(keys: int = 2) -> Plan:
    """Ask for every kind of table that this tier has."""
    asked = plan(KINDS)
    return replace(asked, linking=replace(asked.linking, tier=TIER_UNCONDITIONAL, keys=asked.linking.keys[:keys]))


def exact(world: World) -> dict[str, list[int]]:
    """Give the exact tables, by the formulation of the audit."""
    valid = (world.fields["valid"] == 1) & accepted_rows(world)
    there = [valid & (world.fields[f"present.{name}"] == 1) for name in world.layout.keys]
    keys = PlainKeys(world.organizations, world.match_keys.T.copy(), np.stack(there, axis=1))
    return ExactTables(ClearRows(keys, world.fields, world.tallies), world.plan, world.layout).all()


def moved(before: list[int], after: list[int]) -> tuple[int, int]:
    """Say how far a table moved: the sum of absolute changes, and of their squares."""
    changes = [abs(a - b) for a, b in zip(before, after, strict=True)]
    return sum(changes), sum(change**2 for change in changes)


@pytest.mark.parametrize("keys", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_shares_give_what_the_plain_rules_say(seed: int, keys: int) -> None:
    """Every table and both general counts; persons of any number of rows."""
    world = random_world(unconditional(keys), [8, 24, 0, 31], seed, 6)
    opened = answer_on_shares(world, bytes([seed, keys]))[0].opened
    expected = exact(world)
    for name, cells in opened.items():
        assert cells.tolist() == expected[name], name


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize("seed", range(4))
def test_one_row_moves_no_table_further_than_its_noise_is_set_for(seed: int) -> None:
    """Whatever the other rows say: each row of a crowded world, taken away, moves each table within its sensitivity."""
    world = random_world(unconditional(), [12, 9, 14, 7], seed, 5)
    before = exact(world)
    bounds = {t.table: row_sensitivity(t) for t in KINDS if t.kind != TALLY}
    reached = dict.fromkeys(bounds, 0)
    for row in range(world.rows):
        kept = world.fields["valid"][row]
        world.fields["valid"][row] = 0
        after = exact(world)
        world.fields["valid"][row] = kept
        for name, bound in bounds.items():
            l1, l2_squared = moved(before[name], after[name])
            assert l1 <= bound.l1, name
            assert l2_squared <= bound.l2_squared, name
            reached[name] = max(reached[name], l1)
        assert abs(before[ROWS][0] - after[ROWS][0]) <= 1
        assert abs(before[NOT_LINKABLE][0] - after[NOT_LINKABLE][0]) <= 1
    assert reached["by-sex"] == 2


def test_a_desk_that_knows_the_keys_moves_the_count_by_its_rows_and_no_more() -> None:
    """The attack that moves a capped plan by dozens: rows with one key of a target each, and keys close to it."""
    world = random_world(unconditional(), [10, 10, 10], 3, 30)
    for name in world.layout.keys:
        world.fields[f"present.{name}"][:] = 1
    target = world.match_keys[:, 0].copy()
    world.match_keys[:, :20] = target[:, None]
    world.fields["valid"][:] = 1
    hostile = range(20, 30)
    for n, row in enumerate(hostile):  # the target's key, but for the lowest bits or one that the sort does not read
        world.match_keys[:, row] = target ^ np.uint64(n)
    counts = []
    for told in range(len(hostile) + 1):
        world.fields["valid"][20:] = [int(n < told) for n in range(len(hostile))]
        counts.append(exact(world)["persons"][0])
    assert all(abs(a - b) <= 1 for a, b in pairwise(counts))
    opened = answer_on_shares(world, b"near")[0].opened
    assert opened["persons"].tolist() == [counts[-1]] == [1]


def test_a_row_is_linked_by_the_first_key_that_it_has_alone() -> None:
    """Known by the first key here and only by the second there: two persons. That is the price."""
    organizations = np.array([1, 2, 3, 4], dtype=np.uint16)
    keys = np.array([[7 << 40, 9 << 40], [7 << 40, 9 << 40], [1 << 40, 9 << 40], [5, 5]], dtype=np.uint64)
    present = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=np.bool_)
    labels = link_in_the_clear(PlainKeys(organizations, keys, present), unconditional().linking)
    assert labels.tolist() == [0, 0, 2, 3]


def test_noise_is_set_by_one_row_in_this_tier_and_by_one_person_in_the_other() -> None:
    """The list of sensitivities follows the tier; general counts move by one."""
    asked = unconditional()
    told = sensitivities_of(asked, one_row=True)
    assert told[: len(KINDS)] == tuple(row_sensitivity(t) for t in KINDS)
    assert [(s.l1, s.l2_squared) for s in told[-2:]] == [(1, 1), (1, 1)]
