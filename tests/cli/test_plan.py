"""`sansnom plan check` and `sansnom plan sign`: every reason at once, in both languages."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sansnom.cli import main as command_line
from sansnom.cli.roster import write_private_keys
from sansnom.exchange.keys import PrivateKeys
from sansnom.terms.plan import DimensionUse, Plan
from sansnom.terms.roster import Roster
from sansnom.transparency.signature import sign_object, verify_object
from tests.board.sample_board import asked, keyed_roster, private_key, write, write_board


def lay(folder: Path, roster: Roster, plan: Plan) -> tuple[str, str]:
    """Write a signed roster and an unsigned plan; give their names."""
    write(folder / "roster.json", sign_object("roster", roster.to_json(), private_key("convener")))
    write(folder / "plan.json", plan.to_json())
    return str(folder / "plan.json"), str(folder / "roster.json")


def check(*arguments: str) -> int:
    """Run `plan check`."""
    return command_line.main(["--language", "en", "plan", "check", *arguments])


def told_by(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Read the JSON object that was printed."""
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_fair_question_is_accepted_with_its_precision(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked, each table's precision and cost are known."""
    roster = keyed_roster()
    plan, listed = lay(tmp_path, roster, asked("fair", roster))
    assert check(plan, "--roster", listed) == 0
    said = capsys.readouterr().out
    assert "No rule refuses" in said
    assert "±" in said
    assert check(plan, "--roster", listed, "--json") == 0
    told = told_by(capsys)
    assert told["ok"] is True
    assert len(told["tables"]) == 11


@pytest.mark.guarantee("G-05")
def test_a_question_that_identifies_is_refused_with_every_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, each finding with its code and place, in French and in English."""
    roster = keyed_roster()
    plan = replace(asked("sly", roster), dimensions=(DimensionUse("date_de_naissance"),), cutoff="soon")
    file, listed = lay(tmp_path, roster, plan)
    assert check(file, "--roster", listed) == 3
    said = capsys.readouterr().err
    assert "identifies a person" in said
    assert "permet d’identifier" in said
    assert check(file, "--roster", listed, "--json") == 3
    codes = {finding["code"] for finding in told_by(capsys)["findings"]}
    assert {"rule.identifying", "rule.period.cutoff"} <= codes


def test_a_sensitive_variable_passes_when_ratified(tmp_path: Path) -> None:
    """The same plan, refused without the ratification and accepted with it."""
    roster = keyed_roster()
    plan = asked("tongue", roster)
    table = replace(plan.tables[2], dimensions=("mother_tongue",))
    plan = replace(plan, tables=(*plan.tables[:2], table), dimensions=(DimensionUse("mother_tongue"),))
    plan = replace(plan, rho=sum((t.rho for t in plan.tables), plan.counts_rho))
    file, listed = lay(tmp_path, roster, plan)
    assert check(file, "--roster", listed) == 3
    assert check(file, "--roster", listed, "--ratified", "mother_tongue") == 0


def test_a_board_s_earlier_questions_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The budget that a board’s plans have spent is no longer there, and what they asked is not asked again."""
    board = write_board(tmp_path / "board")
    roster = keyed_roster()
    file, listed = lay(tmp_path, roster, asked("again", roster))
    assert check(file, "--roster", listed, "--board", str(board), "--json") == 3
    assert {f["code"] for f in told_by(capsys)["findings"]} == {"rule.budget.exhausted", "rule.question.answered"}


def test_a_file_that_is_no_plan_is_an_input_error(tmp_path: Path) -> None:
    """Exit code 2, and no traceback."""
    roster = keyed_roster()
    _, listed = lay(tmp_path, roster, asked("fair", roster))
    assert check(str(tmp_path / "none.json"), "--roster", listed) == 2
    assert check(listed, "--roster", listed) == 2


def test_the_convener_signs_and_never_overwrites(tmp_path: Path) -> None:
    """The signed plan verifies under the roster's convener; a second time the file is left alone."""
    keys = PrivateKeys.generate(lambda n: bytes(range(n)))
    roster = replace(keyed_roster(), convener_key=keys.public.sign_key)
    write(tmp_path / "roster.json", sign_object("roster", roster.to_json(), keys.signing))
    write_private_keys(tmp_path / "convener.json", keys)
    plan = asked("fair", roster)
    write(tmp_path / "plan.json", plan.to_json())
    arguments = ["plan", "sign", str(tmp_path / "plan.json"), "--roster", str(tmp_path)]
    out = tmp_path / "signed.json"
    assert command_line.main([*arguments, "--out", str(out)]) == 0
    envelope = json.loads(out.read_text(encoding="utf-8"))
    assert verify_object("plan", envelope, [roster.convener_key], 1) == plan.to_json()
    assert command_line.main([*arguments, "--out", str(out)]) == 2
