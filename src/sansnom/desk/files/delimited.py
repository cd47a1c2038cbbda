"""CSV as people really save it: comma, semicolon or tab, quoted line ends, Excel's `sep=` line."""

import csv
import io
from collections.abc import Iterator, Sequence

from sansnom.desk.files.columns import FileTable, column_of
from sansnom.desk.files.encoding import FileProblem, decode

Row = tuple[int, Sequence[str]]
"""Number of the row as a spreadsheet shows it (the headings are row 1), and its cells."""

_DELIMITERS = (",", ";", "\t", "|")
_CELL_CHARACTERS_MAX = 50_000_000  # the file's own limit: so that a huge cell is found by its column, not by the parser


def read_delimited(content: bytes, table: FileTable) -> tuple[Iterator[Row], str]:
    """Give the rows, headings first, and the encoding; FileProblem when the text is no CSV."""
    text, encoding = decode(content)
    first, _, rest = text.partition("\n")
    skipped = 0
    delimiter = ""
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter, text, skipped = first.strip()[-1], rest, 1
    if not delimiter:
        delimiter = _delimiter(text, table)
    return _rows(text, delimiter, skipped), encoding


def _delimiter(text: str, table: FileTable) -> str:
    """Choose the delimiter under which the first line names the most columns we know."""
    first = text.lstrip("\r\n").partition("\n")[0].rstrip("\r")[:100_000]

    def known(delimiter: str) -> int:
        return sum(column_of(table, heading.strip('" ')) is not None for heading in first.split(delimiter))

    return max(_DELIMITERS, key=known)


def _rows(text: str, delimiter: str, skipped: int) -> Iterator[Row]:
    csv.field_size_limit(_CELL_CHARACTERS_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped
    try:
        for row in reader:
            number += 1
            yield number, row
    except csv.Error:
        raise FileProblem("file.quotes", row=number + 1) from None
