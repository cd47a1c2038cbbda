"""The command line: finds the verb, runs it, turns errors into sentences and exit codes. It computes nothing.

Exit codes: 0 good, 1 a finding, 2 usage or input, 3 refused by rule, 4 interrupted or stopped safely.
"""

import argparse
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from errno import errorcode
from importlib import import_module
from itertools import pairwise
from typing import Any, Final

from sansnom.cli.quiet import quiet_process
from sansnom.cli.speak import Voice, voice_for
from sansnom.cli.usage import parser_in
from sansnom.terms.errors import BrokenInvariant, InputError, PeerError, PolicyRefusal, SansnomError, told_by_places

GOOD: Final = 0
FINDING: Final = 1
USAGE: Final = 2
REFUSED: Final = 3
INTERRUPTED: Final = 4

VERBS: Final[Mapping[str, str]] = {
    "demo": "a whole question on a synthetic world · une question complète sur un monde synthétique",
    "run": "answer a question over organizations' files · répondre à une question sur les fichiers d’organismes",
    "verify": "check a board from its public files alone · vérifier un tableau par ses seuls fichiers publics",
    "plan": "ask a question · poser une question",
    "roster": "who takes part, under which keys · qui participe, sous quelles clés",
    "board": "keep, build or serve the public board · tenir, construire ou servir le tableau public",
    "helper": "run a computing institution · tenir une institution de calcul",
    "desk": "open the organization's desk · ouvrir le poste de l'organisme",
    "protect": "make a table safe to publish · rendre un tableau publiable",
    "audit": "measure and attack · mesurer et attaquer",
}
"""One file a verb: `sansnom.cli.VERB` gives `add_parser(subparsers)` and `run(args) -> int`; and what each verb does."""


def build_parser(asked: Collection[str] = VERBS, language: str = "en") -> argparse.ArgumentParser:
    """Build the parser of the verbs asked for; of each other one only its name and what it does, so that nothing slow is loaded."""
    parser = parser_in(language)(
        prog="sansnom",
        description="Statistics without names; people keep theirs. · "
        "Des statistiques sans nom; des personnes qui gardent le leur.",
        epilog="Exit codes · Codes de sortie\u00a0: 0 good · bon, 1 finding · constat, 2 usage, "
        "3 refused · refusé, 4 interrupted · interrompu.",
    )
    parser.add_argument("--language", choices=("fr", "en"), help="language of what is said · langue des messages")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, told in VERBS.items():
        if verb in asked:
            import_module(f"sansnom.cli.{verb}").add_parser(subparsers)
        else:
            subparsers.add_parser(verb, help=told)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and give its exit code; never a traceback: its last line quotes what a library choked on (G-10)."""
    if arguments is None:
        quiet_process()
    for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(library, "1")  # many small products: threads would mostly wait for one another
    given = sys.argv[1:] if arguments is None else arguments
    args = build_parser(_verb_in(given), voice_for(_language_in(given)).language).parse_args(given)
    voice = voice_for(args.language)
    args.voice = voice
    try:
        return int(import_module(f"sansnom.cli.{args.verb}").run(args))
    except KeyboardInterrupt:
        voice.error("cli.interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output, `head` perhaps, has had enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except (
        OSError
    ) as error:  # its message quotes a path, and what the system says in its own language; its number says enough
        refused = InputError("cli.system", reason=errorcode.get(error.errno or 0, type(error).__name__))
        return _explain(voice, refused, as_json=bool(getattr(args, "json", False)))
    except SansnomError as error:
        return _explain(voice, error, as_json=bool(getattr(args, "json", False)))
    except Exception as error:  # noqa: BLE001 - a bug of ours: told by its type and its lines, and by nothing it held
        broken = BrokenInvariant("cli.broken", where=told_by_places(error))
        return _explain(voice, broken, as_json=bool(getattr(args, "json", False)))


def _verb_in(arguments: Sequence[str]) -> tuple[str, ...]:
    """Find the verb: the first word that is one, before any parser was built."""
    return tuple(word for word in arguments if word in VERBS)[:1]


def _language_in(arguments: Sequence[str]) -> str | None:
    """Find the language that was asked for, for what is said before the arguments are understood."""
    told = dict(pairwise(arguments)).get("--language", "")
    joined = next((word.partition("=")[2] for word in arguments if word.startswith("--language=")), "")
    return told or joined or None


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
