"""`sansnom audit linkage`: a table, JSON and a chart from labelled files; what does not fit is said, not guessed."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from sansnom.audit.expected_error import SIZES, SIZES_OF_LARGE, expected_errors
from sansnom.cli.main import USAGE, main
from sansnom.terms.linking_error import ExpectedErrors
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


def test_without_truth_or_measurement_it_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    """No option at all: both languages name the three ways."""
    assert main(["audit", "linkage"]) == USAGE
    assert "--expected" in capsys.readouterr().err


def test_multiplicity_is_measured_and_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By true number of organizations, for equal keys and scored ones, as a table and as JSON."""
    monkeypatch.setattr("sansnom.cli.audit_worlds.PERSONS", 60)
    monkeypatch.setattr("sansnom.cli.audit_worlds.SEEDS", (1,))
    monkeypatch.setattr("sansnom.cli.audit_worlds.NOISES", (1.0,))
    assert main(["audit", "linkage", "--multiplicity", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "sansnom/multiplicity/1"
    assert told["noise"]["1.0"]["8 scored keys"][0]["organizations"] == 1
    assert main(["--language", "fr", "audit", "linkage", "--multiplicity"]) == 0
    assert "notées" in capsys.readouterr().out


def test_expected_errors_are_measured_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file for releases, from seeds; shown by group in the language asked for."""
    measured = []

    def small(sizes: Sequence[tuple[int, int, int]]) -> ExpectedErrors:
        measured.append(sizes)
        return expected_errors([(100, 4, 2)], (1, 2))

    monkeypatch.setattr("sansnom.cli.audit_worlds.expected_errors", small)
    place = tmp_path / "errors.json"
    assert main(["--language", "fr", "audit", "linkage", "--expected", str(place)]) == 0
    assert "Toutes les" in capsys.readouterr().out
    assert ExpectedErrors.from_json(json.loads(place.read_text(encoding="utf-8"))).tiers[0].persons == 100
    assert main(["audit", "linkage", "--expected", str(place), "--large"]) == 0
    assert measured == [SIZES, SIZES_OF_LARGE]
