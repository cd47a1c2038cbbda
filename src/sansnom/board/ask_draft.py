"""A question as somebody fills it in, and the plan that it makes: what a form, a template and the command line have in common.

The plan is complete and can be judged by every rule. What only a convener can add stands in it as the roster knows it: each
helper's lasting key in the place of its key for this plan, and no check value; `plan publish` asks the helpers for theirs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sansnom.exchange.linkable import rows_expected, scored_linking
from sansnom.release.nearest_tables import BANDS, BINS, BOUND, WINDOW_DAYS, retitled
from sansnom.release.rules_people import ORGANIZATIONS_MIN_FOR_SUMS, rows_most
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Text
from sansnom.terms.plan import DimensionUse, Expected, HelperSeat, Period, Plan, Request
from sansnom.terms.roster import Roster
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TURNED_AWAY,
    WAITING,
    TableSpec,
)
from sansnom.terms.vocabulary import Dictionary

KINDS: Final = (PERSONS, MULTIPLICITY, SAME_SERVICE, TRANSITIONS, SUM, MINIMUM, WAITING, TURNED_AWAY)
"""What may be counted, in the order in which it is offered; the two kinds of requests under their measures' names."""
NEED_SERVICES: Final = (SAME_SERVICE, WAITING, TURNED_AWAY)
SUM_MEASURES: Final = ("service_count", "service_hours")
BOUNDS: Final = {"service_count": 24, "service_hours": 100}
DAYS: Final = "days_to_first_service"
DAYS_BOUND: Final = 1023
RHO: Final = Fraction(1, 10)
COUNTS_SHARE: Final = Fraction(1, 20)
"""Part of the budget for the two general counts: rows, and persons that cannot be linked."""
CUTOFF_DAYS: Final = 45
CUTOFF_HOUR: Final = "T20:00:00Z"
SERVICES_USUAL: Final = 6

EVERYONE_ASKED: Final = Text(
    "Tous les organismes de la liste, chacun libre d’approuver ou de s’abstenir.",
    "Every organization on the roster, each free to approve or to abstain.",
)
TECHNOLOGIES: Final = Text(
    "Calcul multipartite entre trois institutions, confidentialité différentielle, tableau public.",
    "Multiparty computation by three institutions, differential privacy, public board.",
)
NO_ETHICS: Final = Text(
    "Aucune décision d’un comité d’éthique\u00a0: aucun renseignement personnel n’est communiqué.",
    "No decision of an ethics board: no personal information is communicated.",
)
USUAL: Final[Mapping[str, Text]] = {
    "others_asked": EVERYONE_ASKED,
    "technologies": TECHNOLOGIES,
    "ethics": NO_ETHICS,
}
"""Elements of the statute that are the same for most questions: proposed, and free to be changed."""


@dataclass(frozen=True, slots=True)
class TableWish:
    """One table as it is asked for: what is counted, by which variables, of which services."""

    kind: str
    by: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A question as somebody fills it in; texts in both languages, empty where nothing was written yet.

    asked   the day on which it is asked: a cut-off that nobody chose lies after it
    series  of which kind (`board.ask_series`); then the period is a fiscal year, and `rho` is for all questions together
    """

    name: str
    title: Text
    request: Mapping[str, Text]
    start: str
    end: str
    tables: tuple[TableWish, ...]
    cutoff: str = ""
    expected: int | None = None
    source: Text = field(default_factory=lambda: Text("", ""))
    rho: Fraction = RHO
    series: str = ""
    asked: str = ""


TEMPLATES: Final[Mapping[str, tuple[TableWish, ...]]] = {
    "portrait": (
        TableWish(PERSONS),
        TableWish(PERSONS, ("region",)),
        TableWish(PERSONS, ("category",)),
        TableWish(PERSONS, ("age_group",)),
    ),
    "overlap": (TableWish(PERSONS), TableWish(MULTIPLICITY), TableWish(SAME_SERVICE)),
    "progress": (TableWish(PERSONS), TableWish(TRANSITIONS), TableWish(MINIMUM)),
    "waiting": (TableWish(PERSONS), TableWish(WAITING), TableWish(TURNED_AWAY)),
}
"""Questions to start from, by name."""


def budget_year_of(start: str) -> str:
    """Give the fiscal year (1 April to 31 March) of a day; as it is written where it is no day."""
    if not re.fullmatch(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]", start):
        return start
    first = int(start[:4]) - (start[5:7] < "04")
    return f"{first}-{first + 1}"


def last_quarter(today: date) -> Period:
    """Give the last quarter of the fiscal year that is over."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    end = first - timedelta(days=1)
    return Period(date(end.year, end.month - 2, 1).isoformat(), end.isoformat())


def default_cutoff(end: str, asked: str = "") -> str:
    """Give organizations six weeks after the period, or after the day of asking if it is later; nothing where the end is no day."""
    try:
        last = max(date.fromisoformat(day) for day in (end, asked) if day)
        return (last + timedelta(days=CUTOFF_DAYS)).isoformat()
    except (ValueError, OverflowError):
        return ""


def usual_services(roster: Roster, dictionary: Dictionary) -> tuple[str, ...]:
    """Give the services that most organizations declare, in the dictionary's order."""
    declared = [code for organization in roster.organizations for code in set(organization.services)]
    ranked = sorted(dictionary.services, key=lambda code: -declared.count(code))[:SERVICES_USUAL]
    return tuple(c for c in dictionary.services if c in ranked and declared.count(c) >= ORGANIZATIONS_MIN_FOR_SUMS)


def draft(wish: Wish, dictionary: Dictionary, roster: Roster) -> Plan:
    """Make the plan; the rules say afterwards what speaks against it. InputError for a kind that does not exist."""
    count = len(wish.tables)
    counts_rho = wish.rho * COUNTS_SHARE if count else wish.rho
    share = (wish.rho - counts_rho) / max(count, 1)
    tables = _named([_table(one, share, dictionary, roster) for one in wish.tables])
    codes = dict.fromkeys(code for table in tables for code in table.dimensions)
    least = ORGANIZATIONS_MIN_FOR_SUMS
    return Plan(
        plan=wish.name,
        title=wish.title,
        request=Request(**{name: wish.request.get(name, Text("", "")) for name in Request.__dataclass_fields__}),
        period=Period(wish.start, wish.end),
        cutoff=f"{wish.cutoff or default_cutoff(wish.end, wish.asked)}{CUTOFF_HOUR}",
        dictionary=dictionary.version,
        roster_version=roster.version,
        roster_digest=roster.digest,
        pepper_check="",
        minimum_organizations=least,
        linking=scored_linking(rows_expected(rows_most(roster))),
        dimensions=tuple(DimensionUse(code) for code in codes),
        tables=tables,
        budget_year=budget_year_of(wish.start),
        rho=sum((table.rho for table in tables), counts_rho),
        counts_rho=counts_rho,
        helpers=tuple(HelperSeat(h.name, h.seal_key, h.sign_key) for h in roster.helpers),
        expected=None if wish.expected is None else Expected(wish.expected, wish.source),
    )


def _table(wish: TableWish, rho: Fraction, dictionary: Dictionary, roster: Roster) -> TableSpec:
    if wish.kind not in KINDS:
        raise InputError("plan.table.kind", where="kind", expected=KINDS)
    kind = TALLY if wish.kind in (WAITING, TURNED_AWAY) else wish.kind
    services = wish.services or (usual_services(roster, dictionary) if wish.kind in NEED_SERVICES else ())
    given: dict[str, object] = {"dimensions": tuple(dict.fromkeys(wish.by)), "services": services}
    if kind == TALLY:
        given |= {"measure": wish.kind, "bound": BOUND}
    elif kind == SUM:
        measure = wish.measure or SUM_MEASURES[0]
        given |= {"measure": measure, "bound": BOUNDS.get(measure, BOUND)}
    elif kind == MINIMUM:
        given |= {"measure": DAYS, "bound": DAYS_BOUND, "bins": BINS}
    elif kind == TRANSITIONS:
        given |= {"scale": f"{next(iter(dictionary.scales))}.listening", "bands": BANDS}
    elif kind == SAME_SERVICE:
        given |= {"window_days": WINDOW_DAYS}
    spec = TableSpec("t", kind, Text("-", "-"), rho, **given)  # type: ignore[arg-type]  # members of a table, by its kind
    return _titled(spec, wish, dictionary)


def _titled(spec: TableSpec, wish: TableWish, dictionary: Dictionary) -> TableSpec:
    told = retitled(spec, dictionary)
    codes = [wish.kind, *spec.dimensions]
    name = "-".join(re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-") for code in codes)[:60].strip("-")
    if spec.kind == TALLY:
        waiting = spec.measure == WAITING
        title = (
            Text("Demandes en attente", "Requests waiting")
            if waiting
            else Text("Demandes restées sans réponse", "Requests turned away")
        )
    elif spec.kind == SUM:
        label = (
            dictionary.measures[spec.measure].label if spec.measure in dictionary.measures else Text("Total", "Total")
        )
        _, fr_comma, fr_rest = told.title.fr.partition(",")
        _, en_comma, en_rest = told.title.en.partition(",")
        title = Text(label.fr + fr_comma + fr_rest, label.en + en_comma + en_rest)
    elif spec.kind == PERSONS and spec.services:
        labels = [dictionary.services[code].label for code in spec.services if code in dictionary.services]
        title = Text(
            told.title.fr + " (" + ", ".join(label.fr for label in labels) + ")",
            told.title.en + " (" + ", ".join(label.en for label in labels) + ")",
        )
    else:
        title = told.title
    return TableSpec(**{n: getattr(told, n) for n in TableSpec.__dataclass_fields__} | {"table": name, "title": title})


def _named(tables: list[TableSpec]) -> tuple[TableSpec, ...]:
    """Give each table a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for table in tables:
        seen[table.table] = seen.get(table.table, 0) + 1
        name = table.table if seen[table.table] == 1 else f"{table.table}-{seen[table.table]}"
        named.append(TableSpec(**{n: getattr(table, n) for n in TableSpec.__dataclass_fields__} | {"table": name}))
    return tuple(named)
