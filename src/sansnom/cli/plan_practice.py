"""`sansnom plan practice`: a board of made-up organizations, with all keys in one folder, to ask questions on.

Nothing is computed on it: its institutions do not exist. Its roster says that it is a trial, and so does each of its pages.
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.keeping import enter_files, put_file
from sansnom.board.site import build_site
from sansnom.cli.log_keys import read_log_key, write_log_key
from sansnom.cli.roster import write_private_keys
from sansnom.exchange.keys import PrivateKeys
from sansnom.terms.errors import InputError
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES
from sansnom.terms.roster import Helper, Organization, Roster
from sansnom.transparency.signature import sign_object

ORGANIZATIONS: Final = 24
ROWS: Final = 256
TOWNS: Final = ("Montréal", "Québec", "Sherbrooke", "Gatineau", "Laval", "Trois-Rivières")


def run(args: argparse.Namespace) -> int:
    """Make the folder: keys/ with the convener's and the log's keys, board/ with a roster, a log and its pages."""
    if args.dir.exists() and (not args.dir.is_dir() or any(args.dir.iterdir())):
        raise InputError("plan.practice.exists", where=str(args.dir))
    practice_board(args.dir)
    args.voice.say("plan.practice.made", folder=str(args.dir))
    return 0


def practice_board(folder: Path) -> Roster:
    """Lay the board and its keys."""
    keys, board = folder / "keys", folder / "board"
    keys.mkdir(parents=True)
    board.mkdir()
    convener = PrivateKeys.generate(os.urandom)
    write_private_keys(keys / "convener.json", convener)
    verifier = write_log_key(keys / "log.json", f"practice-{os.urandom(4).hex()}.invalid/board", witness=False)
    today = datetime.now(UTC).date()
    first = today.year - (today.month < 4)
    roster = Roster(
        version=1,
        year=f"{first}-{first + 1}",
        convener=Text("Table de concertation (essai)", "Convener (practice)"),
        convener_key=convener.public.sign_key,
        helpers=tuple(_helper(int(party)) for party in PARTIES),
        organizations=tuple(_organization(number) for number in range(1, ORGANIZATIONS + 1)),
        log_key=verifier.text,
        trial=True,
    )
    put_file(board, sign_object("roster", roster.to_json(), convener.signing))
    enter_files(board, read_log_key(keys / "log.json")[0], datetime.now(UTC))
    build_site(board)
    return roster


def _organization(number: int) -> Organization:
    """Make up an organization; every second one declares every service, the others the first half of them."""
    known = shipped_dictionaries()
    services = tuple(known[max(known)].services)
    town = TOWNS[number % len(TOWNS)]
    keys = PrivateKeys.generate(os.urandom).public
    return Organization(
        number=number,
        code=f"practice-{number:02d}",
        name=Text(f"Accueil {town} {number} (inventé)", f"Welcome {town} {number} (made up)"),
        sign_key=keys.sign_key,
        seal_key=keys.seal_key,
        size_class=ROWS,
        services=services if number % 2 else services[: len(services) // 2],
    )


def _helper(party: int) -> Helper:
    keys = PrivateKeys.generate(os.urandom).public
    name = Text(f"Institution {party + 1} (inventée)", f"Institution {party + 1} (made up)")
    return Helper(
        name, name, keys.sign_key, keys.seal_key, f"https://h{party}.invalid", f"127.0.0.1:{party + 1}", "00" * 32
    )
