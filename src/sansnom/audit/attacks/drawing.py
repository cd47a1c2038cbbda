"""What several attacks measure: how often a difference of noisy figures tells the truth, and what the promised noise allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, sqrt
from typing import Final

import numpy as np
from scipy.special import betaincinv, ive
from scipy.stats import chi2

from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Floats, Integers, Target, Together, promised_variance
from sansnom.exchange.setting import Setting
from sansnom.terms.canonical import digest_hex
from sansnom.terms.plan import LAPLACE, Plan
from sansnom.terms.release import Release

ERROR: Final = 1e-4
"""Chance that an attack cries wolf over honest noise, each time it measures."""
HELPERS: Final = 3


@lru_cache(maxsize=256)
def law_of(variance: float, laplace: bool, parts: int = 2) -> Floats:
    """Give P(K = -n ... n) of the noise of so many helpers, where two reach this variance: by Bessel functions, or powers.

    Another way than the recurrences that the product samples from.
    """
    total = variance * parts / 2
    far = ceil(12 * sqrt(total)) + 30
    at = np.abs(np.arange(-far, far + 1))
    if not laplace:
        told = ive(at, total)
        return np.asarray(told / told.sum())
    odds = (sqrt(1 + 2 * variance) - 1) / 2
    q = odds / (odds + 1)
    far = max(far, ceil(40 * (1 + odds)))
    frequency = 2 * np.pi * np.arange(2 * far + 1) / (2 * far + 1)
    wave = ((1 - q) ** 2 / (1 + q * q - 2 * q * np.cos(frequency))) ** (parts / 2)
    told = np.fft.fftshift(np.fft.ifft(wave).real)
    return np.asarray(np.maximum(told, 0) / np.maximum(told, 0).sum())


def upper(hits: int, trials: int, error: float = ERROR) -> float:
    """Give the upper end of Clopper and Pearson's interval."""
    return 1.0 if hits >= trials else float(betaincinv(hits + 1, trials - hits, 1 - error))


def lower(hits: int, trials: int, error: float = ERROR) -> float:
    """Give the lower end of Clopper and Pearson's interval."""
    return 0.0 if hits <= 0 else float(betaincinv(hits, trials - hits + 1, error))


@dataclass(frozen=True, slots=True)
class Guesses:
    """How many differences were guessed exactly, of how many, and how many the promised noise lets one guess."""

    exact: int
    trials: int
    expected: float

    @property
    def rate(self) -> float:
        """Give the share guessed."""
        return self.exact / self.trials

    @property
    def allowed(self) -> float:
        """Give the largest share that honest noise shows, but once in ten thousand audits."""
        share = self.expected / self.trials
        return share + 3.72 * sqrt(share * (1 - share) / self.trials) + 3.0 / self.trials


def noise_of_all(practice: Practice, setting: Setting, root: str, set_digest: str, helpers: int = HELPERS) -> Integers:
    """Draw the noise of so many helpers for a plan and set, cell by cell, as they would."""
    parts = [practice.noise(setting, practice.secret(root, party), set_digest) for party in range(helpers)]
    return np.asarray(np.sum(parts, axis=0))


def setting_of(target: Target, plan: Plan | None = None) -> Setting:
    """Put a plan beside the roster and dictionary of the target."""
    asked = target.plan if plan is None else plan
    return Setting.of(asked, target.board.roster_of(target.plan), target.dictionary)


def guessed_differences(target: Target, practice: Practice, settings: Sequence[Setting], turns: int) -> Guesses:
    """Publish twice what differs by one person, and guess the difference from the two: how often is it exactly right?

    The truth cancels; what is left is the difference of two noises. The first setting stands for the release, the last for
    the other one (the same plan over another set, or another plan).
    """
    variances = [promised_variance(target.plan, spec) for spec in target.plan.tables]
    cells = [len(table.figures) for table in target.release.tables]
    chance = [_no_difference(v, target.plan.noise == LAPLACE) for v in variances]
    exact = 0
    for turn in range(turns):
        drawn = [
            noise_of_all(practice, setting, "differences", digest_hex([turn, number]))[: sum(cells)]
            for number, setting in enumerate((settings[0], settings[-1]))
        ]
        exact += int((drawn[0] == drawn[1]).sum())
    expected = turns * sum(n * p for n, p in zip(cells, chance, strict=True))
    return Guesses(exact, turns * sum(cells), expected)


def _no_difference(variance: float, laplace: bool) -> float:
    law = law_of(variance, laplace, HELPERS)
    return float((law**2).sum())


def quiet_sums(whole: Together) -> tuple[float, int]:
    """Say how likely sums of published figures differ as little as they do, if their noises are independent and as promised.

    Gives the chance (lower tail of chi squared) and how many sums were free to differ; 1 where none was.
    """
    if not len(whole.sums):
        return 1.0, 0
    weighted = whole.sums * whole.spread**2
    middle = (weighted @ whole.sums.T).astype(np.float64)
    free = int(np.linalg.matrix_rank(middle, hermitian=True))
    off = (whole.sums @ whole.values).astype(np.float64)
    distance = float(off @ np.linalg.pinv(middle, hermitian=True) @ off)
    return float(chi2.cdf(distance, free)), free


def same_questions(target: Target, other: Release) -> list[tuple[Integers, float]]:
    """Give, for tables that two releases share, the differences of their figures and the variance promised to these."""
    plan = target.board.plan(other.plan)
    theirs = {table.table: table for table in other.tables}
    found = []
    for table in target.release.tables:
        twin = theirs.get(table.table)
        if (
            twin is None
            or [a.code for a in twin.axes] != [a.code for a in table.axes]
            or len(twin.figures) != len(table.figures)
        ):
            continue
        specs = (target.spec(table), next(spec for spec in plan.tables if spec.table == twin.table))
        variance = 1.5 * (promised_variance(target.plan, specs[0]) + promised_variance(plan, specs[1]))
        here = np.array([f.value for f in table.figures], dtype=np.int64)
        there = np.array([f.value for f in twin.figures], dtype=np.int64)
        found.append((here - there, variance))
    return found


def cancelled(pairs: Sequence[tuple[Integers, float]]) -> float:
    """Say how likely two releases' figures lie so close together if their noises are independent: lower tail of chi squared.

    The truth of the two may differ too, which only makes them lie farther apart.
    """
    cells = sum(len(gaps) for gaps, _ in pairs)
    distance = sum(float((gaps.astype(np.float64) ** 2).sum()) / variance for gaps, variance in pairs)
    return float(chi2.cdf(distance, cells)) if cells else 1.0


def fraction(value: float) -> Fraction:
    """Give a fraction near a promised variance, for drawing."""
    return Fraction(value).limit_denominator(10**6)
