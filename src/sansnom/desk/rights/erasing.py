"""Erasing a person's file so that nothing of it is left, and proving it.

In one transaction every row of the person goes, with drafts, messages and what other apps hold of them, and the register
gains a line. Once that is on the disk the database is rewritten without its free pages, the write-ahead log is emptied,
and every page is decrypted and searched for what the file said. Backups are not rewritten: the register says until when
they hold it, and a director may make a fresh one and remove the earlier ones at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from sansnom.desk.accounts import migrating
from sansnom.desk.accounts.access import record_access
from sansnom.desk.accounts.models import Act, Colleague
from sansnom.desk.house.models import Draft, Organization
from sansnom.desk.people.access import in_sight
from sansnom.desk.people.models import Household, Person
from sansnom.desk.rights.models import GROUNDS, Destruction, Proof
from sansnom.desk.rights.pages_of_file import decrypted_frames, decrypted_pages, pages_with
from sansnom.desk.safekeeping.backup import backups_in, rotate
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.terms.errors import InputError

OWN_TEXT_LETTERS_MIN: Final = 12
"""A text of the file as long as this is its own: found elsewhere, it would be a remain, not a coincidence."""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What a file said, held in memory until its absence is proved: texts that are its own, names that others may bear."""

    own: tuple[str, ...]
    names: tuple[str, ...]


def said_by(person: Person) -> Said:
    """Collect what to look for after a file is erased."""
    own, names = {person.file_number}, {name.whole for name in person.names.all()}
    for row, _ in _rows_of(person):
        for column in row._meta.concrete_fields:  # noqa: SLF001 - Django's way to a model's columns
            value = getattr(row, column.attname)
            if column.get_internal_type() == "TextField" and len(value or "") >= OWN_TEXT_LETTERS_MIN:
                own.add(value)
    if len(person.phone) >= 7:
        names.add(person.phone)
    return Said(tuple(own), tuple(name for name in names if name))


def _rows_of(person: Person) -> list[tuple[Any, Any]]:
    """Give (row, its model) for every row that goes with a person, and for those that go with them."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [person]
    while waiting:
        row = waiting.pop()
        for relation in row._meta.related_objects:  # noqa: SLF001 - as above
            if relation.on_delete.__name__ != "CASCADE":
                continue
            for one in relation.related_model._default_manager.filter(**{relation.field.name: row}):  # noqa: SLF001 - as above
                found.append((one, relation.related_model))
                waiting.append(one)
    return found


@transaction.atomic
def erase(by: Colleague, person: Person, ground: str) -> Destruction:
    """Erase a file; the proof follows when the transaction is on the disk (`Destruction.proof`).

    The register counts the rows that exist for the colleague who erases: a count of the others would show that there are some.
    """
    if ground not in GROUNDS:
        raise InputError("rights.ground")
    said, reference, household = said_by(person), str(person.reference), person.household_id
    rows = 1 + sum(_counted(row, by) for row, _ in _rows_of(person))
    for config in apps.get_app_configs():
        forget = getattr(config, "forget_person", None)
        if forget:
            import_string(forget)(person)
    _forget_drafts(person, said)
    person.delete()
    if household and not Person.objects.filter(household_id=household).exists():
        Household.objects.filter(pk=household).delete()
    _forget_messages()
    record_access(by, reference, Act.ERASED)
    backups, gone = held_by_backups()
    line = Destruction.objects.create(destroyed_by=by, ground=ground, rows=rows, backups=backups, backups_gone_on=gone)
    transaction.on_commit(lambda: prove(line, said))
    return line


def _counted(row: Any, viewer: Colleague) -> bool:  # noqa: ANN401 - a row of any table
    if not hasattr(row, "programme_id") or row.programme_id is None:
        return not hasattr(row, "note_id") or _counted(row.note, viewer)
    return bool(in_sight(type(row)._default_manager.filter(pk=row.pk), viewer).exists())  # noqa: SLF001 - as above


def _forget_drafts(person: Person, said: Said) -> None:
    """Remove what anybody was typing about the person: drafts of their forms, and drafts in which they are named."""
    Draft.objects.filter(form__endswith=str(person.reference)).delete()
    sought = (*said.own, *said.names)
    for draft in Draft.objects.all():
        typed = "\n".join(str(value) for pair in draft.fields for value in pair)
        if any(text in typed for text in sought):
            draft.delete()


def _forget_messages() -> None:
    """Remove sentences that wait to be shown to somebody: one may name the person."""
    for session in Session.objects.all():
        store = SessionStore(session.session_key)
        if store.pop("_messages", None) is not None:
            store.save()


def held_by_backups() -> tuple[int, date | None]:
    """Say how many backups were made before now, and the day when the daily rotation has removed the last of them."""
    if connection.vendor != "sqlite":
        return 0, None
    found = len(backups_in(migrating.backup_folder()))
    kept = Organization.objects.values_list("backups_kept", flat=True).first() or 30
    return found, timezone.localdate() + timedelta(days=kept) if found else None


def prove(line: Destruction, said: Said) -> Proof | None:
    """Rewrite the database without free pages, empty the write-ahead log, read every page, and write down what was found.

    None on PostgreSQL, whose files are its own: the register then says that nothing was read.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    database = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unused = int(cursor.execute("PRAGMA freelist_count").fetchone()[0])
    wal = database.with_name(database.name + "-wal")
    waiting = wal.stat().st_size if wal.is_file() else 0
    held = KEYRING.current()
    pages, remains = pages_with(decrypted_pages(database, held), said.own)
    remains += pages_with(decrypted_frames(wal, held), said.own)[1]
    named = pages_with(decrypted_pages(database, held), said.names)[1] if said.names else 0
    return Proof.objects.create(
        destruction=line,
        pages=pages,
        unused_pages=unused,
        waiting_bytes=waiting,
        remains=remains,
        name_elsewhere=named,
    )


def renew_backups() -> int:
    """Make a fresh backup and remove every earlier one; say how many went."""
    migrating.back_up_now(KEYRING.current())
    return rotate(migrating.backup_folder(), 1)
