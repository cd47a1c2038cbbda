"""`sansnom helper`: run one of the three computing institutions. Nothing here computes anything but for a real run.

init     make its keys, its certificate and its empty store; print what goes on the roster
serve    run it until it is told to stop
renew    make its next certificate, before the present one ends
learn    read the plans of a board before taking another helper's seat
status   say how far its runs are: states and counts
check    look over its folder, changing nothing: after a crash, a full disk, a doubt
"""

import argparse
import contextlib
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any, Final

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Text

STATUS_FORMAT: Final = "sansnom/helper-status/1"


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser("helper", help="run a computing institution · tenir une institution de calcul")
    verbs = parser.add_subparsers(dest="helper_verb", metavar="VERB", required=True)

    init = verbs.add_parser("init", help="make its keys and its store · créer ses clés et son fichier")
    init.add_argument("--out", type=Path, required=True, metavar="DIR")
    init.add_argument("--party", type=int, required=True, metavar="N", help="seat · siège: 0, 1, 2")
    init.add_argument("--name-fr", required=True, metavar="NAME")
    init.add_argument("--name-en", required=True, metavar="NAME")
    init.add_argument("--institution-fr", metavar="NAME", help="who runs it · qui la tient")
    init.add_argument("--institution-en", metavar="NAME")
    init.add_argument(
        "--url", required=True, metavar="https://HOST:PORT", help="where desks reach it · adresse publique"
    )
    init.add_argument(
        "--peer-address", required=True, metavar="HOST:PORT", help="for the two others · pour les deux autres"
    )

    serve = verbs.add_parser("serve", help="run it · la mettre en marche")
    serve.add_argument("--dir", type=Path, required=True, metavar="DIR")
    serve.add_argument("--roster", type=Path, required=True, metavar="FILE", help="signed roster · liste signée")
    serve.add_argument(
        "--board", required=True, metavar="DIR|https://...", help="where releases go · où vont les diffusions"
    )
    serve.add_argument("--listen", required=True, metavar="HOST:PORT")
    serve.add_argument("--peer-listen", required=True, metavar="HOST:PORT")
    serve.add_argument("--burst", type=int, default=120, metavar="N", help="requests at once per address · d’un coup")
    serve.add_argument(
        "--watch", default="", metavar="PORT|HOST:PORT", help="health page, on this machine · page d’état"
    )
    serve.add_argument("--per-second", type=int, default=20, metavar="N", help="then, per second · puis, par seconde")

    renew = verbs.add_parser("renew", help="make its next certificate · créer son prochain certificat")
    renew.add_argument("--dir", type=Path, required=True, metavar="DIR")

    learn = verbs.add_parser("learn", help="read the board before taking a seat · lire le tableau avant de siéger")
    learn.add_argument("--dir", type=Path, required=True, metavar="DIR")
    learn.add_argument("--board", type=Path, required=True, metavar="DIR", help="a copy of the board · une copie")

    status = verbs.add_parser("status", help="how far its runs are · où en sont ses calculs")
    status.add_argument("--dir", type=Path, required=True, metavar="DIR")
    check = verbs.add_parser("check", help="look over its folder, change nothing · vérifier son dossier")
    check.add_argument("--dir", type=Path, required=True, metavar="DIR")
    for verb in (status, check):
        verb.add_argument("--json", action="store_true", help="as JSON · en JSON")


def run(args: argparse.Namespace) -> int:
    """Do one of its verbs; 0 when done, 1 when a check has found something."""
    verbs = {"init": _init, "serve": _serve, "status": _status, "check": _check, "renew": _renew, "learn": _learn}
    return verbs[args.helper_verb](args) or 0


def _init(args: argparse.Namespace) -> None:
    from sansnom.exchange.keys import fingerprint
    from sansnom.helper.clock import SystemClock
    from sansnom.helper.keys import initialize_helper

    name = Text(args.name_fr, args.name_en)
    entry = initialize_helper(
        args.out,
        party=args.party,
        name=name,
        institution=Text(args.institution_fr or name.fr, args.institution_en or name.en),
        url=args.url,
        peer_address=args.peer_address,
        randomness=secrets.token_bytes,
        clock=SystemClock(),
    )
    args.voice.say("helper.made", party=args.party, where=args.out.name)
    args.voice.say("helper.entry", where="helper.json")
    args.voice.say("helper.fingerprint", fingerprint=fingerprint(entry.sign_key, entry.seal_key))
    args.voice.say("helper.certificate", digest=entry.certificate)


def _serve(args: argparse.Namespace) -> None:
    from sansnom.helper.limits import Limits
    from sansnom.helper.serve import Service, serve_helper

    if args.burst < 1 or args.per_second < 1:
        raise InputError("helper.rate", where="--burst, --per-second")
    limits = Limits(burst=float(args.burst), per_second=float(args.per_second))
    serve_helper(Service(args.dir, args.roster, args.board, args.listen, args.peer_listen, limits, watch=args.watch))


def _renew(args: argparse.Namespace) -> None:
    from sansnom.helper.clock import SystemClock
    from sansnom.helper.renewal import NEXT, renew_certificate

    entry = renew_certificate(args.dir, SystemClock())
    args.voice.say("helper.told.renewed", where=NEXT)
    args.voice.say("helper.certificate", digest=entry.certificate)


def _learn(args: argparse.Namespace) -> None:
    """Believe the board first, all of it: its rosters, its plans, its releases."""
    from sansnom.board.dictionaries import shipped_dictionaries
    from sansnom.board.public import read_board
    from sansnom.helper.clock import SystemClock, written
    from sansnom.helper.keys import load_helper
    from sansnom.helper.learning import Public, learn
    from sansnom.helper.serve import alone
    from sansnom.helper.store import Store

    identity = load_helper(args.dir)
    board = read_board(args.board, shipped_dictionaries())
    plans = [
        Public(plan, _plan_file(args.board, plan.plan), board.release_of(plan.plan) is not None) for plan in board.plans
    ]
    with alone(args.dir), contextlib.closing(Store(identity.store_path)) as store:
        count = learn(store, plans, written(SystemClock().now()))
    args.voice.say("helper.told.learned", count=count, spent=str(board.ledger.lifetime))


def _plan_file(board: Path, name: str) -> bytes:
    from sansnom.terms.canonical import canonical_bytes

    return canonical_bytes(json.loads((board / "plans" / name / "plan.json").read_bytes()))


def _status(args: argparse.Namespace) -> None:
    from sansnom.helper.keys import load_helper
    from sansnom.helper.store import Store

    identity = load_helper(args.dir)
    try:
        store = Store(identity.store_path, read_only=True)
    except sqlite3.Error:
        raise InputError("helper.directory", where=args.dir.name) from None
    runs = [
        {
            "plan": run.plan,
            "state": run.state.value,
            "submissions": store.count_submissions(run.plan),
            "attempts": run.attempts,
            "reason": run.reason,
        }
        for run in store.runs()
    ]
    told = {"schema": STATUS_FORMAT, "party": int(identity.party), "bytes": store.size_bytes(), "runs": runs}
    store.close()
    if args.json:
        print(json.dumps(told))
        return
    args.voice.say("helper.status", party=told["party"], plans=len(runs), size=told["bytes"])
    for line in runs:
        args.voice.say("helper.status_run", **line)


def _check(args: argparse.Namespace) -> int:
    from sansnom.helper.check import check_helper

    checked = check_helper(args.dir)
    if args.json:
        found = [{"code": f.code, "where": f.where} for f in checked.findings]
        told = {"ok": not found, "findings": found, "plans": checked.plans, "submissions": checked.submissions}
        print(json.dumps({"schema": "sansnom/helper-check/1", **told}))
    elif not checked.findings:
        args.voice.say("check.sound", plans=checked.plans, submissions=checked.submissions)
    else:
        from sansnom.cli.verify import say_findings

        say_findings(args.voice, checked.findings)
    return 1 if checked.findings else 0
