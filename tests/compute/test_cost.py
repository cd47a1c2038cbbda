"""Declared costs are the measured ones: rounds and bytes, exactly."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sansnom.compute import boolean, compare, convert, multiply, partition, reveal, shuffle, sort
from sansnom.compute.correlated import Party
from sansnom.compute.share import lanes_for
from sansnom.compute.simulate import Trace, join_words
from sansnom.compute.steps import Steps
from tests.compute.strategies import ROWS, Array, bits, run, shared, shared_bits, shared_ring

Protocol = Callable[[Party, int], Steps[Any]]


def cost(protocol: Protocol) -> tuple[int, list[int]]:
    """Run a protocol; give rounds and the bytes that each helper sent."""
    trace: Trace = run(protocol).trace
    return trace.rounds, trace.sent_bytes


def column_bytes(n: int) -> int:
    """Count the bytes of a column of bits."""
    return 8 * lanes_for(n)


@pytest.mark.parametrize("n", ROWS)
@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_operators_on_words(n: int, size: int) -> None:
    """AND, choice, equality and less-than cost what their docstrings say, in every width."""
    values = np.arange(n).astype(f"u{size}")
    a, bit = shared(values), shared_bits(bits(1, n, 1)[0])
    column = column_bytes(n)
    narrowing = [size // 2**k for k in range(1, 4) if size // 2**k]
    assert cost(lambda me, p: multiply.and_words(me, a[p], a[p])) == (1, [n * size] * 3)
    assert cost(lambda me, p: boolean.mux_words(me, bit[p], a[p], a[p])) == (1, [n * size] * 3)
    equality = (len(narrowing) + 3, [n * sum(narrowing) + 7 * column] * 3)
    assert cost(lambda me, p: boolean.equal_words(me, a[p], a[p])) == equality
    order = (len(narrowing) + 4, [n * (size + sum(narrowing)) + 7 * column] * 3)
    assert cost(lambda me, p: compare.less_than(me, a[p], a[p])) == order


@pytest.mark.parametrize("n", ROWS)
def test_operators_on_bits_and_ring(n: int) -> None:
    """ANDs of columns, trees, ring products, conversions and openings cost what their docstrings say."""
    column = column_bytes(n)
    a, r, w = shared_bits(bits(5, n, 1)), shared_ring(np.arange(n, dtype=np.uint64)), shared(np.arange(n).astype("u4"))
    assert cost(lambda me, p: multiply.and_bits(me, a[p], a[p])) == (1, [5 * column] * 3)
    assert cost(lambda me, p: boolean.or_bits(me, a[p], a[p])) == (1, [5 * column] * 3)
    assert cost(lambda me, p: boolean.mux_bits(me, a[p], a[p], a[p])) == (1, [5 * column] * 3)
    assert cost(lambda me, p: boolean.all_bits(me, a[p])) == (3, [4 * column] * 3)
    assert cost(lambda me, p: boolean.any_bits(me, a[p])) == (3, [4 * column] * 3)
    assert cost(lambda me, p: multiply.multiply_ring(me, r[p], r[p])) == (1, [8 * n] * 3)
    assert cost(lambda me, p: multiply.dot_product(me, r[p], r[p])) == (1, [8] * 3)
    assert cost(lambda me, p: convert.bits_to_ring(me, a[p])) == (convert.BITS_TO_RING_ROUNDS, [5 * 16 * n] * 3)
    purpose = reveal.Opening.NOISY_CELL
    assert cost(lambda me, p: reveal.reveal_to_all_helpers(me, w[p], purpose)) == (1, [4 * n] * 3)
    assert cost(lambda me, p: reveal.reveal_to_all_helpers(me, a[p], purpose)) == (1, [5 * column] * 3)


@pytest.mark.parametrize("n", ROWS)
def test_permutations(n: int) -> None:
    """A shuffle takes three rounds and two elements per row, column and helper; composing two orders 10 rounds."""
    a, b = shared(np.arange(n).astype("u8")), shared(np.arange(n).astype("u1"))

    def both(me: Party, p: int) -> Steps[Any]:
        return (yield from shuffle.apply_permutation(me, shuffle.draw_shuffle(me, n), [a[p], b[p]]))

    def composed(me: Party, _: int) -> Steps[Any]:
        return (yield from shuffle.compose(me, shuffle.draw_shuffle(me, n), shuffle.draw_shuffle(me, n)))

    assert cost(both) == (shuffle.SHUFFLE_ROUNDS, [2 * 9 * n] * 3)
    assert cost(composed) == (shuffle.COMPOSE_ROUNDS, [shuffle.COMPOSE_BYTES_PER_ROW * n] * 3)


@pytest.mark.parametrize("n", [*ROWS, 1000])
def test_the_sort_costs_its_batches(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shuffle, then per batch six rounds, 15 bytes a comparison, and six lanes of bits for each 64."""
    batches: list[int] = []
    real = sort.ranks_before_opened

    def counting(me: Party, words: Any, left: Array, right: Array) -> Steps[Array]:
        if me.number == 0:
            batches.append(left.shape[0])
        return real(me, words, left, right)

    monkeypatch.setattr(sort, "ranks_before_opened", counting)
    a = shared(np.random.default_rng(n).permutation(n).astype(np.uint64))
    ran = run(lambda me, p: sort.sort_words(me, a[p]))
    assert (join_words(tuple(r[1] for r in ran.results)) == np.arange(n)).all()
    compared = sum(sort.COMPARISON_BYTES * pairs + 6 * column_bytes(pairs) for pairs in batches)
    assert ran.trace.rounds == shuffle.SHUFFLE_ROUNDS + sort.COMPARISON_ROUNDS * len(batches)
    assert ran.trace.sent_bytes == [16 * n + compared] * 3


def test_the_sort_compares_little_more_than_it_must() -> None:
    """For a million shuffled rows: at most 31 batches and 21.5 comparisons a row (18.6 is the least possible)."""
    n = 1 << 20
    batches = compared_in_the_clear(np.random.default_rng(1).permutation(n).astype(np.uint64))
    assert len(batches) <= 31
    assert sum(batches) <= 21.5 * n


def compared_in_the_clear(words: Array) -> list[int]:
    """Run the public half of the sort on plain words; give the size of each batch."""
    n = words.shape[0]
    order, bucket = np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    pair = np.stack([words, words], axis=-1)
    table = np.zeros((n // 2 + 1, 4), dtype=np.int32)
    after = np.zeros_like(table)
    partition.open_segment(table, 0, 0, n, partition.PIVOT_PAIRS_SHARE)
    segments, batches = 1, []
    while segments:
        pairs = partition.plan(table, segments, int(partition.LAST_PAIRS_SHARE * n))
        left, right = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
        partition.list_pairs(table, segments, bucket, left, right)
        answers = (pair[left, 0] < pair[right, 0]).astype(np.uint8)
        lanes = np.packbits(np.pad(answers, (0, -pairs % 64)), bitorder="little").view(np.uint64)
        segments = partition.place(table, segments, lanes, order, pair, bucket, after, partition.PIVOT_PAIRS_SHARE)
        table, after = after, table
        batches.append(pairs)
    assert (pair[1:, 0] > pair[:-1, 0]).all()
    return batches
