"""Imports under way: each in a thread of its own, one after another, with how far it is.

The file is read without holding anything; writing is one transaction. A desk that dies or is locked in between has taken
nothing, and the file still waits.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from sansnom.desk.bring.columns import SheetMap
from sansnom.desk.bring.models import ColumnMap, Import
from sansnom.desk.bring.sheets import Sheet, read_file
from sansnom.desk.bring.taking import numbers_here, take
from sansnom.desk.bring.understanding import Understood, understand
from sansnom.desk.sqlcipher.planning import tell_the_planner

KEPT: Final = timedelta(days=1)


@dataclass(slots=True)
class Progress:
    """Rows read, of how many; then the rows are being written."""

    done: int = 0
    total: int = 0
    writing: bool = False


UNDER_WAY: Final[dict[int, Progress]] = {}
_ONE_AT_A_TIME: Final = threading.Lock()


def start(number: int) -> None:
    """Begin an import beside the pages."""
    UNDER_WAY[number] = Progress()
    threading.Thread(target=_run, args=(number,), name="import", daemon=True).start()


def _run(number: int) -> None:
    try:
        with _ONE_AT_A_TIME:
            run(number)
    except Exception:  # noqa: BLE001 - nothing of it is told or written: it could carry a value
        with suppress(Exception):  # the desk was locked meanwhile: `forget_old` sees to it
            Import.objects.filter(pk=number, state="running").update(state="failed", content=None)
    finally:
        connection.close()
        UNDER_WAY.pop(number, None)


def run(number: int) -> None:
    """Read the file and take what it holds."""
    progress = UNDER_WAY.setdefault(number, Progress())
    brought = Import.objects.select_related("programme", "made_by").get(pk=number, state="running")

    def report(done: int, total: int) -> None:
        progress.done, progress.total = done, total

    sheets = read_file(brought.file_name, bytes(brought.content or b""))
    maps = [SheetMap.from_json(told) for told in brought.columns or []]
    named = _numbers_named(sheets, maps)
    known = set(numbers_here(brought.made_by, named))
    found = understand(sheets, maps, known, report)
    progress.writing = True
    _write(brought, found)
    tell_the_planner()


def _numbers_named(sheets: list[Sheet], maps: list[SheetMap]) -> set[str]:
    numbers: set[str] = set()
    for sheet, how in zip(sheets, maps, strict=True):
        if how.table in {"services", "assessments", "statuses", "referrals"} and "local_id" in how.columns:
            place = how.columns.index("local_id")
            numbers |= {cells[place].strip() for _, cells in sheet.rows if place < len(cells)}
    return numbers - {""}


def _write(brought: Import, found: Understood) -> None:
    with transaction.atomic():
        taken = take(brought, found)
        brought.rows_read, brought.rows_left = found.rows_read, found.rows_left
        brought.rows_already, brought.left = taken.already, [list(place) for place in found.left]
        brought.persons_made, brought.acts_made = taken.persons, taken.acts
        brought.state, brought.content = "done", None
        brought.save()
        ColumnMap.objects.update_or_create(
            source=brought.source, defaults={"told": brought.columns, "kept_at": timezone.now()}
        )


def forget_old() -> None:
    """Empty files that waited for a day, and those of imports that died with the program."""
    waiting = Import.objects.filter(state__in=("waiting", "running"))
    waiting.filter(made_at__lt=timezone.now() - KEPT).exclude(pk__in=list(UNDER_WAY)).delete()
    Import.objects.filter(state="running").exclude(pk__in=list(UNDER_WAY)).update(state="waiting")
