"""From estimates to figures: non-negative integers that agree in every table of a population, by steps that anyone repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.release.consistency_gls import HUNDREDTHS, Attributes, Fit, Measured, fit
from sansnom.release.consistency_order import Node, Step, steps_of
from sansnom.release.integer_tables import apportion, keep_sums

ROUNDS: Final = 3
"""How often each sum is heeded before integers are fixed: more rounds change little (bench/consistency.py)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of one table: estimates in hundredths and integers, both shaped as its attributes in their own order."""

    estimates: NDArray[np.int64]
    integers: NDArray[np.int64]


def settle(tables: Sequence[Measured]) -> tuple[Fit, list[Settled]]:
    """Estimate all tables of one population, and settle non-negative integers that agree.

    Loss:  none: public post-processing.
    Proof: none of privacy is needed. That an end is always found is argued in `consistency_order` and `integer_tables`.
    """
    found = fit(tables)
    estimates: dict[Node, NDArray[np.int64]] = {}
    integers: dict[Node, NDArray[np.int64]] = {}
    steps = steps_of([frozenset(table.attributes) for table in tables])
    for step in steps:
        estimates[step.node] = found.estimate(found.ordered(step.node))
    for step in steps:
        integers[step.node] = _integers(step, found, estimates, integers)
    settled: list[Settled] = []
    for table in tables:
        node = frozenset(table.attributes)
        order = found.ordered(node)
        turn = [order.index(a) for a in table.attributes]
        settled.append(Settled(estimates[node].transpose(turn), integers[node].transpose(turn)))
    return found, settled


def _integers(
    step: Step, found: Fit, estimates: dict[Node, NDArray[np.int64]], integers: dict[Node, NDArray[np.int64]]
) -> NDArray[np.int64]:
    order = found.ordered(step.node)
    if step.source is not None:
        above = found.ordered(step.source)
        gone = tuple(place for place, a in enumerate(above) if a not in step.node)
        return np.asarray(integers[step.source].sum(axis=gone), dtype=np.int64)
    wanted = estimates[step.node]
    if not step.margins:  # the grand total
        return np.asarray(np.maximum((wanted + HUNDREDTHS // 2) // HUNDREDTHS, 0), dtype=np.int64)
    first, *others = step.margins
    goals = [(m, integers[m] * HUNDREDTHS) for m in others] + [(m, np.maximum(estimates[m], 0)) for m in step.drawn]
    for _ in range(ROUNDS):
        for margin, goal in goals:
            cells = _first_margin(order, first, wanted, integers[first], found)
            wanted = wanted - _too_much(order, margin, cells, goal)
    cells = _first_margin(order, first, wanted, integers[first], found)
    held = first
    for margin in others:
        cells = _next_margin(order, (held, margin), cells, wanted, integers[margin])
        held |= margin
    return cells


def _too_much(order: Attributes, margin: Node, cells: NDArray[np.int64], goal: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give, in hundredths, by how much the positive cells of each sum are too large on average: dual ascent takes it off.

    Cells that were cut off at 0 push every sum up; without this, the moves that follow would push it back anywhere.
    """
    gone = tuple(place for place, a in enumerate(order) if a not in margin)
    over = cells.sum(axis=gone, keepdims=True) * HUNDREDTHS - goal.reshape(
        [1 if p in gone else n for p, n in enumerate(cells.shape)]
    )
    positive = np.maximum((cells > 0).sum(axis=gone, keepdims=True), 1)
    return np.asarray(over // positive, dtype=np.int64)


def _first_margin(
    order: Attributes, margin: Node, wanted: NDArray[np.int64], sums: NDArray[np.int64], found: Fit
) -> NDArray[np.int64]:
    """Divide each cell of the margin among the cells that make it up."""
    turned = [a for a in order if a in margin] + [a for a in order if a not in margin]
    rows = found.values_of(margin)
    divided = apportion(_turn(wanted, order, turned).reshape(rows, -1), sums.reshape(rows))
    return _turn(divided.reshape([found.sizes[a] for a in turned]), turned, order)


def _next_margin(
    order: Attributes,
    margins: tuple[Node, Node],
    cells: NDArray[np.int64],
    wanted: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Let the cells keep one more margin, without touching those they keep (`margins`: what is held, and the next)."""
    held, margin = margins
    groups = (
        [a for a in order if a in margin and a in held],
        [a for a in order if a in margin and a not in held],
        [a for a in order if a not in margin],
    )
    turned = [a for group in groups for a in group]
    sizes = dict(zip(order, cells.shape, strict=True))
    shape = [prod(sizes[a] for a in group) for group in groups]
    kept = np.ascontiguousarray(_turn(cells, order, turned)).reshape(shape)
    given = [a for a in order if a in margin]
    keep_sums(
        kept,
        _turn(wanted, order, turned).reshape(shape),
        _turn(sums, given, [*groups[0], *groups[1]]).reshape(shape[:2]),
    )
    return _turn(kept.reshape([sizes[a] for a in turned]), turned, order)


def _turn(cells: NDArray[np.int64], now: Sequence[str], then: Sequence[str]) -> NDArray[np.int64]:
    return cells.transpose([list(now).index(a) for a in then])
