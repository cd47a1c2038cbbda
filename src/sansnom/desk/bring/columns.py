"""What the columns of a brought file mean: guessed from headings and values, chosen on the mapping screen, remembered.

A `SheetMap` says of one sheet which list it is, which column is what, which of day and month comes first in its dates, and
what a word that no list knows stands for. It is kept as plain JSON under the headings it belongs to.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sansnom.desk.bring.sheets import Sheet
from sansnom.desk.files.cells import clean
from sansnom.desk.files.codes import code_lists
from sansnom.desk.files.columns import PERSONS, SERVICES, TABLES, Column, FileTable, column_of, fold, table_of
from sansnom.terms.parse import Text

WHOLE_NAME: Final = Column(
    "whole_name",
    "text",
    Text("Nom au complet", "Full name"),
    (
        "nom_complet",
        "nom_au_complet",
        "full_name",
        "name",
        "client",
        "participant",
        "participante",
        "nom_et_prenom",
        "nom_prenom",
    ),
)
"""A name in one cell: `DIOP, Awa` is divided at its comma; without one it is kept whole, as one name."""
_MORE: Final[Mapping[str, tuple[str, ...]]] = {
    "start": (
        "date_de_service",
        "date_du_service",
        "service_date",
        "date_service",
        "date_rencontre",
        "date_de_rencontre",
    ),
    "minutes": ("duree", "duration", "duree_min", "minutes_de_service", "temps"),
    "service": ("services", "type_d_intervention", "intervention", "activity"),
    "category": ("statut_migratoire", "immigration_status", "status_in_canada"),
    "mother_tongue": ("langue", "language", "langue_parlee"),
    "arrival_date": ("arrivee", "arrival", "arrived", "date_d_arrivee_au_canada"),
    "phone": ("tel_cell", "cell", "mobile", "cellphone", "contact"),
}
"""Headings that people use besides those of docs/file-format.md."""
DAY_ORDERS: Final = ("ymd", "dmy", "mdy")
VALUES_SCANNED: Final = 20_000
STRANGE_MAX: Final = 60
"""Words of one column that can be given a meaning on the screen; a column with more is no list."""
_PARTS: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
KEEP_OUT: Final = "-"
"""What a strange word may stand for besides a code: "" is unknown, this leaves the row out."""


@dataclass(slots=True)
class SheetMap:
    """How one sheet is understood; `table` "" leaves the sheet out, a column "" is not read."""

    table: str
    columns: list[str]
    day_order: str = "ymd"
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each column of codes, what its strange words stand for, by their folded form."""

    def to_json(self) -> dict[str, Any]:
        """Give what is kept."""
        return {"table": self.table, "columns": self.columns, "day_order": self.day_order, "words": self.words}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> "SheetMap":
        """Read what was kept."""
        return SheetMap(
            str(told["table"]),
            [str(name) for name in told["columns"]],
            str(told["day_order"]),
            {str(name): dict(words) for name, words in told["words"].items()},
        )


def source_of(sheets: Iterable[Sheet]) -> str:
    """Give what stands for the kind of a file: a hash of its sheets' folded headings, in order."""
    told = "\n".join("\t".join([*(fold(heading) for heading in sheet.headings), ""]) for sheet in sheets)
    return hashlib.sha256(told.encode()).hexdigest()


def columns_for(table: str) -> tuple[Column, ...]:
    """Give the columns that a sheet of this list may have; a list of persons may tell a service in each row too."""
    if table == "persons":
        own = [*PERSONS.columns, WHOLE_NAME]
        return (*own, *(column for column in SERVICES.columns if column.name != "local_id"))
    return next((each.columns for each in TABLES if each.name == table), ())


def guess(sheet: Sheet) -> SheetMap:
    """Guess everything from headings, and the order of dates from values."""
    told = table_of(sheet.name)
    table = told.name if told is not None and _known(told.name, sheet) else _nearest(sheet)
    chosen: list[str] = []
    for heading in sheet.headings:
        column = _column(table, heading)
        chosen.append(column.name if column is not None and column.name not in chosen else "")
    return SheetMap(table, chosen, _day_order(sheet, table, chosen))


def _nearest(sheet: Sheet) -> str:
    """Choose the list that knows the most headings; persons where several do, since names are what others lack."""
    counts = {table.name: _known(table.name, sheet) for table in TABLES}
    best = max(counts, key=lambda name: (counts[name], name == "persons"))
    named = any(_column("persons", heading) in {WHOLE_NAME, *PERSONS.columns[1:3]} for heading in sheet.headings)
    return "persons" if named else best if counts[best] else ""


def _known(table: str, sheet: Sheet) -> int:
    return len({column.name for heading in sheet.headings if (column := _column(table, heading)) is not None})


def _column(table: str, heading: str) -> Column | None:
    text = clean(heading) if len(heading) <= 200 else ""
    if not text or not table:
        return None
    of_table = next(each for each in TABLES if each.name == table)
    found = column_of(of_table, text)
    if found is not None or table != "persons":
        return found or _other(of_table.columns, fold(text))
    return column_of(_SERVICE_PART, text) or _other(columns_for("persons"), fold(text))


_SERVICE_PART: Final = FileTable("services", SERVICES.label, SERVICES.columns[1:])


def _other(columns: Sequence[Column], folded: str) -> Column | None:
    """Find a heading among what people use besides, or within a longer heading."""
    for column in columns:
        if folded in column.synonyms or folded in _MORE.get(column.name, ()):
            return column
    return None


def column_named(table: str, name: str) -> Column | None:
    """Give the column of a list by its name."""
    return next((column for column in columns_for(table) if column.name == name), None)


def is_dated(table: str, name: str) -> bool:
    """Tell whether a column holds dates."""
    column = column_named(table, name)
    return column is not None and column.kind in {"date", "birth"}


def _day_order(sheet: Sheet, table: str, chosen: Sequence[str]) -> str:
    """Look for a date that can be read in one way only; without one, the day comes first, as in Quebec."""
    places = [place for place, name in enumerate(chosen) if name and is_dated(table, name)]
    order = "ymd"
    for _, cells in sheet.rows[:VALUES_SCANNED]:
        for place in places:
            parts = _PARTS.fullmatch(cells[place].strip()) if place < len(cells) else None
            if parts is None:
                continue
            if int(parts[2]) > 12:
                return "mdy"
            order = "dmy"
    return order


def dated(text: str, order: str) -> str:
    """Write a date in the order year, month, day where the sheet has another; what is no such date stays as it is."""
    parts = _PARTS.fullmatch(text) if order != "ymd" else None
    if parts is None:
        return text
    day, month = (parts[1], parts[2]) if order == "dmy" else (parts[2], parts[1])
    return f"{parts[3]}-{month}-{day}"


def list_of(table: str, name: str) -> str:
    """Give the list of codes of a column; "" where it has none."""
    column = column_named(table, name)
    return column.kind.removeprefix("code:") if column is not None and column.kind.startswith("code:") else ""


def strange_words(sheet: Sheet, told: SheetMap) -> dict[str, dict[str, str]]:
    """Find, for each column of codes, the words that its list does not know: folded form to how it is written first."""
    found: dict[str, dict[str, str]] = {}
    for place, name in enumerate(told.columns):
        listed = list_of(told.table, name) if name else ""
        if not listed:
            continue
        known = code_lists()[listed]
        strange: dict[str, str] = {}
        seen: set[str] = set()
        for _, cells in sheet.rows:
            text = cells[place] if place < len(cells) else ""
            if text in seen:
                continue
            seen.add(text)
            text = clean(text)
            if text and fold(text) not in known and len(text) <= 100:
                strange.setdefault(fold(text), text)
        if strange and len(strange) <= STRANGE_MAX:
            found[name] = strange
    return found
