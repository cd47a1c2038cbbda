"""Rules about what was asked before: periods that half overlap, declared series, questions that have their answer already."""

from collections.abc import Iterator
from typing import Any, Final

from sansnom.release.budget import PARTS_MAX, in_series, series_digest
from sansnom.terms.canonical import digest_hex
from sansnom.terms.errors import Finding
from sansnom.terms.plan import Period, Plan
from sansnom.terms.table import SUM, TALLY, TableSpec

PARTS_MIN: Final = 2


def question_digest(plan: Plan, table: TableSpec) -> str:
    """Give the digest of what a table asks: two tables with the same are the same question, whatever they are called.

    Name, title, budget, law of noise, clipping bound, roster, dictionary version, linking, and the order of dimensions and
    services are no part of it: a question asked in another spelling is answered from the log.
    """
    by_code = {use.code: use.disagreement for use in plan.dimensions}
    told: dict[str, Any] = {
        "period": [plan.period.start, plan.period.end],
        "kind": table.kind,
        "dimensions": [[code, by_code.get(code, "")] for code in sorted(table.dimensions)],
        "services": sorted(table.services),
        "measure": table.measure,
        "bound": 0 if table.kind in (SUM, TALLY) else table.bound,
        "bins": list(table.bins),
        "window_days": table.window_days,
        "scale": table.scale,
        "bands": list(table.bands),
    }
    return digest_hex(told)


def half_overlaps(plan: Plan, earlier: tuple[Plan, ...]) -> Iterator[Finding]:
    """Find periods that overlap, differ, and are not declared together: differences over time could be taken."""
    declared = series_digest(plan)
    for other in earlier:
        together = bool(declared) and series_digest(other) == declared
        if plan.plan != other.plan and not together and _overlap(plan.period, other.period):
            yield Finding("rule.period.overlap", "plan.period", {"plan": other.plan})


def _overlap(one: Period, other: Period) -> bool:
    return one != other and one.start <= other.end and other.start <= one.end


def series_findings(plan: Plan, earlier: tuple[Plan, ...]) -> Iterator[Finding]:
    """Find what is wrong with a declared series: all its plans name the same parts, and this plan is one of them."""
    if not plan.series:
        if plan.series_parts:
            yield Finding("rule.series.name", "plan.series")
        return
    names = [part.plan for part in plan.series_parts]
    if (
        not PARTS_MIN <= len(names) <= PARTS_MAX
        or len(set(names)) != len(names)
        or any(part.rho <= 0 for part in plan.series_parts)
    ):
        yield Finding("rule.series.parts", "plan.series_parts", {"least": PARTS_MIN, "most": PARTS_MAX})
    elif not in_series(plan):
        yield Finding("rule.series.part", "plan.series_parts", {"series": plan.series, "plan": plan.plan})
    for other in earlier:
        if other.plan != plan.plan and other.series == plan.series and series_digest(other) != series_digest(plan):
            yield Finding("rule.series.changed", "plan.series_parts", {"series": plan.series, "plan": other.plan})


def answered_questions(plan: Plan, earlier: tuple[Plan, ...], stopped: frozenset[str]) -> Iterator[Finding]:
    """Find tables that have their answer in the log, or will have: a plan may ask them again only as a correction.

    earlier  plans accepted before; stopped: names of those whose run ended without a release
    """
    standing = [other for other in earlier if other.plan != plan.plan and other.plan not in stopped]
    if plan.supersedes and plan.supersedes not in [other.plan for other in standing]:
        yield Finding("rule.supersedes", "plan.supersedes", {"release": plan.supersedes})
    answers = {
        question_digest(other, table): (other.plan, table.table)
        for other in standing
        if other.plan != plan.supersedes
        for table in other.tables
    }
    for place, table in enumerate(plan.tables):
        found = answers.get(question_digest(plan, table))
        if found is not None:
            yield Finding("rule.question.answered", f"plan.tables[{place}]", {"release": found[0], "table": found[1]})
