"""What each page says, as plain values for its template: nothing is decided in a template."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sansnom.board.answers import headline, sentences
from sansnom.board.charts import BAR, LINE
from sansnom.board.compare import compared
from sansnom.board.language import Speaker
from sansnom.board.linking import linking_section
from sansnom.board.public import Board
from sansnom.board.tables import charts_of, grid_of, is_narrowed, is_opened
from sansnom.release.account import DELTA, loss_of, noise_scales
from sansnom.release.intervals_noise import half_width
from sansnom.terms.errors import Finding
from sansnom.terms.plan import Plan, Request
from sansnom.terms.refusal import Refusal
from sansnom.terms.release import Figure, Release, ReleasedTable
from sansnom.terms.roster import Roster
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TableSpec,
    axes_of,
    cells_of,
)
from sansnom.terms.vocabulary import Dictionary

THEMES: Final = (
    ("reach", (PERSONS,)),
    ("overlap", (MULTIPLICITY, SAME_SERVICE)),
    ("progress", (TRANSITIONS, MINIMUM)),
    ("services", (SUM,)),
    ("missing", (TALLY,)),
)
"""Themes of a release, in the order of its page; what is missing is always shown, also when nobody asked."""
_LED_BY: Final = (PERSONS, MULTIPLICITY, TRANSITIONS, TALLY)


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure at the top of a release."""

    caption: str
    figure: Figure
    missing: bool


def home_page(board: Board, s: Speaker) -> dict[str, Any]:
    """Give what was published, what may still be answered, what was refused or taken back, incidents, and the budget."""
    newest = sorted(board.releases, key=lambda r: (r.period.end, r.release), reverse=True)
    return {
        "released": [_listed(board, release, s) for release in newest],
        "open": [
            {"plan": p.plan, "title": s.of(p.title), "period": period_of(p, s), "cutoff": s.moment(p.cutoff)}
            for p in sorted(board.plans, key=lambda p: (p.cutoff, p.plan))
            if status_of_plan(board, p) == "open"
        ],
        "refused": [_refused(refusal, s) for refusal in board.refusals],
        "withdrawn": [
            {
                "plan": w.plan.plan,
                "title": s.of(w.plan.title),
                "requester": s.of(w.plan.request.requester),
                "reason": s.of(w.reason),
            }
            for w in board.withdrawals
        ],
        "incidents": [
            {
                "incident": i.incident,
                "title": s.of(i.title),
                "found_on": s.text("incident.found", day=s.day(i.found_on)),
            }
            for i in sorted(board.incidents, key=lambda i: i.found_on, reverse=True)
        ],
        **_budget(board, s),
    }


def status_of_plan(board: Board, plan: Plan) -> str:
    """Say where a published question stands."""
    release = board.release_of(plan.plan)
    if release is not None:
        return _status(board, release)
    return "open" if board.withdrawal_of(plan.plan) is None else "withdrawn"


def _listed(board: Board, release: Release, s: Speaker) -> dict[str, Any]:
    plan = board.plan(release.plan)
    return {
        "release": release.release,
        "plan": plan.plan,
        "title": s.of(release.title),
        "period": period_of(plan, s),
        "status": _status(board, release),
        "headlines": _headlines(release, s),
    }


def _status(board: Board, release: Release) -> str:
    return "released" if board.correction_of(release.release) is None else "superseded"


def _refused(refusal: Refusal, s: Speaker) -> dict[str, Any]:
    plan, first = refusal.plan, refusal.reasons[:1]
    return {
        "plan": plan.plan,
        "title": s.of(plan.title),
        "requester": s.of(plan.request.requester),
        "reason": " ".join(_reason(f.code, dict(f.parameters), s) for f in first),
    }


def _reason(code: str, parameters: dict[str, Any], s: Speaker) -> str:
    shown = {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in parameters.items()}
    shown = {name: s.number(v) if isinstance(v, int) else v for name, v in shown.items()}
    try:
        return s.text(code, **shown)
    except KeyError:  # a rule of another room, or of a later version: its code is shown beside
        return s.text("rule.other")


def _budget(board: Board, s: Speaker) -> dict[str, Any]:
    ledger = board.ledger
    years = sorted({entry.year for entry in ledger.entries})
    rows = []
    for year in years:
        spent = ledger.spent(year)
        plans = [e.plan for e in ledger.entries if e.year == year]
        rows.append(
            {
                "year": year,
                "plans": s.number(len(plans)),
                "spent": str(spent),
                "left": str(ledger.left(year)),
                "gauge": gauge(spent / ledger.yearly, s),
            }
        )
    return {"years": rows, "yearly": str(ledger.yearly), "lifetime": str(ledger.lifetime)}


def gauge(part: Fraction, s: Speaker) -> str:
    """Draw a share as a small bar; the number stands beside it, and is its label."""
    told = s.percent(min(part, Fraction(1)))
    length = round(140 * min(part, Fraction(1)))
    return (
        f'<svg class="gauge" viewBox="0 0 140 12" width="140" height="12" role="img" aria-label="{told}">'
        f'<rect width="140" height="12" fill="{LINE}"/><rect width="{length}" height="12" fill="{BAR}"/></svg>'
    )


def plan_page(board: Board, plan: Plan, s: Speaker) -> dict[str, Any]:
    """Give a question in plain words: who asks, why, what tables, who computes, what it costs."""
    dictionary = board.dictionaries[plan.dictionary]
    release = board.release_of(plan.plan)
    loss = release.loss if release is not None else loss_of(plan)
    correction = None if release is None else board.correction_of(release.release)
    return {
        "plan": plan.plan,
        "title": s.of(plan.title),
        "status": status_of_plan(board, plan),
        "release": "" if release is None else release.release,
        "correction": "" if correction is None else correction.release,
        "supersedes": plan.supersedes,
        "series": plan.series,
        "parts": [{"plan": p.plan, "period": s.period(p.period), "rho": str(p.rho)} for p in plan.series_parts],
        "period": period_of(plan, s),
        "cutoff": s.moment(plan.cutoff),
        "request": request_rows(plan, s),
        "tables": _shells(plan, dictionary, s),
        "keys": s.number(len(plan.linking.keys)),
        "cluster": s.number(plan.linking.cluster_cap),
        "helpers": _helpers(board.roster_of(plan), s),
        "rho": str(plan.rho),
        "year": plan.budget_year,
        "yearly": str(board.ledger.yearly),
        "epsilon": s.decimal(loss.linked.epsilon),
        "delta": _delta(s),
        "minimum": s.number(plan.minimum_organizations),
        "digest": plan.digest,
    }


def request_rows(plan: Plan, s: Speaker) -> list[dict[str, str]]:
    """Give who asks and why: the five elements of the statute, named."""
    return [
        {"name": s.text(f"request.{name}"), "told": s.of(getattr(plan.request, name))}
        for name in Request.__dataclass_fields__
    ]


def _shells(plan: Plan, dictionary: Dictionary, s: Speaker) -> list[dict[str, Any]]:
    shells = []
    for table, scale in zip(plan.tables, noise_scales(plan, dictionary), strict=False):
        axes = axes_of(table, dictionary, plan.own_category)
        told = [{"label": s.of(a.label), "told": " · ".join(s.of(v.label) for v in a.values)} for a in axes]
        shells.append(
            {
                "title": s.of(table.title),
                "counted": _counted(table, dictionary, s),
                "axes": told,
                "cells": s.plural("plan.cells", cells_of(axes)),
                "width": s.number(half_width(scale.variance, law=scale.law)),
                "rho": str(table.rho),
            }
        )
    return shells


def _counted(table: TableSpec, dictionary: Dictionary, s: Speaker) -> str:
    """Say what a table counts, by kind."""
    if table.kind == TALLY:
        return s.text(f"kind.{table.measure}", bound=s.number(table.bound))
    if table.kind == SUM:
        measure = s.of(dictionary.measures[table.measure].label)
        return s.text("kind.sum", measure=measure, bound=s.number(table.bound))
    if table.kind == PERSONS and table.services:
        services = ", ".join(s.of(dictionary.services[code].label) for code in table.services)
        return s.text("kind.persons_services", services=services)
    return s.text(f"kind.{table.kind}", days=s.number(table.window_days), bound=s.number(table.bound))


def release_page(board: Board, release: Release, s: Speaker) -> dict[str, Any]:
    """Give a release: the answer in words, themes with charts and tables, method, loss, register, files."""
    plan = board.plan(release.plan)
    replacing = board.correction_of(release.release)
    year = plan.budget_year
    loss = release.loss
    return {
        "release": release.release,
        "plan": plan.plan,
        "title": s.of(release.title),
        "status": _status(board, release),
        "superseded": "" if replacing is None else replacing.release,
        "supersedes": release.supersedes,
        "period": period_of(plan, s),
        "requester": s.of(plan.request.requester),
        "headlines": _headlines(release, s),
        "lead": _lead(release, s),
        "themes": _themes(release, s),
        "compared": compared(board, release, s),
        "coverage": s.text(
            "release.coverage.told",
            n=s.number(release.organizations),
            rows=s.about(release.rows),
            lone=s.about(release.not_linkable),
        ),
        "helpers": _helpers(board.roster_of(plan), s),
        "method": [s.text(code) for code in release.method],
        "linking": linking_section(release, s),
        "rho": str(loss.rho),
        "year": year,
        "yearly": str(board.ledger.yearly),
        "spent": str(board.ledger.spent(year)),
        "left": str(board.ledger.left(year)),
        "cost": gauge(loss.rho / board.ledger.yearly, s),
        "linked": s.decimal(loss.linked.epsilon),
        "requests": "" if loss.requests is None else s.decimal(loss.requests.epsilon),
        "worst": [
            s.plural("loss.worst.line", claim.rows, epsilon=s.decimal(claim.epsilon), delta=_delta(s))
            for claim in loss.worst
        ],
        "delta": _delta(s),
        "register": _register(release, s),
        "beside": [_beside(name, s) for name in board.beside[release.release]],
        "risks": release.release in board.risks,
        "plan_digest": release.plan_digest,
        "roster_digest": release.roster_digest,
        "set_digest": release.set_digest,
        "digest": release.digest,
        "citation": s.text(
            "files.citation", title=s.of(release.title), release=release.release, digest=release.digest[:16]
        ),
    }


def _beside(name: str, s: Speaker) -> dict[str, str]:
    kind, _, party = name.removesuffix(".json").partition("-")
    if kind == "destruction":
        return {"name": name, "told": s.text("files.destruction", party=s.number(int(party) + 1))}
    return {"name": name, "told": s.text("files.submission-set")}


def _headlines(release: Release, s: Speaker) -> list[Headline]:
    found = []
    for kind in _LED_BY:
        for table in release.tables:
            told = headline(table) if table.kind == kind else None
            if told is not None:
                found.append(Headline(s.text(told[0]), told[1], kind == TALLY))
    return found


def _lead(release: Release, s: Speaker) -> list[str]:
    """Say the answer in a few paragraphs, one for each table that has a figure at the top."""
    return [
        " ".join(sentences(table, s)[: 3 if kind == TRANSITIONS else 2])
        for kind in _LED_BY
        for table in release.tables
        if table.kind == kind and headline(table) is not None
    ]


def _themes(release: Release, s: Speaker) -> list[dict[str, Any]]:
    themes = []
    for name, kinds in THEMES:
        tables = [_table(table, s) for kind in kinds for table in release.tables if table.kind == kind]
        if tables or name == "missing":
            lede = s.text(f"theme.{name}.lede" if tables else "theme.missing.none")
            themes.append({"name": name, "title": s.text(f"theme.{name}"), "lede": lede, "tables": tables})
    return themes


def _table(table: ReleasedTable, s: Speaker) -> dict[str, Any]:
    grid = grid_of(table, s)
    return {
        "name": table.table,
        "title": s.of(table.title),
        "sentences": sentences(table, s),
        "chart": charts_of(table, s),
        "reading": s.text("chart.reading.matrix" if table.kind == TRANSITIONS else "chart.reading"),
        "narrowed": s.text("chart.narrowed", axis=s.of(table.axes[0].label)) if is_narrowed(table) else "",
        "grid": grid,
        "axes": len(table.axes),
        "opened": is_opened(grid),
        "width": s.number(table.half_width),
        "rho": str(table.rho),
    }


def _register(release: Release, s: Speaker) -> list[dict[str, Any]]:
    entry = release.register
    return [
        {"name": s.text("register.description"), "told": [s.of(text) for text in entry.description]},
        {"name": s.text("register.uses"), "told": s.of(entry.uses)},
        {"name": s.text("register.techniques"), "told": [s.text(code) for code in entry.techniques]},
        {"name": s.text("register.security"), "told": [s.text(code) for code in entry.security]},
        {"name": s.text("register.analysed"), "told": s.day(entry.analysed)},
    ]


def refusal_page(refusal: Refusal, s: Speaker) -> dict[str, Any]:
    """Give a refused question with every rule that refused it."""
    plan = refusal.plan
    reasons: dict[str, list[Finding]] = {}
    for finding in refusal.reasons:
        reasons.setdefault(_reason(finding.code, dict(finding.parameters), s), []).append(finding)
    return {
        "plan": plan.plan,
        "title": s.of(plan.title),
        "period": period_of(plan, s),
        "refused_on": s.text("refusal.on", day=s.day(refusal.refused_on)),
        "reasons_title": s.plural("refusal.reasons", len(reasons)),
        "reasons": [
            {"sentence": told, "where": ", ".join(f.where for f in found), "code": found[0].code}
            for told, found in reasons.items()
        ],
        "request": request_rows(plan, s),
        "tables": [s.of(table.title) for table in plan.tables],
    }


def roster_page(board: Board, s: Speaker) -> dict[str, Any]:
    """Give who may be asked and who computes."""
    roster = board.roster
    newest = board.dictionaries[max(board.dictionaries)]
    listed = [
        {
            "number": o.number,
            "name": s.of(o.name),
            "services": ", ".join(
                s.of(newest.services[code].label) if code in newest.services else code for code in o.services
            ),
            "size": s.number(o.size_class),
        }
        for o in roster.organizations
    ]
    return {
        "version": s.number(roster.version),
        "year": roster.year,
        "convener": s.of(roster.convener),
        "helpers": [{"institution": s.of(h.institution), "name": s.of(h.name)} for h in roster.helpers],
        "organizations": listed,
        "ratified": [
            s.of(newest.dimensions[code].label) if code in newest.dimensions else code for code in roster.ratified
        ],
        "logged": board.logged,
        "log_key": roster.log_key,
        "versions": [
            {
                "version": s.number(one.version),
                "name": f"rosters/{one.version}.json"
                if len(board.rosters.versions) > 1 or board.logged
                else "roster.json",
                "organizations": s.plural("roster.count", len(one.organizations)),
                "year": one.year,
            }
            for one in reversed(board.rosters.versions)
        ],
    }


def _helpers(roster: Roster, s: Speaker) -> list[str]:
    return [f"{s.of(h.institution)} ({s.of(h.name)})" for h in roster.helpers]


def period_of(plan: Plan, s: Speaker) -> str:
    """Write the period of a question."""
    return s.period(plan.period)


def _delta(s: Speaker) -> str:
    return f"{DELTA.numerator}/{s.number(DELTA.denominator)}"
