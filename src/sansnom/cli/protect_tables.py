"""Tables of counts for `sansnom protect table`: checked cell by cell, completed, and joined with earlier releases."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from sansnom.audit.table_file import FRACTION, HIDDEN, MISSING, NEGATIVE, Reading, TableFile, read_table
from sansnom.release.linear_table import Flags, Integers
from sansnom.release.manifest import CountTable, Period, relations_of
from sansnom.terms.errors import Finding, InputError

_PERIOD = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})")
WRONG: Final = {NEGATIVE: "table.negative", FRACTION: "table.fraction", HIDDEN: "table.hidden_already"}


@dataclass(frozen=True, slots=True, eq=False)
class Curated:
    """A complete table of counts, the file it came from, and how many cells were completed."""

    table: CountTable
    source: TableFile
    filled: int


def period_of(told: str) -> Period | None:
    """Read FIRST/LAST; None where nothing is told."""
    if not told:
        return None
    found = _PERIOD.fullmatch(told)
    try:
        assert found is not None
        first, last = (date.fromisoformat(each) for each in found.groups())
    except (AssertionError, ValueError):
        raise InputError("table.period", where=told) from None
    if last < first:
        raise InputError("table.period", where=told)
    return Period(first.isoformat(), last.isoformat())


def curated_table(path: Path, reading: Reading, period: Period | None) -> Curated:
    """Read a table to protect; refuse what is no count, by the cell's labels."""
    source = read_table(path, reading)
    for state, code in WRONG.items():
        cells = np.flatnonzero(source.state == state)
        if len(cells):
            findings = tuple(Finding(code, source.cell_name(int(cell))) for cell in cells[:200])
            raise InputError(code, findings if len(findings) > 1 else (), where=findings[0].where)
    missing = source.state == MISSING
    values = _completed(source, missing) if missing.any() else source.values
    return Curated(CountTable(path.stem, source.axes, values, period=period), source, int(missing.sum()))


def earlier_tables(told: list[str], reading: Reading, current: CountTable) -> list[CountTable]:
    """Read what was published before; its hidden cells must be cells of the current table, which knows their counts."""
    tables = []
    for each in told:
        name, _, period = each.partition("@")
        source = read_table(Path(name), reading)
        published = source.state < HIDDEN
        values = source.values.copy()
        span = period_of(period) or current.period
        hidden = np.flatnonzero(source.state == HIDDEN)
        known = {name: int(value) for name, value in zip(current.cell_names(), current.values, strict=True)}
        for cell in hidden:
            label = source.cell_name(int(cell))
            if span != current.period or label not in known:
                raise InputError("earlier.unknown_hidden", where=f"{name}: {label}")
            values[cell] = known[label]
        for state in (NEGATIVE, FRACTION):
            wrong = np.flatnonzero(source.state == state)
            if len(wrong):
                raise InputError(WRONG[state], where=f"{name}: {source.cell_name(int(wrong[0]))}")
        missing = source.state == MISSING
        if missing.any():
            values = _completed(TableFile(source.name, source.axes, source.state, values), missing)
        tables.append(CountTable(Path(name).stem, source.axes, values, published=published, period=span))
    return tables


def _completed(source: TableFile, missing: Flags) -> Integers:
    """Take a missing total for the sum of its parts and any other missing cell for zero."""
    relations = relations_of(source.axes)
    values, unknown = source.values.copy(), missing.copy()
    entries = relations.tocoo()
    totals = np.zeros(len(values), dtype=np.bool_)
    totals[entries.col[entries.data < 0]] = True
    unknown &= totals
    for _ in range(64):
        waiting = np.asarray(abs(relations) @ unknown.astype(np.int64))
        ready = np.flatnonzero((waiting == 1) & (_total_unknown(relations.shape[0], entries, unknown)))
        if not len(ready):
            break
        of = {
            int(row): int(cell)
            for row, cell, sign in zip(entries.row, entries.col, entries.data, strict=True)
            if sign < 0
        }
        sums = relations @ np.where(unknown, 0, values)
        for row in ready:
            values[of[int(row)]] = sums[row]
            unknown[of[int(row)]] = False
    return values


def _total_unknown(rows: int, entries: object, unknown: Flags) -> Flags:
    found = np.zeros(rows, dtype=np.bool_)
    negative = entries.data < 0  # type: ignore[attr-defined]  # a coo_matrix, whose type scipy's stubs make long
    found[entries.row[negative]] = unknown[entries.col[negative]]  # type: ignore[attr-defined]  # as above
    return found
