"""Packed columns: moves along rows, constants, bit-sliced arithmetic, at exactly the declared cost."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.compute import packed, sliced
from sansnom.compute.correlated import Party
from sansnom.compute.share import Bits, lanes_for
from sansnom.compute.simulate import Trace, join_bits, run_three, seat_three, split_bits
from sansnom.compute.steps import Steps

Array = NDArray[Any]
Protocol = Callable[..., Steps[Bits]]


def slices_of(values: Array, bits: int) -> Array:
    """Cut plain numbers (...) into bits: (bits, ...)."""
    return np.stack([(values >> bit) & 1 for bit in range(bits)]).astype(np.uint8)


def joined(columns: Array) -> Array:
    """Put bits (bits, ...) back into numbers (...)."""
    total: Array = sum(columns[bit].astype(np.int64) << bit for bit in range(columns.shape[0]))
    return total


def run_on(protocol: Protocol, *columns: Array) -> tuple[Array, Trace]:
    """Run a protocol on shares of plain 0/1 columns; give the plain result and the trace."""
    trace = Trace()
    shares = [split_bits(c, bytes([place])) for place, c in enumerate(columns)]
    zero, one, two = (protocol(me, *(s[me.number] for s in shares)) for me in seat_three(b"packed"))
    done = run_three((zero, one, two), trace=trace)
    return join_bits(done), trace


def check_cost(trace: Trace, cost: tuple[int, int], columns: int, rows: int) -> None:
    """Demand exactly these rounds, and 8 bytes a lane for each AND of a column."""
    assert trace.rounds == cost[0]
    assert trace.sent_bytes == [cost[1] * columns * 8 * lanes_for(rows)] * 3


ROWS = st.integers(1, 200)
WIDTHS = st.integers(1, 12)
SEEDS = st.integers(0, 2**32 - 1)


@given(ROWS, st.integers(0, 260), SEEDS)
def test_columns_move_along_the_rows(rows: int, distance: int, seed: int) -> None:
    """A move shows what stood so many rows further on, or back, and zeros beyond the ends, garbage past the last row or not."""
    plain = np.random.default_rng(seed).integers(0, 2, (2, rows)).astype(np.uint8)
    shares = [Bits(b.pair | np.uint64(0), rows) for b in split_bits(plain, b"move")]
    if rows % 64:
        shares[0].pair[..., -1, 0] |= np.uint64(1 << 63)  # bits past the rows are unspecified
    padded = np.concatenate([plain, np.zeros((2, distance), dtype=np.uint8)], axis=1)
    zero, one, two = (packed.toward_head(s, distance) for s in shares)
    assert (join_bits((zero, one, two)) == padded[:, distance:]).all()
    zero, one, two = (packed.toward_tail(s, distance) for s in shares)
    assert (join_bits((zero, one, two)) == np.roll(padded, distance, axis=1)[:, :rows]).all()


@given(ROWS, SEEDS)
def test_constants_are_shared_without_a_message(rows: int, seed: int) -> None:
    """Ones, public numbers and the row's own number join to what everybody knows."""
    values = np.random.default_rng(seed).integers(0, 1000, rows).astype(np.uint16)
    made = {
        "ones": ([packed.ones(n, (2,), rows) for n in range(3)], np.ones((2, rows))),
        "number": ([packed.public_number(n, 5, 4, rows) for n in range(3)], slices_of(np.full(rows, 5), 4)),
        "values": ([packed.public_values(n, values, 10) for n in range(3)], slices_of(values, 10)),
        "rows": ([packed.row_numbers(n, rows, 8) for n in range(3)], slices_of(np.arange(rows), 8)),
    }
    for (zero, one, two), expected in made.values():
        assert (join_bits((zero, one, two)) == expected).all()


@given(ROWS, WIDTHS, SEEDS)
def test_compares_and_adds_as_numbers_do(rows: int, bits: int, seed: int) -> None:
    """Less-than, equality and sums of bit-sliced numbers are those of plain numbers, at the declared cost."""
    draws = np.random.default_rng(seed)
    x, y = draws.integers(0, 2**bits, (2, 3, rows))
    y[0] = x[0]
    less, trace = run_on(sliced.less_than, slices_of(x, bits), slices_of(y, bits))
    assert (less == (x < y)).all()
    check_cost(trace, sliced.compare_cost(bits), 3, rows)
    same, trace = run_on(sliced.equal, slices_of(x, bits), slices_of(y, bits))
    assert (same == (x == y)).all()
    check_cost(trace, ((bits - 1).bit_length(), bits - 1), 3, rows)
    total, trace = run_on(sliced.add, slices_of(x, bits), slices_of(y, bits))
    assert (joined(total) == x + y).all()
    check_cost(trace, sliced.add_cost(bits), 3, rows)


@given(ROWS, WIDTHS, SEEDS, st.data())
def test_bounds_and_clips_against_public_numbers(rows: int, bits: int, seed: int, data: st.DataObject) -> None:
    """At most a public number, and clipped to it, for every bound from 0 past the largest number."""
    x = np.random.default_rng(seed).integers(0, 2**bits, (2, rows))
    largest = data.draw(st.integers(0, 2**bits + 3))

    def at_most(me: Party, numbers: Bits) -> Steps[Bits]:
        return sliced.at_most(me, numbers, largest)

    def clip(me: Party, numbers: Bits) -> Steps[Bits]:
        return sliced.clip(me, numbers, largest)

    fits, trace = run_on(at_most, slices_of(x, bits))
    assert (fits == (x <= largest)).all()
    rounds, ands = sliced.compare_cost(bits)
    check_cost(trace, (rounds - 1, ands - bits) if largest < 2**bits else (0, 0), 2, rows)
    cut, _ = run_on(clip, slices_of(x, bits))
    assert (joined(cut) == np.minimum(x, largest)).all()


@given(ROWS, st.integers(1, 7), SEEDS, st.data())
def test_codes_become_one_hot_columns(rows: int, bits: int, seed: int, data: st.DataObject) -> None:
    """Each wanted code has its column, in the order asked; other codes have none."""
    codes = np.random.default_rng(seed).integers(0, 2**bits, (2, rows))
    wanted = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=9))

    def one_hot(me: Party, numbers: Bits) -> Steps[Bits]:
        return sliced.one_hot(me, numbers, wanted)

    hot, trace = run_on(one_hot, slices_of(codes, bits))
    assert (hot == np.stack([codes == code for code in wanted])).all()
    assert trace.rounds == (bits - 1).bit_length()


def test_trees_of_no_columns_say_what_logic_says() -> None:
    """All of nothing is true, any of nothing is false; no message is sent."""
    nothing = np.zeros((0, 70), dtype=np.uint8)
    for protocol, expected in ((sliced.all_of, 1), (sliced.any_of, 0)):
        done, trace = run_on(protocol, nothing)
        assert (done == expected).all()
        assert trace.rounds == 0


@given(ROWS, st.integers(1, 9), SEEDS)
def test_trees_and_choices(rows: int, count: int, seed: int) -> None:
    """AND and OR of many columns, and a choice by one column for all bits."""
    draws = np.random.default_rng(seed)
    plain = (draws.random((count, 2, rows)) < 0.7).astype(np.uint8)
    every, trace = run_on(sliced.all_of, plain)
    assert (every == plain.all(axis=0)).all()
    check_cost(trace, ((count - 1).bit_length(), count - 1), 2, rows)
    some, _ = run_on(sliced.any_of, plain)
    assert (some == plain.any(axis=0)).all()
    choice, other = plain[0], 1 - plain
    chosen, trace = run_on(sliced.choose, choice, plain, other)
    assert (chosen == np.where(choice[None], plain, other)).all()
    check_cost(trace, (1, count), 2, rows)


def test_pairs_of_different_shapes_share_a_round() -> None:
    """`and_each` broadcasts each pair on its own and sends all of them in one round."""
    draws = np.random.default_rng(4)
    a, b, c = (draws.integers(0, 2, shape).astype(np.uint8) for shape in ((100,), (3, 100), (2, 2, 100)))

    def protocol(me: Party, x: Bits, y: Bits, z: Bits) -> Steps[Bits]:
        first, second = yield from packed.and_each(me, [(x, y), (z, x)])
        return packed.join([first, Bits(second.pair.reshape(4, *second.pair.shape[2:]), 100)])

    done, trace = run_on(protocol, a, b, c)
    assert (done == np.concatenate([a & b, (a & c).reshape(4, 100)])).all()
    check_cost(trace, (1, 7), 1, 100)


def test_numbers_are_never_cut() -> None:
    """Widening to fewer bits is our bug, and says so."""
    with pytest.raises(AssertionError, match="never cut"):
        sliced.widen(packed.zeros((4,), 10), 3)
