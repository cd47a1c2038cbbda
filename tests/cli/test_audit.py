"""`sansnom audit linkage`: a table, JSON and a chart from labelled files; what does not fit is said, not guessed."""

import json
from pathlib import Path

import pytest

from sansnom.cli.main import USAGE, main
from sansnom.worlds.world import make_world
from sansnom.worlds.writing import write_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world on disk."""
    place = tmp_path_factory.mktemp("world")
    write_world(make_world(4, 60, 2, at_several=0.5), place)
    return place


def test_files_are_linked_and_scored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From folders and truth to one JSON object with every figure, and a chart beside it."""
    drawn = folder / "recall.svg"
    given = ["--truth", str(folder / "truth.json"), "--organizations", str(folder / "organizations")]
    assert main(["audit", "linkage", *given, "--json", "--keys", "--chart", str(drawn)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "sansnom/linkage/1"
    assert told["pairs"]["precision"] > 0.9
    assert len(told["keys"]) == 7
    assert told["by_group"]
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(("language", "said"), [("fr", "Personnes distinctes"), ("en", "Distinct persons")])
def test_an_evaluation_is_scored_in_both_languages(
    folder: Path, language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The truth scored against itself is without error."""
    truth = str(folder / "truth.json")
    assert main(["--language", language, "audit", "linkage", "--truth", truth, "--evaluation", truth]) == 0
    shown = capsys.readouterr().out
    assert said in shown
    assert "1.0000" in shown


def test_nothing_to_score_and_no_file_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without clusters or folders, or with a file that is none, it says so in both languages and stops."""
    assert main(["audit", "linkage", "--truth", str(folder / "truth.json")]) == USAGE
    assert main(["audit", "linkage", "--truth", str(folder / "nowhere.json"), "--evaluation", "x"]) == USAGE
    said = capsys.readouterr().err
    assert "rien à comparer" in said
    assert "does not read as JSON" in said
