"""`sansnom board`: make the pages of a board from its public files, or serve them on this machine."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

PORT: Final = 8321


def add_parser(subparsers: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    """Add the verb and its own verbs."""
    parser = subparsers.add_parser(
        "board", help="build or serve the public board · construire ou servir le tableau public"
    )
    verbs = parser.add_subparsers(dest="board_verb", metavar="VERB", required=True)
    build = verbs.add_parser("build", help="make pages, charts and CSV from the public files · faire les pages")
    build.add_argument("dir", type=Path, metavar="DIR", help="the board's folder · le dossier du tableau")
    build.add_argument("--json", action="store_true", help="one JSON object · un objet JSON")
    serve = verbs.add_parser("serve", help="serve the files on loopback · servir les fichiers sur cette machine")
    serve.add_argument("dir", type=Path, metavar="DIR", help="the board's folder · le dossier du tableau")
    serve.add_argument("--port", type=int, default=PORT, metavar="N", help=f"({PORT})")


def run(args: argparse.Namespace) -> int:
    """Run one of its verbs."""
    return {"build": _build, "serve": _serve}[args.board_verb](args)


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
    from sansnom.terms.errors import InputError

    if not args.dir.is_dir():
        raise InputError("board.no_roster", where=args.dir.name)
    args.voice.say("board.serving", url=f"http://{HOST}:{args.port}/")
    serve(args.dir, args.port)
    return 0
