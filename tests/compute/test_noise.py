"""Joint noise: in every total before it opens, from every helper, and hidden from the two others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.programs.joint_noise import open_noisy, share_noise
from sansnom.compute.share import Ring
from sansnom.compute.simulate import Trace, join_ring, run_three, seat_three

NOISE = st.lists(st.integers(-(2**40), 2**40), min_size=3, max_size=3)


def ring_shares(values: list[int], seed: int) -> tuple[Ring, Ring, Ring]:
    """Share totals in the ring."""
    draws = np.random.default_rng(seed)
    plain = np.array(values, dtype=np.int64).astype(np.uint64)
    first, second = draws.integers(0, 2**64, (2, len(values)), dtype=np.uint64)
    parts = [first, second, plain - first - second]
    zero, one, two = (Ring(np.stack([parts[n], parts[(n + 1) % 3]], axis=-1)) for n in range(3))
    return zero, one, two


@pytest.mark.guarantee("G-06")
@given(NOISE, NOISE, NOISE, st.lists(st.integers(0, 2**30), min_size=3, max_size=3))
def test_what_opens_is_the_total_and_the_noise_of_all_three(
    first: list[int], second: list[int], third: list[int], totals: list[int]
) -> None:
    """Opened cells are total plus three parts, signed, the same for all helpers, in two rounds of 8 bytes a cell."""
    noise = np.array([first, second, third], dtype=np.int64)
    shared = ring_shares(totals, 1)
    trace = Trace()
    zero, one, two = (open_noisy(me, shared[me.number], noise[me.number]) for me in seat_three(b"noise"))
    done = run_three((zero, one, two), trace=trace)
    expected = (np.array(totals, dtype=np.int64) + noise.sum(axis=0)).tolist()
    assert [opened.tolist() for opened in done] == [expected] * 3
    assert done[0].dtype == np.int64
    assert (trace.rounds, trace.sent_bytes) == (2, [2 * 8 * 3] * 3)


@pytest.mark.guarantee("G-06")
def test_no_round_shows_a_total_without_noise() -> None:
    """Among all that a helper sees, and all sums it can make of it, the exact total is not to be found before its noise."""
    totals = [1234567]
    noise = np.array([[1000], [2000], [4000]], dtype=np.int64)
    trace = Trace()
    shared = ring_shares(totals, 2)
    zero, one, two = (open_noisy(me, shared[me.number], noise[me.number]) for me in seat_three(b"view"))
    run_three((zero, one, two), trace=trace, keep_views=True)
    for party in range(3):
        held = [int(component) for component in shared[party].pair[0]]
        reconstructed = {(sum(held) + int(message[0])) % 2**64 for message in trace.views[party]}
        assert totals[0] not in reconstructed


@pytest.mark.guarantee("G-02")
def test_a_helper_does_not_learn_another_ones_noise() -> None:
    """What arrives is masked: the same noise looks different under other seeds, and is never the noise itself."""
    noise = np.array([[5, 6], [7, 8], [9, 10]], dtype=np.int64)
    seen = []
    for seed in (b"one", b"two"):
        trace = Trace()
        zero, one, two = (share_noise(me, noise[me.number]) for me in seat_three(seed))
        done = run_three((zero, one, two), trace=trace, keep_views=True)
        assert join_ring(done).tolist() == noise.sum(axis=0).tolist()
        seen.append([trace.views[party][0].tolist() for party in range(3)])
    for party in range(3):
        after = noise[(party + 1) % 3].tolist()
        assert seen[0][party] != after
        assert seen[0][party] != seen[1][party]


def test_noise_is_signed() -> None:
    """Unsigned noise is our bug, and says so."""
    me = seat_three(b"bug")[0]
    with pytest.raises(AssertionError, match="signed"):
        next(share_noise(me, np.zeros(1, dtype=np.uint64)))
