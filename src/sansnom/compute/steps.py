"""Protocols as generators: each `yield` is one round.

A protocol yields an `Exchange`: the arrays for its two neighbours, and what it expects from them. The driver (simulator or
network) delivers and sends back a `Received`. The same generator runs under both. One yield is one round for every helper, also
for one that neither sends nor receives in it: the number of rounds is the same for all three and depends on public sizes only.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = "NDArray[Any]"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Expected:
    """Shape and dtype of an array that a neighbour will send; a driver refuses anything of another size."""

    shape: tuple[int, ...]
    dtype: "np.dtype[Any]"

    @property
    def size_bytes(self) -> int:
        """Bytes on the wire, without framing."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one helper sends and expects in one round. Arrays are C-contiguous and not changed until the round is over."""

    to_previous: tuple[Array, ...] = ()
    to_next: tuple[Array, ...] = ()
    from_previous: tuple[Expected, ...] = ()
    from_next: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """What the two neighbours sent in this round, in the order of the expectations; the arrays belong to the receiver."""

    from_previous: tuple[Array, ...] = ()
    from_next: tuple[Array, ...] = ()


Steps: TypeAlias = Generator[Exchange, Received, T]


def expect_like(array: Array) -> Expected:
    """Expect an array of the same shape and dtype as this one."""
    return Expected(array.shape, array.dtype)


def pass_to_previous(array: Array) -> Steps[Array]:
    """Send an array to the previous helper and receive one of the same shape from the next: one round.

    This is the only communication pattern of a multiplication.
    """
    received = yield Exchange(to_previous=(array,), from_next=(expect_like(array),))
    return received.from_next[0]


def together(protocols: Sequence[Steps[T]]) -> Steps[list[T]]:
    """Run independent protocols side by side: round r of all of them is one round.

    Costs:   as many rounds as the longest; the bytes add up.
    The protocols are advanced in the order given, by every helper alike, so that common streams are drawn in the same order.
    """
    results: dict[int, T] = {}
    waiting: dict[int, Exchange] = {}
    for place, protocol in enumerate(protocols):
        try:
            waiting[place] = next(protocol)
        except StopIteration as end:
            results[place] = end.value
    while waiting:
        asked = list(waiting.items())
        received = yield Exchange(
            to_previous=tuple(a for _, e in asked for a in e.to_previous),
            to_next=tuple(a for _, e in asked for a in e.to_next),
            from_previous=tuple(a for _, e in asked for a in e.from_previous),
            from_next=tuple(a for _, e in asked for a in e.from_next),
        )
        before, after = 0, 0
        waiting = {}
        for place, exchange in asked:
            part = Received(
                received.from_previous[before : before + len(exchange.from_previous)],
                received.from_next[after : after + len(exchange.from_next)],
            )
            before += len(exchange.from_previous)
            after += len(exchange.from_next)
            try:
                waiting[place] = protocols[place].send(part)
            except StopIteration as end:
                results[place] = end.value
    return [results[place] for place in range(len(protocols))]
