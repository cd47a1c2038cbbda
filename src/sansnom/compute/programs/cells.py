"""How many cells each table has, from the plan and the layout alone: what noise, sums and the release must agree on."""

from math import prod
from typing import Final

from sansnom.terms.plan import Plan
from sansnom.terms.schema import RowLayout
from sansnom.terms.table import MINIMUM, MULTIPLICITY, SAME_SERVICE, TALLY, TRANSITIONS, TableSpec

ROWS: Final = "rows"
"""Name of the general count of (person, organization) pairs and rows that cannot be linked."""
NOT_LINKABLE: Final = "not_linkable"
"""Name of the general count of valid rows without any match key."""


def codes_of(dimension: str, plan: Plan, layout: RowLayout) -> int:
    """Count the values on a dimension's axis: its codes, and "organizations disagree" where the plan asks for it."""
    return layout.field(f"dimension.{dimension}").largest + 1 + (dimension in plan.own_category)


def cells_of_table(table: TableSpec, plan: Plan, layout: RowLayout) -> int:
    """Count the cells of one table."""
    across = prod(codes_of(code, plan, layout) for code in table.dimensions)
    if table.kind == MULTIPLICITY:
        return across * 3
    if table.kind == SAME_SERVICE:
        return across * len(table.services) * 2
    if table.kind == TRANSITIONS:
        return across * len(table.bands) ** 2
    if table.kind == MINIMUM:
        return across * (len(table.bins) + 2)
    if table.kind == TALLY:
        return sum(cell.table == table.table for cell in layout.tallies)
    return across


def cells_of_plan(plan: Plan, layout: RowLayout) -> dict[str, int]:
    """Give every table and its number of cells in the order of the noise: the plan's tables, then the two general counts."""
    cells = {table.table: cells_of_table(table, plan, layout) for table in plan.tables}
    return cells | {ROWS: 1, NOT_LINKABLE: 1}
