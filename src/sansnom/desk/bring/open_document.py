"""OpenDocument spreadsheets (ODS) without trusting them: one part is unpacked, under limits, and read with expat.

A cell says how often it is repeated, and so does a row: a file of a kilobyte can ask for a sheet of a billion cells. So
empty cells and rows at the end are never written out, and what is written out is counted.
"""

from typing import Final
from xml.parsers import expat

from sansnom.desk.files.archive import opened_archive
from sansnom.desk.files.encoding import FileProblem
from sansnom.desk.files.workbook import CELLS_MAX, ROWS_MAX, TEXT_CHARACTERS_MAX

_PART: Final = "content.xml"
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_STATED: Final = {
    "date": "date-value",
    "float": "value",
    "percentage": "value",
    "currency": "value",
    "boolean": "boolean-value",
}

Rows = list[tuple[int, list[str]]]


def read_open_document(content: bytes) -> list[tuple[str, Rows]]:
    """Give each sheet's name and rows; FileProblem when it is no ODS or breaks a limit."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    with opened_archive(content) as source:
        source.parse(_PART, parser)
    return reader.sheets


class _Reader:
    """Collects sheets as their elements pass."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, Rows]] = []
        self._row: list[str] = []
        self._row_times = self._cell_times = self._number = 0
        self._paragraphs: list[str] = []
        self._stated = ""
        self._inside = False
        self._skipped = 0
        self._cells = self._characters = 0

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        """Open an element; names are told by their last word, whatever the namespace."""
        name = qualified.rpartition(" ")[2]
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if self._skipped or name in {"annotation", "shapes", "tracked-changes"}:
            self._skipped += 1
        elif name == "table":
            self.sheets.append((told.get("name", ""), []))
            self._number = 0
        elif name == "table-row":
            self._row, self._row_times = [], _times(told.get("number-rows-repeated"))
        elif name in _CELLS:
            self._cell_times = _times(told.get("number-columns-repeated"))
            self._paragraphs, self._inside = [], True
            self._stated = _plain(told.get("value-type", ""), told)
        elif name == "p":
            self._paragraphs.append("")
        elif name in {"s", "tab", "line-break"}:
            self.text(" " * min(_times(told.get("c")), 200))

    def end(self, qualified: str) -> None:
        """Close an element."""
        name = qualified.rpartition(" ")[2]
        if self._skipped:
            self._skipped -= 1
        elif name in _CELLS:
            self._inside = False
            self._add_cell(self._stated or "\n".join(self._paragraphs))
        elif name == "table-row":
            self._add_row()

    def text(self, told: str) -> None:
        """Take the text of a paragraph."""
        if self._inside and not self._skipped and self._paragraphs:
            self._paragraphs[-1] += told

    def _add_cell(self, told: str) -> None:
        if told and self._cell_times * max(1, len(told)) > CELLS_MAX:
            raise FileProblem("file.xlsx.bomb")
        self._row.append(told)
        if self._cell_times > 1:
            if len(self._row) + self._cell_times > 16_384 + 1:
                raise FileProblem("file.xlsx.bomb")
            self._row += [told] * (self._cell_times - 1)

    def _add_row(self) -> None:
        while self._row and not self._row[-1]:
            self._row.pop()
        if self._row:
            self._cells += len(self._row) * self._row_times
            self._characters += sum(map(len, self._row)) * self._row_times
            if self._cells > CELLS_MAX or self._characters > TEXT_CHARACTERS_MAX:
                raise FileProblem("file.xlsx.bomb")
            rows = self.sheets[-1][1]
            rows += [(self._number + place, self._row) for place in range(1, self._row_times + 1)]
        self._number += self._row_times
        if self._number > ROWS_MAX + 1:
            raise FileProblem("file.xlsx.bomb")


def _times(told: str | None) -> int:
    if not told:
        return 1
    if not (told.isascii() and told.isdigit() and len(told) <= 7):
        raise FileProblem("file.xlsx.broken")
    return max(1, int(told))


def _plain(kind: str, told: dict[str, str]) -> str:
    """Give what a cell states besides its look: dates as ISO, whole numbers without a decimal point."""
    stated = told.get(_STATED.get(kind, ""), "")
    if kind == "date":
        return stated.removesuffix("T00:00:00").replace("T", " ")
    return stated.removesuffix(".0")
