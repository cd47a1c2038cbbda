"""How well rows were linked, where the truth is known: pairs, counts, overlaps, by group, with intervals.

Clusters are lists of "organization/local_id". Truth comes as they do, or as one person's name for each row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt
from typing import Any, Final

from sansnom.terms.errors import InputError

FORMAT: Final = "sansnom/linkage/1"
WILSON_Z: Final = 1.96
MULTIPLICITY_SHOWN: Final = 10
Clusters = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Count:
    """A figure as linked beside what is true."""

    linked: int
    true: int

    @property
    def error(self) -> float:
        """Give the relative error; 0 of nothing is no error."""
        return self.linked / self.true - 1 if self.true else float(self.linked > 0)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"linked": self.linked, "true": self.true, "relative_error": round(self.error, 5)}


@dataclass(frozen=True, slots=True)
class Pairs:
    """True pairs that were linked, of the pairs linked and of the true pairs."""

    right: int
    linked: int
    true: int

    @property
    def precision(self) -> float:
        """Give the share of linked pairs that are one person."""
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Give the share of a person's pairs that were linked."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of both."""
        return 2 * self.right / (self.linked + self.true) if self.linked + self.true else 1.0

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object, with Wilson intervals that take pairs as independent."""
        return {
            "right": self.right,
            "linked": self.linked,
            "true": self.true,
            "precision": round(self.precision, 5),
            "precision_interval": [round(x, 5) for x in wilson(self.right, self.linked)],
            "recall": round(self.recall, 5),
            "recall_interval": [round(x, 5) for x in wilson(self.right, self.true)],
            "f1": round(self.f1, 5),
        }


@dataclass(frozen=True, slots=True)
class Score:
    """Everything that is said of one linking.

    by_multiplicity  true organizations of a person -> (persons, persons found at just that number)
    by_group         group of origin -> its pairs
    """

    pairs: Pairs
    distinct: Count
    at_several: Count
    overlaps: Mapping[str, Count]
    by_multiplicity: Mapping[int, Count]
    by_group: Mapping[str, Pairs] = field(default_factory=dict)

    @property
    def overlap_error(self) -> float:
        """Give the mean relative error of the overlaps of two organizations, each weighed by its true size."""
        true = sum(count.true for count in self.overlaps.values())
        return sum(count.linked - count.true for count in self.overlaps.values()) / true if true else 0.0

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "schema": FORMAT,
            "pairs": self.pairs.to_json(),
            "distinct": self.distinct.to_json(),
            "at_several": self.at_several.to_json(),
            "overlap_mean_relative_error": round(self.overlap_error, 5),
            "overlaps": {name: count.to_json() for name, count in self.overlaps.items()},
            "by_multiplicity": {str(number): count.to_json() for number, count in self.by_multiplicity.items()},
            "by_group": {group: pairs.to_json() for group, pairs in self.by_group.items()},
        }


def wilson(right: int, of: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (Wilson 1927); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, z2 = right / of, WILSON_Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = WILSON_Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def read_truth(told: object) -> list[list[str]]:
    """Read clusters from any of the forms: {"clusters": [[row]]}, or {row: person}."""
    if not isinstance(told, dict):
        raise InputError("linkage.truth", where="truth")
    if isinstance(told.get("clusters"), list):
        clusters = [[str(row) for row in cluster] for cluster in told["clusters"]]
        unnamed = {str(row) for row in told.get("unnamed", ())}
        return [cluster for cluster in clusters if not unnamed.intersection(cluster)]
    persons: dict[str, list[str]] = defaultdict(list)
    for row, person in told.items():
        if not isinstance(person, (str, int)):
            raise InputError("linkage.truth", where="truth")
        persons[str(person)].append(str(row))
    return sorted(persons.values())


def score(linked: Clusters, truth: Clusters, group_of: Mapping[str, str] | None = None) -> Score:
    """Score clusters against the truth, over the rows that the truth names.

    InputError `linkage.rows` when a row of the truth was linked twice or not at all.
    """
    person_of = {row: number for number, cluster in enumerate(truth) for row in cluster}
    kept = [[row for row in cluster if row in person_of] for cluster in linked]
    kept = [cluster for cluster in kept if cluster]
    if sorted(row for cluster in kept for row in cluster) != sorted(person_of):
        raise InputError("linkage.rows", where="evaluation", found=sum(map(len, kept)), expected=len(person_of))
    found = {row: number for number, cluster in enumerate(kept) for row in cluster}
    several = (_organizations(kept), _organizations(truth))
    return Score(
        pairs=_pairs(kept, truth, person_of),
        distinct=Count(len(kept), len(truth)),
        at_several=Count(*(sum(len(at) > 1 for at in one) for one in several)),
        overlaps=_overlaps(*several),
        by_multiplicity=_by_multiplicity(*several),
        by_group=_by_group(truth, found, person_of, group_of or {}),
    )


def _organizations(clusters: Clusters) -> list[frozenset[str]]:
    return [frozenset(row.split("/", 1)[0] for row in cluster) for cluster in clusters]


def _choose(counts: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in counts)


def _pairs(linked: Clusters, truth: Clusters, person_of: Mapping[str, int]) -> Pairs:
    right = sum(_choose(Counter(person_of[row] for row in cluster).values()) for cluster in linked)
    return Pairs(right, _choose(map(len, linked)), _choose(map(len, truth)))


def _overlaps(linked: Sequence[frozenset[str]], truth: Sequence[frozenset[str]]) -> dict[str, Count]:
    both = [Counter(pair for at in one for pair in combinations(sorted(at), 2)) for one in (linked, truth)]
    return {" & ".join(pair): Count(both[0][pair], both[1][pair]) for pair in sorted(both[0].keys() | both[1].keys())}


def _by_multiplicity(linked: Sequence[frozenset[str]], truth: Sequence[frozenset[str]]) -> dict[int, Count]:
    """Count persons at exactly so many organizations: what a cap would bend shows here."""
    found, true = (Counter(min(len(at), MULTIPLICITY_SHOWN) for at in one) for one in (linked, truth))
    return {number: Count(found[number], true[number]) for number in sorted(found.keys() | true.keys())}


def _by_group(
    truth: Clusters, found: Mapping[str, int], person_of: Mapping[str, int], group_of: Mapping[str, str]
) -> dict[str, Pairs]:
    """Give the pairs of each group; a person's group is that of most of their rows, a linked pair counts where its rows are."""
    if not group_of:
        return {}
    told = [Counter(group_of[row] for row in cluster if group_of.get(row)) for cluster in truth]
    groups = [votes.most_common(1)[0][0] if votes else "?" for votes in told]
    right: Counter[str] = Counter()
    true: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    members: dict[tuple[str, int], int] = Counter()
    for number, cluster in enumerate(truth):
        true[groups[number]] += _choose([len(cluster)])
        right[groups[number]] += _choose(Counter(found[row] for row in cluster).values())
    for row, number in found.items():
        members[groups[person_of[row]], number] += 1
    for (group, _), size in members.items():
        linked[group] += _choose([size])
    return {group: Pairs(right[group], linked[group], true[group]) for group in sorted(true)}
