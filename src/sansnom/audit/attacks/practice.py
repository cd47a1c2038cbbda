"""How figures come to be: the product's own functions, or, for a self-test, with one weakness planted in them.

An audit that has never turned red says nothing. `sansnom audit release --planted NAME` puts one weakness into the practice
that is attacked, and must fail; `tests/faults/` plants the same weaknesses in the product's code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Stream
from sansnom.exchange.setting import Setting
from sansnom.helper.gather import draw_noise
from sansnom.helper.keys import noise_key
from sansnom.release.account import noise_scales
from sansnom.release.noise import WORDS_PER_CELL, Scale, noise_share
from sansnom.release.rounding import round_at_random
from sansnom.terms.release import Release

WEAKNESSES: Final = ("threshold-off", "noise-halved", "noise-reused", "rounding-deterministic", "table-forgotten")

Rounding = Callable[[NDArray[np.int64], Sequence[str], bytes, int], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Practice:
    """What is attacked: the product as it stands when `planted` is empty."""

    planted: str = ""
    seed: bytes = b"sansnom/audit/1"

    def secret(self, *about: object) -> bytes:
        """Derive 32 bytes for one purpose of this audit: the same audit draws the same numbers."""
        told = "\n".join(str(each) for each in about).encode()
        return sha256(self.seed + b"\n" + told).digest()

    def noise(self, setting: Setting, root: bytes, set_digest: str) -> NDArray[np.int64]:
        """Draw one helper's noise for a plan and a set of submissions, as a helper does."""
        if self.planted == "noise-reused":
            set_digest = plan_digest = "00" * 32
        else:
            plan_digest = setting.plan.digest
        drawn = draw_noise(setting, noise_key(root, plan_digest, set_digest))
        return drawn // 2 if self.planted == "noise-halved" else drawn

    def shares(self, variance: Fraction, law: str, draws: int, *about: object) -> NDArray[np.int64]:
        """Draw one helper's share of the noise of one cell, so many times."""
        stream = Stream(self.secret("shares", *about), "common")
        drawn = noise_share(stream.words((draws, WORDS_PER_CELL[law]), np.uint64), [Scale(draws, variance, law)])
        return drawn // 2 if self.planted == "noise-halved" else drawn

    def scales(self, setting: Setting) -> Sequence[Scale]:
        """Give the scales that the product takes for the noise of a plan."""
        return noise_scales(setting.plan, setting.dictionary)

    def rounding(self) -> Rounding:
        """Give the rounding of an organization's own table."""
        return _nearest if self.planted == "rounding-deterministic" else round_at_random

    @property
    def knows_earlier(self) -> bool:
        """Say whether an organization's own tables are protected together with the earlier ones, by one manifest."""
        return self.planted != "table-forgotten"

    def published(self, release: Release) -> Release:
        """Give the release as it would be published."""
        return _without_threshold(release) if self.planted == "threshold-off" else release


def _nearest(values: NDArray[np.int64], names: Sequence[str], secret: bytes, base: int) -> NDArray[np.int64]:
    del names, secret
    return np.asarray((values + base // 2) // base * base)


def _without_threshold(release: Release) -> Release:
    """Tell every figure, however small: nothing is flagged as too few to tell."""
    tables = []
    for table in release.tables:
        figures = tuple(replace(figure, dominated=False) for figure in table.figures)
        consistent = replace(
            table.consistent, figures=tuple(replace(f, dominated=False) for f in table.consistent.figures)
        )
        tables.append(replace(table, figures=figures, consistent=consistent))
    return replace(release, tables=tuple(tables))
