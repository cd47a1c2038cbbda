"""Integer noise in shares: each helper draws its own, and any two honest helpers' noise alone is enough.

Each of the three helpers adds Poisson(v/4) - Poisson(v/4) to a cell, where v is the variance that two of them must
reach. The difference of two Poisson variables of equal mean is a Skellam variable; Skellam variables add up: two
helpers give Skellam of variance v (what the loss is computed from), three give Skellam of variance 3v/2 (what
readers' intervals are computed from).

A plan may choose discrete Laplace noise instead (`release.laplace`): exact, and best for few tables.

This room has no randomness of its own: uniform words come as argument (a helper expands its own seed with them,
bound to the plan, the submission set and the cell; never to the attempt). No floating-point number is involved: the
same words give the same noise everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from math import isqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.release import laplace
from sansnom.release.inverse import WORDS_PER_DRAW, InverseTable, inverse_table, invert
from sansnom.terms.plan import LAPLACE, SKELLAM

WORDS_PER_CELL: Final = {SKELLAM: WORDS_PER_DRAW, LAPLACE: laplace.WORDS_PER_CELL}
"""Uniform 64-bit words that one cell's share of noise takes, by law."""
HONEST: Final = 2
"""How many helpers' noise must suffice: the third knows its own share, and may tell it."""
VARIANCE_MAX: Final = 10**8
_START_BITS: Final = 256


@dataclass(frozen=True, slots=True)
class Scale:
    """So many cells that all carry noise of the same law and variance (that of two honest helpers)."""

    cells: int
    variance: Fraction
    law: str = SKELLAM


def skellam_share(words: NDArray[np.uint64], variance: Fraction) -> NDArray[np.int64]:
    """Turn uniform words into one helper's share of the noise, by inverting the distribution function.

    Shapes:     words is (cells, 2), uniform 64-bit words, never used before; the result is (cells,), int64.
    Loss:       none by itself; two shares of `variance`/2 make the Skellam noise whose loss `release.account` states.
    Neighbours: as `release.account` says for each kind of table.
    Proof:      with x = variance/2, P(share = k) = I_|k|(x) / sum of all I_|k|(x). `skellam_weights` computes these
                weights from the recurrence I_{k-1} = I_{k+1} + (2k/x) I_k, run backwards from twice as far as it is
                used: all terms are positive, so the roundings (relative error below 2^-240 in all) cannot cancel,
                and what the start leaves out is below e^-190 of the weight it falls on. The weights are cut where
                the tail is below 2^-128. Thresholds are floor(2^128 F(k)): each outcome's probability is off by at
                most 2^-128, all of them (fewer than 2^19) together by less than 2^-100, well under the 2^-60 that
                delta has room for. tests/release/test_noise.py compares the table with an exact convolution of two
                Poisson laws, and samples with the law at the right, a smaller and a larger scale.
    """
    return invert(words, _table(variance / HONEST))


def noise_share(words: NDArray[np.uint64], scales: Sequence[Scale]) -> NDArray[np.int64]:
    """Draw one helper's noise for all cells of a plan, in the order of `release.account.noise_scales`.

    Shapes: words is (cells in all, `WORDS_PER_CELL` of the plan's law); the result is (cells in all,).
    Loss:   see `skellam_share` and `laplace.laplace_share`.
    """
    ends = list(accumulate(scale.cells for scale in scales))
    if not ends or words.shape[0] != ends[-1]:
        msg = f"the plan has {ends[-1] if ends else 0} cells, and {words.shape[0]} rows of words came"
        raise ValueError(msg)
    parts = [_share(words[end - scale.cells : end], scale) for end, scale in zip(ends, scales, strict=True)]
    return np.concatenate(parts)


def _share(words: NDArray[np.uint64], scale: Scale) -> NDArray[np.int64]:
    if scale.law == LAPLACE:
        return laplace.laplace_share(words, scale.variance)
    return skellam_share(words, scale.variance)


@lru_cache(maxsize=64)
def skellam_weights(variance: Fraction) -> tuple[int, ...]:
    """Give integers proportional to P(K = 0), P(K = 1), ..., for Skellam K of this variance; K is symmetric.

    The tail that is left out weighs less than 2^-128 (see the proof in `skellam_share`).
    """
    if not 0 < variance <= VARIANCE_MAX:
        msg = f"a variance lies above 0 and at most at {VARIANCE_MAX}"
        raise ValueError(msg)
    last = 40 + 14 * (isqrt(int(variance)) + 1)
    above, here = 0, 1 << _START_BITS
    kept: list[int] = []
    for k in range(2 * last, 0, -1):
        # I_{k-1} = I_{k+1} + (2k/x) I_k
        above, here = here, above + 2 * k * variance.denominator * here // variance.numerator
        if k - 1 <= last:
            kept.append(here)
    return tuple(reversed(kept))


def skellam_total(weights: Sequence[int]) -> int:
    """Sum the weights over all integers, negative ones included."""
    return 2 * sum(weights) - weights[0]


@lru_cache(maxsize=64)
def _table(variance: Fraction) -> InverseTable:
    weights = skellam_weights(variance)
    last = len(weights) - 1
    return inverse_table([weights[abs(k)] for k in range(-last, last + 1)], skellam_total(weights), -last)
