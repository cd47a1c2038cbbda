"""Least squares over tables, against a dense solution that knows nothing of margins."""

from fractions import Fraction
from itertools import product
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.release.consistency_gls import Measured, fit, width_hundredths

SIZES = {"a": 3, "b": 2, "c": 4}
CUTS = [("a",), ("b",), ("c",), ("a", "b"), ("b", "c"), ("c", "a"), ("a", "b", "c"), ()]


def design(attributes: tuple[str, ...]) -> NDArray[np.float64]:
    """Give the matrix from the cells of the whole cross to the cells of one table."""
    everything = list(product(*(range(n) for n in SIZES.values())))
    places = [list(SIZES).index(a) for a in attributes]
    rows = list(product(*(range(SIZES[a]) for a in attributes)))
    return np.array([[float(tuple(cell[p] for p in places) == row) for cell in everything] for row in rows])


def tables_of(cuts: list[tuple[str, ...]], seed: int) -> list[Measured]:
    """Make up opened values and variances."""
    chance = np.random.default_rng(seed)
    return [
        Measured(
            cut,
            chance.integers(-20, 200, [SIZES[a] for a in cut]).astype(np.int64),
            Fraction(int(chance.integers(1, 60)), 4),
        )
        for cut in cuts
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(CUTS), min_size=1, max_size=6), st.integers(0, 10**6))
def test_estimates_and_variances_are_those_of_the_normal_equations(cuts: list[tuple[str, ...]], seed: int) -> None:
    """Any tables, any variances, tables asked twice: the closed form is (X'WX)^-1 X'Wy, and its covariance."""
    tables = tables_of(cuts, seed)
    x = np.concatenate([design(table.attributes) for table in tables])
    y = np.concatenate([table.values.reshape(-1) for table in tables])
    weights = np.concatenate([np.full(table.values.size, 1 / float(table.variance)) for table in tables])
    covariance = np.linalg.pinv(x.T @ (x * weights[:, None]))
    solution = covariance @ (x.T @ (weights * y))
    found = fit(tables)
    for table in tables:
        order = found.ordered(table.attributes)
        ours = found.estimate(order).transpose([order.index(a) for a in table.attributes])
        own = design(table.attributes)
        assert np.abs(ours.reshape(-1) / 100 - own @ solution).max() < 0.0051
        dense = np.diag(own @ covariance @ own.T)
        assert np.allclose(dense, float(found.cell_variance(order)), rtol=1e-6)


def test_estimates_do_not_depend_on_how_values_lie_in_memory() -> None:
    """The same figures, transposed, strided or contiguous, give the same integers: sums of doubles have no order to choose."""
    tables = tables_of([("a", "b", "c"), ("a", "b"), ("c",), ()], 4)
    turned = [Measured(t.attributes, np.asarray(t.values, order="F"), t.variance) for t in tables]
    one, two = fit(tables), fit(turned)
    assert (one.estimate(("a", "b", "c")) == two.estimate(("a", "b", "c"))).all()


def test_two_equal_measurements_have_half_the_variance() -> None:
    """The same table asked twice with the same noise: the mean, and half the variance."""
    values = np.array([10, 20, 30])
    found = fit([Measured(("a",), values, Fraction(8)), Measured(("a",), values + 4, Fraction(8))])
    assert found.estimate(("a",)).tolist() == [1200, 2200, 3200]
    assert found.cell_variance(("a",)) == 4


@pytest.mark.parametrize("variance", [Fraction(1, 3), Fraction(25, 2), Fraction(10**9)])
def test_a_width_is_rounded_up(variance: Fraction) -> None:
    """An interval is never shorter than it must be."""
    told = width_hundredths(variance, Fraction(196, 100))
    assert told >= 196 * float(variance) ** 0.5
    assert isclose(told, 196 * float(variance) ** 0.5, abs_tol=1)
