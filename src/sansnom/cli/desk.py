"""`sansnom desk`: open the organization's desk in the browser; back it up, check a backup, restore it."""

import argparse
import getpass
import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sansnom.terms.errors import InputError, PolicyRefusal


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser("desk", help="open the organization's desk · ouvrir le poste de l'organisme")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="the desk's folder · le dossier du poste")
    parser.add_argument("--port", type=int, metavar="N", help="(8322)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser · ne pas ouvrir de navigateur")
    parser.add_argument("--host", metavar="NAME", help="answer other machines, with TLS · autres ordinateurs, avec TLS")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="TLS certificate · certificat TLS")
    parser.add_argument("--private-key", type=Path, metavar="PEM", help="its private key · sa clé privée")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a desk filled with synthetic people · un poste rempli de personnes synthétiques",
    )
    verbs = parser.add_subparsers(dest="desk_verb", metavar="VERB")
    backup = verbs.add_parser("backup", help="write an encrypted backup into a folder · écrire une copie chiffrée")
    backup.add_argument("into", type=Path, metavar="DIR", help="the backups' folder · le dossier des copies")
    check = verbs.add_parser("check", help="read all of a backup, change nothing · lire toute une copie")
    restore = verbs.add_parser("restore", help="put a backup in the desk's place · remettre une copie en place")
    for verb in (check, restore):
        verb.add_argument("backup", type=Path, metavar="FILE", help="the backup · la copie")
    for verb in (backup, check, restore):
        verb.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")


def run(args: argparse.Namespace) -> int:
    """Serve the desk, or run one of its verbs."""
    if args.desk_verb is None and args.demo:
        from sansnom.cli.desk_demo import serve_demo

        return serve_demo(args)
    if args.desk_verb is None:
        return _serve(args)
    _refuse_on_a_server()
    return {"backup": _backup, "check": _check, "restore": _restore}[args.desk_verb](args)


def _serve(args: argparse.Namespace) -> int:
    from sansnom.desk.house.serve import PORT, Offer, serve
    from sansnom.desk.safekeeping.backup import refuse_half_a_restore

    refuse_half_a_restore(_folder(args))
    offer = Offer(args.port or PORT, args.host, args.certificate, args.private_key)
    offer.check()
    args.voice.say("desk.serving", url=offer.url)
    serve(args.folder, offer, open_browser=not args.no_browser)
    return 0


def _refuse_on_a_server() -> None:
    """Say that backups are the server's; `restore` would even put another key file beside the database that is in use."""
    from sansnom.desk.house.places import DATABASE_VARIABLE

    if os.environ.get(DATABASE_VARIABLE):
        raise PolicyRefusal("desk.on_a_server", where=DATABASE_VARIABLE)


def _folder(args: argparse.Namespace) -> Path:
    from sansnom.desk.house.places import desk_folder

    return args.folder if isinstance(args.folder, Path) else desk_folder()


def _passphrase(args: argparse.Namespace) -> str:
    """Ask for the passphrase; from a pipe, read one line. Never an argument: the machine would list it."""
    if sys.stdin.isatty():
        return getpass.getpass(args.voice.text("desk.ask_passphrase"))
    return sys.stdin.readline().rstrip("\n")


def _say(args: argparse.Namespace, code: str, **told: str | int) -> int:
    if args.json:
        print(json.dumps({"schema": "sansnom/desk/1", "ok": True, "findings": [], **told}, ensure_ascii=False))
    else:
        args.voice.say(code, **told)
    return 0


def _backup(args: argparse.Namespace) -> int:
    from sansnom.desk.house.places import DATABASE_FILE, KEY_FILE
    from sansnom.desk.safekeeping.backup import make_backup, refuse_half_a_restore
    from sansnom.desk.vault.key_file import open_key_file

    folder = _folder(args)
    refuse_half_a_restore(folder)
    if not (folder / KEY_FILE).is_file() or not (folder / DATABASE_FILE).is_file():
        raise InputError("desk.no_desk")
    opened = open_key_file(folder / KEY_FILE, _passphrase(args))
    now = datetime.now().astimezone()
    made = make_backup(folder / DATABASE_FILE, folder / KEY_FILE, opened.database_key, args.into, now)
    return _say(args, "desk.backed_up", file=made.name)


def _check(args: argparse.Namespace) -> int:
    from sansnom.desk.safekeeping.backup import check_backup

    found = check_backup(args.backup, _passphrase(args), _folder(args))
    return _say(args, "desk.checked", made_at=found.made_at, tables=found.tables, rows=found.rows)


def _restore(args: argparse.Namespace) -> int:
    from sansnom.desk.safekeeping.backup import restore_backup

    folder = _folder(args)
    found = restore_backup(args.backup, _passphrase(args), folder, datetime.now().astimezone())
    return _say(args, "desk.restored", made_at=found.made_at, tables=found.tables, rows=found.rows)
