"""`sansnom plan check` and `sansnom plan rules`: every reason at once, the cost, the precision, and the nearest question."""

import argparse
import json
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from sansnom.board.ask_words import Asking, sizes, told_step
from sansnom.board.language import Speaker
from sansnom.cli.plan_files import asking_of, read_plan, write_plan
from sansnom.cli.speak import Voice
from sansnom.release.account import loss_of
from sansnom.release.nearest import Nearest
from sansnom.release.rules_catalogue import RULES, THEMES
from sansnom.terms.errors import Finding, InputError, PolicyRefusal
from sansnom.terms.plan import Plan

REFUSED: Final = 3


def run(args: argparse.Namespace) -> int:
    """Check a question, or list the rules."""
    return _rules(args) if args.plan_verb == "rules" else _check(args)


def _check(args: argparse.Namespace) -> int:
    """Judge one question, or those of a series in their order, each as if the ones before it were accepted."""
    plans = [read_plan(file) for file in args.file]
    if args.repair is not None and len(plans) > 1:
        raise InputError("plan.flag", where="--repair", example="sansnom plan check FILE --repair FILE")
    asking = asking_of(args, plans[0])
    told: list[dict[str, Any]] = []
    refused = False
    for plan in plans:
        found = asking.judge(plan).findings
        close = asking.nearest(plan) if found else None
        if args.json:
            told.append(_told(plan, asking, found, close))
        if args.repair is not None and close is not None and close.passes:
            write_plan(args.repair, close.plan)
        if not args.json:
            _say(args, plan, asking, found, close)
        refused |= bool(found)
        asking = asking.after(plan)
    if not refused and not args.json:
        args.voice.say("plan.next", file=" ".join(map(str, args.file)), where=_where(args, asking))
    if args.json:
        several = {"schema": "sansnom/findings/1", "ok": not refused, "findings": [], "plans": told}
        print(json.dumps(told[0] if len(told) == 1 else several, ensure_ascii=False))
    return REFUSED if refused else 0


def _where(args: argparse.Namespace, asking: Asking) -> str:
    """Write what `plan publish` needs besides the question, as far as it can be known here."""
    if args.board is None:
        return " --board DIR --keys DIR"
    beside = args.board.parent / "keys"
    known = (beside / "convener.json").is_file()
    practice = " --without-helpers" if known and asking.roster.trial else ""
    return f" --board {args.board} --keys {beside if known else 'DIR'}{practice}"


def _say(
    args: argparse.Namespace, plan: Plan, asking: Asking, found: tuple[Finding, ...], close: Nearest | None
) -> None:
    if close is None:
        say_accepted(args.voice, plan, asking)
        return
    args.voice.explain(PolicyRefusal("plan.would_refuse", found, plan=plan.plan, reasons=len(found)))
    _say_nearest(args, plan, asking, close)


def _told(plan: Plan, asking: Asking, found: tuple[Finding, ...], close: Nearest | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "schema": "sansnom/findings/1",
        "ok": not found,
        "findings": [{"code": f.code, "where": f.where, "parameters": f.parameters} for f in found],
        "plan": plan.plan,
        "digest": plan.digest,
        "cost": str(asking.judge(plan).cost),
        "left": str(asking.ledger.left(plan.budget_year)),
    }
    if close is not None:
        steps = [{"code": step.code, "parameters": step.parameters} for step in close.steps]
        told["nearest"] = {"passes": close.passes, "steps": steps, "plan": close.plan.to_json()}
        return told
    told["tables"] = [
        {"table": t.table, "cells": t.cells, "half_width": t.half_width, "told_from": t.told_from}
        for t in asking.precision(plan)
    ]
    told["loss"] = loss_of(plan).to_json()
    return told


def say_accepted(voice: Voice, plan: Plan, asking: Asking) -> None:
    """Say what it would cost, and how precise each table would be: known before asking."""
    left = str(asking.ledger.left(plan.budget_year))
    voice.say("plan.accepted", rho=str(plan.rho), year=plan.budget_year, left=left)
    s = Speaker(voice.language)
    exact = asking.precision(plan)
    shown = Table(title=voice.text("ask.precision"), title_justify="left", show_edge=False, pad_edge=False)
    shown.add_column("", overflow="fold")
    for one in exact[0].sizes if exact else ():
        shown.add_column(s.text("ask.precision.line", size=s.number(one.size), told="").rstrip(" :\u00a0"))
    for table, one_table in zip(plan.tables, exact, strict=False):
        cells = voice.text("plan.table_about", table=s.of(table.title), cells=s.number(one_table.cells))
        shown.add_row(cells, *(one["told"] for one in sizes(one_table, s)))
    Console(highlight=False).print(shown)


def _say_nearest(args: argparse.Namespace, plan: Plan, asking: Asking, close: Nearest) -> None:
    """Say each change of the nearest question; where no change suffices, say so."""
    voice, s = args.voice, Speaker(args.voice.language)
    if not close.steps:
        voice.say("plan.nearest.none")
        return
    voice.say("plan.nearest" if close.passes else "plan.nearest.partly")
    for step in close.steps:
        print(f"  - {told_step(step, plan, asking.dictionary, s)}")
    if not close.passes:
        voice.say("plan.nearest.none")
    elif args.repair is not None:
        voice.say("plan.repaired", file=str(args.repair), where=_where(args, asking))
    else:
        voice.say("plan.repair.hint")


def _rules(args: argparse.Namespace) -> int:
    """List every rule: what it is about, its code, its sentence's parameters, whether a question close by is found."""
    if args.json:
        told = [{"code": r.code, "theme": r.theme, "parameters": r.parameters, "mended": r.mended} for r in RULES]
        print(json.dumps({"schema": "sansnom/rules/1", "ok": True, "findings": [], "rules": told}))
        return 0
    s = Speaker(args.voice.language)
    for theme in THEMES:
        print(s.text(f"rules.{theme}"))
        for rule in RULES:
            if rule.theme == theme:
                blank = dict.fromkeys(rule.parameters, "…")
                print(f"  {rule.code}\n    {s.text(rule.code, **blank)}")
    return 0
