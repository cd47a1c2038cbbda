"""`sansnom verify`: check a board from its public files alone, and say what was checked and what cannot be."""

import argparse
import json
from pathlib import Path
from typing import Any

from sansnom.terms.errors import InputError


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `verify`."""
    parser = subparsers.add_parser(
        "verify",
        help="check a board from its public files alone · vérifier un site par ses seuls fichiers publics",
    )
    parser.add_argument("board", type=Path, metavar="DIR", help="the board's folder · le dossier du site")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Check; 0 when everything holds, 1 with a finding."""
    from sansnom.audit.public_check import CHECKED, NOT_CHECKED, check_board
    from sansnom.board.site import shipped_dictionaries

    if not (args.board / "roster.json").is_file():
        raise InputError("verify.no_board", where=str(args.board))
    verdict = check_board(args.board, shipped_dictionaries())
    counts = {"plans": verdict.plans, "releases": verdict.releases, "refusals": verdict.refusals}
    if args.json:
        told = {
            "schema": "sansnom/verify/1",
            "ok": not verdict.findings,
            "findings": [{"code": f.code, "where": f.where} for f in verdict.findings],
            "checked": list(CHECKED),
            "not_checked": list(NOT_CHECKED),
        }
        print(json.dumps({**told, **counts}, ensure_ascii=False))
        return 1 if verdict.findings else 0
    voice = args.voice
    voice.say("verify.counts", **counts)
    for code in CHECKED:
        print(f"  · {voice.text(code)}")
    voice.say("verify.cannot")
    for code in NOT_CHECKED:
        print(f"  · {voice.text(code)}")
    for finding in verdict.findings:
        voice.error("verify.finding", where=finding.where, code=finding.code)
    voice.say("verify.bad" if verdict.findings else "verify.good", findings=len(verdict.findings))
    return 1 if verdict.findings else 0
