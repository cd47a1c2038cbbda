"""What a release says of linking: the expected error by group, and counts corrected for it, beside the raw ones.

The estimator. Let t be the true persons at 1, 2, 3 or more organizations, m those that were linked so, and M the linked
persons for one true one: (linked, true), each linked person shared out among the true persons whose rows it holds. Then
m = M t in each world, exactly. M is not known of the records; it is measured on synthetic worlds w of the nearest size, at
half, once and twice the usual noise. With the mean M of all worlds and the opened, noisy m,

    t^ = M^-1 m,    cov t^ = M^-1 (N + S) M^-T,

where N is the covariance of the noise, on the diagonal, and S that of M_w t^ over the worlds, times 1 + 1/worlds because our
records are one world more; times measured persons / persons, if these are fewer, because a small count varies more. This is
the delta method, with the uncertainty of M as its spread from world to world: columns of M move together, which
S keeps. The distinct count is the one of its own table p, less the bias that m shows: p - (1 - M^-T 1) m.

Source: linkage error in population counts: Ding and Fienberg, Survey Methodology 20, 1994; several lists: Di Consiglio and
Tuoto, J. Official Statistics 34, 2018; matrix of misclassification: Zult et al., J. Official Statistics 37, 2021 (related
generalization). Sharing out linked persons, and worlds instead of a reviewed sample, are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Final, TypeAlias

from sansnom.release.intervals_noise import half_width, total_variance
from sansnom.terms.linking_error import (
    COUNTED,
    DISTINCT,
    FIGURES,
    PLACES,
    Corrected,
    ExpectedErrors,
    LinkingError,
    Tier,
)
from sansnom.terms.plan import Plan
from sansnom.terms.release import ReleasedTable
from sansnom.terms.table import MULTIPLICITY, PERSONS

SPREADS: Final = Fraction(21, 10)
"""Half of a 95 % interval in standard deviations: Student's, with 20 degrees of freedom or more."""

Vector: TypeAlias = list[Fraction]
Matrix: TypeAlias = list[Vector]


@dataclass(frozen=True, slots=True)
class Estimate:
    """True persons at 1, 2, 3+ organizations and their covariance; (weights, spread) of the bias of the distinct count."""

    values: Vector
    covariance: Matrix
    bias_weights: Vector
    bias_spread: Fraction


def linking_error_of(
    plan: Plan, tables: Sequence[ReleasedTable], rows: int, expected: ExpectedErrors | None
) -> LinkingError | None:
    """Choose what was measured for this plan's keys and scores at about so many rows, and correct the counts by it.

    rows  the opened, noisy count of rows; None comes back when nothing was measured for these rules

    Loss:  none: everything follows from opened figures and public measurements. Proof: post-processing.
    """
    scoring = plan.linking.scoring
    if (
        expected is None
        or scoring is None
        or (expected.keys, expected.scoring) != (plan.linking.version, scoring.version)
    ):
        return None
    tier = nearest_tier(expected, rows)
    corrected = _corrected(plan, tables, tier)
    return LinkingError(expected.version, expected.keys, expected.scoring, tier.persons, tier.groups, corrected)


def nearest_tier(expected: ExpectedErrors, rows: int) -> Tier:
    """Give the measured size that is nearest, as a ratio; the smaller one of two."""
    known = max(1, rows)
    return min(
        expected.tiers, key=lambda tier: (max(Fraction(tier.rows, known), Fraction(known, tier.rows)), tier.rows)
    )


def estimate(linked: Sequence[int], noise: Fraction, tier: Tier) -> Estimate:
    """Estimate true persons at 1, 2, 3+ organizations from the linked ones, each with noise of this variance."""
    worlds = [_square(world) for world in tier.worlds]
    mean = [[sum((w[i][j] for w in worlds), Fraction(0)) / len(worlds) for j in _PLACES] for i in _PLACES]
    back = inverse(mean)
    values = _times(back, [Fraction(x) for x in linked])
    seen = [_times(world, [max(Fraction(0), t) for t in values]) for world in worlds]
    persons = max(Fraction(1), sum(values, Fraction(0)))
    widen = (1 + Fraction(1, len(worlds))) * max(Fraction(1), Fraction(tier.persons) / persons)
    spread = [[x * widen for x in row] for row in _covariance(seen)]
    inside = [[spread[i][j] + (noise if i == j else 0) for j in _PLACES] for i in _PLACES]
    covariance = _sandwich(back, inside)
    per_linked = [sum((back[i][j] for i in _PLACES), Fraction(0)) for j in _PLACES]
    bias_spread = sum((per_linked[i] * spread[i][j] * per_linked[j] for i in _PLACES for j in _PLACES), Fraction(0))
    return Estimate(values, covariance, [1 - x for x in per_linked], bias_spread)


def inverse(m: Matrix) -> Matrix:
    """Invert a matrix of 3 by 3, exactly; ZeroDivisionError when it has no inverse."""

    def minor(i: int, j: int) -> Fraction:
        a, b = [r for r in _PLACES if r != i]
        c, d = [s for s in _PLACES if s != j]
        return (m[a][c] * m[b][d] - m[a][d] * m[b][c]) * (1 if (i + j) % 2 == 0 else -1)

    whole = sum((m[0][j] * minor(0, j) for j in _PLACES), Fraction(0))
    return [[minor(j, i) / whole for j in _PLACES] for i in _PLACES]


_PLACES: Final = range(PLACES)


def _corrected(plan: Plan, tables: Sequence[ReleasedTable], tier: Tier) -> tuple[Corrected, ...]:
    """Correct the plan's first table by number of organizations, and its distinct count; nothing without such a table."""
    several = next((t for t in tables if t.kind == MULTIPLICITY), None)
    if several is None:
        return ()
    cells = len(several.figures) // PLACES
    raw = [sum(f.value for f in several.figures[place::PLACES]) for place in _PLACES]
    noise = total_variance(several.variance) * cells
    width = half_width(several.variance, cells, law=plan.noise)
    found = estimate(raw, noise, tier)
    places = [
        _around(figure, several.table, raw[i], width, found.values[i], found.covariance[i][i])
        for i, figure in enumerate(FIGURES[1:])
    ]
    bias = sum((w * m for w, m in zip(found.bias_weights, raw, strict=True)), Fraction(0))
    bias_noise = noise * sum((w * w for w in found.bias_weights), Fraction(0))
    whole = next((s.table for s in plan.tables if s.kind == PERSONS and not s.dimensions and not s.services), None)
    if whole is None:
        value = sum(found.values, Fraction(0))
        variance = sum((x for row in found.covariance for x in row), Fraction(0))
        distinct = _around(
            DISTINCT,
            several.table,
            sum(raw),
            half_width(several.variance, len(several.figures), law=plan.noise),
            value,
            variance,
        )
    else:
        table = next(t for t in tables if t.table == whole)
        count = table.figures[0].value
        variance = total_variance(table.variance) + bias_noise + found.bias_spread
        distinct = _around(DISTINCT, whole, count, table.half_width, count - bias, variance)
    return (distinct, *places)


def _around(figure: str, table: str, raw: int, width: int, value: Fraction, variance: Fraction) -> Corrected:
    half = SPREADS * (isqrt(-(-variance.numerator // variance.denominator)) + 1)
    low, high = max(0, int(value - half)), max(0, -int(-(value + half) // 1))
    rounded = Fraction(round(variance * 100), 100)
    return Corrected(figure, table, raw, max(0, raw - width), max(0, raw) + width, round(value), low, high, rounded)


def _square(world: Sequence[int]) -> Matrix:
    return [[Fraction(world[PLACES * i + j], COUNTED) for j in _PLACES] for i in _PLACES]


def _times(m: Matrix, v: Vector) -> Vector:
    return [sum((m[i][j] * v[j] for j in _PLACES), Fraction(0)) for i in _PLACES]


def _covariance(seen: Sequence[Vector]) -> Matrix:
    middle = [sum((v[i] for v in seen), Fraction(0)) / len(seen) for i in _PLACES]
    return [
        [sum(((v[i] - middle[i]) * (v[j] - middle[j]) for v in seen), Fraction(0)) / (len(seen) - 1) for j in _PLACES]
        for i in _PLACES
    ]


def _sandwich(back: Matrix, inside: Matrix) -> Matrix:
    half = [[sum((back[i][k] * inside[k][j] for k in _PLACES), Fraction(0)) for j in _PLACES] for i in _PLACES]
    return [[sum((half[i][k] * back[j][k] for k in _PLACES), Fraction(0)) for j in _PLACES] for i in _PLACES]
