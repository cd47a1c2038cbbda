"""Carry-save sums are exact for any number of rows, at exactly the declared cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.packed_sum import adder_rounds, sum_columns, sum_cost
from sansnom.compute.share import Bits
from sansnom.compute.simulate import Trace, join_ring, run_three, seat_three, split_bits
from tests.compute.test_packed import slices_of


@given(st.integers(1, 700), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_sums_every_cell_exactly(rows: int, bits: int, cells: int, seed: int) -> None:
    """Totals are plain totals; rounds and bytes are those of `sum_cost`; bits past the last row count nothing."""
    values = np.random.default_rng(seed).integers(0, 2**bits, (cells, rows))
    shares = split_bits(slices_of(values, bits), b"sum")
    if rows % 64:
        shares = (Bits(shares[0].pair.copy(), rows), shares[1], shares[2])
        shares[0].pair[..., -1, 0] |= np.uint64(1 << 63)
    trace = Trace()
    zero, one, two = (sum_columns(me, shares[me.number]) for me in seat_three(b"sum"))
    done = run_three((zero, one, two), trace=trace)
    assert join_ring(done).tolist() == values.sum(axis=1).tolist()
    assert (trace.rounds, trace.sent_bytes) == (sum_cost(rows, bits, cells)[0], [sum_cost(rows, bits, cells)[1]] * 3)


@pytest.mark.parametrize(("bits", "cells"), [(0, 3), (2, 0)])
def test_nothing_to_sum_costs_nothing(bits: int, cells: int) -> None:
    """No bits or no cells: totals of zero, no round."""
    empty = np.zeros((bits, cells, 10), dtype=np.uint8)
    shares = split_bits(empty, b"none")
    trace = Trace()
    zero, one, two = (sum_columns(me, shares[me.number]) for me in seat_three(b"none"))
    assert join_ring(run_three((zero, one, two), trace=trace)).tolist() == [0] * cells
    assert trace.rounds == 0


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_a_tree_loses_no_lane(lanes: list[int]) -> None:
    """The weight of lanes stays the same through all rounds: three of one weight are one, and one of twice the weight."""
    _, rest = adder_rounds(lanes)
    assert max(rest, default=0) <= 2
    most = sum(count << place for place, count in enumerate(lanes))
    assert sum(count << place for place, count in enumerate(rest)) == most
