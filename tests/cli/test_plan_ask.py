"""The path of somebody new: ask, see it refused, take the nearest question, have it published; take it back."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.prompt import Prompt

from sansnom.board.ask_draft import TEMPLATES
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.public import read_board
from sansnom.cli import main as command_line
from sansnom.cli.plan_practice import practice_board
from sansnom.terms.plan import Plan

TEXTS = tuple(
    told
    for field in ("title", "requester", "presentation", "grounds")
    for language in ("fr", "en")
    for told in (f"--{field}-{language}", f"What is said about {field}, in {language}")
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a practice board."""
    monkeypatch.chdir(tmp_path)
    practice_board(tmp_path / "practice")
    return tmp_path


def plan(*words: str) -> int:
    """Run `sansnom plan`."""
    return command_line.main(["--language", "en", "plan", *words])


def new(name: str, *tables: str, out: str = "question.json") -> int:
    """Write a question from flags."""
    flags = [word for table in tables for word in ("--table", table)]
    where = ["--board", "practice/board", "--out", out, "--no-questions", "--name", name, "--expected", "3000"]
    return plan("new", *where, *flags, *TEXTS)


def publish(file: str) -> int:
    """Publish on the practice board."""
    return plan("publish", file, "--board", "practice/board", "--keys", "practice/keys", "--without-helpers")


def test_asked_refused_repaired_published_withdrawn(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole path of the README; the log has each step, and verify holds at the end."""
    assert new("first", "persons:region,birth_date") == 0
    assert plan("check", "question.json", "--board", "practice/board") == 3
    told = capsys.readouterr()
    assert "identifies a person" in told.err
    assert "Age group instead of birth_date" in told.out
    assert "--repair FILE" in told.out
    assert plan("check", "question.json", "--board", "practice/board", "--repair", "better.json") == 3
    assert plan("check", "better.json", "--board", "practice/board") == 0
    assert "±" in capsys.readouterr().out
    assert publish("better.json") == 0
    page = here / "practice/board/en/plans/first.html"
    assert "Unduplicated persons, by administrative region and age group" in page.read_text(encoding="utf-8")
    withdraw = ("withdraw", "first", "--board", "practice/board", "--keys", "practice/keys")
    assert plan(*withdraw, "--reason-fr", "Ce n’était qu’un essai.", "--reason-en", "It was only practice.") == 0
    assert plan(*withdraw, "--reason-fr", "Encore.", "--reason-en", "Again.") == 2
    board = read_board(here / "practice/board", shipped_dictionaries())
    assert [w.plan.plan for w in board.withdrawals] == ["first"]
    capsys.readouterr()
    assert command_line.main(["verify", str(here / "practice/board"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


@pytest.mark.guarantee("G-05")
def test_a_refused_question_is_published_with_every_rule_and_its_name_is_gone(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Published as refused, in the log; the mended one gets a name of its own, and the old one is refused again."""
    assert new("sly", "persons:birth_region,category") == 0
    assert publish("question.json") == 3
    board = read_board(here / "practice/board", shipped_dictionaries())
    (refusal,) = board.refusals
    assert refusal.party is None
    assert {"rule.sensitive", "rule.singled_out"} <= {finding.code for finding in refusal.findings}
    assert (here / "practice/board/fr/refusals/sly.html").is_file()
    assert plan("check", "question.json", "--board", "practice/board", "--repair", "better.json") == 3
    assert Plan.from_json(json.loads((here / "better.json").read_bytes())).plan == "sly-2"
    assert publish("better.json") == 0
    assert publish("question.json") == 3
    assert len(read_board(here / "practice/board", shipped_dictionaries()).refusals) == 1
    capsys.readouterr()
    assert command_line.main(["verify", str(here / "practice/board"), "--json"]) == 0


def test_the_check_for_machines_bears_the_nearest_plan(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Codes, steps, and a plan that is accepted when it is checked in its turn."""
    assert new("machine", "persons:postal_code,sex") == 0
    capsys.readouterr()
    assert plan("check", "question.json", "--board", "practice/board", "--json") == 3
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["nearest"]["passes"] is True
    (here / "nearest.json").write_text(json.dumps(told["nearest"]["plan"]), encoding="utf-8")
    assert plan("check", "nearest.json", "--board", "practice/board", "--json") == 0
    assert json.loads(capsys.readouterr().out)["tables"][0]["told_from"] > 0


def test_without_helpers_is_for_practice_alone_and_keys_are_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question without the helpers' keys is not published by mistake."""
    assert new("keys", "persons") == 0
    assert plan("publish", "question.json", "--board", "practice/board", "--keys", "practice/keys") == 2
    assert "no keys of the three institutions" in capsys.readouterr().err
    assert not (here / "practice/board/plans").exists()


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_is_accepted(here: Path, template: str) -> None:
    """A template with its texts is a question that no rule refuses."""
    flags = ("--board", "practice/board", "--no-questions", "--name", "t", "--template", template, "--expected", "3000")
    assert plan("new", *flags, *TEXTS, "--out", "t.json") == 0
    assert plan("check", "t.json", "--board", "practice/board") == 0
    assert (here / "t.json").is_file()


def test_what_is_missing_or_misspelt_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No table, no text, an unknown kind, a period without an end, a file that stands: exit code 2, and what to write."""
    flags = ("new", "--board", "practice/board", "--no-questions", "--out", "x.json")
    for words, said in (
        ((), "--table"),
        (("--table", "persons"), "--title-fr"),
        (("--table", "people", *TEXTS, "--name", "x"), "multiplicity"),
        (("--table", "persons", *TEXTS), "--name"),
        (("--table", "persons", *TEXTS, "--name", "x", "--period", "2026"), ".."),
        (("--template", "all", *TEXTS, "--name", "x"), "portrait"),
    ):
        assert plan(*flags, *words) == 2
        assert said in capsys.readouterr().err
    assert not (here / "x.json").exists()
    assert plan("practice", "practice") == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_interview_asks_in_either_language(here: Path, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who answers, and presses Enter where something is proposed, has a question at the end."""
    texts = ("Combien de personnes?", "How many people?", "Ministère", "Ministry")
    why = ("Décrire les personnes servies sans nom.", "Describe without names the people served.")
    grounds = ("Savoir si les services suffisent.", "Know whether the services suffice.")
    proposed = ("",) * 6
    rest = ("persons", "region", "", "", "", "many", "3 000", "Bilan", "Yearly report", "mine")
    said = iter((*texts, *why, *grounds, *proposed, *rest))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(Prompt, "get_input", classmethod(lambda *_a, **_k: next(said)))
    words = ["--language", language, "plan", "new", "--board", "practice/board", "--out", "asked.json"]
    assert command_line.main(words) == 0
    told = Plan.from_json(json.loads((here / "asked.json").read_bytes()))
    assert (told.plan, told.tables[0].dimensions) == ("mine", ("region",))
    assert told.expected is not None
    assert told.expected.persons == 3000
    assert plan("check", "asked.json", "--board", "practice/board") == 0


def test_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """For people and for machines."""
    assert plan("rules") == 0
    assert "rule.singled_out" in capsys.readouterr().out
    assert plan("rules", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["rules"]) > 50


@pytest.mark.guarantee("G-05")
def test_a_year_and_its_quarters_are_asked_as_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Five files, judged together and published together; published apart from its declaration, the year is refused."""
    where = ["--board", "practice/board", "--no-questions", "--expected", "3000"]
    series = ["--series", "quarters-year", "--period", "2026-04-01..2026-06-30"]
    assert plan("new", *where, "--name", "life", *series, "--table", "persons:age_group", *TEXTS) == 0
    files = [f"question-{part}.json" for part in ("q1", "q2", "q3", "q4", "year")]
    assert " ".join(files) in capsys.readouterr().out
    assert new("life", "persons:age_group", out="question-q3.json") == 2
    assert plan("check", *files, "--board", "practice/board") == 0
    told = capsys.readouterr().out
    assert "--keys practice/keys --without-helpers" in told
    assert plan("check", *files, "--board", "practice/board", "--json") == 0
    judged = json.loads(capsys.readouterr().out)["plans"]
    assert [one["cost"] for one in judged] == ["1/10", "0", "0", "0", "0"]
    assert plan("check", *files, "--board", "practice/board", "--repair", "better.json") == 2
    publish = ["--board", "practice/board", "--keys", "practice/keys", "--without-helpers"]
    assert plan("publish", *files, *publish) == 0
    board = read_board(here / "practice/board", shipped_dictionaries())
    assert [p.plan for p in board.plans] == ["life-q1", "life-q2", "life-q3", "life-q4", "life-year"]
    assert str(board.ledger.lifetime) == "1/10"
    assert command_line.main(["verify", "practice/board", "--memory", str(here / "seen.json")]) == 0
    apart = ["--name", "apart", "--period", "2026-04-01..2027-03-31", "--table", "persons:sex", "--out", "apart.json"]
    assert plan("new", *where, *apart, *TEXTS) == 0
    capsys.readouterr()
    assert plan("check", "apart.json", "--board", "practice/board", "--json") == 3
    assert "rule.period.overlap" in {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]}
