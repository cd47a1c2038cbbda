"""How wrong linking is expected to be, by group of origin: measured on many synthetic worlds, written as a data file.

    sansnom audit linkage --expected [FILE]

Worlds of three sizes, at half, once and twice the usual noise, with 10 to 40 % of persons at several organizations. Groups
are by the culture of names, which is what linking suffers from, also for children born here. No record is read: an estimate
from records would be a query, and be charged.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

import numpy as np

from sansnom.audit.linkage import Pairs, score, wilson
from sansnom.audit.linking_run import default_linking, link_files
from sansnom.audit.multiplicity import Transfer, named_truth, transfer
from sansnom.terms.linking_error import COUNTED, PLACES, SHARE, ExpectedErrors, GroupError, Spread, Tier
from sansnom.terms.parse import Text
from sansnom.worlds.world import World, make_world

SIZES: Final = ((3_000, 24, 8), (10_000, 48, 8), (30_000, 96, 4))
"""Persons and organizations of the worlds, and how many seeds: large worlds differ less from each other."""
SIZES_OF_LARGE: Final = ((60_000, 96, 4),)
"""The same for the version of large runs: at 10 to 40 % of persons at several organizations, all have more rows than a town."""
SEEDS: Final = tuple(range(101, 109))
USUAL, POOR = 1.0, 2.0
NOISES: Final = (0.5, USUAL, POOR)
AT_SEVERAL: Final = (0.1, 0.2, 0.3, 0.4)
STUDENT: Final = {1: 12.71, 2: 4.31, 3: 3.19, 4: 2.78, 5: 2.58, 6: 2.45, 7: 2.37}
"""95 % quantile of Student's distribution by degrees of freedom, rounded up; 2.3 for more."""
EVERYONE: Final = "all"

GROUPS: Final[dict[str, tuple[Text, tuple[str, ...]]]] = {
    "maghreb": (Text("Maghreb", "Maghreb"), ("maghreb",)),
    "middle_east": (Text("Moyen-Orient arabophone", "Arabic-speaking Middle East"), ("levant",)),
    "iran_afghanistan": (Text("Iran et Afghanistan", "Iran and Afghanistan"), ("persian", "afghan")),
    "haiti": (Text("Haïti", "Haiti"), ("haiti",)),
    "west_africa": (Text("Afrique de l’Ouest", "West Africa"), ("west_africa_muslim", "west_africa_coast")),
    "central_africa": (Text("Afrique centrale", "Central Africa"), ("cameroon", "congo", "great_lakes")),
    "horn_of_africa": (Text("Corne de l’Afrique", "Horn of Africa"), ("horn", "somali")),
    "latin_america": (Text("Amérique latine", "Latin America"), ("spanish", "brazil")),
    "china": (Text("Chine", "China"), ("han",)),
    "vietnam": (Text("Vietnam", "Vietnam"), ("vietnam",)),
    "philippines": (Text("Philippines", "Philippines"), ("philippines",)),
    "south_asia": (Text("Asie du Sud", "South Asia"), ("punjab", "pakistan", "bangladesh", "tamil", "nepal")),
    "eastern_europe": (Text("Europe de l’Est", "Eastern Europe"), ("ukraine", "russia", "moldova")),
    "turkey": (Text("Turquie", "Türkiye"), ("turkey",)),
    "western": (
        Text("Europe de l’Ouest et pays anglophones", "Western Europe and English-speaking countries"),
        ("france", "english", "other_europe"),
    ),
}
"""Groups of origin, by the culture of a person's names."""
OTHER: Final = "other"
LABELS: Final = {
    EVERYONE: Text("Toutes les personnes", "Everyone"),
    OTHER: Text("Autres origines", "Other origins"),
} | {group: label for group, (label, _) in GROUPS.items()}
GROUP_OF: Final = {pool: group for group, (_, pools) in GROUPS.items() for pool in pools}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One world, linked: its noise, rows, and for each group its pairs and what became of its persons; and by which rules."""

    noise: float
    rows: int
    pairs: dict[str, Pairs]
    transfers: dict[str, Transfer] = field(default_factory=dict)
    keys: str = ""
    scoring: str = ""


def outcome(world: World, noise: float) -> Outcome:
    """Link a world by the rules of a plan over it, and follow each group."""
    truth = named_truth(world)
    numbers = {f"{o}/{i}": n for (o, i), n in world.truth.person_of.items()}
    group_of = {row: GROUP_OF.get(world.truth.people[numbers[row]].pool, OTHER) for cluster in truth for row in cluster}
    linking = default_linking(world.records)
    linked = link_files(world.records, linking)
    scored = score(linked, truth, group_of)
    members: dict[str, list[int]] = defaultdict(list)
    for place, cluster in enumerate(truth):
        members[group_of[cluster[0]]].append(place)
    transfers = {group: transfer(linked, truth, places, PLACES) for group, places in sorted(members.items())}
    everyone = transfer(linked, truth, None, PLACES)
    return Outcome(
        noise,
        len(group_of),
        {EVERYONE: scored.pairs, **scored.by_group},
        {EVERYONE: everyone, **transfers},
        linking.version,
        linking.scoring.version if linking.scoring else "",
    )


def outcomes(persons: int, organizations: int, seeds: Sequence[int]) -> Iterator[Outcome]:
    """Make and link the worlds of one size."""
    for place, seed in enumerate(seeds):
        for noise in NOISES:
            share = AT_SEVERAL[place % len(AT_SEVERAL)]
            yield outcome(make_world(organizations, persons, seed, at_several=share, noise=noise), noise)


def tier_of(persons: int, found: Sequence[Outcome]) -> Tier:
    """Sum up the worlds of one size."""
    groups = [g for g in LABELS if any(g in one.pairs for one in found)]
    return Tier(
        persons=persons,
        rows=round(sum(one.rows for one in found) / len(found)),
        groups=tuple(_group(group, found) for group in groups),
        worlds=tuple(
            tuple(round(COUNTED * float(x)) for x in one.transfers[EVERYONE].mixing(PLACES).reshape(-1))
            for one in found
        ),
    )


def expected_errors(
    sizes: Sequence[tuple[int, int, int]] = SIZES, seeds: Sequence[int] = SEEDS, version: str = "1"
) -> ExpectedErrors:
    """Measure everything, some minutes.

    Raises:
        ValueError: if worlds of these sizes are not all linked by one version of scores: one file would tell of two.

    """
    found = {persons: list(outcomes(persons, desks, seeds[:first])) for persons, desks, first in sizes}
    rules = {(one.keys, one.scoring) for worlds in found.values() for one in worlds}
    if len(rules) != 1:
        raise ValueError(f"these worlds have {len(rules)} versions of rules, a file tells of one")
    keys, scoring = rules.pop()
    tiers = tuple(tier_of(persons, worlds) for persons, worlds in found.items())
    return ExpectedErrors(version, keys, scoring, tuple(seeds), tiers)


def file_name(expected: ExpectedErrors) -> str:
    """Name the data file by what it was measured for."""
    return f"linking-error.{expected.keys}.{expected.scoring}.json"


def _group(group: str, found: Sequence[Outcome]) -> GroupError:
    usual, poor = ([one for one in found if one.noise == noise and group in one.pairs] for noise in (USUAL, POOR))
    return GroupError(
        group=group,
        label=LABELS[group],
        recall=_share([(one.pairs[group].right, one.pairs[group].true) for one in usual]),
        precision=_share([(one.pairs[group].right, one.pairs[group].linked) for one in usual]),
        distinct=_error([_distinct(one.transfers[group]) for one in usual]),
        several=_error([_several(one.transfers[group]) for one in usual]),
        poor_recall=_share([(one.pairs[group].right, one.pairs[group].true) for one in poor]),
        poor_distinct=_error([_distinct(one.transfers[group]) for one in poor]),
    )


def _distinct(told: Transfer) -> tuple[float, float]:
    return float(told.counted.sum()), float(told.persons.sum())


def _several(told: Transfer) -> tuple[float, float]:
    return float(told.counted[1:].sum()), float(told.persons[1:].sum())


def _ratio(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Give a ratio of sums over worlds, and half its 95 % interval: worlds are what is independent, not pairs of rows."""
    above, below = (np.array([pair[n] for pair in pairs], dtype=np.float64) for n in (0, 1))
    if not below.sum():
        return 1.0, 1.0
    ratio, worlds = float(above.sum() / below.sum()), len(pairs)
    if worlds < 2:
        return ratio, 1.0
    spread = sqrt(worlds / (worlds - 1) * float(((above - ratio * below) ** 2).sum())) / float(below.sum())
    return ratio, STUDENT.get(worlds - 1, 2.3) * spread


def _share(pairs: Sequence[tuple[int, int]]) -> Spread:
    """Give a share; its interval is the wider one of that over worlds and that of so many pairs (Wilson)."""
    share, half = _ratio(pairs)
    low, high = wilson(sum(a for a, _ in pairs), sum(b for _, b in pairs))
    return _spread(max(0.0, min(low, share - half)), share, min(1.0, max(high, share + half)))


def _error(pairs: Sequence[tuple[float, float]]) -> Spread:
    """Give a relative error; where nothing went wrong among n persons, still 3 in n may (rule of three)."""
    ratio, half = _ratio(pairs)
    half = max(half, 3 / max(3.0, sum(below for _, below in pairs)))
    return _spread(ratio - half - 1, ratio - 1, ratio + half - 1)


def _spread(low: float, value: float, high: float) -> Spread:
    return Spread(*(round(SHARE * x) for x in (low, value, high)))
