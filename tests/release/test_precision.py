"""Precision is known before asking: from the plan alone, and as the release will print it."""

from fractions import Fraction

import pytest

from sansnom.release.account import noise_scales
from sansnom.release.intervals_noise import half_width
from sansnom.release.precision import Precision, budget_for, expected_precision
from tests.release.samples import dictionary, sample_plan, sample_roster


@pytest.mark.parametrize("law", ["skellam", "laplace"])
def test_what_is_told_before_is_what_the_release_prints(law: str) -> None:
    """The half width of each table is that of its noise; a cell of forty lies so far around forty, and never below zero."""
    plan = sample_plan(noise=law)
    told = expected_precision(plan, dictionary(), sample_roster(), (4, 40))
    scales = noise_scales(plan, dictionary())
    assert [t.half_width for t in told] == [half_width(s.variance, law=law) for s in scales[: len(told)]]
    assert [t.table for t in told] == [t.table for t in plan.tables]
    first = told[0]
    width = first.half_width
    assert first.sizes == (Precision(4, 0, 4 + width, told=False), Precision(40, 40 - width, 40 + width, told=True))
    assert first.sizes[1].percent == -(-100 * width // 40)


def test_a_table_cut_too_fine_for_its_budget_says_so() -> None:
    """The average cell would not be told: more budget, or less detail."""
    fine = expected_precision(sample_plan(), dictionary(), sample_roster(3))
    by_table = {t.table: t for t in fine}
    assert by_table["by-sex-age"].per_cell == Fraction(3 * 256, 32)
    assert not by_table["persons"].mostly_noise
    small = {t.table: t for t in expected_precision(sample_plan(threshold=30), dictionary(), sample_roster(3))}
    assert small["by-sex-age"].told_from == 30
    assert small["by-sex-age"].mostly_noise
    assert by_table["waiting"].per_cell is None
    assert by_table["hours"].per_cell is None


def test_what_a_precision_costs() -> None:
    """The share found makes the table so precise; a thousandth less does not."""
    plan = sample_plan()
    share = budget_for(12, plan, 0, dictionary())
    assert Fraction(1, 100) < share < Fraction(1, 10)
    with pytest.raises(ValueError, match="no share"):
        budget_for(0, plan, 0, dictionary())
