"""Which components stand as persons, and which fall back to firm links or to the strict key: rule 6 of `link`."""

from dataclasses import dataclass

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.group import Segments, count_to_head, heads_of, or_from_head, or_to_head, segments_of
from sansnom.compute.packed import and_each, stack, toward_head
from sansnom.compute.share import Bits
from sansnom.compute.sliced import any_of, at_most, equal
from sansnom.compute.steps import Steps

DISTANCES_AT_ONCE = 8
"""How many distances between rows are compared in one batch: a bound on memory, not on what is compared."""


@dataclass(frozen=True, slots=True)
class Component:
    """Rows sorted by (label, strict label, row number).

    Bit-sliced: `label`, `strict`, `run` (smallest row number of the row's run of the strict key, evidence or not), roster number;
    `changed`: one more sweep would change the label.
    """

    label: Bits
    strict: Bits
    run: Bits
    changed: Bits
    organizations: Bits


def link_levels(cap: int) -> int:
    """Give the doublings that cover the row window of a cap: twice the cap, rounded up to a power of two."""
    return max(1, (2 * cap - 1).bit_length())


def settle(me: Party, rows: Component, cluster_cap: int) -> Steps[Bits]:
    """Decide for each row whether the next one is the same person: of one component that stands, or of one strict label in it.

    Shapes:  the result has columns ().
    Costs:   those of `falls_back`, one comparison of labels and two rounds more.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    same, falls = yield from falls_back(me, rows, cluster_cap)
    same_strict = yield from equal(me, rows.strict, toward_head(rows.strict, 1))
    (leaving,) = yield from and_each(me, [(falls, not_(me.number, same_strict))])
    (cut,) = yield from and_each(me, [(same, leaving)])
    return same ^ cut


def falls_back(me: Party, rows: Component, cluster_cap: int) -> Steps[tuple[Bits, Bits]]:
    """Tell for each row whether the next one is of the same component, and whether the component falls back (rule 6 of `link`).

    Components are contiguous, and so are strict groups inside them. Where no two rows of one organization are of different
    runs of the strict key, the rows of an organization are neighbours, so that counting its first rows counts
    organizations; where some are, the component falls back anyway. The last row of a component longer than the window is not
    marked: no mark reaches it from further than the window.

    Shapes:  the results have columns ().
    Costs:   scans over the cluster window; one comparison of organization and run for every distance in it.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    same_label = yield from equal(me, rows.label, toward_head(rows.label, 1))
    parts = yield from segments_of(me, same_label, link_levels(cluster_cap))
    same_desk = yield from equal(me, rows.organizations, toward_head(rows.organizations, 1))
    (repeated,) = yield from and_each(me, [(parts.same, same_desk)])
    desks = yield from count_to_head(me, parts, heads_of(me.number, repeated))
    fits = yield from at_most(me, desks, cluster_cap)
    torn = yield from _torn(me, parts, rows)
    falls = yield from any_of(me, stack([not_(me.number, fits), parts.longer_than_window, torn, rows.changed]))
    falls = yield from or_to_head(me, parts, falls)
    falls = yield from or_from_head(me, parts, falls)
    return parts.same, falls


def _torn(me: Party, parts: Segments, rows: Component) -> Steps[Bits]:
    """Tell at the first of two rows of one component and one organization whether they are of different runs of the strict key."""
    found: list[Bits] = []
    for start in range(1, parts.window, DISTANCES_AT_ONCE):
        distances = range(start, min(parts.window, start + DISTANCES_AT_ONCE))
        joined = yield from joined_at(me, parts, distances)
        same_desk = yield from equal_at(me, rows.organizations, distances)
        same_run = yield from equal_at(me, rows.run, distances)
        (pair,) = yield from and_each(me, [(joined, same_desk)])
        (torn,) = yield from and_each(me, [(pair, not_(me.number, same_run))])
        found.append((yield from any_of(me, torn)))
    return (yield from any_of(me, stack(found)))


def again_later(me: Party, parts: Segments, organizations: Bits) -> Steps[Bits]:
    """Tell for each row whether a row after it, of its segment and within the window, is of the same organization.

    The rows without are one for each (segment, organization), also where an organization's rows are not neighbours.

    Shapes:  organizations has columns (bits,); the result has ().
    Costs:   for each batch of distances 2 + ceil(log2 bits) + ceil(log2 distances) rounds; each helper sends about (bits + 2) * 8
             bytes per lane for every distance in the window.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    found: list[Bits] = []
    for start in range(1, parts.window, DISTANCES_AT_ONCE):
        distances = range(start, min(parts.window, start + DISTANCES_AT_ONCE))
        joined = yield from joined_at(me, parts, distances)
        same_desk = yield from equal_at(me, organizations, distances)
        (again,) = yield from and_each(me, [(joined, same_desk)])
        found.append((yield from any_of(me, again)))
    return (yield from any_of(me, stack(found)))


def joined_at(me: Party, parts: Segments, distances: range) -> Steps[Bits]:
    """Tell for several distances d whether rows r and r + d are of one segment; each d is within the window.

    Shapes:  the result has columns (distances,).
    Costs:   1 round; each helper sends 8 bytes per lane and distance.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    levels = [d.bit_length() - 1 for d in distances]
    near = stack([parts.links[level] for level in levels])
    far = stack([toward_head(parts.links[level], d - (1 << level)) for d, level in zip(distances, levels, strict=True)])
    (joined,) = yield from and_each(me, [(near, far)])
    return joined


def equal_at(me: Party, numbers: Bits, distances: range) -> Steps[Bits]:
    """Tell for several distances d whether rows r and r + d hold the same bit-sliced number.

    Shapes:  numbers has columns (bits,); the result has (distances,).
    Costs:   ceil(log2 bits) rounds; each helper sends (bits - 1) * 8 bytes per lane and distance.
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    other = Bits(np.stack([toward_head(numbers, d).pair for d in distances], axis=1), numbers.rows)
    here = Bits(np.broadcast_to(numbers.pair[:, None], other.pair.shape), numbers.rows)
    return (yield from equal(me, here, other))
