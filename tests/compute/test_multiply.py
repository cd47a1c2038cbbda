"""Products, choices and conversions, against plain numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute import boolean, convert, multiply
from sansnom.compute.share import Bits, Ring
from sansnom.compute.simulate import join_bits, join_ring, join_words
from tests.compute.strategies import ROWS, WIDTHS, bits, columns, rows, run, shared, shared_bits, shared_ring


@pytest.mark.parametrize("width", WIDTHS)
@given(st.data())
def test_and_of_words(width: str, data: st.DataObject) -> None:
    """AND on shares is AND in the clear, in every width."""
    n = data.draw(rows())
    x, y = data.draw(columns(n, width)), data.draw(columns(n, width))
    a, b = shared(x, b"x"), shared(y, b"y")
    ran = run(lambda me, p: multiply.and_words(me, a[p], b[p]))
    assert (join_words(ran.results) == x & y).all()


@given(rows(), st.integers(0, 3), st.integers(0, 999))
def test_and_and_or_of_bits(n: int, count: int, seed: int) -> None:
    """AND and OR of bit columns are those in the clear, for any number of columns."""
    x, y = bits(count, n, seed), bits(count, n, seed + 1)
    a, b = shared_bits(x, b"x"), shared_bits(y, b"y")
    assert (join_bits(run(lambda me, p: multiply.and_bits(me, a[p], b[p])).results) == x & y).all()
    assert (join_bits(run(lambda me, p: boolean.or_bits(me, a[p], b[p])).results) == x | y).all()


@given(st.data())
def test_products_in_the_ring(data: st.DataObject) -> None:
    """Products of ring elements wrap around at 2^64, as unsigned numbers do."""
    n = data.draw(rows())
    x, y = data.draw(columns(n)), data.draw(columns(n))
    a, b = shared_ring(x, b"x"), shared_ring(y, b"y")
    assert (join_ring(run(lambda me, p: multiply.multiply_ring(me, a[p], b[p])).results) == x * y).all()


@pytest.mark.parametrize("n", ROWS)
@pytest.mark.parametrize("outer", [(), (1,), (3,), (2, 3), (0,)])
def test_dot_products(n: int, outer: tuple[int, ...]) -> None:
    """One column against many, or row by row, adds up as in the clear; one element of traffic each."""
    rng = np.random.default_rng(n)
    x = rng.integers(0, 2**63, n, dtype=np.uint64)
    y = rng.integers(0, 2**63, (*outer, n), dtype=np.uint64)
    a, b = shared_ring(x, b"x"), shared_ring(y, b"y")
    ran = run(lambda me, p: multiply.dot_product(me, a[p], b[p]))
    assert join_ring(ran.results).shape == outer
    assert (join_ring(ran.results) == (x * y).sum(axis=-1, dtype=np.uint64)).all()
    assert ran.trace.sent_bytes == [8 * int(np.prod(outer))] * 3
    c = shared_ring(y, b"again")
    squared = run(lambda me, p: multiply.dot_product(me, c[p], b[p]))
    assert (join_ring(squared.results) == (y * y).sum(axis=-1, dtype=np.uint64)).all()


def test_shares_that_are_not_contiguous() -> None:
    """Slices and transposed shares multiply like any others."""
    x = np.arange(24, dtype=np.uint64).reshape(4, 6)
    a = shared(x)
    turned = [type(s)(np.swapaxes(s.pair, 0, 1)[::2]) for s in a]
    ran = run(lambda me, p: multiply.and_words(me, turned[p], turned[p]))
    assert (join_words(ran.results) == x.T[::2]).all()


@given(st.data())
def test_choices(data: st.DataObject) -> None:
    """A shared bit chooses between words and between columns of bits."""
    n = data.draw(rows())
    width = data.draw(st.sampled_from(WIDTHS))
    x, y = data.draw(columns(n, width)), data.draw(columns(n, width))
    chosen = bits(1, n, n)[0]
    a, b, c = shared(x, b"x"), shared(y, b"y"), shared_bits(chosen)
    assert (
        join_words(run(lambda me, p: boolean.mux_words(me, c[p], a[p], b[p])).results) == np.where(chosen, x, y)
    ).all()
    masks = [boolean.spread_bits(share, width) for share in c]
    by_mask = run(lambda me, p: boolean.mux_words(me, masks[p], a[p], b[p]))
    assert (join_words(by_mask.results) == np.where(chosen, x, y)).all()
    u, v = bits(3, n, 1), bits(3, n, 2)
    d, e = shared_bits(u, b"u"), shared_bits(v, b"v")
    assert (
        join_bits(run(lambda me, p: boolean.mux_bits(me, c[p], d[p], e[p])).results) == np.where(chosen, u, v)
    ).all()


@given(st.integers(1, 9), rows(), st.integers(0, 99))
def test_trees_over_columns(count: int, n: int, seed: int) -> None:
    """All and any over columns; negation flips every row."""
    x = bits(count, n, seed) | (bits(count, n, seed + 100) & 1)
    a = shared_bits(x)
    assert (join_bits(run(lambda me, p: boolean.all_bits(me, a[p])).results) == x.all(axis=0)).all()
    assert (join_bits(run(lambda me, p: boolean.any_bits(me, a[p])).results) == x.any(axis=0)).all()
    zero, one, two = (boolean.not_(p, share) for p, share in enumerate(a))
    assert (join_bits((zero, one, two)) == 1 - x).all()


@pytest.mark.parametrize("width", WIDTHS)
@given(st.data())
def test_words_to_columns_and_back(width: str, data: st.DataObject) -> None:
    """Bit k of every word stands in column k, and goes back there; columns that were not asked for are zero."""
    n = data.draw(rows())
    x = data.draw(columns(n, width))
    size = 8 * x.dtype.itemsize
    count = data.draw(st.integers(0, size))
    zero, one, two = (convert.words_to_bits(share, count) for share in shared(x))
    plain = (x[None, :] >> np.arange(count, dtype=width)[:, None]) & np.array(1, width)
    assert (join_bits((zero, one, two)) == plain).all()
    back = [convert.bits_to_words(share, width) for share in (zero, one, two)]
    kept = x & np.array((1 << count) - 1, dtype=np.uint64).astype(width)
    assert (join_words((back[0], back[1], back[2])) == kept).all()


@given(rows(), st.integers(0, 99))
def test_bits_to_the_ring(n: int, seed: int) -> None:
    """A shared bit becomes 0 or 1 in the ring, for every way that its components can fall."""
    x = bits(2, n, seed)
    a = shared_bits(x, bytes([seed]))
    assert (join_ring(run(lambda me, p: convert.bits_to_ring(me, a[p])).results) == x).all()


def test_public_values_in_the_ring() -> None:
    """A public value is held in the ring without a message."""
    values = np.arange(5, dtype=np.uint64)
    zero, one, two = (convert.ring_from_public(p, values) for p in range(3))
    assert (join_ring((zero, one, two)) == values).all()


def test_unlike_shapes_are_our_bug() -> None:
    """Shapes and widths that differ are caught before anything is sent."""
    a, b = shared(np.zeros(3, np.uint8)), shared(np.zeros(4, np.uint8))
    with pytest.raises(AssertionError, match="shapes differ"):
        run(lambda me, p: multiply.and_words(me, a[p], b[p]))
    with pytest.raises(AssertionError, match="lanes for"):
        Bits(np.zeros((2, 2), np.uint64), 64)
    with pytest.raises(AssertionError, match="shapes differ"):
        run(
            lambda me, p: multiply.multiply_ring(
                me, Ring(np.zeros((1, 2), np.uint64)), Ring(np.zeros((2, 2), np.uint64))
            )
        )
