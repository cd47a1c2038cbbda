"""Tables as CSV: every cell in order, readable by a strict reader, no formula."""

import csv
import io

import pytest

from sansnom.release.assemble import assemble_release
from sansnom.release.csv_tables import data_package, harmless, table_csv
from sansnom.terms.parse import Text
from sansnom.terms.release import Consistent, Figure, ReleasedTable
from sansnom.terms.table import Axis
from sansnom.terms.vocabulary import Value
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster


def small(label: str) -> ReleasedTable:
    """Make a table of one cell with this label."""
    axis = Axis("group", Text("Groupe", "Group"), (Value("a", Text(label, label)),))
    told = Text("T", "T")
    figure = Figure(-4, 0, 1, dominated=True)
    consistent = Consistent((Figure(0, 0, 2, dominated=True),), (-405,), ())
    return ReleasedTable("t", "persons", told, told, (axis,), 1, 2, 3, (figure,), consistent)  # type: ignore[arg-type]  # whole numbers serve as fractions here


def rows_of(table: ReleasedTable) -> list[list[str]]:
    """Read a table's CSV back, strictly."""
    return list(csv.reader(io.StringIO(table_csv(table).decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_label_that_begins_like_a_formula_is_harmless(label: str) -> None:
    """A spreadsheet shows it and runs nothing; a noisy negative number stays a number."""
    cells = rows_of(small(label))[1]
    assert cells[1] == cells[2] == f"'{label}"
    assert cells[3:] == ["", "0", "2", "true", "-4.05", "-4", "0", "1", "true"]
    assert harmless("Montréal") == "Montréal"


@pytest.mark.parametrize("label", ['say "oui", non', "two\nlines", "a,b;c", "Gaspésie–Îles-de-la-Madeleine", "محمد"])
def test_any_label_survives_the_file(label: str) -> None:
    """Commas, quotation marks, line breaks and every script come back as they were."""
    assert rows_of(small(label))[1][1] == label


def test_cells_stand_in_the_order_of_the_release() -> None:
    """Row-major, with the codes of each axis, for every table of the sample."""
    roster = sample_roster()
    plan = sample_plan(roster)
    release = assemble_release(plan, dictionary(), roster, "00", 24, opened_values(plan))
    for table in release.tables:
        header, *rows = rows_of(table)
        assert len(header) == 3 * len(table.axes) + 9
        assert [int(row[-4]) for row in rows] == [figure.value for figure in table.figures]
        assert [row[-1] == "true" for row in rows] == [figure.dominated for figure in table.figures]
        assert [int(row[-9] or 0) for row in rows] == [figure.value for figure in table.consistent.figures]
        assert [row[-6] == "true" for row in rows] == [figure.dominated for figure in table.consistent.figures]
        if table.axes:
            size = len(table.axes[-1].values)
            assert [row[-12] for row in rows[:size]] == [value.code for value in table.axes[-1].values]
    assert [r["name"] for r in data_package(release)["resources"]] == [t.table for t in release.tables]


def test_a_figure_that_nothing_is_known_of_is_empty_never_nought() -> None:
    """No line of any table shows a consistent figure of 0: it is left empty, flagged, and its interval stands."""
    roster = sample_roster()
    plan = sample_plan(roster)
    release = assemble_release(plan, dictionary(), roster, "00", 24, opened_values(plan))
    rows = [row for table in release.tables for row in rows_of(table)[1:]]
    empty = [row for row in rows if row[-9] == ""]
    assert empty
    assert all(row[-6] == "true" and int(row[-7]) > 0 for row in empty)
    assert "0" not in {row[-9] for row in rows}
