"""From an uploaded file to its sheets: CSV, XLSX, ODS, or a ZIP archive of CSV files such as the desk's own export.

Everything happens in memory. A sheet is a name, and rows with the numbers that a spreadsheet shows.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from sansnom.desk.bring.open_document import read_open_document
from sansnom.desk.files.archive import opened_archive
from sansnom.desk.files.encoding import FileProblem, decode
from sansnom.desk.files.workbook import read_sheets

FILE_BYTES_MAX: Final = 50_000_000
ROWS_MAX: Final = 1_000_000
PARTS_MAX: Final = 200
_SIGNS: Final = (",", ";", "\t", "|")
_ARCHIVE: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One table of a file: headings are the first row that has any text."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[int, Sequence[str]]]


def read_file(name: str, content: bytes) -> list[Sheet]:
    """Give the sheets that have headings; FileProblem for what cannot be read."""
    if len(content) > FILE_BYTES_MAX:
        raise FileProblem("file.too_large", limit_megabytes=FILE_BYTES_MAX // 1_000_000)
    sheets = [sheet for told in _tables(name, content) if (sheet := _sheet(*told)) is not None]
    if not sheets:
        raise FileProblem("file.empty")
    if sum(len(sheet.rows) for sheet in sheets) > ROWS_MAX:
        raise FileProblem("file.too_many_rows", limit=ROWS_MAX)
    return sheets


Told = tuple[str, list[tuple[int, Sequence[str]]]]


def _tables(name: str, content: bytes) -> Iterator[Told]:
    path = PurePosixPath(name)
    ending = path.suffix.casefold()
    if ending == ".csv" and not content.startswith(_ARCHIVE):
        yield path.stem, list(_delimited(content))
    elif ending == ".xlsx":
        yield from ((sheet, list(rows)) for sheet, rows in read_sheets(content))
    elif ending == ".ods":
        for sheet, rows in read_open_document(content):
            yield sheet, [(number, row) for number, row in rows]
    elif ending == ".zip":
        yield from _archived(content)
    else:
        raise FileProblem("file.not_csv" if ending == ".csv" else "file.kind")


def _archived(content: bytes) -> Iterator[Told]:
    """Read the CSV files of an archive, in its order; what is beside them is passed over."""
    with opened_archive(content, PARTS_MAX) as archive:
        for name in archive.names():
            if name.casefold().endswith(".csv"):
                yield PurePosixPath(name).stem, list(_delimited(archive.read(name)))


def _delimited(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Read CSV with the sign that divides its first rows most evenly into the most cells."""
    text, _ = decode(content)
    first, _, rest = text.partition("\n")
    skipped = 0
    sign = ""
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == len("sep=;"):
        sign, text, skipped = first.strip()[-1], rest, 1
    csv.field_size_limit(FILE_BYTES_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign or _sign(text), strict=True)
    number = skipped
    try:
        for row in reader:
            number += 1
            yield number, row
    except csv.Error:
        raise FileProblem("file.quotes", row=number + 1) from None


def _sign(text: str) -> str:
    head = text[:100_000].lstrip("\r\n").partition("\n")[0]
    return max(_SIGNS, key=head.count)


def _sheet(name: str, rows: list[tuple[int, Sequence[str]]]) -> Sheet | None:
    for place, (_, cells) in enumerate(rows):
        if any(cell.strip() for cell in cells):
            told = [(number, row) for number, row in rows[place + 1 :] if any(cell.strip() for cell in row)]
            return Sheet(name, tuple(cells), told)
    return None
