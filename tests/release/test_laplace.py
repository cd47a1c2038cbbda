"""Discrete Laplace noise in shares: exact in law, its loss as claimed, and what is left with one honest helper."""

import itertools
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from sansnom.release.account import (
    Mechanism,
    Sensitivity,
    epsilon,
    epsilon_with_one_honest,
    loss_of,
    mechanisms_of,
    pure_loss,
    pure_renyi_bound,
)
from sansnom.release.intervals_noise import half_width
from sansnom.release.inverse import inverse_table, invert
from sansnom.release.laplace import (
    HALF,
    laplace_share,
    laplace_variance,
    laplace_weights,
    negative_binomial_weights,
    odds_for,
    odds_of,
)
from sansnom.release.noise import Scale, noise_share
from sansnom.terms.plan import LAPLACE
from tests.release.samples import sample_plan

DRAWS = 60_000
ODDS = Fraction(5, 2)
VARIANCE = laplace_variance(ODDS)


def words(cells: int, seed: int) -> NDArray[np.uint64]:
    """Draw uniform words from a printed seed."""
    print("seed", seed)
    return np.random.default_rng(seed).integers(0, 2**64, size=(cells, 4), dtype=np.uint64)


def shares(number: int) -> NDArray[np.int64]:
    """Add up so many helpers' shares."""
    drawn = np.zeros(DRAWS, dtype=np.int64)
    for n in range(number):
        drawn += laplace_share(words(DRAWS, 50 + n), VARIANCE)
    return drawn


def fit(drawn: NDArray[np.int64], masses: list[float]) -> float:
    """Give the chi-square p-value of absolute values against P(|K| = 0), P(|K| = 1), ..."""
    edge = next(k for k, mass in enumerate(masses) if mass * len(drawn) < 20)
    expected = np.array([*masses[:edge], 1 - sum(masses[:edge])]) * len(drawn)
    observed = np.bincount(np.minimum(np.abs(drawn), edge), minlength=edge + 1)
    return float(chi2.sf(float((((observed - expected) ** 2) / expected).sum()), edge))


def geometric_masses(odds: Fraction) -> list[float]:
    """Give P(|K| = k) of the discrete Laplace law, written directly."""
    q = float(odds / (odds + 1))
    return [(1 - q) / (1 + q) * q**k * (1 if k == 0 else 2) for k in range(200)]


@pytest.mark.guarantee("G-06")
def test_two_shares_are_discrete_laplace_and_a_scale_five_percent_off_is_rejected() -> None:
    """Any two helpers' shares add up to the law whose loss is claimed."""
    drawn = shares(2)
    assert fit(drawn, geometric_masses(ODDS)) > 0.001
    assert fit(drawn, geometric_masses(ODDS * Fraction(95, 100))) < 0.001
    assert fit(drawn, geometric_masses(ODDS * Fraction(105, 100))) < 0.001


def test_three_shares_have_the_intervals_that_are_printed() -> None:
    """95 % of all three helpers' noise lies in the interval, and one step narrower holds less."""
    width = half_width(VARIANCE, law=LAPLACE)
    drawn = np.abs(shares(3))
    assert float((drawn <= width).mean()) > 0.947
    weights = laplace_weights(VARIANCE, Fraction(3, 2))
    whole = 2 * sum(weights) - weights[0]
    assert 20 * (2 * sum(weights[:width]) - weights[0]) < 19 * whole
    assert half_width(VARIANCE, 4, law=LAPLACE) < 4 * width


@pytest.mark.parametrize("odds", [Fraction(1, 3), Fraction(5, 2), Fraction(40)])
def test_weights_are_the_exact_convolution_of_the_shares(odds: Fraction) -> None:
    """The recurrence for one helper agrees with the exact convolution; for two it is powers of q, to 2^-60 and better."""
    single = negative_binomial_weights(odds)
    half, one = laplace_weights(laplace_variance(odds), HALF), laplace_weights(laplace_variance(odds))
    q = odds / (odds + 1)
    start = sum(w * w for w in single)
    for k in (1, 2, 5, 11):
        both = sum(a * b for a, b in zip(single, single[k:], strict=False))
        assert abs(Fraction(half[k], half[0]) - Fraction(both, start)) < Fraction(1, 2**120)
        assert abs(Fraction(one[k], one[0]) - q**k) < Fraction(1, 2**60)


def test_weights_of_a_share_are_exact_fractions_and_the_rest_is_negligible() -> None:
    """P(X = k)/P(X = 0) is a product of fractions; what is cut off weighs less than 2^-128."""
    weights, q = negative_binomial_weights(ODDS), ODDS / (ODDS + 1)
    exact = Fraction(1)
    for k in range(1, 60):
        exact *= q * (2 * k - 1) / (2 * k)
        assert abs(Fraction(weights[k], weights[0]) - exact) < Fraction(1, 2**300)
    assert weights[-1] * ODDS * 2**128 < sum(weights)
    assert all(a > b for a, b in itertools.pairwise(weights))


@pytest.mark.parametrize("rho", [Fraction(1, 4), Fraction(1, 50), Fraction(1, 10**6), Fraction(4)])
@pytest.mark.parametrize("moved", [1, 4, 40])
def test_the_loss_of_the_noise_never_exceeds_its_budget(rho: Fraction, moved: int) -> None:
    """A pure loss of at most sqrt(2 rho), and hardly less; the variance tells the odds again."""
    variance = laplace_variance(odds_for(rho, moved))
    assert laplace_variance(odds_of(variance)) == variance
    loss = pure_loss(Mechanism(Sensitivity(moved, moved**2), variance, requests=False, law=LAPLACE))
    assert 0.97 * math.sqrt(2 * rho) < float(loss) <= math.sqrt(2 * rho) * (1 + 1e-12)


@pytest.mark.parametrize("order", [2, 3, 8])
def test_the_renyi_bound_is_above_the_exact_divergence(order: int) -> None:
    """For a shift by one the exact divergence of discrete Laplace noise lies below the bound, which is at most a e^2/2."""
    mechanism = Mechanism(Sensitivity(1, 1), VARIANCE, requests=False, law=LAPLACE)
    q = float(ODDS / (ODDS + 1))

    def mass(k: int) -> float:
        return (1 - q) / (1 + q) * q ** abs(k)

    exact = math.log(sum(mass(k) ** order * mass(k - 1) ** (1 - order) for k in range(-120, 120))) / (order - 1)
    loss = pure_loss(mechanism)
    bound = float(pure_renyi_bound(loss, order))
    assert exact <= bound + 1e-12
    assert bound <= order * float(loss) ** 2 / 2 + 1e-12
    assert bound <= float(loss)


def test_epsilon_of_one_table_is_its_pure_loss_and_of_many_much_less_than_the_sum() -> None:
    """The accountant needs delta only where there are many tables."""
    mechanism = Mechanism(Sensitivity(1, 1), VARIANCE, requests=False, law=LAPLACE)
    loss = pure_loss(mechanism)
    assert Decimal(epsilon([mechanism])[0]) <= loss + Decimal("0.02")
    assert Decimal(epsilon([mechanism] * 100)[0]) < 70 * loss


@pytest.mark.parametrize(("rate", "expected"), [(1.0, 1.675), (0.2, 0.62)])
def test_one_honest_helper_leaves_what_the_closed_form_says(rate: float, expected: float) -> None:
    """With half a success, moving a cell by one costs 1.675 where two honest helpers' noise costs 1."""
    odds = 1 / Fraction(math.expm1(rate)).limit_denominator(10**9)
    weights = laplace_weights(laplace_variance(odds), HALF)
    found = math.log(weights[0] / weights[1])
    assert found > rate
    if rate == 1.0:
        assert found == pytest.approx(expected, abs=1e-3)


def test_a_plan_may_choose_the_law_and_both_are_accounted() -> None:
    """The same budget, another law: noise of the right scale, and fewer honest helpers cost more under either."""
    skellam, laplace = sample_plan(), sample_plan(noise=LAPLACE)
    assert {m.law for m in mechanisms_of(laplace)} == {LAPLACE}
    for plan in (skellam, laplace):
        assert float(epsilon_with_one_honest(plan)[0]) > float(loss_of(plan).linked.epsilon)
    assert replace(laplace, noise="skellam") == skellam
    scales = (Scale(3, Fraction(2)), Scale(3, VARIANCE, LAPLACE))
    drawn = words(6, 9)
    share = noise_share(np.ascontiguousarray(drawn), (scales[1], replace(scales[1], cells=3)))
    assert share.tolist() == laplace_share(drawn, VARIANCE).tolist()


def test_words_or_variances_that_do_not_fit_are_refused() -> None:
    """Half the words a cell needs, or a variance of another law, cannot pass."""
    with pytest.raises(ValueError, match="noise takes"):
        laplace_share(words(3, 1)[:, :2], VARIANCE)
    with pytest.raises(ValueError, match="exact discrete Laplace"):
        odds_of(Fraction(3))
    with pytest.raises(ValueError, match="budget"):
        odds_for(Fraction(0), 1)


def test_draws_at_a_threshold_are_decided_by_the_lower_word() -> None:
    """A draw equal to a threshold has passed it; one unit less has not."""
    table = inverse_table([1, 1, 2], 4, -1)
    ends = np.array([[2**62, 0], [2**62 - 1, 2**64 - 1], [2**63, 0], [0, 0], [2**64 - 1] * 2], dtype=np.uint64)
    assert invert(ends, table).tolist() == [0, -1, 1, -1, 1]
    assert invert(ends, inverse_table([5], 5, 7)).tolist() == [7] * 5
