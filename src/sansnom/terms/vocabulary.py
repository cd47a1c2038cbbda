"""The dictionary as nouns: dimensions and their codes, services, measures, scales, reasons.

Data, not code: programmes rename themselves.

The edges read `terms/dictionary/VERSION.json` with `importlib.resources` and pass the object to `Dictionary.from_json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text

DISAGREEMENT = "disagreement"
"""Code of the category of persons whose organizations wrote different values, where a plan asks for it."""


@dataclass(frozen=True, slots=True)
class Value:
    """One code of a list, with its name in both languages."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Dimension:
    """A variable that tables may be broken down by; code 0 of `values` is always "unknown"."""

    code: str
    label: Text
    values: tuple[Value, ...]
    sensitive: bool = False

    def place_of(self, code: str) -> int:
        """Give the number of a code; 0 (unknown) for an empty string; KeyError for a code that is not of the list."""
        if not code:
            return 0
        for place, value in enumerate(self.values):
            if value.code == code:
                return place
        raise KeyError(self.code)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A ratified version of all lists."""

    version: str
    dimensions: Mapping[str, Dimension]
    services: Mapping[str, Value]
    measures: Mapping[str, Value]
    scales: Mapping[str, Value]
    reasons: Mapping[str, Mapping[str, Value]]
    identifying: frozenset[str]

    @classmethod
    def from_json(cls, value: object) -> "Dictionary":
        """Read the members this package computes with; others (sources, definitions, indicators) are for people."""
        if not isinstance(value, dict):
            raise InputError("json.object", where="dictionary")
        reasons = value.get("reasons")
        if not isinstance(reasons, dict) or not all(isinstance(items, list) for items in reasons.values()):
            raise InputError("json.type", where="dictionary.reasons", expected="list")
        dimensions = tuple(_dimension(item, place) for place, item in enumerate(_list(value, "dimensions")))
        return cls(
            version=Reader(value, "dictionary").string("version"),
            dimensions={d.code: d for d in dimensions},
            services=_values(_list(value, "services"), "services"),
            measures=_values(_list(value, "measures"), "measures"),
            scales=_values(_list(value, "scales"), "scales"),
            reasons={kind: _values(items, f"reasons.{kind}") for kind, items in reasons.items()},
            identifying=frozenset(str(name).casefold() for name in _list(value, "identifying_variables")),
        )


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list):
        raise InputError("json.type", where=f"dictionary.{name}", expected="list")
    return found


def _value(item: object, where: str) -> Value:
    reader = Reader(item, where)
    return Value(reader.string("code"), reader.text("label"))


def _values(items: list[Any], where: str) -> dict[str, Value]:
    read = [_value(item, f"dictionary.{where}[{place}]") for place, item in enumerate(items)]
    return {v.code: v for v in read}


def _dimension(item: object, place: int) -> Dimension:
    where = f"dictionary.dimensions[{place}]"
    reader = Reader(item, where)
    values = tuple(_value(v, f"{where}.values[{n}]") for n, v in enumerate(_list(dict(item), "values")))  # type: ignore[call-overload]  # Reader checked that it is an object
    if not values or values[0].code != "unknown":
        raise InputError("dictionary.unknown_first", where=where)
    return Dimension(reader.string("code"), reader.text("label"), values, reader.boolean("sensitive", False))  # noqa: FBT003 - a default value
