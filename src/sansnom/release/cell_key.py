"""Cell-key perturbation: the same persons always get the same small change, in every table.

Each record has a key, a pseudorandom function of its linkage token, so that a person without duplicates has one key at
every organization. A cell's key is the sum of its records' keys; a table of chances turns the key and the count into a
change. Our own table has for each count the flattest chances that are unbiased, have variance V, move by no more than
D, and never show a count of 1 to `js`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.optimize import minimize

from sansnom.release.linear_table import Floats, Integers
from sansnom.terms.errors import BrokenInvariant, InputError

KEYS: Final = 2**32
ONS_KEYS: Final = 256
ONS_BLANK_BELOW: Final = 10


@dataclass(frozen=True, slots=True)
class Design:
    """What the chances must be like."""

    largest: int = 5
    """D: no count moves further."""
    variance: float = 3.0
    hidden_to: int = 2
    """js: counts of 1 to this are never shown."""
    stay: float = 0.5
    """Chance to stay as it is, where the count may be shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """The changes that one count may get, and their chances."""

    changes: tuple[int, ...]
    chances: tuple[float, ...]


@lru_cache(maxsize=8)
def chances(design: Design = Design()) -> tuple[Row, ...]:
    """Solve the table of chances: a row for each count up to D + js + 1, where larger counts do as the last.

    Source: Fraser and Wooton 2005; Giessing 2016, the largest-entropy design.
    """
    return tuple(_row(count, design) for count in range(design.largest + design.hidden_to + 2))


def _row(count: int, design: Design) -> Row:
    if count == 0:
        return Row((0,), (1.0,))
    shown = [
        j for j in range(max(count - design.largest, 0), count + design.largest + 1) if not 0 < j <= design.hidden_to
    ]
    changes = [j - count for j in shown]
    fixed = {0: design.stay} if 0 in changes else {}
    free = np.array([v for v in changes if v not in fixed], dtype=np.float64)
    rest = 1.0 - sum(fixed.values())
    chance = dict(zip(free, rest * _flattest(free, design.variance / rest), strict=True)) | fixed
    return Row(tuple(changes), tuple(float(chance[v]) for v in changes))


def _flattest(changes: Floats, variance: float) -> Floats:
    """Give the chances of largest entropy with mean 0 and this variance: exp(a v + b v^2), by its convex dual."""
    features = np.stack([changes, changes**2 - variance])

    def dual(weights: Floats) -> tuple[float, Floats]:
        exponents = weights @ features
        top = exponents.max()
        shares = np.exp(exponents - top)
        total = shares.sum()
        return float(top + np.log(total)), features @ (shares / total)

    found = minimize(dual, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-12})
    exponents = found.x @ features
    shares = np.exp(exponents - exponents.max())
    shares /= shares.sum()
    if np.abs(features @ shares).max() > 1e-6:
        raise BrokenInvariant("cell_key.design")
    return np.asarray(shares)


def record_keys(secret: bytes, tokens: Sequence[bytes], keys: int = KEYS) -> Integers:
    """Give each record its key: a pseudorandom function of its linkage token."""
    if len(secret) < 16:
        raise InputError("rounding.secret_short", where="secret", expected=16)
    drawn = [
        int.from_bytes(hashlib.blake2b(token, digest_size=8, key=secret[:64], person=b"record key").digest()) % keys
        for token in tokens
    ]
    return np.array(drawn, dtype=np.int64)


def perturb(counts: Integers, cell_keys: Integers, design: Design = Design()) -> Integers:
    """Change each count by its cell's key.

    Shapes:  counts, cell_keys (0 to 2**32 - 1) and the result are (cells,).
    Loss:    not differentially private; what a person who joins or leaves changes is the cell's key, hence its change.
    Against: averaging over tables and repeats. Not against differences of cells that share all records but a few.
    Source:  the cell-key method of the Australian Bureau of Statistics.
    """
    rows = chances(design)
    last = len(rows) - 1
    result = counts.copy()
    for count, row in enumerate(rows):
        here = np.flatnonzero(counts == count) if count < last else np.flatnonzero(counts >= last)
        edges = np.floor(np.cumsum(row.chances) * KEYS)
        picked = np.searchsorted(edges[:-1], cell_keys[here], side="right")
        result[here] += np.array(row.changes, dtype=np.int64)[picked]
    return result


def read_ptable(lines: Iterable[Sequence[str]]) -> Integers:
    """Read a perturbation table in the form of the ONS (headings pcv, ckey, pvalue); the result is [pcv, ckey]."""
    heading, *rest = [[cell.strip() for cell in line] for line in lines]
    try:
        places = [heading.index(name) for name in ("pcv", "ckey", "pvalue")]
        flat = np.array([[int(line[place]) for place in places] for line in rest], dtype=np.int64)
        table = np.zeros((int(flat[:, 0].max()) + 1, int(flat[:, 1].max()) + 1), dtype=np.int64)
        table[flat[:, 0], flat[:, 1]] = flat[:, 2]
    except (ValueError, IndexError):
        raise InputError("cell_key.ptable", where="pcv, ckey, pvalue") from None
    return table


def perturb_by_table(
    counts: Integers, cell_keys: Integers, ptable: Integers, blank_below: int = ONS_BLANK_BELOW
) -> Floats:
    """Change counts by the ONS's rule for rows: 751 and more do as 501 to 750; a result below the threshold is blank (nan)."""
    rows = np.where(counts <= 750, counts, (counts - 1) % 250 + 501)
    changed = (counts + ptable[rows, cell_keys % ptable.shape[1]]).astype(np.float64)
    return np.where(changed < blank_below, np.nan, changed)
