"""Which cells are sensitive by themselves, by which rule, and how wide each must stay.

    rule           sensitive when                                           must stay open
    min_frequency  0 < persons < threshold                                  from 0 to the threshold
    contributors   0 < contributors < contributors_min                      as min_frequency
    p_percent      X - x1 - x2 < p/100 x1                                   both ways by p/100 x1 - (X - x1 - x2)
    dominance      x1 + ... + xn > k/100 X                                  both ways by 100/k (x1 + ... + xn) - X
    class          a part of a sensitive split holds its whole total,       down by the threshold: some may be elsewhere
                   and the total has at least `threshold` persons
    zero           nobody, in a split whose zeros are declared sensitive    up to the threshold

X is the cell's total and x1 >= x2 >= ... its contributions. A zero that is not declared sensitive is structural: everybody
knows it, and it neither needs protection nor gives any. Where several rules hold, a cell must stay as wide as the widest asks.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sansnom.release.linear_table import Flags, Floats, Integers, LinearTable
from sansnom.terms.errors import InputError

RULES: Final = ("min_frequency", "contributors", "p_percent", "dominance", "class", "zero")


@dataclass(frozen=True, slots=True)
class PrimaryRules:
    """Parameters of the rules, at the defaults of common practice (ACRO 1.0: 10, 10 %, 2 and 90 %)."""

    threshold: int = 10
    contributors_min: int = 2
    p_percent: int = 10
    dominance_largest: int = 2
    dominance_percent: int = 90


@dataclass(frozen=True, slots=True, eq=False)
class Primaries:
    """The sensitive cells, with reasons."""

    reasons: dict[str, Flags]
    """For each of `RULES`, (cells,) where it holds."""
    protection_up: Integers
    protection_down: Integers

    @property
    def primary(self) -> Flags:
        return np.asarray(np.any(list(self.reasons.values()), axis=0), dtype=np.bool_)


def primaries_of(
    table: LinearTable,
    rules: PrimaryRules,
    *,
    contributors: Integers | None = None,
    largest: Floats | None = None,
    sensitive_relations: Flags | None = None,
    sensitive_zeros: Flags | None = None,
) -> Primaries:
    """Apply the rules; those whose columns are not given hold nowhere.

    Shapes: contributors (cells,) how many organizations or persons add to a cell; largest (cells, n) their largest
            contributions, descending, of a table of sums (its counts of persons then have a table of their own, and
            `min_frequency` and `class` are not applied); sensitive_relations (relations,); sensitive_zeros (cells,).
    Loss:   none yet; a primary is hidden whatever it costs.
    """
    values = table.values
    reasons = {rule: np.zeros(table.cells, dtype=np.bool_) for rule in RULES}
    up, down = np.zeros(table.cells, dtype=np.int64), np.zeros(table.cells, dtype=np.int64)
    low = (values > 0) & (values < rules.threshold)
    if largest is None:
        reasons["min_frequency"] = low
        if sensitive_relations is not None:
            reasons["class"] = _whole_classes(table, sensitive_relations, rules.threshold)
    else:
        reasons["p_percent"], reasons["dominance"], wide = _concentrated(values, largest, rules)
        up, down = wide, np.minimum(wide, np.maximum(values, 0))
    if contributors is not None:
        _check(contributors, table.cells, "contributors")
        reasons["contributors"] = (contributors > 0) & (contributors < rules.contributors_min)
    if sensitive_zeros is not None:
        _check(sensitive_zeros, table.cells, "sensitive_zeros")
        reasons["zero"] = sensitive_zeros & (values == 0)
    few = reasons["min_frequency"] | reasons["contributors"]
    up = np.where(few, np.maximum(up, np.maximum(rules.threshold - values, 1)), up)
    down = np.where(few, np.maximum(down, values), down)
    down = np.where(reasons["class"], np.maximum(down, np.minimum(values, rules.threshold)), down)
    up = np.where(reasons["zero"], np.maximum(up, rules.threshold), up)
    return Primaries(reasons, up, down)


def with_primaries(table: LinearTable, found: Primaries) -> LinearTable:
    """Give the table with these primaries; a zero declared sensitive can move, to an attacker's knowledge."""
    return replace(
        table,
        primary=found.primary,
        protection_up=found.protection_up,
        protection_down=found.protection_down,
        slack_up=np.where(found.reasons["zero"], np.inf, table.slack_up),
    )


def _whole_classes(table: LinearTable, sensitive: Flags, threshold: int) -> Flags:
    """Find parts that hold their whole total: whoever is in the total is known to be in the part."""
    _check(sensitive, table.relations.shape[0], "sensitive_relations")
    found = np.zeros(table.cells, dtype=np.bool_)
    for relation in np.flatnonzero(sensitive):
        start, end = table.relations.indptr[relation : relation + 2]
        cells, coefficients = table.relations.indices[start:end], table.relations.data[start:end]
        sides = [cells[coefficients < 0], cells[coefficients > 0]]
        totals, parts = sorted(sides, key=len)
        if len(totals) != 1 or len(parts) < 2 or table.values[totals[0]] < threshold:
            continue
        found[parts[table.values[parts] == table.values[totals[0]]]] = True
    return found


def _concentrated(values: Integers, largest: Floats, rules: PrimaryRules) -> tuple[Flags, Flags, Integers]:
    """Apply p% and (n, k) to the largest contributions; give also how wide both ask a cell to stay."""
    if largest.ndim != 2 or len(largest) != len(values) or largest.shape[1] < max(2, rules.dominance_largest):
        raise InputError("table.shape", where="largest", found=len(largest), expected=len(values))
    total = values.astype(np.float64)
    first, second = largest[:, 0], largest[:, 1]
    spare = rules.p_percent / 100 * first - (total - first - second)
    biggest = largest[:, : rules.dominance_largest].sum(axis=1)
    excess = 100 / rules.dominance_percent * biggest - total
    p_percent, dominance = (total > 0) & (spare > 0), (total > 0) & (excess > 0)
    wide = np.ceil(np.maximum(np.where(p_percent, spare, 0.0), np.where(dominance, excess, 0.0)))
    return p_percent, dominance, wide.astype(np.int64)


def _check(column: Flags | Integers, expected: int, name: str) -> None:
    if column.shape != (expected,):
        raise InputError("table.shape", where=name, found=len(column), expected=expected)
