"""XLSX without trusting it: every part is unpacked and counted here, under limits, before calamine sees any of it.

An XLSX is a zip of XML. A small one can unpack to terabytes, point to a cell a billion rows away, repeat one huge
string in a million cells, or declare sizes that are not true. So the parts are read by our own bounded reader, scanned
with expat (no document types, no entities), and handed to calamine as a new archive that holds nothing else.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from sansnom.desk.files.archive import opened_archive
from sansnom.desk.files.encoding import FileProblem

ROWS_MAX: Final = 1_048_576
CELLS_MAX: Final = 10_000_000
TEXT_CHARACTERS_MAX: Final = 200_000_000


def read_workbook(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the rows of the first sheet, headings first; FileProblem when it is no XLSX or breaks a limit."""
    for _, rows in read_sheets(content):
        yield from rows
        return


def read_sheets(content: bytes) -> Iterator[tuple[str, Iterator[tuple[int, Sequence[str]]]]]:
    """Give every sheet's name and rows; FileProblem when it is no XLSX or breaks a limit."""
    checked = _checked_archive(content)
    try:
        with CalamineWorkbook.from_filelike(checked) as workbook:
            for place, name in enumerate(workbook.sheet_names):
                rows = workbook.get_sheet_by_index(place).to_python(skip_empty_area=False)
                yield name, ((number, [_as_text(cell) for cell in row]) for number, row in enumerate(rows, 1))
    except (CalamineError, ValueError, OSError):
        raise FileProblem("file.xlsx.broken") from None


def _as_text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _checked_archive(content: bytes) -> io.BytesIO:
    """Unpack the XML parts under limits, scan them, and give a plain archive of them alone."""
    scan = _Scan()
    target = io.BytesIO()
    with opened_archive(content) as source, zipfile.ZipFile(target, "w") as kept:
        names = sorted(
            source.names(), key=lambda name: not name.casefold().endswith("sharedstrings.xml")
        )  # lengths first
        for name in names:
            if name.casefold().endswith((".xml", ".rels")):
                kept.writestr(name, source.parse(name, scan.parser_for_next_part()))
    if not scan.has_sheet:
        raise FileProblem("file.xlsx.broken")
    target.seek(0)
    return target


class _Scan:
    """Counts cells and text over all parts of one workbook, and knows how far each sheet reaches."""

    def __init__(self) -> None:
        self.has_sheet = False
        self._filled_cells = 0
        self._text_characters = 0
        self._shared_lengths: list[int] = []
        self._in_shared_item = False
        self._is_index = False
        self._row = self._column = 0
        self._rows_reached = self._columns_reached = 0

    def parser_for_next_part(self) -> expat.XMLParserType:
        """Start a part: places count anew, totals go on."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._in_shared_item = self._is_index = False
        self._row = self._column = self._rows_reached = self._columns_reached = 0
        return parser

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        if name == "c":
            self._row, self._column = _place(attributes.get("r", ""), self._row, self._column + 1)
            self._is_index = attributes.get("t") == "s"
        elif name in {"v", "is", "f"}:
            self._reach()
        elif name == "row":
            self._row, self._column = _number(attributes.get("r", ""), default=self._row + 1), 0
        elif name == "si":
            self._in_shared_item = True
            self._shared_lengths.append(0)
        elif name == "worksheet":
            self.has_sheet = True

    def _end(self, qualified: str) -> None:
        name = qualified.rpartition(" ")[2]
        if name == "si":
            self._in_shared_item = False
        elif name == "c":
            self._is_index = False

    def _reach(self) -> None:
        """Count a filled cell; a grid as wide and deep as the farthest one must fit (calamine lays it out in full)."""
        self._filled_cells += 1
        self._rows_reached = max(self._rows_reached, self._row)
        self._columns_reached = max(self._columns_reached, self._column)
        laid_out = max(self._filled_cells, self._rows_reached * self._columns_reached)
        if self._rows_reached > ROWS_MAX or laid_out > CELLS_MAX:
            raise FileProblem("file.xlsx.bomb")

    def _text(self, text: str) -> None:
        if self._in_shared_item:
            self._shared_lengths[-1] += len(text)
        elif self._is_index:
            place = _number(text.strip(), default=0)
            self._text_characters += self._shared_lengths[place] if place < len(self._shared_lengths) else 0
            if self._text_characters > TEXT_CHARACTERS_MAX:
                raise FileProblem("file.xlsx.bomb")


def _number(text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len("1048576")):
        raise FileProblem("file.xlsx.broken")
    return int(text)


def _place(reference: str, row: int, column: int) -> tuple[int, int]:
    """Give row and column of a reference such as B12; where it says nothing, the place that follows."""
    letters = reference.rstrip("0123456789")
    if letters:
        if not (letters.isascii() and letters.isupper() and len(letters) <= len("XFD")):
            raise FileProblem("file.xlsx.broken")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - ord("A") + 1
    return _number(reference[len(letters) :], default=row), column
