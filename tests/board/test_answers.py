"""Sentences claim no more than the figures allow; sums and shares keep their intervals."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from sansnom.board.answers import headline, marginal, sentences, share, total
from sansnom.board.language import LANGUAGES, Speaker
from sansnom.release.assemble import assemble_release
from sansnom.release.intervals_noise import figure_of, half_width
from sansnom.release.noise import skellam_share
from sansnom.terms.release import Consistent, ReleasedTable
from tests.board.sample_board import CATEGORY, TRUTH
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster


def table(name: str) -> ReleasedTable:
    """Give one table of the sample release."""
    roster = sample_roster()
    plan = sample_plan(roster)
    release = assemble_release(plan, dictionary(), roster, "00", 24, opened_values(plan, TRUTH, seed=3))
    return next(t for t in release.tables if t.table == name)


def with_values(told: ReleasedTable, values: list[int]) -> ReleasedTable:
    """Put other opened values into a table that stands alone."""
    figures = tuple(figure_of(v, told.half_width) for v in values)
    shown = tuple(replace(figure, value=max(0, figure.value)) for figure in figures)
    return replace(told, figures=figures, consistent=Consistent(shown, tuple(100 * v for v in values), ()))


def test_a_sum_has_the_interval_of_a_sum() -> None:
    """Wider than one figure's, narrower than the sum of their widths."""
    told = with_values(table("by-category"), CATEGORY)
    added = total(told)
    width = (added.high - added.low) // 2
    assert told.half_width < width < 6 * told.half_width
    assert width == half_width(told.variance, 6)
    assert sum(f.value for f in told.figures) == added.value


def test_intervals_of_sums_cover_what_they_promise() -> None:
    """Over 400 draws of the noise, the interval of a sum of six holds the true sum 93 to 99 times in 100."""
    told = table("by-category")
    chance = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        shares = [skellam_share(chance.integers(0, 2**64, (6, 2), dtype=np.uint64), told.variance) for _ in range(3)]
        figure = total(with_values(told, (np.array(CATEGORY) + sum(shares)).tolist()))
        held += figure.low <= sum(CATEGORY) <= figure.high
    assert 372 <= held <= 396


def test_a_share_is_silent_when_noise_dominates_the_whole() -> None:
    """No ratio of noise to noise."""
    told = with_values(table("organizations"), [2, 1, -1])
    assert share(told, lambda codes: codes[-1] != "1") is None


def test_a_share_keeps_within_nought_and_one() -> None:
    """Negative opened values do not make a share negative, and the value lies in its interval."""
    part = share(with_values(table("organizations"), [900, -4, 2]), lambda codes: codes[-1] != "1")
    assert part is not None
    assert 0 <= part.low <= part.value <= part.high <= 1
    assert part.high > Fraction(1, 900)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_group_is_named_only_when_it_is_the_largest(language: str) -> None:
    """Two groups whose intervals overlap are both among the largest."""
    speaker = Speaker(language)
    told = table("by-category")
    clear = " ".join(sentences(with_values(told, [5, 900, 40, 30, 20, 10]), speaker))
    close = " ".join(sentences(with_values(told, [5, 900, 895, 30, 20, 10]), speaker))
    assert speaker.text("answer.among_largest", label="", figure="").split("“")[0].split("«")[0] in close
    assert speaker.text("answer.largest", label="", figure="").split("“")[0].split("«")[0] in clear


def test_unknown_is_never_the_largest_group() -> None:
    """That most are unknown says nothing of a group."""
    told = with_values(table("by-category"), [5000, 900, 40, 30, 20, 10])
    assert "Unknown" not in " ".join(sentences(told, Speaker("en")))


def test_noise_alone_names_no_group() -> None:
    """When every figure is dominated, the sentence only counts them."""
    (only,) = sentences(with_values(table("by-category"), [5, 3, -2, 0, 1, 4]), Speaker("en"))
    assert only == "Of 6 figures, 6 are too few to tell."


def test_progress_counts_moves_up_and_down() -> None:
    """Above the diagonal is up, below it down; the diagonal is neither."""
    told = with_values(table("french"), [1000, 200, 30, 10, 1000, 100, 7, 8, 1000])
    found = headline(told)
    assert found is not None
    assert found[1].value == 330
    assert "25" in sentences(told, Speaker("en"))[-1]


def test_marginals_add_up_over_the_other_axis() -> None:
    """Totals by service are sums over reasons."""
    told = table("turned-away")
    by_service = marginal(told, 0)
    assert len(by_service) == 4
    assert by_service[0].value == sum(f.value for f in told.consistent.figures[:10])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_its_sentences(language: str) -> None:
    """No kind of table is left without words, whatever was opened."""
    plan = sample_plan()
    for spec in plan.tables:
        told = table(spec.table)
        for values in ([0] * len(told.figures), [-9] * len(told.figures), [10**6] * len(told.figures)):
            lines = sentences(with_values(told, values), Speaker(language))
            assert lines
            assert all(line.endswith(".") for line in lines)
