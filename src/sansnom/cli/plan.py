"""`sansnom plan`: ask a question. Write it, have every rule judge it, take the nearest one that passes, publish it, take it back.

new        write a question, from a template, from flags, or by answering
check      every rule that refuses, and why; what it costs; how precise; the nearest question that passes
sign       sign as the convener
publish    judge, sign, put on the board, enter in the log; a refused question is published as refused
withdraw   take a published question back, in public
proposals  what was handed in by the board's form
rules      every rule that there is
practice   a board of made-up organizations to try all of this on
"""

import argparse
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Final

_MODULES: Final = {
    "new": "plan_new",
    "check": "plan_check",
    "sign": "plan_publish",
    "publish": "plan_publish",
    "withdraw": "plan_publish",
    "proposals": "plan_proposals",
    "rules": "plan_check",
    "practice": "plan_practice",
}


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser("plan", help="ask a question · poser une question")
    verbs = parser.add_subparsers(dest="plan_verb", metavar="VERB", required=True)
    _add_new(verbs)
    _add_check(verbs)
    _add_publish(verbs)
    proposals = verbs.add_parser("proposals", help="questions handed in by the form · questions remises par formulaire")
    proposals.add_argument("--board", type=Path, required=True, metavar="DIR")
    proposals.add_argument("--dir", type=Path, metavar="DIR", help="(proposals beside the board · à côté du tableau)")
    proposals.add_argument("--take", metavar="NUMBER", help="write this one as a plan · écrire celle-ci")
    proposals.add_argument("--out", type=Path, metavar="FILE", help="where · où (question.json)")
    rules = verbs.add_parser("rules", help="every rule that there is · toutes les règles")
    practice = verbs.add_parser("practice", help="a board to try this on · un tableau d’essai")
    practice.add_argument("dir", type=Path, nargs="?", default=Path("practice"), metavar="DIR", help="(practice)")
    for verb in (proposals, rules):
        verb.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def _add_new(verbs: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    new = verbs.add_parser("new", help="write a question · écrire une question")
    new.add_argument("--board", type=Path, metavar="DIR", help="the board it is for · le tableau visé")
    new.add_argument("--roster", type=Path, metavar="FILE", help="or a signed roster · ou une liste signée")
    new.add_argument("--out", type=Path, default=Path("question.json"), metavar="FILE", help="(question.json)")
    new.add_argument("--template", metavar="NAME", help="portrait, overlap, progress, waiting")
    new.add_argument(
        "--table",
        action="append",
        default=[],
        metavar="KIND:BY,BY",
        help="persons:region,age_group; may be repeated · peut se répéter",
    )
    new.add_argument("--name", metavar="NAME", help="short name · nom court")
    new.add_argument("--period", metavar="DAY..DAY", help="2026-04-01..2026-06-30")
    new.add_argument("--cutoff", metavar="DAY", help="answers by · réponses jusqu’au")
    new.add_argument("--expected", type=int, metavar="N", help="persons expected · personnes attendues")
    new.add_argument("--rho", type=Fraction, metavar="RHO", help="budget (1/10)")
    new.add_argument(
        "--series",
        choices=("quarters", "quarters-year"),
        help="the quarters of the fiscal year, with or without the year · les trimestres de l’exercice, avec ou sans lui",
    )
    for field in ("title", "requester", "presentation", "grounds", "others-asked", "technologies", "ethics", "source"):
        for language in ("fr", "en"):
            new.add_argument(f"--{field}-{language}", metavar="TEXT", help=argparse.SUPPRESS)
    new.add_argument("--no-questions", action="store_true", help="from flags alone · sans rien demander")


def _add_check(verbs: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    check = verbs.add_parser("check", help="every rule that refuses, and why · chaque règle qui refuse, et pourquoi")
    check.add_argument(
        "file",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the question, or those of a series in order · la question, ou celles d’une série, dans l’ordre",
    )
    check.add_argument("--roster", type=Path, metavar="FILE", help="signed roster · liste signée")
    check.add_argument("--dictionary", type=Path, metavar="FILE", help="another dictionary · un autre dictionnaire")
    check.add_argument("--ledger", type=Path, metavar="FILE", help="charges so far · dépenses à ce jour")
    check.add_argument(
        "--board", type=Path, metavar="DIR", help="a board: its plans count · un tableau\u00a0: ses questions comptent"
    )
    check.add_argument("--ratified", default="", metavar="CODE,CODE", help="sensitive variables allowed · permises")
    check.add_argument("--repair", type=Path, metavar="FILE", help="write the nearest question · écrire la plus proche")
    check.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def _add_publish(verbs: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    sign = verbs.add_parser("sign", help="sign as the convener · signer pour la table de concertation")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--roster", type=Path, required=True, metavar="DIR", help="its directory · son dossier")
    sign.add_argument("--out", type=Path, required=True, metavar="FILE")
    publish = verbs.add_parser("publish", help="sign, publish, enter in the log · signer, publier, inscrire au journal")
    publish.add_argument(
        "file",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="the question, or those of a series in order · la question, ou celles d’une série, dans l’ordre",
    )
    publish.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="VALUE",
        help="from the keeper's roster check; one a question · valeur de contrôle du gardien, une par question",
    )
    publish.add_argument(
        "--without-helpers", action="store_true", help="practice boards alone · tableau d’essai seulement"
    )
    withdraw = verbs.add_parser("withdraw", help="take a question back · retirer une question")
    withdraw.add_argument("name", metavar="NAME", help="the question's name · le nom de la question")
    withdraw.add_argument("--reason-fr", required=True, metavar="TEXT")
    withdraw.add_argument("--reason-en", required=True, metavar="TEXT")
    for verb in (publish, withdraw):
        verb.add_argument("--board", type=Path, required=True, metavar="DIR")
        verb.add_argument("--keys", type=Path, required=True, metavar="DIR", help="convener.json, log.json")


def run(args: argparse.Namespace) -> int:
    """Run one of its verbs."""
    return int(import_module(f"sansnom.cli.{_MODULES[args.plan_verb]}").run(args))
