"""Less-than and equality, against plain numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.compute.boolean import differ_from_zero, equal_words
from sansnom.compute.compare import by_significance, less_than
from sansnom.compute.share import Words
from sansnom.compute.simulate import join_bits
from tests.compute.strategies import WIDTHS, columns, rows, run, shared


@pytest.mark.parametrize("width", WIDTHS)
@given(st.data())
def test_less_than_is_numeric(width: str, data: st.DataObject) -> None:
    """Order on shares is the order of unsigned numbers, equal ones included."""
    n = data.draw(rows())
    x, y = data.draw(columns(n, width)), data.draw(columns(n, width))
    y = np.where(np.arange(n) % 3 == 0, x, y)
    a, b = shared(x, b"x"), shared(y, b"y")
    assert (join_bits(run(lambda me, p: less_than(me, a[p], b[p])).results) == (x < y)).all()


@pytest.mark.parametrize("width", WIDTHS)
@given(st.data())
def test_equality(width: str, data: st.DataObject) -> None:
    """Equality on shares is equality in the clear, and one bit of difference anywhere is seen."""
    n = data.draw(rows())
    x = data.draw(columns(n, width))
    size = 8 * x.dtype.itemsize
    one_bit = (np.uint64(1) << (np.arange(n, dtype=np.uint64) % np.uint64(size))).astype(width)
    y = np.where(np.arange(n) % 2 == 0, x, x ^ one_bit)
    a, b = shared(x, b"x"), shared(y, b"y")
    assert (join_bits(run(lambda me, p: equal_words(me, a[p], b[p])).results) == (x == y)).all()
    assert (join_bits(run(lambda me, p: differ_from_zero(me, a[p])).results) == (x != 0)).all()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_single_bit_outranks_all_lower_ones(width: str) -> None:
    """2^k is above 2^k - 1 for every k: the places are ranked by their significance."""
    size = np.iinfo(width).bits
    x = np.array([(1 << k) - 1 for k in range(size)], dtype=width)
    y = np.array([1 << k for k in range(size)], dtype=width)
    a, b = shared(x, b"x"), shared(y, b"y")
    assert join_bits(run(lambda me, p: less_than(me, a[p], b[p])).results).all()
    assert not join_bits(run(lambda me, p: less_than(me, b[p], a[p])).results).any()


@pytest.mark.parametrize("width", WIDTHS)
def test_by_significance_reverses_the_numbers_of_bits(width: str) -> None:
    """Bit p goes where the binary digits of p, read backwards, say; twice is where it was."""
    size = np.iinfo(width).bits
    digits = size.bit_length() - 1
    words = Words(np.repeat(np.array([1 << p for p in range(size)], dtype=width)[:, None], 2, axis=1))
    moved = by_significance(words).pair[:, 0]
    assert [int(word).bit_length() - 1 for word in moved] == [int(f"{p:0{digits}b}"[::-1], 2) for p in range(size)]
    assert (by_significance(by_significance(words)).pair == words.pair).all()
