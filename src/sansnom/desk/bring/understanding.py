"""From sheets and their maps to records: every row is either understood whole or listed with the reason.

A row left out is a place (sheet, row, column) and a code; what a cell held is in no list. Persons are read first, so that
a row that speaks of nobody known is found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sansnom.desk.bring.columns import KEEP_OUT, WHOLE_NAME, SheetMap, column_named, columns_for, dated, list_of
from sansnom.desk.bring.sheets import Sheet
from sansnom.desk.files.cells import CellProblem, Parser, clean, parser_of
from sansnom.desk.files.codes import code_lists
from sansnom.desk.files.columns import TABLES, Column, fold
from sansnom.desk.people.folding import sort_form
from sansnom.desk.people.models import new_file_number
from sansnom.terms import records

NOUNS: Final[Mapping[str, Any]] = {
    "persons": records.Person,
    "services": records.Service,
    "assessments": records.Assessment,
    "statuses": records.Status,
    "referrals": records.Referral,
    "waitlist": records.Waiting,
    "turned_away": records.TurnedAway,
}
_ACT: Final = ("service", "start", "end", "minutes", "status")
_PROGRESS_EVERY: Final = 500
_FORMULA: Final = ("'=", "'+", "'-", "'@")
"""How an export keeps a spreadsheet from running a text."""

Left = tuple[str, int, str, str, dict[str, Any]]
"""Sheet, row, column ("" for the whole row), code, parameters."""
Report = Callable[[int, int], None]
Identity = tuple[str, str]


@dataclass(slots=True, repr=False)
class Understood:
    """Everything that could be understood, and what could not."""

    persons: dict[str, records.Person] = field(default_factory=dict)
    own_numbers: set[str] = field(default_factory=set)
    """Numbers that the source gives; others were drawn here."""
    lists: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in NOUNS})
    left: list[Left] = field(default_factory=list)
    rows_read: int = 0
    rows_left: int = 0


def understand(
    sheets: Sequence[Sheet], maps: Sequence[SheetMap], known: set[str], report: Report | None = None
) -> Understood:
    """Read every row of every sheet that is taken. `known` holds file numbers that acts may name without a row of their own."""
    found = Understood()
    told = sorted(zip(sheets, maps, strict=True), key=lambda pair: pair[1].table != "persons")
    total = sum(len(sheet.rows) for sheet, how in told if how.table)
    for sheet, how in told:
        if how.table:
            _Reading(sheet, how, found, known).read(report, total)
    return found


class _Reading:
    """One sheet on its way to records."""

    def __init__(self, sheet: Sheet, how: SheetMap, found: Understood, known: set[str]) -> None:
        self.sheet, self.how, self.found, self.known = sheet, how, found, known
        self.parsers: list[tuple[Column, Parser] | None] = [
            (column, self._parser(column)) if (column := column_named(how.table, name)) is not None else None
            for name in how.columns
        ]
        self.table = next(table for table in TABLES if table.name == how.table)
        self.by_identity: dict[Identity, str] = {}
        self.has_acts = how.table == "persons" and "service" in how.columns

    def read(self, report: Report | None, total: int) -> None:
        """Read all rows."""
        for number, cells in self.sheet.rows:
            self.found.rows_read += 1
            if report is not None and self.found.rows_read % _PROGRESS_EVERY == 0:
                report(self.found.rows_read, total)
            before = len(self.found.left)
            values = self.values(number, cells)
            if len(self.found.left) == before:
                self._keep(number, values)
            if len(self.found.left) > before:
                self.found.rows_left += 1

    def values(self, number: int, cells: Sequence[str]) -> dict[str, Any]:
        """Understand the cells of one row; what is wrong is listed."""
        values: dict[str, Any] = {}
        for place, matched in enumerate(self.parsers):
            if matched is None:
                continue
            column, parser = matched
            text = clean(cells[place]) if place < len(cells) and cells[place] else ""
            if text.startswith(_FORMULA):
                text = text[1:]
            try:
                if text:
                    values[column.name] = parser(text)
            except CellProblem as problem:
                self._left(number, column.name, problem.code, dict(problem.parameters))
        for column in self.table.columns:
            if column.required and column.name != "local_id" and values.get(column.name) is None:
                self._left(number, column.name, "cell.required")
        for early, late in (("start", "end"), ("joined", "left")):
            if values.get(early) and values.get(late) and values[early] > values[late]:
                self._left(number, late, "date.order", {"other": early})
        return values

    def _left(self, number: int, column: str, code: str, parameters: dict[str, Any] | None = None) -> None:
        self.found.left.append((self.sheet.name, number, column, code, parameters or {}))

    def _parser(self, column: Column) -> Parser:
        """Give the parser of a column, after the sheet's own order of dates and meanings of words."""
        parser = parser_of(column)
        if column.kind in {"date", "birth"} and self.how.day_order != "ymd":
            order = self.how.day_order
            return lambda text: parser(dated(text, order))
        words = self.how.words.get(column.name)
        if not words or not list_of(self.how.table, column.name):
            return parser

        def given(text: str) -> Any:  # noqa: ANN401 - whatever the column's own parser gives
            meaning = words.get(fold(text))
            if meaning is None:
                return parser(text)
            if meaning == KEEP_OUT:
                raise CellProblem("bring.left.word")
            return meaning

        return given

    def _keep(self, number: int, values: dict[str, Any]) -> None:
        """Make the row's records."""
        if self.how.table == "persons":
            self._keep_person(number, values)
            return
        local_id = values.get("local_id")
        if "local_id" in {column.name for column in self.table.columns}:
            if not local_id:
                self._left(number, "local_id", "cell.required")
                return
            if local_id not in self.found.persons and local_id not in self.known:
                self._left(number, "local_id", "local_id.unknown")
                return
        self._add(self.how.table, number, values)

    def _add(self, table: str, number: int, values: dict[str, Any]) -> None:
        if table in {"services", "waitlist", "turned_away"} and not values.get("service"):
            self._left(number, "service", "cell.required")
            return
        if table == "statuses" and not (values.get("employment") or values.get("education")):
            self._left(number, "employment", "cell.required")
            return
        filled = {**_empty(table), **values}
        self.found.lists[table].append(NOUNS[table](**filled))

    def _keep_person(self, number: int, values: dict[str, Any]) -> None:
        """Make a person, unless the row speaks of one who is there already; then the service that the row may tell."""
        act: dict[str, Any] = {name: values.pop(name) for name in _ACT if name in values}
        person = _person(values)
        local_id = str(values.get("local_id", ""))
        mine = self._same(person, local_id)
        if mine is None:
            mine = local_id or new_file_number()
            if local_id:
                self.found.own_numbers.add(local_id)
        elif not self.has_acts:
            self._left(number, "local_id" if local_id else "", "bring.left.twice")
            return
        first = self.found.persons.get(mine)
        if first is not None and _names(first) != _names(person) and all(map(any, (_names(first), _names(person)))):
            self._left(number, "local_id", "bring.left.two_names")
            return
        if self.has_acts and act.get("service"):
            self._add("services", number, {"local_id": mine, **act})
        if first is None:
            self.found.persons[mine] = _with_number(person, mine)
            self.by_identity.setdefault(_identity(person), mine)

    def _same(self, person: records.Person, local_id: str) -> str | None:
        """Find the person of an earlier row: by the source's number, or by the same names and a whole birth date."""
        if local_id:
            return local_id if local_id in self.found.persons else None
        named, born = _identity(person)
        return self.by_identity.get((named, born)) if named and born else None


def _names(person: records.Person) -> tuple[str, str]:
    return sort_form(person.given_names, person.family_names), ""


def _identity(person: records.Person) -> Identity:
    """Give what tells two rows of one person: folded names and the birth date, where it goes to the day."""
    born = person.birth_date if person.birth_date_precision == "day" else ""
    return sort_form(person.given_names, person.family_names), born


def _person(values: dict[str, Any]) -> records.Person:
    """Make the noun of a person; a name in one cell is divided at its comma; nobody without a name is named."""
    told = {**_empty("persons"), **{name: value for name, value in values.items() if name != WHOLE_NAME.name}}
    whole = str(values.get(WHOLE_NAME.name, ""))
    if whole and not (told["given_names"] or told["family_names"]):
        family, comma, given = whole.partition(",")
        told["given_names"], told["family_names"] = (given.strip(), family.strip()) if comma else (whole, "")
    born, written = told["birth_date"] or ("", "unknown")
    coarse = ("day", "month", "year", "unknown")
    told["birth_date"] = born
    told["birth_date_precision"] = max(written, told["birth_date_precision"] or "day", key=coarse.index)
    told["anonymous"] = bool(told["anonymous"]) or not (told["given_names"] or told["family_names"])
    return records.Person(**told)


def _with_number(person: records.Person, number: str) -> records.Person:
    told = {name: getattr(person, name) for name in person.__dataclass_fields__}
    return records.Person(**{**told, "local_id": number})


def _empty(table: str) -> dict[str, Any]:
    """Give a row in which nothing is known."""
    kinds = {
        column.name: column.kind for column in columns_for(table) if column.name in NOUNS[table].__dataclass_fields__
    }
    return {name: None if kind in {"minutes", "flag", "level"} else "" for name, kind in kinds.items()}


def rows_as_understood(sheet: Sheet, how: SheetMap, count: int) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
    """Give the first rows: number, what each column is understood as, and the code of what is wrong with it."""
    found = Understood()
    reading = _Reading(sheet, how, found, set())
    for number, cells in sheet.rows[:count]:
        before = len(found.left)
        values = reading.values(number, cells)
        yield number, values, {column: code for _, _, column, code, _ in found.left[before:]}


def is_code(table: str, name: str, code: str) -> bool:
    """Tell whether a code is on the list of a column."""
    return code in code_lists()[list_of(table, name)].values()
