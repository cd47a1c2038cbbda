"""How precise the answer to a plan would be, before anybody asks: "about 40 people: 40, give or take 12".

Everything follows from the plan alone: the budget of a table sets its noise, and the noise has an exact law. Figures made
consistent with other tables (`release.consistency`) are as precise or better; errors of linking come on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from sansnom.release.account import noise_scales
from sansnom.release.intervals_noise import half_width
from sansnom.release.rules_people import persons_per_cell
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster
from sansnom.terms.table import SUM
from sansnom.terms.vocabulary import Dictionary

SIZES: Final = (10, 40, 100, 400, 1000)
"""Sizes of a cell for which precision is told, where the caller names no others."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What a cell of so many would be published as, 95 times in 100: from `low` to `high`; and whether it would be told.

    told  False where such a cell would more likely than not be flagged as too few to tell
    """

    size: int
    low: int
    high: int
    told: bool

    @property
    def percent(self) -> int:
        """Give half the interval in per cent of the size, rounded up."""
        return -(-100 * (self.high - self.size) // self.size) if self.size else 0


@dataclass(frozen=True, slots=True)
class TablePrecision:
    """What one table could say: its cells, give or take `half_width` each.

    told_from     the smallest cell that more likely than not is not flagged as too few to tell
    per_cell      persons expected in a cell on average, from public figures; None for requests, or without a roster
    """

    table: str
    cells: int
    half_width: int
    told_from: int
    per_cell: Fraction | None
    sizes: tuple[Precision, ...]

    @property
    def mostly_noise(self) -> bool:
        """Say whether the average cell would not be told: the table is cut too fine for its budget."""
        return self.per_cell is not None and self.per_cell < self.told_from


def expected_precision(
    plan: Plan, dictionary: Dictionary, roster: Roster | None = None, sizes: Sequence[int] = SIZES
) -> tuple[TablePrecision, ...]:
    """Say for each table of a plan, in its order, how precise a cell of each size would be.

    Pre:  the rules accept the plan, or at least know its codes and its budget.
    Loss: none: nothing but the plan is looked at.
    """
    told = []
    for table, scale in zip(plan.tables, noise_scales(plan, dictionary), strict=False):
        width = half_width(scale.variance, law=scale.law)
        least = max(width, 0 if table.kind == SUM else plan.threshold - 1) + 1
        per_cell = None if roster is None or table.kind == SUM else persons_per_cell(plan, table, dictionary, roster)
        cells = tuple(Precision(size, max(0, size - width), size + width, size >= least) for size in sizes)
        told.append(TablePrecision(table.table, scale.cells, width, least, per_cell, cells))
    return tuple(told)


def budget_for(width: int, plan: Plan, place: int, dictionary: Dictionary) -> Fraction:
    """Give a share of the budget, in thousandths, with which a table's figures come to at most give or take `width`.

    The other way round: who asks says how precise the answer must be, and learns what it costs. ValueError for a width that
    no share up to 1 gives.
    """
    low, high = 0, 1000
    while high - low > 1:
        middle = (low + high) // 2
        tables = list(plan.tables)
        tables[place] = replace(tables[place], rho=Fraction(middle, 1000))
        scale = noise_scales(replace(plan, tables=tuple(tables)), dictionary)[place]
        if half_width(scale.variance, law=scale.law) <= width:
            high = middle
        else:
            low = middle
    if high == 1000:
        raise ValueError("no share of the budget makes this table so precise")
    return Fraction(high, 1000)
