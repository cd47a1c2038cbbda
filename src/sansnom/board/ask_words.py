"""What is said about a question that is being asked: findings, changes, precision, and its tables as empty shells."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from sansnom.board.language import Speaker
from sansnom.board.public import Board
from sansnom.release.budget import Ledger
from sansnom.release.nearest import Nearest, Step, nearest
from sansnom.release.precision import TablePrecision, expected_precision
from sansnom.release.rules import Judgement, Known, judge
from sansnom.terms.errors import Finding, InputError, Parameter, SansnomError
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster
from sansnom.terms.table import Axis, axes_of, cells_of
from sansnom.terms.vocabulary import Dictionary

SHELL_ROWS: Final = 24
SIZES: Final = (10, 40, 100, 400)


@dataclass(frozen=True, slots=True)
class Asking:
    """Against what a question is judged: the roster and dictionary in force, and what was asked before."""

    roster: Roster
    dictionary: Dictionary
    ledger: Ledger
    known: Known
    refused: frozenset[str] = frozenset()
    """Names that refused questions bear."""

    @classmethod
    def on(cls, board: Board, ratified: frozenset[str] = frozenset()) -> "Asking":
        """Judge as the organizations of this board would."""
        stopped = frozenset(w.plan.plan for w in board.withdrawals)
        roster = board.roster
        known = Known(frozenset(board.dictionaries), ratified | frozenset(roster.ratified), board.plans, stopped)
        newest = board.dictionaries[max(board.dictionaries)]
        refused = frozenset(r.plan.plan for r in board.refusals)
        return cls(roster, newest, board.ledger, known, refused)

    def judge(self, plan: Plan) -> Judgement:
        """Say what every rule says; a name that a refusal bears is taken."""
        told = judge(plan, self.dictionary, self.roster, self.ledger, self.known)
        if plan.plan not in self.refused:
            return told
        taken = Finding("rule.plan.twice", "plan.plan", {"plan": plan.plan})
        return replace(told, findings=(*told.findings, taken), ledger=self.ledger)

    def after(self, plan: Plan) -> "Asking":
        """Judge as if this question had been accepted, where it would be: what is asked with it comes after it."""
        known = replace(self.known, plans=(*self.known.plans, plan))
        return replace(self, known=known, ledger=self.judge(plan).ledger)

    def nearest(self, plan: Plan) -> Nearest:
        """Give the nearest question that passes."""
        return nearest(plan, self.dictionary, self.roster, self.ledger, self.known, self.refused)

    def precision(self, plan: Plan) -> tuple[TablePrecision, ...]:
        """Say how precise each table would be; nothing where the plan's codes or budget are not yet sound."""
        try:
            return expected_precision(plan, self.dictionary, self.roster, SIZES)
        except (KeyError, ValueError, ZeroDivisionError, ArithmeticError, SansnomError):
            return ()


def told_finding(finding: Finding, plan: Plan, dictionary: Dictionary, s: Speaker) -> str:
    """Say why a rule refuses, with the names that people use."""
    shown = {name: _shown(name, value, plan, dictionary, s) for name, value in finding.parameters.items()}
    try:
        return s.text(finding.code, **shown)
    except KeyError:
        return s.text("rule.other")


def told_step(step: Step, plan: Plan, dictionary: Dictionary, s: Speaker) -> str:
    """Say one change of the nearest question; `plan` is the one before the change."""
    return s.text(step.code, **{n: _shown(n, v, plan, dictionary, s) for n, v in step.parameters.items()})


def _shown(name: str, value: Parameter, plan: Plan, dictionary: Dictionary, s: Speaker) -> str:
    if isinstance(value, tuple):
        return " × ".join(_label(code, dictionary, s) for code in value)
    if isinstance(value, int):
        return s.number(value)
    if name == "table":
        return next((s.of(t.title) for t in plan.tables if t.table == value), value)
    if name in ("variable", "instead", "service", "measure"):
        return _label(value, dictionary, s)
    return s.day(value) if name in ("start", "end", "day") else value


def _label(code: str, dictionary: Dictionary, s: Speaker) -> str:
    for known in (dictionary.dimensions, dictionary.services, dictionary.measures):
        if code in known:
            return s.of(known[code].label)
    return code


def where_of(finding: Finding, plan: Plan, s: Speaker) -> str:
    """Name the place of a finding as people know it: the table's title, or the part of the question."""
    head, _, rest = finding.where.partition("plan.tables[")
    number = rest.partition("]")[0]
    if not head and number.isdigit() and int(number) < len(plan.tables):
        return s.of(plan.tables[int(number)].title)
    name = finding.where.removeprefix("plan.request.")
    return s.text(f"request.{name}") if name != finding.where else ""


def shells(plan: Plan, asking: Asking, s: Speaker) -> list[dict[str, Any]]:
    """Draw each table empty: its title, its sides, what a cell would be worth, before anything is asked."""
    precision = asking.precision(plan)
    told = []
    for place, table in enumerate(plan.tables):
        try:
            axes = axes_of(table, asking.dictionary, plan.own_category)
        except (KeyError, InputError):
            continue  # an unknown code: the findings say so
        exact = precision[place] if place < len(precision) else None
        told.append(
            {
                "title": s.of(table.title),
                "cells": s.number(cells_of(axes)),
                **_grid(axes, s),
                "width": "" if exact is None else s.number(exact.half_width),
                "per_cell": _per_cell(exact, s),
                "noisy": exact is not None and exact.mostly_noise,
                "sizes": [] if exact is None else sizes(exact, s),
            }
        )
    return told


def sizes(exact: TablePrecision, s: Speaker) -> list[dict[str, str]]:
    """Say for each size of a cell what would be published: 40 ± 12, or too few to tell."""
    return [
        {
            "size": s.number(one.size),
            "told": s.text("ask.precision.told", size=s.number(one.size), width=s.number(exact.half_width))
            if one.told
            else s.text("ask.precision.few"),
        }
        for one in exact.sizes
    ]


def _per_cell(exact: TablePrecision | None, s: Speaker) -> str:
    return "" if exact is None or exact.per_cell is None else s.number(int(exact.per_cell))


def _grid(axes: tuple[Axis, ...], s: Speaker) -> dict[str, Any]:
    """Lay the last axis across and all others down, where it is short; else everything down."""
    across = axes[-1] if len(axes) > 1 and len(axes[-1].values) <= 6 else None
    down = axes[:-1] if across is not None else axes
    rows: list[list[str]] = [[]]
    for axis in down:
        rows = [[*row, s.of(value.label)] for row in rows for value in axis.values]
        if len(rows) > 4096:
            break
    return {
        "heads": [s.of(axis.label) for axis in down],
        "columns": [s.of(v.label) for v in across.values] if across is not None else [],
        "over": s.of(across.label) if across is not None else "",
        "rows": rows[:SHELL_ROWS],
        "more": s.number(len(rows) - SHELL_ROWS) if len(rows) > SHELL_ROWS else "",
    }


def budget_told(asking: Asking, plan: Plan, s: Speaker) -> dict[str, str]:
    """Say what the question costs, and what would be left of its year."""
    left = asking.ledger.left(plan.budget_year)
    cost = asking.judge(plan).cost
    after: Fraction = max(left - cost, Fraction(0))
    return {
        "rho": str(cost),
        "left": str(after),
        "yearly": str(asking.ledger.yearly),
        "year": plan.budget_year,
        "now": s.text("ask.budget.left", left=str(left), yearly=str(asking.ledger.yearly), year=plan.budget_year),
    }
