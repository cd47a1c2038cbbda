"""Generalized least squares over tables of one population: what all of them together say about each cell.

Let a population have attributes with n_a values, and table t be cut by the set A_t, each cell with noise of variance s_t.
Take a set of attributes B. Summed over A_t minus B and freed of every smaller set's share (the projection R_B, a Kronecker
product of I - J/n_a), table t says r_B, plus noise of covariance s_t n(A_t - B) R_B, where n(A) is the product of n_a. The
same r_B for every table that has B; and for two sets of one table these noises are independent. So least squares falls apart
into one weighted mean for each B, with weights 1 / (s_t n(A_t - B)); v_B = 1 / (sum of these). A table over A is put together as

    z_A = sum over B in A of  r_B / n(A - B),      variance of a cell = sum of  v_B prod_B(1 - 1/n_a) / n(A - B)^2.

This is (X'WX)^-1 X'Wy exactly, with the pseudo-inverse of one dimension after the other, whatever the variances of the tables.

Sums are of integers, exact in any order. What remains is additions and multiplications of IEEE doubles, element by element
in one written order, each rounded as the standard demands: the same bits on every machine (docs/adr/0020). Never a dot product
or a sum of doubles, whose order a library may choose.

Loss:       none: public post-processing of what was opened.
Source:     B. Xiao et al., "An optimal and scalable matrix mechanism for noisy marginals" (2023), turned from planning to reading;
            tests/release/test_consistency_gls.py compares with a dense solution of the normal equations.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import prod, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

HUNDREDTHS: Final = 100
Attributes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One table as it was opened: cells shaped as its attributes, and the variance of all the noise on a cell."""

    attributes: Attributes
    values: NDArray[np.int64]
    variance: Fraction


@dataclass(slots=True)
class Fit:
    """What the tables of a population say together.

    order      all attributes, in the order of their first use; sets of attributes are written in it
    sizes      values of each attribute
    variances  v_B of each set B (the head of this module)
    """

    order: Attributes
    sizes: dict[str, int]
    variances: dict[Attributes, Fraction]
    _residuals: dict[Attributes, NDArray[np.float64]] = field(default_factory=dict)

    def ordered(self, chosen: Sequence[str] | frozenset[str]) -> Attributes:
        """Write a set of attributes in the order of the population."""
        return tuple(a for a in self.order if a in chosen)

    def values_of(self, chosen: Sequence[str] | frozenset[str]) -> int:
        """Count the cells of a table cut by these."""
        return prod(self.sizes[a] for a in chosen)

    def estimate(self, chosen: Attributes) -> NDArray[np.int64]:
        """Give the estimate of each cell cut by these attributes, in hundredths, in the order of the population."""
        cells = np.zeros([self.sizes[a] for a in chosen])
        for effect in subsets(chosen):
            rest = self.values_of([a for a in chosen if a not in effect])
            cells += _spread(self._residuals[effect], effect, chosen) * (1.0 / rest)
        return np.rint(cells * HUNDREDTHS).astype(np.int64)

    def cell_variance(self, chosen: Attributes) -> Fraction:
        """Give the exact variance of a cell cut by these: the same for all cells of a table."""
        found = Fraction(0)
        for effect in subsets(chosen):
            rest = self.values_of([a for a in chosen if a not in effect])
            kept = prod((Fraction(self.sizes[a] - 1, self.sizes[a]) for a in effect), start=Fraction(1))
            found += self.variances[effect] * kept / (rest * rest)
        return found


def subsets(chosen: Attributes) -> list[Attributes]:
    """List all subsets, smaller ones first, in a fixed order."""
    return [subset for size in range(len(chosen) + 1) for subset in combinations(chosen, size)]


def fit(tables: Sequence[Measured]) -> Fit:
    """Take all tables of one population together; each set of attributes that a table has can then be estimated."""
    order = tuple(dict.fromkeys(a for table in tables for a in table.attributes))
    sizes = {a: n for table in tables for a, n in zip(table.attributes, table.values.shape, strict=True)}
    found = Fit(order, sizes, {})
    margins = [_margins(table, found.ordered(table.attributes)) for table in tables]
    effects = sorted({e for own in margins for e in own}, key=lambda e: (len(e), [order.index(a) for a in e]))
    for effect in effects:
        weights = {
            place: 1 / (table.variance * found.values_of([a for a in table.attributes if a not in effect]))
            for place, table in enumerate(tables)
            if effect in margins[place]
        }
        every = sum(weights.values(), Fraction(0))
        found.variances[effect] = 1 / every
        shares = {place: float(weight / every) for place, weight in weights.items()}
        found._residuals[effect] = _residual(found, effect, shares, margins)  # noqa: SLF001 - its own maker
    return found


def _residual(
    found: Fit, effect: Attributes, shares: dict[int, float], margins: Sequence[dict[Attributes, NDArray[np.int64]]]
) -> NDArray[np.float64]:
    """Give r_B: the weighted mean of the tables' margins, freed of what smaller sets say, by inclusion and exclusion."""
    cells = np.zeros([found.sizes[a] for a in effect])
    for smaller in subsets(effect):
        mean = np.zeros([found.sizes[a] for a in smaller])
        for place, share in shares.items():
            mean += margins[place][smaller] * share
        rest = found.values_of([a for a in effect if a not in smaller])
        sign = -1.0 if (len(effect) - len(smaller)) % 2 else 1.0
        cells += _spread(mean, smaller, effect) * (sign / rest)
    return cells


def _margins(table: Measured, order: Attributes) -> dict[Attributes, NDArray[np.int64]]:
    """Sum a table over every set of its attributes: integers, so that the order of adding does not matter."""
    whole = np.transpose(table.values, [table.attributes.index(a) for a in order])
    found: dict[Attributes, NDArray[np.int64]] = {order: whole}
    for kept in reversed(subsets(order)[:-1]):
        above = next(a for a in order if a not in kept)
        larger = tuple(a for a in order if a in kept or a == above)
        found[kept] = np.asarray(found[larger].sum(axis=larger.index(above)), dtype=np.int64)
    return found


def _spread(cells: NDArray[np.float64], kept: Attributes, over: Attributes) -> NDArray[np.float64]:
    """Lay a smaller table along the axes of a larger one, for broadcasting."""
    return cells[tuple(slice(None) if a in kept else None for a in over)]


def width_hundredths(variance: Fraction, quantile: Fraction) -> int:
    """Give quantile times the standard deviation, in hundredths, rounded up: half an interval's length."""
    # Fraction to double, square root and ceiling are each correctly rounded: the same number everywhere.
    return int(np.ceil(float(quantile) * sqrt(float(variance)) * HUNDREDTHS))
