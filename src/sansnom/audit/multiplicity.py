"""What linking makes of a person at so many organizations: how many persons are counted for one, and at how many organizations.

A linked person made of rows of several true persons is shared out among them, each an equal part, so that everything
counted is somebody's: a column sum of `counted` is the persons that are counted for one true person. Below one, strangers
were taken for one; above one, the person was split.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.audit.linkage import MULTIPLICITY_SHOWN, Clusters
from sansnom.audit.linking_run import default_linking, link_files
from sansnom.exchange.linkable import CAP
from sansnom.terms.plan import KeyRule, Linking
from sansnom.worlds.world import World, make_world

FORMAT: Final = "sansnom/multiplicity/1"
EQUALITY_KEYS: Final = ("A2", "A4", "A7", "A1")
"""The four keys of keys-0, joined where they are equal: what a plan without pair scores uses."""
EVEN: Final = dict.fromkeys(range(1, MULTIPLICITY_SHOWN), 1.0)
"""As many persons at each further number of organizations: what the table by multiplicity is measured on."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """How true multiplicity becomes linked multiplicity; the last place holds everything at or above it.

    persons  (M,) true persons by their number of organizations, from 1
    counted  (M linked, M true) linked persons, shared out among the true persons whose rows they hold
    split    (M,) true persons whose rows are in more than one linked person
    merged   (M,) true persons who share a linked person with somebody else
    """

    persons: NDArray[np.int64]
    counted: NDArray[np.float64]
    split: NDArray[np.int64]
    merged: NDArray[np.int64]

    def per_person(self) -> NDArray[np.float64]:
        """Give the persons counted for one true person, by true multiplicity; 1 where there is nobody."""
        return np.where(self.persons > 0, self.counted.sum(axis=0) / np.maximum(1, self.persons), 1.0)

    def mixing(self, places: int) -> NDArray[np.float64]:
        """Give (places linked, places true) linked persons for one true person; the last place holds all above."""
        fold = np.minimum(np.arange(self.persons.size), places - 1)
        into = np.eye(places)[:, fold]
        persons = into @ self.persons
        return np.where(persons > 0, (into @ self.counted @ into.T) / np.maximum(1, persons), np.eye(places))

    def __add__(self, other: "Transfer") -> "Transfer":
        """Put two worlds together."""
        return Transfer(
            self.persons + other.persons,
            self.counted + other.counted,
            self.split + other.split,
            self.merged + other.merged,
        )

    def to_json(self) -> list[dict[str, Any]]:
        """Give one object for each true multiplicity that occurs."""
        return [
            {
                "organizations": place + 1,
                "persons": int(persons),
                "counted_per_person": round(float(self.per_person()[place]), 5),
                "split": round(float(self.split[place] / persons), 5),
                "merged": round(float(self.merged[place] / persons), 5),
                "linked_as": [round(float(x / persons), 5) for x in self.counted[:, place]],
            }
            for place, persons in enumerate(self.persons)
            if persons
        ]


def transfer(
    linked: Clusters, truth: Clusters, among: Collection[int] | None = None, most: int = MULTIPLICITY_SHOWN
) -> Transfer:
    """Follow each true person (all, or those whose places in the truth are `among`) into the linked persons."""
    person_of = {row: number for number, cluster in enumerate(truth) for row in cluster}
    true_at = [_multiplicity(cluster, most) for cluster in truth]
    wanted = range(len(truth)) if among is None else among
    found: Counter[int] = Counter()
    merged: set[int] = set()
    counted = np.zeros((most, most))
    kept = set(wanted)
    for cluster in linked:
        members = {person_of[row] for row in cluster if row in person_of}
        at = _multiplicity([row for row in cluster if row in person_of], most)
        for person in members & kept:
            found[person] += 1
            counted[at - 1, true_at[person] - 1] += 1 / len(members)
            if len(members) > 1:
                merged.add(person)
    persons, split, joined = (np.zeros(most, dtype=np.int64) for _ in range(3))
    for person in kept:
        place = true_at[person] - 1
        persons[place] += 1
        split[place] += found[person] > 1
        joined[place] += person in merged
    return Transfer(persons, counted, split, joined)


def _multiplicity(cluster: Sequence[str], most: int) -> int:
    return min(most, len({row.split("/", 1)[0] for row in cluster}))


def named_truth(world: World) -> list[list[str]]:
    """List the rows of each named person of a world."""
    truth = world.truth
    unnamed = {f"{o}/{i}" for (o, i), number in truth.person_of.items() if number in truth.unnamed}
    return [cluster for cluster in truth.clusters() if cluster[0] not in unnamed]


def four_equal_keys(linking: Linking) -> Linking:
    """Give the rules of four keys and no scores."""
    keys = tuple(KeyRule(name, CAP) for name in EQUALITY_KEYS)
    return replace(linking, keys=keys, version="keys-0", scoring=None)


def measure(persons: int, organizations: int, seeds: Sequence[int], noise: float = 1.0) -> dict[str, Transfer]:
    """Link synthetic worlds with four equal keys and with scored keys, and add up what became of everybody.

    As many persons are at each number of organizations from 1 to 10: no real town is so, but each figure has its persons.
    """
    found: dict[str, Transfer] = {}
    for seed in seeds:
        world = make_world(organizations, persons, seed, at_several=1 - 1 / MULTIPLICITY_SHOWN, noise=noise, more=EVEN)
        truth = named_truth(world)
        linking = default_linking(world.records)
        for name, rules in {"4 keys": four_equal_keys(linking), "8 scored keys": linking}.items():
            told = transfer(link_files(world.records, rules), truth)
            found[name] = found[name] + told if name in found else told
    return found
