"""Arithmetic on bit-sliced numbers: compare, add, choose, clip, and codes to one-hot columns.

A number has columns (bits, ...), bit 0 first; all rows and all columns of a batch are worked in the same rounds.
Trees and parallel prefixes keep rounds logarithmic in the width of a number.
"""

from collections.abc import Sequence

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.packed import and_each, column, join, public_number, spread, stack, zeros
from sansnom.compute.share import Bits
from sansnom.compute.steps import Steps


def compare_cost(bits: int) -> tuple[int, int]:
    """Count rounds, and ANDs of columns, of `less_than` for numbers of this width; `at_most` takes one and `bits` less."""
    ands, nodes = bits, bits
    while nodes > 1:
        half = nodes // 2
        ands += 2 * half - 1
        nodes -= half
    return 1 + _tree_levels(bits), ands


def add_cost(bits: int) -> tuple[int, int]:
    """Count rounds, and ANDs of columns, of `add` for numbers of this width."""
    ands = bits
    for level in range(_tree_levels(bits)):
        takers = [place for place in range(bits) if place >> level & 1]
        ands += len(takers) + sum(place >> level > 1 for place in takers)
    return 1 + _tree_levels(bits), ands


def _tree_levels(bits: int) -> int:
    return max(bits - 1, 0).bit_length()


def less_than(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    """Tell where x < y, for bit-sliced numbers.

    Shapes:  x and y have columns (bits, ...); the result has (...).
    Costs:   1 + ceil(log2 bits) rounds; each helper sends under 3 * bits * 8 bytes per lane (`compare_cost`).
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    (less,) = yield from and_each(me, [(not_(me.number, x), y)])
    same = not_(me.number, x ^ y)
    return (yield from _lowest_wins_last(me, less, same))


def _lowest_wins_last(me: Party, less: Bits, same: Bits) -> Steps[Bits]:
    """Combine per-bit verdicts into one: the most significant difference decides. `less` and `same` have columns (bits, ...)."""
    rows = less.rows
    while less.pair.shape[0] > 1:
        half = less.pair.shape[0] // 2
        high, low = slice(1, 2 * half, 2), slice(0, 2 * half, 2)
        rest = slice(2 * half, None)
        factors = [(column(same, high), column(less, low))]
        if half > 1:  # whether the lowest node is equal is never asked again
            factors.append((column(same, slice(3, 2 * half, 2)), column(same, slice(2, 2 * half, 2))))
        done = yield from and_each(me, factors)
        lowest = done[1].pair if half > 1 else same.pair[:0]
        less, same = (
            Bits(np.concatenate([done[0].pair ^ less.pair[high], less.pair[rest]]), rows),
            Bits(np.concatenate([same.pair[:1], lowest, same.pair[rest]]), rows),
        )
    return column(less, 0)


def at_most(me: Party, x: Bits, largest: int) -> Steps[Bits]:
    """Tell where x <= a public number.

    Shapes:  x has columns (bits, ...); the result has (...).
    Costs:   ceil(log2 bits) rounds; each helper sends under 2 * bits * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits = x.pair.shape[0]
    if largest >> bits:
        return not_(me.number, zeros(x.columns[1:], x.rows))
    limit = public_number(me.number, largest, bits, x.rows)
    limit = Bits(limit.pair.reshape(bits, *[1] * (x.pair.ndim - 3), *limit.pair.shape[1:]), x.rows)
    # x > largest at a bit only where the public bit is 0 and that of x is 1: no AND is needed.
    clear = np.array([largest >> bit & 1 == 0 for bit in range(bits)]).reshape(bits, *[1] * (x.pair.ndim - 1))
    greater = Bits(np.where(clear, x.pair, np.uint64(0)), x.rows)
    same = not_(me.number, Bits(x.pair ^ limit.pair, x.rows))
    above = yield from _lowest_wins_last(me, greater, same)
    return not_(me.number, above)


def equal(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    """Tell where two bit-sliced numbers are equal.

    Shapes:  x and y have columns (bits, ...); the result has (...).
    Costs:   ceil(log2 bits) rounds; each helper sends (bits - 1) * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    return (yield from all_of(me, not_(me.number, x ^ y)))


def all_of(me: Party, bits: Bits) -> Steps[Bits]:
    """AND along the first axis, as a tree; ones where there is no column.

    Shapes:  bits has columns (n, ...); the result has (...).
    Costs:   ceil(log2 n) rounds; each helper sends (n - 1) * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    if not bits.pair.shape[0]:
        return not_(me.number, zeros(bits.columns[1:], bits.rows))
    while bits.pair.shape[0] > 1:
        half = bits.pair.shape[0] // 2
        (both,) = yield from and_each(me, [(column(bits, slice(half)), column(bits, slice(half, 2 * half)))])
        bits = join([both, column(bits, slice(2 * half, None))])
    return column(bits, 0)


def any_of(me: Party, bits: Bits) -> Steps[Bits]:
    """OR along the first axis, as a tree; zeros where there is no column.

    Shapes:  bits has columns (n, ...); the result has (...).
    Costs:   ceil(log2 n) rounds; each helper sends (n - 1) * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    none = yield from all_of(me, not_(me.number, bits))
    return not_(me.number, none)


def choose(me: Party, choice: Bits, x: Bits, y: Bits) -> Steps[Bits]:
    """Take x where the choice is one, else y.

    Shapes:  x and y have columns (bits, ...), choice (...) or what broadcasts to it; the result has (bits, ...).
    Costs:   1 round; each helper sends bits * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    (moved,) = yield from and_each(me, [(choice, x ^ y)])
    return moved ^ y


def widen(x: Bits, n_bits: int) -> Bits:
    """Give a number more bits (zeros), or the same. Local, no message."""
    missing = n_bits - x.pair.shape[0]
    assert missing >= 0, "a number is never cut"
    return join([x, zeros((missing, *x.columns[1:]), x.rows)]) if missing else x


def add(me: Party, x: Bits, y: Bits) -> Steps[Bits]:
    """Add bit-sliced numbers with a parallel prefix of carries; the result has one bit more.

    Shapes:  x and y have columns (bits, ...); the result has (bits + 1, ...).
    Costs:   1 + ceil(log2 bits) rounds; each helper sends at most (1 + ceil(log2 bits)) * bits * 8 bytes per lane (`add_cost`).
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    Source:  Sklansky's prefix tree (1960).
    """
    bits, rows = x.pair.shape[0], x.rows
    (carries,) = yield from and_each(me, [(x, y)])
    first = x ^ y
    made, passed = carries.pair.copy(), first.pair.copy()
    for level in range(_tree_levels(bits)):
        takers = [place for place in range(bits) if place >> level & 1]
        givers = [(place >> level << level) - 1 for place in takers]
        # A block that starts at bit 0 never passes a carry on: nothing comes into it.
        inner = [(taker, giver) for taker, giver in zip(takers, givers, strict=True) if taker >> level > 1]
        factors = [(Bits(passed[takers], rows), Bits(made[givers], rows))]
        if inner:
            factors.append((Bits(passed[[t for t, _ in inner]], rows), Bits(passed[[g for _, g in inner]], rows)))
        done = yield from and_each(me, factors)
        made[takers] ^= done[0].pair
        if inner:
            passed[[t for t, _ in inner]] = done[1].pair
    total = np.concatenate([first.pair, np.zeros_like(first.pair[:1])])
    total[1:] ^= made
    return Bits(total, rows)


def clip(me: Party, x: Bits, largest: int) -> Steps[Bits]:
    """Replace what is above a public number by that number.

    Shapes:  x has columns (bits, ...); the result has at most as many bits, enough for `largest`.
    Costs:   1 + ceil(log2 bits) rounds, none if the number cannot be above.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits = x.pair.shape[0]
    if largest >= (1 << bits) - 1:
        return x
    kept = max(1, largest.bit_length())
    fits = yield from at_most(me, x, largest)
    limit = public_number(me.number, largest, kept, x.rows)
    limit = Bits(limit.pair.reshape(kept, *[1] * (x.pair.ndim - 3), *limit.pair.shape[1:]), x.rows)
    low = column(x, slice(kept))
    return (yield from choose(me, fits, low, spread(limit, low.columns)))


def one_hot(me: Party, codes: Bits, wanted: Sequence[int]) -> Steps[Bits]:
    """Turn codes into one column for each wanted code: one where the row has this code.

    Shapes:  codes has columns (bits, ...); the result has (wanted, ...).
    Costs:   ceil(log2 bits) rounds; each helper sends 8 bytes per lane for each product of a tree: about len(wanted) of them.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits, rows = codes.pair.shape[0], codes.rows
    # Each part covers some bits; its table maps the value of these bits to a column. Neighbours are multiplied until one is left.
    parts: list[tuple[int, dict[int, Bits]]] = []
    for place in range(bits):
        on = column(codes, place)
        parts.append((1, {0: not_(me.number, on), 1: on}))
    cut = [0, *range(1, bits + 1)]
    while len(parts) > 1:
        factors: list[tuple[Bits, Bits]] = []
        plans: list[tuple[int, list[int]]] = []
        starts = cut[::2] if len(parts) % 2 == 0 else [*cut[:-1:2], cut[-1]]
        for place in range(0, len(parts) - 1, 2):
            (low_bits, low), (high_bits, high) = parts[place], parts[place + 1]
            width = low_bits + high_bits
            values = sorted({code >> cut[place] & ((1 << width) - 1) for code in wanted})
            plans.append((width, values))
            factors += [(low[v & ((1 << low_bits) - 1)], high[v >> low_bits]) for v in values]
        done = iter((yield from and_each(me, factors)) if factors else [])
        merged = [(width, {v: next(done) for v in values}) for width, values in plans]
        parts, cut = [*merged, *parts[2 * len(merged) :]], starts
    table = parts[0][1]
    if not wanted:
        return zeros((0, *codes.columns[1:]), rows)
    return stack([table[code] for code in wanted])
