"""`sansnom desk --demo`: one desk filled with a synthetic organization, open in the browser, with a real question waiting.

Around it a whole trial: other organizations that have answered, three helpers, a board. Once the desk has answered, the convener
waits a moment, closes the question, and the release comes.
"""

import argparse
import os
import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sansnom.cli.demo import clear_out
from sansnom.cli.desks import KEY_BYTES, furnish, start_django
from sansnom.cli.gathering import (
    Desk,
    FileDesks,
    Gathering,
    Report,
    Sent,
    close_plan,
    enter_log,
    gather,
    pepper_of,
    publish,
)
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.question import fiscal_year_of
from sansnom.cli.run import nothing_left_in
from sansnom.desk.files.reader import read_organizations
from sansnom.desk.lines import HelperLine
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.keys import PublicKeys
from sansnom.exchange.pepper import GroupSecret, PlanPepper
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import PolicyRefusal, SansnomError
from sansnom.terms.parse import Text
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import Plan
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Roster
from sansnom.worlds.world import make_world
from sansnom.worlds.writing import write_world

FOLDER: Final = Path("desk-demo")
ORGANIZATIONS: Final = 6
PERSONS: Final = 600
GRACE_SECONDS: Final = 60.0
"""How long an answer can be replaced here before the convener closes the question."""
POLL_SECONDS: Final = 2.0


class OneRealDesk(FileDesks):
    """Desks in memory, but for one, which is real and will be served."""

    def __init__(self, code: str, name: Text, password: str, folder: Path, board: Path) -> None:
        """Take whose desk is real, and where it lives."""
        super().__init__()
        self._code, self._name, self._password, self._folder, self._board = code, name, password, folder, board

    def public_keys(self, records: OrganizationRecords) -> PublicKeys:
        """Found the real desk in its database; the others in memory."""
        if records.organization != self._code:
            return super().public_keys(records)
        from sansnom.desk.questions import joining

        furnish(records, self._name.fr, self._password)
        return joining.make_keys(joining.membership()).public

    def hand_out(self, roster: Roster) -> GroupSecret:
        """Let the others read the letter among themselves, and the real desk join and read its part."""
        from sansnom.desk.questions import joining

        others = replace(roster, organizations=tuple(o for o in roster.organizations if o.code != self._code))
        secret = super().hand_out(others)
        keeper = others.organizations[0].code
        letter = write_letter(secret, roster, keeper, self._keys[keeper].signing)
        member = joining.membership()
        joining.set_board(member, str(self._board.resolve()))
        joining.join(member, joining.roster_on_board(member), roster.convener_key)
        joining.take_letter(member, letter)
        return secret

    def submit(
        self, desks: Sequence[Desk], lines: Sequence[HelperLine], setting: Setting, pepper: PlanPepper, report: Report
    ) -> list[Sent]:
        """Let the others answer; the real desk waits for a person."""
        return super().submit([d for d in desks if d.entry.code != self._code], lines, setting, pepper, report)


def serve_demo(args: argparse.Namespace) -> int:
    """Make the trial, print who may sign in, and serve the desk until Ctrl-C."""
    from sansnom.desk.house.places import DATABASE_FILE, FOLDER_VARIABLE, KEY_FILE
    from sansnom.desk.house.serve import PORT, Offer, serve
    from sansnom.desk.vault.key_file import create_key_file
    from sansnom.desk.vault.secrets_on_paper import propose_passphrase

    folder: Path = (args.folder or FOLDER).resolve()
    offer = Offer(args.port or PORT)
    clear_out(folder)
    os.environ[FOLDER_VARIABLE] = str(folder / "desk")
    start_django(folder / "desk")
    passphrase, password, database_key = propose_passphrase(), propose_passphrase(), secrets.token_bytes(KEY_BYTES)
    _unlock(database_key)
    create_key_file(folder / "desk" / KEY_FILE, passphrase, f"{datetime.now(UTC):%Y-%m-%d}", database_key=database_key)
    args.voice.say("desk.demo.making", where=str(folder / "desk" / DATABASE_FILE))
    world = make_world(ORGANIZATIONS, PERSONS, secrets.randbelow(2**31))
    everyone = read_organizations(write_world(world, folder))
    names = {profile.code: profile.name for profile in world.organizations}
    code = max(everyone, key=lambda records: len(records.persons)).organization
    work, board = folder / "institutions", folder / "board"
    for place in (work, board):
        place.mkdir()
    players = OneRealDesk(code, names[code], password, folder / "desk", board)
    start = fiscal_year_of(everyone, datetime.now(UTC).date()).start[:4]
    with nothing_left_in(work), LocalInstitutions(work, board) as institutions, ExitStack() as opened:
        gathering = gather(
            everyone, names, frozenset(), institutions.helpers, f"{start}-{int(start) + 1}", board, players
        )
        enter_log(gathering, board)
        institutions.start(board / "roster.json")
        lines = [opened.enter_context(HelperLine(h, p)) for h, p in zip(institutions.helpers, PARTIES, strict=True)]
        plan = publish(gathering, lines, board, "demo-1", None, _silent)
        setting = Setting.of(plan, gathering.roster, gathering.dictionary)
        players.submit(gathering.desks, lines, setting, pepper_of(gathering, plan), _silent)
        number = gathering.roster.organization(code).number
        threading.Thread(target=_close_later, args=(gathering, lines, plan, number), daemon=True).start()
        args.voice.say("desk.demo.ready", url=offer.url, password=password, passphrase=passphrase)
        serve(folder / "desk", offer, open_browser=not args.no_browser)
    return 0


def _unlock(database_key: bytes) -> None:
    from django.core.management import call_command

    from sansnom.desk.sqlcipher.keyring import KEYRING

    KEYRING.unlock(database_key)
    call_command("migrate", verbosity=0, interactive=False)


def _silent(_code: str, _done: int, _total: int) -> None:
    """Show no progress: a browser is about to open."""


def _close_later(gathering: Gathering, lines: Sequence[HelperLine], plan: Plan, number: int) -> None:
    """Close the question some time after all three helpers hold the real desk's answer."""
    while True:
        time.sleep(POLL_SECONDS)
        try:
            for line in lines:
                line.get(f"/plans/{plan.plan}/submissions/{number}/receipt")
            time.sleep(GRACE_SECONDS)
            close_plan(gathering, lines, plan)
        except PolicyRefusal:
            continue  # no receipt yet
        except SansnomError:
            return  # the helpers are being stopped
        return
