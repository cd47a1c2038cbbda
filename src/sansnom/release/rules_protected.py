"""Rules about groups that could be singled out: which variables may not meet in one table, ratified or not.

A plan has no filter: nobody can ask about "refugees from one region" directly. What a filter would do, a table does whose cells
cross where somebody comes from with the status they have, or with a service that says what they went through.
"""

from collections.abc import Iterator
from typing import Final

from sansnom.terms.errors import Finding
from sansnom.terms.plan import Plan
from sansnom.terms.table import TableSpec
from sansnom.terms.vocabulary import Dictionary

ORIGIN: Final = frozenset({"birth_continent", "birth_region", "mother_tongue"})
"""Variables that say where a person, or their family, comes from."""
STATUS: Final = frozenset({"category", "category_detail"})
"""Variables that say under which status a person lives here."""
REVEALING: Final = frozenset({"legal_information", "psychosocial", "health"})
"""Services whose use says something about a person that they may have told one counsellor alone."""


def singled_out(plan: Plan, dictionary: Dictionary) -> Iterator[Finding]:
    """Find tables whose cells are small groups that many would recognize: origin beside status, or beside a telling service."""
    for place, table in enumerate(plan.tables):
        crossed = meeting(table, dictionary)
        if crossed:
            yield Finding("rule.singled_out", f"plan.tables[{place}]", {"variables": crossed})


def meeting(table: TableSpec, dictionary: Dictionary) -> tuple[str, ...]:
    """Give the codes in a table that may not meet, in the order of the table; empty where none do."""
    known = [code for code in table.dimensions if code in dictionary.dimensions]
    sensitive = [code for code in known if dictionary.dimensions[code].sensitive]
    traits = [code for code in known if code in ORIGIN | STATUS or code in sensitive]
    if len(traits) >= 2 and sensitive:
        return tuple(traits)
    telling = [code for code in table.services if code in REVEALING]
    exposed = [code for code in known if code in ORIGIN or code in sensitive]
    return (*exposed, *telling) if telling and exposed else ()
