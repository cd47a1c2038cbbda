"""Every rule of `validity`, broken alone in one row: that row is turned down, and no other; nothing of it opens."""

from collections.abc import Callable

import numpy as np
import pytest

from sansnom.compute.simulate import Trace, join_bits, run_three, seat_three
from sansnom.compute.validity import check_submissions
from tests.compute.plain_tables import accepted_rows, accepted_tallies
from tests.compute.worlds import World, field_of, random_world
from tests.terms.examples import plan

BAD = 7


def verdict_of(world: World, trace: Trace | None = None, seed: bytes = b"check") -> tuple[list[int], list[int]]:
    """Check a world on shares; give the verdict on rows and on organizations' tallies."""
    shares = world.split(seed)
    zero, one, two = (check_submissions(me, shares[me.number], world.layout) for me in seat_three(seed))
    done = run_three((zero, one, two), trace=trace)
    rows = join_bits((done[0].rows, done[1].rows, done[2].rows))
    tallies = join_bits((done[0].tallies, done[1].tallies, done[2].tallies))
    return rows.tolist(), tallies.tolist()


def clean_world(seed: int = 1) -> World:
    """A world whose rows all keep to the layout."""
    return random_world(plan(), [16, 8, 41], seed, 20)


def _set(world: World, **values: int) -> None:
    for name, value in values.items():
        world.fields[name.replace("__", ".")][BAD] = value


def _over(name: str) -> Callable[[World], None]:
    def spoil(world: World) -> None:
        world.fields[name][BAD] = field_of(world.layout, name).largest + 1

    return spoil


def _unused_bit(world: World) -> None:
    world.unused[-1, BAD] = np.uint64(1 << 63)


LEVELS = {f"{name}__EQ__speaking": 0 for name in ("first_level", "last_level", "first_date", "last_date")}
SPOILED: dict[str, Callable[[World], None]] = {
    "a code that is not of the list": _over("dimension.category"),
    "a measure over its bound": _over("measure.service_count"),
    "a level over 12": _over("first_level.EQ.speaking"),
    "a day after the period": _over("last_day.housing"),
    "a bit that no field has": _unused_bit,
    "days of a service not used": lambda w: _set(w, service__housing=0, first_day__housing=0, last_day__housing=3),
    "a service that ends before it begins": lambda w: _set(
        w, service__housing=1, first_day__housing=9, last_day__housing=8
    ),
    "an unknown duration that is not zero": lambda w: _set(
        w, known__days_to_first_service=0, duration__days_to_first_service=1
    ),
    "a level without its date": lambda w: _set(w, **(LEVELS | {"first_level__EQ__speaking": 3})),
    "a first observation without a last": lambda w: _set(
        w, **(LEVELS | {"first_level__EQ__speaking": 3, "first_date__EQ__speaking": 4})
    ),
    "a last observation before the first": lambda w: _set(
        w,
        first_level__EQ__speaking=3,
        last_level__EQ__speaking=3,
        first_date__EQ__speaking=9,
        last_date__EQ__speaking=8,
    ),
}


def test_rows_that_keep_to_the_layout_are_all_accepted() -> None:
    """A clean world: every row and every organization's tallies are accepted."""
    world = clean_world()
    rows, tallies = verdict_of(world)
    assert rows == [1] * world.rows
    assert tallies == [1, 1, 1]


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_row_that_breaks_one_rule_is_turned_down_alone(spoiled: str) -> None:
    """The spoiled row is turned down, no other is, and the plain rules say the same."""
    world = clean_world()
    SPOILED[spoiled](world)
    rows, _ = verdict_of(world)
    assert rows == [int(r != BAD) for r in range(world.rows)]
    assert rows == accepted_rows(world).astype(int).tolist()


def test_tallies_over_their_bound_turn_down_that_organization_s_tallies_alone() -> None:
    """One tally over its bound: that organization's tallies are not accepted; its rows are."""
    world = clean_world()
    world.tallies[1, 2] = world.layout.tallies[1].largest + 1
    rows, tallies = verdict_of(world)
    assert tallies == [1, 1, 0] == accepted_tallies(world).astype(int).tolist()
    assert rows == [1] * world.rows


@pytest.mark.guarantee("G-02")
def test_checking_shows_nothing_of_what_it_finds() -> None:
    """Clean rows, spoiled rows, all dummies: the same messages, the same sizes, in the same order."""
    traces = []
    spoiled = clean_world(3)
    SPOILED["a bit that no field has"](spoiled)
    dummies = clean_world(4)
    for values in dummies.fields.values():
        values[:] = 0
    for world in (clean_world(2), spoiled, dummies):
        trace = Trace()
        verdict_of(world, trace)
        traces.append((trace.rounds, trace.sizes))
    assert traces[0] == traces[1] == traces[2]
