"""Periods side by side: only parts of one series, equally long, with the same table; a change only beyond the noise."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sansnom.board.compare import comparable, compared
from sansnom.board.dictionaries import shipped_dictionaries
from sansnom.board.language import LANGUAGES, Speaker
from sansnom.board.public import Board, read_board
from sansnom.board.site import PAGE_BYTES_MAX, build_site
from tests.board.lived_board import write_lived_board


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay a board that has lived, and build it."""
    place = write_lived_board(tmp_path_factory.mktemp("compared") / "board")
    build_site(place)
    return place


@pytest.fixture(scope="module")
def board(folder: Path) -> Board:
    """Read it."""
    return read_board(folder, shipped_dictionaries())


def test_only_parts_of_one_series_stand_side_by_side(board: Board) -> None:
    """A correction is no part of the series; a corrected answer is compared only on its own page."""
    by_name = {release.release: release for release in board.releases}
    assert [r.release for r in comparable(board, by_name["2026-q1"])] == ["2026-q1", "2026-q2"]
    assert [r.release for r in comparable(board, by_name["2026-q2"])] == ["2026-q2"]
    assert comparable(board, by_name["2026-q1-corrected"]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_is_told_only_beyond_the_noise(board: Board, language: str) -> None:
    """1,900 and then 2,400 persons is a change; waiting requests that differ by noise alone are none."""
    alone = replace(board, releases=tuple(r for r in board.releases if r.release != "2026-q1-corrected"))
    second = next(r for r in alone.releases if r.release == "2026-q2")
    told = {one["name"]: one for one in compared(alone, second, Speaker(language))}
    more, same = {"fr": ("C’est plus", "bruit seul"), "en": ("This is more", "noise alone")}[language]
    assert told["persons-compared"]["sentence"].startswith(more)
    assert same in told["waiting-compared"]["sentence"]
    assert not told["waiting-compared"]["sentence"].startswith(more)
    assert [row["here"] for row in told["persons-compared"]["rows"]] == [False, True]


def test_another_table_is_not_compared(board: Board) -> None:
    """The same name over another question, or another length of time, does not stand beside."""
    plans = tuple(
        replace(p, tables=tuple(replace(t, bound=t.bound + 1) for t in p.tables)) if p.plan == "2026-q2" else p
        for p in board.plans
    )
    changed = replace(board, plans=plans, releases=tuple(r for r in board.releases if "corrected" not in r.release))
    second = next(r for r in changed.releases if r.release == "2026-q2")
    assert compared(changed, second, Speaker("en")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_withdrawn_what_went_wrong_and_the_trial_are_shown(folder: Path, language: str) -> None:
    """A page for each, both linked from the front; every page of a trial board says that it is one; all are small."""
    home = (folder / language / "index.html").read_text(encoding="utf-8")
    assert 'href="withdrawals/2026-waiting.html"' in home
    assert 'href="incidents/2026-11-double.html"' in home
    for place in (folder / language).rglob("*.html"):
        text = place.read_text(encoding="utf-8")
        assert Speaker(language).text("trial.mark") in text, place.name
        assert place.stat().st_size < PAGE_BYTES_MAX


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ledger_shows_every_charge_and_the_lifetime_total(folder: Path, language: str) -> None:
    """The series is charged once, its later part nothing, the correction in full; exact fractions add up."""
    told = (folder / language / "ledger.html").read_text(encoding="utf-8")
    assert "21/200" in told  # two parts of 21/400
    assert "21/400" in told  # the correction
    assert "63/400" in told  # all together
    assert "137/400" in told  # what is left of 1/2


def test_a_roster_s_versions_and_the_log_are_linked(folder: Path, tmp_path: Path) -> None:
    """The roster page leads to every version and to the signed state of the log; a board without a log has no such link."""
    told = (folder / "en/roster.html").read_text(encoding="utf-8")
    assert "rosters/1.json" in told
    assert "log/checkpoint" in told
    bare = Path(shutil.copytree(folder, tmp_path / "bare"))
    shutil.rmtree(bare / "log")
    build_site(bare)
    assert "log/checkpoint" not in (bare / "en/roster.html").read_text(encoding="utf-8")
