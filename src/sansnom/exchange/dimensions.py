"""From a record to the code of a dimension: one derivation for each dimension that a plan may ask for.

A dimension of the dictionary without a derivation here cannot be asked for. A value that the plan's dictionary does
not know is "unknown": an older list is no reason to stop an organization.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.records import Assessment, OrganizationRecords, Person
from sansnom.terms.vocabulary import Dimension

FRENCH_SCALE: Final = ("EQ", "speaking")
"""Scale and skill of the dimension `french_level_band`."""
FRENCH_BANDS: Final = ((4, "beginner"), (8, "intermediate"), (12, "advanced"))


@dataclass(frozen=True, slots=True)
class RollUps:
    """Lists that turn a record's code into a coarser one.

    Country of birth -> region and continent, category -> roll-up.
    """

    regions: Mapping[str, str]
    continents: Mapping[str, str]
    categories: Mapping[str, str]

    @classmethod
    def from_json(cls, dictionary: Mapping[str, Any], birthplaces: Mapping[str, Any]) -> "RollUps":
        """Take them from the dictionary's data file and the list of birthplaces, as the edge has read them."""
        parents = {
            dimension["code"]: {value["code"]: value["parent"] for value in dimension["values"] if "parent" in value}
            for dimension in dictionary["dimensions"]
        }
        regions = {country["code"]: country["region"] for country in birthplaces["countries"]}
        continent_of = parents.get("birth_region", {})
        return cls(
            regions=regions,
            continents={country: continent_of.get(region, "") for country, region in regions.items()},
            categories=parents.get("category_detail", {}),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Background:
    """What derivations look up besides the person's own record: the period, the lists, the latest observations."""

    start: date
    end: date
    lists: RollUps
    levels: Mapping[str, int] = field(default_factory=dict)
    employment: Mapping[str, str] = field(default_factory=dict)
    education: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, records: OrganizationRecords, start: str, end: str, lists: RollUps) -> "Background":
        """Look through an organization's assessments and statuses once; what lies after the period does not count."""
        french = [a for a in records.assessments if (a.scale, a.skill) == FRENCH_SCALE and a.date <= end]
        statuses = [s for s in records.statuses if s.date <= end]
        return cls(
            start=date.fromisoformat(start),
            end=date.fromisoformat(end),
            lists=lists,
            levels=_latest_level(french),
            employment=_latest([(s.local_id, s.date, s.employment) for s in statuses if s.employment]),
            education=_latest([(s.local_id, s.date, s.education) for s in statuses if s.education]),
        )


Derivation: TypeAlias = Callable[[Person, Background, Dimension], str]


def _sex(person: Person, _: Background, __: Dimension) -> str:
    return person.sex


def _age_group(person: Person, background: Background, dimension: Dimension) -> str:
    if person.birth_date_precision == "unknown":
        return ""
    return _band(_whole_years(person.birth_date, background.start), dimension)


def _arrival_year_band(person: Person, background: Background, dimension: Dimension) -> str:
    return _band(_whole_years(person.arrival_date or person.admission_date, background.end), dimension)


def _category(person: Person, background: Background, _: Dimension) -> str:
    return background.lists.categories.get(person.category, person.category)


def _category_detail(person: Person, _: Background, __: Dimension) -> str:
    return person.category


def _region(person: Person, _: Background, __: Dimension) -> str:
    return person.region


def _birth_region(person: Person, background: Background, _: Dimension) -> str:
    return background.lists.regions.get(person.country_of_birth, "")


def _birth_continent(person: Person, background: Background, _: Dimension) -> str:
    return background.lists.continents.get(person.country_of_birth, "")


def _mother_tongue(person: Person, _: Background, __: Dimension) -> str:
    return person.mother_tongue


def _french_level_band(person: Person, background: Background, _: Dimension) -> str:
    level = background.levels.get(person.local_id, 0)
    return next((code for highest, code in FRENCH_BANDS if 1 <= level <= highest), "")


def _employment(person: Person, background: Background, _: Dimension) -> str:
    return background.employment.get(person.local_id, "")


def _education(person: Person, background: Background, _: Dimension) -> str:
    return background.education.get(person.local_id, "")


DERIVATIONS: Final[Mapping[str, Derivation]] = {
    "sex": _sex,
    "age_group": _age_group,
    "category": _category,
    "category_detail": _category_detail,
    "region": _region,
    "birth_region": _birth_region,
    "birth_continent": _birth_continent,
    "mother_tongue": _mother_tongue,
    "french_level_band": _french_level_band,
    "arrival_year_band": _arrival_year_band,
    "employment": _employment,
    "education": _education,
}

KNOWN_DIMENSIONS: Final = frozenset(DERIVATIONS)
"""Dimensions that a desk can fill from its records."""


def dimension_column(dimension: Dimension, persons: Sequence[Person], background: Background) -> NDArray[np.int64]:
    """Give the number of each person's code; 0 for unknown. PolicyRefusal `plan.dimension.underived`."""
    derive = DERIVATIONS.get(dimension.code)
    if derive is None:
        raise PolicyRefusal("plan.dimension.underived", dimension=dimension.code)
    places = {value.code: place for place, value in enumerate(dimension.values)}
    codes = (places.get(derive(person, background, dimension), 0) for person in persons)
    return np.fromiter(codes, dtype=np.int64, count=len(persons))


def _latest(observed: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Keep the last observation of each person; of two on one day, the one that stands later in the file."""
    kept: dict[str, tuple[str, str]] = {}
    for local_id, day, code in observed:
        if local_id not in kept or day >= kept[local_id][0]:
            kept[local_id] = (day, code)
    return {local_id: code for local_id, (_, code) in kept.items()}


def _latest_level(assessments: Sequence[Assessment]) -> dict[str, int]:
    """Keep the last level of each person; of two on one day, the higher."""
    kept: dict[str, tuple[str, int]] = {}
    for a in assessments:
        kept[a.local_id] = max(kept.get(a.local_id, ("", 0)), (a.date, a.level))
    return {local_id: level for local_id, (_, level) in kept.items()}


def _whole_years(since: str, until: date) -> int:
    """Count completed years; -1 when the date is not known or lies ahead."""
    try:
        day = date.fromisoformat(since)
    except ValueError:
        return -1
    return max(-1, until.year - day.year - ((until.month, until.day) < (day.month, day.day)))


_BAND: Final = re.compile(r"(\d+)(?:-(\d+)|(\+))?")


def _band(years: int, dimension: Dimension) -> str:
    """Find the code ("0", "15-24", "65+") that holds a number of years; "" when none does."""
    for value in dimension.values:
        match = _BAND.fullmatch(value.code)
        if match is None:
            continue
        low, high, more = match.groups()
        if int(low) <= years and (more or years <= int(high or low)):
            return value.code
    return ""
