"""The page for asking: the static one that says what may be asked, and the form that `board serve` puts in its place."""

import base64
import hashlib
from importlib.resources import files
from typing import Any, Final

from sansnom.board.ask_draft import KINDS, SUM_MEASURES, TEMPLATES
from sansnom.board.ask_form import RHOS, TABLES, VARIABLES, Fields, missing, wish_of
from sansnom.board.ask_series import SERIES, Told, drafts, judged, nearest_of
from sansnom.board.ask_words import Asking, budget_told, shells, told_finding, told_step, where_of
from sansnom.board.language import Speaker
from sansnom.release.rules import CELLS_MAX, CODES_MAX
from sansnom.release.rules_catalogue import THEMES
from sansnom.release.rules_people import ORGANIZATIONS_MIN, ORGANIZATIONS_MIN_FOR_SUMS, PERSONS_PER_CELL_MIN
from sansnom.terms.errors import Finding
from sansnom.terms.plan import Plan, Request
from sansnom.terms.vocabulary import Dictionary

LIMITS: Final = {
    "cells": CELLS_MAX,
    "codes": CODES_MAX,
    "persons": PERSONS_PER_CELL_MIN,
    "organizations": ORGANIZATIONS_MIN,
    "sums": ORGANIZATIONS_MIN_FOR_SUMS,
}


def ask_style() -> str:
    """Give the style of this page: the board's, and what a form needs."""
    folder = files("sansnom.board").joinpath("templates")
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "ask.css"))


def ask_policy(*, form: bool) -> str:
    """Say what this page may do: show itself in this style, and, where it is served, send its own form back."""
    digest = base64.b64encode(hashlib.sha256(ask_style().encode("utf-8")).digest()).decode("ascii")
    sent = "'self'" if form else "'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; base-uri 'none'; form-action {sent}"


def ask_static(asking: Asking, s: Speaker) -> dict[str, Any]:
    """Give the page without a form: which rules there are, and what the dictionary has."""
    return {
        "css": ask_style(),
        "policy": ask_policy(form=False),
        "form": None,
        "result": None,
        "rules": rules_told(s),
        "dictionary": dictionary_told(asking, s),
        "version": asking.dictionary.version,
    }


def ask_served(asking: Asking, fields: Fields, s: Speaker, *, looked: bool, problem: str = "") -> dict[str, Any]:
    """Give the page with its form as it was filled in, and, once somebody has looked, what would come of it."""
    plans = drafts(wish_of(fields), asking.dictionary, asking.roster)
    return {
        **ask_static(asking, s),
        "policy": ask_policy(form=True),
        "form": form_told(asking, plans[0], fields, s),
        "result": result_told(asking, plans, fields, s) if looked else None,
        "problem": problem,
    }


def rules_told(s: Speaker) -> list[dict[str, str]]:
    """Say what the rules refuse, theme by theme, with the limits in force."""
    limits = {name: s.number(value) for name, value in LIMITS.items()}
    return [{"title": s.text(f"rules.{name}"), "told": s.text(f"rules.{name}.told", **limits)} for name in THEMES]


def dictionary_told(asking: Asking, s: Speaker) -> list[dict[str, str]]:
    """List the variables that may be asked, with their answers."""
    told = []
    for code, dimension in asking.dictionary.dimensions.items():
        mark = ""
        if dimension.sensitive:
            mark = s.text("ask.ratified" if code in asking.known.ratified else "ask.sensitive")
        values = " · ".join(s.of(value.label) for value in dimension.values)
        told.append({"label": s.of(dimension.label), "code": code, "mark": mark, "answers": values})
    return told


def form_told(asking: Asking, plan: Plan, fields: Fields, s: Speaker) -> dict[str, Any]:
    """Give every field with what stands in it."""
    whole = wish_of(fields).rho
    rhos = sorted({*RHOS, whole} if fields.of("rho") else set(RHOS))
    return {
        "templates": [{"name": name, "label": s.text(f"ask.template.{name}")} for name in TEMPLATES],
        "why": [_pair(name, s.text(f"request.{name}"), fields) for name in Request.__dataclass_fields__],
        "title": _pair("title", s.text("ask.field.title"), fields),
        "source": _pair("source", s.text("ask.field.source"), fields),
        "name": fields.of("name"),
        "days": [
            {"name": n, "label": s.text(f"ask.field.{n}"), "told": fields.of(n)} for n in ("start", "end", "cutoff")
        ],
        "expected": fields.of("expected"),
        "rhos": [{"value": str(rho), "chosen": rho == whole} for rho in rhos],
        "series": [
            {"value": kind, "label": s.text(f"ask.series.kind.{kind}"), "chosen": kind == fields.of("series")}
            for kind in SERIES
        ],
        "tables": [_table_fields(n, asking.dictionary, fields, s) for n in range(1, TABLES + 1)],
        "left": budget_told(asking, plan, s)["now"],
    }


def _pair(name: str, label: str, fields: Fields) -> dict[str, str]:
    text = fields.both(name)
    return {"name": name, "label": label, "fr": text.fr, "en": text.en}


def _table_fields(n: int, dictionary: Dictionary, fields: Fields, s: Speaker) -> dict[str, Any]:
    def options(known: list[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
        given = known if not chosen or chosen in dict(known) else [*known, (chosen, chosen)]
        return [{"value": code, "label": label, "chosen": code == chosen} for code, label in given]

    kinds = [(kind, s.text(f"ask.kind.{kind}")) for kind in KINDS]
    variables = [(code, s.of(one.label)) for code, one in dictionary.dimensions.items()]
    measures = [(code, s.of(dictionary.measures[code].label)) for code in SUM_MEASURES if code in dictionary.measures]
    chosen = fields.services.get(n, ())
    return {
        "n": n,
        "title": s.text("ask.field.table", n=s.number(n)),
        "kinds": options(kinds, fields.of(f"t{n}_kind")),
        "by": [
            {
                "name": f"t{n}_by{v}",
                "label": s.text("ask.field.by" if v == 1 else "ask.field.and_by"),
                "options": options(variables, fields.of(f"t{n}_by{v}")),
            }
            for v in range(1, VARIABLES + 1)
        ],
        "measures": options(measures, fields.of(f"t{n}_measure")),
        "services": [
            {"value": code, "label": s.of(one.label), "chosen": code in chosen}
            for code, one in dictionary.services.items()
        ],
        "open": bool(chosen),
    }


def result_told(asking: Asking, plans: tuple[Plan, ...], fields: Fields, s: Speaker) -> dict[str, Any]:
    """Say what would come of the question as it stands: verdict, nearest question, empty tables, precision, cost."""
    plan, found = plans[0], judged(asking, plans)
    lacking = [_lacking(name, s) for name in missing(fields)]
    if not plan.tables:
        lacking.append(s.text("ask.no_tables"))
    budget = budget_told(asking, plan, s)
    return {
        "lacking": lacking,
        "findings": [_finding(told, asking, s) for told in found if not _said(told.finding, bool(lacking))],
        "passes": not found and not lacking,
        "nearest": _nearest(asking, plans, fields, s) if found else None,
        "parts": [_part(one, s) for one in plans] if len(plans) > 1 else [],
        "cost": s.text("ask.verdict.cost", **{name: budget[name] for name in ("rho", "left", "yearly", "year")}),
        "shells": shells(plan, asking, s),
    }


def _said(finding: Finding, lacking: bool) -> bool:
    """Say whether a list of empty fields says it already."""
    return lacking and finding.code in ("rule.purpose", "rule.name", "rule.tables")


def _lacking(name: str, s: Speaker) -> str:
    field = s.text(f"request.{name}") if name in Request.__dataclass_fields__ else s.text(f"ask.field.{name}")
    return s.text("ask.missing", field=field)


def _part(plan: Plan, s: Speaker) -> dict[str, str]:
    """Tell one question of a series: its period, until when it is answered, its share."""
    told = {"name": plan.plan, "period": s.period(plan.period), "rho": str(plan.rho)}
    return {**told, "cutoff": s.day(plan.cutoff)}


def _finding(found: Told, asking: Asking, s: Speaker) -> dict[str, str]:
    told = told_finding(found.finding, found.plan, asking.dictionary, s)
    return {"told": told, "where": where_of(found.finding, found.plan, s), "code": found.finding.code}


def _nearest(asking: Asking, plans: tuple[Plan, ...], fields: Fields, s: Speaker) -> dict[str, Any]:
    close = nearest_of(asking, wish_of(fields), plans)
    left = [_finding(found, asking, s) for found in close.left]
    steps = [told_step(step, plans[0], asking.dictionary, s) for step in close.steps]
    return {"passes": close.passes, "steps": steps, "left": left}
