"""Work that waits on a line: done beside the pages, one errand of a kind at a time, in this program's memory.

An errand that dies with the program leaves nothing half done: what matters is in the database after each step.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from sansnom.desk.questions.looking import Report
from sansnom.terms.errors import SansnomError

Work = Callable[[Report], object]


@dataclass(slots=True)
class Errand:
    """How far an errand is: steps done, of how many; the code of what stopped it."""

    done: int = 0
    total: int = 0
    finished: bool = False
    error: SansnomError | None = None
    brought: object = None


ERRANDS: Final[dict[str, Errand]] = {}
_GUARD: Final = threading.Lock()


def start(kind: str, work: Work) -> Errand:
    """Begin an errand, unless one of this kind is under way."""
    with _GUARD:
        under_way = ERRANDS.get(kind)
        if under_way is not None and not under_way.finished:
            return under_way
        errand = ERRANDS[kind] = Errand()
    threading.Thread(target=_run, args=(errand, work), name=f"errand-{kind}", daemon=True).start()
    return errand


def state_of(kind: str) -> Errand | None:
    """Tell how far an errand of this kind is; None when there was none."""
    return ERRANDS.get(kind)


def take_result(kind: str) -> Errand | None:
    """Give a finished errand once, so that what it brought is said once."""
    with _GUARD:
        errand = ERRANDS.get(kind)
        if errand is not None and errand.finished:
            return ERRANDS.pop(kind)
    return None


def _run(errand: Errand, work: Work) -> None:
    def report(done: int, total: int) -> None:
        errand.done, errand.total = done, total

    try:
        errand.brought = work(report)
    except SansnomError as error:
        errand.error = error
    except Exception:  # noqa: BLE001 - nothing of it is told or written: it could carry a value
        errand.error = SansnomError("questions.broken")
    finally:
        connection.close()
        errand.finished = True
