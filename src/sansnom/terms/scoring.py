"""Pair scoring: what two neighbouring rows have in common, in public integer weights. Versioned; a plan names its version.

A score is a sum of weights, in quarters of a bit (4 means: twice as likely one person). It reads features of the two rows,
for which only equality is ever tested; 0 is missing, and what is missing on either side neither agrees nor disagrees.
Signs (each is 0 or 1), with a, b the rows and = only between known values:

    given_same, surname_same       all words of the name are equal
    given_bones                    first given names of one skeleton; or a's given is b's surname, or b's is a's
    surname_bones                  first surnames of one skeleton; or both of the crossed equalities
    given_start, surname_start     the first three letters are equal, or the sign above is 1
    given_other, surname_other     both are known and the sign above is 0
    given_end, surname_end         NAME_other, and the last three letters are equal
    swapped                        dates known: month of a = day of b and day of a = month of b, while the dates differ
    month, day                     equal, or swapped;  month_other, day_other: known and neither
    year, year_other               equal; known and different
    date_other                     year_other and month_other and day_other: a date of somebody else
    sex, country, postal, phone    equal;  NAME_other: known and different
    kin                            surname_bones and given_other: brother or twin as well as one person
    kin_near                       kin, and postal or phone equal
    month_day                      month and day
    other_month                    year_other and month_other

The weights come from a logistic regression on worlds of synthetic newcomers only (docs/matching.md). `sansnom audit linkage
--calibrate` gives "score-2" exactly, its base too; the base of "score-1" was set with FEBRL and pseudopeople in sight. "score-3"
has the weights and the base of "score-2", but its threshold follows a curve whose points beyond the base were read in worlds of
newcomers among strangers; links that score far above it are firm: what is left of a component that falls back (rule 6 of
`compute/programs/link.py`). "score-4" is for large runs: its weights are chances themselves, how often two rows of one person and
two strangers agree (Fellegi and Sunter 1969), counted in countries of synthetic newcomers; `audit/fellegi_sunter.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Final

FEATURE_BITS: Final[Mapping[str, int]] = {
    "given": 12,
    "given_bones": 12,
    "given_start": 12,
    "surname": 12,
    "surname_bones": 12,
    "surname_start": 12,
    "year": 8,
    "month": 4,
    "day": 5,
    "sex": 2,
    "country": 10,
    "postal": 16,
    "phone": 16,
    "given_end": 12,
    "surname_end": 12,
}
"""Features of a row and their widths: fields `feature.NAME` of the layout of a plan that scores. 0 is missing."""
ENDS: Final = ("given_end", "surname_end")
"""Features that only versions read which weigh the signs of these names."""

SIGNS: Final = (
    *("given_same", "given_bones", "given_start", "given_other"),
    *("surname_same", "surname_bones", "surname_start", "surname_other"),
    *("year", "year_other", "month", "month_other", "day", "day_other", "swapped", "date_other"),
    *("sex", "sex_other", "country", "country_other", "postal", "postal_other", "phone", "phone_other"),
    *("kin", "kin_near", "month_day", "other_month", "given_end", "surname_end"),
)
WEIGHT_MAX: Final = 63
QUARTERS: Final = 4
"""Parts of a bit in which weights are told."""
ROWS_OF_BASE: Final = 10_000
FIRM: Final = 24
"""Six bits above the threshold: where a desk calls two of its own files evidently one person (`exchange/own_duplicates.py`)."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """One version: the weight of each sign, the threshold among `ROWS_OF_BASE` rows, and what each doubling of the rows adds.

    points  (rows, threshold) beyond the base, by rising rows; the growth counts from the last of them
    firm    what firm links score above the threshold, at least; None: a component that falls back has no firm links
    """

    version: str
    weights: Mapping[str, int]
    base: int
    growth: int = 6
    firm: int | None = None
    points: tuple[tuple[int, int], ...] = ()

    @property
    def features(self) -> Mapping[str, int]:
        """Give what rows under this version carry, and in how many bits: no ends where they weigh nothing."""
        return {name: bits for name, bits in FEATURE_BITS.items() if name not in ENDS or self.weights[name]}

    def threshold(self, rows: int) -> int:
        """Give the least score that links among so many rows, a public number: chance pairs grow with them.

        A doubling of independent rows would ask for one bit; namesakes of one origin and kin are not independent.
        Fewer rows do not lower it: kin are as near in a village. Between two points it is a line over the doublings.
        """
        told = ((ROWS_OF_BASE, self.base), *self.points)
        for (fewer, low), (more, high) in pairwise(told):
            if rows < more:
                return low + round((high - low) * log2(max(rows, fewer) / fewer) / log2(more / fewer))
        last, low = told[-1]
        return low + round(self.growth * log2(max(rows, last) / last))


def _table(
    version: str,
    base: int,
    growth: int,
    weights: str,
    firm: int | None = None,
    points: tuple[tuple[int, int], ...] = (),
) -> ScoreTable:
    told = [int(weight) for weight in weights.split()]
    older = [0] * (len(SIGNS) - len(told))  # signs that came after this version
    return ScoreTable(version, dict(zip(SIGNS, told + older, strict=True)), base, growth, firm, points)


SCORES: Final[Mapping[str, ScoreTable]] = {
    "score-1": _table(
        "score-1",
        23,
        6,
        "5 11 12 -10  2 3 7 -11  14 -15 12 -18 6 -13 -9 23  -3 -23 4 -29 11 -7 9 -5  5 -9",
    ),
    "score-2": _table(
        "score-2",
        32,
        8,
        "7 11 11 -7  3 13 7 -7  15 -15 12 -20 6 -14 -10 19  1 -18 6 -24 13 -8 7 -10  2 -11",
    ),
    "score-3": _table(
        "score-3",
        32,
        4,
        "7 11 11 -7  3 13 7 -7  15 -15 12 -20 6 -14 -10 19  1 -18 6 -24 13 -8 7 -10  2 -11",
        firm=FIRM,
        points=((38_000, 51), (114_000, 59)),
    ),
    "score-4": _table(
        "score-4",
        85,
        4,
        "17 10 9 -16 15 19 11 -15 21 -23 11 -28 1 -18 -22 26 4 -24 -2 -22 20 -3 10 -7 0 -19 22 22 27 26",
        firm=FIRM,
        points=((114_000, 85),),
    ),
}
"""Every version that a plan may name."""

VERSION: Final = "score-3"
LARGE_VERSION: Final = "score-4"
"""The versions that new plans name: that of towns, and that of runs with more rows than `ROWS_OF_TOWNS`."""
ROWS_OF_TOWNS: Final = 60_000


def version_for(rows: int) -> str:
    """Name the version for so many rows, a public number."""
    return VERSION if rows <= ROWS_OF_TOWNS else LARGE_VERSION
