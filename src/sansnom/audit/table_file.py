"""A statistician's table from a file: CSV or XLSX, one cell a line or crossed, with totals found by their labels.

`read_table` gives the axes, a number or a symbol for each cell, and the sums that the layout tells: indented or nested
labels, a total before or after its parts, headings over several rows. A value never enters an error, and neither does a label
while it is not sure that the file is a table: somebody may have given a list of people (FILE:ROW:COLUMN, both from 1).
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.table_layout import axis_of_columns, axis_of_rows, flat_axis, label_columns_of
from sansnom.desk.files.encoding import FileProblem, decode
from sansnom.desk.files.workbook import read_workbook
from sansnom.release.manifest import CELLS_MAX, Axis, hierarchy_axis
from sansnom.terms.errors import InputError

NUMBER, HIDDEN, MISSING, NEGATIVE, FRACTION = range(5)
"""What stands in a cell; the last two are figures that no count can be."""

SYMBOLS: Final = frozenset(
    {"--", "-", "–", "—", "x", "X", "s", "c", "F", "*", "**", "..", "...", "…", "n.d.", "<5", "<10"}
)
FILE_BYTES_MAX: Final = 200_000_000
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ ,\u00a0\u202f\u2009'’]\d{3})+(?:\.0+)?|[+-]?\d+(?:[.,]0+)?")
_FRACTION = re.compile(r"[+-]?[\d \u00a0\u202f,]*[.,]\d+")
_NOT_DIGITS = re.compile(r"[ ,\u00a0\u202f\u2009'’+]")
_COUNT_HEADINGS = frozenset(
    {"count", "n", "value", "obs", "obs_value", "effectif", "nombre", "valeur", "total_count", "freq"}
)


@dataclass(frozen=True, slots=True, eq=False)
class TableFile:
    """What a file shows: for each combination of labels (last axis fastest) a state, and a number where there is one."""

    name: str
    axes: tuple[Axis, ...]
    state: NDArray[np.int8]
    values: NDArray[np.int64]
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a list: for each further column that was asked for, its text at each cell ("" where the list has no line)."""
    crossed: bool = False
    """Whether it came crossed, not as a list of one cell a line."""

    def cell_name(self, cell: int) -> str:
        """Name a cell by its labels."""
        places = np.unravel_index(cell, tuple(len(axis.labels) for axis in self.axes))
        return " × ".join(axis.labels[int(place)] for axis, place in zip(self.axes, places, strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file where its layout does not tell enough."""

    dimensions: tuple[str, ...] = ()
    """Columns of a file with one cell a line; empty: all but the count."""
    count: str = ""
    hierarchy: Mapping[str, str] | None = None
    """Parent of each label, for totals that labels and layout do not show."""
    beside: tuple[str, ...] = ()
    """Columns of a list that say something else about a cell: no dimension, and not the count."""


def read_table(path: Path, reading: Reading) -> TableFile:
    """Read a table; InputError when the file cannot be read as one."""
    lines = read_lines(path)
    if not lines:
        raise InputError("table.empty")
    headings = [cell.strip() for cell in lines[0]]
    count = _count_column(lines, headings, reading)
    if count is not None:
        table = _one_a_line(path.name, headings, lines[1:], count, reading)
    else:
        table = _crossed(path.name, lines, reading)
    known = {label for axis in table.axes for label in axis.labels}
    for number, pair in enumerate((reading.hierarchy or {}).items(), 1):
        if not known.issuperset(pair):
            raise InputError("hierarchy.unknown_label", where=path.name, number=number)
    return table


def read_lines(path: Path) -> list[list[str]]:
    """Read the lines of a CSV or of the first sheet of an XLSX, empty last lines dropped."""
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError("table.file", where=path.name) from None
    if len(content) > FILE_BYTES_MAX:
        raise InputError("table.file_too_large", where=path.name)
    try:
        if content[:2] == b"PK":
            lines = [list(row) for _, row in read_workbook(content)]
        else:
            text = decode(content)[0]
            sample = "\n".join(text.splitlines()[:20])
            delimiter = max(",;\t|", key=sample.count)
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (FileProblem, csv.Error):
        raise InputError("table.file", where=path.name) from None
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    width = max(map(len, lines), default=0)
    return [line + [""] * (width - len(line)) for line in lines]


def read_hierarchy(path: Path) -> dict[str, str]:
    """Read child and parent, two columns with a heading; a child with two parents is refused."""
    parents: dict[str, str] = {}
    for row, line in enumerate(read_lines(path)[1:], 2):
        child, parent = (cell.strip() for cell in [*line, "", ""][:2])
        if not child or not parent:
            continue
        if parents.setdefault(child, parent) != parent:
            raise InputError("hierarchy.two_parents", where=f"{path.name}:{row}")
    hierarchy_axis(path.name, list({*parents, *parents.values()}), parents)  # refuses a cycle
    return parents


def figure(text: str) -> tuple[int, int] | None:
    """Give (state, value) of a cell's text; None when it is a label."""
    text = text.strip()
    if not text:
        return MISSING, 0
    if text in SYMBOLS:
        return HIDDEN, 0
    if _GROUPED.fullmatch(text):
        value = int(re.split(r"[.]0+$|,0+$", _NOT_DIGITS.sub("", text) if "," not in text[-3:] else text)[0] or 0)
        return (NEGATIVE, 0) if value < 0 else (NUMBER, value)
    if _FRACTION.fullmatch(text):
        return FRACTION, 0
    return None


def _count_column(lines: list[list[str]], headings: list[str], reading: Reading) -> int | None:
    """Find the one column of counts in a file with one cell a line; None when the table is crossed."""
    if reading.count:
        if reading.count not in headings:
            raise InputError("table.column_unknown", where=reading.count)
        return headings.index(reading.count)
    for name in reading.dimensions:
        if name not in headings:
            raise InputError("table.column_unknown", where=name)
    free = [place for place, name in enumerate(headings) if name not in (*reading.dimensions, *reading.beside)]
    named = [place for place in free if headings[place].casefold() in _COUNT_HEADINGS]
    if len(named) == 1:
        return named[0]
    if reading.dimensions or not all(headings):
        return free[-1] if reading.dimensions and free else None
    full = [
        place
        for place in free
        if all((told := figure(line[place])) is not None and told[0] != MISSING for line in lines[1:])
    ]
    return full[0] if len(full) == 1 and full[0] == free[-1] and len(free) > 2 and len(lines) > 1 else None


def _one_a_line(name: str, headings: list[str], lines: list[list[str]], count: int, reading: Reading) -> TableFile:
    chosen = [headings.index(each) for each in reading.dimensions] or [
        place for place, each in enumerate(headings) if place != count and each not in reading.beside
    ]
    if not lines or not chosen:
        raise InputError("table.empty")
    columns = [[line[place].strip() for line in lines] for place in chosen]
    labels = [list(dict.fromkeys(column)) for column in columns]
    axes = tuple(
        flat_axis(headings[place], each, reading.hierarchy) for place, each in zip(chosen, labels, strict=True)
    )
    size = _size(axes)
    shape = tuple(len(axis.labels) for axis in axes)
    numbers = [{label: number for number, label in enumerate(axis.labels)} for axis in axes]
    places = np.ravel_multi_index(
        tuple(np.array([number[label] for label in column]) for number, column in zip(numbers, columns, strict=True)),
        shape,
    )
    state, values = np.full(size, MISSING, dtype=np.int8), np.zeros(size, dtype=np.int64)
    if len(np.unique(places)) != len(places):
        order, first = np.unique(places, return_index=True)
        twice = int(np.setdiff1d(np.arange(len(places)), first)[0])
        assert len(order) < len(places)
        raise InputError("table.cell_twice", where=f"{name}:{twice + 2}")
    for row, (place, line) in enumerate(zip(places, lines, strict=True), 2):
        told = figure(line[count])
        if told is None:
            raise InputError("table.not_a_count", where=f"{name}:{row}:{count + 1}")
        state[place], values[place] = told
    beside = {}
    for asked in (each for each in reading.beside if each in headings):
        told_there = [""] * size
        for place, line in zip(places, lines, strict=True):
            told_there[place] = line[headings.index(asked)].strip()
        beside[asked] = tuple(told_there)
    return TableFile(name, axes, state, values, beside)


def _crossed(name: str, lines: list[list[str]], reading: Reading) -> TableFile:
    known = [[figure(cell) for cell in line] for line in lines]
    labels = label_columns_of(known)
    first = next((place for place in range(1, len(lines)) if _is_body(known[place], labels)), None)
    if first is None:
        raise InputError("table.no_body", where=name)
    last = first
    while last < len(lines) and _is_body(known[last], labels):
        last += 1
    rows, columns = lines[first:last], range(labels, len(lines[0]))
    headings = [line[labels:] for line in lines[:first] if any(cell.strip() for cell in line[labels:])]
    row_axis = axis_of_rows([row[:labels] for row in rows], reading.hierarchy)
    column_axis = axis_of_columns(headings, len(columns), reading.hierarchy)
    axes = (row_axis, column_axis)
    size = _size(axes)
    state, values = np.full(size, MISSING, dtype=np.int8), np.zeros(size, dtype=np.int64)
    for number, row in enumerate(known[first:last]):
        for place, told in enumerate(row[labels:]):
            if told is None:
                raise InputError("table.not_a_count", where=f"{name}:{first + number + 1}:{labels + place + 1}")
            state[number * len(columns) + place], values[number * len(columns) + place] = told
    return TableFile(name, axes, state, values, crossed=True)


def _is_body(known: Sequence[tuple[int, int] | None], labels: int) -> bool:
    figures = sum(each is not None and each[0] != MISSING for each in known[labels:])
    return 2 * figures > len(known) - labels


def _size(axes: Sequence[Axis]) -> int:
    size = int(np.prod([float(len(axis.labels)) for axis in axes]))
    if size > CELLS_MAX:
        raise InputError("table.too_large", limit=CELLS_MAX)
    return size
