"""A7, linkage, singling out and inference, after Anonymeter's definitions: records rebuilt from a release, with a control group.

Source: Giomi et al., "A unified framework for quantifying privacy risk in synthetic data", PoPETs 2023. A risk is how much
better an attacker does on persons who were counted than on persons like them who were not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.attacks.drawing import noise_of_all, setting_of
from sansnom.audit.attacks.outcome import CORRELATION, INDIVIDUALIZATION, INFERENCE, Measure, Outcome
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Floats, Integers, Target
from sansnom.compute.correlated import Stream
from sansnom.terms.release import ReleasedTable
from sansnom.terms.table import PERSONS

PERSONS_MAX: Final = 2_000
TRIES: Final = 400
WORLDS: Final = 5
SURE: Final = 3.29
"""Standard deviations: a risk is told when 999 in 1,000 honest audits would not show it."""
WEAK: Final = 0.05
"""What honest noise may leave at this loss: some advantage on members is allowed, and A6 bounds it."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Successes on persons who were counted and on the control group."""

    on_members: int
    on_controls: int
    tries: int

    @property
    def excess(self) -> float:
        """Give Anonymeter's risk: the success beyond the control's, as a share of what was left to win; never below 0."""
        a, c = self.on_members / self.tries, self.on_controls / self.tries
        return max(0.0, (a - c) / (1 - c)) if c < 1 else 0.0

    @property
    def sure(self) -> float:
        """Give the risk less its doubt."""
        a, c = self.on_members / self.tries, self.on_controls / self.tries
        doubt = SURE * sqrt((a * (1 - a) + c * (1 - c)) / self.tries) / max(1e-9, 1 - c)
        return max(0.0, self.excess - doubt)


def attack(target: Target, practice: Practice) -> Outcome:
    """Rebuild records of made-up persons from a release about them, and try them on these persons and on others like them."""
    names = ("singling_out", "linkage", "inference")
    told = (
        ("Isoler une personne\u00a0: risque au-delà du témoin", "Singling out: risk beyond the control"),
        ("Rapprocher deux jeux\u00a0: risque au-delà du témoin", "Linking two sets: risk beyond the control"),
        ("Déduire un trait\u00a0: risque au-delà du témoin", "Inferring a trait: risk beyond the control"),
    )
    risks = risks_of(target, practice)
    return Outcome(
        number="A7",
        name=("Isoler, rapprocher, déduire", "Singling out, linking, inferring"),
        criteria=(INDIVIDUALIZATION, CORRELATION, INFERENCE),
        tried=(
            (
                "On refait la diffusion sur des personnes inventées, on en tire des fiches, et on les "
                "essaie sur ces personnes et sur un groupe témoin."
            ),
            (
                "The release is made again over made-up persons, records are rebuilt from it, and "
                "tried on these persons and on a control group."
            ),
        ),
        rule=(
            "Les personnes comptées ne sont pas plus exposées que le groupe témoin (le doute retiré, au plus 5\u00a0%).",
            "Persons who were counted are no more exposed than the control group (doubt taken off, 5 % at most).",
        ),
        guessing=(
            "La même attaque sur des personnes semblables qui n’ont pas été comptées.",
            "The same attack on persons like them who were not counted.",
        ),
        measures=tuple(
            Measure(code, name, risk.sure, WEAK, risk.on_controls / risk.tries, percent=True, decimals=1)
            for code, name, risk in zip(names, told, risks, strict=True)
        ),
    )


def risks_of(target: Target, practice: Practice) -> tuple[Risk, Risk, Risk]:
    """Measure the three risks, over several made-up worlds."""
    return risks_in(worlds_of(target, practice))


def risks_in(worlds: Iterable[tuple[Integers, Integers, Integers]]) -> tuple[Risk, Risk, Risk]:
    """Measure the three risks of records: rebuilt, the persons they come from, and a control group."""
    tried = np.zeros((3, 3), dtype=np.int64)
    for rebuilt, members, controls in worlds:
        for place, each in enumerate((_singled, _linked, _inferred)):
            for side, people in enumerate((members, controls)):
                hits, tries = each(rebuilt, people)
                tried[place, side] += hits
                tried[place, 2] = tried[place, 2] + tries if side == 0 else tried[place, 2]
    return tuple(Risk(int(a), int(c), max(1, int(n))) for a, c, n in tried)  # type: ignore[return-value]  # three rows


def worlds_of(target: Target, practice: Practice) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Make worlds: records rebuilt from a release, the persons it counts, and others like them; columns are attributes."""
    tables = _tables(target)
    for world in range(WORLDS if tables else 0):
        draw = Stream(practice.secret("records", world), "common")
        size = int(np.clip(sum(f.value for f in tables[0].consistent.figures), 50, PERSONS_MAX))
        model = [_shaped(table, [max(f.value, 0) for f in table.consistent.figures]) for table in tables]
        members, controls = _records(tables, model, size, draw), _records(tables, model, size, draw)
        noise = noise_of_all(practice, setting_of(target), "records", f"{world:064x}")
        yield _records(tables, _noisy(target, tables, members, noise), size, draw), members, controls


def _tables(target: Target) -> list[ReleasedTable]:
    """Choose tables of persons that together give each attribute once: those with most attributes first."""
    specs = {spec.table: spec for spec in target.plan.tables}
    mine = [t for t in target.release.tables if t.kind == PERSONS and t.axes and not specs[t.table].services]
    chosen: list[ReleasedTable] = []
    known: set[str] = set()
    for table in sorted(mine, key=lambda t: -len(t.axes)):
        codes = {axis.code for axis in table.axes}
        if not codes & known:
            chosen.append(table)
            known |= codes
    return chosen


def _shaped(table: ReleasedTable, values: "list[int] | Integers") -> Floats:
    told = np.maximum(np.asarray(values, dtype=np.float64), 0).reshape([len(axis.values) for axis in table.axes])
    whole = told.sum()
    return np.asarray(told / whole if whole else np.full(told.shape, 1 / told.size))


def _records(tables: list[ReleasedTable], model: list[Floats], size: int, draw: Stream) -> Integers:
    """Draw records: each table's cell by its chance, apart from the other tables'; (size, attributes)."""
    columns = []
    for table, chances in zip(tables, model, strict=True):
        edges = np.cumsum(chances.reshape(-1))
        drawn = draw.words((size,), np.uint64).astype(np.float64) / 2**64
        cell = np.minimum(np.searchsorted(edges, drawn, side="right"), edges.size - 1)
        columns += list(np.unravel_index(cell, [len(axis.values) for axis in table.axes]))
    return np.stack(columns, axis=1).astype(np.int64)


def _noisy(target: Target, tables: list[ReleasedTable], people: Integers, noise: Integers) -> list[Floats]:
    """Count people as the tables do, with the product's noise, and read the result as chances."""
    starts = np.cumsum([0, *(len(t.figures) for t in target.release.tables)]).tolist()
    start = dict(zip([t.table for t in target.release.tables], starts, strict=False))
    found, column = [], 0
    for table in tables:
        shape = [len(axis.values) for axis in table.axes]
        cell = np.ravel_multi_index(tuple(people[:, column : column + len(shape)].T), shape)
        column += len(shape)
        counted = np.bincount(cell, minlength=int(np.prod(shape)))
        found.append(_shaped(table, counted + noise[start[table.table] : start[table.table] + counted.size]))
    return found


def _coded(records: Integers) -> NDArray[np.int64]:
    """Give each combination of attributes one number."""
    return np.asarray(records @ (64 ** np.arange(records.shape[1], dtype=np.int64)))


def _singled(rebuilt: Integers, people: Integers) -> tuple[int, int]:
    """Say that who is alone among rebuilt records is alone among people: count the right ones."""
    codes, times = np.unique(_coded(rebuilt), return_counts=True)
    claims = codes[times == 1][:TRIES]
    theirs, counts = np.unique(_coded(people), return_counts=True)
    alone = theirs[counts == 1]
    return int(np.isin(claims, alone).sum()), len(claims)


def _linked(rebuilt: Integers, people: Integers) -> tuple[int, int]:
    """Hold half of the attributes in each hand; link the halves when one rebuilt record is nearest to both."""
    half = max(1, rebuilt.shape[1] // 2)
    tried = people[:TRIES]
    left, right = _nearest(rebuilt[:, :half], tried[:, :half]), _nearest(rebuilt[:, half:], tried[:, half:])
    return int((left == right).sum()), len(tried)


def _inferred(rebuilt: Integers, people: Integers) -> tuple[int, int]:
    """Infer the last attribute from the nearest rebuilt record."""
    tried = people[:TRIES]
    nearest = _nearest(rebuilt[:, :-1], tried[:, :-1])
    return int((rebuilt[nearest, -1] == tried[:, -1]).sum()), len(tried)


def _nearest(rebuilt: Integers, tried: Integers) -> Integers:
    """Give, for each person tried, the first rebuilt record that differs in the fewest attributes."""
    if not rebuilt.shape[1]:
        return np.zeros(len(tried), dtype=np.int64)
    differs = np.zeros((len(tried), len(rebuilt)), dtype=np.int16)
    for column in range(rebuilt.shape[1]):
        differs += tried[:, column, None] != rebuilt[None, :, column]
    return np.asarray(differs.argmin(axis=1), dtype=np.int64)
