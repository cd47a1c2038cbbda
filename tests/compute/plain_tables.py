"""Tables in the clear, person by person, with loops: what tabulation on shares must give, exactly."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.programs.attributes import tie_order
from sansnom.compute.programs.cells import NOT_LINKABLE, ROWS
from sansnom.terms.table import MINIMUM, MULTIPLICITY, PERSONS, SAME_SERVICE, SUM, TALLY, TRANSITIONS, TableSpec
from tests.compute.plain_programs import PlainRows, link_plainly
from tests.compute.worlds import World


def accepted_rows(world: World) -> NDArray[np.bool_]:
    """Check every row by the rules of `validity`."""
    fields, layout = world.fields, world.layout
    good = np.ones(world.rows, dtype=np.bool_)
    for f in layout.fields:
        kind, _, code = f.name.partition(".")
        good &= fields[f.name] <= f.largest
        if kind == "first_day":
            used, first, last = fields[f"service.{code}"], fields[f.name], fields[f"last_day.{code}"]
            good &= (first <= last) & ((used == 1) | ((first == 0) & (last == 0)))
        elif kind == "duration":
            good &= (fields[f"known.{code}"] == 1) | (fields[f.name] == 0)
        elif kind == "first_level":
            told = [fields[f"{n}.{code}"] > 0 for n in ("first_level", "first_date", "last_level", "last_date")]
            good &= (told[0] == told[1]) & (told[1] == told[2]) & (told[2] == told[3])
            good &= fields[f"first_date.{code}"] <= fields[f"last_date.{code}"]
    return np.asarray(good & (world.unused == 0).all(axis=0))


def accepted_tallies(world: World) -> NDArray[np.bool_]:
    """Check every organization's tallies."""
    if not world.layout.tallies:
        return np.ones(world.tallies.shape[1], dtype=np.bool_)
    largest = np.array([cell.largest for cell in world.layout.tallies])
    return np.asarray((world.tallies <= largest[:, None]).all(axis=0))


class PlainTables:
    """All tables of one world, exactly."""

    def __init__(self, world: World) -> None:
        """Link plainly, then keep the persons with a key."""
        self.world = world
        plan, fields = world.plan, world.fields
        valid = (fields["valid"] == 1) & accepted_rows(world)
        linkable = np.stack([valid & (fields[f"present.{k}"] == 1) for k in world.layout.keys]).astype(np.uint8)
        self.not_linkable = int((valid & (linkable.sum(axis=0) == 0)).sum())
        names = [k.match_key for k in plan.linking.keys]
        self.strict = names.index(plan.linking.strict)
        rows = PlainRows(world.match_keys, linkable, world.organizations, {})
        persons = link_plainly(
            rows,
            tuple(k.cap for k in plan.linking.keys),
            self.strict,
            plan.linking.sweeps,
            plan.linking.cluster_cap,
        )
        self.persons = [rows for rows in persons if linkable[:, rows[0]].any()]

    def all(self) -> dict[str, list[int]]:
        """Tabulate everything."""
        told = {t.table: self.table(t) for t in self.world.plan.tables}
        pairs = sum(len({int(self.world.organizations[r]) for r in rows}) for rows in self.persons)
        return told | {ROWS: [pairs + self.not_linkable], NOT_LINKABLE: [self.not_linkable]}

    def table(self, spec: TableSpec) -> list[int]:
        """Tabulate one table, cells in row-major order."""
        if spec.kind == TALLY:
            good = accepted_tallies(self.world)
            cells = [p for p, cell in enumerate(self.world.layout.tallies) if cell.table == spec.table]
            return [int(self.world.tallies[p][good].sum()) for p in cells]
        sizes = [
            self.world.layout.field(f"dimension.{c}").largest + 1 + (c in self.world.plan.own_category)
            for c in spec.dimensions
        ]
        counted: Counter[tuple[object, ...]] = Counter()
        for rows in self.persons:
            place = tuple(self.dimension(rows, c) for c in spec.dimensions)
            for cell, amount in self._cells(rows, spec):
                counted[(*place, *cell)] += amount
        kinds: dict[str, Sequence[tuple[int, ...]]] = {
            PERSONS: [()],
            SUM: [()],
            MULTIPLICITY: [(n,) for n in range(3)],
            SAME_SERVICE: list(product(range(len(spec.services)), range(2))),
            TRANSITIONS: list(product(range(len(spec.bands)), range(len(spec.bands)))),
            MINIMUM: [(n,) for n in range(len(spec.bins) + 2)],
        }
        inner = kinds[spec.kind]
        return [counted[(*place, *cell)] for place in product(*map(range, sizes)) for cell in inner]

    def _cells(  # noqa: PLR0911 - one for each kind
        self, rows: list[int], spec: TableSpec
    ) -> list[tuple[tuple[int, ...], int]]:
        fields = self.world.fields
        desks = len({int(self.world.organizations[r]) for r in rows})
        if spec.kind == PERSONS:
            used = not spec.services or any(fields[f"service.{s}"][r] for s in spec.services for r in rows)
            return [((), 1)] if used else []
        if spec.kind == MULTIPLICITY:
            return [((min(desks, 3) - 1,), 1)]
        if spec.kind == SUM:
            return [((), min(spec.bound, int(sum(fields[f"measure.{spec.measure}"][r] for r in rows))))]
        if spec.kind == MINIMUM:
            known = [int(fields[f"duration.{spec.measure}"][r]) for r in rows if fields[f"known.{spec.measure}"][r]]
            if not known:
                return [((len(spec.bins) + 1,), 1)]
            return [((sum(min(known) > high for high in spec.bins),), 1)]
        if spec.kind == TRANSITIONS:
            return self._transition(rows, spec)
        return [
            ((n, kind), 1) for n, s in enumerate(spec.services) for kind in self._overlap(rows, s, spec.window_days)
        ]

    def _transition(self, rows: list[int], spec: TableSpec) -> list[tuple[tuple[int, ...], int]]:
        told = {
            n: self.world.fields[f"{n}.{spec.scale}"] for n in ("first_level", "last_level", "first_date", "last_date")
        }
        seen = [r for r in rows if told["first_level"][r] > 0]
        if not seen:
            return []
        first = min(seen, key=lambda r: (told["first_date"][r], -told["first_level"][r]))
        last = max(seen, key=lambda r: (told["last_date"][r], told["last_level"][r]))
        if not told["first_date"][first] < told["last_date"][last]:
            return []
        levels = (told["first_level"][first], told["last_level"][last])
        places = [
            next(b for b, high in enumerate(spec.bands) if level <= high) for level in levels if level <= spec.bands[-1]
        ]
        return [((places[0], places[1]), 1)] if len(places) == 2 else []

    def _overlap(self, rows: list[int], service: str, window_days: int) -> list[int]:
        fields, desks = self.world.fields, self.world.organizations
        used, first, last = (fields[f"{n}.{service}"] for n in ("service", "first_day", "last_day"))
        slots = [fields[f"referral.{n}"] for n in (1, 2)]
        found = coordinated = False
        for a, b in combinations(rows, 2):
            near = first[b] - last[a] <= window_days and first[a] - last[b] <= window_days
            if desks[a] != desks[b] and used[a] and used[b] and near:
                found = True
                coordinated |= any(s[a] == desks[b] or s[b] == desks[a] for s in slots)
        return [0] if coordinated else [1] if found else []

    def dimension(self, rows: list[int], code: str) -> int:
        """Settle a person's value of a dimension."""
        codes = [int(self.world.fields[f"dimension.{code}"][r]) for r in rows]
        known = [c for c in codes if c]
        size = self.world.layout.field(f"dimension.{code}").largest + 1
        if code in self.world.plan.own_category:
            return size if len(set(known)) > 1 else (known or [0])[0]
        if not known:
            return 0
        votes = Counter(known)
        place = [use.code for use in self.world.plan.dimensions].index(code)
        head = min(rows)
        backward = int(self.world.match_keys[self.strict][head]) >> place & 1
        order = tie_order(self.world.plan.digest, code, size)
        tied = [c for c in order if votes[c] == max(votes.values())]
        return tied[-1] if backward else tied[0]
