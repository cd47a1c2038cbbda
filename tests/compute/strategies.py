"""What the tests of compute share: columns of awkward sizes, three seated parties, and one protocol run by all three."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.share import Bits, Ring, Words
from sansnom.compute.simulate import Interceptor, Trace, run_three, seat_three, split_bits, split_words
from sansnom.compute.steps import Steps

T = TypeVar("T")
Array = NDArray[Any]
Three = tuple[T, T, T]

ROWS = (0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 127, 128, 129, 200)
"""Sizes around the lanes of 64 bits and the places where the sort changes its ways."""
WIDTHS = ("uint8", "uint16", "uint32", "uint64")


@dataclass(frozen=True)
class Ran:
    """The three helpers' results and what the run looked like."""

    results: tuple[Any, Any, Any]
    trace: Trace


def run(
    protocol: Callable[[Party, int], Steps[T]],
    *,
    seed: bytes = b"test",
    intercept: Interceptor | None = None,
    keep_views: bool = False,
) -> Ran:
    """Run `protocol(party, number)` for the three helpers."""
    trace = Trace()
    zero, one, two = seat_three(seed)
    results = run_three(
        (protocol(zero, 0), protocol(one, 1), protocol(two, 2)),
        trace=trace,
        intercept=intercept,
        keep_views=keep_views,
    )
    return Ran(results, trace)


def rows() -> st.SearchStrategy[int]:
    """Draw a number of rows."""
    return st.sampled_from(ROWS)


@st.composite
def columns(draw: st.DrawFn, n_rows: int, dtype: str = "uint64") -> Array:
    """Draw a column: random, of few values, all alike, or at the ends of the range."""
    seed = draw(st.integers(0, 2**32 - 1))
    kind = draw(st.sampled_from(("random", "few", "alike", "ends")))
    top = np.iinfo(dtype).max
    rng = np.random.default_rng(seed)
    if kind == "random":
        return rng.integers(0, top, n_rows, dtype=dtype, endpoint=True)
    if kind == "few":
        return rng.integers(0, 3, n_rows).astype(dtype)
    if kind == "alike":
        return np.full(n_rows, rng.integers(0, top, dtype=dtype, endpoint=True), dtype=dtype)
    return rng.choice(np.array([0, 1, top - 1, top, top // 2, top // 2 + 1], dtype=dtype), n_rows)


def bits(n_columns: int, n_rows: int, seed: int) -> Array:
    """Draw 0/1 columns (n_columns, n_rows) from a seed."""
    return np.random.default_rng(seed).integers(0, 2, (n_columns, n_rows), dtype=np.uint8)


def shared(values: Array, seed: bytes = b"split") -> Three[Words]:
    """Split words among three."""
    return split_words(values, seed)


def shared_bits(values: Array, seed: bytes = b"split bits") -> Three[Bits]:
    """Split 0/1 columns among three."""
    return split_bits(values, seed)


def shared_ring(values: Array, seed: bytes = b"split ring") -> Three[Ring]:
    """Split elements of Z/2^64 among three."""
    first, second = (w.pair[..., 0] for w in split_words(np.zeros_like(values), seed)[:2])
    components = (first, second, values - first - second)
    zero, one, two = (Ring(np.stack([components[p], components[(p + 1) % 3]], axis=-1)) for p in range(3))
    return zero, one, two
