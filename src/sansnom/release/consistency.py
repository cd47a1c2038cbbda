"""Consistent figures: what all tables of a release say together, beside what was opened.

Opened values carry independent noise, so that tables of the same persons never add up to the same total. From the structure
(`consistency_structure`), least squares over all of them (`consistency_gls`) gives unbiased estimates with less noise; then
integers that are not negative and agree in every table (`nonnegative`). All of it is public post-processing: it costs no privacy,
and whoever has the opened values and the plan makes the same bytes again.

Intervals stand around the estimate before anything is cut off or rounded: estimate plus and minus 1.96 exact standard deviations,
rounded inwards to whole numbers (which leaves out no count). Where a table stands alone, they are those of the exact law of the
noise around what was opened. They are widened where a figure was moved out of its own interval.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.release.consistency_gls import HUNDREDTHS, Fit, Measured, subsets, width_hundredths
from sansnom.release.consistency_order import nodes_of, steps_of
from sansnom.release.consistency_structure import Part, parts_of
from sansnom.release.intervals_noise import total_variance
from sansnom.release.nonnegative import settle
from sansnom.terms.release import Agreement, Consistent, Effect, Figure
from sansnom.terms.table import Axis, TableSpec

QUANTILE: Final = Fraction(1_959_964, 1_000_000)
"""Of the normal law, for 95 %: sums of many integer noises are close to it (tests/release/test_consistency_coverage.py)."""


def consistent_tables(
    specs: Sequence[TableSpec],
    axes: Sequence[tuple[Axis, ...]],
    variances: Sequence[Fraction],
    half_widths: Sequence[int],
    opened: Sequence[Sequence[int]],
) -> tuple[Consistent, ...]:
    """Give the consistent figures of each table of a plan.

    variances    of two helpers' noise on one cell of each table
    half_widths  of the interval of one opened value of each table, by the exact law of its noise
    opened       values as they were opened, row-major over the table's axes

    Loss:       none. Neighbours: none. Proof: post-processing of what was opened (tests/release/test_consistency.py).
    """
    values = [
        np.array(told, dtype=np.int64).reshape([len(axis.values) for axis in sides])
        for told, sides in zip(opened, axes, strict=True)
    ]
    columns = [np.zeros((5, *cells.shape), dtype=np.int64) for cells in values]
    effects: dict[int, tuple[Effect, ...]] = {}
    for parts in _populations(parts_of(specs, axes)).values():
        measured = [
            Measured(part.attributes, _slice(values[part.table], part), total_variance(variances[part.table]))
            for part in parts
        ]
        found, settled = settle(measured)
        for part, table, own in zip(parts, measured, settled, strict=True):
            width = (
                half_widths[part.table] * HUNDREDTHS
                if len(parts) == 1
                else width_hundredths(found.cell_variance(found.ordered(part.attributes)), QUANTILE)
            )
            assert own.integers.shape == table.values.shape
            _slice(columns[part.table], part)[:] = _columns(own.estimates, own.integers, width)
            if len(parts) > 1 and part.service is None:
                effects[part.table] = _effects(part, found)
    return tuple(_consistent(column, effects.get(place, ())) for place, column in enumerate(columns))


def agreements(specs: Sequence[TableSpec], axes: Sequence[tuple[Axis, ...]]) -> tuple[Agreement, ...]:
    """List which tables agree when each is summed over everything but some axes: what a reader can check by adding up."""
    found: list[Agreement] = []
    for parts in _populations(parts_of(specs, axes)).values():
        cuts = [frozenset(part.attributes) for part in parts]
        loose = {step.node: step.margins for step in steps_of(cuts) if step.loose}
        codes = {a: code for part in parts for a, code in zip(part.attributes, part.codes, strict=True)}
        for node in nodes_of(cuts):
            told = [
                part
                for part, cut in zip(parts, cuts, strict=True)
                if node <= cut and (cut not in loose or any(node <= margin for margin in loose[cut]))
            ]
            names = tuple(dict.fromkeys(specs[part.table].table for part in told))
            if len(told) > 1:
                over = tuple(codes[a] for a in sorted(node, key=list(codes).index))
                service = parts[0].service
                where = "" if service is None else specs[parts[0].table].services[service]
                found.append(Agreement(over, names, where))
    return tuple(found)


def _populations(parts: Sequence[Part]) -> Mapping[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.population, []).append(part)
    return found


def _slice(cells: NDArray[np.int64], part: Part) -> NDArray[np.int64]:
    """Give the view of a table that a part is: all of it, or one service (the axis before the last)."""
    if part.service is None:
        return cells
    return np.asarray(np.moveaxis(cells, -2, 0)[part.service])


def _columns(estimates: NDArray[np.int64], integers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Give values, estimates, both ends of the intervals and flags; an end is never below zero, nor between a figure and it."""
    low = np.maximum(-((width - estimates) // HUNDREDTHS), 0)
    high = (np.maximum(estimates, 0) + width) // HUNDREDTHS
    dominated = (estimates <= width) | (integers <= 0)
    return np.stack([integers, estimates, np.minimum(low, integers), np.maximum(high, integers), dominated])


def _effects(part: Part, found: Fit) -> tuple[Effect, ...]:
    codes = dict(zip(part.attributes, part.codes, strict=True))
    return tuple(
        Effect(tuple(codes[a] for a in part.attributes if a in chosen), found.variances[chosen])
        for chosen in subsets(found.ordered(part.attributes))
    )


def _consistent(columns: NDArray[np.int64], effects: tuple[Effect, ...]) -> Consistent:
    values, estimates, low, high, dominated = (column.reshape(-1).tolist() for column in columns)
    return Consistent(
        figures=tuple(Figure(v, a, b, bool(d)) for v, a, b, d in zip(values, low, high, dominated, strict=True)),
        estimates_hundredths=tuple(estimates),
        effects=effects,
    )
