"""Tables as a plan declares them: kind, axes and cells. The order of cells here is the order in every other room.

Cells are in row-major order over the axes: first the dimensions as declared, then the axes that the kind brings.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.vocabulary import DISAGREEMENT, Dictionary, Value

PERSONS = "persons"
MULTIPLICITY = "multiplicity"
SAME_SERVICE = "same_service"
TRANSITIONS = "transitions"
SUM = "sum"
MINIMUM = "minimum"
TALLY = "tally"
WAITING = "waiting"
"""Measure of a tally: requests still waiting on the last day of the period, by service."""
TURNED_AWAY = "turned_away"
"""Measure of a tally: requests turned away in the period, by service and reason."""
KINDS = (PERSONS, MULTIPLICITY, SAME_SERVICE, TRANSITIONS, SUM, MINIMUM, TALLY)


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a table: its code and its values in order."""

    code: str
    label: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of a plan.

    dimensions   codes of dimensions; empty for one figure
    services     persons: only persons who used any of these (empty: all); same_service, tally: services of the axis
    measure      sum: code of a row measure; minimum: code of a row duration; tally: WAITING or TURNED_AWAY
    bound        sum: largest total of one person; tally: largest count of an organization, cell; minimum: largest value
    bins         minimum: upper ends of the classes, rising; the last class is open ("more"), one more for unknown
    window_days  same_service: how far apart two organizations' services may lie
    scale        transitions: "scale.skill", such as "EQ.oral_comprehension"
    bands        transitions: upper levels of the bands, rising, such as (4, 8, 12)
    rho          the share of the budget spent on this table
    """

    table: str
    kind: str
    title: Text
    rho: Fraction
    dimensions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    measure: str = ""
    bound: int = 0
    bins: tuple[int, ...] = ()
    window_days: int = 0
    scale: str = ""
    bands: tuple[int, ...] = ()

    @classmethod
    def from_reader(cls, reader: Reader) -> "TableSpec":
        """Read one table of a plan; InputError with the place."""
        spec = cls(
            table=reader.string("table"),
            kind=reader.string("kind"),
            title=reader.text("title"),
            rho=reader.fraction("rho"),
            dimensions=reader.strings("dimensions", []),
            services=reader.strings("services", []),
            measure=reader.string("measure", ""),
            bound=reader.integer("bound", 0, high=2**31),
            bins=reader.integers("bins", []),
            window_days=reader.integer("window_days", 0, high=511),
            scale=reader.string("scale", ""),
            bands=reader.integers("bands", []),
        )
        reader.done()
        if spec.kind not in KINDS:
            raise InputError("plan.table.kind", where=f"{reader.where}.kind", expected=KINDS)
        return spec

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; members at their default are left out."""
        given: dict[str, Any] = {
            "table": self.table,
            "kind": self.kind,
            "title": self.title.to_json(),
            "rho": str(self.rho),
        }
        for name in ("dimensions", "services", "bins", "bands"):
            if getattr(self, name):
                given[name] = list(getattr(self, name))
        for name in ("measure", "bound", "window_days", "scale"):
            if getattr(self, name):
                given[name] = getattr(self, name)
        return given


def _counted(code: str, fr: str, en: str) -> Value:
    return Value(code, Text(fr, en))


_ORGANIZATIONS = Axis(
    "organizations",
    Text("Nombre d’organismes", "Number of organizations"),
    (
        _counted("1", "1 organisme", "1 organization"),
        _counted("2", "2 organismes", "2 organizations"),
        _counted("3+", "3 organismes ou plus", "3 organizations or more"),
    ),
)
_OVERLAP = Axis(
    "overlap",
    Text("Chevauchement", "Overlap"),
    (
        _counted("coordinated", "coordonné (aiguillage accepté)", "coordinated (accepted referral)"),
        _counted("other", "autre", "other"),
    ),
)


def axes_of(table: TableSpec, dictionary: Dictionary, disagreement: frozenset[str] = frozenset()) -> tuple[Axis, ...]:
    """Give the axes of a table, in order.

    `disagreement` names the dimensions for which the plan asks for the category "organizations disagree": one value
    more, last.
    KeyError for a code that the dictionary lacks: the rules refuse such a plan before anybody asks for its axes.
    """
    axes = [_dimension_axis(code, dictionary, code in disagreement) for code in table.dimensions]
    if table.kind == MULTIPLICITY:
        axes.append(_ORGANIZATIONS)
    elif table.kind == SAME_SERVICE:
        axes += [_service_axis(table, dictionary), _OVERLAP]
    elif table.kind == TRANSITIONS:
        bands = _bands(table.bands)
        axes += [
            Axis("first", Text("Premier niveau", "First level"), bands),
            Axis("last", Text("Dernier niveau", "Last level"), bands),
        ]
    elif table.kind == MINIMUM:
        axes.append(Axis("days", Text("Jours", "Days"), _bins(table.bins)))
    elif table.kind == TALLY:
        axes.append(_service_axis(table, dictionary))
        if table.measure == TURNED_AWAY:
            axes.append(Axis("reason", Text("Raison", "Reason"), tuple(dictionary.reasons[TURNED_AWAY].values())))
    return tuple(axes)


def cells_of(axes: tuple[Axis, ...]) -> int:
    """Count the cells of a table with these axes; 1 for a table without axes."""
    return prod(len(axis.values) for axis in axes)


def _dimension_axis(code: str, dictionary: Dictionary, own_category: bool) -> Axis:
    dimension = dictionary.dimensions[code]
    values = dimension.values
    if own_category:
        values = (*values, _counted(DISAGREEMENT, "les organismes diffèrent", "organizations disagree"))
    return Axis(code, dimension.label, values)


def _service_axis(table: TableSpec, dictionary: Dictionary) -> Axis:
    return Axis("service", Text("Service", "Service"), tuple(dictionary.services[code] for code in table.services))


def _bands(bands: tuple[int, ...]) -> tuple[Value, ...]:
    lows = (1, *(high + 1 for high in bands[:-1]))
    told = [str(high) if low == high else f"{low}-{high}" for low, high in zip(lows, bands, strict=True)]
    return tuple(
        _counted(t, f"niveaux {t}" if "-" in t else f"niveau {t}", f"levels {t}" if "-" in t else f"level {t}")
        for t in told
    )


def _bins(bins: tuple[int, ...]) -> tuple[Value, ...]:
    lows = (0, *(high + 1 for high in bins))
    closed = [
        _counted(f"{low}-{high}", f"{low} à {high}", f"{low} to {high}") for low, high in zip(lows, bins, strict=False)
    ]
    last = lows[-1]
    return (
        *closed,
        _counted(f"{last}+", f"{last} ou plus", f"{last} or more"),
        _counted("unknown", "inconnu", "unknown"),
    )
