"""Contributors, who is alone and weights from columns of a list, as a statistician gives them."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sansnom.cli.main import main

LIST = """region,service,n,organizations,alone,cost
Montréal,Accueil,120,5,,10
Montréal,Francisation,85,4,,10
Montréal,Emploi,64,1,Org A,10
Laval,Accueil,44,2,,3
Laval,Francisation,31,1,Org A,3
Laval,Emploi,27,2,,3
Estrie,Accueil,25,3,,3
Estrie,Francisation,18,2,,3
Estrie,Emploi,14,2,,"2,5"
Montréal,Total,269,,,
Laval,Total,102,,,
Estrie,Total,57,,,
Total,Accueil,189,,,
Total,Francisation,134,,,
Total,Emploi,105,,,
Total,Total,428,,,
"""
DIMENSIONS = ("--rows", "region", "--columns", "service", "--count", "n")
ALL = ("--contributors", "organizations", "--alone", "alone", "--weight", "cost")


def protect(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Protect a list; give the exit code and what was told."""
    code = main(["protect", "table", str(path), *DIMENSIONS, "--json", "--seconds", "20", *options])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Write the list."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_cell_of_one_organization_is_hidden_from_the_others_and_from_itself(
    listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No count is small: nothing is hidden without the columns, and with them both cells of Org A, tried before its eyes."""
    _, plain = protect(capsys, listed)
    assert plain["suppressed"] == 0
    code, told = protect(capsys, listed, *ALL)
    assert (code, told["primary"], told["few_contributors"]) == (0, 2, 2)
    assert {2, 5} < set(told["suppressed_cells"])
    assert told["audit"]["contributors_tried"] == 1


def test_weights_of_a_column_decide_what_is_hidden_besides(listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cheap regions are hidden first; the loss is in the column's unit, a comma read as a point."""
    _, told = protect(capsys, listed, *ALL)
    _, by_value = protect(capsys, listed, *ALL[:4])
    assert told["loss"] == 24.5
    assert by_value["loss"] == by_value["value"] != told["loss"]


def test_columns_of_an_xlsx_are_read_alike(listed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same table as a workbook hides the same cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in LIST.replace('"2,5"', "2.5").splitlines():
        sheet.append([int(cell) if cell.isdigit() else cell or None for cell in line.split(",")])
    book.save(tmp_path / "list.xlsx")
    _, of_csv = protect(capsys, listed, *ALL)
    _, of_xlsx = protect(capsys, tmp_path / "list.xlsx", *ALL)
    assert of_xlsx["suppressed_cells"] == of_csv["suppressed_cells"]


@pytest.mark.parametrize(
    ("found", "put", "code", "where"),
    [
        ("85,4,,", "85,four,,", "columns.not_whole", "Montréal × Francisation (organizations)"),
        ("85,4,,", "85,4.5,,", "columns.not_whole", "Montréal × Francisation (organizations)"),
        ("85,4,,", "85,0,,", "columns.nobody", "Montréal × Francisation (organizations)"),
        ("85,4,,", "85,4,Org B,", "columns.not_alone", "Montréal × Francisation (alone)"),
        ("64,1,Org A", "64,1,", "columns.unnamed", "Montréal × Emploi (alone)"),
        ("44,2,,3", "44,2,,-3", "columns.weight", "Laval × Accueil (cost)"),
        ("44,2,,3", "44,2,,dear", "columns.weight", "Laval × Accueil (cost)"),
    ],
)
def test_a_wrong_column_is_refused_by_cell_and_column(
    listed: Path, capsys: pytest.CaptureFixture[str], found: str, put: str, code: str, where: str
) -> None:
    """Usage error; the labels and the column's name, never what stood there."""
    listed.write_text(LIST.replace(found, put), encoding="utf-8")
    ended, told = protect(capsys, listed, *ALL)
    assert (ended, told["ok"]) == (2, False)
    assert [(each["code"], each["where"]) for each in told["findings"]] == [(code, where)]
    assert "Org B" not in json.dumps(told)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--contributors", "nowhere"), "table.column_unknown"),
        (("--alone", "alone", "--method", "round-additive"), "columns.method"),
        (("--weight", "cost", "--weights", "cells"), "columns.two_weights"),
    ],
)
def test_options_that_do_not_fit_say_so(
    listed: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: str
) -> None:
    """Each by its own sentence."""
    ended, told = protect(capsys, listed, *options)
    assert (ended, [each["code"] for each in told["findings"]]) == (2, [code])


def test_a_crossed_table_has_no_such_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says to give a list."""
    path = tmp_path / "crossed.csv"
    path.write_text("r,a,b,Total\nx,30,40,70\ny,50,60,110\nTotal,80,100,180\n", encoding="utf-8")
    assert main(["protect", "table", str(path), "--alone", "alone", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "columns.need_list"
