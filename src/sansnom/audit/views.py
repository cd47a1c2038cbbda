"""G-02: does what one helper receives depend on anything but its own? The attacker keeps its own shares and seeds, and looks.

Two worlds are taken that give the attacked helper the very same shares: they differ in the component it never sees. Its two
seeds stay the same as well; only the seed that the two others have in common is drawn anew each time. If its view can be
simulated from public sizes, the release and its own randomness, then every bit that it receives is a fair coin, in each of
the two worlds. A product without its mask is not: given what this helper knows it is (a + x)(b + y) + xy with a and b fair
coins, so it comes up three times in four, or once, as xy is one or nought; and it stays what it is where a and b are inputs.

Looked at: each message; and each two messages of one size in a row that came from the next helper (products travel that way,
openings the other way), added up bit by bit and subtracted as numbers: a mask used twice falls out of these.

Where the space of masks is small, `exact_views` compares whole distributions instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from sansnom.compute.correlated import Party
from sansnom.compute.simulate import Trace, run_three
from sansnom.compute.steps import Steps
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.party import PARTIES, PartyNumber, following

Three = tuple[Party, Party, Party]
Place = tuple[int, int, int]
"""Round, sender, bytes of a message."""
Bytes = NDArray[np.uint8]
Computation = Callable[[Three, int, PartyNumber], "tuple[Steps[Any], Steps[Any], Steps[Any]]"]
"""Starts a protocol on world 0 or 1, whose shares are equal for this helper."""

SURE: Final = 1e-6
"""What honest helpers show once in a million whole plans is told."""
PAIRS_EACH: Final = 4
"""Each message is set against so many earlier ones of its size."""
WORD_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Leaning:
    """Something received that is no fair coin: where, and how likely chance does as much."""

    round: int
    sender: int
    what: str
    chance: float


def leanings(computation: Computation, attacked: PartyNumber, runs: int) -> list[Leaning]:
    """Run each of two worlds so often, with other masks each time; list what leans in what this helper received."""
    worlds = [[_view(computation, attacked, world, number) for number in range(runs)] for world in (0, 1)]
    places = worlds[0][0][0]
    if any(seen[0] != places for world in worlds for seen in world):
        # Sizes tell something by themselves, or depend on what was opened: then messages cannot be set side by side.
        raise BrokenInvariant("audit.views_of_other_sizes")
    looked = _looks(places, following(attacked), [[seen[1] for seen in world] for world in worlds])
    chances = [(place, what, _chance(seen)) for place, what, seen in looked]
    return [
        Leaning(places[place][0], places[place][1], what, chance)
        for place, what, chance in chances
        if chance * len(chances) < SURE
    ]


def seats(attacked: PartyNumber, number: int) -> Three:
    """Seat three helpers: the attacked one's two seeds always the same, the third seed another for each number."""
    seeds = [sha256(b"view" + bytes([j])).digest() for j in PARTIES]
    seeds[following(following(attacked))] = sha256(b"unknown" + number.to_bytes(4, "big")).digest()
    zero, one, two = (Party.seated(p, seeds[p], seeds[following(p)]) for p in PARTIES)
    return zero, one, two


def _view(computation: Computation, attacked: PartyNumber, world: int, number: int) -> tuple[list[Place], list[Bytes]]:
    trace = Trace()
    run_three(computation(seats(attacked, 2 * number + world), world, attacked), trace=trace, keep_views=True)
    places = [(turn, sender, size) for turn, sender, receiver, size in trace.sizes if receiver == attacked and size]
    view = [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in trace.views[attacked] if array.nbytes]
    return places, view


def _looks(
    places: list[Place], next_one: PartyNumber, worlds: "list[list[list[Bytes]]]"
) -> Iterator[tuple[int, str, list[Bytes]]]:
    """Yield what is looked at: a place, what it is, and its bytes as (runs, bytes) for each world."""
    stacked = [[np.stack([seen[place] for seen in world]) for place in range(len(places))] for world in worlds]
    of_size: dict[int, list[int]] = {}
    for place, (_, sender, size) in enumerate(places):
        mine = [world[place] for world in stacked]
        yield place, "message", mine
        if size > 1:
            yield place, "neighbouring bytes", [each[:, 1:] ^ each[:, :-1] for each in mine]
        if sender != next_one:
            continue
        for earlier in of_size.get(size, [])[-PAIRS_EACH:]:
            others = [world[earlier] for world in stacked]
            yield place, f"sum with round {places[earlier][0]}", [a ^ b for a, b in zip(mine, others, strict=True)]
            if size % WORD_BYTES == 0:
                less = [a.view(np.uint64) - b.view(np.uint64) for a, b in zip(mine, others, strict=True)]
                yield place, f"difference to round {places[earlier][0]}", [each.view(np.uint8) for each in less]
        of_size.setdefault(size, []).append(place)


def _chance(worlds: list[Bytes]) -> float:
    """Say how likely fair coins lean as much: each bit of each world counts how often it came up."""
    leaning, coins = 0.0, 0
    for seen in worlds:
        runs = len(seen)
        came_up = np.unpackbits(seen, axis=1).sum(axis=0, dtype=np.int64)
        leaning += float(((2 * came_up - runs) ** 2).sum()) / runs
        coins += came_up.size
    return float(chdtrc(coins, leaning))
