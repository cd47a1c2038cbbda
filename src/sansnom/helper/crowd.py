"""Who may stay when a door is full: the newcomer may, and a stranger of the busiest address goes.

A bound that turns newcomers away is a gift to whoever comes first and says nothing: so many silent connections, and nobody
else is served. Here a flood displaces itself. An address with few connections loses one only when no other has more, and
who has shown whose desk it is loses none.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Place:
    address: str
    trusted: bool = False


class Crowd(Generic[T]):
    """Guests in the order in which they came, at most so many. Not for several threads at once: the caller holds a lock."""

    def __init__(self, most: int) -> None:
        """Take how many there is room for."""
        self._most = most
        self._places: OrderedDict[T, _Place] = OrderedDict()

    def __len__(self) -> int:
        """Count the guests."""
        return len(self._places)

    def __contains__(self, guest: T) -> bool:
        """Say whether a guest is here."""
        return guest in self._places

    def enter(self, guest: T, address: str) -> T | None:
        """Let a guest in, and give whoever must leave for it: somebody else, the guest itself, or nobody."""
        self._places[guest] = _Place(address)
        if len(self._places) <= self._most:
            return None
        gone = self._displaced()
        del self._places[gone]
        return gone

    def trust(self, guest: T) -> None:
        """Remember that a guest has shown who it is: it is not displaced any more."""
        if guest in self._places:
            self._places[guest].trusted = True

    def distrust(self, guest: T) -> None:
        """Take a guest for a stranger again: what it had shown was for one request."""
        if guest in self._places:
            self._places[guest].trusted = False

    def leave(self, guest: T) -> None:
        """Forget a guest; one that was displaced is forgotten already."""
        self._places.pop(guest, None)

    def _displaced(self) -> T:
        """Choose the oldest stranger of the address that has most of them; the newcomer is a stranger too."""
        counts: dict[str, int] = {}
        oldest: dict[str, T] = {}
        for guest, place in self._places.items():
            if not place.trusted:
                counts[place.address] = counts.get(place.address, 0) + 1
                oldest.setdefault(place.address, guest)
        return oldest[max(counts, key=lambda address: counts[address])]
