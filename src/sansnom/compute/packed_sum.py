"""Counts and sums over the rows of packed columns, as a carry-save tree: one AND a full adder, all cells in the same rounds.

A column of n rows is n / 64 lanes. Three lanes of weight w become one of weight w (their XOR: local) and one of weight 2w
(their majority: one AND), place by place. When no weight has three lanes left, the few bits that remain go into the ring,
where the weighted sum is local. Exact for any number of rows; the traffic is about 8 bytes a lane and column, whatever comes after.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.convert import BITS_TO_RING_ROUNDS, bits_to_ring
from sansnom.compute.correlated import Party
from sansnom.compute.multiply import and_words
from sansnom.compute.packed import keep_rows
from sansnom.compute.share import LANE_BITS, Bits, Ring, Words, lanes_for
from sansnom.compute.steps import Steps

RING_BYTES_PER_BIT = 16


def adder_rounds(lanes: Sequence[int]) -> tuple[list[list[int]], list[int]]:
    """Plan the tree from the number of lanes of each weight: the full adders of each round by weight, and what remains.

    Public sizes only; the costs of `sum_columns` follow from it.
    """
    have = list(lanes)
    rounds: list[list[int]] = []
    while any(count > 2 for count in have):
        adders = [count // 3 for count in have]
        have = [
            count - 2 * made + carried
            for count, made, carried in zip([*have, 0], [*adders, 0], [0, *adders], strict=True)
        ]
        while have and not have[-1]:
            have.pop()
        rounds.append(adders)
    return rounds, have


def sum_cost(rows: int, bits: int, cells: int) -> tuple[int, int]:
    """Give rounds and bytes that each helper sends in `sum_columns`."""
    rounds, rest = adder_rounds([lanes_for(rows)] * bits)
    adders = sum(sum(made) for made in rounds)
    if not cells * sum(rest):
        return 0, 0
    return len(rounds) + BITS_TO_RING_ROUNDS, cells * (8 * adders + RING_BYTES_PER_BIT * LANE_BITS * sum(rest))


def sum_columns(me: Party, numbers: Bits) -> Steps[Ring]:
    """Add up bit-sliced numbers over all rows: one total for each column. With one bit: count the ones.

    Shapes:  numbers has columns (bits, cells); the result is (cells,).
    Costs:   as `sum_cost` gives them: about 1.7 log2(lanes) rounds, 8 bytes a lane, bit and cell, and 1 kB for each bit of
             the total.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits, cells = numbers.columns
    rows = numbers.rows
    if not rows or not cells or not bits:
        return Ring(np.zeros((cells, 2), dtype=np.uint64))
    masked = keep_rows(numbers).pair
    weights: list[NDArray[np.uint64]] = [masked[bit] for bit in range(bits)]  # each (cells, lanes, 2)
    del masked, numbers
    plan, _ = adder_rounds([lanes_for(rows)] * bits)
    for adders in plan:
        weights = yield from _add_lanes(me, weights, adders)
    rest = np.concatenate(weights, axis=1)
    factor = np.concatenate([np.full(w.shape[1], 1 << place, dtype=np.uint64) for place, w in enumerate(weights)])
    ring = yield from bits_to_ring(me, Bits(rest, rest.shape[1] * LANE_BITS))
    lanes = ring.pair.reshape(cells, factor.shape[0], LANE_BITS, 2).sum(axis=2, dtype=np.uint64)
    total = (lanes * factor[:, None]).sum(axis=1, dtype=np.uint64)
    return Ring(total)


def _add_lanes(me: Party, weights: list[NDArray[np.uint64]], adders: list[int]) -> Steps[list[NDArray[np.uint64]]]:
    """Put three lanes into one full adder wherever a weight has three, all weights in one round."""
    cells = weights[0].shape[0]
    triples = [w[:, : 3 * made].reshape(cells, 3, made, 2) for w, made in zip(weights, adders, strict=True)]
    # majority(a, b, c) = ((a ^ c) & (b ^ c)) ^ c
    left = np.concatenate([t[:, 0] ^ t[:, 2] for t in triples], axis=1)
    right = np.concatenate([t[:, 1] ^ t[:, 2] for t in triples], axis=1)
    product = (yield from and_words(me, Words(left), Words(right))).pair
    after: list[list[NDArray[np.uint64]]] = [[w[:, 3 * made :]] for w, made in zip(weights, adders, strict=True)]
    after.append([])
    start = 0
    for place, (triple, made) in enumerate(zip(triples, adders, strict=True)):
        if made:
            after[place].append(triple[:, 0] ^ triple[:, 1] ^ triple[:, 2])
            after[place + 1].append(product[:, start : start + made] ^ triple[:, 2])
            start += made
    return [np.concatenate(parts, axis=1) for parts in after if parts]
