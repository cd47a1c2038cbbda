"""An organization's own duplicates: two files of one person, told to the helpers as one by a common strict key.

The helpers never merge two rows of one organization that do not share the strict key, since otherwise one desk could chain
strangers into a person (rule 6d of linking). So a desk looks for its own duplicates itself, in the clear, by the scores of
the plan, where here, in the clear, nearly equal names and postal codes count as equal. Two files in one place
are far more often kin than one person, so that they must score more than rows of two organizations; less, where the
organization's files are evidently full of duplicates. Files found to be one get the strict key of most of them; their other
keys stay their own. A desk could give its rows any strict key it liked before, too: nothing is weakened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.pair_scores import Signs, signs_of, weighed, with_kin
from sansnom.exchange.traits import Traits
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.plan import Linking
from sansnom.terms.scoring import SCORES

KIN_MARGIN: Final = 28
"""What two files of one organization must score above the plan's threshold, as a rule: 7 bits, since kin come together."""
DIRTY_MARGIN: Final = -6
"""What they must score where an organization's files are full of duplicates."""
DIRTY_SHARE: Final = 0.05
"""Full of duplicates: as many pairs of evident duplicates (6 bits above the threshold) as this share of the files."""
EVIDENT_MARGIN: Final = 24
NEIGHBOURS: Final = 4
"""How far apart in a key's order two files may stand and still be compared."""
FILES_MAX: Final = 6
"""More files than this are no duplicates of one person but a crowd."""

NEARLY_EQUAL: Final = 0.8
ALIKE: Final = 0.7
POSTAL_ALIKE: Final = 0.74
HOPELESS: Final = 60
"""Pairs this far below the threshold are not read letter by letter."""

Keys = NDArray[np.uint64]
Present = NDArray[np.bool_]
Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False)
class OwnFiles:
    """One organization's persons: keys and present (keys of the plan, persons), features by name (persons,), and what was read."""

    keys: Keys
    present: Present
    features: Mapping[str, NDArray[np.int64]]
    traits: Sequence[Traits | None]


def share_strict_key(own: OwnFiles, linking: Linking) -> tuple[Keys, Present]:
    """Give keys and present with one strict key for all files of a person."""
    strict = [rule.match_key for rule in linking.keys].index(linking.strict)
    keys, present = own.keys.copy(), own.present.copy()
    for files in duplicates(own, linking):
        values = Counter(int(keys[strict, row]) for row in files if present[strict, row])
        if values:
            keys[strict, files] = np.uint64(values.most_common(1)[0][0])
            present[strict, files] = True
    return keys, present


def duplicates(own: OwnFiles, linking: Linking) -> list[list[int]]:
    """List the files of each person who has more than one, by their rows."""
    a, b, above = scored_pairs(own, linking)
    dirty = int((above >= EVIDENT_MARGIN).sum()) >= DIRTY_SHARE * max(1, own.keys.shape[1])
    found = above >= (DIRTY_MARGIN if dirty else KIN_MARGIN)
    leader = list(range(own.keys.shape[1]))

    def lead(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    for one, other in zip(a[found].tolist(), b[found].tolist(), strict=True):
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first
    files: dict[int, list[int]] = {}
    for row in range(len(leader)):
        files.setdefault(lead(row), []).append(row)
    return [rows for rows in files.values() if 1 < len(rows) <= FILES_MAX]


def scored_pairs(own: OwnFiles, linking: Linking) -> tuple[Pairs, Pairs, Pairs]:
    """Score the pairs of files that stand near each other in any key's order, above or below the plan's threshold.

    Each pair once, the smaller row first.
    """
    if linking.scoring is None:
        raise BrokenInvariant("linking.scoring", expected="a plan that scores")
    table, threshold = SCORES[linking.scoring.version], linking.scoring.threshold
    a, b = _near(own)
    signs = signs_of(own.features, a, b)
    hopeful = weighed(signs, table) >= threshold - HOPELESS
    a, b = a[hopeful], b[hopeful]
    signs = {name: sign[hopeful] for name, sign in signs.items()}
    _read_letters(
        signs, [(own.traits[one], own.traits[other]) for one, other in zip(a.tolist(), b.tolist(), strict=True)]
    )
    return a, b, weighed(with_kin(signs), table) - threshold


def _near(own: OwnFiles) -> tuple[Pairs, Pairs]:
    near: list[Pairs] = [np.zeros((0, 2), dtype=np.int64)]
    for place in range(own.keys.shape[0]):
        rows = np.flatnonzero(own.present[place])
        order = rows[np.argsort(own.keys[place, rows], kind="stable")]
        near += [
            np.sort(np.stack([order[:-far], order[far:]], axis=1), axis=1)
            for far in range(1, min(NEIGHBOURS, order.size - 1) + 1)
        ]
    pairs = np.unique(np.concatenate(near), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _read_letters(signs: Signs, pairs: Sequence[tuple[Traits | None, Traits | None]]) -> None:
    """Let nearly equal names and postal codes count as equal, in place."""
    for place, (one, other) in enumerate(pairs):
        if one is None or other is None:
            continue
        alike = {"given": _alike(one.given, other.given), "surname": _alike(one.surname, other.surname)}
        crossed = 0.0
        if signs["given_other"][place] and signs["surname_other"][place]:
            crossed = min(_alike(one.given, other.surname), _alike(one.surname, other.given))
        for name, how in alike.items():
            if max(how, crossed) >= NEARLY_EQUAL:
                signs[f"{name}_bones"][place] = True
            if max(how, crossed if crossed >= NEARLY_EQUAL else 0.0) >= ALIKE:
                signs[f"{name}_start"][place] = True
                signs[f"{name}_other"][place] = False
        if len(one.postal) == len(other.postal) and _alike(one.postal, other.postal) >= POSTAL_ALIKE:
            signs["postal"][place] = True
            signs["postal_other"][place] = False


@cache
def _alike(one: str, other: str) -> float:
    """Tell how much of two words is common, in order: 1 for all of it."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0
