"""From a folder to OrganizationRecords: every table, every cell, all or nothing.

Findings say where (`persons.csv:12:birth_date`: file, row as a spreadsheet counts it, column) and what to do
(`messages.py`). They never carry what the cell held.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sansnom.desk.files.cells import CellProblem, Parser, clean, parser_of
from sansnom.desk.files.columns import PERSONS, TABLES, Column, FileTable, column_of, table_of
from sansnom.desk.files.delimited import Row, read_delimited
from sansnom.desk.files.encoding import FileProblem
from sansnom.desk.files.workbook import read_workbook
from sansnom.terms.errors import Finding, InputError
from sansnom.terms.records import (
    Assessment,
    OrganizationRecords,
    Person,
    Referral,
    Service,
    Status,
    TurnedAway,
    Waiting,
)

FILE_BYTES_MAX: Final = 50_000_000
FINDINGS_MAX: Final = 1_000
ROWS_MAX: Final = 1_000_000
_ENDINGS: Final = (".csv", ".xlsx")
_TEXT_ENDINGS: Final = (".txt", ".tsv", ".xls", ".ods", ".xlsm", ".xlsb", ".numbers", ".json")
"""Files named like a table but of a kind we do not read: said so, not passed over in silence."""

_NOUNS: Final[Mapping[str, Callable[..., Any]]] = {
    "persons": Person,
    "services": Service,
    "assessments": Assessment,
    "statuses": Status,
    "referrals": Referral,
    "waitlist": Waiting,
    "turned_away": TurnedAway,
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that stops nothing: a column passed over, an encoding assumed."""

    code: str
    where: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class _Findings:
    """What is wrong so far; the first thousand are kept, all are counted."""

    prefix: str
    kept: list[Finding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    total: int = 0
    first_rows: dict[str, int] = field(default_factory=dict)
    """Where each person's number stands in the persons file, also of rows that have findings."""
    persons_read: bool = False

    def add(self, code: str, where: str, parameters: Mapping[str, Any] | None = None) -> None:
        self.total += 1
        if len(self.kept) < FINDINGS_MAX:
            self.kept.append(Finding(code, self.prefix + where, dict(parameters or {})))

    def note(self, code: str, where: str, **parameters: str | int) -> None:
        self.notes.append(Note(code, self.prefix + where, parameters))

    def refuse_if_any(self) -> None:
        if self.total:
            raise InputError("files.refused", tuple(self.kept), total=self.total, shown=len(self.kept))


def read_organization(folder: Path, notes: list[Note] | None = None) -> OrganizationRecords:
    """Read one organization's folder; its name is the organization's code.

    Raises InputError `files.refused` with every finding (the first 1,000); then nothing was kept. `notes`
    receives what was passed over.
    """
    findings = _Findings("")
    records = _read_folder(folder, findings)
    findings.refuse_if_any()
    if notes is not None:
        notes.extend(findings.notes)
    return records


def read_organizations(folder: Path, notes: list[Note] | None = None) -> tuple[OrganizationRecords, ...]:
    """Read every organization's folder inside `folder`, in the order of their names; all of them or none."""
    inside = sorted(p for p in folder.iterdir() if _is_organization(p)) if folder.is_dir() else []
    if not inside:
        raise InputError("files.refused", (Finding("folder.no_organization", folder.name),), total=1, shown=1)
    together = _Findings("")
    records = []
    for path in inside:
        findings = _Findings(f"{path.name}/")
        records.append(_read_folder(path, findings))
        together.kept.extend(findings.kept[: FINDINGS_MAX - len(together.kept)])
        together.total += findings.total
        together.notes.extend(findings.notes)
    together.refuse_if_any()
    if notes is not None:
        notes.extend(together.notes)
    return tuple(records)


def _is_organization(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "_"))


def _read_folder(folder: Path, findings: _Findings) -> OrganizationRecords:
    paths = _files(folder, findings)
    read: dict[str, tuple[Any, ...]] = {}
    for table in TABLES:
        path = paths.get(table.name)
        if path is None:
            if table.required:
                findings.add("file.missing", table.name, {"file": f"{table.name}.csv"})
            continue
        read[table.name] = tuple(_read_table(path, table, findings))
    return OrganizationRecords(folder.name, **read)


def _files(folder: Path, findings: _Findings) -> dict[str, Path]:
    """Find the file of each table; complain about two for one table, and about kinds we do not read."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        table = table_of(path.stem)
        ending = path.suffix.casefold()
        if table is None or not path.is_file() or path.name.startswith((".", "~")):
            continue
        if ending in _TEXT_ENDINGS:
            findings.add("file.kind", path.name)
        elif ending in _ENDINGS and table.name in found:
            findings.add("file.twice", path.name, {"other": found[table.name].name})
        elif ending in _ENDINGS:
            found[table.name] = path
    return found


def _read_table(path: Path, table: FileTable, findings: _Findings) -> Iterator[Any]:
    """Give the nouns of one file; whatever is wrong goes to `findings`, and the row is left out."""
    name = path.name
    try:
        rows = _rows(path, table, findings)
        heading = next((row for row in rows if any(cell.strip() for cell in row[1])), None)
        if heading is None:
            findings.add("file.empty", name)
            return
        columns = _columns(table, heading, name, findings)
        if columns is None:
            return
        yield from _nouns(rows, columns, table, name, findings)
        findings.persons_read = findings.persons_read or table is PERSONS
    except FileProblem as problem:
        where = name if problem.row is None else f"{name}:{problem.row}"
        findings.add(problem.code, where, problem.parameters)


def _rows(path: Path, table: FileTable, findings: _Findings) -> Iterator[Row]:
    size_bytes = path.stat().st_size
    if size_bytes > FILE_BYTES_MAX:
        raise FileProblem("file.too_large", limit_megabytes=FILE_BYTES_MAX // 1_000_000)
    content = path.read_bytes()
    if path.suffix.casefold() == ".xlsx":
        return read_workbook(content)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise FileProblem("file.not_csv")
    rows, encoding = read_delimited(content, table)
    if encoding == "cp1252":
        findings.note("note.encoding", path.name, encoding="Windows-1252")
    return rows


def _columns(
    table: FileTable, heading: Row, name: str, findings: _Findings
) -> list[tuple[Column, Parser] | None] | None:
    """Match headings to columns; None when the file cannot be read for lack of one, or with one twice."""
    number, headings = heading
    matched: list[tuple[Column, Parser] | None] = []
    seen: set[str] = set()
    sound = True
    for place, text in enumerate(headings, 1):
        column = column_of(table, clean(text)) if len(text) <= 200 else None
        if column is None:
            if text.strip():
                findings.note("note.column_ignored", f"{name}:{number}", position=place)
            matched.append(None)
        elif column.name in seen:
            findings.add("column.twice", f"{name}:{number}:{column.name}")
            sound = False
            matched.append(None)
        else:
            seen.add(column.name)
            matched.append((column, parser_of(column)))
    for column in table.columns:
        if column.required and column.name not in seen:
            findings.add("column.missing", f"{name}:{number}:{column.name}")
            sound = False
    if not seen and sound:  # a list without persons has no required column, but it must have one that we know
        findings.add("column.none", f"{name}:{number}")
        sound = False
    return matched if sound else None


def _nouns(
    rows: Iterator[Row],
    columns: Sequence[tuple[Column, Parser] | None],
    table: FileTable,
    name: str,
    findings: _Findings,
) -> Iterator[Any]:
    """Understand each row; a row with a finding gives no noun."""
    noun = _NOUNS[table.name]
    for count, (number, cells) in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise FileProblem("file.too_many_rows", limit=ROWS_MAX)
        if not any(map(str.strip, cells)):
            continue
        before = findings.total
        if len(cells) < len(columns) or any(map(str.strip, cells[len(columns) :])):
            findings.add("row.cells", f"{name}:{number}", {"found": len(cells), "expected": len(columns)})
            continue
        values = _values(cells, columns, f"{name}:{number}", findings)
        _check_row(table, values, f"{name}:{number}", number, findings)
        if findings.total == before:
            yield noun(**_finished(table, values))


def _values(
    cells: Sequence[str], columns: Sequence[tuple[Column, Parser] | None], where: str, findings: _Findings
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for cell, matched in zip(cells, columns, strict=False):
        if matched is None:
            continue
        column, parser = matched
        text = clean(cell) if cell else ""
        try:
            if text:
                values[column.name] = parser(text)
            elif column.required:
                findings.add("cell.required", f"{where}:{column.name}")
        except CellProblem as problem:
            findings.add(problem.code, f"{where}:{column.name}", problem.parameters)
    return values


def _check_row(table: FileTable, values: Mapping[str, Any], where: str, number: int, findings: _Findings) -> None:
    """Check what concerns more than one cell: numbers of persons, order of dates."""
    local_id = values.get("local_id")
    first_rows = findings.first_rows
    if local_id is not None and table is PERSONS:
        if local_id in first_rows:
            findings.add("local_id.twice", f"{where}:local_id", {"row": first_rows[local_id]})
        first_rows.setdefault(local_id, number)
    elif local_id is not None and findings.persons_read and local_id not in first_rows:
        findings.add("local_id.unknown", f"{where}:local_id")
    for early, late in (("start", "end"), ("joined", "left")):
        if values.get(early) and values.get(late) and values[early] > values[late]:
            findings.add("date.order", f"{where}:{late}", {"other": early})


def _finished(table: FileTable, values: dict[str, Any]) -> dict[str, Any]:
    """Fill what a noun needs: dates that say nothing are empty, a birth date brings its own precision."""
    if table is PERSONS:
        birth_date, written = values.get("birth_date", ("", "unknown"))
        said = values.get("birth_date_precision", "day")
        coarse = ("day", "month", "year", "unknown")
        values["birth_date"] = birth_date
        values["birth_date_precision"] = max(written, said, key=coarse.index)
        values["anonymous"] = bool(values.get("anonymous"))
    for column in table.columns:
        if column.kind in {"date", "text"} or column.kind.startswith("code:"):
            values.setdefault(column.name, "")
    return values
