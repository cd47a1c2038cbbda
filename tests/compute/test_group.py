"""Segments of adjacent rows: totals at heads, copies from heads, windows, at exactly the declared cost."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.compute import group
from sansnom.compute.correlated import Party
from sansnom.compute.group import Segments
from sansnom.compute.packed import join
from sansnom.compute.share import Bits, lanes_for
from sansnom.compute.sliced import compare_cost
from sansnom.compute.steps import Steps
from tests.compute.test_packed import joined, run_on, slices_of

Array = NDArray[Any]
SEEDS = st.integers(0, 2**32 - 1)


def random_segments(rows: int, longest: int, seed: int) -> tuple[Array, list[list[int]]]:
    """Cut rows into segments no longer than this; give "same as the next row" (garbage in the last row) and the segments."""
    draws = np.random.default_rng(seed)
    parts: list[list[int]] = []
    start = 0
    while start < rows:
        end = min(rows, start + int(draws.integers(1, longest + 1)))
        parts.append(list(range(start, end)))
        start = end
    same = np.ones(rows, dtype=np.uint8)
    for part in parts[:-1]:
        same[part[-1]] = 0
    return same, parts


def in_segments(
    levels: int, protocol: Callable[[Party, Segments, Bits], Steps[Bits]]
) -> Callable[[Party, Bits, Bits], Steps[Bits]]:
    """Build the segments, then run a protocol on them."""

    def run(me: Party, same: Bits, columns: Bits) -> Steps[Bits]:
        parts = yield from group.segments_of(me, same, levels)
        return (yield from protocol(me, parts, columns))

    return run


def at_heads(parts: list[list[int]], columns: Array) -> Array:
    """Take the columns at the heads of segments."""
    return columns[..., [part[0] for part in parts]]


@given(st.integers(1, 150), st.integers(1, 4), SEEDS)
def test_heads_hold_counts_sums_ors_and_minima(rows: int, levels: int, seed: int) -> None:
    """For segments within the window, the head holds what plain Python computes over its segment."""
    same, parts = random_segments(rows, 1 << levels, seed)
    values = np.random.default_rng(seed + 1).integers(0, 32, rows)
    bits = slices_of(values, 5)
    added, trace = run_on(in_segments(levels, group.add_to_head), same, bits)
    assert at_heads(parts, joined(added)).tolist() == [values[p].sum() for p in parts]
    counted, _ = run_on(in_segments(levels, group.count_to_head), same, bits)
    assert at_heads(parts, joined(counted)[0]).tolist() == [bits[0][p].sum() for p in parts]
    assert counted.shape[0] == levels + 1
    seen, trace = run_on(in_segments(levels, group.or_to_head), same, bits)
    assert (at_heads(parts, seen) == np.stack([bits[:, p].max(axis=1) for p in parts], axis=1)).all()
    assert trace.rounds == levels + 2 * levels
    assert trace.sent_bytes == [levels * (1 + 2 * 5) * 8 * lanes_for(rows)] * 3

    least, trace = run_on(in_segments(levels, group.min_to_head), same, bits)
    assert at_heads(parts, joined(least)).tolist() == [values[p].min() for p in parts]
    assert trace.rounds == levels + levels * (2 + compare_cost(5)[0])
    assert trace.sent_bytes == [levels * (1 + compare_cost(5)[1] + 1 + 5) * 8 * lanes_for(rows)] * 3


@given(st.integers(1, 150), st.integers(1, 4), SEEDS)
def test_rows_receive_what_their_head_holds(rows: int, levels: int, seed: int) -> None:
    """Copying and spreading from heads reach every row of a segment within the window, and no other."""
    same, parts = random_segments(rows, 1 << levels, seed)
    bits = slices_of(np.random.default_rng(seed + 1).integers(0, 32, rows), 5)
    copied, trace = run_on(in_segments(levels, group.copy_head), same, bits)
    for p in parts:
        assert (copied[:, p] == bits[:, p[:1]]).all()
    assert trace.rounds == levels + levels + 1
    assert trace.sent_bytes == [(levels + (levels + 1) * 5) * 8 * lanes_for(rows)] * 3
    spread, _ = run_on(in_segments(levels, group.or_from_head), same, bits)
    for p in parts:
        assert (spread[:, p] == np.maximum.accumulate(bits[:, p], axis=1)).all()


@given(st.integers(1, 100), st.integers(1, 3), SEEDS)
def test_segments_longer_than_the_window_are_told_and_no_other(rows: int, levels: int, seed: int) -> None:
    """Exactly the rows with a whole window of their segment behind them are told."""
    same, parts = random_segments(rows, 3 << levels, seed)

    def longer(me: Party, found: Segments, columns: Bits) -> Steps[Bits]:
        del columns
        assert found.window == 1 << levels
        assert me.number in range(3)
        yield from ()
        return found.longer_than_window

    told, _ = run_on(in_segments(levels, longer), same, same)
    expected = np.zeros(rows, dtype=np.uint8)
    for p in parts:
        expected[p[: max(0, len(p) - (1 << levels))]] = 1
    assert (told == expected).all()


def test_the_last_row_has_no_next_one() -> None:
    """A bit of "same as the next row" at the last row, or past it, joins nothing."""
    for rows in (1, 63, 64, 65):
        ones = np.ones(rows, dtype=np.uint8)

        def heads(me: Party, found: Segments, columns: Bits) -> Steps[Bits]:
            del me
            assert found.rows == columns.rows
            yield from ()
            return join([Bits(found.heads.pair[None], found.rows), Bits(found.same.pair[None], found.rows)])

        told, _ = run_on(in_segments(1, heads), ones, ones)
        assert told[0].tolist() == [1] + [0] * (rows - 1)
        assert told[1].tolist() == [1] * (rows - 1) + [0]


def test_sums_may_be_told_their_largest() -> None:
    """A caller who knows that no total passes a bound gets just the bits it needs."""
    same = np.ones(4, dtype=np.uint8)

    def protocol(me: Party, found: Segments, columns: Bits) -> Steps[Bits]:
        return (yield from group.add_to_head(me, found, columns, largest=6))

    total, _ = run_on(in_segments(2, protocol), same, slices_of(np.array([1, 2, 0, 3]), 2))
    assert joined(total)[0] == 6
    assert total.shape[0] == 3
