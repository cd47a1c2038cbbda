"""`sansnom protect table` and `sansnom audit table`, as a statistician runs them."""

import csv
import json
from pathlib import Path

import pytest

from sansnom.cli.main import main

COUNTS = """Région,Femmes,Hommes,Autre,Total
Montréal,120,110,12,242
Laval,44,3,14,61
Estrie,25,27,4,56
Gaspésie,2,16,11,29
Total,191,156,41,388
"""


def written(folder: Path, text: str, name: str = "counts.csv") -> str:
    """Write a file, give its path."""
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_table_is_protected_audited_and_stands_the_attack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Small counts are gone from what is written, the audit passed, and the attack finds nothing."""
    out = tmp_path / "out"
    assert main(["protect", "table", written(tmp_path, COUNTS), "--out", str(out), "--json", "--seconds", "20"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["primary"], told["audit"]["passed"]) == (True, 3, True)
    assert told["bound"] <= told["value"]
    lines = list(csv.reader((out / "table.csv").read_text(encoding="utf-8").splitlines()))
    assert lines[2][2] == lines[3][3] == lines[4][1] == "x"
    assert main(["audit", "table", str(out / "table.csv"), "--json"]) == 0
    assert {each.name for each in out.iterdir()} >= {"table.xlsx", "manifest.json", "audit.json", "report.html"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'lang="fr"' in page
    assert 'lang="en"' in page
    assert "<svg" in page


def test_what_is_published_does_not_say_which_hidden_cells_are_small(tmp_path: Path) -> None:
    """Only the page that is kept tells primary from complementary; table, manifest and audit do not."""
    out = tmp_path / "out"
    assert main(["protect", "table", written(tmp_path, COUNTS), "--out", str(out), "--seconds", "20"]) == 0
    for name in ("table.csv", "manifest.json", "audit.json"):
        text = (out / name).read_text(encoding="utf-8")
        assert "Laval × Hommes" not in text
        assert "suppressed_cells" not in text


@pytest.mark.parametrize(
    ("found", "put", "code", "where"),
    [
        ("44,3,14", "44,-3,14", "table.negative", "Laval × Hommes"),
        ("44,3,14", "44,3.5,14", "table.fraction", "Laval × Hommes"),
        ("44,3,14", "44,x,14", "table.hidden_already", "Laval × Hommes"),
        ("44,3,14", "45,3,14", "table.margin", "Laval × Total"),
    ],
)
def test_a_bad_cell_is_refused_by_its_labels_and_never_its_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], found: str, put: str, code: str, where: str
) -> None:
    """Usage error, in JSON too; nothing is written."""
    path = written(tmp_path, COUNTS.replace(found, put))
    assert main(["protect", "table", path, "--json", "--out", str(tmp_path / "out")]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (code, where) in [(each["code"], each["where"]) for each in told["findings"]]
    assert not (tmp_path / "out").exists()


def test_a_failed_interval_audit_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If suppression hid the small counts alone, the audit refuses: exit 3, no folder."""
    from sansnom.cli import protect

    def careless(table: object, **_: object) -> object:
        class Careless:
            suppressed = table.primary.copy()  # type: ignore[attr-defined]  # a LinearTable

        return Careless()

    monkeypatch.setattr(protect, "suppress", careless)
    assert main(["protect", "table", written(tmp_path, COUNTS), "--out", str(tmp_path / "out")]) == 3
    assert not (tmp_path / "out").exists()


def test_rounding_to_the_nearest_is_refused(tmp_path: Path) -> None:
    """Exit 3."""
    assert main(["protect", "table", written(tmp_path, COUNTS), "--method", "round-nearest"]) == 3


def test_random_rounding_with_a_kept_secret_gives_the_same_table_again(tmp_path: Path) -> None:
    """Asking twice gives nothing to average."""
    path, secret = written(tmp_path, COUNTS), str(tmp_path / "secret")
    for out in ("one", "two"):
        asked = ["protect", "table", path, "--method", "round", "--secret", secret, "--out", str(tmp_path / out)]
        assert main(asked) == 0
    one, two = ((tmp_path / out / "table.csv").read_text(encoding="utf-8") for out in ("one", "two"))
    assert one == two
    figures = [int(cell) for line in list(csv.reader(one.splitlines()))[1:] for cell in line[1:]]
    assert not any(figure % 5 for figure in figures)


def test_an_earlier_table_that_showed_a_cell_keeps_it_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was published before cannot serve to hide; together both still stand the attack."""
    path = written(tmp_path, COUNTS)
    out = tmp_path / "out"
    assert main(["protect", "table", path, "--out", str(out), "--seconds", "20", "--json"]) == 0
    earlier = str(out / "table.csv")
    again = tmp_path / "again"
    assert main(["protect", "table", path, "--earlier", earlier, "--out", str(again), "--seconds", "20", "--json"]) == 0
    capsys.readouterr()
    assert main(["audit", "table", str(again / "table.csv"), earlier, "--json"]) == 0


def test_periods_that_overlap_are_refused_by_rule(tmp_path: Path) -> None:
    """Exit 3."""
    path = written(tmp_path, COUNTS)
    asked = ["protect", "table", path, "--period", "2026-01-01/2026-03-31"]
    assert main([*asked, "--earlier", f"{path}@2026-02-01/2026-04-30"]) == 3


def test_the_json_form_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The form in which instances of suppression are exchanged."""
    told = {
        "values": [7, 3, 4, 9, 5, 4, 16, 8, 8],
        "sensitive": [1],
        "protection": [0, 1, 0, 0, 0, 0, 0, 0, 0],
        "relations": [
            *([[3 * row, -1], [3 * row + 1, 1], [3 * row + 2, 1]] for row in range(3)),
            *([[6 + column, -1], [column, 1], [3 + column, 1]] for column in range(3)),
        ],
    }
    assert main(["protect", "table", written(tmp_path, json.dumps(told), "instance.json"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["value"], found["bound"], found["suppressed"]) == (13, 13, 4)


def test_random_rounding_without_a_kept_secret_is_refused(tmp_path: Path) -> None:
    """Two draws of one table would be compared, many averaged."""
    assert main(["protect", "table", written(tmp_path, COUNTS), "--method", "round"]) == 2


def test_indented_rows_are_protected_as_a_hierarchy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Totals before their parts, by leading spaces."""
    text = "Region,F,M,Total\nAll,30,40,70\n  North,12,15,27\n    A,10,12,22\n    B,2,3,5\n  South,18,25,43\n"
    assert main(["protect", "table", written(tmp_path, text), "--json", "--seconds", "10"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["relations"], told["primary"], told["audit"]["passed"]) == (5 + 2 * 3, 3, True)


def test_a_table_too_large_to_suppress_is_refused_and_can_be_rounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is said at once; rounding takes the same table."""
    from sansnom.cli import protect

    monkeypatch.setattr(protect, "SUPPRESS_CELLS_MAX", 19)
    path = written(tmp_path, COUNTS)
    assert main(["protect", "table", path]) == 2
    assert main(["protect", "table", path, "--method", "round", "--secret", str(tmp_path / "secret")]) == 0
