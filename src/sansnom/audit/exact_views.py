"""G-02, exactly: every mask there could be is tried, and the views of two worlds are compared as whole distributions.

Of each word that a stream gives only the lowest digit is used: one bit where shares add up by XOR, two where they add up in
Z/2^64. What a protocol sends keeps to that digit (XOR and AND bit by bit; sums and products modulo 4), so to look at the lowest
digit of what is received while all values of that digit are tried for every mask is to look at everything. A permutation is
drawn from the highest bit of a word, which follows the lowest.

The attacked helper's own masks are tried in a few settings, which it knows; all those it does not know are tried in turn.
"""

from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.correlated import Party, Stream
from sansnom.compute.simulate import Trace, run_three
from sansnom.compute.steps import Steps
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.party import PARTIES, PartyNumber, following

Protocol = Callable[[Party, int], "Steps[Any]"]
"""Starts one helper's part in world 0 or 1; the attacked helper's own input is the same in both."""
View = tuple[tuple[int, ...], ...]

TRIED_MAX: Final = 1 << 15
PURPOSES: Final = ("mask", "common", "permutation")


class Script(Stream):
    """A stream whose words come from a list of digits, each as often as the two holders draw it."""

    def __init__(self, digits: "list[int]", base: int) -> None:
        self.digits, self.base, self.drawn = digits, base, 0

    def words(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:  # noqa: ANN401 - a numpy dtype or its name
        """Give the next digits: as lowest and, for permutations, as highest bits of words."""
        count = int(np.prod(shape, dtype=np.int64))
        some = [self._digit(self.drawn + place) for place in range(count)]
        self.drawn += count
        drawn = np.array(some, dtype=dtype).reshape(shape)
        return drawn | (drawn << (drawn.dtype.itemsize * 8 - 1)).astype(dtype) if self.base == 2 else drawn

    def xor_into(self, buffer: NDArray[Any]) -> None:
        """XOR the next digits into the words of a buffer."""
        buffer ^= self.words(buffer.shape, buffer.dtype)

    def _digit(self, place: int) -> int:
        return self.digits[place] if place < len(self.digits) else 0


def views(protocol: Protocol, world: int, attacked: PartyNumber, base: int, own: int = 0) -> Counter[View]:
    """Count how often each view comes up over all masks that the attacked helper does not know; `own` sets those it knows.

    Raises BrokenInvariant (`audit.too_many_masks`) where the masks are too many to try.
    """
    sizes = _run(protocol, world, attacked, base, own, None)[1]
    if base ** sum(sizes) > TRIED_MAX:
        raise BrokenInvariant("audit.too_many_masks", masks=sum(sizes))
    seen: Counter[View] = Counter()
    for digits in product(range(base), repeat=sum(sizes)):
        ends = np.cumsum(sizes)
        parts = [list(digits[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
        seen[_run(protocol, world, attacked, base, own, parts)[0]] += 1
    return seen


def told_apart(protocol: Protocol, attacked: PartyNumber, base: int = 2, owns: int = 3) -> bool:
    """Say whether any view is likelier in one world than in the other, for some of the attacked helper's own masks."""
    return any(
        views(protocol, 0, attacked, base, own) != views(protocol, 1, attacked, base, own) for own in range(owns)
    )


def _run(
    protocol: Protocol, world: int, attacked: PartyNumber, base: int, own: int, digits: "list[list[int]] | None"
) -> tuple[View, list[int]]:
    """Run once; give what the attacked helper received, digit by digit, and how many unknown digits were drawn."""
    unknown = following(following(attacked))
    scripts: dict[tuple[int, int, str], Script] = {}
    for seed, purpose in product(PARTIES, PURPOSES):
        told = digits[PURPOSES.index(purpose)] if seed == unknown and digits is not None else []
        if seed != unknown:
            told = [(own * (place + 3 + seed)) // 2 % base for place in range(64)]
        for holder in (seed, (seed - 1) % len(PARTIES)):
            scripts[holder, seed, purpose] = Script(told, base)
    seated = [_seated(p, scripts) for p in PARTIES]
    trace = Trace()
    zero, one, two = (protocol(me, world) for me in seated)
    run_three((zero, one, two), trace=trace, keep_views=True)
    view = tuple(tuple(int(each) % base for each in array.reshape(-1).tolist()) for array in trace.views[attacked])
    return view, [scripts[unknown, unknown, purpose].drawn for purpose in PURPOSES]


def _seated(party: PartyNumber, scripts: "dict[tuple[int, int, str], Script]") -> Party:
    before, after = int(party), int(following(party))
    pairs = [(scripts[party, before, purpose], scripts[party, after, purpose]) for purpose in PURPOSES]
    return Party(party, *pairs[0], *pairs[1], *pairs[2])
