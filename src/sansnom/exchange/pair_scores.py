"""The score of two rows in the clear: the signs of `terms/scoring.py` over plain columns.

A desk scores its own rows with it (`own_duplicates.py`); the evaluation of synthetic data scores everyone's.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sansnom.terms.scoring import SIGNS, ScoreTable

Rows = NDArray[np.int64]
Signs = dict[str, NDArray[np.bool_]]
Features = Mapping[str, NDArray[np.int64]]


def score_pairs(features: Features, a: Rows, b: Rows, table: ScoreTable) -> NDArray[np.int64]:
    """Score the pairs (a[i], b[i]); shapes: all are (pairs,)."""
    return weighed(signs_of(features, a, b), table)


def weighed(signs: Signs, table: ScoreTable) -> NDArray[np.int64]:
    """Add up the weights of the signs."""
    score = np.zeros(signs["year"].size, dtype=np.int64)
    for sign in SIGNS:
        score += table.weights[sign] * signs[sign]
    return score


def signs_of(features: Features, a: Rows, b: Rows) -> Signs:
    """Give every sign of the pairs, by name."""
    signs = _names(features, a, b) | _dates(features, a, b)
    for name in ("sex", "country", "postal", "phone"):
        signs[name] = _equal(features[name][a], features[name][b])
        signs[f"{name}_other"] = _known(features[name], a, b) & ~signs[name]
    return with_kin(signs)


def with_kin(signs: Signs) -> Signs:
    """Add the signs that follow from the others: kin as well as one person, and ends of names that are otherwise different."""
    for name in ("given", "surname"):
        signs[f"{name}_end"] = signs[f"{name}_end"] & signs[f"{name}_other"]
    signs["kin"] = signs["surname_bones"] & signs["given_other"]
    signs["kin_near"] = signs["kin"] & (signs["postal"] | signs["phone"])
    return signs


def _names(features: Features, a: Rows, b: Rows) -> Signs:
    given, surname = features["given_bones"], features["surname_bones"]
    one_way, other_way = _equal(given[a], surname[b]), _equal(surname[a], given[b])
    bones = {
        "given": _equal(given[a], given[b]) | one_way | other_way,
        "surname": _equal(surname[a], surname[b]) | (one_way & other_way),
    }
    signs: Signs = {}
    nothing = np.zeros(given.size, dtype=np.int64)  # a version that reads no ends
    for name, same_bones in bones.items():
        start = _equal(features[f"{name}_start"][a], features[f"{name}_start"][b]) | same_bones
        signs[f"{name}_same"] = _equal(features[name][a], features[name][b])
        signs[f"{name}_bones"] = same_bones
        signs[f"{name}_start"] = start
        signs[f"{name}_other"] = _known(features[name], a, b) & ~start
        end = features.get(f"{name}_end", nothing)
        signs[f"{name}_end"] = _equal(end[a], end[b])
    return signs


def _dates(features: Features, a: Rows, b: Rows) -> Signs:
    year, month, day = features["year"], features["month"], features["day"]
    known = _known(month, a, b)
    same_month, same_day = _equal(month[a], month[b]), _equal(day[a], day[b])
    swapped = known & (month[a] == day[b]) & (day[a] == month[b]) & ~(same_month & same_day)
    signs = {
        "swapped": swapped,
        "year": _equal(year[a], year[b]),
        "month": same_month | swapped,
        "day": same_day | swapped,
    }
    signs["year_other"] = _known(year, a, b) & ~signs["year"]
    signs["month_other"] = known & ~signs["month"]
    signs["day_other"] = known & ~signs["day"]
    signs["month_day"] = signs["month"] & signs["day"]
    signs["other_month"] = signs["year_other"] & signs["month_other"]
    signs["date_other"] = signs["other_month"] & signs["day_other"]
    return signs


def _equal(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_] = (one == other) & (one != 0)
    return equal


def _known(column: NDArray[np.int64], a: Rows, b: Rows) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = (column[a] != 0) & (column[b] != 0)
    return known
