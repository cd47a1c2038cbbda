"""Exact discrete Laplace noise in shares: differences of two negative binomial (Polya) variables of half a success each.

With q = s/(s + 1), a helper's share is X - Y, both of law NB(1/2, q): P(X = k) = (1 - q)^(1/2) c_k q^k, where
c_k = C(2k, k)/4^k. Two helpers' shares add up to the difference of two geometric variables, which is the discrete Laplace law
P(k) = (1 - q)/(1 + q) q^|k|, exactly: the loss of moving a cell by one is ln(1/q) = ln((s + 1)/s). Three make the same law of
one and a half successes: more noise on top, and no more loss.

The mean number s (`odds`) is an exact fraction, and so is the variance of two helpers' noise, 2s(s + 1), which tells s again.
Sources: Balle, Bell, Gascon, Nissim, 2020; Harrison and Manurangsi, FORC 2025 (arXiv 2504.05202).
"""

from fractions import Fraction
from functools import lru_cache
from math import ceil, factorial, isqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.release.inverse import WORDS_PER_DRAW, InverseTable, inverse_table, invert

WORDS_PER_CELL: Final = 2 * WORDS_PER_DRAW
"""Uniform 64-bit words that one cell's share takes: a draw for each of the two variables."""
HALF: Final = Fraction(1, 2)
_START_BITS: Final = 320
_TAIL_BITS: Final = 132
_ODDS_STEP: Final = 2**16
_INTERVAL_TAIL_BITS: Final = 64


def odds_for(rho: Fraction, l1: int) -> Fraction:
    """Give the smallest s on a grid that makes the loss of moving a cell by `l1` at most sqrt(2 rho).

    Loss:  l1 ln((s + 1)/s) <= sqrt(2 rho): a pure loss of epsilon is at most epsilon^2/2 in rho.
    Proof: pure to zCDP: Bun and Steinke, 2016, proposition 1.4. The root is rounded down, and e^x - 1 is taken from
           below by the first twelve terms of its series, so that s is too large rather than too small.
    """
    if rho <= 0 or l1 < 1:
        raise ValueError("a budget lies above 0, and a table moves by at least 1")
    scale = 2**64
    x = Fraction(isqrt(int(2 * rho * scale * scale)), scale * l1)
    below = sum((x**n / factorial(n) for n in range(1, 13)), Fraction(0))
    return Fraction(ceil(_ODDS_STEP / below), _ODDS_STEP)


def laplace_variance(odds: Fraction) -> Fraction:
    """Give the variance of two helpers' noise."""
    return 2 * odds * (odds + 1)


def odds_of(variance: Fraction) -> Fraction:
    """Give s back from the variance 2s(s + 1); ValueError for a variance that no fraction s gives."""
    squared = 1 + 2 * variance
    root = Fraction(isqrt(squared.numerator), isqrt(squared.denominator))
    if variance <= 0 or root * root != squared:
        raise ValueError("this variance belongs to no exact discrete Laplace noise")
    return (root - 1) / 2


def laplace_share(words: NDArray[np.uint64], variance: Fraction) -> NDArray[np.int64]:
    """Turn uniform words into one helper's share of discrete Laplace noise.

    Shapes:     words is (cells, 4), uniform 64-bit words, never used before; the result is (cells,), int64.
    Loss:       none by itself; two shares make the discrete Laplace noise whose loss `release.account` states.
    Neighbours: as `release.account` says for each kind of table.
    Proof:      P(X = k)/P(X = k - 1) = q (2k - 1)/(2k): products of fractions below 1 from a start of 2^320, each rounded
                down by less than one unit, so that all weights (fewer than 2^22) together are off by less than 2^-270
                of the first. They are cut where the rest weighs less than 2^-130. Thresholds are off by 2^-128 each.
                Two draws a cell: less than 2^-100 in all, under the 2^-60 that delta has room for.
    """
    if words.ndim != 2 or words.shape[1] != WORDS_PER_CELL or words.dtype != np.uint64:
        msg = f"noise takes (cells, {WORDS_PER_CELL}) words of 64 bits, not {words.shape} of {words.dtype}"
        raise ValueError(msg)
    table = _half_table(odds_of(variance))
    return invert(words[:, :WORDS_PER_DRAW], table) - invert(words[:, WORDS_PER_DRAW:], table)


@lru_cache(maxsize=16)
def negative_binomial_weights(odds: Fraction) -> tuple[int, ...]:
    """Give integers proportional to P(X = 0), P(X = 1), ..., for X of law NB(1/2, q); the rest weighs less than 2^-130."""
    up, down = odds.numerator, odds.numerator + odds.denominator
    weight, kept, whole, k = 1 << _START_BITS, [], 0, 0
    # Later weights fall at least as fast as powers of q: together at most weight * s, from here on.
    while weight * up << _TAIL_BITS > (whole * odds.denominator if whole else 0):
        kept.append(weight)
        whole += weight
        k += 1
        weight = weight * up * (2 * k - 1) // (down * 2 * k)
    return tuple(kept)


@lru_cache(maxsize=64)
def laplace_weights(variance: Fraction, shape: Fraction = Fraction(1)) -> tuple[int, ...]:
    """Give integers proportional to P(K = 0), P(K = 1), ..., for the difference of two NB(shape, q); K is symmetric.

    shape  successes in all: 1 for two helpers (the discrete Laplace law), 1/2 for one, 3/2 for three, and so on for sums

    For intervals and claims, never for sampling. The weights are the Fourier coefficients of (1 + q^2 - 2q cos t)^-shape,
    which obey w_{k-1} (k - 1 + b) = w_{k+1} (b - k - 1) + w_k k (1 + q^2)/q. They are the solution that falls, so that the
    recurrence is run backwards from twice as far as it is used, where any start will do.
    """
    odds = odds_of(variance)
    q = odds / (odds + 1)
    spread = ceil(_INTERVAL_TAIL_BITS * (1 + odds)) + 8 * (isqrt(ceil(variance * shape)) + 1)
    last = 40 + spread
    ratio = (1 + q * q) / q
    up, down = ratio.numerator, ratio.denominator
    b, c = shape.numerator, shape.denominator
    above, here = 0, 1 << _START_BITS
    kept: list[int] = []
    for k in range(2 * last, 0, -1):
        told = here * k * up * c + above * (b - (k + 1) * c) * down
        above, here = here, told // (down * ((k - 1) * c + b))
        if k - 1 <= last:
            kept.append(here)
    return tuple(reversed(kept))


@lru_cache(maxsize=16)
def _half_table(odds: Fraction) -> InverseTable:
    weights = negative_binomial_weights(odds)
    return inverse_table(weights, sum(weights), 0)
