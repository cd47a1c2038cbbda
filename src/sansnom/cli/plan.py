"""`sansnom plan`: judge a question by every rule before anyone else sees it, and sign it as the convener."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sansnom.terms.errors import Finding, InputError
from sansnom.terms.plan import Plan
from sansnom.terms.vocabulary import Dictionary

KIND: Final = "plan"
REFUSED: Final = 3


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser("plan", help="check or sign a question · vérifier ou signer une question")
    verbs = parser.add_subparsers(dest="plan_verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="every rule that refuses, and why · chaque règle qui refuse, et pourquoi")
    check.add_argument("file", type=Path, metavar="FILE", help="the plan, signed or not · la question, signée ou non")
    check.add_argument("--roster", type=Path, required=True, metavar="FILE", help="signed roster · liste signée")
    check.add_argument("--dictionary", type=Path, metavar="FILE", help="another dictionary · un autre dictionnaire")
    check.add_argument("--ledger", type=Path, metavar="FILE", help="charges so far · dépenses à ce jour")
    check.add_argument(
        "--board", type=Path, metavar="DIR", help="a board: its plans count · un tableau\u00a0: ses questions comptent"
    )
    check.add_argument("--ratified", default="", metavar="CODE,CODE", help="sensitive variables allowed · permises")
    check.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")
    sign = verbs.add_parser("sign", help="sign as the convener · signer pour la table de concertation")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--roster", type=Path, required=True, metavar="DIR", help="its directory · son dossier")
    sign.add_argument("--out", type=Path, required=True, metavar="FILE")


def run(args: argparse.Namespace) -> int:
    """Run one of its verbs."""
    return {"check": _check, "sign": _sign}[args.plan_verb](args)


def _check(args: argparse.Namespace) -> int:
    from sansnom.cli.roster import load_signed
    from sansnom.release.budget import Ledger
    from sansnom.release.rules import Known, check_plan

    plan = _read_plan(args.file)
    dictionaries = _dictionaries(args.dictionary)
    dictionary = dictionaries.get(plan.dictionary) or dictionaries[max(dictionaries)]
    ledger = Ledger() if args.ledger is None else Ledger.from_json(_read_json(args.ledger))
    earlier: tuple[Plan, ...] = ()
    if args.board is not None:
        from sansnom.board.public import read_board

        board = read_board(args.board, dictionaries)
        earlier, ledger = board.plans, ledger if args.ledger is not None else board.ledger
    ratified = frozenset(code for code in args.ratified.split(",") if code)
    known = Known(frozenset(dictionaries), ratified, earlier)
    found = check_plan(plan, dictionary, load_signed(args.roster), ledger, known)
    if args.json:
        print(json.dumps(_told(plan, dictionary, found), ensure_ascii=False))
    elif not found:
        _say_accepted(args, plan, dictionary, str(ledger.left(plan.budget_year)))
    else:
        from sansnom.terms.errors import PolicyRefusal

        args.voice.explain(PolicyRefusal("plan.would_refuse", found, plan=plan.plan, reasons=len(found)))
    return REFUSED if found else 0


def _told(plan: Plan, dictionary: Dictionary, found: tuple[Finding, ...]) -> dict[str, Any]:
    from sansnom.release.account import loss_of, noise_scales
    from sansnom.release.intervals_noise import half_width

    told: dict[str, Any] = {
        "schema": "sansnom/findings/1",
        "ok": not found,
        "findings": [{"code": f.code, "where": f.where, "parameters": f.parameters} for f in found],
        "plan": plan.plan,
        "digest": plan.digest,
    }
    if not found:
        scales = zip(plan.tables, noise_scales(plan, dictionary), strict=False)
        told["tables"] = [{"table": t.table, "cells": s.cells, "half_width": half_width(s.variance, law=s.law)} for t, s in scales]
        told["loss"] = loss_of(plan).to_json()
    return told


def _say_accepted(args: argparse.Namespace, plan: Plan, dictionary: Dictionary, left: str) -> None:
    """Say what it would cost, and how precise each table would be: known before asking."""
    from sansnom.release.account import noise_scales
    from sansnom.release.intervals_noise import half_width

    args.voice.say("plan.accepted", rho=str(plan.rho), year=plan.budget_year, left=left)
    for table, scale in zip(plan.tables, noise_scales(plan, dictionary), strict=False):
        title = table.title.in_language(args.voice.language)
        width = half_width(scale.variance, law=scale.law)
        args.voice.say("plan.table_precision", table=title, cells=scale.cells, width=width, rho=str(table.rho))


def _sign(args: argparse.Namespace) -> int:
    from sansnom.cli.roster import load_signed, read_private_keys
    from sansnom.terms.canonical import canonical_bytes
    from sansnom.transparency.signature import sign_object, verify_object

    plan = _read_plan(args.file)
    roster = load_signed(args.roster / "roster.json")
    if plan.roster_digest != roster.digest:
        raise InputError("rule.roster", where=args.file.name, version=plan.roster_version)
    keys = read_private_keys(args.roster / "convener.json")
    envelope = sign_object(KIND, plan.to_json(), keys.signing)
    verify_object(KIND, envelope, [roster.convener_key], 1)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with args.out.open("xb") as file:
            file.write(canonical_bytes(envelope))
    except FileExistsError:
        raise InputError("plan.out_exists", where=args.out.name) from None
    args.voice.say("plan.signed", file=args.out.name)
    return 0


def _read_plan(path: Path) -> Plan:
    told = _read_json(path)
    signed = isinstance(told, dict) and set(told) == {"signed", "signatures"}
    return Plan.from_json(told["signed"] if signed else told)


def _dictionaries(path: Path | None) -> Mapping[str, Dictionary]:
    from sansnom.board.site import shipped_dictionaries

    if path is None:
        return shipped_dictionaries()
    dictionary = Dictionary.from_json(_read_json(path))
    return {dictionary.version: dictionary}


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds; readers check it
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise InputError("plan.unreadable", where=path.name) from None
