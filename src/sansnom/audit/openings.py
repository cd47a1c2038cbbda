"""G-03, G-06: watch three helpers compute a plan, list everything that leaves shares, and look for exact counts in it.

The watcher stands outside of `compute/`: it looks on as functions return, so that an opening nobody declared is seen too when
it goes through the one door, and one that goes around it is looked for in what each helper holds: in every message it
received, and in every sum or difference of such a message with what it sent.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

DOOR: Final = "sansnom.compute.reveal"
OPENERS: Final = ("reveal_to_all_helpers", "open_products")
CLOSED_LIST: Final = ("SHUFFLED_COMPARISON", "SHUFFLED_DESTINATION", "NOISY_CELL")
RUN_MIN: Final = 3
"""So many exact cells in a row, not all nought, are no accident among random words."""


@dataclass(slots=True)
class Watched:
    """What left shares: how often for each purpose, and the noisy cells as they opened."""

    purposes: Counter[str] = field(default_factory=Counter)
    cells: list[Integers] = field(default_factory=list)

    @property
    def off_list(self) -> tuple[str, ...]:
        """Name purposes that are not on the closed list."""
        return tuple(sorted(set(self.purposes) - set(CLOSED_LIST)))


def watch(run: Callable[[], object]) -> Watched:
    """Run something, and note each array that comes out of the one door, with its purpose."""
    seen = Watched()

    def look(frame: FrameType, event: str, told: Any) -> None:  # noqa: ANN401 - whatever a function returns
        if event != "return" or not isinstance(told, np.ndarray):
            return
        if frame.f_code.co_name in OPENERS and frame.f_globals.get("__name__") == DOOR:
            purpose = getattr(frame.f_locals.get("purpose"), "name", "UNDECLARED")
            seen.purposes[purpose] += 1
            if purpose == "NOISY_CELL":
                seen.cells.append(np.asarray(told).astype(np.uint64).view(np.int64).copy())

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(before)
    return seen


def exact_in(arrays: Sequence[NDArray[Any]], exact: Sequence[int]) -> int:
    """Count the arrays in which exact counts stand in a row, as words of 64 bits; one array's sum with another's too.

    exact  the true cells of one table, in order: at least three, not all nought
    """
    wanted = np.array(exact, dtype=np.int64).view(np.uint64)
    if len(wanted) < RUN_MIN or not wanted.any():
        return 0
    words = [_words(array) for array in arrays]
    same = [word for word in words if len(word) >= len(wanted)]
    found = sum(_holds(word, wanted) for word in same)
    for place, word in enumerate(same):
        for other in same[place + 1 : place + 4]:
            if len(other) == len(word):
                found += _holds(word + other, wanted) or _holds(word - other, wanted) or _holds(word ^ other, wanted)
    return found


def noise_in(cells: Sequence[Integers], exact: Integers) -> int:
    """Count opened cells that are exact: with noise of a variance of ten, one in eight is; without noise, all are."""
    return sum(int((each == exact).sum()) for each in cells)


def _words(array: NDArray[Any]) -> NDArray[np.uint64]:
    flat = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
    return flat[: len(flat) // 8 * 8].view(np.uint64)


def _holds(words: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> bool:
    starts = np.flatnonzero(words[: len(words) - len(wanted) + 1] == wanted[0])
    return any((words[start : start + len(wanted)] == wanted).all() for start in starts)
