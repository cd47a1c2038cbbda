"""A plan's answer on shares is the plain answer plus the helpers' noise, whatever the world."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sansnom.audit.plain_link import PlainKeys
from sansnom.audit.plain_tables import ClearRows, ExactTables
from sansnom.compute.programs.answer import Answer, answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.simulate import Trace, join_bits, run_three, seat_three
from sansnom.terms.errors import BrokenInvariant, InputError
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


@pytest.mark.parametrize("seed", range(12))
def test_two_plain_formulations_agree(seed: int) -> None:
    """The oracle of these tests and the exact tables of `audit`, written apart from each other, give the same cells."""
    draws = np.random.default_rng(seed)
    world = random_world(plan(), [*draws.integers(0, 14, 5).tolist(), 3], seed, int(draws.integers(1, 16)))
    valid = world.fields["valid"] == 1
    there = [valid & (world.fields[f"present.{name}"] == 1) for name in world.layout.keys]
    keys = PlainKeys(world.organizations, world.match_keys.T.copy(), np.stack(there, axis=1))
    exact = ExactTables(ClearRows(keys, world.fields, world.tallies), world.plan, world.layout)
    assert exact.all() == PlainTables(world).all()


def test_tables_have_the_cells_that_their_axes_say() -> None:
    """The room of programs and the room of nouns count the same cells, in the same order of tables."""
    asked: Plan = plan()
    layout = random_world(asked, [1], 0, 1).layout
    cells = cells_of_plan(asked, layout)
    assert list(cells)[: len(asked.tables)] == [t.table for t in asked.tables]
    for table in asked.tables:
        assert cells[table.table] == cells_of(axes_of(table, dictionary(), asked.own_category))


def test_a_tally_over_its_bound_counts_as_zero() -> None:
    """All tallies of an organization with one over its bound count as zero; the others' stay."""
    world = random_world(plan(), [4, 4], 3, 6)
    world.tallies[:] = 2
    world.tallies[0, 1] = world.layout.tallies[0].largest + 1
    opened = answer_on_shares(world)[0].opened
    assert opened["waiting"].tolist() == [2]
    assert set(opened["refused"].tolist()) == {2}


@pytest.mark.guarantee("G-06")
def test_noise_of_all_three_is_in_every_cell() -> None:
    """Each cell opens as its total plus three parts; each part reaches the cell it was drawn for."""
    world = random_world(plan(), [8, 8], 3, 6)
    size = sum(cells_of_plan(world.plan, world.layout).values())
    noise = np.random.default_rng(1).integers(-1000, 1000, (3, size))
    expected = PlainTables(world).all()
    done = answer_on_shares(world, noise=noise)
    start = 0
    for name, cells in done[0].opened.items():
        added = noise[:, start : start + len(cells)].sum(axis=0)
        assert (cells == np.array(expected[name]) + added).all()
        start += len(cells)
    assert start == size


def test_noise_for_another_number_of_cells_is_refused() -> None:
    """Noise that is too short would leave a cell bare: the run stops before any message."""
    world = random_world(plan(), [4], 3, 6)
    me = seat_three(b"bare")[0]
    submitted = world.split(b"bare")[0]
    with pytest.raises(BrokenInvariant, match=r"noise\.cells"):
        next(answer_plan(me, submitted, world.layout, world.plan, np.zeros(5, dtype=np.int64)))


def test_no_rows_at_all_are_refused() -> None:
    """Nothing was submitted: a clear refusal, no message."""
    world = random_world(plan(), [0], 3, 6)
    size = sum(cells_of_plan(world.plan, world.layout).values())
    with pytest.raises(InputError, match=r"link\.rows\.none"):
        next(
            answer_plan(
                seat_three(b"none")[0],
                world.split(b"none")[0],
                world.layout,
                world.plan,
                np.zeros(size, dtype=np.int64),
            )
        )


def test_a_second_attempt_opens_the_same_totals() -> None:
    """Other seeds, the same submissions: the exact totals do not depend on the shuffles."""
    world = random_world(plan(), [16, 16, 8], 12, 15)
    first, second = (answer_on_shares(world, seed)[0].opened for seed in (b"one", b"two"))
    assert all((first[name] == second[name]).all() for name in first)


@pytest.mark.guarantee("G-02")
def test_messages_do_not_depend_on_what_rows_say() -> None:
    """The same keys, so that sorts open the same order; all else differs: the same messages, sizes and rounds."""
    traces = []
    for seed in (20, 21):
        world = random_world(plan(), [16, 16, 8], seed, 15)
        keys = random_world(plan(), [16, 16, 8], 20, 15)
        world.match_keys = keys.match_keys
        for name in world.fields:
            if name == "valid" or name.startswith("present"):
                world.fields[name] = keys.fields[name]
        trace = Trace()
        answer_on_shares(world, trace=trace)
        traces.append((trace.rounds, trace.sizes))
    assert traces[0] == traces[1]


def test_progress_is_told_by_stage() -> None:
    """Stages are public and named: checking, linking, each table of persons, opening."""
    world = random_world(plan(), [4], 3, 6)
    told: list[str] = []
    shares = world.split(b"told")
    noise = np.zeros(sum(cells_of_plan(world.plan, world.layout).values()), dtype=np.int64)
    zero, one, two = (
        answer_plan(me, shares[me.number], world.layout, world.plan, noise, told.append if not me.number else _unheard)
        for me in seat_three(b"told")
    )
    run_three((zero, one, two))
    assert told[:2] == ["checking", "linking"]
    assert told[-1] == "opening"
    assert "table.by-sex" in told


def _unheard(stage: str) -> None:
    assert stage
