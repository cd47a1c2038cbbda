"""Tables from files and the attack on them: layouts, propagation against brute force, several files, wrong rules."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.audit.propagate import propagate
from sansnom.audit.table_attack import Rule, attack_tables
from sansnom.audit.table_file import HIDDEN, MISSING, NUMBER, Reading, figure, read_hierarchy, read_table
from sansnom.release.manifest import Axis, relations_of
from sansnom.terms.errors import InputError

CROSSED = """Region,Women,Men,Total
North,12,30,42
South,--,8,11
Total,15,38,53
"""

INDENTED = """Admissions by month,,,,
,,2025,,
,,Q1,,2025 Total
,,Jan,Q1 Total,
,Child,--,--,--
,Spouse,15,15,15
Quebec - Total,,20,20,20
Total,,20,20,20
Notes: values between 0 and 5 are shown as --,,,,
"""


def written(folder: Path, text: str, name: str = "table.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_crossed_table_gives_labels_states_and_the_sums_of_its_totals(tmp_path: Path) -> None:
    """Two axes of labels; Total is the sum of the others."""
    table = read_table(written(tmp_path, CROSSED), Reading())
    assert table.axes[0] == Axis("rows", ("North", "South", "Total"), ((2, (0, 1)),))
    assert table.axes[1].sums == ((2, (0, 1)),)
    assert table.state.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert table.cell_name(3) == "South × Women"


def test_indented_rows_and_headings_over_several_rows_give_their_nested_sums(tmp_path: Path) -> None:
    """The layout of monthly tables of ministries: parts before totals, years over quarters over months, notes below."""
    table = read_table(written(tmp_path, INDENTED), Reading())
    rows, columns = table.axes
    assert rows.labels == ("Quebec - Total / Child", "Quebec - Total / Spouse", "Quebec - Total", "Total")
    assert rows.sums[0] == (2, (0, 1))
    assert columns.labels == ("2025 Q1 Jan", "2025 Q1 Q1 Total", "2025 2025 Total")
    assert set(columns.sums) == {(1, (0,)), (2, (1,))}


def test_one_cell_a_line_with_a_hierarchy_gives_its_sums_and_missing_cells(tmp_path: Path) -> None:
    """A list names its dimensions; a combination that is not there is missing, not zero."""
    listed = written(tmp_path, "sex;area;count\nF;Town;4\nM;Town;6\nF;Land;5\nF;All land;9\n")
    parents = read_hierarchy(written(tmp_path, "child,parent\nTown,All land\nLand,All land\n", "h.csv"))
    table = read_table(listed, Reading(hierarchy=parents))
    assert table.axes[1].sums == ((2, (0, 1)),)
    assert table.state.tolist() == [NUMBER, NUMBER, NUMBER, NUMBER, MISSING, MISSING]


@pytest.mark.parametrize(
    ("text", "state", "value"),
    [
        ("1,120", NUMBER, 1120),
        ("1\u00a0120", NUMBER, 1120),
        ("1 234 567", NUMBER, 1234567),
        ("7.0", NUMBER, 7),
        ("1,120.0", NUMBER, 1120),
        ("--", HIDDEN, 0),
        ("", MISSING, 0),
        ("-3", 3, 0),
        ("2.5", 4, 0),
        ("2,5", 4, 0),
    ],
)
def test_a_figure_is_read_as_people_write_it(text: str, state: int, value: int) -> None:
    """Groups of thousands in French and English, symbols for hidden cells, what is no count."""
    assert figure(text) == (state, value)


@pytest.mark.parametrize(
    ("hierarchy", "code"),
    [
        ("child,parent\nNorth,South\nSouth,North\n", "hierarchy.cycle"),
        ("child,parent\nNorth,North\n", "hierarchy.cycle"),
        ("child,parent\nNorth,East\n", "hierarchy.unknown_label"),
        ("child,parent\nNorth,Total\nNorth,South\n", "hierarchy.two_parents"),
    ],
)
def test_a_hierarchy_that_is_none_is_refused(tmp_path: Path, hierarchy: str, code: str) -> None:
    """A cycle, a label of no table, two parents."""
    with pytest.raises(InputError) as caught:
        read_table(written(tmp_path, CROSSED), Reading(hierarchy=read_hierarchy(written(tmp_path, hierarchy, "h.csv"))))
    assert caught.value.code == code


def test_the_lone_hidden_cell_of_a_line_is_pinned_and_named_without_its_value(tmp_path: Path) -> None:
    """South × Women is what its row leaves."""
    found = attack_tables([read_table(written(tmp_path, CROSSED), Reading())], Rule())
    assert [(each.code, each.where) for each in found.findings()] == [("attack.pinned", "South × Women")]
    assert not found.passed
    assert found.to_json()["pinned"] == 1


def test_a_cell_hidden_in_one_file_and_shown_in_an_earlier_one_is_pinned(tmp_path: Path) -> None:
    """Two tables that are each safe alone: hidden in squares, but not the same squares."""
    first = "R,a,b,c,Total\nx,--,--,20,60\ny,--,--,20,60\nz,20,20,20,60\nTotal,60,60,60,180\n"
    later = "R,a,b,c,Total\nx,20,--,--,60\ny,20,--,--,60\nz,20,20,20,60\nTotal,60,60,60,180\n"
    files = [read_table(written(tmp_path, text, f"{n}.csv"), Reading()) for n, text in enumerate((first, later))]
    assert attack_tables(files[:1], Rule()).passed
    assert attack_tables(files[1:], Rule()).passed
    together = attack_tables(files, Rule())
    assert together.pinned.sum() == 6
    assert together.shown_elsewhere.sum() == 4


def test_linear_programs_find_what_propagation_leaves(tmp_path: Path) -> None:
    """Every line has two hidden cells or more, yet y × c is what two rows less two columns leave."""
    hidden = {"x": "ab", "y": "abc", "z": "cd", "w": "cd"}
    lines = ["R,a,b,c,d,Total"]
    lines += [",".join([row, *("--" if c in cells else "50" for c in "abcd"), "200"]) for row, cells in hidden.items()]
    table = read_table(written(tmp_path, "\n".join([*lines, "Total,200,200,200,200,800"])), Reading())
    assert not attack_tables([table], Rule(), programs_max=0).pinned.any()
    found = attack_tables([table], Rule())
    assert [each.where for each in found.findings() if each.code == "attack.pinned"] == ["y × c"]


def test_figures_that_contradict_the_rule_are_said_to(tmp_path: Path) -> None:
    """15 is not 12 and something from 1 to 2."""
    found = attack_tables([read_table(written(tmp_path, CROSSED), Reading())], Rule(1, 2))
    assert not found.consistent
    assert not found.passed


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_propagation_never_excludes_the_truth_and_stays_within_brute_force(seed: int) -> None:
    """On tables of two by two with margins, every table that fits the published one lies within the bounds."""
    drawn = np.random.default_rng(seed)
    inner = drawn.integers(0, 5, (2, 2))
    whole = np.array([[*row, row.sum()] for row in [*inner, inner.sum(axis=0)]])
    axis = Axis("a", ("1", "2", "T"), ((2, (0, 1)),))
    relations = relations_of((axis, axis))
    hidden = drawn.random(9) < 0.6
    low, high = np.where(hidden, 0, whole.ravel()), np.where(hidden, 16, whole.ravel())
    found = propagate(relations, low, high)
    assert found.consistent
    for guess in product(range(5), repeat=4):
        table = np.array(guess).reshape(2, 2)
        full = np.array([[*row, row.sum()] for row in [*table, table.sum(axis=0)]]).ravel()
        if ((low <= full) & (full <= high)).all():
            assert ((found.low <= full) & (full <= found.high)).all()
