"""The privacy ledger: every accepted plan charges everyone in its reference year, in exact fractions.

There is no parallel composition: a plan about one region charges the whole roster, for who lives where is itself
protected.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from sansnom.terms.errors import BudgetExhausted, InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.plan import Plan

FORMAT: Final = "sansnom/ledger/1"
YEARLY: Final = Fraction(1, 4)
"""Default rho of a person and year."""
HARD_CAP: Final = Fraction(1)
"""No ledger may allow more than this in a year."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge: the year it falls on, the plan and its digest, the cost."""

    year: str
    plan: str
    plan_digest: str
    rho: Fraction


@dataclass(frozen=True, slots=True)
class Ledger:
    """All charges so far, oldest first, and what a year allows."""

    yearly: Fraction = YEARLY
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.yearly <= HARD_CAP:
            raise InputError("ledger.yearly", where="ledger.yearly", most=str(HARD_CAP))

    def spent(self, year: str) -> Fraction:
        """Add up what this year was charged."""
        return sum((entry.rho for entry in self.entries if entry.year == year), Fraction(0))

    def left(self, year: str) -> Fraction:
        """Say what this year still allows."""
        return self.yearly - self.spent(year)

    @property
    def lifetime(self) -> Fraction:
        """Add up every charge of every year: what someone served all along has lost."""
        return sum((entry.rho for entry in self.entries), Fraction(0))

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that the board shows."""
        entries = [
            {"year": e.year, "plan": e.plan, "plan_digest": e.plan_digest, "rho": str(e.rho)} for e in self.entries
        ]
        return {"schema": FORMAT, "yearly": str(self.yearly), "entries": entries}

    @classmethod
    def from_json(cls, value: object) -> "Ledger":
        """Read a ledger strictly; InputError names the place."""
        r = Reader(value, "ledger")
        r.expect("schema", FORMAT)
        entries: list[Entry] = []
        for item in r.objects("entries"):
            entry = Entry(item.string("year"), item.string("plan"), item.string("plan_digest"), item.fraction("rho"))
            item.done()
            if entry.rho <= 0:
                raise InputError("ledger.charge", where=item.where)
            entries.append(entry)
        ledger = cls(yearly=r.fraction("yearly"), entries=tuple(entries))
        r.done()
        return ledger


def charged(ledger: Ledger, plan: Plan) -> bool:
    """Say whether this very plan was charged already."""
    return any(entry.plan_digest == plan.digest for entry in ledger.entries)


def charge(ledger: Ledger, plan: Plan) -> Ledger:
    """Charge a plan to its year, before anything is opened; the same plan is never charged twice.

    Raises BudgetExhausted when the year does not allow it, and PolicyRefusal when another plan bore this name.
    """
    if charged(ledger, plan):
        return ledger
    if any(entry.plan == plan.plan for entry in ledger.entries):
        raise PolicyRefusal("rule.plan.twice", where="plan.plan", plan=plan.plan)
    left = ledger.left(plan.budget_year)
    if plan.rho > left or plan.rho <= 0:
        raise BudgetExhausted(
            "rule.budget.exhausted", where="plan.rho", asked=str(plan.rho), left=str(left), year=plan.budget_year
        )
    return replace(ledger, entries=(*ledger.entries, Entry(plan.budget_year, plan.plan, plan.digest, plan.rho)))
