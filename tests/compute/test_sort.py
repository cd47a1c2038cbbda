"""The sort: order, contiguity, what is opened, and that nothing public depends on the words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sansnom.compute import partition, sort
from sansnom.compute.correlated import Party
from sansnom.compute.share import Words
from sansnom.compute.shuffle import SecretPermutation, apply_permutation, draw_shuffle
from sansnom.compute.simulate import join_words
from sansnom.compute.sort import lay_out, sort_order, sort_words
from sansnom.compute.steps import Steps
from sansnom.terms.errors import BrokenInvariant
from tests.compute.strategies import Array, Ran, columns, rows, run, shared


def sort_three(words: Array, seed: bytes = b"sort") -> Ran:
    """Sort plain words on shares."""
    a = shared(words)
    return run(lambda me, p: sort_words(me, a[p]), seed=seed)


def plain_sorted(ran: Ran) -> Array:
    """Join the sorted words."""
    return join_words(tuple(result[1] for result in ran.results))


def public_order(ran: Ran) -> Array:
    """Give the opened order of the shuffled rows."""
    placement: Array = ran.results[0][0].placement
    return placement


@given(rows(), st.integers(0, 999))
def test_distinct_words_are_sorted(n: int, seed: int) -> None:
    """The words come out ascending, as unsigned numbers, and the permutation moves other columns the same way."""
    words = np.unique(np.random.default_rng(seed).integers(0, 2**64, 2 * n, dtype=np.uint64))[:n]
    words = np.random.default_rng(seed).permutation(words)
    a, b = shared(words), shared(np.arange(words.size, dtype=np.uint32), b"rows")

    def both(me: Party, p: int) -> Steps[tuple[Words, Words]]:
        order, ordered = yield from sort_words(me, a[p])
        (moved,) = yield from apply_permutation(me, order, [b[p]])
        return ordered, moved

    results = run(both, seed=bytes([seed % 256])).results
    assert (join_words(tuple(r[0] for r in results)) == np.sort(words)).all()
    assert (join_words(tuple(r[1] for r in results)) == np.argsort(words)).all()


@pytest.mark.parametrize("n", [1000, 6000])
def test_long_columns_take_several_levels_of_pivots(n: int) -> None:
    """Segments of thousands of rows are cut by many pivots at once, and sorted all the same."""
    words = np.random.default_rng(n).permutation(n).astype(np.uint64) << np.uint64(50)
    assert (plain_sorted(sort_three(words)) == np.sort(words)).all()


@given(st.data())
def test_equal_keys_stand_together(data: st.DataObject) -> None:
    """Absent rows first, then each key's rows in one block, in the order of their numbers: whatever the keys."""
    n = data.draw(rows())
    key_bits, index_bits = 43, 20
    keys = data.draw(columns(n)) >> np.uint64(64 - key_bits)
    present = data.draw(columns(n)) & np.uint64(1)
    a, b = shared(keys, b"keys"), shared(present, b"present")
    ran = run(lambda me, p: sort_words(me, lay_out(me, b[p], a[p], key_bits, index_bits)))
    ordered = plain_sorted(ran)
    index = (ordered & np.uint64(2**index_bits - 1)).astype(int)
    expected = np.lexsort((np.arange(n), keys, present))
    assert (index == expected).all()
    block = np.stack([present, keys], axis=-1)[index]
    starts = 1 + int((block[1:] != block[:-1]).any(axis=1).sum()) if n else 0
    assert starts == len(np.unique(block, axis=0))


def test_words_that_do_not_fit_are_our_bug() -> None:
    """More key bits, or more rows, than a word has room for are caught before anything is shared."""
    a = shared(np.zeros(5, np.uint64))
    with pytest.raises(AssertionError, match="do not fit into 64"):
        run(lambda me, p: sort_order(me, lay_out(me, a[p], a[p], 44, 20)))
    with pytest.raises(AssertionError, match="5 rows do not fit into 2 bits"):
        run(lambda me, p: sort_order(me, lay_out(me, a[p], a[p], 43, 2)))


def test_rounds_are_exact_for_a_seed() -> None:
    """The seed fixes the shuffle, the shuffle fixes the rounds and bytes: to the byte."""
    words = np.random.default_rng(5).permutation(1000).astype(np.uint64)
    ran = sort_three(words, b"exact")
    assert (ran.trace.rounds, ran.trace.sent_bytes) == (123, [178588, 178588, 178588])


@pytest.mark.guarantee("G-02")
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_trace_is_the_same_for_other_words(seed: int) -> None:
    """With the shuffle coupled so that the opened order is equal, nothing public tells one table from another."""
    n = 300
    rng = np.random.default_rng(seed)
    low, high = (
        np.sort(rng.choice(2**40, n, replace=False)).astype(np.uint64) * np.uint64(scale) for scale in (1, 2**20)
    )
    ranks = rng.permutation(n)
    moved = rng.permutation(n)  # row i of the second table has the rank of row moved[i] of the first
    one, other = shared(low[ranks], b"one"), shared(high[ranks[moved]], b"other")

    def coupled(me: Party, count: int) -> SecretPermutation:
        order = draw_shuffle(me, count)
        if order.hops[0] is None:
            return order
        return SecretPermutation(count, (np.argsort(moved)[order.hops[0]].astype(np.int32), *order.hops[1:]))

    first = run(lambda me, p: sort_words(me, one[p]), seed=bytes([seed % 256]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sort, "draw_shuffle", coupled)
        second = run(lambda me, p: sort_words(me, other[p]), seed=bytes([seed % 256]))
    assert (plain_sorted(second) == np.sort(high)).all()
    assert (public_order(first) == public_order(second)).all()
    assert first.trace.sizes == second.trace.sizes


@pytest.mark.guarantee("G-02")
def test_the_opened_order_is_uniform_whatever_the_words() -> None:
    """Over many seeds, words already in order open each of the six orders of three rows alike: the shuffle is fresh."""
    seen = np.zeros(6)
    names = {
        order: place
        for place, order in enumerate(
            sorted({tuple(np.argsort(np.random.default_rng(s).permutation(3))) for s in range(99)})
        )
    }
    for trial in range(600):
        ran = sort_three(np.arange(3, dtype=np.uint64), trial.to_bytes(2, "big"))
        seen[names[tuple(public_order(ran))]] += 1
    assert stats.chisquare(seen).pvalue > 0.001


def test_the_same_words_are_shuffled_afresh_for_each_sort() -> None:
    """One fresh secret shuffle per opened ordering, ever: a second sort of the same words opens another order."""
    a = shared(np.arange(100, dtype=np.uint64))

    def twice(me: Party, p: int) -> Steps[tuple[SecretPermutation, SecretPermutation]]:
        first = yield from sort_order(me, a[p])
        second = yield from sort_order(me, a[p])
        return first, second

    first, second = run(twice).results[0]
    assert not np.array_equal(first.hops[0], second.hops[0])
    assert not np.array_equal(first.placement, second.placement)


def test_answers_that_contradict_each_other_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lying helper can make a > b > c > a; the order is then no permutation, and is not used."""

    def circle(_: Party, _words: Words, left: Array, _right: Array) -> Steps[Array]:
        yield from ()
        return np.array([0b101], dtype=np.uint64)  # of (0,1) (0,2) (1,2): 0 < 1, 2 < 0, 1 < 2

    monkeypatch.setattr(sort, "ranks_before_opened", circle)
    with pytest.raises(BrokenInvariant) as caught:
        sort_three(np.arange(3, dtype=np.uint64))
    assert caught.value.code == "order.broken"


@given(st.integers(8, 400))
def test_pivots_stay_within_their_share_of_the_pairs(size: int) -> None:
    """A segment never spends more on sorting its pivots than its share, and uses at least one."""
    table = np.zeros((1, 4), dtype=np.int32)
    partition.open_segment(table, 0, 0, size, partition.PIVOT_PAIRS_SHARE)
    pivots = 2 ** int(table[0, partition.LEVELS]) - 1
    assert 1 <= pivots < size
    assert pivots * (pivots - 1) / 2 <= partition.PIVOT_PAIRS_SHARE * size
