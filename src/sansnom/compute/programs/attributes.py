"""What a person is, when rows of a person differ: one value for each attribute, held by the person's first row (the head).

dimension, "majority"   the known value on most rows; of values on equally many, the first in a public order of the codes
                        (drawn from the plan's digest), or the last in it: a bit of the head's strict match key says
                        which. Unknown (0) never outvotes a known value.
dimension, "category"   rows with different known values give the category "organizations disagree", one code more, last.
measure                 the sum over rows, clipped to the table's bound.
duration                the smallest known value.
service                 used at any organization.
levels                  the level at the earliest first date and at the latest last date; of equal dates the higher level.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.group import Segments, add_to_head, count_to_head, min_to_head, or_to_head
from sansnom.compute.packed import and_each, column, join, public_number, stack
from sansnom.compute.share import Bits
from sansnom.compute.sliced import any_of, choose, clip, equal, less_than, one_hot
from sansnom.compute.steps import Steps


@dataclass(frozen=True, slots=True)
class Progress:
    """First and last level of a person, bit-sliced, and whether the last observation is later than the first."""

    first: Bits
    last: Bits
    later: Bits


def tie_order(plan_digest: str, dimension: str, codes: int) -> list[int]:
    """Put the known codes 1 ... codes - 1 into a public order that nobody chose: by a hash with the plan's digest."""

    def drawn(code: int) -> bytes:
        return sha256(f"sansnom/tie/1\n{plan_digest}\n{dimension}\n{code}".encode()).digest()

    return sorted(range(1, codes), key=drawn)


def majority(me: Party, parts: Segments, codes: Bits, contest: list[int], backward: Bits) -> Steps[Bits]:
    """Find each person's code on most rows: the head holds it, 0 where no row has a known one.

    `contest` lists the known codes in the public order of ties; `backward` is the bit that turns this order round.

    Shapes:  codes has columns (bits,), backward (); the result has (bits,).
    Costs:   per level of the window an addition, then ceil(log2 codes) rounds of comparisons.
             Each helper sends about codes * (levels^2 + 4 * levels + bits) * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits = codes.pair.shape[0]
    if not contest:
        return codes
    votes = yield from one_hot(me, codes, contest)
    counts = yield from count_to_head(me, parts, votes)
    # Codes are public here: the share of a public bit is the bit on component 0, made by XOR with nothing.
    names = _public_codes(me.number, contest, bits, codes.rows)
    while counts.pair.shape[1] > 1:
        half = counts.pair.shape[1] // 2
        left, right = (Bits(counts.pair[:, side : 2 * half : 2], codes.rows) for side in (0, 1))
        less = yield from less_than(me, left, right)
        tied = yield from equal(me, left, right)
        (turned,) = yield from and_each(me, [(tied, backward)])
        right_wins = less ^ turned
        both = Bits(np.concatenate([counts.pair, names.pair]), codes.rows)
        winners = yield from choose(
            me,
            right_wins,
            Bits(both.pair[:, 1 : 2 * half : 2], codes.rows),
            Bits(both.pair[:, 0 : 2 * half : 2], codes.rows),
        )
        rest = both.pair[:, 2 * half :]
        joined = np.concatenate([winners.pair, rest], axis=1)
        counts = Bits(joined[: counts.pair.shape[0]], codes.rows)
        names = Bits(joined[counts.pair.shape[0] :], codes.rows)
    known = yield from any_of(me, Bits(counts.pair[:, 0], codes.rows))
    (winner,) = yield from and_each(me, [(known, Bits(names.pair[:, 0], codes.rows))])
    return winner


def _public_codes(number: int, contest: list[int], bits: int, rows: int) -> Bits:
    """Share the codes of the contest: columns (bits, codes)."""
    return Bits(np.stack([public_number(number, code, bits, rows).pair for code in contest], axis=1), rows)


def agreed(me: Party, parts: Segments, codes: Bits) -> Steps[tuple[Bits, Bits]]:
    """Find each person's only known code (0 if none), and whether rows have different known ones; the head holds both.

    Shapes:  codes has columns (bits,); the results (bits,) and ().
    Costs:   3 + 2 * levels + 2 * ceil(log2 bits) rounds; each helper sends about 4 * bits * levels * 8 bytes per lane.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    bits = codes.pair.shape[0]
    known = yield from any_of(me, codes)
    (clear,) = yield from and_each(me, [(known, not_(me.number, codes))])
    seen = yield from or_to_head(me, parts, join([codes, clear]))
    ones, noughts = column(seen, slice(bits)), column(seen, slice(bits, None))
    (both,) = yield from and_each(me, [(ones, noughts)])
    differ = yield from any_of(me, both)
    return ones, differ


def person_sum(me: Party, parts: Segments, measure: Bits, bound: int) -> Steps[Bits]:
    """Add up a measure over each person's rows and clip it to the bound: the head holds it.

    Shapes:  measure has columns (bits,); the result just enough bits for the bound.
    Costs:   per level 2 + ceil(log2 bits) rounds; then the clip.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    total = yield from add_to_head(me, parts, measure)
    return (yield from clip(me, total, bound))


def smallest_known(me: Party, parts: Segments, duration: Bits, known: Bits) -> Steps[tuple[Bits, Bits]]:
    """Find each person's smallest known duration, and whether there is one: the head holds both.

    Shapes:  duration has columns (bits,), known (); the results alike.
    Costs:   per level 4 + ceil(log2 bits) rounds.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    missing = Bits(not_(me.number, known).pair[None], duration.rows)
    least = yield from min_to_head(me, parts, join([duration, missing]))
    bits = duration.pair.shape[0]
    return column(least, slice(bits)), not_(me.number, column(least, bits))


def progress(me: Party, parts: Segments, first: tuple[Bits, Bits], last: tuple[Bits, Bits]) -> Steps[Progress]:
    """Find each person's level at the earliest first date and at the latest last date: the head holds both.

    Shapes:  first and last are (level, date), columns (bits,); level 0 is no observation. Results: levels (bits,), later ().
    Costs:   per level of the window 4 + ceil(log2 bits) rounds for each end.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    found: list[tuple[Bits, Bits]] = []
    for (level, date), latest in ((first, False), (last, True)):
        absent = not_(me.number, (yield from any_of(me, level)))
        dated = not_(me.number, date) if latest else date
        # The level turned over, below the date: of equal dates the higher level is the smaller number.
        order = join([not_(me.number, level), dated, Bits(absent.pair[None], date.rows)])
        least = yield from min_to_head(me, parts, order)
        levels, dates = level.pair.shape[0], date.pair.shape[0]
        dated = column(least, slice(levels, levels + dates))
        found.append((not_(me.number, column(least, slice(levels))), not_(me.number, dated) if latest else dated))
    (first_level, first_date), (last_level, last_date) = found
    seen = yield from any_of(me, first_level)  # a person without observations: no row has a level
    after = yield from less_than(me, first_date, last_date)
    (later,) = yield from and_each(me, [(seen, after)])
    return Progress(first_level, last_level, later)


def used_anywhere(me: Party, parts: Segments, services: list[Bits]) -> Steps[Bits]:
    """Tell whether a person used any of these services at any organization: the head holds it.

    Shapes:  services () each; the result ().
    Costs:   ceil(log2 services) + 2 * levels rounds.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    here = yield from any_of(me, stack(services))
    return (yield from or_to_head(me, parts, here))
