"""Try every point of a kind, one process or one world for each, and tell all that went wrong at the end."""

import time
import traceback
from collections.abc import Callable
from typing import Final

MISSES: Final = 3
"""So many runs one after the other must end before their point: which of two helpers makes a folder moves the end by two."""
WRONG_MOST: Final = 6
TELL_EACH: Final = 25


def every(die: Callable[[int], bool], what: str, first: int = 1, step: int = 1) -> int:
    """Let `die` try one point after another until no run reaches its own; give how many were reached.

    A point at which something goes wrong does not end the search: all of them fail together, each with its number.
    """
    reached = missed = 0
    wrong: list[str] = []
    began, at = time.monotonic(), first
    while missed < MISSES and len(wrong) < WRONG_MOST:
        try:
            came = die(at)
        except Exception:  # noqa: BLE001 - whatever it is, it is told below with the number of its point
            wrong.append(f"{what} {at}: {traceback.format_exc()}")
            print(wrong[-1], flush=True)
            came = True
        missed = 0 if came else missed + 1
        reached += came
        if reached % TELL_EACH == 0:
            print(f"{what}: {reached} points, to {at}, {time.monotonic() - began:.0f} s", flush=True)
        at += step
    assert not wrong, f"{len(wrong)} points went wrong\n" + "\n".join(wrong)
    print(f"{what}: {reached} points, each tried", flush=True)
    return reached
