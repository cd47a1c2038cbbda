"""Tables of persons: every cell of every kind becomes a column of ones at the heads of the persons it counts, or a bit-sliced sum.

kind          who is counted, in which cell
persons       every linkable person (who used one of the table's services, if it names any)
multiplicity  every linkable person, by distinct organizations: 1, 2, 3 or more
same_service  persons with an overlap of a service (`overlap`), by service, coordinated or other
transitions   persons whose last observation is later than their first, by band of first and of last level
sum           the clipped sum of each linkable person
minimum       every linkable person, by class of the smallest known duration; unknown last
Each cell is crossed with the table's dimensions; cells are in the order of `terms.table`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from sansnom.compute.boolean import not_
from sansnom.compute.correlated import Party
from sansnom.compute.group import count_to_head
from sansnom.compute.packed import and_each, column, join, stack
from sansnom.compute.programs.attributes import (
    agreed,
    majority,
    person_sum,
    progress,
    smallest_known,
    tie_order,
    used_anywhere,
)
from sansnom.compute.programs.link import Persons
from sansnom.compute.programs.overlap import ServiceUse, same_service
from sansnom.compute.share import Bits
from sansnom.compute.sliced import at_most, one_hot, widen
from sansnom.compute.steps import Steps, together
from sansnom.compute.submitted import Fields
from sansnom.terms.plan import Plan
from sansnom.terms.schema import LEVEL_MAX, REFERRAL_SLOTS
from sansnom.terms.table import MINIMUM, MULTIPLICITY, PERSONS, SAME_SERVICE, SUM, TRANSITIONS, TableSpec


@dataclass(slots=True)
class People:
    """Persons with their rows' fields, and the attributes found so far: each dimension is settled once for all tables.

    heads     one at the first row of each linkable person
    turns     columns (dimensions,): the bit that turns the order of ties round, one for each dimension of the plan
    """

    persons: Persons
    fields: Fields
    plan: Plan
    heads: Bits
    turns: Bits
    found: dict[str, Bits] = field(default_factory=dict)


def cells_of_persons(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    """Give the cells of one table of persons as bit-sliced numbers at heads: columns (bits, cells); bits is 1 for counts.

    Shapes:  cells in the order of `terms.table`.
    Costs:   by kind; the crossing costs one AND of 8 bytes per lane for each cell (and bit).
    Reveals: nothing.
    Against: one semi-honest helper. Tampering is not detected here.
    """
    columns = yield from _KINDS[table.kind](me, people, table)
    if not table.dimensions:
        return columns
    across = people.heads
    for code in table.dimensions:
        if code not in people.found:
            people.found[code] = yield from _dimension(me, people, code)
        values = people.found[code]
        across = values if across is people.heads else (yield from _cross(me, across, values))
    bits, inner = columns.columns
    outer = across.columns[0]
    (crossed,) = yield from and_each(
        me, [(Bits(across.pair[None, :, None], across.rows), Bits(columns.pair[:, None], columns.rows))]
    )
    return Bits(crossed.pair.reshape(bits, outer * inner, *crossed.pair.shape[3:]), columns.rows)


def _cross(me: Party, outer: Bits, inner: Bits) -> Steps[Bits]:
    """AND every column of one list with every column of another: row-major."""
    (crossed,) = yield from and_each(me, [(Bits(outer.pair[:, None], outer.rows), inner)])
    return Bits(crossed.pair.reshape(-1, *crossed.pair.shape[2:]), outer.rows)


def _dimension(me: Party, people: People, code: str) -> Steps[Bits]:
    """Find every person's value of a dimension: one-hot columns, "organizations disagree" last where the plan has it."""
    numbers = people.fields.number(f"dimension.{code}")
    codes = people.fields.layout.field(f"dimension.{code}").largest + 1
    parts = people.persons.parts
    if code in people.plan.own_category:
        only, differ = yield from agreed(me, parts, numbers)
        # Where rows disagree, `only` is an OR of codes: cleared to 0, and 0 is taken back below.
        (only,) = yield from and_each(me, [(not_(me.number, differ), only)])
        hot = yield from one_hot(me, only, range(codes))
        unknown = Bits(hot.pair[:1] ^ differ.pair[None], hot.rows)
        return join([unknown, column(hot, slice(1, None)), Bits(differ.pair[None], hot.rows)])
    place = [use.code for use in people.plan.dimensions].index(code)
    contest = tie_order(people.plan.digest, code, codes)
    winner = yield from majority(me, parts, numbers, contest, column(people.turns, place))
    return (yield from one_hot(me, winner, range(codes)))


def _persons(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    heads = people.heads
    if table.services:
        used = [people.fields.bit(f"service.{s}") for s in table.services]
        anywhere = yield from used_anywhere(me, people.persons.parts, used)
        (heads,) = yield from and_each(me, [(heads, anywhere)])
    return Bits(heads.pair[None, None], heads.rows)


def _multiplicity(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    del table
    desks = yield from count_to_head(me, people.persons.parts, people.persons.first_seen)
    one = yield from at_most(me, desks, 1)
    two = yield from at_most(me, desks, 2)
    return (yield from _at_heads(me, people, stack([one, one ^ two, not_(me.number, two)])))


def _same_service(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    fields = people.fields
    services = [
        ServiceUse(fields.bit(f"service.{s}"), fields.number(f"first_day.{s}"), fields.number(f"last_day.{s}"))
        for s in table.services
    ]
    referrals = [fields.number(f"referral.{slot + 1}") for slot in range(REFERRAL_SLOTS)]
    found = yield from same_service(me, people.persons, services, referrals, table.window_days)
    return (yield from _at_heads(me, people, Bits(found.pair.reshape(-1, *found.pair.shape[2:]), found.rows)))


def _transitions(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    first, last = (
        (people.fields.number(f"{end}_level.{table.scale}"), people.fields.number(f"{end}_date.{table.scale}"))
        for end in ("first", "last")
    )
    found = yield from progress(me, people.persons.parts, first, last)
    bands: list[Bits] = []
    for levels in (found.first, found.last):
        hot = yield from one_hot(me, levels, range(1, LEVEL_MAX + 1))
        lows = (0, *table.bands[:-1])
        # The levels of a band are disjoint: their OR is an XOR.
        merged = [
            np.bitwise_xor.reduce(hot.pair[low:high], axis=0) for low, high in zip(lows, table.bands, strict=True)
        ]
        bands.append(Bits(np.stack(merged), hot.rows))
    (first_bands,) = yield from and_each(me, [(found.later, bands[0])])
    crossed = yield from _cross(me, first_bands, bands[1])
    return (yield from _at_heads(me, people, crossed))


def _sum(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    measure = people.fields.number(f"measure.{table.measure}")
    total = yield from person_sum(me, people.persons.parts, measure, table.bound)
    (counted,) = yield from and_each(me, [(people.heads, total)])
    return Bits(counted.pair[:, None], counted.rows)


def _minimum(me: Party, people: People, table: TableSpec) -> Steps[Bits]:
    duration = people.fields.number(f"duration.{table.measure}")
    known = people.fields.bit(f"known.{table.measure}")
    least, told = yield from smallest_known(me, people.persons.parts, duration, known)
    least = widen(least, max(least.pair.shape[0], max(table.bins, default=0).bit_length()))
    within = yield from together([at_most(me, least, high) for high in table.bins])
    steps = [lower ^ higher for lower, higher in pairwise(within)]
    above = not_(me.number, within[-1]) if within else None
    classes = [*within[:1], *steps, told if above is None else above]
    (seen,) = yield from and_each(me, [(told, stack(classes))])
    unknown = not_(me.number, told)
    return (yield from _at_heads(me, people, join([seen, Bits(unknown.pair[None], unknown.rows)])))


def _at_heads(me: Party, people: People, columns: Bits) -> Steps[Bits]:
    """Keep the bits at heads of linkable persons: columns (cells,) to (1, cells)."""
    (kept,) = yield from and_each(me, [(people.heads, columns)])
    return Bits(kept.pair[None], kept.rows)


_KINDS: dict[str, Callable[[Party, People, TableSpec], Steps[Bits]]] = {
    PERSONS: _persons,
    MULTIPLICITY: _multiplicity,
    SAME_SERVICE: _same_service,
    TRANSITIONS: _transitions,
    SUM: _sum,
    MINIMUM: _minimum,
}
