"""The noise follows its law exactly, and a law that is a little off is seen."""

import itertools
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from sansnom.release.intervals_noise import half_width, total_variance
from sansnom.release.noise import (
    HONEST,
    Scale,
    noise_share,
    skellam_share,
    skellam_total,
    skellam_weights,
)
from sansnom.terms.party import HELPERS

DRAWS = 60_000


def words(cells: int, seed: int) -> NDArray[np.uint64]:
    """Draw uniform words from a printed seed."""
    print("seed", seed)
    return np.random.default_rng(seed).integers(0, 2**64, size=(cells, 2), dtype=np.uint64)


def exact_masses(variance: Fraction, last: int) -> list[Fraction]:
    """Give P(K = 0 .. last) up to the factor e^variance, from the convolution of two Poisson laws, in fractions."""
    mean = variance / 2
    poisson = [mean**n / factorial(n) for n in range(3 * last + 60)]
    return [sum((poisson[n] * poisson[n + k] for n in range(len(poisson) - k)), Fraction(0)) for k in range(last + 1)]


@pytest.mark.parametrize("variance", [Fraction(1, 7), Fraction(2), Fraction(25, 2), Fraction(31)])
def test_weights_are_the_exact_difference_of_two_poisson_laws(variance: Fraction) -> None:
    """The table from the recurrence agrees with an exact convolution to better than 2^-120."""
    weights = skellam_weights(variance)
    masses = exact_masses(variance, 20)
    for k in range(21):
        mine, theirs = Fraction(weights[k], weights[0]), masses[k] / masses[0]
        assert abs(mine - theirs) < Fraction(1, 2**120)


@pytest.mark.parametrize("variance", [Fraction(1, 2), Fraction(25), Fraction(40_000)])
def test_the_tail_left_out_is_negligible(variance: Fraction) -> None:
    """The last weight kept is below 2^-128 of all of them, and weights only fall."""
    weights = skellam_weights(variance)
    assert weights[-1] * 2**128 < skellam_total(weights)
    assert all(a >= b for a, b in itertools.pairwise(weights))


def fit(drawn: NDArray[np.int64], variance: Fraction) -> float:
    """Give the chi-square p-value of draws against the Skellam law of this variance."""
    weights = skellam_weights(variance)
    total = skellam_total(weights)
    edge = 0
    while weights[edge + 1] * len(drawn) > 20 * total:
        edge += 1
    inner = [len(drawn) * weights[abs(k)] / total for k in range(-edge, edge + 1)]
    tail = (len(drawn) - sum(inner)) / 2
    clipped = np.clip(drawn, -edge - 1, edge + 1)
    observed = np.bincount(clipped + edge + 1, minlength=2 * edge + 3)
    expected = np.array([tail, *inner, tail])
    statistic = float((((observed - expected) ** 2) / expected).sum())
    return float(chi2.sf(statistic, len(expected) - 1))


@pytest.mark.guarantee("G-06")
@pytest.mark.parametrize("variance", [Fraction(2), Fraction(25, 2), Fraction(900)])
def test_two_shares_follow_the_law_that_the_loss_is_computed_from(variance: Fraction) -> None:
    """Any two helpers' noise together is Skellam of the variance asked; a scale 5 % off on either side is rejected."""
    drawn = skellam_share(words(DRAWS, 11), variance) + skellam_share(words(DRAWS, 12), variance)
    assert fit(drawn, variance) > 0.001
    assert fit(drawn, variance * Fraction(95, 100)) < 0.001
    assert fit(drawn, variance * Fraction(105, 100)) < 0.001


def test_three_shares_follow_the_law_that_intervals_are_computed_from() -> None:
    """All three helpers' noise is Skellam of one and a half times the variance, and 95 % of it lies in the interval."""
    variance = Fraction(25)
    drawn = sum(skellam_share(words(DRAWS, seed), variance) for seed in (21, 22, 23))
    assert isinstance(drawn, np.ndarray)
    assert fit(drawn, total_variance(variance)) > 0.001
    assert fit(drawn, variance) < 0.001
    inside = float((np.abs(drawn) <= half_width(variance)).mean())
    narrower = float((np.abs(drawn) < half_width(variance)).mean())
    assert inside >= 0.948
    assert narrower < 0.95


def test_128_bits_are_compared_as_one_number() -> None:
    """The second word decides only when the first ties: the smallest and largest draws are the ends of the law."""
    variance = Fraction(2)
    ends = np.array([[0, 0], [2**64 - 1, 2**64 - 1], [2**63, 0], [2**63 - 1, 2**64 - 1]], dtype=np.uint64)
    low, high, middle, before = skellam_share(ends, variance).tolist()
    last = len(skellam_weights(variance / HONEST)) - 1
    assert -last <= low < -20
    assert 20 < high <= last
    assert middle == before == 0


def test_the_inverse_agrees_with_a_search_in_whole_numbers() -> None:
    """For chosen 128-bit draws, numpy's search and plain Python integers give the same noise."""
    variance = Fraction(9, 2)
    weights = skellam_weights(variance / HONEST)
    total, last = skellam_total(weights), len(weights) - 1
    drawn = words(500, 31)
    expected = []
    for high, low in drawn.tolist():
        value, below, k = (high << 64) | low, weights[last], -last
        while (below << 128) // total <= value:
            k += 1
            below += weights[abs(k)]
        expected.append(k)
    assert skellam_share(drawn, variance).tolist() == expected


def test_a_plan_s_noise_is_cut_by_scales_in_order() -> None:
    """Each part of the noise has the variance of its own scale, and the words it was given."""
    scales = (Scale(4000, Fraction(2)), Scale(4000, Fraction(2000)))
    drawn = words(8000, 41)
    share = noise_share(drawn, scales)
    assert share[:4000].tolist() == skellam_share(drawn[:4000], Fraction(2)).tolist()
    assert 0.8 < float(share[:4000].var()) < 1.2
    assert 900 < float(share[4000:].var()) < 1100


def test_words_of_another_shape_or_number_are_refused() -> None:
    """Half the words a cell needs, or too few cells, cannot pass for noise."""
    with pytest.raises(ValueError, match="a draw takes"):
        skellam_share(words(3, 1).reshape(6, 1), Fraction(1))
    with pytest.raises(ValueError, match="cells"):
        noise_share(words(3, 1), (Scale(4, Fraction(1)),))
    with pytest.raises(ValueError, match="variance"):
        skellam_weights(Fraction(0))


def test_seats_and_honesty_agree() -> None:
    """Two of three helpers must suffice."""
    assert (HONEST, HELPERS) == (2, 3)
    assert total_variance(Fraction(2)) == 3


@pytest.mark.parametrize("figures", [1, 4])
def test_intervals_are_the_smallest_that_hold_their_level(figures: int) -> None:
    """One step narrower falls below 95 %, also for a sum of figures; checked against exact fractions."""
    variance = Fraction(3)
    q = half_width(variance, figures)
    masses = exact_masses(total_variance(variance) * figures, 40)
    everything = masses[0] + 2 * sum(masses[1:])
    assert masses[0] + 2 * sum(masses[1 : q + 1]) >= Fraction(19, 20) * everything
    assert masses[0] + 2 * sum(masses[1:q]) < Fraction(19, 20) * everything
