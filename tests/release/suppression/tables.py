"""Small tables for the tests of suppression, and an attacker who tries them by brute force."""

from itertools import product

import numpy as np
import scipy.optimize
import scipy.sparse as sp

from sansnom.release.linear_table import Flags, LinearTable

INNER = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])
"""Fischetti and Salazar's example: the cell 22 is sensitive; the best pattern loses 59."""


def crossed(inner: np.ndarray, shape: tuple[int, int] | None = None) -> tuple[np.ndarray, sp.csr_matrix, list[str]]:
    """Give values, relations and names of a table with both margins; the cell (r, c) is number r * (columns + 1) + c."""
    rows, columns = shape or inner.shape
    full = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    full[:rows, :columns] = inner
    full[rows, :columns] = inner.sum(axis=0)
    full[:, columns] = full[:, :columns].sum(axis=1)
    number = np.arange(full.size).reshape(full.shape)
    lines = [[(number[r, c], 1) for c in range(columns)] + [(number[r, columns], -1)] for r in range(rows + 1)]
    lines += [[(number[r, c], 1) for r in range(rows)] + [(number[rows, c], -1)] for c in range(columns + 1)]
    matrix = np.zeros((len(lines), full.size), dtype=np.int64)
    for line, entries in enumerate(lines):
        for cell, coefficient in entries:
            matrix[line, cell] = coefficient
    names = [f"row {r + 1}, column {c + 1}" for r, c in product(range(rows + 1), range(columns + 1))]
    return full.ravel(), sp.csr_matrix(matrix), names


def table(
    inner: np.ndarray,
    primary: dict[int, tuple[int, int]],
    contributors: dict[int, int] | None = None,
) -> LinearTable:
    """Make a crossed table; `primary` gives protection down and up of cells, `contributors` who is alone where."""
    values, relations, names = crossed(inner)
    down, up = np.zeros_like(values), np.zeros_like(values)
    sensitive = np.zeros(len(values), dtype=np.bool_)
    for cell, (below, above) in primary.items():
        sensitive[cell], down[cell], up[cell] = True, below, above
    alone = None
    if contributors is not None:
        alone = np.full(len(values), -1, dtype=np.int64)
        alone[list(contributors)] = list(contributors.values())
    return LinearTable(
        values=values,
        relations=relations,
        primary=sensitive,
        protection_up=up,
        protection_down=down,
        slack_down=values.astype(np.float64),
        slack_up=np.where(values > 0, np.inf, 0.0),
        weights=values.astype(np.float64),
        names=tuple(names),
        contributors=alone,
    )


def cube(seed: int, size: int = 4) -> LinearTable:
    """Make a table of three crossed dimensions with all margins, counts of very different sizes, the small ones sensitive."""
    draw = np.random.default_rng(seed)
    full = np.zeros((size + 1,) * 3, dtype=np.int64)
    full[:size, :size, :size] = np.ceil(np.exp(draw.normal(2.0, 1.3, (size,) * 3)))
    for axis in range(3):
        inner = np.take(full, range(size), axis=axis)
        np.moveaxis(full, axis, 0)[size] = inner.sum(axis=axis)
    number = np.arange(full.size).reshape(full.shape)
    lines = np.concatenate([np.moveaxis(number, axis, 2).reshape(-1, size + 1) for axis in range(3)])
    matrix = np.zeros((len(lines), full.size), dtype=np.int64)
    np.put_along_axis(matrix, lines[:, :size], 1, axis=1)
    np.put_along_axis(matrix, lines[:, size:], -1, axis=1)
    values = full.ravel()
    inside = np.zeros(full.shape, dtype=np.bool_)
    inside[:size, :size, :size] = True
    sensitive = inside.ravel() & (values < 4)
    return LinearTable(
        values=values,
        relations=sp.csr_matrix(matrix),
        primary=sensitive,
        protection_up=sensitive.astype(np.int64),
        protection_down=sensitive.astype(np.int64),
        slack_down=values.astype(np.float64),
        slack_up=np.full(full.size, np.inf),
        weights=values.astype(np.float64),
        names=tuple(f"cell {cell}" for cell in range(full.size)),
    )


def fischetti_salazar() -> LinearTable:
    """The example of the paper: interval at most 17 and at least 27 around 22, without upper limit to any cell."""
    return table(INNER, {6: (5, 8)})


def reached(asked: LinearTable, suppressed: Flags, cell: int, known: Flags | None = None) -> tuple[float, float]:
    """Give how far below and above its value an attacker must think a cell possible; scipy's solver, not the engine's."""
    hidden = suppressed if known is None else suppressed & ~known
    bounds = [
        (-asked.slack_down[i], None if np.isinf(asked.slack_up[i]) else asked.slack_up[i]) if hidden[i] else (0, 0)
        for i in range(asked.cells)
    ]
    far = []
    for sign in (1.0, -1.0):
        cost = np.zeros(asked.cells)
        cost[cell] = sign
        found = scipy.optimize.linprog(
            cost, A_eq=asked.relations.toarray(), b_eq=np.zeros(asked.relations.shape[0]), bounds=bounds
        )
        far.append(np.inf if found.status == 3 else abs(float(found.fun or 0.0)))
    return far[0], far[1]


def safe(asked: LinearTable, suppressed: Flags) -> bool:
    """Tell whether every primary stays as wide as it must, also before the eyes of each contributor."""
    attackers: list[tuple[int, Flags | None]] = [(-2, None)]
    if asked.contributors is not None:
        attackers += [(int(one), asked.contributors == one) for one in np.unique(asked.contributors) if one >= 0]
    for number, known in attackers:
        for cell in np.flatnonzero(asked.primary):
            if asked.contributors is not None and asked.contributors[cell] == number:
                continue
            below, above = reached(asked, suppressed, int(cell), known)
            if below < asked.protection_down[cell] - 1e-6 or above < asked.protection_up[cell] - 1e-6:
                return False
    return bool(suppressed[asked.primary].all())


def best_by_trying(asked: LinearTable) -> float:
    """Try every pattern of a very small table; give the least loss of a safe one."""
    free = np.flatnonzero(~asked.primary & (asked.values > 0))
    best = np.inf
    for choice in product([False, True], repeat=len(free)):
        pattern = asked.primary.copy()
        pattern[free] = choice
        loss = float(asked.weights[pattern & ~asked.primary].sum())
        if loss < best and safe(asked, pattern):
            best = loss
    return best
