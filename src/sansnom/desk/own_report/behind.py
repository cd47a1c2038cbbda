"""The files behind a report's figures: counted for a whole table at once, and kept in memory for a few minutes.

Counting goes through everybody who was served: seconds, where they are many. A reader opens one figure after another, so a table
that was counted is kept, as numbers of files alone, in the order of their names; the page says when it was counted, and counts
again when asked. What may be seen is asked of the database each time. Locking the desk forgets all of it.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, TypeAlias

import numpy as np
from django.utils import timezone

from sansnom.desk.own_report.counting import Counter
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.report_templates import templates
from sansnom.desk.own_report.reporting import scope_of
from sansnom.desk.people.models import Person
from sansnom.desk.sqlcipher.keyring import KEYRING

KEPT_FOR: Final = timedelta(minutes=10)
TABLES_KEPT: Final = 8
NO_PERSONS: Final = frozenset({"turned_away"})

Place: TypeAlias = "tuple[int, int, int]"
"""A report, one of its tables, and who looks: links between files may exist for one colleague and not for another."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Behind:
    """Who stands behind each cell of one table: files in the order of their names. `cells` is None where nobody can."""

    counted_at: datetime
    cells: dict[int, "np.ndarray[Any, np.dtype[np.int64]]"] | None

    def files(self, cell: int) -> list[int]:
        """Give the files behind one cell."""
        found = (self.cells or {}).get(cell)
        return [] if found is None else [int(number) for number in found]


_KEPT: Final[OrderedDict[Place, Behind]] = OrderedDict()
_GUARD: Final = Lock()
KEYRING.when_locked(_KEPT.clear)


def behind(report: OwnReport, viewer: Any, table: int, *, anew: bool = False) -> Behind:  # noqa: ANN401 - a colleague, of the class that the settings name
    """Give who stands behind the cells of one table, as counted up to ten minutes ago, or `anew`."""
    place, now = (report.pk, table, viewer.pk), timezone.now()
    held = _KEPT.get(place)
    if held is not None and not anew and timedelta(0) <= now - held.counted_at < KEPT_FOR:
        return held
    fresh = Behind(now, _counted(report, viewer, table))
    with _GUARD:
        _KEPT.pop(place, None)
        _KEPT[place] = fresh
        while len(_KEPT) > TABLES_KEPT:
            _KEPT.popitem(last=False)
    return fresh


def _counted(report: OwnReport, viewer: Any, table: int) -> dict[int, Any] | None:  # noqa: ANN401 - as above
    asked = templates()[report.template]
    counter = Counter(scope_of(report), viewer, behind=True)
    counted = counter.table(asked.tables[table]) if table < len(asked.tables) else counter.unnamed()
    if counted.unit in NO_PERSONS:
        return None
    files: dict[int, list[int]] = {}
    for number, leader in counter.served.leaders.items():
        files.setdefault(leader, []).append(number)
    order = _order()
    cells = {}
    for cell, persons in counted.behind.items():
        every = {number for person in persons for number in files.get(person, (person,))}
        known = np.fromiter((number for number in every if number < len(order)), dtype=np.int64)
        known = known[order[known] >= 0]
        cells[cell] = known[np.argsort(order[known], kind="stable")]
    return cells


def _order() -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Give the place of every file in the order of names, by the file's number; -1 where there is none."""
    numbers = np.fromiter(
        Person.objects.order_by("sort_name", "pk").values_list("pk", flat=True).iterator(chunk_size=5_000),
        dtype=np.int64,
    )
    places = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int64)
    places[numbers] = np.arange(len(numbers))
    return places
