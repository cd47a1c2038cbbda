"""The plan's tables over one organization's own rows, in clear: shown on its own desk, never sent.

Each row counts as one person: what other organizations know of them changes joint figures, and cannot be known here. A table of
persons at several organizations therefore has everybody at one, and one of overlaps nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.encode import Encoded
from sansnom.exchange.setting import Setting
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SUM,
    TALLY,
    TRANSITIONS,
    TableSpec,
    axes_of,
    cells_of,
)


@dataclass(frozen=True, slots=True, repr=False)
class OwnFigures:
    """What the own rows say: cells of each table in row-major order, rows, and rows without any key."""

    tables: dict[str, tuple[int, ...]]
    rows: int
    not_linkable: int


def own_figures(own: Encoded, setting: Setting) -> OwnFigures:
    """Count every table of the plan over these rows."""
    fields = {field.name: own.rows.field(field).astype(np.int64) for field in setting.layout.fields}
    valid = fields["valid"] == 1
    linkable = np.any([fields[f"present.{name}"] == 1 for name in setting.layout.keys], axis=0) & valid
    kept = np.flatnonzero(linkable)
    counted = {name: column[kept] for name, column in fields.items()}
    tables = {spec.table: tuple(_table(spec, counted, own, setting)) for spec in setting.plan.tables}
    return OwnFigures(tables, int(valid.sum()), int((valid & ~linkable).sum()))


def _table(spec: TableSpec, fields: dict[str, NDArray[np.int64]], own: Encoded, setting: Setting) -> Iterator[int]:
    if spec.kind == TALLY:
        return (int(own.rows.tallies[n]) for n, cell in enumerate(setting.layout.tallies) if cell.table == spec.table)
    axes = axes_of(spec, setting.dictionary, setting.plan.own_category)
    places = [fields[f"dimension.{code}"] for code in spec.dimensions]
    counted, inner, amount = _cells(spec, fields)
    sizes = [len(axis.values) for axis in axes]
    found = np.zeros(cells_of(axes), dtype=np.int64)
    flat = np.zeros(counted.size, dtype=np.int64)
    for place, size in zip([*places, *inner], sizes, strict=True):
        flat = flat * size + place
    np.add.at(found, flat[counted], amount[counted])
    return iter(found.tolist())


_Cells = tuple[NDArray[np.bool_], list[NDArray[np.int64]], NDArray[np.int64]]


def _cells(spec: TableSpec, fields: dict[str, NDArray[np.int64]]) -> _Cells:
    """Give which rows count, their places on the axes that the kind brings, and what each adds."""
    size = fields["valid"].size
    everyone, one = np.ones(size, dtype=np.bool_), np.ones(size, dtype=np.int64)
    first = np.zeros(size, dtype=np.int64)
    if spec.kind == PERSONS:
        used = [fields[f"service.{code}"] == 1 for code in spec.services]
        return (np.any(used, axis=0) if used else everyone), [], one
    if spec.kind == MULTIPLICITY:
        return everyone, [first], one
    if spec.kind == SUM:
        return everyone, [], np.minimum(fields[f"measure.{spec.measure}"], spec.bound)
    if spec.kind == MINIMUM:
        days = np.searchsorted(np.array(spec.bins, dtype=np.int64), fields[f"duration.{spec.measure}"])
        known = fields[f"known.{spec.measure}"] == 1
        return everyone, [np.where(known, days, len(spec.bins) + 1)], one
    if spec.kind == TRANSITIONS:
        return _transitions(spec, fields)
    return np.zeros(size, dtype=np.bool_), [first, first], one  # overlaps need a second organization


def _transitions(spec: TableSpec, fields: dict[str, NDArray[np.int64]]) -> _Cells:
    levels = [fields[f"{end}_level.{spec.scale}"] for end in ("first", "last")]
    dates = [fields[f"{end}_date.{spec.scale}"] for end in ("first", "last")]
    bands = np.array(spec.bands, dtype=np.int64)
    places = [np.searchsorted(bands, level) for level in levels]
    counted = (levels[0] > 0) & (dates[0] < dates[1]) & (places[0] < bands.size) & (places[1] < bands.size)
    return counted, [np.minimum(place, bands.size - 1) for place in places], np.ones(counted.size, dtype=np.int64)
