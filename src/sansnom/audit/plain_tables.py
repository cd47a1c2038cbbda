"""Exact tables in the clear, person by person: what the helpers' noisy cells are measured against. Synthetic data only.

The rules are those of `compute/programs/` (attributes, overlap, tabulate), written as plain loops over persons.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.compute.programs.attributes import tie_order
from sansnom.terms.plan import Plan
from sansnom.terms.schema import REFERRAL_SLOTS, RowLayout
from sansnom.terms.table import MINIMUM, MULTIPLICITY, PERSONS, SUM, TALLY, TRANSITIONS, TableSpec

ROWS: Final = "rows"
NOT_LINKABLE: Final = "not_linkable"


@dataclass(frozen=True, slots=True)
class ClearRows:
    """All submissions of a plan in the clear, side by side.

    keys           who may be linked: match keys, present bits and organizations of all rows
    fields         by the layout's names, (rows,) each
    tallies        (cells, organizations)
    """

    keys: PlainKeys
    fields: Mapping[str, NDArray[np.int64]]
    tallies: NDArray[np.int64]


class ExactTables:
    """The tables of one plan over these rows, exactly."""

    def __init__(self, rows: ClearRows, plan: Plan, layout: RowLayout) -> None:
        """Link the rows; keep the persons that have a key."""
        self._rows, self._plan, self._layout = rows, plan, layout
        self._strict = [k.match_key for k in plan.linking.keys].index(plan.linking.strict)
        labels = link_in_the_clear(rows.keys, plan.linking)
        linkable = np.asarray(rows.keys.present.any(axis=1), dtype=np.bool_)
        self.persons = [person for person in clusters_of(labels) if bool(linkable[person[0]])]
        valid = rows.fields["valid"] == 1
        self._not_linkable = int((valid & ~linkable).sum())

    def all(self) -> dict[str, list[int]]:
        """Give every table's cells in row-major order, and the two general counts."""
        told = {table.table: self.table(table) for table in self._plan.tables}
        pairs = sum(self._desks(person) for person in self.persons)
        return told | {ROWS: [pairs + self._not_linkable], NOT_LINKABLE: [self._not_linkable]}

    def table(self, spec: TableSpec) -> list[int]:
        """Give one table's cells."""
        if spec.kind == TALLY:
            wanted = [place for place, cell in enumerate(self._layout.tallies) if cell.table == spec.table]
            return [int(self._rows.tallies[place].sum()) for place in wanted]
        sizes = [self._codes(code) + (code in self._plan.own_category) for code in spec.dimensions]
        counted: Counter[tuple[int, ...]] = Counter()
        for person in self.persons:
            place = tuple(self._dimension(person, code) for code in spec.dimensions)
            for cell, amount in self._cells(person, spec):
                counted[(*place, *cell)] += amount
        return [counted[(*place, *cell)] for place in product(*map(range, sizes)) for cell in _inner(spec)]

    def _field(self, name: str, person: Sequence[int]) -> list[int]:
        return [int(value) for value in self._rows.fields[name][list(person)]]

    def _codes(self, code: str) -> int:
        return self._layout.field(f"dimension.{code}").largest + 1

    def _desks(self, person: Sequence[int]) -> int:
        return len(set(self._rows.keys.organization[list(person)].tolist()))

    def _cells(self, person: Sequence[int], spec: TableSpec) -> list[tuple[tuple[int, ...], int]]:
        if spec.kind == PERSONS:
            used = not spec.services or any(any(self._field(f"service.{s}", person)) for s in spec.services)
            return [((), 1)] if used else []
        if spec.kind == MULTIPLICITY:
            return [((min(self._desks(person), 3) - 1,), 1)]
        if spec.kind == SUM:
            return [((), min(spec.bound, sum(self._field(f"measure.{spec.measure}", person))))]
        if spec.kind == MINIMUM:
            return [((self._bin(person, spec),), 1)]
        if spec.kind == TRANSITIONS:
            return self._transition(person, spec)
        overlaps = [(n, self._overlap(person, s, spec.window_days)) for n, s in enumerate(spec.services)]
        return [((n, kind), 1) for n, kind in overlaps if kind is not None]

    def _bin(self, person: Sequence[int], spec: TableSpec) -> int:
        told = zip(
            self._field(f"known.{spec.measure}", person), self._field(f"duration.{spec.measure}", person), strict=True
        )
        known = [days for is_known, days in told if is_known]
        return sum(min(known) > high for high in spec.bins) if known else len(spec.bins) + 1

    def _transition(self, person: Sequence[int], spec: TableSpec) -> list[tuple[tuple[int, ...], int]]:
        names = ("first_date", "first_level", "last_date", "last_level")
        seen = [r for r in zip(*(self._field(f"{n}.{spec.scale}", person) for n in names), strict=True) if r[1]]
        if not seen:
            return []
        first = min(seen, key=lambda row: (row[0], -row[1]))  # of equal dates the higher level, at both ends
        last = max(seen, key=lambda row: (row[2], row[3]))
        if first[0] >= last[2]:
            return []
        bands = [next((b for b, high in enumerate(spec.bands) if level <= high), None) for level in (first[1], last[3])]
        return [((bands[0], bands[1]), 1)] if bands[0] is not None and bands[1] is not None else []

    def _overlap(self, person: Sequence[int], service: str, window_days: int) -> int | None:
        """Tell whether two organizations gave this service near in time: 0 coordinated, 1 other, None not at all."""
        desks = self._rows.keys.organization[list(person)].tolist()
        used = self._field(f"service.{service}", person)
        first, last = self._field(f"first_day.{service}", person), self._field(f"last_day.{service}", person)
        partners = [self._field(f"referral.{slot + 1}", person) for slot in range(REFERRAL_SLOTS)]
        near = [
            (a, b)
            for a, b in combinations(range(len(desks)), 2)
            if desks[a] != desks[b] and used[a] and used[b]
            if first[b] - last[a] <= window_days and first[a] - last[b] <= window_days
        ]
        if not near:
            return None
        return 0 if any(p[a] == desks[b] or p[b] == desks[a] for a, b in near for p in partners) else 1

    def _dimension(self, person: Sequence[int], code: str) -> int:
        known = [value for value in self._field(f"dimension.{code}", person) if value]
        if code in self._plan.own_category:
            return self._codes(code) if len(set(known)) > 1 else (known or [0])[0]
        if not known:
            return 0
        votes = Counter(known)
        order = tie_order(self._plan.digest, code, self._codes(code))
        tied = [value for value in order if votes[value] == max(votes.values())]
        place = [use.code for use in self._plan.dimensions].index(code)
        backward = int(self._rows.keys.keys[min(person), self._strict]) >> place & 1
        return tied[-1] if backward else tied[0]


def _inner(spec: TableSpec) -> list[tuple[int, ...]]:
    """List the cells of the axes that a kind brings."""
    if spec.kind == MULTIPLICITY:
        return [(n,) for n in range(3)]
    if spec.kind == MINIMUM:
        return [(n,) for n in range(len(spec.bins) + 2)]
    if spec.kind == TRANSITIONS:
        return list(product(range(len(spec.bands)), repeat=2))
    if spec.kind in (PERSONS, SUM):
        return [()]
    return list(product(range(len(spec.services)), range(2)))
