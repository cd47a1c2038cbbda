"""How a released table is shown: the rows and columns of its grid, and its chart in both layouts."""

from dataclasses import dataclass
from itertools import product
from typing import Final

from sansnom.board.answers import marginal, sentences, total
from sansnom.board.charts import Bar, bar_chart, matrix_chart
from sansnom.board.language import Speaker
from sansnom.terms.release import Figure, ReleasedTable
from sansnom.terms.table import TRANSITIONS

CROSSED_COLUMNS_MAX: Final = 8
CHARTED_CELLS_MAX: Final = 36
OPENED_ROWS_MAX: Final = 12
MATRIX_SIDE_MAX: Final = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a grid: what it is called, and its figures."""

    names: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as a page shows it.

    over     what the columns are, above their names (crossed tables)
    heads    names of the columns of names
    columns  names of the columns of figures
    crossed  whether intervals stand inside the cells, not in a column of their own
    opened   the same rows as they were opened, shown beside
    """

    over: str
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    crossed: bool
    opened: tuple[Row, ...]


def grid_of(table: ReleasedTable, speaker: Speaker) -> Grid:
    """Lay out a table: crossed when it has two axes, else one line for each figure."""
    labels = [[speaker.of(value.label) for value in axis.values] for axis in table.axes]
    if len(table.axes) == 2:
        return _crossed(table, labels, speaker)
    heads = tuple(speaker.of(axis.label) for axis in table.axes) or (speaker.text("table.counted"),)
    names = list(product(*labels)) if labels else [(speaker.of(table.title),)]
    rows, opened = (
        tuple(Row(tuple(n), (f,)) for n, f in zip(names, figures, strict=True))
        for figures in (table.consistent.figures, table.figures)
    )
    return Grid("", heads, (speaker.of(table.unit), speaker.text("table.interval")), rows, crossed=False, opened=opened)


def _crossed(table: ReleasedTable, labels: list[list[str]], speaker: Speaker) -> Grid:
    down, across = 0, 1
    wide = len(labels[1])
    if wide > CROSSED_COLUMNS_MAX and len(labels[0]) < wide:
        down, across = 1, 0
    rows: list[Row] = []
    opened: list[Row] = []
    for n, name in enumerate(labels[down]):
        pairs = [(n, m) if down == 0 else (m, n) for m in range(len(labels[across]))]
        places = [first * wide + second for first, second in pairs]
        rows.append(Row((name,), tuple(table.consistent.figures[place] for place in places)))
        opened.append(Row((name,), tuple(table.figures[place] for place in places)))
    over, head = (speaker.of(table.axes[place].label) for place in (across, down))
    return Grid(over, (head,), tuple(labels[across]), tuple(rows), crossed=True, opened=tuple(opened))


def is_opened(grid: Grid) -> bool:
    """Say whether a table is short enough to stand open."""
    return len(grid.rows) <= OPENED_ROWS_MAX


def is_narrowed(table: ReleasedTable) -> bool:
    """Say whether the chart shows totals by one axis only, because the table has too many cells to draw."""
    return len(table.axes) > 1 and not _is_matrix(table) and not _is_grouped(table)


def charts_of(table: ReleasedTable, speaker: Speaker) -> tuple[str, str] | None:
    """Draw a table, wide and narrow; None for a single figure, which needs no picture."""
    if not table.axes or max(figure.high for figure in table.consistent.figures) == 0:
        return None
    title, described = speaker.of(table.title), " ".join(sentences(table, speaker))
    if _is_matrix(table):
        names = [speaker.of(value.label) for value in table.axes[-1].values]
        words = (title, described, speaker.of(table.axes[-2].label), speaker.of(table.axes[-1].label))
        figures = _folded(table)
        wide, narrow = (matrix_chart(names, names, figures, words, speaker, narrow=n) for n in (False, True))
        return wide, narrow
    bars = _bars(table, speaker)
    wide, narrow = (bar_chart(bars, title, described, speaker, narrow=n) for n in (False, True))
    return wide, narrow


def _is_matrix(table: ReleasedTable) -> bool:
    return table.kind == TRANSITIONS and len(table.axes[-1].values) <= MATRIX_SIDE_MAX


def _is_grouped(table: ReleasedTable) -> bool:
    return len(table.axes) == 2 and len(table.figures) <= CHARTED_CELLS_MAX and len(table.axes[0].values) <= 8


def _folded(table: ReleasedTable) -> list[Figure]:
    """Give the square of first and last levels, added up over any other axis."""
    codes = [value.code for value in table.axes[-1].values]
    return [total(table, lambda c, a=a, b=b: c[-2:] == (a, b)) for a in codes for b in codes]  # type: ignore[misc]  # the defaults bind the loop's values


def _bars(table: ReleasedTable, speaker: Speaker) -> list[Bar]:
    labels = [[speaker.of(value.label) for value in axis.values] for axis in table.axes]
    if len(table.axes) == 1:
        return [Bar(label, figure) for label, figure in zip(labels[0], table.consistent.figures, strict=True)]
    if _is_grouped(table):
        inner = len(labels[1])
        return [
            Bar(labels[1][n % inner], figure, labels[0][n // inner] if n % inner == 0 else "")
            for n, figure in enumerate(table.consistent.figures)
        ]
    return [Bar(label, figure) for label, figure in zip(labels[0], marginal(table, 0), strict=True)]
