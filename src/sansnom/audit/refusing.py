"""G-05: sign questions that each break one rule, hand them to every desk and helper alone, and count who takes one.

The attacker is the convener: its signature is valid, names, keys and digests are the right ones, and nothing else warns anybody.
Each bait differs from a question that everybody accepts (the control) in what its rule is about, and is handed to each taker by
itself: a desk learns nothing of what a helper said, nor a helper of another. One that is refused leaves no charge behind.

What a bait breaks is written here by hand, not asked of the rules: a rule that falls silent is seen.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final, Protocol

from sansnom.terms.parse import Text
from sansnom.terms.plan import (
    TIER_UNCONDITIONAL,
    DimensionUse,
    Expected,
    HelperSeat,
    KeyRule,
    Linking,
    Period,
    Plan,
    SeriesPart,
)
from sansnom.terms.table import (
    MINIMUM,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TableSpec,
)

OUT_OF_REACH: Final = frozenset({"rule.codes", "rule.unknown.reason", "rule.layout"})
"""Only a dictionary that nobody ratified reaches these: and a question that names one is refused for that."""
BY_ROSTER: Final = frozenset({"rule.rows", "rule.few_organizations_for_service"})
"""Broken by the roster in force, not by the question."""
SAID_OTHERWISE: Final = {
    "rule.dictionary_version": ("dictionary.version",),
    "rule.helpers": ("plan.keys", "plan.helpers"),
    "rule.helper_keys": ("plan.keys",),
    "rule.plan.twice": ("plan.taken",),
    "rule.name": ("plan.unknown", "unread"),
    "rule.period.cutoff": ("instant", "unread"),
}
"""What a taker may say instead: it looked at that before it came to the rules."""
LATER, SERIES, LATER_SERIES = "later", "series", "series-later"
TITLE: Final = Text("Personnes", "Persons")
Seats = Callable[[str], tuple[HelperSeat, ...]]


class Taker(Protocol):
    """Somebody who must refuse alone: a desk, or one helper."""

    @property
    def name(self) -> str:
        """Say who it is."""
        ...

    def take(self, plan: Plan) -> tuple[str, ...]:
        """Hand the question over as its convener signs it; give the codes of the refusal, none when it was accepted."""
        ...

    def spent(self) -> Fraction:
        """Say what this taker's own ledger was charged with, in all."""
        ...


@dataclass(frozen=True, slots=True)
class Bait:
    """A question that breaks a rule."""

    code: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Escape:
    """A bait that somebody did not refuse for its reason: what they said, and what it cost their ledger."""

    code: str
    taker: str
    said: tuple[str, ...]
    charged: Fraction


def hand_out(baits: Iterable[Bait], takers: Sequence[Taker]) -> list[Escape]:
    """Hand each bait to each taker; list what was accepted, refused for another reason only, or charged."""
    found = []
    for bait in baits:
        for taker in takers:
            before = taker.spent()
            said = taker.take(bait.plan)
            charged = taker.spent() - before
            right = {bait.code, *SAID_OTHERWISE.get(bait.code, ())}
            if not right & set(said) or charged:
                found.append(Escape(bait.code, taker.name, said, charged))
    return found


def baits(honest: Plan) -> Iterator[Bait]:
    """Break each rule that one question alone can break, in the place of the honest question and under its name."""
    yield from _identifying(honest)
    yield from _unknown(honest)
    yield from _fine(honest)
    yield from _overspending(honest)
    yield from _timeless(honest)
    yield from _misshapen(honest)


def later_baits(honest: Plan, seats: Seats) -> Iterator[Bait]:
    """Break the rules that look back, once the honest question was accepted: asked again, half over it, spending what is left.

    seats  gives the helpers' own keys for a question of another name
    """
    yield Bait("rule.plan.twice", replace(honest, threshold=honest.threshold + 10))
    again = replace(honest, plan=LATER, helpers=seats(LATER))
    yield Bait("rule.question.answered", again)
    yield Bait("rule.supersedes", replace(again, supersedes="nothing"))
    yield Bait("rule.period.overlap", replace(again, period=_shifted(honest.period, 45)))
    yield Bait("rule.budget.exhausted", _scaled(again, (Fraction(1, 4) - honest.rho) * Fraction(1001, 1000)))


def series_baits(first: Plan, seats: Seats) -> Iterator[Bait]:
    """Declare a series otherwise than its first question did, once that was accepted."""
    parts = (*first.series_parts[:-1], replace(first.series_parts[-1], rho=first.series_parts[-1].rho / 2))
    parts = (*parts, SeriesPart(LATER_SERIES, first.period, first.rho))
    yield Bait(
        "rule.series.changed", replace(first, plan=LATER_SERIES, helpers=seats(LATER_SERIES), series_parts=parts)
    )


def in_series(honest: Plan, seats: Seats) -> Plan:
    """Give an honest question that is the first of a declared series, small enough to be accepted after the honest one."""
    small = _scaled(replace(honest, plan=SERIES, helpers=seats(SERIES)), honest.rho / 10)
    table = TableSpec("asked", TALLY, TITLE, small.rho, services=("reception",), measure="waiting", bound=4)
    small = replace(small, tables=(table,), dimensions=(), counts_rho=Fraction(0))
    small = replace(small, tables=(replace(table, rho=small.rho / 2),), counts_rho=small.rho / 2)
    parts = (
        SeriesPart(SERIES, small.period, small.rho),
        SeriesPart(f"{SERIES}-2", _shifted(small.period, 366), small.rho),
    )
    return replace(small, series="quarters", series_parts=parts)


def _one(honest: Plan, kind: str = PERSONS, title: Text = TITLE, **more: Any) -> Plan:  # noqa: ANN401 - members of a table
    """Ask for one table only, and declare what it needs."""
    table = TableSpec(more.pop("table", "t"), kind, title, honest.rho - honest.counts_rho, **more)
    dimensions = tuple(DimensionUse(code) for code in more.get("dimensions", ()))
    return replace(honest, tables=(table,), dimensions=dimensions)


def _identifying(honest: Plan) -> Iterator[Bait]:
    for name in (
        "date_de_naissance",
        "birth_date",
        "Nom",
        "family-name",
        "prenoms",
        "IUC",
        "phone",
        "numéro_de_dossier",
    ):
        yield Bait("rule.identifying", _one(honest, dimensions=(name,)))
    yield Bait("rule.identifying", _one(honest, services=("birth_date",)))
    yield Bait("rule.identifying", _one(honest, SUM, measure="date_of_birth", bound=4))
    yield Bait("rule.identifying", replace(honest, dimensions=(*honest.dimensions, DimensionUse("birth_date"))))
    for fr, en in (("Dates de naissance", "Persons"), ("Personnes", "Persons by name and date of birth")):
        yield Bait("rule.identifying_title", _one(honest, title=Text(fr, en)))
    for name in ("organisme", "organization", "Desk", "intervenante"):
        yield Bait("rule.organization_dimension", _one(honest, dimensions=(name,)))


def _unknown(honest: Plan) -> Iterator[Bait]:
    yield Bait("rule.unknown.dimension", _one(honest, dimensions=("shoe_size",)))
    yield Bait("rule.undeclared_dimension", replace(_one(honest, dimensions=("sex",)), dimensions=()))
    yield Bait("rule.unknown.service", _one(honest, services=("palmistry",)))
    yield Bait("rule.unknown.measure", _one(honest, SUM, measure="miles", bound=4))
    yield Bait("rule.unknown.scale", _one(honest, TRANSITIONS, scale="TOEFL.listening", bands=(4, 8, 12)))
    yield Bait("rule.dictionary_version", replace(honest, dictionary="1999.1"))
    yield Bait("rule.roster", replace(honest, roster_version=honest.roster_version + 8))
    yield Bait("rule.roster", replace(honest, roster_digest="0" * 64))


def _fine(honest: Plan) -> Iterator[Bait]:
    yield Bait("rule.cells", _one(honest, dimensions=("region", "age_group", "category", "education")))
    yield Bait("rule.few_persons", _one(honest, dimensions=("region", "age_group", "category")))
    yield Bait("rule.threshold", replace(honest, threshold=1))
    yield Bait("rule.sensitive", _one(honest, dimensions=("mother_tongue",)))
    yield Bait("rule.singled_out", _one(honest, dimensions=("birth_region", "category")))
    yield Bait("rule.minimum_organizations", replace(honest, minimum_organizations=1))
    yield Bait("rule.few_organizations", replace(honest, minimum_organizations=1000))
    yield Bait("rule.few_organizations_for_service", _one(honest, services=("citizenship",)))
    yield Bait("rule.expected", replace(honest, expected=Expected(10**9, Text("Recensement", "Census"))))


def _overspending(honest: Plan) -> Iterator[Bait]:
    yield Bait("rule.budget.exhausted", _scaled(honest, Fraction(10)))
    first, *others = honest.tables
    yield Bait("rule.budget.share", replace(honest, tables=(replace(first, rho=Fraction(0)), *others)))
    yield Bait("rule.budget.sum", replace(honest, rho=honest.rho / 2))
    yield Bait("rule.budget.sum", replace(honest, rho=honest.rho + Fraction(1, 77)))
    small = replace(_one(honest, SUM, measure="service_hours", bound=40).tables[0], rho=Fraction(1, 10**12))
    yield Bait("rule.budget.noise", replace(honest, tables=(small,)))


def _timeless(honest: Plan) -> Iterator[Bait]:
    start, end = honest.period.start, honest.period.end
    yield Bait("rule.period.date", replace(honest, period=Period("April", end)))
    yield Bait("rule.period.length", replace(honest, period=Period(end, start)))
    yield Bait("rule.period.year", replace(honest, budget_year="2026-2028"))
    yield Bait("rule.period.outside_year", replace(honest, budget_year="2031-2032"))
    yield Bait("rule.period.cutoff", replace(honest, cutoff="soon"))
    parts = (
        SeriesPart(honest.plan, honest.period, honest.rho),
        SeriesPart("x", _shifted(honest.period, 366), honest.rho),
    )
    yield Bait("rule.series.name", replace(honest, series_parts=parts))
    yield Bait("rule.series.parts", replace(honest, series="quarters", series_parts=parts[:1]))
    yield Bait(
        "rule.series.part", replace(honest, series="quarters", series_parts=(replace(parts[0], plan="y"), parts[1]))
    )


def _misshapen(honest: Plan) -> Iterator[Bait]:
    empty = replace(honest.request, grounds=Text("-", "-"))
    yield Bait("rule.purpose", replace(honest, request=empty))
    yield Bait("rule.name", replace(honest, plan="Été 2026!"))
    table = honest.tables[0]
    yield Bait("rule.tables", replace(honest, tables=()))
    yield Bait("rule.tables", replace(honest, tables=(table, table)))
    twice = ("reception", "employment", "employment")
    yield Bait("rule.table.twice", _one(honest, SAME_SERVICE, services=twice, window_days=90))
    yield Bait("rule.table.services", _one(honest, SAME_SERVICE, window_days=90))
    yield Bait("rule.table.window", _one(honest, SAME_SERVICE, services=("reception",), window_days=0))
    yield Bait("rule.table.bound", _one(honest, SUM, measure="service_hours", bound=0))
    yield Bait("rule.table.bins", _one(honest, MINIMUM, measure="days_to_first_service", bins=(90, 30)))
    yield Bait("rule.table.bands", _one(honest, TRANSITIONS, scale="EQ.listening", bands=(8, 4)))
    tally = _one(honest, TALLY, dimensions=("sex",), services=("reception",), measure="waiting", bound=4)
    yield Bait("rule.table.tally_dimensions", tally)
    declared = (DimensionUse("sex"), DimensionUse("sex"))
    yield Bait("rule.dimension_twice", replace(_one(honest, dimensions=("sex",)), dimensions=declared))
    linking = honest.linking
    yield Bait("rule.key_cap", replace(honest, linking=replace(linking, keys=(KeyRule(linking.strict, 64),))))
    yield Bait("rule.cluster_cap", replace(honest, linking=replace(linking, cluster_cap=64)))
    yield Bait("rule.keys", replace(honest, linking=replace(linking, keys=2 * (KeyRule(linking.strict, 8),))))
    free = Linking((KeyRule("A1", 8), KeyRule("A2", 8)), "A1", 3, 8, version="keys-1", tier=TIER_UNCONDITIONAL)
    three = replace(free, keys=(*free.keys, KeyRule("A4", 8)))
    yield Bait("rule.unconditional.keys", replace(_one(honest), linking=three))
    pairs = _one(honest, SAME_SERVICE, services=("reception",), window_days=90)
    yield Bait("rule.unconditional.table", replace(pairs, linking=free))
    yield Bait("rule.helpers", replace(honest, helpers=honest.helpers[:2]))
    exchanged = (replace(honest.helpers[0], sign_key=honest.helpers[1].sign_key), *honest.helpers[1:])
    yield Bait("rule.helper_keys", replace(honest, helpers=exchanged))


def _scaled(honest: Plan, rho: Fraction) -> Plan:
    """Spend so much instead, in the same parts."""
    times = rho / honest.rho
    tables = tuple(replace(table, rho=table.rho * times) for table in honest.tables)
    return replace(honest, rho=rho, counts_rho=honest.counts_rho * times, tables=tables)


def _shifted(period: Period, days: int) -> Period:
    start, end = (date.fromisoformat(day) + timedelta(days=days) for day in (period.start, period.end))
    return Period(start.isoformat(), end.isoformat())
