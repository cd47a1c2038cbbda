"""Persons who had the same service at two organizations within some days, coordinated by a referral or not.

For a service, two rows of a person overlap if they are of different organizations, both used the service, and the time
between the two stretches (first to last day of the service at each) is at most `window_days`; stretches that meet or
overlap always do. The person is counted as *coordinated* if an accepted referral links one such pair: either row names
the other's organization. Otherwise, if there is such a pair at all, as *other*.
"""

from dataclasses import dataclass

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.group import or_to_head
from sansnom.compute.packed import and_each, public_number, spread, stack, toward_head
from sansnom.compute.programs.link import Persons
from sansnom.compute.programs.settle import equal_at, joined_at
from sansnom.compute.share import Bits
from sansnom.compute.sliced import add, any_of, equal, less_than, widen
from sansnom.compute.steps import Steps, together

PAIR_ROWS_AT_ONCE = 16_000_000
"""How many pairs of rows are compared in one batch: a bound on memory, not on what is compared."""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """One service on rows: used at all, first and last day (bit-sliced; 0 where it was not used)."""

    used: Bits
    first_day: Bits
    last_day: Bits


def same_service(
    me: Party, persons: Persons, services: list[ServiceUse], referrals: list[Bits], window_days: int
) -> Steps[Bits]:
    """Tell at each person's head, for each service, whether it overlaps, coordinated or otherwise.

    Shapes:  referrals are bit-sliced roster numbers (0: none); the result has columns (services, 2): coordinated, other.
    Costs:   for every distance in the window and service, two comparisons of days; for every distance, the organizations.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    ends = yield from together([_reach(me, use, window_days) for use in services])
    batch = max(1, PAIR_ROWS_AT_ONCE // max(1, persons.parts.rows) // max(1, len(services)))
    overlapping: list[Bits] = []
    coordinated: list[Bits] = []
    for start in range(1, persons.parts.window, batch):
        distances = range(start, min(persons.parts.window, start + batch))
        apart, referred = yield from _pairs(me, persons, referrals, distances)
        found = yield from together(
            [_overlaps(me, use, end, apart, distances) for use, end in zip(services, ends, strict=True)]
        )
        pairs = stack(found)  # (services, distances)
        (linked,) = yield from and_each(me, [(pairs, spread(referred, pairs.columns))])
        swapped = Bits(np.stack([np.swapaxes(b.pair, 0, 1) for b in (pairs, linked)], axis=2), pairs.rows)
        anywhere = yield from any_of(me, swapped)  # (services, 2)
        overlapping.append(Bits(anywhere.pair[:, 0], pairs.rows))
        coordinated.append(Bits(anywhere.pair[:, 1], pairs.rows))
    both = Bits(np.stack([stack(coordinated).pair, stack(overlapping).pair], axis=2), persons.parts.rows)
    both = yield from any_of(me, both)
    both = yield from or_to_head(me, persons.parts, both)
    # Coordinated implies overlapping: what is left of the XOR is "other".
    return Bits(np.stack([both.pair[:, 0], both.pair[:, 0] ^ both.pair[:, 1]], axis=1), both.rows)


def _reach(me: Party, use: ServiceUse, window_days: int) -> Steps[Bits]:
    """Add the public window to the last day: the latest first day of another row that still overlaps."""
    bits = max(use.last_day.pair.shape[0], window_days.bit_length())
    days = public_number(me.number, window_days, bits, use.last_day.rows)
    return (yield from add(me, widen(use.last_day, bits), days))


def _pairs(me: Party, persons: Persons, referrals: list[Bits], distances: range) -> Steps[tuple[Bits, Bits]]:
    """Tell which rows at these distances are of one person and two organizations, and which a referral links: (distances,) each."""
    joined = yield from joined_at(me, persons.parts, distances)
    same_desk = yield from equal_at(me, persons.organizations, distances)
    (apart,) = yield from and_each(me, [(joined, not_(me.number, same_desk))])
    bits = max(referrals[0].pair.shape[0], persons.organizations.pair.shape[0])
    desks = widen(persons.organizations, bits)
    told = stack([widen(r, bits) for r in referrals])  # (slots, bits)
    named = Bits(np.swapaxes(told.pair, 0, 1), told.rows)  # (bits, slots)
    far_desks = _moved(desks, distances)  # (bits, distances)
    far_named = _moved(named, distances)  # (bits, distances, slots)
    shape = far_named.columns
    left = Bits(
        np.concatenate([spread(Bits(named.pair[:, None], named.rows), shape).pair, far_named.pair], axis=2), told.rows
    )
    right = Bits(
        np.concatenate(
            [
                np.broadcast_to(far_desks.pair[:, :, None], far_named.pair.shape),
                np.broadcast_to(desks.pair[:, None, None], far_named.pair.shape),
            ],
            axis=2,
        ),
        told.rows,
    )
    hits = yield from equal(me, left, right)  # (distances, 2 * slots)
    referred = yield from any_of(me, Bits(np.swapaxes(hits.pair, 0, 1), told.rows))
    return apart, referred


def _moved(numbers: Bits, distances: range) -> Bits:
    """Show at each row what the rows at these distances hold: (bits, ...) to (bits, distances, ...). Local."""
    return Bits(np.stack([toward_head(numbers, d).pair for d in distances], axis=1), numbers.rows)


def _overlaps(me: Party, use: ServiceUse, end: Bits, apart: Bits, distances: range) -> Steps[Bits]:
    """Tell for one service which of these pairs overlap: (distances,)."""
    bits = end.pair.shape[0]
    first = widen(use.first_day, bits)
    here_end = spread(Bits(end.pair[:, None], end.rows), (bits, len(distances)))
    here_first = spread(Bits(first.pair[:, None], end.rows), (bits, len(distances)))
    # Both comparisons as one batch: does the other row begin too late, does this one?
    ends = Bits(np.stack([here_end.pair, _moved(end, distances).pair], axis=1), end.rows)
    firsts = Bits(np.stack([_moved(first, distances).pair, here_first.pair], axis=1), end.rows)
    late = yield from less_than(me, ends, firsts)  # (2, distances)
    near, both = yield from and_each(
        me,
        [
            (not_(me.number, Bits(late.pair[0], end.rows)), not_(me.number, Bits(late.pair[1], end.rows))),
            (spread(use.used, (len(distances),)), _moved_column(use.used, distances)),
        ],
    )
    (close,) = yield from and_each(me, [(near, both)])
    (found,) = yield from and_each(me, [(close, apart)])
    return found


def _moved_column(bits: Bits, distances: range) -> Bits:
    return stack([toward_head(bits, d) for d in distances])
