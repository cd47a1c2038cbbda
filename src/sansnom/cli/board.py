"""`sansnom board`: keep a board's files and its log, make its pages, serve them on this machine."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sansnom.cli.log_keys import read_log_key, write_log_key
from sansnom.terms.errors import InputError

PORT: Final = 8321


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser(
        "board", help="keep, build or serve the public board · tenir, construire ou servir le tableau public"
    )
    verbs = parser.add_subparsers(dest="board_verb", metavar="VERB", required=True)
    build = verbs.add_parser("build", help="make pages, charts and CSV from the public files · faire les pages")
    serve = verbs.add_parser("serve", help="serve the files on loopback · servir les fichiers sur cette machine")
    serve.add_argument("--port", type=int, default=PORT, metavar="N", help=f"({PORT})")
    enter = verbs.add_parser("enter", help="enter new files in the log · inscrire au journal ce qui est nouveau")
    cosign = verbs.add_parser("cosign", help="witness the log's state · cosigner l’état du journal")
    fsck = verbs.add_parser("fsck", help="check the log alone · vérifier le journal seul")
    for verb in (build, serve, enter, cosign, fsck):
        verb.add_argument("dir", type=Path, metavar="DIR", help="the board's folder · le dossier du tableau")
    enter.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="signed files to add first · à ajouter d’abord"
    )
    cosign.add_argument("--memory", type=Path, required=True, metavar="FILE", help="what was seen before · déjà vu")
    for verb in (enter, cosign):
        verb.add_argument("--key", type=Path, required=True, metavar="FILE", help="from board key · clé du journal")
    key = verbs.add_parser("key", help="make the key of a log or of a witness · créer une clé de journal")
    key.add_argument("--out", type=Path, required=True, metavar="FILE", help="the private key · la clé privée")
    key.add_argument("--name", required=True, metavar="NAME", help="such as board.example.org · le nom du journal")
    key.add_argument("--witness", action="store_true", help="a key to cosign with · une clé pour cosigner")
    incident = verbs.add_parser("incident", help="sign an incident · signer un incident")
    incident.add_argument(
        "file", type=Path, metavar="FILE", help="what happened, as JSON · ce qui s’est passé, en JSON"
    )
    incident.add_argument("--keys", type=Path, required=True, metavar="FILE", help="convener.json")
    incident.add_argument("--out", type=Path, required=True, metavar="FILE")
    for verb in (build, enter, fsck):
        verb.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Run one of its verbs."""
    verbs = {
        "build": _build,
        "serve": _serve,
        "enter": _enter,
        "cosign": _cosign,
        "fsck": _fsck,
        "key": _key,
        "incident": _incident,
    }
    return verbs[args.board_verb](args)


def _build(args: argparse.Namespace) -> int:
    from sansnom.board.site import build_site

    made = build_site(args.dir)
    if args.json:
        told = {"schema": "sansnom/board-built/1", "ok": True, "findings": [], "files": len(made)}
        print(json.dumps(told))
    else:
        args.voice.say("board.built", files=len(made), folder=str(args.dir))
    return 0


def _serve(args: argparse.Namespace) -> int:
    from sansnom.board.serve import HOST, serve
    from sansnom.helper.clock import SystemClock

    if not args.dir.is_dir():
        raise InputError("board.no_roster", where=args.dir.name)
    args.voice.say("board.serving", url=f"http://{HOST}:{args.port}/")
    serve(args.dir, args.port, SystemClock())
    return 0


def _enter(args: argparse.Namespace) -> int:
    """Put the files given where they belong, if the board can be believed with them; then enter all that is new."""
    from sansnom.board.dictionaries import shipped_dictionaries
    from sansnom.board.journal import Journal
    from sansnom.board.keeping import add_files, enter_files, keeper_of
    from sansnom.board.rosters import read_rosters

    private, _ = read_log_key(args.key)
    add_files(args.dir, args.files, shipped_dictionaries())
    entered = enter_files(args.dir, private, datetime.now(UTC))
    size = Journal(args.dir, keeper_of(args.dir, read_rosters(args.dir))).checkpoint()[0].size
    if args.json:
        told = {"ok": True, "findings": [], "entered": [entry.file for entry in entered], "size": size}
        print(json.dumps({"schema": "sansnom/board-entered/1", **told}))
        return 0
    for entry in entered:
        print(f"  {entry.file}")
    args.voice.say("log.entered", entries=len(entered), size=size)
    return 0


def _cosign(args: argparse.Namespace) -> int:
    """Sign the log's state as a witness, after checking that it continues the one signed last time."""
    from sansnom.audit.log_check import Memory, check_log
    from sansnom.board.journal import Journal
    from sansnom.board.keeping import keeper_of
    from sansnom.board.rosters import read_rosters

    private, name = read_log_key(args.key)
    keeper = keeper_of(args.dir, read_rosters(args.dir))
    verdict = check_log(args.dir, keeper, Memory(args.memory))
    if verdict.findings or verdict.checkpoint is None:
        return _tell(args, verdict.findings)
    Journal(args.dir, keeper).cosign(name, private, datetime.now(UTC))
    args.voice.say("log.cosigned", name=name, size=verdict.checkpoint.size)
    return 0


def _fsck(args: argparse.Namespace) -> int:
    """Hash every entry again and hold the log against the files; name what a killed writer left, which binds nobody."""
    from sansnom.audit.log_check import check_log, key_beside
    from sansnom.board.journal import Journal
    from sansnom.board.keeping import keeper_of
    from sansnom.board.rosters import read_rosters

    keeper = keeper_of(args.dir, read_rosters(args.dir))
    verdict = check_log(args.dir, keeper)
    findings = (*verdict.findings, *key_beside(args.dir, keeper))
    remains = Journal(args.dir, keeper).remains() if verdict.checkpoint is not None else ()
    size = verdict.checkpoint.size if verdict.checkpoint is not None else 0
    if args.json:
        found = [{"code": f.code, "where": f.where} for f in findings]
        told = {"ok": not found, "findings": found, "size": size, "remains": list(remains)}
        print(json.dumps({"schema": "sansnom/board-fsck/1", **told}))
        return 1 if found else 0
    for name in remains:
        args.voice.say("log.remains", where=name)
    if findings:
        return _tell(args, findings)
    args.voice.say("log.sound", size=size)
    return 0


def _tell(args: argparse.Namespace, findings: Any) -> int:  # noqa: ANN401 - findings of a check
    from sansnom.cli.verify import say_findings

    say_findings(args.voice, findings)
    return 1


def _key(args: argparse.Namespace) -> int:
    verifier = write_log_key(args.out, args.name, witness=args.witness)
    args.voice.say("log.key_made", where=str(args.out), key=verifier.text)
    return 0


def _incident(args: argparse.Namespace) -> int:
    """Check and sign an incident; `board enter` publishes it."""
    from sansnom.board.journal import write_whole
    from sansnom.board.rosters import read_json
    from sansnom.cli.roster import read_private_keys
    from sansnom.terms.canonical import canonical_bytes
    from sansnom.terms.incident import Incident
    from sansnom.transparency.signature import sign_object

    if not args.file.is_file():
        raise InputError("cli.file.unreadable", where=str(args.file))
    incident = Incident.from_json(read_json(args.file, args.file.name))
    if args.out.exists():
        raise InputError("cli.out.exists", where=str(args.out))
    envelope = sign_object("incident", incident.to_json(), read_private_keys(args.keys).signing)
    write_whole(args.out, canonical_bytes(envelope))
    args.voice.say("incident.signed", file=str(args.out))
    return 0
