"""`sansnom plan publish` with three helpers that run: real processes, TLS on loopback, keys of this plan, their own judgement."""

import json
import os
import shutil
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.keeping import enter_files, put_file
from sansnom.board.public import Board, read_board
from sansnom.cli.institutions import LocalInstitutions
from sansnom.cli.log_keys import read_log_key
from sansnom.cli.main import INTERRUPTED, REFUSED, main
from sansnom.cli.plan_practice import practice_board
from sansnom.cli.plan_publish import run
from sansnom.cli.roster import read_private_keys
from sansnom.cli.speak import Voice
from sansnom.desk.lines import HelperLine
from sansnom.exchange.pepper import draw_group_secret, pepper_for
from sansnom.terms.errors import InputError
from sansnom.terms.party import PARTIES
from sansnom.transparency.signature import sign_object
from tests.cli.test_plan_ask import TEXTS

SECRET = draw_group_secret("2026-2027", os.urandom)


@dataclass
class Town:
    """A board whose three helpers may be started; what the convener holds beside it."""

    folder: Path
    helpers: LocalInstitutions

    def asks(self, name: str, table: str, *more: str) -> None:
        """Write a question to a file."""
        out = str(self.folder / f"{name}.json")
        where = ["--board", str(self.folder / "board"), "--out", out, "--no-questions", "--expected", "3000"]
        assert main(["plan", "new", *where, "--name", name, "--table", table, *more, *TEXTS]) == 0

    def publishes(self, name: str, board: str = "board") -> int:
        """Publish it as a convener does."""
        where = ["--board", str(self.folder / board), "--keys", str(self.folder / "keys")]
        check = pepper_for(SECRET, name).check
        question = str(self.folder / f"{name}.json")
        return main(["--language", "en", "plan", "publish", question, *where, "--check", check])

    def board(self, name: str = "board") -> Board:
        """Read what is public now."""
        return read_board(self.folder / name, shipped_dictionaries())

    def verifies(self) -> int:
        """Check it all."""
        return main(["verify", str(self.folder / "board"), "--memory", str(self.folder / "seen.json")])

    def holds(self, name: str) -> list[bool]:
        """Say of each helper whether it holds this plan, as it tells anybody who asks."""
        told = []
        for helper, party in zip(self.helpers.helpers, PARTIES, strict=True):
            with HelperLine(helper, party) as line:
                told.append(name in json.dumps(line.get("/plans")))
        return told


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Lay a practice board, and put three helpers that can run into a second version of its roster."""
    roster = practice_board(tmp_path)
    board, keys = tmp_path / "board", tmp_path / "keys"
    (tmp_path / "institutions").mkdir()
    with LocalInstitutions(tmp_path / "institutions", board) as helpers:
        seated = replace(roster, version=2, helpers=helpers.helpers)
        put_file(board, sign_object("roster", seated.to_json(), read_private_keys(keys / "convener.json").signing))
        enter_files(board, read_log_key(keys / "log.json")[0], datetime.now(UTC))
        yield Town(tmp_path, helpers)


@pytest.mark.guarantee("G-05")
def test_a_question_is_published_once_all_three_helpers_hold_it(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody answers: nothing is public, and the same command works later. Then it bears keys of its own, and verify holds.

    A convener who hides what was asked cannot ask it again: helpers remember, and a helper's signed refusal is published.
    """
    shutil.copytree(town.folder / "board", town.folder / "hiding")
    town.asks("spring", "persons:age_group")
    assert town.publishes("spring") == INTERRUPTED
    assert "helper" in capsys.readouterr().err.lower()
    assert town.board().plans == ()
    town.helpers.start(town.folder / "board" / "roster.json")
    assert town.publishes("spring") == 0
    (plan,) = town.board().plans
    lasting = {key for helper in town.helpers.helpers for key in (helper.seal_key, helper.sign_key)}
    assert not lasting & {seat.seal_key for seat in plan.helpers}
    assert len({seat.noise_commitment for seat in plan.helpers}) == 3
    assert plan.pepper_check == pepper_for(SECRET, "spring").check
    assert town.holds("spring") == [True, True, True]
    assert town.verifies() == 0
    town.asks("again", "persons:age_group")
    assert town.publishes("again", "hiding") == REFUSED
    (refusal,) = town.board("hiding").refusals
    assert (refusal.plan.plan, refusal.party) == ("again", 0)
    assert "rule.question.answered" in {finding.code for finding in refusal.findings}
    envelope = json.loads((town.folder / "hiding/refusals/again.json").read_bytes())
    assert envelope["signatures"][0]["key"] == town.helpers.helpers[0].sign_key
    assert town.board("hiding").plans == ()
    assert town.holds("again") == [False, False, False]


@pytest.mark.parametrize(("cutoff", "code"), [("2020-08-15", "plan.cutoff.late"), ("2999-08-15", "plan.cutoff.far")])
def test_a_cut_off_at_a_wrong_time_burns_no_name(town: Town, cutoff: str, code: str) -> None:
    """No helper is asked, nothing is published: a refusal would take the name, and a series would never be whole."""
    town.asks("spring", "persons:age_group", "--period", "2020-04-01..2020-06-30", "--cutoff", cutoff)
    asked = {"board": town.folder / "board", "keys": town.folder / "keys", "file": [town.folder / "spring.json"]}
    args = Namespace(**asked, check=["00"], without_helpers=False, plan_verb="publish", voice=Voice("en"))
    with pytest.raises(InputError, match=code.replace(".", r"\.")):
        run(args)
    assert (town.board().plans, town.board().refusals) == ((), ())
