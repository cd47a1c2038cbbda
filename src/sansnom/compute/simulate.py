"""Three helpers in one thread: seeded, counted, interceptable. The same protocols run over the network (`helper/`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Party, Stream
from sansnom.compute.share import Bits, Ring, Words, lanes_for
from sansnom.compute.steps import Exchange, Expected, Received, Steps
from sansnom.terms.errors import PeerError
from sansnom.terms.party import PARTIES, PartyNumber, following, preceding

T = TypeVar("T")
Array: TypeAlias = "NDArray[Any]"


@dataclass(frozen=True, slots=True)
class Message:
    """One array on its way, as an interceptor sees it."""

    round: int
    sender: PartyNumber
    receiver: PartyNumber
    place: int
    array: Array


Interceptor: TypeAlias = Callable[[Message], "Array | None"]
"""Gives the array to deliver instead (None: the message is lost)."""


@dataclass(slots=True)
class Trace:
    """What is public about a run: rounds and message sizes, in order; plus, for tests, each helper's view."""

    rounds: int = 0
    sent_bytes: list[int] = field(default_factory=lambda: [0, 0, 0])
    sizes: list[tuple[int, int, int, int]] = field(default_factory=list)
    views: tuple[list[Array], list[Array], list[Array]] = field(default_factory=lambda: ([], [], []))


def seat_three(seed: bytes) -> tuple[Party, Party, Party]:
    """Seat three parties whose pairwise seeds are derived from one test seed."""
    seeds = [sha256(seed + bytes([j])).digest() for j in range(3)]
    zero, one, two = (Party.seated(p, seeds[p], seeds[following(p)]) for p in PARTIES)
    return zero, one, two


def run_three(
    protocols: "tuple[Steps[T], Steps[T], Steps[T]]",
    *,
    trace: Trace | None = None,
    intercept: Interceptor | None = None,
    keep_views: bool = False,
) -> tuple[T, T, T]:
    """Run one protocol for the three helpers until all have their result.

    Raises PeerError (`round.size`, `round.lost`, `round.uneven`) where a message is missing or of another size than expected.
    """
    trace = trace if trace is not None else Trace()
    results: dict[PartyNumber, T] = {}
    asked: dict[PartyNumber, Exchange] = {}
    for party in PARTIES:
        try:
            asked[party] = next(protocols[party])
        except StopIteration as end:
            results[party] = end.value
    while asked:
        if len(asked) != len(PARTIES):
            missing = next(party for party in PARTIES if party not in asked)
            raise PeerError("round.uneven", missing, round=trace.rounds)
        answers: dict[PartyNumber, Received] = {}
        for party in PARTIES:
            before, after = preceding(party), following(party)
            from_previous = _deliver(before, party, asked[before].to_next, asked[party].from_previous, trace, intercept)
            from_next = _deliver(after, party, asked[after].to_previous, asked[party].from_next, trace, intercept)
            if keep_views:
                trace.views[party].extend([*(a.copy() for a in from_previous), *(a.copy() for a in from_next)])
            answers[party] = Received(from_previous, from_next)
        trace.rounds += 1
        asked = {}
        for party in PARTIES:
            try:
                asked[party] = protocols[party].send(answers[party])
            except StopIteration as end:
                results[party] = end.value
    return results[PARTIES[0]], results[PARTIES[1]], results[PARTIES[2]]


def _deliver(
    sender: PartyNumber,
    receiver: PartyNumber,
    sent: tuple[Array, ...],
    expected: tuple[Expected, ...],
    trace: Trace,
    intercept: Interceptor | None,
) -> tuple[Array, ...]:
    if len(sent) != len(expected):
        raise PeerError("round.size", sender, round=trace.rounds, found=len(sent), expected=len(expected))
    arrived: list[Array] = []
    for place, (array, wanted) in enumerate(zip(sent, expected, strict=True)):
        trace.sizes.append((trace.rounds, int(sender), int(receiver), array.nbytes))
        trace.sent_bytes[sender] += array.nbytes
        own = array.copy()  # the array belongs to the receiver
        copy = own if intercept is None else intercept(Message(trace.rounds, sender, receiver, place, own))
        if copy is None:
            raise PeerError("round.lost", sender, round=trace.rounds)
        if copy.nbytes != wanted.size_bytes:
            raise PeerError("round.size", sender, round=trace.rounds, found=copy.nbytes, expected=wanted.size_bytes)
        arrived.append(copy.view(wanted.dtype).reshape(wanted.shape))
    return tuple(arrived)


def split_words(values: Array, stream_seed: bytes) -> tuple[Words, Words, Words]:
    """Split plain words among three helpers (tests and examples; desks split in `exchange`)."""
    first, second = (_expand(values.shape, values.dtype, stream_seed + bytes([c])) for c in range(2))
    components = (first, second, values ^ first ^ second)
    zero, one, two = (Words(np.stack([components[p], components[following(p)]], axis=-1)) for p in PARTIES)
    return zero, one, two


def split_bits(values: Array, stream_seed: bytes) -> tuple[Bits, Bits, Bits]:
    """Split 0/1 columns of shape (..., rows) among three helpers."""
    rows = values.shape[-1]
    packed = pack(values)
    zero, one, two = (Bits(w.pair, rows) for w in split_words(packed, stream_seed))
    return zero, one, two


def join_words(shares: tuple[Words, Words, Words]) -> Array:
    """Join three helpers' shares of words back into plain words (tests and evaluation only)."""
    return shares[0].pair[..., 0] ^ shares[1].pair[..., 0] ^ shares[2].pair[..., 0]


def join_bits(shares: tuple[Bits, Bits, Bits]) -> NDArray[np.uint8]:
    """Join three helpers' shares of bit columns into 0/1 arrays of shape (..., rows)."""
    plain = shares[0].pair[..., 0] ^ shares[1].pair[..., 0] ^ shares[2].pair[..., 0]
    as_bytes = np.ascontiguousarray(plain).view(np.uint8)
    return np.unpackbits(as_bytes, axis=-1, bitorder="little")[..., : shares[0].rows]


def join_ring(shares: tuple[Ring, Ring, Ring]) -> NDArray[np.uint64]:
    """Join three helpers' additive shares."""
    joined: NDArray[np.uint64] = shares[0].pair[..., 0] + shares[1].pair[..., 0] + shares[2].pair[..., 0]
    return joined


def pack(values: Array) -> NDArray[np.uint64]:
    """Pack 0/1 values of shape (..., rows) into uint64 lanes of shape (..., lanes)."""
    rows = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], lanes_for(rows) * 64), dtype=np.uint8)
    padded[..., :rows] = values
    return np.packbits(padded, axis=-1, bitorder="little").view(np.uint64)


def _expand(shape: tuple[int, ...], dtype: Any, seed: bytes) -> Array:  # noqa: ANN401 - a numpy dtype

    return Stream(sha256(seed).digest(), "common").words(shape, dtype)
