"""`sansnom run` and `demo`: anyone's files in, a board out, and clear words when something is wrong."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sansnom.cli.main import FINDING, GOOD, REFUSED, USAGE, main
from sansnom.exchange.linkable import scored_linking
from sansnom.terms.party import PARTIES
from sansnom.terms.plan import Linking
from sansnom.terms.scoring import LARGE_VERSION, ROWS_OF_TOWNS
from sansnom.transparency.signature import verify_object
from tests.cli.small_files import write_organizations
from tests.outside.febrl import deal, read


def test_a_run_leaves_a_board_that_three_helpers_signed(answered: Path) -> None:
    """The release verifies under the three keys of the plan, and pages stand in both languages."""
    board = answered / "board"
    plan = json.loads((board / "plans" / "run-1" / "plan.json").read_text("utf-8"))["signed"]
    release = json.loads((board / "releases" / "run-1" / "release.json").read_text("utf-8"))
    verify_object("release", release, [seat["sign_key"] for seat in plan["helpers"]], len(PARTIES))
    for language in ("fr", "en"):
        assert (board / language / "releases" / "run-1.html").stat().st_size < 300_000


def test_the_roster_is_of_the_year_whose_budget_the_plan_spends(answered: Path) -> None:
    """The public page of who takes part names a year that people know."""
    board = answered / "board"
    plan = json.loads((board / "plans" / "run-1" / "plan.json").read_text("utf-8"))["signed"]
    assert json.loads((board / "roster.json").read_text("utf-8"))["signed"]["year"] == plan["budget_year"]


def test_nothing_of_a_record_stands_on_the_board(answered: Path) -> None:
    """No public file carries a name, a birth date or a local number of anybody."""
    for path in (answered / "board").rglob("*"):
        if path.is_file():
            told = path.read_text("utf-8", errors="replace")
            assert not any(name in told for name in ("Tremblay", "Шевченко", "García", "1970-03-10", "p7,"))


def test_the_helpers_leave_no_keys_behind(answered: Path) -> None:
    """The local helpers' folders are gone after the run."""
    assert not (answered / "institutions").exists()


def test_the_evaluation_names_everybody_once(answered: Path) -> None:
    """Every local number appears exactly once, and eight people came to four organizations each."""
    told = json.loads((answered / "evaluation.json").read_text("utf-8"))
    named = Counter(name for cluster in told["clusters"] for name in cluster)
    assert sorted(named) == sorted(f"org-{o}/p{p}" for o in range(1, 5) for p in range(8))
    assert set(named.values()) == {1}
    assert told["persons"] == 8
    assert told["tables"]["persons"] == [8]
    assert told["tables"]["organizations"] == [0, 0, 8]


def test_a_refused_question_still_has_its_evaluation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One organization is too few: exit 3, a public refusal, no release, and yet the evaluation."""
    files = write_organizations(tmp_path / "organizations", 1)
    out = tmp_path / "run"
    code = main(["--language", "fr", "run", "--organizations", str(files), "--out", str(out), "--exact-for-evaluation"])
    said = capsys.readouterr().err
    assert code == REFUSED
    assert (out / "board" / "refusals" / "run-1.json").is_file()
    assert not (out / "board" / "releases").exists()
    assert json.loads((out / "evaluation.json").read_text("utf-8"))["persons"] == 8
    assert "refusée par règle" in said
    assert "refused by rule" in said


def test_a_large_run_is_answered_by_rules_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a town more had come, desks and helpers link by keys-3 and score-4: the same persons, and the error of these.

    Four size classes of 32 hold 128 rows, 96 persons on average: dummies are like nobody, and raise no threshold.
    """
    asked = []

    def linking(rows: int) -> Linking:
        asked.append(rows)
        return scored_linking(ROWS_OF_TOWNS + rows)

    monkeypatch.setattr("sansnom.cli.question.scored_linking", linking)
    files, out = write_organizations(tmp_path / "organizations", 4), tmp_path / "run"
    assert main(["run", "--organizations", str(files), "--out", str(out), "--exact-for-evaluation", "--json"]) == GOOD
    assert set(asked) == {96}
    plan = json.loads((out / "board" / "plans" / "run-1" / "plan.json").read_text("utf-8"))["signed"]
    assert (plan["linking"]["version"], plan["linking"]["scoring"]["version"]) == ("keys-3", LARGE_VERSION)
    assert json.loads((out / "evaluation.json").read_text("utf-8"))["persons"] == 8
    release = json.loads((out / "board" / "releases" / "run-1" / "release.json").read_text("utf-8"))["signed"]
    (persons,) = next(table["values"] for table in release["tables"] if table["table"] == "persons")
    width = next(table["half_width"] for table in release["tables"] if table["table"] == "persons")
    assert abs(persons - 8) <= 3 * width
    assert release["linking_error"]["scoring"] == LARGE_VERSION


def test_two_organizations_can_be_counted_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two organizations get their unduplicated count, and no sum that would tell each the other's."""
    files = write_organizations(tmp_path / "organizations", 2)
    assert main(["run", "--organizations", str(files), "--out", str(tmp_path / "run"), "--json"]) == GOOD
    kinds = {table["kind"] for table in json.loads(capsys.readouterr().out)["release"]["tables"]}
    assert "persons" in kinds
    assert not kinds & {"sum", "tally"}


def _no_such_date(files: Path) -> None:
    path = files / "org-2" / "persons.csv"
    path.write_text(path.read_text("utf-8").replace("1971-03-11", "1971-02-30"), "utf-8")


def _twice(files: Path) -> None:
    path = files / "org-3" / "persons.csv"
    path.write_text(path.read_text("utf-8").replace("\np5,", "\np4,"), "utf-8")


@pytest.mark.parametrize(
    ("spoil", "place"), [(_no_such_date, "org-2/persons.csv, row 3"), (_twice, "org-3/persons.csv")]
)
def test_a_bad_file_is_named_by_place_in_both_languages_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], place: str
) -> None:
    """Exit 2 with file and row, never the value; no board, no helper's folder."""
    files = write_organizations(tmp_path / "organizations", 3)
    spoil(files)
    code = main(["run", "--organizations", str(files), "--out", str(tmp_path / "run")])
    said = capsys.readouterr().err
    assert code == USAGE
    assert place in said
    assert place.replace("row", "ligne") in said
    assert "1971" not in said
    assert not any((tmp_path / "run").iterdir())


def test_a_full_output_folder_is_not_touched(tmp_path: Path) -> None:
    """What stands in the output folder stays; exit 2."""
    files = write_organizations(tmp_path / "organizations", 3)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine", "utf-8")
    assert main(["run", "--organizations", str(files), "--out", str(tmp_path / "run")]) == USAGE
    assert (tmp_path / "run" / "mine.txt").read_text("utf-8") == "mine"


def test_a_demo_sets_published_beside_true_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo's published total lies near the exact one, the bytes are those of size classes, one abstains unseen."""
    out = tmp_path / "demo"
    command = ["demo", "--organizations", "5", "--persons", "120", "--seed", "3", "--out", str(out), "--json"]
    assert main(command) == GOOD
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["ok"]
    (exact,) = told["exact"]["persons"]
    table = next(t for t in told["release"]["tables"] if t["table"] == "persons")
    assert abs(table["values"][0] - exact) <= 4 * table["half_width"]
    assert set(told["left_bytes"]) == {p.name for p in (out / "organizations").iterdir()}
    assert set(told["rows_not_accepted"].values()) == {0}
    assert main(["demo", "--organizations", "0", "--out", str(out)]) == USAGE


def test_a_demo_never_replaces_what_it_did_not_make(tmp_path: Path) -> None:
    """A folder with somebody's files is refused."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    assert main(["demo", "--out", str(tmp_path)]) == USAGE
    assert (tmp_path / "mine.txt").exists()
    assert FINDING == 1


def test_febrl_3_over_eight_organizations(tmp_path: Path) -> None:
    """Outside data goes through whole: every record once, few wrong links, most true ones, on the default question."""
    deal(read("dataset3.csv"), 8, tmp_path)
    out = tmp_path / "run"
    files = str(tmp_path / "organizations")
    assert main(["run", "--organizations", files, "--out", str(out), "--exact-for-evaluation", "--json"]) == GOOD
    truth: dict[str, str] = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    told = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert sorted(name for cluster in told["clusters"] for name in cluster) == sorted(truth)
    found = {pair for cluster in told["clusters"] for pair in combinations(sorted(cluster), 2)}
    right = sum(truth[a] == truth[b] for a, b in found)
    true_pairs = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    assert right / len(found) > 0.98
    assert right / true_pairs > 0.9
