"""What one helper receives looks random, whatever the secrets; the control, with a mask removed, is caught.

The distinguisher is crude on purpose: it counts bytes. It sees what a missing mask shows, because inputs of zeros make
unmasked messages zero or repeated.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest
from scipy import stats

from sansnom.compute import boolean, compare, convert, multiply, shuffle, sort
from sansnom.compute.correlated import Party
from sansnom.compute.share import Ring, Words
from sansnom.compute.steps import Steps
from tests.compute.strategies import Array, run, shared_bits, shared_ring

ROWS = 4096
Inputs: TypeAlias = Array
Protocol: TypeAlias = Callable[[Party, int], Steps[Any]]


def zero_shares(values: Array) -> list[Words]:
    """Share words with the first two components zero: nothing in the input is random, so only masks can be."""
    empty = np.zeros_like(values)
    components = (empty, empty, values)
    return [Words(np.stack([components[p], components[(p + 1) % 3]], axis=-1)) for p in range(3)]


def moved(me: Party, column: Words) -> Steps[list[Words]]:
    """Shuffle one column."""
    return shuffle.apply_permutation(me, shuffle.draw_shuffle(me, column.shape[0]), [column])


def words_protocol(name: str, values: Array) -> Protocol:
    """Make a protocol on words, by name."""
    a = zero_shares(values)
    by_name: dict[str, Protocol] = {
        "and": lambda me, p: multiply.and_words(me, a[p], a[p]),
        "less": lambda me, p: compare.less_than(me, a[p], a[p]),
        "equal": lambda me, p: boolean.equal_words(me, a[p], a[p]),
        "shuffle": lambda me, p: moved(me, a[p]),
        "unshuffle": lambda me, p: shuffle.invert_permutation(me, shuffle.draw_shuffle(me, ROWS), [a[p]]),
        "ring": lambda me, p: multiply.multiply_ring(me, _ring(a[p]), _ring(a[p])),
        "bits to ring": lambda me, p: convert.bits_to_ring(me, convert.words_to_bits(a[p], 2)),
    }
    return by_name[name]


def _ring(words: Words) -> Ring:
    return Ring(words.pair)


def looks_random(views: "tuple[list[Array], ...]") -> bool:
    """Count bytes in each message of each view; false if any count is one in a million."""
    for view in views:
        for message in view:
            counts = np.bincount(np.ascontiguousarray(message).view(np.uint8).reshape(-1), minlength=256)
            if counts.sum() >= 512 and stats.chisquare(counts).pvalue < 1e-6:
                return False
    return True


NAMES = ("and", "less", "equal", "shuffle", "unshuffle", "ring", "bits to ring")


@pytest.mark.guarantee("G-02")
@pytest.mark.parametrize("name", NAMES)
def test_a_view_looks_random_whatever_the_secrets(name: str) -> None:
    """All zeros, all ones, or random: every message that a helper receives has bytes that come up alike."""
    for values in (
        np.zeros(ROWS, np.uint64),
        np.full(ROWS, 2**64 - 1, np.uint64),
        np.random.default_rng(1).integers(0, 2**64, ROWS, dtype=np.uint64),
    ):
        ran = run(words_protocol(name, values), keep_views=True)
        assert looks_random(ran.trace.views), f"{name}: a message shows its secret"


@pytest.mark.guarantee("G-02")
@pytest.mark.parametrize("name", NAMES)
def test_control_without_masks_a_view_shows_the_secret(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without masks the same distinguisher tells zeros from random: it can fail."""

    def blank(_: object, shape: tuple[int, ...], dtype: Any = np.uint64) -> Array:
        return np.zeros(shape, dtype)

    monkeypatch.setattr(Party, "mask_words", lambda _, message: None)
    monkeypatch.setattr(Party, "zero_ring", blank)
    monkeypatch.setattr(shuffle, "draw_order", lambda _, rows: np.arange(rows, dtype=np.int32))
    monkeypatch.setattr("sansnom.compute.correlated.Stream.words", blank)
    ran = run(words_protocol(name, np.zeros(ROWS, np.uint64)), keep_views=True)
    assert not looks_random(ran.trace.views)


@pytest.mark.guarantee("G-02")
def test_a_view_of_the_sort_is_simulated_from_the_opened_order() -> None:
    """Given the order that is opened, the rest of a view of the sort looks random, for sorted and for random words."""
    for values in (np.arange(ROWS, dtype=np.uint64), np.random.default_rng(1).permutation(ROWS).astype(np.uint64)):
        a = zero_shares(values)
        ran = run(lambda me, p, a=a: sort.sort_words(me, a[p]), keep_views=True)  # type: ignore[misc]  # bound for this pass
        assert looks_random(ran.trace.views)


@pytest.mark.guarantee("G-02")
def test_shares_of_one_value_are_not_two_thirds_of_it() -> None:
    """Two components of a split value are uniform: bits and ring elements as well as words."""
    ones = np.ones(64 * ROWS, np.uint8)
    assert looks_random(([share.pair for share in shared_bits(ones)],))
    assert looks_random(([share.pair for share in shared_ring(np.ones(ROWS, np.uint64))],))
