"""G-04: can whoever watches the protocol tell an organization that abstains from one that takes part?

The attacker keeps what each observer saw of many lives of a desk in a question, sorted by what was decided: connections,
requests with every header, answers, receipts, what helpers wrote, what the board shows, tries after a line that broke, what came
after the cut-off, and when. It looks for anything that one kind of life shows and the other never does, and for times of two laws.

What it does not look at: figures (they may show abstention, and the desk says so), the desk's own disk and memory, and what is
sealed (G-01 is about that). Who holds a helper's verdict reply and the desk's private keys reads the decision: a known limit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scipy.stats import ks_2samp

LIVES_LEAST: Final = 6
"""Fewer lives show fewer of the shapes that are there anyway, and no law of times."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that somebody saw: who, what, how large its parts were, and when (seconds since the decision)."""

    observer: str
    what: str
    sizes: tuple[int, ...]
    at: float


Life = Sequence[Seen]


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How the two kinds of lives differ; nothing in either means that this attacker cannot tell them apart.

    shapes  what one kind shows that the other never does, by its place in the life
    times   places whose times come from two laws, with the chance that they come from one
    """

    shapes: tuple[str, ...]
    times: tuple[tuple[str, float], ...]

    def holds(self, chance_least: float) -> bool:
        """Say whether the attacker is left without anything at this level of chance, shared among all places."""
        return not self.shapes and all(chance * max(len(self.times), 1) > chance_least for _, chance in self.times)


def tell_apart(approving: Sequence[Life], abstaining: Sequence[Life]) -> ToldApart:
    """Compare lives of two kinds: as many of the one as of the other, at least six of each."""
    assert len(approving) == len(abstaining) >= LIVES_LEAST, "two kinds of lives, seen equally often"
    shapes = _only_in(approving, abstaining, "approving") + _only_in(abstaining, approving, "abstaining")
    if shapes:
        return ToldApart(tuple(shapes), ())
    times = []
    for place in range(min(len(life) for life in (*approving, *abstaining))):
        one, other = ([life[place].at for life in lives] for lives in (approving, abstaining))
        if len({*one, *other}) > 1:
            times.append((f"{place}: {approving[0][place].what}", float(ks_2samp(one, other).pvalue)))
    return ToldApart((), tuple(times))


def _only_in(these: Sequence[Life], those: Sequence[Life], name: str) -> list[str]:
    """Name what these lives show and those never do: how much happens, and each thing at its place with its sizes."""
    found = [
        f"{name}: {count} things" for count in sorted({len(life) for life in these} - {len(life) for life in those})
    ]
    known = Counter(_placed(life, place) for life in those for place in range(len(life)))
    for life in these:
        for place in range(len(life)):
            if _placed(life, place) not in known:
                one = life[place]
                found.append(f"{name}: {place} {one.observer} {one.what} {one.sizes}")
    return sorted(set(found))


def _placed(life: Life, place: int) -> tuple[int, str, str, tuple[int, ...]]:
    one = life[place]
    return place, one.observer, one.what, one.sizes
