"""`sansnom verify`: check a board from its public files alone, and say what was checked and what cannot be.

Remembers the log that it saw, in one file of this user, so that a log that was rewritten since is found.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sansnom.cli.speak import Voice, sentence
from sansnom.terms.errors import Finding, InputError

if TYPE_CHECKING:
    from sansnom.audit.log_check import LogVerdict, Memory
    from sansnom.audit.public_check import Verdict


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse gives its action no public type
    """Describe `verify`."""
    parser = subparsers.add_parser(
        "verify",
        help="check a board from its public files alone · vérifier un tableau par ses seuls fichiers publics",
    )
    parser.add_argument(
        "board", metavar="DIR|URL", help="the board's folder or https address · dossier ou adresse https"
    )
    parser.add_argument(
        "--memory",
        type=Path,
        metavar="FILE",
        help="what was seen before · ce qui a été vu (par défaut\u00a0: vos réglages)",
    )
    parser.add_argument("--forget", action="store_true", help="forget what was seen before · oublier ce qui a été vu")
    parser.add_argument(
        "--witness", action="append", default=[], metavar="KEY", help="a witness's public key · clé d’un cosignataire"
    )
    parser.add_argument(
        "--no-pages", action="store_true", help="do not make the pages again · ne pas refaire les pages"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Check; 0 when everything holds, 1 with a finding."""
    from sansnom.audit.log_check import Memory

    memory = Memory(args.memory or memory_place())
    if "://" in args.board:
        verdict = _check_address(args, memory)
    else:
        folder = Path(args.board)
        if not (folder / "roster.json").is_file():
            raise InputError("verify.no_board", where=str(folder))
        verdict = _check(args, folder, memory)
    if args.json:
        print(json.dumps(_as_json(verdict), ensure_ascii=False))
    else:
        _say(args, verdict)
    return 1 if verdict.findings else 0


def memory_place() -> Path:
    """Say where this user's memory is: the system's own place for what a program remembers."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "sansnom" / "seen.json"


def _check(args: argparse.Namespace, folder: Path, memory: "Memory") -> "Verdict":
    from sansnom.audit.public_check import Look, check_board
    from sansnom.board.dictionaries import shipped_dictionaries
    from sansnom.transparency.note import Verifier

    if args.forget:
        _forget(folder, memory)
        if not args.json:
            args.voice.say("verify.forgotten")
    witnesses = tuple(Verifier.read(text) for text in args.witness)
    return check_board(folder, shipped_dictionaries(), Look(memory, witnesses, pages=not args.no_pages))


def _check_address(args: argparse.Namespace, memory: "Memory") -> "Verdict":
    """Fetch what the log names, check that, and hold the address to the log that it showed last time."""
    from dataclasses import replace

    from sansnom.audit.public_fetch import fetch_board, getter
    from sansnom.transparency.note import Verifier

    with tempfile.TemporaryDirectory(prefix="sansnom-verify-") as made:
        folder = Path(made)
        fetch_board(getter(args.board), folder)
        if args.forget:
            memory.unpin(args.board)
        before = memory.pinned(args.board)
        shown = _shown_key(folder)
        verdict = _check(args, folder, memory)
    if before and shown != before:
        other = Finding("log.other_board", args.board)
        return replace(verdict, findings=(*verdict.findings, other))
    if shown and not verdict.findings:
        memory.pin(args.board, Verifier.read(shown))
    return replace(verdict, not_checked=(*verdict.not_checked, "verify.unchecked.hidden"))


def _shown_key(folder: Path) -> str:
    """Give the log's key as the board shows it; empty where it shows none that can be believed."""
    from sansnom.board.keeping import keeper_of
    from sansnom.board.rosters import read_rosters
    from sansnom.terms.errors import SansnomError

    try:
        return keeper_of(folder, read_rosters(folder)).text
    except SansnomError:
        return ""


def _forget(folder: Path, memory: "Memory") -> None:
    from sansnom.transparency.note import Verifier

    shown = _shown_key(folder)
    if shown:
        memory.forget(Verifier.read(shown))


def _journal(verdict: "LogVerdict | None") -> dict[str, Any] | None:
    from sansnom.audit.public_fetch import shown_root

    if verdict is None or verdict.checkpoint is None:
        return None
    checkpoint = verdict.checkpoint
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": shown_root(checkpoint.root),
        "witnesses": verdict.witnesses,
        "seen": verdict.seen,
    }


def _as_json(verdict: "Verdict") -> dict[str, Any]:
    return {
        "schema": "sansnom/verify/1",
        "ok": not verdict.findings,
        "findings": [{"code": f.code, "where": f.where} for f in verdict.findings],
        "checked": list(verdict.checked),
        "not_checked": list(verdict.not_checked),
        **_counts(verdict),
        "log": _journal(verdict.journal),
    }


def _counts(verdict: "Verdict") -> dict[str, int]:
    names = ("plans", "releases", "refusals", "withdrawals", "incidents")
    return {name: getattr(verdict, name) for name in names}


def _say(args: argparse.Namespace, verdict: "Verdict") -> None:
    voice = args.voice
    if verdict.checked:
        voice.say("verify.counts", **_counts(verdict))
    for code in verdict.checked:
        print(f"  · {voice.text(code)}")
    told = _journal(verdict.journal)
    if told is not None:
        voice.say("verify.state", size=told["size"], root=told["root"], witnesses=told["witnesses"])
    voice.say("verify.cannot")
    for code in verdict.not_checked:
        print(f"  · {voice.text(code)}")
    say_findings(voice, verdict.findings)
    voice.say("verify.bad" if verdict.findings else "verify.good", findings=len(verdict.findings))


def say_findings(voice: Voice, findings: Iterable[Finding]) -> None:
    """Say what does not hold on standard error, in both languages."""
    for finding in findings:
        for language in (voice.language, "en" if voice.language == "fr" else "fr"):
            print(_sentence(finding, language), file=sys.stderr)


def _sentence(finding: Finding, language: str) -> str:
    """Say what does not hold, and why, where the code has a sentence."""
    why = sentence(finding.code, language, {**finding.parameters, "where": finding.where})
    known = not why.startswith(finding.code)
    told = {"where": finding.where, "code": finding.code, "why": why}
    return sentence("verify.finding.why" if known else "verify.finding", language, told)
