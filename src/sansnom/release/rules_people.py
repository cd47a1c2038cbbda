"""Rules about how many stand behind a figure: organizations on the roster, and persons expected in a cell.

Both are judged on public figures, before any data moves: the roster, and the number of persons that the plan expects and says
where it has it from. What comes out is judged again by the plan's threshold, on noisy values.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from sansnom.terms.errors import Finding, Parameter
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster
from sansnom.terms.table import SAME_SERVICE, SUM, TALLY, TableSpec, axes_of, cells_of
from sansnom.terms.vocabulary import Dictionary

ORGANIZATIONS_MIN: Final = 2
ORGANIZATIONS_MIN_FOR_SUMS: Final = 3
ROWS_MAX: Final = 2**21
"""Rows of all organizations together that linking can hold (`compute/programs/link.py`), dummies included."""
PERSONS_PER_CELL_MIN: Final = 5
"""Persons expected in a cell on average; below it a table is noise, and what is not noise singles out."""
THRESHOLD_MIN: Final = 5
"""The lowest threshold on noisy figures: what the federal department hides (1 to 4), and no less."""


def enough_organizations(plan: Plan, roster: Roster) -> Iterator[Finding]:
    """Find too few organizations: in what the plan demands, on the roster, or on the roster for a service."""
    sums = any(table.kind == SUM for table in plan.tables)
    least = ORGANIZATIONS_MIN_FOR_SUMS if sums else ORGANIZATIONS_MIN
    if plan.minimum_organizations < least:
        found = plan.minimum_organizations
        yield Finding("rule.minimum_organizations", "plan.minimum_organizations", {"found": found, "least": least})
    wanted = max(plan.minimum_organizations, least)
    if len(roster.organizations) < wanted:
        yield Finding("rule.few_organizations", "plan", {"found": len(roster.organizations), "least": wanted})
    rows = rows_most(roster)
    if rows > ROWS_MAX:
        yield Finding("rule.rows", "plan.roster_digest", {"found": rows, "most": ROWS_MAX})
    declared = Counter(service for o in roster.organizations for service in set(o.services))
    for place, table in enumerate(plan.tables):
        for service in table.services:
            if declared[service] < wanted:
                told: dict[str, Parameter] = {"service": service, "found": declared[service], "least": wanted}
                yield Finding("rule.few_organizations_for_service", f"plan.tables[{place}]", told)


def rows_most(roster: Roster) -> int:
    """Add up the size classes: no more rows, and so no more persons, can come."""
    return sum(organization.size_class for organization in roster.organizations)


def persons_expected(plan: Plan, roster: Roster) -> int:
    """Say how many persons to expect at most: as many as the plan says, and never more than the roster can hold."""
    most = rows_most(roster)
    return most if plan.expected is None else min(plan.expected.persons, most)


def persons_per_cell(plan: Plan, table: TableSpec, dictionary: Dictionary, roster: Roster) -> Fraction | None:
    """Say how many persons to expect in a cell on average; None for requests, and for a table of unknown codes."""
    if table.kind == TALLY:
        return None
    try:
        cells = cells_of(axes_of(table, dictionary, plan.own_category))
    except KeyError:
        return None
    apart = len(table.services) if table.kind == SAME_SERVICE else 1
    return Fraction(persons_expected(plan, roster) * apart, cells) if cells else None


def enough_persons(plan: Plan, dictionary: Dictionary, roster: Roster) -> Iterator[Finding]:
    """Find tables with too few persons expected in a cell, an expectation beyond the roster, too low a threshold."""
    if plan.expected is not None and plan.expected.persons > rows_most(roster):
        told: dict[str, Parameter] = {"found": plan.expected.persons, "most": rows_most(roster)}
        yield Finding("rule.expected", "plan.expected.persons", told)
    if plan.threshold < THRESHOLD_MIN:
        yield Finding("rule.threshold", "plan.threshold", {"found": plan.threshold, "least": THRESHOLD_MIN})
    for place, table in enumerate(plan.tables):
        expected = persons_per_cell(plan, table, dictionary, roster)
        if expected is not None and expected < PERSONS_PER_CELL_MIN:
            found = {"found": int(expected), "least": PERSONS_PER_CELL_MIN}
            yield Finding("rule.few_persons", f"plan.tables[{place}]", dict(found))
