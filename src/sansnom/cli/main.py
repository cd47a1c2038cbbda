"""The command line: finds the verb, runs it, turns errors into sentences and exit codes. It computes nothing.

Exit codes: 0 good, 1 a finding, 2 usage or input, 3 refused by rule, 4 interrupted or stopped safely.
"""

import argparse
import json
import sys
from importlib import import_module
from typing import Any, Final

from sansnom.cli.speak import Voice, voice_for
from sansnom.terms.errors import BrokenInvariant, InputError, PeerError, PolicyRefusal, SansnomError

GOOD: Final = 0
FINDING: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
INTERRUPTED: Final = 4

VERBS: Final = ("demo", "run", "verify", "plan", "roster", "board", "helper", "desk", "protect", "audit")
"""One file a verb: `sansnom.cli.VERB` gives `add_parser(subparsers)` and `run(args) -> int`."""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all verbs."""
    parser = argparse.ArgumentParser(
        prog="sansnom",
        description="Statistics without names; people keep theirs. · "
        "Des statistiques sans nom; des personnes qui gardent le leur.",
        epilog="Exit codes · Codes de sortie\u00a0: 0 good · bon, 1 finding · constat, 2 usage, "
        "3 refused · refusé, 4 interrupted · interrompu.",
    )
    parser.add_argument("--language", choices=("fr", "en"), help="language of what is said · langue des messages")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        import_module(f"sansnom.cli.{verb}").add_parser(subparsers)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and give its exit code; never a traceback for what a person or a file did."""
    args = build_parser().parse_args(arguments)
    voice = voice_for(args.language)
    args.voice = voice
    try:
        return int(import_module(f"sansnom.cli.{args.verb}").run(args))
    except KeyboardInterrupt:
        voice.error("cli.interrupted")
        return INTERRUPTED
    except SansnomError as error:
        return _explain(voice, error, as_json=bool(getattr(args, "json", False)))


def _explain(voice: Voice, error: SansnomError, *, as_json: bool) -> int:
    findings = getattr(error, "findings", ())
    if as_json:
        told: dict[str, Any] = {
            "schema": "sansnom/findings/1",
            "ok": False,
            "findings": [{"code": f.code, "where": f.where} for f in findings]
            or [{"code": error.code, "where": str(error.parameters.get("where", ""))}],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        voice.explain(error)
    if isinstance(error, PolicyRefusal):
        return REFUSED
    if isinstance(error, InputError):
        return USAGE
    if isinstance(error, (PeerError, BrokenInvariant)):
        return INTERRUPTED
    return FINDING


if __name__ == "__main__":
    sys.exit(main())
