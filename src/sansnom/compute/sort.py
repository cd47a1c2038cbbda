"""Sort: shuffle in secret, then quicksort on opened comparisons.

Sound because the words are pairwise distinct: then the ranks of the shuffled rows are a uniformly random permutation,
whatever the words, and the opened comparisons are a function of it. So one fresh shuffle per opened ordering, ever.
Words are made distinct by the row's index in their least significant bits (`lay_out`).

Source: Hamada, Kikuchi, Ikarashi, Chida, Takahashi, "Practically efficient multi-party sorting protocols from
        comparison sort
algorithms", ICISC 2012. Many pivots at once: docs/performance.md.
"""

import numpy as np
from numpy.typing import NDArray

from sansnom.compute import partition
from sansnom.compute.compare import by_significance, distinct_fields
from sansnom.compute.correlated import Party
from sansnom.compute.kernels import and_message
from sansnom.compute.reveal import Opening, open_products
from sansnom.compute.share import Words, xor_public
from sansnom.compute.shuffle import SecretPermutation, apply_permutation, checked_order, draw_shuffle
from sansnom.compute.steps import Steps

WORD_BITS = 64
COMPARISON_ROUNDS = 6
COMPARISON_BYTES = 15
"""Bytes that each helper sends for one comparison, before the lanes of bits: 4, then 1 to each side, per 64 of them."""


def lay_out(me: Party, present: Words, keys: Words, key_bits: int, index_bits: int) -> Words:
    """Build distinct words to sort: the `present` bit, then the key, then the row's public number. Local, no message.

    Absent rows come first, each key's rows stand together, and equal keys stay in the order of their rows.

    Shapes:  present (rows,) holds 0 or 1, keys (rows,) fit into key_bits; both uint64, as is the result.
    """
    (rows,) = keys.shape
    assert 1 + key_bits + index_bits <= WORD_BITS, f"1 + {key_bits} + {index_bits} bits do not fit into {WORD_BITS}"
    assert rows <= 1 << index_bits, f"{rows} rows do not fit into {index_bits} bits"
    pair = (present.pair << np.uint64(key_bits + index_bits)) ^ (keys.pair << np.uint64(index_bits))
    return xor_public(me.number, Words(pair), np.arange(rows, dtype=np.uint64))


def sort_order(me: Party, words: Words) -> Steps[SecretPermutation]:
    """Find the secret permutation that puts distinct words into ascending order.

    Shapes:  words (rows,) uint64, pairwise distinct.
    Costs:   3 rounds and 16 bytes per row for the shuffle, then for each batch of p comparisons 6 rounds, and each
             helper sends 15 p + 8 * 6 * ceil(p / 64) bytes. Batches and their sizes depend on the random order of the
             shuffle only.
    Reveals: the ranks of the shuffled rows: a uniformly random permutation.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    order, _ = yield from sort_words(me, words)
    return order


def sort_words(me: Party, words: Words) -> Steps[tuple[SecretPermutation, Words]]:
    """Sort distinct words, ascending: the secret permutation and the words in their new order.

    Shapes:  words (rows,) uint64, pairwise distinct; the sorted words alike.
    Costs:   as `sort_order`.
    Reveals: the ranks of the shuffled rows: a uniformly random permutation.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    (rows,) = words.shape
    shuffle = draw_shuffle(me, rows)
    (shuffled,) = yield from apply_permutation(me, shuffle, [words])
    moving = by_significance(shuffled)
    placement = yield from _quicksort(me, moving)
    order = SecretPermutation(rows, shuffle.hops, placement)
    return order, by_significance(moving)


def ranks_before_opened(
    me: Party, words: Words, left: NDArray[np.int32], right: NDArray[np.int32]
) -> Steps[NDArray[np.uint64]]:
    """Open whether words[left] < words[right] for pairs of distinct, freshly shuffled words.

    Shapes:  words (rows,) uint64 in the order of `by_significance`; left, right (pairs,); the result is lanes of bits.
    Costs:   6 rounds; each helper sends 15 bytes per pair, then 4 + 2 lanes of 8 bytes per 64 pairs.
    Reveals: the comparisons. The caller has shuffled the words in secret and opens no other order of them.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    differ, high, low = yield from distinct_fields(me, words, left, right)
    products = np.empty(differ.pair.shape[:-1], dtype=np.uint64)
    and_message(differ.pair, high.pair ^ low.pair, products)
    products ^= low.pair[..., 0]
    lanes: NDArray[np.uint64] = yield from open_products(me, products, Opening.SHUFFLED_COMPARISON)
    return lanes


def _quicksort(me: Party, words: Words) -> Steps[NDArray[np.int32]]:
    """Sort freshly shuffled words in place; give the public permutation: place j holds shuffled row order[j]."""
    (rows,) = words.shape
    order = np.arange(rows, dtype=np.int32)
    bucket = np.zeros(rows, dtype=np.int32)
    table = np.zeros((rows // 2 + 1, 4), dtype=np.int32)
    after = np.zeros_like(table)
    segments = 0
    if rows > 1:
        partition.open_segment(table, 0, 0, rows, partition.PIVOT_PAIRS_SHARE)
        segments = 1
    while segments:
        pairs = partition.plan(table, segments, int(partition.LAST_PAIRS_SHARE * rows))
        left, right = np.empty(pairs, dtype=np.int32), np.empty(pairs, dtype=np.int32)
        partition.list_pairs(table, segments, bucket, left, right)
        lanes = yield from ranks_before_opened(me, words, left, right)
        segments = partition.place(
            table, segments, lanes, order, words.pair, bucket, after, partition.PIVOT_PAIRS_SHARE
        )
        table, after = after, table
    return checked_order(order)
