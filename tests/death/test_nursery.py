"""The harness itself: what it says of a process is said of that process."""

from pathlib import Path
from typing import Any

from tests.death.ring import KILLED, Nursery


class Reusing(Nursery):
    """A nursery without processes, on a system that gives the same number every time."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.notes = Path()
        self.lives = True
        self._ended = {}

    def _ask(self, **order: Any) -> dict[str, Any]:
        return {"pid": 7, "status": None if self.lives else KILLED}


def test_a_process_with_the_number_of_a_dead_one_lives() -> None:
    """Else a helper that lives would be started again and again, and the first never ended: it would keep its ports for good."""
    nursery = Reusing()
    pid = nursery.make("serve")
    nursery.lives = False
    assert nursery.ended(pid) == KILLED
    nursery.lives = True
    assert nursery.ended(nursery.make("serve")) is None
