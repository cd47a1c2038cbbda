"""The public half of the sort: which shuffled rows to compare next, and where the opened answers put them.

Everything here is public: places of shuffled rows and opened comparisons, which together are a uniformly random
permutation. So branches and loops depend on no secret. The rows stand in `order`, cut into segments whose mutual
order is known.

A segment of more than ALL_PAIRS_ROWS rows is cut by pivots: its first 2^levels - 1 rows are sorted by comparing all
pairs (one batch), then every other row finds its place among them by binary search (one batch a level). A small
segment is finished by all pairs; so is everything that is left, once that takes few pairs. `plan` lists the
comparisons of a batch, `place` takes their answers.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]

ALL_PAIRS_ROWS = 7
"""Segments of so many rows or fewer are finished by comparing all pairs."""
PIVOT_PAIRS_SHARE = 0.35
"""Pairs among the pivots of a segment, at most, per row of the segment."""
LAST_PAIRS_SHARE = 0.3
"""When finishing everything by all pairs takes at most so many comparisons per row of the whole, it is done."""

FINISH, PIVOTS = -2, -1
"""States of a segment; from 0 on, the level of its binary search."""

START, SIZE, LEVELS, STATE = 0, 1, 2, 3
"""Columns of the table of segments."""


@njit(cache=True, nogil=True)
def open_segment(table: Array, at: int, start: int, size: int, pivot_share: float) -> None:
    """Write down a new segment and what to do with it first."""
    table[at, START] = start
    table[at, SIZE] = size
    if size <= ALL_PAIRS_ROWS:
        table[at, LEVELS] = 0
        table[at, STATE] = FINISH
        return
    levels = 1
    while levels < 15:
        pivots = (2 << levels) - 1
        if pivots * (pivots - 1) // 2 > pivot_share * size:
            break
        levels += 1
    table[at, LEVELS] = levels
    table[at, STATE] = 0 if levels == 1 else PIVOTS


@njit(cache=True, nogil=True)
def plan(table: Array, segments: int, last_pairs: int) -> int:
    """Count the comparisons of the next batch; where all that is left takes at most last_pairs, decide to finish."""
    everything = 0
    for s in range(segments):
        everything += table[s, SIZE] * (table[s, SIZE] - 1) // 2
    if everything <= last_pairs:
        for s in range(segments):
            table[s, STATE] = FINISH
        return everything
    pairs = 0
    for s in range(segments):
        size, state = table[s, SIZE], table[s, STATE]
        pivots = (1 << table[s, LEVELS]) - 1
        if state == FINISH:
            pairs += size * (size - 1) // 2
        elif state == PIVOTS:
            pairs += pivots * (pivots - 1) // 2
        else:
            pairs += size - pivots
    return pairs


@njit(cache=True, nogil=True)
def list_pairs(table: Array, segments: int, bucket: Array, left: Array, right: Array) -> None:
    """List the places to compare in the next batch."""
    k = 0
    for s in range(segments):
        start, size, levels, state = table[s, START], table[s, SIZE], table[s, LEVELS], table[s, STATE]
        pivots = (1 << levels) - 1
        if state < 0:
            count = size if state == FINISH else pivots
            for i in range(count):
                for j in range(i + 1, count):
                    left[k] = start + i
                    right[k] = start + j
                    k += 1
        else:
            middle = (1 << (levels - state - 1)) - 1
            for q in range(start + pivots, start + size):
                left[k] = start + (bucket[q] << (levels - state)) + middle
                right[k] = q
                k += 1


@njit(cache=True, nogil=True)
def place(
    table: Array,
    segments: int,
    lanes: Array,
    order: Array,
    words: Array,
    bucket: Array,
    after: Array,
    pivot_share: float,
) -> int:
    """Take a batch's answers "left < right" (bits of lanes): move rows and words, list what is left in `after`."""
    k = 0
    left_over = 0
    one, six, low = np.uint64(1), np.uint64(6), np.uint64(63)
    for s in range(segments):
        start, size, levels, state = table[s, START], table[s, SIZE], table[s, LEVELS], table[s, STATE]
        pivots = (1 << levels) - 1
        if state < 0:
            count = size if state == FINISH else pivots
            rank = np.zeros(count, dtype=np.int32)
            for i in range(count):
                for j in range(i + 1, count):
                    if (lanes[np.uint64(k) >> six] >> (np.uint64(k) & low)) & one:
                        rank[j] += 1
                    else:
                        rank[i] += 1
                    k += 1
            _move(order, words, start, rank)
            if state == PIVOTS:
                for column in range(STATE):
                    after[left_over, column] = table[s, column]
                after[left_over, STATE] = 0
                left_over += 1
            continue
        for q in range(start + pivots, start + size):
            bit = (lanes[np.uint64(k) >> six] >> (np.uint64(k) & low)) & one
            bucket[q] = 2 * bucket[q] + np.int32(bit)
            k += 1
        if state + 1 < levels:
            for column in range(STATE):
                after[left_over, column] = table[s, column]
            after[left_over, STATE] = state + 1
            left_over += 1
        else:
            left_over = _split(order, words, bucket, table[s], after, left_over, pivot_share)
    return left_over


@njit(cache=True, nogil=True)
def _move(order: Array, words: Array, start: int, rank: Array) -> None:
    """Put row i of the segment at place rank[i]."""
    count = rank.shape[0]
    old_order = order[start : start + count].copy()
    old_words = words[start : start + count].copy()
    for i in range(count):
        to = start + rank[i]
        order[to] = old_order[i]
        words[to, 0] = old_words[i, 0]
        words[to, 1] = old_words[i, 1]


@njit(cache=True, nogil=True)
def _split(
    order: Array, words: Array, bucket: Array, segment: Array, after: Array, left_over: int, pivot_share: float
) -> int:
    """Cut a segment at its pivots: rows of bucket 0, pivot 0, rows of bucket 1, and so on; open the new segments."""
    start, size = segment[START], segment[SIZE]
    pivots = (1 << segment[LEVELS]) - 1
    ends = np.zeros(pivots + 1, dtype=np.int32)
    for q in range(start + pivots, start + size):
        ends[bucket[q]] += 1
    at = start
    for b in range(pivots + 1):
        if ends[b] > 1:
            open_segment(after, left_over, at, ends[b], pivot_share)
            left_over += 1
        at += ends[b] + 1
        ends[b] = at - ends[b] - 1  # where the next row of this bucket goes
    rank = np.empty(size, dtype=np.int32)
    for q in range(start + pivots, start + size):
        rank[q - start] = ends[bucket[q]] - start
        ends[bucket[q]] += 1
        bucket[q] = 0
    for b in range(pivots):
        rank[b] = ends[b] - start  # right after its bucket
        bucket[start + b] = 0
    _move(order, words, start, rank)
    return left_over


def compile_all() -> int:
    """Compile every function of this module into the cache; give their number."""
    table, rows, words, lanes = "int32[:, ::1]", "int32[::1]", "uint64[:, ::1]", "uint64[::1]"
    plan_of: list[tuple[Any, str]] = [
        (open_segment, f"({table}, int64, int64, int64, float64)"),
        (plan, f"({table}, int64, int64)"),
        (list_pairs, f"({table}, int64, {rows}, {rows}, {rows})"),
        (place, f"({table}, int64, {lanes}, {rows}, {words}, {rows}, {table}, float64)"),
    ]
    for function, signature in plan_of:
        function.compile(signature)
    return len(plan_of)
