"""Questions that are declared together: four quarters, or four quarters and their year, asked, paid for and judged as one series.

A quarter and its year half overlap, so that neither may be asked beside the other unless both were declared beforehand: nobody
can then subtract one from the other at will. Every part bears the same tables and the same share of the budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sansnom.board.ask_draft import Wish, budget_year_of, default_cutoff, draft
from sansnom.board.ask_words import Asking
from sansnom.release.nearest import Step
from sansnom.terms.errors import Finding
from sansnom.terms.parse import Text
from sansnom.terms.plan import Period, Plan, SeriesPart
from sansnom.terms.roster import Roster
from sansnom.terms.vocabulary import Dictionary

QUARTERS: Final = "quarters"
QUARTERS_AND_YEAR: Final = "quarters-year"
SERIES: Final = (QUARTERS, QUARTERS_AND_YEAR)
RHO_PLACES: Final = 1000
"""A smaller budget is proposed in thousandths."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a series: how its name and its title end, and its period."""

    suffix: str
    title: Text
    period: Period


@dataclass(frozen=True, slots=True)
class Told:
    """What the rules say of one question of several; of a single one, the same."""

    plan: Plan
    finding: Finding


def parts_of(wish: Wish) -> tuple[Part, ...]:
    """Give the parts of the series that is wished for, of the fiscal year in which the question begins; none where none is."""
    year = budget_year_of(wish.start)
    if wish.series not in SERIES or year == wish.start:
        return ()
    first = int(year[:4])
    begins = [date(first, 4, 1), date(first, 7, 1), date(first, 10, 1), date(first + 1, 1, 1), date(first + 1, 4, 1)]
    parts = [
        Part(
            f"q{number}",
            Text(f"trimestre {number} de {year}", f"quarter {number} of {year}"),
            Period(begins[number - 1].isoformat(), (begins[number] - timedelta(days=1)).isoformat()),
        )
        for number in range(1, 5)
    ]
    if wish.series == QUARTERS_AND_YEAR:
        whole = Period(parts[0].period.start, parts[-1].period.end)
        parts.append(Part("year", Text(f"année {year}", f"year {year}"), whole))
    return tuple(parts)


def drafts(wish: Wish, dictionary: Dictionary, roster: Roster) -> tuple[Plan, ...]:
    """Make every question that the wish comes to: one, or all of a series, each of which names them all."""
    parts = parts_of(wish)
    if not parts:
        return (draft(replace(wish, series=""), dictionary, roster),)
    rho = wish.rho / len(parts)
    plans = [draft(_part_of(wish, part, rho), dictionary, roster) for part in parts]
    declared = tuple(SeriesPart(plan.plan, plan.period, plan.rho) for plan in plans)
    return tuple(replace(plan, series=wish.name, series_parts=declared) for plan in plans)


def _part_of(wish: Wish, part: Part, rho: Fraction) -> Wish:
    title = Text(
        f"{wish.title.fr} ({part.title.fr})" if wish.title.fr else "",
        f"{wish.title.en} ({part.title.en})" if wish.title.en else "",
    )
    return replace(
        wish,
        name=f"{wish.name}-{part.suffix}" if wish.name else "",
        title=title,
        start=part.period.start,
        end=part.period.end,
        cutoff=default_cutoff(part.period.end, wish.asked),
        rho=rho,
        series="",
    )


def judged(asking: Asking, plans: Sequence[Plan]) -> tuple[Told, ...]:
    """Say what every rule says of questions that are asked together, in their order; what is wrong with all is said once."""
    told: list[Told] = []
    seen: set[tuple[str, str]] = set()
    for plan in plans:
        found = asking.judge(plan).findings
        told += [Told(plan, f) for f in found if (f.code, f.where) not in seen]
        seen |= {(finding.code, finding.where) for finding in found}
        asking = asking.after(plan)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Close:
    """The nearest question that passes, as a wish: what changed, what is left against it, and the first of its plans."""

    steps: tuple[Step, ...]
    left: tuple[Told, ...]
    plan: Plan
    rho: Fraction

    @property
    def passes(self) -> bool:
        """Say whether nothing speaks against it any more."""
        return not self.left


def nearest_of(asking: Asking, wish: Wish, plans: Sequence[Plan]) -> Close:
    """Find the nearest question; of a series the nearest first part, taken for all of them, and no more budget than the year has.

    The periods of a series stay: where they are what is refused, no series passes, and `left` says why.
    """
    if len(plans) == 1:
        close = asking.nearest(plans[0])
        return Close(close.steps, tuple(Told(close.plan, f) for f in close.left), close.plan, close.plan.rho)
    first = plans[0]
    close = asking.nearest(replace(first, series="", series_parts=()))
    left = asking.ledger.left(first.budget_year)
    steps, rho = close.steps, wish.rho
    if Fraction(1, RHO_PLACES) <= left < rho:
        rho = Fraction(int(left * RHO_PLACES), RHO_PLACES)
        steps = (*steps, Step("repair.budget", {"rho": str(rho)}))
    again = [_mended(plan, close.plan, rho / len(plans) / close.plan.rho) for plan in plans]
    declared = tuple(SeriesPart(plan.plan, plan.period, plan.rho) for plan in again)
    found = judged(asking, [replace(plan, series_parts=declared) for plan in again])
    return Close(steps, found, close.plan, rho)


def _mended(plan: Plan, close: Plan, scale: Fraction) -> Plan:
    """Give a part the tables of the mended one, at its own share of the budget."""
    tables = tuple(replace(table, rho=table.rho * scale) for table in close.tables)
    return replace(
        plan,
        tables=tables,
        dimensions=close.dimensions,
        expected=close.expected,
        minimum_organizations=close.minimum_organizations,
        threshold=close.threshold,
        counts_rho=close.counts_rho * scale,
        rho=close.rho * scale,
    )
