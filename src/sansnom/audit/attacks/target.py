"""What an attacker has: a board's public files, and the figures of one release as one vector with its noise and its sums."""

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.board.public import Board
from sansnom.terms.plan import LAPLACE, TIER_UNCONDITIONAL, Plan
from sansnom.terms.release import Release, ReleasedTable
from sansnom.terms.table import PERSONS, SAME_SERVICE, SUM, TALLY, TableSpec
from sansnom.terms.vocabulary import Dictionary

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CELLS_MAX: Final = 3_000
"""Figures that are taken together; of larger releases each table is looked at alone."""
WHOLE: Final = 3
HONEST: Final = 2


@dataclass(frozen=True, slots=True)
class Target:
    """One release and everything public around it."""

    board: Board
    release: Release
    plan: Plan
    dictionary: Dictionary

    @classmethod
    def of(cls, board: Board, release: Release) -> "Target":
        """Put a release beside its plan and dictionary."""
        plan = board.plan(release.plan)
        return cls(board, release, plan, board.dictionaries[plan.dictionary])

    @property
    def others(self) -> tuple[Release, ...]:
        """Give the board's other releases."""
        return tuple(each for each in self.board.releases if each.release != self.release.release)

    def spec(self, table: ReleasedTable) -> TableSpec:
        """Find what the plan says of a table."""
        return next(spec for spec in self.plan.tables if spec.table == table.table)


def promised_variance(plan: Plan, spec: TableSpec) -> float:
    """Give the variance that two helpers' noise must have for the plan's budget: the attacker's own reading of the promise.

    One person adds one to a cell (to one cell a service for overlaps, up to the bound for sums); where rows are linked by
    one key alone, a row may move a person from one cell to another.
    """
    cells = len(spec.services) if spec.kind == SAME_SERVICE else 1
    step = spec.bound if spec.kind == SUM else 1
    moves = plan.linking.tier == TIER_UNCONDITIONAL and spec.kind != TALLY
    if moves and not (spec.kind in (PERSONS, SUM) and not spec.dimensions):
        cells *= 2
    if plan.noise == LAPLACE:
        loss = float(np.sqrt(2 * float(spec.rho))) / (cells * step)
        odds = 1 / np.expm1(loss)
        return float(2 * odds * (odds + 1))
    return float(Fraction(cells * step * step) / (2 * spec.rho))


def step_of(spec: TableSpec) -> int:
    """Give how far one person moves one cell at most."""
    return spec.bound if spec.kind == SUM else 1


def labels_of(table: ReleasedTable, language: int = 1) -> list[str]:
    """Name a table's cells by their labels."""
    names = [""]
    for axis in table.axes:
        told = [value.label.fr if language == 0 else value.label.en for value in axis.values]
        names = [f"{before} × {each}" if before else each for before in names for each in told]
    return [f"{table.table}: {name}" if name else table.table for name in names]


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """All figures of a release that agree with others: values, spread, and sums that are zero in truth.

    place   (cells,) number of the table each comes from; sums: (sums, cells), `sums @ truth == 0`
    spread  (cells,) standard deviation of all three helpers' noise, as the plan promises it
    """

    tables: tuple[ReleasedTable, ...]
    place: Integers
    values: Integers
    spread: Floats
    sums: NDArray[np.int8]

    @property
    def names(self) -> list[str]:
        """Name all cells."""
        return [name for table in self.tables for name in labels_of(table)]

    def fitted(self, values: Floats) -> Floats:
        """Give least squares under the sums: the closest figures that add up."""
        if not len(self.sums):
            return values
        gain = self._gain()
        return np.asarray(values - gain @ (self.sums @ values))

    def fitted_spread(self) -> Floats:
        """Give the standard deviation of each figure that `fitted` gives."""
        if not len(self.sums):
            return self.spread
        variance = self.spread**2
        taken = np.einsum("ij,ji->i", self._gain(), self.sums * variance)
        return np.asarray(np.sqrt(np.maximum(variance - taken, 0)))

    def _gain(self) -> Floats:
        weighted = self.sums * self.spread**2
        middle = weighted @ self.sums.T
        return np.asarray(weighted.T @ np.linalg.pinv(middle.astype(np.float64), hermitian=True))


def together(target: Target) -> Together:
    """Lay all tables side by side, with the sums that the release says agree."""
    tables = target.release.tables
    sizes = [len(table.figures) for table in tables]
    start = dict(zip([t.table for t in tables], np.cumsum([0, *sizes]).tolist(), strict=False))
    values = np.array([figure.value for table in tables for figure in table.figures], dtype=np.int64)
    place = np.repeat(np.arange(len(tables)), sizes)
    promised = [promised_variance(target.plan, target.spec(table)) * WHOLE / HONEST for table in tables]
    by_name = {table.table: table for table in tables}
    rows: list[NDArray[np.int8]] = []
    if len(values) <= CELLS_MAX:
        for agreed in target.release.agreements:
            first = _margin(by_name[agreed.tables[0]], agreed.over, agreed.service)
            for name in agreed.tables[1:]:
                other = _margin(by_name[name], agreed.over, agreed.service)
                for mine, theirs in zip(first, other, strict=True):
                    row = np.zeros(len(values), dtype=np.int8)
                    row[start[agreed.tables[0]] + mine] = 1
                    row[start[name] + theirs] = -1
                    rows.append(row)
    sums = np.array(rows, dtype=np.int8).reshape(len(rows), len(values))
    return Together(tables, place, values, np.sqrt(np.array(promised))[place], sums)


def _margin(table: ReleasedTable, over: tuple[str, ...], service: str) -> list[Integers]:
    """List, for each combination of values over some axes, the places of the cells that it sums."""
    shape = [len(axis.values) for axis in table.axes]
    cells = np.arange(prod(shape)).reshape(shape)
    codes = [axis.code for axis in table.axes]
    if service:
        at = codes.index("service")
        cells = np.take(cells, [v.code for v in table.axes[at].values].index(service), axis=at)
        codes.pop(at)
    order = [codes.index(code) for code in over] + [n for n, code in enumerate(codes) if code not in over]
    kept = prod(cells.shape[n] for n in order[: len(over)])
    return list(cells.transpose(order).reshape(kept, -1))
