"""Workbooks and SDMX-CSV: read back by other programs, the same bytes each time, never a figure without its interval."""

import csv
import io
import zipfile
from dataclasses import replace
from functools import cache

from openpyxl import load_workbook

from sansnom.release.assemble import assemble_release
from sansnom.release.sdmx import concept, sdmx_csv, time_range
from sansnom.release.workbook import workbook
from sansnom.terms.parse import Text
from sansnom.terms.plan import Period
from sansnom.terms.release import Release
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster


@cache
def release() -> Release:
    """Make up a release with one table of each kind."""
    roster = sample_roster()
    plan = sample_plan(roster)
    return assemble_release(plan, dictionary(), roster, "5e7d" * 16, 24, opened_values(plan, seed=3))


def test_a_workbook_opens_elsewhere_with_accents_and_numbers() -> None:
    """Another program reads every sheet: titles with accents, numbers as numbers, an empty cell where nothing can be told."""
    told = load_workbook(io.BytesIO(workbook(release())), read_only=True)
    assert told.sheetnames[0] == "Lire-Read"
    assert len(told.sheetnames) == 1 + len(release().tables)
    words = " ".join(str(cell) for row in told["Lire-Read"].iter_rows(values_only=True) for cell in row)
    assert "elle peut être négative" in words
    assert release().digest in words
    for name, table in zip(told.sheetnames[1:], release().tables, strict=True):
        rows = list(told[name].iter_rows(values_only=True))
        assert len(rows) == 1 + len(table.figures)
        heads = [str(head) for head in rows[0]]
        place = {head: n for n, head in enumerate(heads)}
        for row, figure, opened in zip(rows[1:], table.consistent.figures, table.figures, strict=True):
            assert row[place["value"]] == (figure.value or None)
            assert (row[place["low"]], row[place["high"]]) == (figure.low, figure.high)
            assert row[place["noisy_value"]] == opened.value
            assert row[place["value"]] != 0


def test_the_same_release_gives_the_same_archive() -> None:
    """No clock and no compression: byte for byte the same, and a sound archive."""
    assert workbook(release()) == workbook(release())
    archive = zipfile.ZipFile(io.BytesIO(workbook(release())))
    assert archive.testzip() is None
    assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_markup_and_formulas_in_titles_stay_words() -> None:
    """A title is never markup, and no cell of text is a formula."""
    title = Text('=cmd|"/c"<b>&', "=1+1")
    told = load_workbook(io.BytesIO(workbook(replace(release(), title=title))))
    cells = [cell for row in told["Lire-Read"].iter_rows() for cell in row if cell.value == title.en]
    assert [cell.data_type for cell in cells] == ["s"]


def test_sdmx_rows_have_a_status_and_an_interval() -> None:
    """E with a figure, Q without one; every row has both ends, one period, and codes of its axes."""
    for table in release().tables:
        rows = list(csv.DictReader(io.StringIO(sdmx_csv(release(), table).decode("utf-8"))))
        assert len(rows) == len(table.figures)
        for row, figure in zip(rows, table.consistent.figures, strict=True):
            assert row["OBS_STATUS"] == ("Q" if figure.dominated else "E")
            assert row["OBS_VALUE"] == ("" if figure.dominated else str(figure.value))
            assert (row["CONF_LOW"], row["CONF_HIGH"]) == (str(figure.low), str(figure.high))
            assert row["STRUCTURE"] == "dataflow"
        for axis in table.axes:
            assert {row[concept(axis.code)] for row in rows} == {value.code for value in axis.values}


def test_periods_are_written_as_sdmx_has_them() -> None:
    """Whole years, whole months, else days."""
    assert time_range(Period("2025-04-01", "2026-03-31")) == "2025-04-01/P1Y"
    assert time_range(Period("2025-04-01", "2025-06-30")) == "2025-04-01/P3M"
    assert time_range(Period("2025-04-02", "2025-04-11")) == "2025-04-02/P10D"
