"""A whole plan, as one helper sees it: sizes and order of messages tell nothing, and neither do their bytes.

Shuffles are coupled by their seeds. Two worlds are compared whose rows stand in the same order under every sort: in one all
rows are one person under every key, in the other nobody meets anybody. What is opened is then the same, so every difference
in the trace would be a leak.
"""

from collections.abc import Callable

import numpy as np
import pytest

from sansnom.compute.programs.answer import answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.share import Words
from sansnom.compute.simulate import Trace, run_three, seat_three
from sansnom.compute.submitted import SubmittedShares
from sansnom.terms.party import HELPERS
from tests.compute.strategies import Array
from tests.compute.test_views import looks_random
from tests.compute.worlds import World, random_world
from tests.terms.examples import plan

SIZES = [32, 32, 64]


def world_with_keys(keys: Array, seed: int) -> World:
    """Make a world whose rows all have both keys, as given; everything else is drawn from the seed."""
    world = random_world(plan(), SIZES, seed, persons=9)
    world.match_keys[:] = keys
    world.fields["valid"][:] = 1
    for name in world.layout.keys:
        world.fields[f"present.{name}"][:] = 1
    return world


def everybody_one() -> World:
    """Give a world in which every row is the same person."""
    return world_with_keys(np.full(sum(SIZES), 7 << 40, dtype=np.uint64), 1)


def nobody_meets() -> World:
    """Give a world in which keys rise with the row number: the same orders, and nothing to link."""
    return world_with_keys(np.arange(1, sum(SIZES) + 1, dtype=np.uint64) << np.uint64(40), 2)


def shared_without_chance(world: World) -> list[SubmittedShares]:
    """Share with the first two components zero: nothing in the input is random, so only masks can be."""
    plain = (world.match_keys, world.payload(), world.tallies.astype(np.uint32))
    shares: list[SubmittedShares] = []
    for party in range(HELPERS):
        pairs = []
        for values in plain:
            parts = (np.zeros_like(values), np.zeros_like(values), values)
            pairs.append(Words(np.stack([parts[party], parts[(party + 1) % HELPERS]], axis=-1)))
        shares.append(SubmittedShares(pairs[0], pairs[1], pairs[2], world.organizations))
    return shares


def watched(world: World, seed: bytes) -> Trace:
    """Run the plan and keep what every helper received."""
    trace = Trace()
    shares = shared_without_chance(world)
    noise = np.zeros(sum(cells_of_plan(world.plan, world.layout).values()), dtype=np.int64)
    zero, one, two = (answer_plan(me, shares[me.number], world.layout, world.plan, noise) for me in seat_three(seed))
    run_three((zero, one, two), trace=trace, keep_views=True)
    return trace


@pytest.mark.guarantee("G-02")
def test_a_whole_plan_leaves_the_same_trace_whoever_is_linked() -> None:
    """Rounds, senders, receivers and sizes of every message are equal for one person and for nobody meeting anybody."""
    one, none = watched(everybody_one(), b"coupled"), watched(nobody_meets(), b"coupled")
    assert one.rounds == none.rounds
    assert one.sizes == none.sizes


@pytest.mark.guarantee("G-02")
@pytest.mark.parametrize("make", [everybody_one, nobody_meets])
def test_one_helper_sees_only_random_bytes_in_a_whole_plan(make: Callable[[], World]) -> None:
    """No byte stands out in what any helper receives, though the inputs were shared without any chance of their own."""
    views = watched(make(), b"bytes").views
    assert not any(message.nbytes >= 16 and not message.any() for view in views for message in view)
    joined = tuple(
        [np.concatenate([np.ascontiguousarray(m).view(np.uint8).reshape(-1) for m in view])] for view in views
    )
    assert looks_random(joined)
