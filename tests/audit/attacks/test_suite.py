"""The ten attacks on a board: an honest release withstands all, and each planted weakness turns the right ones red."""

import json
from pathlib import Path

import pytest

from sansnom.audit.attacks.page import page
from sansnom.audit.attacks.practice import WEAKNESSES, Practice
from sansnom.audit.attacks.runner import Audited, audit_release, told
from sansnom.board.public import Board
from sansnom.cli.main import main
from sansnom.release.register import BEYOND, OPEN, WITHIN, risk_analysis
from sansnom.terms.errors import BrokenInvariant, InputError

CAUGHT = {
    "threshold-off": {"A1"},
    "noise-halved": {"A6", "A8"},
    "noise-reused": {"A2", "A9"},
    "rounding-deterministic": {"A5"},
    "table-forgotten": {"A1", "A2", "A3", "A9"},
}
CRITERIA = {"individualization", "correlation", "inference"}


def attacked(board: Board, planted: str, only: tuple[str, ...] = ()) -> Audited:
    """Run attacks on the board's release."""
    return audit_release(board, board.releases[0], Practice(planted), only=only)


@pytest.fixture(scope="module")
def honest(board: Board) -> Audited:
    """Attack the release as it is, with all ten."""
    return attacked(board, "")


@pytest.mark.guarantee("G-06")
def test_an_honest_release_withstands_all_ten_attacks(honest: Audited) -> None:
    """Ten attacks, each with a rule, a baseline and a criterion of the regulation; none gets through."""
    assert [outcome.number for outcome in honest.outcomes] == [f"A{number}" for number in range(1, 11)]
    assert honest.passed, [(o.number, m) for o in honest.outcomes for m in o.measures if not m.good]
    for outcome in honest.outcomes:
        assert set(outcome.criteria) <= CRITERIA
        assert outcome.criteria
        assert all(all(both) for both in (outcome.name, outcome.tried, outcome.rule, outcome.guessing))
    assert {criterion for outcome in honest.outcomes for criterion in outcome.criteria} == CRITERIA


@pytest.mark.parametrize("planted", WEAKNESSES)
def test_each_planted_weakness_turns_its_attacks_red(board: Board, planted: str) -> None:
    """An audit that cannot fail says nothing: every weakness is caught by the attacks that are there for it."""
    wanted = CAUGHT[planted]
    found = attacked(board, planted, tuple(sorted(wanted)))
    assert {outcome.number for outcome in found.outcomes if not outcome.passed} == wanted
    assert not told([found], planted)["ok"]


def test_the_weakness_must_be_one_that_is_known(board: Board) -> None:
    """A misspelt weakness would pass as an honest practice."""
    with pytest.raises(InputError):
        attacked(board, "noise-doubled")


def test_the_same_audit_finds_the_same(board: Board, honest: Audited) -> None:
    """Anybody who repeats an audit of public files gets the same figures."""
    again = attacked(board, "", ("A2", "A6", "A7"))
    first = {outcome.number: outcome.to_json() for outcome in honest.outcomes}
    assert [outcome.to_json() for outcome in again.outcomes] == [first[o.number] for o in again.outcomes]


def test_the_page_says_it_in_both_languages_without_script_or_address(honest: Audited, board: Board) -> None:
    """A commissioner reads one file: every attack with its rule in French and English, nothing fetched."""
    shown = page([honest])
    for outcome in honest.outcomes:
        for language in (0, 1):
            assert outcome.rule[language].split(";")[0] in shown
    assert shown.count("<article") == 20
    assert "<script" not in shown
    assert "http" not in shown.replace("http://www.w3.org/2000/svg", "")
    bad = page([attacked(board, "threshold-off", ("A1",))], "threshold-off")
    assert 'class="bad"' in bad
    assert "Does not withstand" in bad
    assert "Ne résiste pas" in bad


def test_the_analysis_of_risks_follows_from_what_was_measured(honest: Audited, board: Board) -> None:
    """Five fields, three criteria with their attacks; the residual risk is left to a person, whatever was measured."""
    release = board.releases[0]
    analysis = risk_analysis(release, [outcome.to_json() for outcome in honest.outcomes])
    assert set(analysis["register"]) == {"description", "uses", "techniques", "security", "analysed"}
    assert {each["criterion"]: each["verdict"] for each in analysis["criteria"]} == dict.fromkeys(CRITERIA, WITHIN)
    assert analysis["release_digest"] == release.digest
    assert analysis["residual_risk"] == OPEN
    halved = attacked(board, "noise-halved", ("A2", "A6", "A9"))
    worse = risk_analysis(release, [outcome.to_json() for outcome in halved.outcomes])
    assert {each["verdict"] for each in worse["criteria"]} == {BEYOND}


def test_an_analysis_without_one_criterion_is_none(honest: Audited, board: Board) -> None:
    """Leaving out the attacks that speak to a criterion must not look like having found nothing."""
    some = [outcome.to_json() for outcome in honest.outcomes if "correlation" not in outcome.criteria]
    with pytest.raises(BrokenInvariant):
        risk_analysis(board.releases[0], some)


def test_the_command_writes_register_and_page_and_says_what_it_found(
    board_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sansnom audit release DIR --register DIR`: JSON and a page for each release, exit code 0; 1 when one gets through."""
    risks, shown = tmp_path / "risks", tmp_path / "page.html"
    assert main(["audit", "release", str(board_folder), "--register", str(risks), "--report", str(shown)]) == 0
    assert json.loads((risks / "2026-portrait.json").read_text())["schema"] == "sansnom/risk-analysis/1"
    text = (risks / "2026-portrait.html").read_text(encoding="utf-8")
    assert "Les cinq champs du registre" in text
    assert "A qualified person writes and signs it here" in text
    assert "risk." not in text
    assert "A10" in shown.read_text(encoding="utf-8")
    capsys.readouterr()
    assert (
        main(["audit", "release", str(board_folder), "--only", "A5", "--planted", "rounding-deterministic", "--json"])
        == 1
    )
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "sansnom/audit-release/1"
    assert {finding["code"] for finding in found["findings"]} == {"attack.a5.rounding"}


def test_the_command_refuses_what_it_cannot_attack(tmp_path: Path, board_folder: Path) -> None:
    """A folder that is no board, and an attack that does not exist, are said, not passed over."""
    assert main(["audit", "release", str(tmp_path)]) == 2
    assert main(["audit", "release", str(board_folder), "--only", "A11"]) == 2
