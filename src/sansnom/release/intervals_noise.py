"""Intervals from the exact distribution of the noise: integers only, the same on every machine.

They speak of the noise alone. Errors of linking come on top, and are shown beside them, never inside.
"""

from fractions import Fraction
from functools import lru_cache
from math import ceil, isqrt
from typing import Final

from sansnom.release.laplace import laplace_weights
from sansnom.release.noise import HONEST, VARIANCE_MAX, skellam_total, skellam_weights
from sansnom.terms.party import HELPERS
from sansnom.terms.plan import LAPLACE, SKELLAM
from sansnom.terms.release import Figure

LEVEL: Final = Fraction(19, 20)


def total_variance(variance: Fraction) -> Fraction:
    """Give the variance of all three helpers' noise, when that of two is `variance`."""
    return variance * HELPERS / HONEST


@lru_cache(maxsize=256)
def half_width(variance: Fraction, figures: int = 1, level: Fraction = LEVEL, law: str = SKELLAM) -> int:
    """Give the smallest q such that at least `level` of the noise of a sum of so many figures lies in -q ... q.

    `variance` and `law` are those of two helpers' noise on one figure.
    """
    total = total_variance(variance) * figures
    if total > VARIANCE_MAX:  # a sum of many wide cells: two standard deviations, rounded up, hold 95.4 %
        if level > LEVEL:
            raise ValueError("an interval beyond 95 % needs a variance that the exact law is computed for")
        # Laplace noise has heavier tails: two and a quarter hold 95 % even of a single variable.
        return isqrt(ceil(total * (Fraction(81, 16) if law == LAPLACE else 4))) + 1
    shape = Fraction(HELPERS * figures, HONEST)
    weights = laplace_weights(variance, shape) if law == LAPLACE else skellam_weights(total)
    wanted = level * skellam_total(weights)
    inside = 0
    for q, weight in enumerate(weights):
        inside += weight if q == 0 else 2 * weight
        if inside >= wanted:
            return q
    msg = "the weights of the noise do not reach the level of the interval"
    raise AssertionError(msg)


def figure_of(value: int, width: int, threshold: int = 0) -> Figure:
    """Put an interval around an opened value; counts are not negative, so neither are its ends.

    A value below zero has the upper end of zero: clipped at both ends it would say "exactly none", which nobody knows.

    Noise dominates when nothing at all lies inside the interval: too few to tell, which is not the same as none. Below the
    plan's threshold a figure is too few to tell as well. The threshold acts on the noisy value, after the noise: it opens
    nothing, and costs nothing.
    """
    return Figure(value, max(0, value - width), max(0, value) + width, dominated=value <= max(width, threshold - 1))
