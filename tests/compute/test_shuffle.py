"""Secret permutations: what they do, that nobody holds all of one, and that every order is as likely."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sansnom.compute import kernels
from sansnom.compute.correlated import Party
from sansnom.compute.share import Words
from sansnom.compute.shuffle import (
    Order,
    SecretPermutation,
    apply_permutation,
    checked_order,
    compose,
    draw_order,
    draw_shuffle,
    invert_permutation,
    permuted,
)
from sansnom.compute.simulate import join_words, seat_three
from sansnom.compute.sort import sort_order
from sansnom.compute.steps import Steps
from sansnom.terms.errors import BrokenInvariant
from tests.compute.strategies import Array, Three, columns, rows, run, shared


def plain_order(three: Three[SecretPermutation]) -> Order:
    """Put the three helpers' knowledge together."""
    hops = [next(o for o in (one.hops[hop] for one in three) if o is not None) for hop in range(3)]
    return permuted(three[0], hops)


def shuffled(me: Party, column: Words) -> Steps[tuple[SecretPermutation, Words]]:
    """Draw a shuffle and apply it."""
    order = draw_shuffle(me, column.shape[0])
    (moved,) = yield from apply_permutation(me, order, [column])
    return order, moved


def apart(results: Three[tuple[SecretPermutation, Words]]) -> tuple[Order, Array]:
    """Put orders and columns together."""
    zero, one, two = results
    return plain_order((zero[0], one[0], two[0])), join_words((zero[1], one[1], two[1]))


@given(st.data())
def test_row_j_of_the_result_is_row_order_j_of_the_input(data: st.DataObject) -> None:
    """The convention, in every width."""
    n, width = data.draw(rows()), data.draw(st.sampled_from(("uint8", "uint16", "uint32", "uint64")))
    x = data.draw(columns(n, width))
    a = shared(x)
    order, moved = apart(run(lambda me, p: shuffled(me, a[p])).results)
    assert sorted(order) == list(range(n))
    assert (moved == x[order]).all()


@given(st.data())
def test_several_columns_move_alike_and_back(data: st.DataObject) -> None:
    """All columns take the same way in the same three rounds, and inverting brings each of them home."""
    n = data.draw(rows())
    x, y = data.draw(columns(n)), data.draw(columns(n, "uint8"))
    a, b = shared(x, b"x"), shared(y, b"y")

    def there_and_back(me: Party, p: int) -> Steps[tuple[list[Words], list[Words]]]:
        order = draw_shuffle(me, n)
        there = yield from apply_permutation(me, order, [a[p], b[p]])
        back = yield from invert_permutation(me, order, there)
        assert order.inverse().inverse() == order
        return there, back

    ran = run(there_and_back)
    assert ran.trace.rounds == 6
    assert (join_words(tuple(r[1][0] for r in ran.results)) == x).all()
    assert (join_words(tuple(r[1][1] for r in ran.results)) == y).all()


@given(rows(), st.integers(0, 99))
def test_composing_leads_from_one_order_to_another(n: int, seed: int) -> None:
    """A column in one order, moved once, stands in the other; the composed permutation can be used again and undone."""
    values = np.random.default_rng(seed).permutation(n).astype(np.uint64)
    first, second = shared(values, b"first"), shared(values[::-1].copy(), b"second")
    column = shared(np.arange(n, dtype=np.uint32), b"rows")

    def lead(me: Party, p: int) -> Steps[tuple[Words, Words, Words, Words]]:
        leave = yield from sort_order(me, first[p])
        enter = yield from sort_order(me, second[p])
        way = yield from compose(me, leave, enter)
        (before,) = yield from apply_permutation(me, leave, [column[p]])
        (wanted,) = yield from apply_permutation(me, enter, [column[p]])
        (after,) = yield from apply_permutation(me, way, [before])
        (back,) = yield from invert_permutation(me, way, [after])
        return before, wanted, after, back

    ran = run(lead, seed=bytes([seed]))
    before, wanted, after, back = (join_words(tuple(r[k] for r in ran.results)) for k in range(4))
    assert (before == np.argsort(values)).all()
    assert (wanted == np.argsort(values[::-1])).all()
    assert (after == wanted).all()
    assert (back == before).all()


def test_no_helper_knows_all_three_hops() -> None:
    """Each helper knows two hops and each hop is known to two helpers, alike."""
    orders = [draw_shuffle(me, 50) for me in seat_three(b"hops")]
    for number, order in enumerate(orders):
        assert [hop is not None for hop in order.hops] == [hop in {number, (number + 2) % 3} for hop in range(3)]
    for hop in range(3):
        first, second = (o for o in (order.hops[hop] for order in orders) if o is not None)
        assert np.array_equal(first, second)


def test_a_shuffle_is_never_drawn_twice() -> None:
    """Two draws from the same seats differ."""
    me = seat_three(b"twice")[0]
    first, second = draw_shuffle(me, 50).hops[0], draw_shuffle(me, 50).hops[0]
    assert first is not None
    assert second is not None
    assert not np.array_equal(first, second)


def test_every_order_is_as_likely() -> None:
    """The 24 orders of four rows come up alike (chi-square, fixed seed)."""
    stream = seat_three(b"uniform")[0].permutation_with_next
    seen = Counter(tuple(draw_order(stream, 4)) for _ in range(4800))
    assert len(seen) == 24
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


def test_a_draw_that_would_bias_a_place_is_rejected() -> None:
    """2^64 is no multiple of 3: the one draw too many for a fair choice among three places makes the attempt void."""
    order = np.empty(3, dtype=np.int32)
    assert not kernels.draw_order(np.array([5, 5, 0], dtype=np.uint64), order)
    assert kernels.draw_order(np.array([5, 5, 1], dtype=np.uint64), order)
    assert kernels.draw_order(np.array([5, 5, 2**64 - 1], dtype=np.uint64), order)


def test_a_rejected_attempt_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both holders of a stream throw away alike and go on with the next draws."""
    said = iter([False, True])
    real = kernels.draw_order

    def refuse_once(draws: Array, out: Array) -> bool:
        return real(draws, out) and next(said)

    zero, one, _ = seat_three(b"rejected")
    first = draw_order(zero.permutation_with_next, 20)
    second = draw_order(zero.permutation_with_next, 20)
    monkeypatch.setattr(kernels, "draw_order", refuse_once)
    assert not np.array_equal(first, second)
    assert np.array_equal(draw_order(one.permutation_with_previous, 20), second)


@pytest.mark.parametrize("opened", [[0, 0, 2], [0, 1, 3], [2**32 - 1, 0, 1]])
def test_destinations_that_are_no_permutation_stop_the_run(opened: list[int]) -> None:
    """A lying helper cannot make us read out of bounds: an opened order is checked before it is used."""
    with pytest.raises(BrokenInvariant) as caught:
        checked_order(np.array(opened, dtype=np.uint32))
    assert caught.value.code == "order.broken"
    assert checked_order(np.array([2, 0, 1], dtype=np.uint32)).tolist() == [2, 0, 1]
