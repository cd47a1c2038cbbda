"""What one organization submits for linking: match keys, present bits and features of its persons, by the rules of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.features import feature_columns
from sansnom.exchange.match_keys import check_keys, key_columns
from sansnom.exchange.own_duplicates import OwnFiles, share_strict_key
from sansnom.exchange.pepper import PlanPepper
from sansnom.terms.plan import KeyRule, Linking, Scoring
from sansnom.terms.records import Person
from sansnom.terms.scoring import LARGE_VERSION, SCORES, VERSION, version_for

CAP: Final = 8
"""The most organizations of one person, and of one run of neighbours."""
KEYS_BESIDE: Final = {VERSION: "keys-2", LARGE_VERSION: "keys-3"}
"""Which match keys new plans name beside their version of scores."""


@dataclass(frozen=True, slots=True, repr=False)
class Linkable:
    """Columns of one organization's persons: keys and present (keys of the plan, persons), features by name (persons,)."""

    keys: NDArray[np.uint64]
    present: NDArray[np.bool_]
    features: dict[str, NDArray[np.int64]] = field(default_factory=dict)


def linkable_columns(persons: Sequence[Person], linking: Linking, pepper: PlanPepper) -> Linkable:
    """Derive everything that linking reads of these persons of one organization; no features where the plan does not score.

    A person whom the record calls without a name has no key and no feature, and will be counted as not linkable.
    """
    keys, present = key_columns(persons, linking, pepper)
    if linking.scoring is None:
        return Linkable(keys, present)
    read = check_keys(linking).read
    traits = [None if person.anonymous else read(person) for person in persons]
    features = feature_columns(traits, pepper)
    keys, present = share_strict_key(OwnFiles(keys, present, features, traits), linking)
    return Linkable(keys, present, features)


def rows_expected(most: int) -> int:
    """Say how many rows to expect where so many fit, a public number: a size class is twice the one below, 3/4 full on average."""
    return most * 3 // 4


def scored_linking(rows: int) -> Linking:
    """Give the rules of pair scoring among so many rows of persons; a plan takes the number that public sizes let expect.

    Thresholds were read among rows of persons (`audit/calibrate.py`), and a dummy is like nobody.
    """
    names = ("A2", "A4", "A6", "A7", "C1", "C2", "C3")
    keys = (*(KeyRule(name, CAP, scored=True) for name in names), KeyRule("A1", CAP))
    version = version_for(rows)
    scoring = Scoring(version, SCORES[version].threshold(rows))
    return Linking(keys, strict="A1", sweeps=3, cluster_cap=CAP, version=KEYS_BESIDE[version], scoring=scoring)
