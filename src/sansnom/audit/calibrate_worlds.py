"""What weights are calibrated on: the files of synthetic newcomers, spoilt in many ways. No data from outside.

A recipe says how a world is spoilt beyond the noise of its clerks. Together they hold what organizations differ in: how much
goes wrong, what they do not ask, names taken down as quite other names, dates of a brother or a mother, many strangers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from sansnom.terms.records import OrganizationRecords, Person
from sansnom.worlds.world import make_world

ORGANIZATIONS: Final = 12
AT_SEVERAL: Final = 0.4
KIN_LETTERS: Final = 3
"""Persons of one organization whose surnames start alike, and who have a contact, may be kin: their dates are copied."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one set of files is made.

    noise      multiplies every rate of the clerks
    left_out   fields that nobody has
    replaced   chance of each name to be quite another one
    copied     chance of a birth date to be that of somebody who may be kin
    strangers  so many further persons, at one organization each, for each person
    """

    noise: float
    left_out: tuple[str, ...] = ()
    replaced: float = 0.0
    copied: float = 0.0
    strangers: int = 0


_PLACE: Final = ("postal_code", "phone")
_TOWN: Final = (
    Recipe(1, copied=0.03),
    Recipe(1, ("phone", "country_of_birth"), copied=0.06),
    Recipe(1, ("sex", "country_of_birth", "phone"), replaced=0.08),
    Recipe(1, (), replaced=0.03),
    Recipe(1, (*_PLACE, "country_of_birth"), copied=0.03),
    Recipe(1, _PLACE),
    Recipe(1, (*_PLACE, "country_of_birth")),
)
_COUNTRY: Final = (
    Recipe(1, copied=0.03, strangers=30),
    Recipe(1, ("sex", "country_of_birth", "phone"), replaced=0.08, strangers=30),
    Recipe(1, (*_PLACE, "country_of_birth"), copied=0.03, strangers=30),
)
RECIPES: Final = (
    *(replace(recipe, noise=noise) for noise in (1.0, 2.0, 4.0) for recipe in _TOWN),
    *(replace(recipe, noise=noise) for noise in (1.0, 2.0) for recipe in _COUNTRY),
)
"""Every way of spoiling at every noise: towns of a few thousand rows, and countries, where one finds many strangers."""


@dataclass(frozen=True, slots=True)
class SpoiltFiles:
    """Files of a recipe, and who each row "organization/local_id" truly is."""

    everyone: tuple[OrganizationRecords, ...]
    person_of: Mapping[str, str]


def spoilt_files(recipe: Recipe, persons: int, seed: int) -> SpoiltFiles:
    """Write the files of a recipe; the same arguments give the same files."""
    rng = Random(seed)
    told = _written(recipe.noise, persons, AT_SEVERAL, seed, "p")
    if recipe.strangers:
        told += _written(recipe.noise, persons * recipe.strangers, 0.0, seed + 1, "s")
    told = _copied(_replaced(told, recipe.replaced, rng), recipe.copied, rng)
    files: dict[str, list[Person]] = defaultdict(list)
    person_of: dict[str, str] = {}
    for organization, person, true in told:
        blank = dict.fromkeys(recipe.left_out, "")
        files[organization].append(replace(person, **blank))  # type: ignore[arg-type]  # fields by name
        person_of[f"{organization}/{person.local_id}"] = true
    everyone = tuple(OrganizationRecords(name, tuple(files[name])) for name in sorted(files))
    return SpoiltFiles(everyone, person_of)


_Told = list[tuple[str, Person, str]]


def _written(noise: float, persons: int, at_several: float, seed: int, mark: str) -> _Told:
    """Give (organization, person, true person) of all named rows of a world."""
    world = make_world(ORGANIZATIONS, persons, seed, noise=noise, at_several=at_several)
    rows = []
    for number, records in enumerate(world.records, start=1):
        for person in records.persons:
            true = world.truth.person_of[records.organization, person.local_id]
            if true not in world.truth.unnamed:
                rows.append((f"org-{number:02}", replace(person, local_id=mark + person.local_id), f"{mark}{true}"))
    return rows


def _replaced(told: _Told, rate: float, rng: Random) -> _Told:
    """Let each name be that of somebody else, at a rate."""
    if not rate:
        return told
    made = []
    for organization, person, true in told:
        change = {
            name: getattr(told[rng.randrange(len(told))][1], name)
            for name in ("given_names", "family_names")
            if rng.random() < rate
        }
        made.append((organization, replace(person, **change), true))
    return made


def _copied(told: _Told, rate: float, rng: Random) -> _Told:
    """Let a birth date be that of somebody of the same organization who may be kin, at a rate."""
    kin: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for organization, person, _ in told:
        if person.phone or person.postal_code:
            kin[_family(organization, person)].append(person)
    made = []
    for organization, person, true in told:
        near: Sequence[Person] = kin[_family(organization, person)]
        if len(near) > 1 and rng.random() < rate:
            other = near[rng.randrange(len(near))]
            dated = replace(person, birth_date=other.birth_date, birth_date_precision=other.birth_date_precision)
            made.append((organization, dated, true))
        else:
            made.append((organization, person, true))
    return made


def _family(organization: str, person: Person) -> tuple[str, str]:
    return organization, person.family_names[:KIN_LETTERS].upper()
