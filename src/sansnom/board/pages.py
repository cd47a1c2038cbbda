"""What each page says, as plain values for its template: nothing is decided in a template."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sansnom.board.answers import headline, sentences
from sansnom.board.charts import BAR, LINE
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
    """Give what was published, what may still be answered, what was refused, and the budget."""
    newest = sorted(board.releases, key=lambda r: (r.period.end, r.release), reverse=True)
    answered = {release.plan for release in board.releases}
    return {
        "released": [_listed(board, release, s) for release in newest],
        "open": [
            {"plan": p.plan, "title": s.of(p.title), "period": _period(p, s), "cutoff": s.moment(p.cutoff)}
            for p in sorted(board.plans, key=lambda p: (p.cutoff, p.plan))
            if p.plan not in answered
        ],
        "refused": [_refused(refusal, s) for refusal in board.refusals],
        **_budget(board, s),
    }


def _listed(board: Board, release: Release, s: Speaker) -> dict[str, Any]:
    plan = board.plan(release.plan)
    return {
        "release": release.release,
        "plan": plan.plan,
        "title": s.of(release.title),
        "period": _period(plan, s),
        "status": _status(board, release),
        "headlines": _headlines(release, s),
    }


def _status(board: Board, release: Release) -> str:
    replaced = any(other.supersedes == release.release for other in board.releases)
    return "superseded" if replaced else "released"


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
                "gauge": _gauge(spent / ledger.yearly, s),
            }
        )
    return {"years": rows, "yearly": str(ledger.yearly), "lifetime": str(ledger.lifetime)}


def _gauge(part: Fraction, s: Speaker) -> str:
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
    return {
        "plan": plan.plan,
        "title": s.of(plan.title),
        "status": "open" if release is None else "released",
        "release": "" if release is None else release.release,
        "period": _period(plan, s),
        "cutoff": s.moment(plan.cutoff),
        "request": _request(plan, s),
        "tables": _shells(plan, dictionary, s),
        "keys": s.number(len(plan.linking.keys)),
        "cluster": s.number(plan.linking.cluster_cap),
        "helpers": _helpers(board, s),
        "rho": str(plan.rho),
        "year": plan.budget_year,
        "yearly": str(board.ledger.yearly),
        "epsilon": s.decimal(loss.linked.epsilon),
        "delta": _delta(s),
        "minimum": s.number(plan.minimum_organizations),
        "digest": plan.digest,
    }


def _request(plan: Plan, s: Speaker) -> list[dict[str, str]]:
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
    replacing = next((r.release for r in board.releases if r.supersedes == release.release), "")
    loss = release.loss
    return {
        "release": release.release,
        "plan": plan.plan,
        "title": s.of(release.title),
        "status": _status(board, release),
        "superseded": replacing,
        "supersedes": release.supersedes,
        "period": _period(plan, s),
        "requester": s.of(plan.request.requester),
        "headlines": _headlines(release, s),
        "lead": _lead(release, s),
        "themes": _themes(release, s),
        "coverage": s.text(
            "release.coverage.told",
            n=s.number(release.organizations),
            rows=s.about(release.rows),
            lone=s.about(release.not_linkable),
        ),
        "helpers": _helpers(board, s),
        "method": [s.text(code) for code in release.method],
        "linking": linking_section(release, s),
        "rho": str(loss.rho),
        "year": plan.budget_year,
        "yearly": str(board.ledger.yearly),
        "linked": s.decimal(loss.linked.epsilon),
        "requests": "" if loss.requests is None else s.decimal(loss.requests.epsilon),
        "worst": [
            s.plural("loss.worst.line", claim.rows, epsilon=s.decimal(claim.epsilon), delta=_delta(s))
            for claim in loss.worst
        ],
        "delta": _delta(s),
        "register": _register(release, s),
        "beside": [_beside(name, s) for name in board.beside[release.release]],
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
        "period": _period(plan, s),
        "refused_on": s.text("refusal.on", day=s.day(refusal.refused_on)),
        "reasons_title": s.plural("refusal.reasons", len(reasons)),
        "reasons": [
            {"sentence": told, "where": ", ".join(f.where for f in found), "code": found[0].code}
            for told, found in reasons.items()
        ],
        "request": _request(plan, s),
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
    }


def _helpers(board: Board, s: Speaker) -> list[str]:
    return [f"{s.of(h.institution)} ({s.of(h.name)})" for h in board.roster.helpers]


def _period(plan: Plan, s: Speaker) -> str:
    return s.text("period", start=s.day(plan.period.start), end=s.day(plan.period.end))


def _delta(s: Speaker) -> str:
    return f"{DELTA.numerator}/{s.number(DELTA.denominator)}"
