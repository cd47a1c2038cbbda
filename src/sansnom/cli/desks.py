"""Real desks without a screen, for `demo`: each its own encrypted database, the same code as behind the pages.

One process plays them one after another: a desk is opened, does its part, and is locked before the next one is opened.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sansnom.cli.gathering import Desk, Report, Sent
from sansnom.exchange.keeper import write_letter
from sansnom.exchange.keys import PublicKeys
from sansnom.exchange.pepper import GroupSecret, PlanPepper, draw_group_secret
from sansnom.exchange.setting import Setting
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.records import OrganizationRecords
from sansnom.terms.roster import Roster

KEY_BYTES: Final = 32
NAMES: Final = {"counsellor": "Camille", "coordinator": "Cosima", "director": "Dahlia"}
PROGRAMMES: Final = {
    "reception": ("Accueil et intégration", "Reception and settlement"),
    "french": ("Francisation", "French courses"),
    "employment": ("Emploi", "Employment"),
}
SERVICES: Final = {
    "french": ("french_course", "french_practice"),
    "employment": ("employment", "credentials"),
}


class RealDesks:
    """All desks of a trial, each a folder of its own; a desk's database key is in this process's memory alone."""

    def __init__(self, folder: Path, board: Path) -> None:
        """Take the folder under which desks live, and the board that they read."""
        self._folder, self._board = folder, board
        self.now: Callable[[], datetime] = _this_instant
        self.wait: Callable[[float], None] = time.sleep
        self._keys: dict[str, bytes] = {}

    def public_keys(self, records: OrganizationRecords) -> PublicKeys:
        """Found a desk: its database, its director, its files, and its keys, of which only the public halves leave."""
        start_django(self._folder)
        from sansnom.desk.questions import joining

        code = records.organization
        self._keys[code] = secrets.token_bytes(KEY_BYTES)
        new_database(self._folder / code / "desk.db", self._keys[code], self._template())
        with self.opened(code):
            furnish(records, code)
            return joining.make_keys(joining.membership()).public

    def hand_out(self, roster: Roster) -> GroupSecret:
        """Let the first desk be the keeper, and every desk join the roster on the board and read the keeper's letter."""
        from sansnom.desk.questions import joining

        secret = draw_group_secret(roster.year, os.urandom)
        with self.opened(roster.organizations[0].code):
            keys = joining.keys_of(joining.membership())
            letter = write_letter(secret, roster, roster.organizations[0].code, keys.signing)
        for organization in roster.organizations:
            with self.opened(organization.code):
                member = joining.membership()
                joining.set_board(member, str(self._board.resolve()))
                joining.join(member, joining.roster_on_board(member), roster.convener_key)
                if joining.take_letter(member, letter) != secret:
                    raise BrokenInvariant("keeper.letter")
        return secret

    def submit(
        self, desks: Sequence[Desk], lines: Sequence[Any], setting: Setting, pepper: PlanPepper, report: Report
    ) -> list[Sent]:
        """Let each desk look at the board, judge, check keys with the helpers, seal its answer, store it and send it."""
        del lines, pepper  # each desk opens its own lines, and derives its own pepper
        from sansnom.desk.accounts.models import Colleague
        from sansnom.desk.questions.answering import Decision
        from sansnom.desk.questions.answers import answer
        from sansnom.desk.questions.courier import deliver
        from sansnom.desk.questions.looking import look
        from sansnom.desk.questions.models import Question

        sent: list[Sent] = []
        for place, desk in enumerate(desks):
            report("demo.stage.submissions", place, len(desks))
            with self.opened(desk.entry.code):
                look(self.now())
                question = Question.objects.get(name=setting.plan.plan)
                decision = Decision.ABSTAIN if desk.abstains else Decision.APPROVE
                director = Colleague.objects.get(role="director")
                _, made = answer(question, decision, director, self.now(), keep=True, delay=timedelta)
                deliver(question, wait=self.wait)
                sent.append(
                    Sent(desk.entry.number, made.sealed.manifest, sum(map(len, made.sealed.messages)), made.rows)
                )
        report("demo.stage.submissions", len(desks), len(desks))
        return sent

    def verdicts(
        self, desks: Sequence[Desk], lines: Sequence[Any], setting: Setting, sent: Sequence[Sent]
    ) -> dict[str, int]:
        """Let each desk fetch its verdict and forget what it no longer needs."""
        del lines, sent
        from sansnom.desk.questions.courier import collect_verdict
        from sansnom.desk.questions.forgetting import close_over
        from sansnom.desk.questions.models import Question

        found: dict[str, int] = {}
        for desk in desks:
            with self.opened(desk.entry.code):
                question = Question.objects.get(name=setting.plan.plan)
                found[desk.entry.code] = collect_verdict(question, self.now()) or 0
                close_over(question.cutoff)
        return found

    def _template(self) -> tuple[Path, bytes]:
        """Migrate one empty database, once: every desk begins as a copy of it, under a key of its own."""
        path = self._folder / "template.db"
        if "" not in self._keys:
            self._keys[""] = secrets.token_bytes(KEY_BYTES)
            from django.core.management import call_command

            with opened_desk(path, self._keys[""]):
                call_command("migrate", verbosity=0, interactive=False)
        return path, self._keys[""]

    def file_of(self, code: str) -> Path:
        """Say where a desk's database is."""
        return self._folder / code / "desk.db"

    def key_of(self, code: str) -> bytes:
        """Give the key of a desk's database."""
        return self._keys[code]

    @contextmanager
    def opened(self, code: str) -> Iterator[None]:
        """Make one of them the desk that this process works on."""
        with opened_desk(self._folder / code / "desk.db", self._keys[code]):
            yield


def _this_instant() -> datetime:
    return datetime.now(UTC)


def furnish(records: OrganizationRecords, name: str, password: str | None = None, language: str = "fr") -> None:
    """Give an empty desk its organization, a colleague of each role and its files; without a password nobody can sign in."""
    from sansnom.desk.accounts.models import Colleague, Role
    from sansnom.desk.house.models import Organization
    from sansnom.desk.work.fill import fill
    from sansnom.desk.work.models import Programme

    Organization.objects.create(name=name, language=language)
    for role in reversed(Role.values):
        colleague = Colleague(sign_in_name=role, name=NAMES[role], role=role, language=language)
        if password is None:
            colleague.set_unusable_password()
        else:
            colleague.set_password(password)
        colleague.save()
    named = {code: Programme.objects.create(name_fr=fr, name_en=en) for code, (fr, en) in PROGRAMMES.items()}
    by_service = {service: named[code] for code, services in SERVICES.items() for service in services}
    director = Colleague.objects.get(role=Role.DIRECTOR)
    fill(records, named["reception"], by=director, programmes=by_service)


def start_django(folder: Path) -> None:
    """Set Django up, once a process."""
    from sansnom.desk.house.places import FOLDER_VARIABLE

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault(FOLDER_VARIABLE, str(folder))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sansnom.desk.house.settings")
    import django

    django.setup()


@contextmanager
def opened_desk(path: Path, database_key: bytes) -> Iterator[None]:
    """Make this file the desk that this process works on, unlocked; afterwards it is closed and locked."""
    from django.db import connection

    from sansnom.desk.sqlcipher.keyring import KEYRING

    connection.close()
    KEYRING.lock()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(path)
    KEYRING.unlock(database_key)
    try:
        yield
    finally:
        connection.close()
        KEYRING.lock()
        connection.settings_dict["NAME"] = before


def new_database(path: Path, database_key: bytes, template: tuple[Path, bytes]) -> None:
    """Copy a migrated database into a new file under a key of its own."""
    from sansnom.desk.sqlcipher.base import open_connection

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(open_connection(str(template[0]), template[1], isolation_level=None)) as connection:
        connection.execute("ATTACH DATABASE ? AS fresh KEY ?", [str(path), f"x'{database_key.hex()}'"])
        connection.execute("SELECT sqlcipher_export('fresh')")
        connection.execute("DETACH DATABASE fresh")
