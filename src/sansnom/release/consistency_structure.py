"""Which published figures are sums of which others: told by the plan alone, and only where it is always true.

Two tables agree when they count the same things: the same population, cut in different ways. Every person of a population
has exactly one value of each attribute, so a table summed over one of its attributes is the table without it.

population             attributes                                what it is
linkable persons       dimensions, organizations, classes        tables of persons (without services), of multiplicity, of
                       of days of one measure                    minimum: each person lies in one cell of each
users of services      dimensions                                persons who used any of the same set of services
a sum                  dimensions                                one measure, clipped at the same bound
transitions            dimensions, first band, last band         persons observed twice on one scale
an overlap             dimensions, coordinated or other          one service within one window

What does not add up is left alone: services of a table of overlaps (a person may overlap in two); tables of requests (each
comes from the organizations by itself); a detailed category and the one it rolls up to (a person whose rows differ may be
counted under a detail of another category: the majority is taken for each dimension on its own); classes of days, or
bands, with other limits (only their sums over the classes agree); the two general counts, for which the plan gives no
equality (rows are at least the persons, each as often as their organizations, and the rows that cannot be linked).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TRANSITIONS,
    Axis,
    TableSpec,
)

_LINKABLE = "persons"


@dataclass(frozen=True, slots=True)
class Part:
    """A table, or the slice of it that belongs to one service, as cells of one population.

    table       its place in the plan
    service     place on the axis of services; None where the whole table is the part
    population  what is counted: parts of one population, and only these, are compared
    attributes  by what it is cut, in the order of the table's axes; the same name means the same cut everywhere
    codes       codes of these axes
    sizes       how many values each has
    """

    table: int
    service: int | None
    population: str
    attributes: tuple[str, ...]
    codes: tuple[str, ...]
    sizes: tuple[int, ...]


def parts_of(specs: Sequence[TableSpec], axes: Sequence[tuple[Axis, ...]]) -> tuple[Part, ...]:
    """Divide the tables of a plan into parts; `axes` are those of each table (`terms.table.axes_of`)."""
    parts: list[Part] = []
    for place, (spec, sides) in enumerate(zip(specs, axes, strict=True)):
        if spec.kind == SAME_SERVICE:
            parts += _overlaps(place, spec, sides)
            continue
        names = [*spec.dimensions, *_own_attributes(spec)]
        if spec.kind not in _POPULATIONS:  # requests: a population of its own, cut by its own axes
            names = [axis.code for axis in sides]
        sizes = tuple(len(axis.values) for axis in sides)
        parts.append(Part(place, None, _population(spec), tuple(names), tuple(axis.code for axis in sides), sizes))
    return tuple(parts)


_POPULATIONS = (PERSONS, MULTIPLICITY, MINIMUM, SUM, TRANSITIONS)


def _population(spec: TableSpec) -> str:
    if spec.kind == PERSONS and spec.services:
        return f"{_LINKABLE}:{','.join(sorted(spec.services))}"
    if spec.kind in (PERSONS, MULTIPLICITY, MINIMUM):
        return _LINKABLE
    if spec.kind == SUM:
        return f"sum:{spec.measure}:{spec.bound}"
    if spec.kind == TRANSITIONS:
        return f"transitions:{spec.scale}"
    return f"alone:{spec.table}"


def _own_attributes(spec: TableSpec) -> tuple[str, ...]:
    """Name the cuts that the kind brings: with their limits, since other limits cut otherwise."""
    if spec.kind == MULTIPLICITY:
        return ("organizations",)
    if spec.kind == MINIMUM:
        return (f"days:{spec.measure}:{','.join(map(str, spec.bins))}",)
    if spec.kind == TRANSITIONS:
        bands = ",".join(map(str, spec.bands))
        return (f"first:{bands}", f"last:{bands}")
    return ()


def _overlaps(place: int, spec: TableSpec, sides: tuple[Axis, ...]) -> list[Part]:
    """Give one part for each service: a person may overlap in several, so that services do not add up."""
    names = (*spec.dimensions, "overlap")
    kept = [axis for axis in sides if axis.code != "service"]
    return [
        Part(
            table=place,
            service=number,
            population=f"overlap:{spec.window_days}:{service}",
            attributes=names,
            codes=tuple(axis.code for axis in kept),
            sizes=tuple(len(axis.values) for axis in kept),
        )
        for number, service in enumerate(spec.services)
    ]
