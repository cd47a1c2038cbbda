"""How wrong linking is expected to be, by group of origin: measured on synthetic newcomers, shipped as data, told in releases.

The file `terms/dictionary/linking-error.VERSION.json` comes from `sansnom audit linkage --expected`, never from records:
an estimate from the records themselves would be a query, and be charged. Shares are whole numbers of ten-thousandths and
`counted` of millionths, so that every helper finds the same digits and nothing signed is a float.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text

FORMAT: Final = "sansnom/linking-error/1"
SHARE: Final = 10_000
COUNTED: Final = 1_000_000
PLACES: Final = 3
"""True and linked multiplicity are told as 1, 2, and 3 or more organizations: the cells of a multiplicity table."""
DISTINCT: Final = "distinct"
FIGURES: Final = (DISTINCT, "1", "2", "3+")
_FARTHEST: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Spread:
    """A measured share or relative error in ten-thousandths, and its 95 % interval over worlds."""

    low: int
    value: int
    high: int

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {"low": self.low, "value": self.value, "high": self.high}

    @classmethod
    def from_reader(cls, r: Reader) -> "Spread":
        """Read it; InputError when the interval does not hold its value."""
        low, value, high = (r.integer(name, low=-_FARTHEST) for name in ("low", "value", "high"))
        r.done()
        if not low <= value <= high:
            raise InputError("release.interval", where=r.where)
        return cls(low, value, high)


@dataclass(frozen=True, slots=True)
class GroupError:
    """The expected error of one group: at the usual rates of noise, and at twice these rates (`poor`).

    recall     of the pairs of rows of one person, the share that is linked
    precision  of the linked pairs of rows, the share that is one person
    distinct   relative error of the count of persons
    several    relative error of the count of persons at two organizations or more
    """

    group: str
    label: Text
    recall: Spread
    precision: Spread
    distinct: Spread
    several: Spread
    poor_recall: Spread
    poor_distinct: Spread

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        told: dict[str, Any] = {"group": self.group, "label": self.label.to_json()}
        return told | {name: getattr(self, name).to_json() for name in _SPREADS}

    @classmethod
    def from_reader(cls, r: Reader) -> "GroupError":
        """Read one group."""
        spreads = [Spread.from_reader(r.inner(name)) for name in _SPREADS]
        group = cls(r.string("group"), r.text("label"), *spreads)
        r.done()
        return group


_SPREADS: Final = ("recall", "precision", "distinct", "several", "poor_recall", "poor_distinct")


@dataclass(frozen=True, slots=True)
class Tier:
    """What was measured on worlds of one size; the first group is everyone.

    persons, rows  of one world, on average
    worlds         for each world, row-major (linked, true): persons linked at 1, 2, 3+ organizations for one truly at 1, 2, 3+
    """

    persons: int
    rows: int
    groups: tuple[GroupError, ...]
    worlds: tuple[tuple[int, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "persons": self.persons,
            "rows": self.rows,
            "groups": [group.to_json() for group in self.groups],
            "worlds": [{"counted": list(world)} for world in self.worlds],
        }


@dataclass(frozen=True, slots=True)
class ExpectedErrors:
    """One version of what is expected of one version of keys and scores."""

    version: str
    keys: str
    scoring: str
    seeds: tuple[int, ...]
    tiers: tuple[Tier, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "schema": FORMAT,
            "version": self.version,
            "keys": self.keys,
            "scoring": self.scoring,
            "seeds": list(self.seeds),
            "tiers": [tier.to_json() for tier in self.tiers],
        }

    @classmethod
    def from_json(cls, value: object) -> "ExpectedErrors":
        """Read the file strictly; InputError names the place."""
        r = Reader(value, "linking-error")
        r.expect("schema", FORMAT)
        expected = cls(
            version=r.string("version"),
            keys=r.string("keys"),
            scoring=r.string("scoring"),
            seeds=r.integers("seeds"),
            tiers=tuple(_tier(tier) for tier in r.objects("tiers")),
        )
        r.done()
        if not expected.tiers:
            raise InputError("json.missing", where="linking-error.tiers")
        return expected


def _tier(r: Reader) -> Tier:
    groups = tuple(GroupError.from_reader(group) for group in r.objects("groups"))
    worlds = []
    for world in r.objects("worlds"):
        worlds.append(world.integers("counted"))
        world.done()
    tier = Tier(r.integer("persons", low=1), r.integer("rows", low=1), groups, tuple(worlds))
    r.done()
    if not groups or len(worlds) < 2 or any(len(world) != PLACES * PLACES for world in worlds):
        raise InputError("json.missing", where=r.where)
    return tier


@dataclass(frozen=True, slots=True)
class Corrected:
    """A count corrected for linking, beside the raw figure it comes from: never instead of it.

    figure    one of FIGURES
    table     where the raw figure stands, or its cells were added up
    raw       what was opened, and (raw_low, raw_high) its interval of the noise alone
    variance  of `value`: noise, and what is not known of the error of linking
    """

    figure: str
    table: str
    raw: int
    raw_low: int
    raw_high: int
    value: int
    low: int
    high: int
    variance: Fraction

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "figure": self.figure,
            "table": self.table,
            "raw": self.raw,
            "raw_low": self.raw_low,
            "raw_high": self.raw_high,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "variance": str(self.variance),
        }

    @classmethod
    def from_reader(cls, r: Reader) -> "Corrected":
        """Read it; InputError for a figure that is not of the list, or an interval that ends before it starts."""
        one = cls(
            figure=r.string("figure"),
            table=r.string("table"),
            raw=r.integer("raw", low=-_FARTHEST),
            raw_low=r.integer("raw_low"),
            raw_high=r.integer("raw_high"),
            value=r.integer("value", low=-_FARTHEST),
            low=r.integer("low"),
            high=r.integer("high"),
            variance=r.fraction("variance"),
        )
        r.done()
        if one.figure not in FIGURES or one.low > one.high or one.raw_low > one.raw_high:
            raise InputError("release.interval", where=r.where)
        return one


@dataclass(frozen=True, slots=True)
class LinkingError:
    """What a release tells of linking: which measurement, by group, and the corrected counts.

    persons  in a world of the measurement: of the sizes measured, the nearest
    """

    version: str
    keys: str
    scoring: str
    persons: int
    groups: tuple[GroupError, ...]
    corrected: tuple[Corrected, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "version": self.version,
            "keys": self.keys,
            "scoring": self.scoring,
            "persons": self.persons,
            "groups": [group.to_json() for group in self.groups],
            "corrected": [one.to_json() for one in self.corrected],
        }

    @classmethod
    def from_reader(cls, r: Reader) -> "LinkingError":
        """Read it from a release."""
        told = cls(
            version=r.string("version"),
            keys=r.string("keys"),
            scoring=r.string("scoring"),
            persons=r.integer("persons", low=1),
            groups=tuple(GroupError.from_reader(group) for group in r.objects("groups")),
            corrected=tuple(Corrected.from_reader(one) for one in r.objects("corrected")),
        )
        r.done()
        return told
