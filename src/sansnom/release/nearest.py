"""The nearest question that the rules let pass: the plan that was refused, changed as little as the rules ask for.

Each finding has one mend, a small change of the plan; mends are made until no rule refuses or none helps. What only a person can
write (why it is asked, for which period) is left as it is, and named. Every change is told, as a code with parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from sansnom.release.budget import Ledger, cost_of
from sansnom.release.nearest_tables import cleaned_table, coarser, retitled, without_service
from sansnom.release.rules import CAP_RANGE, CLUSTER_RANGE, Known, judge
from sansnom.release.rules_history import question_digest
from sansnom.release.rules_people import ORGANIZATIONS_MIN, ORGANIZATIONS_MIN_FOR_SUMS, THRESHOLD_MIN, rows_most
from sansnom.terms.errors import Finding, Parameter
from sansnom.terms.plan import DimensionUse, HelperSeat, Period, Plan
from sansnom.terms.roster import Roster
from sansnom.terms.table import SUM, TableSpec
from sansnom.terms.vocabulary import Dictionary

ROUNDS_MAX: Final = 24
"""Findings hide behind one another (a variable behind its table's size): so often a plan is judged again."""
SHARES: Final = 1000
"""Shares of the budget that a mend gives are thousandths."""
CUTOFF_AFTER: Final = "T20:00:00Z"


@dataclass(frozen=True, slots=True)
class Step:
    """One change that was made, for an edge to put into words."""

    code: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The changed plan, every change in order, and what still refuses it: empty where it would pass."""

    plan: Plan
    steps: tuple[Step, ...]
    left: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Say whether the changed question would be accepted."""
        return not self.left


@dataclass(slots=True)
class _Bench:
    """A plan on the bench, with what it is judged by, and what was done to it so far."""

    plan: Plan
    dictionary: Dictionary
    roster: Roster
    ledger: Ledger
    known: Known
    taken: frozenset[str]
    steps: list[Step]

    def findings(self) -> tuple[Finding, ...]:
        return judge(self.plan, self.dictionary, self.roster, self.ledger, self.known).findings

    def did(self, code: str, **parameters: Parameter) -> None:
        step = Step(code, parameters)
        if step not in self.steps:
            self.steps.append(step)

    def table_of(self, finding: Finding) -> int | None:
        head, _, rest = finding.where.partition("plan.tables[")
        number = rest.partition("]")[0]
        return int(number) if not head and number.isdigit() and int(number) < len(self.plan.tables) else None

    def put_table(self, place: int, table: TableSpec | None) -> None:
        """Put a changed table in its place; drop it where it is None, or asks what another table asks."""
        tables = list(self.plan.tables)
        asked = {question_digest(self.plan, t) for n, t in enumerate(tables) if n != place}
        if table is None or question_digest(self.plan, table) in asked:
            self.did("repair.dropped_table", table=tables[place].table)
            del tables[place]
        else:
            tables[place] = table
        used = {code for table in tables for code in table.dimensions}
        dimensions = tuple(use for use in self.plan.dimensions if use.code in used)
        self.plan = replace(self.plan, tables=tuple(tables), dimensions=dimensions)
        self.declare()
        self.add_up()

    def declare(self) -> None:
        declared = {use.code for use in self.plan.dimensions}
        missing = [c for t in self.plan.tables for c in t.dimensions if c not in declared]
        more = tuple(DimensionUse(code) for code in dict.fromkeys(missing))
        self.plan = replace(self.plan, dimensions=(*self.plan.dimensions, *more))

    def add_up(self) -> None:
        self.plan = replace(self.plan, rho=sum((t.rho for t in self.plan.tables), self.plan.counts_rho))


def nearest(
    plan: Plan,
    dictionary: Dictionary,
    roster: Roster,
    ledger: Ledger,
    known: Known,
    taken: frozenset[str] = frozenset(),
) -> Nearest:
    """Find the question close by that passes, or as close as mends come.

    taken  names that no question may bear again, such as those of refused ones
    Loss:  none: nothing but the plan and public files is looked at.
    """
    bench = _Bench(plan, dictionary, roster, ledger, known, taken, [])
    tried: set[tuple[str, str]] = set()
    for _ in range(ROUNDS_MAX):
        found = bench.findings()
        fresh = next(
            (f for f in found if (f.code + f.where, bench.plan.digest) not in tried and f.code in _MENDS), None
        )
        if fresh is None:
            break
        tried.add((fresh.code + fresh.where, bench.plan.digest))
        _MENDS[fresh.code](bench, fresh)
    if bench.plan.plan in taken and bench.steps:
        _rename(bench, None)
    return Nearest(bench.plan, tuple(bench.steps), bench.findings())


# --------------------------------------------------------------------------------------------------- mends, one a rule


def _table(bench: _Bench, finding: Finding) -> None:
    """Ask for the same in less detail, or in codes that the dictionary has."""
    place = bench.table_of(finding)
    if place is None:
        _declared(bench, finding)
        return
    before = bench.plan.tables[place]
    after: TableSpec | None
    after, changes = cleaned_table(before, bench.dictionary, finding)
    if after == before:
        after, changes = coarser(before, lambda t: _speaks_against(bench, place, t), bench.dictionary)
    for code, parameters in changes:
        bench.did(code, table=before.table, **parameters)
    if after is not None and after.dimensions != before.dimensions:
        after = retitled(after, bench.dictionary)
    bench.put_table(place, after if after != before else None)


def _speaks_against(bench: _Bench, place: int, table: TableSpec) -> bool:
    tables = (*bench.plan.tables[:place], table, *bench.plan.tables[place + 1 :])
    declared = tuple(DimensionUse(c) for c in dict.fromkeys(c for t in tables for c in t.dimensions))
    plan = replace(bench.plan, tables=tables, dimensions=declared)
    found = judge(plan, bench.dictionary, bench.roster, bench.ledger, bench.known).findings
    own = {f"plan.dimensions[{n}]" for n, use in enumerate(declared) if use.code in table.dimensions}
    return any(f.where.startswith(f"plan.tables[{place}]") or f.where in own for f in found if "budget" not in f.code)


def _declared(bench: _Bench, finding: Finding) -> None:
    """Let go of a declared variable: first where tables use it, then the declaration."""
    number = finding.where.partition("plan.dimensions[")[2].partition("]")[0]
    if not number.isdigit() or int(number) >= len(bench.plan.dimensions):
        return
    code = bench.plan.dimensions[int(number)].code
    place = next((n for n, t in enumerate(bench.plan.tables) if code in t.dimensions), None)
    if place is not None:
        _table(bench, Finding(finding.code, f"plan.tables[{place}]", {"variable": code}))
        return
    kept = [use for n, use in enumerate(bench.plan.dimensions) if n != int(number)]
    bench.plan = replace(bench.plan, dimensions=tuple(kept))
    bench.did("repair.undeclared", variable=code)


def _title(bench: _Bench, finding: Finding) -> None:
    place = bench.table_of(finding)
    if place is not None:
        table = retitled(bench.plan.tables[place], bench.dictionary)
        bench.did("repair.title", table=table.table)
        bench.put_table(place, table)


def _undeclared(bench: _Bench, _finding: Finding) -> None:
    bench.declare()
    bench.did("repair.declared")


def _declared_twice(bench: _Bench, _finding: Finding) -> None:
    bench.plan = replace(bench.plan, dimensions=tuple({use.code: use for use in bench.plan.dimensions}.values()))
    bench.did("repair.declared")


def _service(bench: _Bench, finding: Finding) -> None:
    place, service = bench.table_of(finding), str(finding.parameters["service"])
    if place is not None:
        bench.did("repair.dropped_service", service=service)
        bench.put_table(place, without_service(bench.plan.tables[place], service, bench.dictionary))


def _drop(bench: _Bench, finding: Finding) -> None:
    place = bench.table_of(finding)
    if place is not None:
        bench.put_table(place, None)


def _minimum(bench: _Bench, _finding: Finding) -> None:
    sums = any(table.kind == SUM for table in bench.plan.tables)
    least = ORGANIZATIONS_MIN_FOR_SUMS if sums else ORGANIZATIONS_MIN
    bench.plan = replace(bench.plan, minimum_organizations=least)
    bench.did("repair.minimum", least=least)


def _few_organizations(bench: _Bench, finding: Finding) -> None:
    """Demand no more organizations than there are, where that is still enough."""
    if int(str(finding.parameters["found"])) >= ORGANIZATIONS_MIN:
        least = max(int(str(finding.parameters["found"])), ORGANIZATIONS_MIN)
        bench.plan = replace(bench.plan, minimum_organizations=least)
        bench.did("repair.minimum", least=least)


def _expected(bench: _Bench, _finding: Finding) -> None:
    if bench.plan.expected is not None:
        most = rows_most(bench.roster)
        bench.plan = replace(bench.plan, expected=replace(bench.plan.expected, persons=most))
        bench.did("repair.expected", persons=most)


def _threshold(bench: _Bench, _finding: Finding) -> None:
    bench.plan = replace(bench.plan, threshold=THRESHOLD_MIN)
    bench.did("repair.threshold", least=THRESHOLD_MIN)


def _shares(bench: _Bench, _finding: Finding) -> None:
    """Give a share to what has none, as large as the smallest of the others; then let the parts add up."""
    given = [t.rho for t in bench.plan.tables if t.rho > 0]
    least = min(given, default=Fraction(1, 100))
    tables = tuple(t if t.rho > 0 else replace(t, rho=least) for t in bench.plan.tables)
    counts = bench.plan.counts_rho if bench.plan.counts_rho > 0 else Fraction(1, 100)
    bench.plan = replace(bench.plan, tables=tables, counts_rho=counts)
    _add_up(bench, _finding)


def _add_up(bench: _Bench, _finding: Finding) -> None:
    bench.add_up()
    bench.did("repair.budget", rho=str(bench.plan.rho))


def _exhausted(bench: _Bench, _finding: Finding) -> None:
    """Spend what is left, in the same proportions, rounded down to thousandths; nothing helps where nothing is left."""
    left, cost = bench.ledger.left(bench.plan.budget_year), cost_of(bench.ledger, bench.plan)
    if left <= 0 or cost <= 0 or bench.plan.series:
        return
    factor = left / cost

    def less(rho: Fraction) -> Fraction:
        return Fraction(int(rho * factor * SHARES), SHARES)

    tables = tuple(replace(t, rho=less(t.rho)) for t in bench.plan.tables)
    if all(t.rho > 0 for t in tables) and less(bench.plan.counts_rho) > 0:
        bench.plan = replace(bench.plan, tables=tables, counts_rho=less(bench.plan.counts_rho))
        _add_up(bench, _finding)


def _year(bench: _Bench, _finding: Finding) -> None:
    """Charge the fiscal year in which the period begins, and let the period end within it."""
    start = bench.plan.period.start
    first = int(start[:4]) - (start[5:7] < "04")
    end = min(bench.plan.period.end, f"{first + 1}-03-31")
    bench.plan = replace(bench.plan, budget_year=f"{first}-{first + 1}", period=Period(start, end))
    bench.did("repair.period", start=start, end=end)


def _overlap(bench: _Bench, finding: Finding) -> None:
    """Ask about the very period of the question that it half overlaps: the same period hides no difference."""
    other = next((p for p in bench.known.plans if p.plan == finding.parameters["plan"]), None)
    if other is not None:
        bench.plan = replace(bench.plan, period=other.period, budget_year=other.budget_year)
        bench.did("repair.period", start=other.period.start, end=other.period.end)


def _cutoff(bench: _Bench, _finding: Finding) -> None:
    """Give organizations until the last day of the second month after the period."""
    year, month = int(bench.plan.period.end[:4]), int(bench.plan.period.end[5:7]) + 2
    year, month = (year, month) if month <= 12 else (year + 1, month - 12)
    cutoff = f"{year}-{month:02d}-28{CUTOFF_AFTER}"
    bench.plan = replace(bench.plan, cutoff=cutoff)
    bench.did("repair.cutoff", day=cutoff[:10])


def _no_series(bench: _Bench, _finding: Finding) -> None:
    bench.plan = replace(bench.plan, series="", series_parts=())
    bench.did("repair.series")


def _supersedes(bench: _Bench, _finding: Finding) -> None:
    bench.plan = replace(bench.plan, supersedes="")
    bench.did("repair.supersedes")


def _rename(bench: _Bench, _finding: Finding | None) -> None:
    """Give the first free name with a number behind it; letters that no name may have become hyphens."""
    written = "".join(c if c in "abcdefghijklmnopqrstuvwxyz0123456789" else "-" for c in bench.plan.plan.lower())
    stem = "-".join(part for part in written.split("-") if part)[:56] or "question"
    head, _, tail = stem.rpartition("-")
    stem = head if head and tail.isdigit() and len(tail) <= 2 else stem
    free = [stem, *(f"{stem}-{n}" for n in range(2, 100))]
    taken = bench.taken | {entry.plan for entry in bench.ledger.entries} | {plan.plan for plan in bench.known.plans}
    name = next((told for told in free if told not in taken), stem)
    if name != bench.plan.plan:
        bench.plan = replace(bench.plan, plan=name)
        bench.did("repair.name", name=name)


def _names(bench: _Bench, finding: Finding) -> None:
    place = bench.table_of(finding)
    if place is None:
        _rename(bench, finding)
        return
    tables = list(bench.plan.tables)
    tables[place] = replace(tables[place], table=f"table-{place + 1}")
    bench.plan = replace(bench.plan, tables=tuple(tables))
    bench.did("repair.table_names")


def _table_names(bench: _Bench, _finding: Finding) -> None:
    tables = tuple(replace(t, table=f"table-{n}") for n, t in enumerate(bench.plan.tables, start=1))
    bench.plan = replace(bench.plan, tables=tables)
    bench.did("repair.table_names")


def _roster(bench: _Bench, _finding: Finding) -> None:
    """Make the question for the roster and the dictionary in force, with the seats of its helpers."""
    roster = bench.roster
    seats = tuple(HelperSeat(h.name, h.seal_key, h.sign_key) for h in roster.helpers)
    bench.plan = replace(
        bench.plan,
        roster_version=roster.version,
        roster_digest=roster.digest,
        dictionary=bench.dictionary.version,
        helpers=seats,
    )
    bench.did("repair.roster", version=roster.version)


def _caps(bench: _Bench, _finding: Finding) -> None:
    low, high = CAP_RANGE
    linking = bench.plan.linking
    keys = tuple(replace(key, cap=min(max(key.cap, low), high)) for key in linking.keys)
    least, most = CLUSTER_RANGE
    cluster = min(max(linking.cluster_cap, least), most)
    bench.plan = replace(bench.plan, linking=replace(linking, keys=keys, cluster_cap=cluster))
    bench.did("repair.caps")


_MENDS: Final[Mapping[str, Callable[[_Bench, Finding], None]]] = {
    **dict.fromkeys(("rule.identifying", "rule.organization_dimension", "rule.unknown.dimension"), _table),
    **dict.fromkeys(("rule.codes", "rule.cells", "rule.few_persons", "rule.sensitive", "rule.singled_out"), _table),
    **dict.fromkeys(("rule.table.twice", "rule.table.bound", "rule.table.window", "rule.table.bins"), _table),
    **dict.fromkeys(("rule.table.bands", "rule.table.tally_dimensions", "rule.unknown.scale"), _table),
    **dict.fromkeys(("rule.unknown.measure", "rule.unknown.reason", "rule.table.services", "rule.budget.noise"), _drop),
    **dict.fromkeys(("rule.question.answered", "rule.unconditional.table"), _drop),
    **dict.fromkeys(("rule.unknown.service", "rule.few_organizations_for_service"), _service),
    **dict.fromkeys(("rule.roster", "rule.dictionary_version", "rule.helpers", "rule.helper_keys"), _roster),
    **dict.fromkeys(("rule.series.name", "rule.series.parts", "rule.series.part", "rule.series.changed"), _no_series),
    **dict.fromkeys(("rule.period.year", "rule.period.outside_year"), _year),
    **dict.fromkeys(("rule.key_cap", "rule.cluster_cap"), _caps),
    "rule.identifying_title": _title,
    "rule.undeclared_dimension": _undeclared,
    "rule.dimension_twice": _declared_twice,
    "rule.minimum_organizations": _minimum,
    "rule.few_organizations": _few_organizations,
    "rule.expected": _expected,
    "rule.threshold": _threshold,
    "rule.budget.share": _shares,
    "rule.budget.sum": _add_up,
    "rule.budget.exhausted": _exhausted,
    "rule.period.overlap": _overlap,
    "rule.period.cutoff": _cutoff,
    "rule.supersedes": _supersedes,
    "rule.name": _names,
    "rule.plan.twice": _rename,
    "rule.tables": _table_names,
}
