"""A table as suppression sees it: cells, the relations that tie them, which are sensitive and how wide each must stay.

Every table, hierarchical, linked or successive, becomes one list of cells and one sparse matrix M with M a = 0: a
relation says that a total is the sum of its parts. An attacker who sees the published cells knows M, and knows for a
hidden cell only that it can move by its slack. Values stay at the desk: an error names a cell by its labels.

The JSON form that `from_json` reads is that of the instances people exchange: `values`, `sensitive` (indices),
`protection` (upper; lower too unless `protection_down` is given), `slack_down`, `slack_up` (null: not given),
`relations` (lists of [cell, coefficient] summing to zero), and if there: `weights`, `names`, `contributors`.
"""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sansnom.terms.errors import Finding, InputError

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

VALUE_MAX: Final = 2**42
"""Far beyond any count; sums of a million of them still fit 64 bits, and a solver's doubles hold them exactly."""
PUBLISHED_DIGITS: Final = 1e-4
"""Share of a relation's size that values given with decimals may be off: such files keep six digits of each value."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearTable:
    """Cells and relations with `relations @ values == 0`; each field is described beside it."""

    values: Integers
    """(cells,) what is counted; seen by the curator, never by an error or a log."""
    relations: sp.csr_matrix
    """(relations, cells) whole coefficients."""
    primary: Flags
    """(cells,) sensitive by a primary rule: must be suppressed."""
    protection_up: Integers
    """(cells,) for a primary: the attacker's upper bound must be at least value + this."""
    protection_down: Integers
    """(cells,) for a primary: the attacker's lower bound must be at most value - this."""
    slack_down: Floats
    """(cells,) how far below its value a suppressed cell can be, to the attacker's knowledge; inf: unbounded."""
    slack_up: Floats
    """(cells,) how far above."""
    weights: Floats
    """(cells,) what suppressing a cell costs."""
    names: tuple[str, ...]
    """(cells,) labels of a cell."""
    contributors: Integers | None = None
    """(cells,) number of the one contributor who knows a cell alone; -1 where nobody does."""
    exact: bool = True
    """False where a file gives values to a few digits only: its relations then hold to those digits."""

    def __post_init__(self) -> None:
        """Refuse a table whose parts do not fit; name cells by labels."""
        _check_shapes(self)
        _check_cells(self)
        _check_relations(self)

    @property
    def cells(self) -> int:
        return len(self.values)

    def named(self, cells: Integers | Sequence[int]) -> tuple[str, ...]:
        """Give the labels of these cells."""
        return tuple(self.names[int(cell)] for cell in cells)


def counted_table(
    values: Integers, relations: sp.csr_matrix, threshold: int, names: tuple[str, ...], weights: Floats | None = None
) -> LinearTable:
    """Make the table of a count: 1..threshold-1 is sensitive and must stay open from 0 to at least the threshold."""
    values = np.asarray(values, dtype=np.int64)
    primary = (values > 0) & (values < threshold)
    nothing = np.zeros_like(values)
    movable = values > 0
    return LinearTable(
        values=values,
        relations=relations,
        primary=primary,
        protection_up=np.where(primary, threshold - values, nothing),
        protection_down=np.where(primary, values, nothing),
        slack_down=values.astype(np.float64),
        slack_up=np.where(movable, np.inf, 0.0),
        weights=np.maximum(values, 1).astype(np.float64) if weights is None else weights,
        names=names,
    )


def from_json(told: object) -> LinearTable:
    """Read the JSON form of an instance.

    A slack that is not given is the value itself downwards (a count cannot fall below nothing) and unbounded upwards. A
    lower protection that is not given is the upper one, or down to nothing where that is nearer: so read, the public
    instances have the optima of the literature (TARGUS 20, TABLE7 44, TABLE1 191 cells). Values with decimals make a
    table that is not `exact`; protections with decimals are rounded up.
    """
    if not isinstance(told, Mapping):
        raise InputError("table.json.form", where="values, relations")
    for name in ("values", "relations", "sensitive", "protection"):
        if not isinstance(told.get(name), list):
            raise InputError("table.json.form", where=name)
    given = _floats(told, "values", None)
    if not len(given):
        raise InputError("table.empty")
    if (np.abs(given) > VALUE_MAX).any():
        raise InputError("table.value_too_large", (), where=f"values[{int(np.argmax(np.abs(given)))}]")
    cells = len(given)
    values = np.rint(given).astype(np.int64)
    primary = np.zeros(cells, dtype=np.bool_)
    primary[_indices(told["sensitive"], cells, "sensitive")] = True
    up = np.where(primary, np.ceil(_floats(told, "protection", cells)), 0)
    slack_down = _floats(told, "slack_down", cells) if "slack_down" in told else np.full(cells, np.nan)
    slack_up = _floats(told, "slack_up", cells) if "slack_up" in told else np.full(cells, np.nan)
    slack_down = np.where(np.isnan(slack_down), np.maximum(values, 0), slack_down)
    if "protection_down" in told:
        down = np.where(primary, np.ceil(_floats(told, "protection_down", cells)), 0)
    else:
        down = np.minimum(up, np.floor(slack_down))
    slack_up = np.where(np.isnan(slack_up), np.inf, slack_up)
    names = told.get("names") or [f"cell {cell}" for cell in range(cells)]
    if not isinstance(names, list):
        raise InputError("table.json.form", where="names")
    contributors = told.get("contributors")
    if contributors is not None and not _are_counts(contributors):
        raise InputError("table.json.form", where="contributors")
    return LinearTable(
        values=values,
        relations=_relations(told["relations"], cells),
        primary=primary,
        protection_up=up.astype(np.int64),
        protection_down=down.astype(np.int64),
        slack_down=slack_down,
        slack_up=slack_up,
        weights=_floats(told, "weights", cells) if "weights" in told else np.maximum(values, 1).astype(np.float64),
        names=tuple(str(name) for name in names),
        contributors=None if contributors is None else np.asarray(contributors, dtype=np.int64),
        exact=bool((given == values).all()),
    )


def _are_counts(told: object) -> bool:
    """Say whether these are whole numbers that a column can hold."""
    return isinstance(told, list) and all(type(one) is int and abs(one) <= VALUE_MAX for one in told)


def _floats(told: Mapping[str, Any], name: str, cells: int | None) -> Floats:
    try:
        column = np.array([np.nan if each is None else each for each in told[name]], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError("table.json.form", where=name) from None
    nullable = name.startswith("slack")
    if column.ndim != 1 or (cells is not None and len(column) != cells) or (np.isnan(column).any() and not nullable):
        raise InputError("table.json.form", where=name)
    return column


def _indices(told: Any, cells: int, where: str) -> Integers:  # noqa: ANN401 - parsed JSON
    whole = all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < cells for each in told)
    if not whole:
        raise InputError("table.json.form", where=where)
    return np.asarray(told, dtype=np.int64)


def _relations(told: list[Any], cells: int) -> sp.csr_matrix:
    try:
        flat = np.array([(row, cell, coefficient) for row, line in enumerate(told) for cell, coefficient in line])
        flat = np.asarray(flat, dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError, OverflowError):
        raise InputError("table.json.form", where="relations") from None
    if not (np.abs(flat) <= VALUE_MAX).all():
        raise InputError("table.json.form", where="relations")
    coefficients = np.rint(flat[:, 2])
    if (coefficients != flat[:, 2]).any() or (flat[:, 1] < 0).any() or (flat[:, 1] >= cells).any():
        raise InputError("table.json.form", where="relations")
    entries = (coefficients.astype(np.int64), (flat[:, 0].astype(np.int64), flat[:, 1].astype(np.int64)))
    relations = sp.csr_matrix(entries, shape=(len(told), cells))
    relations.eliminate_zeros()
    return relations


def _check_shapes(table: LinearTable) -> None:
    cells = table.cells
    if not cells:
        raise InputError("table.empty")
    columns: dict[str, Sized] = {
        "primary": table.primary,
        "protection_up": table.protection_up,
        "protection_down": table.protection_down,
        "slack_down": table.slack_down,
        "slack_up": table.slack_up,
        "weights": table.weights,
        "names": table.names,
    }
    if table.contributors is not None:
        columns["contributors"] = table.contributors
    for name, column in columns.items():
        if len(column) != cells:
            raise InputError("table.shape", where=name, found=len(column), expected=cells)
    if table.relations.shape[1] != cells:
        raise InputError("table.shape", where="relations", found=table.relations.shape[1], expected=cells)


def _check_cells(table: LinearTable) -> None:
    """Refuse negative or immense values, and protections that the attacker's own knowledge makes impossible."""
    wrong = {
        "table.negative": table.values < 0,
        "table.value_too_large": table.values > VALUE_MAX,
        "table.weight": ~np.isfinite(table.weights) | (table.weights < 0),
        "table.slack": np.isnan(table.slack_down)
        | np.isnan(table.slack_up)
        | (table.slack_down < 0)
        | (table.slack_up < 0),
        "table.protection": (table.protection_up < 0) | (table.protection_down < 0),
        "table.protection_impossible": table.primary
        & ((table.protection_up > table.slack_up) | (table.protection_down > table.slack_down)),
    }
    for code, cells in wrong.items():
        if cells.any():
            findings = tuple(Finding(code, name) for name in table.named(np.flatnonzero(cells)))
            raise InputError(code, findings if len(findings) > 1 else (), where=findings[0].where, cells=len(findings))


def _check_relations(table: LinearTable) -> None:
    """Refuse margins that do not add up, each named by the first cell of its relation: the total."""
    off = np.abs(table.relations @ table.values)
    allowed: Floats | float = 0
    if not table.exact:
        sizes = abs(table.relations)
        allowed = PUBLISHED_DIGITS * (sizes @ np.abs(table.values)) + np.diff(sizes.indptr)
    wrong = np.flatnonzero(off > allowed)
    if len(wrong):
        findings = tuple(Finding("table.margin", _total_of(table, int(relation))) for relation in wrong)
        raise InputError(
            "table.margins", findings if len(findings) > 1 else (), where=findings[0].where, relations=len(findings)
        )


def _total_of(table: LinearTable, relation: int) -> str:
    start, end = table.relations.indptr[relation : relation + 2]
    cells, coefficients = table.relations.indices[start:end], table.relations.data[start:end]
    of_sign = [cells[coefficients < 0], cells[coefficients > 0]]
    alone = next((side for side in of_sign if len(side) == 1), cells)
    return table.names[int(alone[0])]
