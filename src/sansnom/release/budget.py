"""The privacy ledger: every accepted plan charges everyone in its reference year, in exact fractions.

There is no parallel composition: a plan about one region charges the whole roster, for who lives where is itself
protected. A declared series (four quarters and their year) is charged as one, when its first plan is accepted: the people
of the quarters are the people of the year. Each later plan of the series draws its reserved part, and is charged nothing.

Entries are numbered and chained: each bears the hash of the one before it, so that none can be changed, dropped or put in
between without all later ones changing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from sansnom.terms.canonical import Json, digest_hex
from sansnom.terms.errors import BudgetExhausted, Finding, InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.terms.plan import Plan

FORMAT: Final = "sansnom/ledger/1"
YEARLY: Final = Fraction(1, 4)
"""Default rho of a person and year."""
STRICT: Final = Fraction(1, 20)
"""Yearly rho that a cautious roster may choose instead."""
HARD_CAP: Final = Fraction(1)
"""No ledger may allow more than this in a year."""
PARTS_MAX: Final = 16
"""Plans of one series at most."""
ORIGIN: Final = "0" * 64
"""What the first entry names as the one before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One charge: the year it falls on, the plan and its digest, the cost; its place in the chain.

    rho     of a series: the sum of all its parts, on its first plan; 0 on the later ones
    series  the digest of the series' declaration; empty for a plan on its own
    """

    year: str
    plan: str
    plan_digest: str
    rho: Fraction
    series: str = ""
    number: int = 0
    previous: str = ORIGIN

    @property
    def digest(self) -> str:
        """Give the SHA-256 of this entry, everything before it included by its hash."""
        return digest_hex(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        told: dict[str, Any] = {
            "number": self.number,
            "previous": self.previous,
            "year": self.year,
            "plan": self.plan,
            "plan_digest": self.plan_digest,
            "rho": str(self.rho),
        }
        return told | ({"series": self.series} if self.series else {})


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

    def reserved(self, series: str) -> bool:
        """Say whether a series with this declaration was charged already."""
        return bool(series) and any(entry.series == series for entry in self.entries)

    @property
    def lifetime(self) -> Fraction:
        """Add up every charge of every year: what someone served all along has lost."""
        return sum((entry.rho for entry in self.entries), Fraction(0))

    @property
    def head(self) -> str:
        """Give the hash of the last entry: two copies with the same head are the same ledger."""
        return self.entries[-1].digest if self.entries else ORIGIN

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that the board shows."""
        return {"schema": FORMAT, "yearly": str(self.yearly), "entries": [entry.to_json() for entry in self.entries]}

    @classmethod
    def from_json(cls, value: object) -> "Ledger":
        """Read a ledger strictly; InputError names the place, `ledger.chain` where the hashes do not hold."""
        r = Reader(value, "ledger")
        r.expect("schema", FORMAT)
        entries: list[Entry] = []
        before = ORIGIN
        for item in r.objects("entries"):
            entry = _entry(item)
            if entry.rho < 0 or (entry.rho == 0 and not any(e.series == entry.series for e in entries if e.series)):
                raise InputError("ledger.charge", where=item.where)
            if entry.number != len(entries) or entry.previous != before:
                raise InputError("ledger.chain", where=item.where)
            before = entry.digest
            entries.append(entry)
        ledger = cls(yearly=r.fraction("yearly"), entries=tuple(entries))
        r.done()
        return ledger


def _entry(r: Reader) -> Entry:
    entry = Entry(
        year=r.string("year"),
        plan=r.string("plan"),
        plan_digest=r.string("plan_digest"),
        rho=r.fraction("rho"),
        series=r.string("series", ""),
        number=r.integer("number"),
        previous=r.string("previous"),
    )
    r.done()
    return entry


def series_digest(plan: Plan) -> str:
    """Give the digest of a plan's series as it is declared: name, year and all parts; empty for a plan on its own."""
    if not plan.series:
        return ""
    parts: list[Json] = [part.to_json() for part in plan.series_parts]
    return digest_hex({"series": plan.series, "year": plan.budget_year, "parts": parts})


def cost_of(ledger: Ledger, plan: Plan) -> Fraction:
    """Say what accepting this plan would charge now: its rho, all of its series, or nothing if that was reserved."""
    if not plan.series:
        return plan.rho
    if ledger.reserved(series_digest(plan)):
        return Fraction(0)
    return sum((part.rho for part in plan.series_parts), Fraction(0))


def in_series(plan: Plan) -> bool:
    """Say whether a plan's series names this very plan, its period and its rho, once."""
    named = [part for part in plan.series_parts if part.plan == plan.plan]
    return len(named) == 1 and (named[0].period, named[0].rho) == (plan.period, plan.rho)


def charged(ledger: Ledger, plan: Plan) -> bool:
    """Say whether this very plan was charged already."""
    return any(entry.plan_digest == plan.digest for entry in ledger.entries)


def charge(ledger: Ledger, plan: Plan) -> Ledger:
    """Charge a plan to its year, before anything is opened; the same plan is never charged twice.

    Raises BudgetExhausted when the year does not allow it, and PolicyRefusal when another plan bore this name or the plan
    is not in the series that it names.
    """
    if charged(ledger, plan):
        return ledger
    if any(entry.plan == plan.plan for entry in ledger.entries):
        raise PolicyRefusal("rule.plan.twice", where="plan.plan", plan=plan.plan)
    if plan.series and not in_series(plan):
        told = Finding("rule.series.part", "plan.series_parts", {"series": plan.series, "plan": plan.plan})
        raise PolicyRefusal("rule.refused", (told,), plan=plan.plan, reasons=1)
    cost, left = cost_of(ledger, plan), ledger.left(plan.budget_year)
    if cost > left or plan.rho <= 0:
        raise BudgetExhausted(
            "rule.budget.exhausted", where="plan.rho", asked=str(cost), left=str(left), year=plan.budget_year
        )
    return _with(ledger, plan, cost)


def ledger_of(plans: Iterable[Plan], yearly: Fraction = YEARLY) -> Ledger:
    """Replay accepted plans, in this order, into the ledger that the board shows: nothing is refused here, only added up."""
    ledger = Ledger(yearly)
    for plan in plans:
        if not charged(ledger, plan):
            ledger = _with(ledger, plan, cost_of(ledger, plan))
    return ledger


def _with(ledger: Ledger, plan: Plan, cost: Fraction) -> Ledger:
    entry = Entry(plan.budget_year, plan.plan, plan.digest, cost, series_digest(plan), len(ledger.entries), ledger.head)
    return replace(ledger, entries=(*ledger.entries, entry))
