"""G-02: what one helper receives, tried exactly where masks are few, and with statistics over a whole plan."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sansnom.audit.exact_views import Protocol, told_apart, views
from sansnom.audit.views import Three, leanings
from sansnom.compute import boolean, convert, multiply, shuffle
from sansnom.compute.correlated import Party
from sansnom.compute.programs.answer import answer_plan
from sansnom.compute.programs.cells import cells_of_plan
from sansnom.compute.programs.joint_noise import open_noisy
from sansnom.compute.reveal import Opening, reveal_to_all_helpers
from sansnom.compute.share import Bits, Ring, Words
from sansnom.compute.steps import Steps, pass_to_previous
from sansnom.compute.submitted import SubmittedShares
from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.party import PARTIES, PartyNumber
from tests.compute.test_plan_views import world_with_keys
from tests.compute.worlds import World

Array = NDArray[Any]

RUNS = 12
"""Of each of two worlds: a product without its mask then leans by a chance of less than one in 10^12."""
SMALL = [3, 3]
NAMES = ("and", "or", "all", "differ", "ring", "bits to ring", "dot", "moved", "shuffled", "noisy")
CONTROLS = ("and", "or", "all", "differ", "ring", "dot")


def beside(values: Array, attacked: PartyNumber, own: tuple[int, int] = (0, 0), *, ring: bool = False) -> list[Array]:
    """Share values so that the attacked helper's two components are `own`, whatever the values: three pairs."""
    parts = [np.zeros_like(values)] * 3
    parts[attacked] = np.full_like(values, own[0])
    parts[(attacked + 1) % 3] = np.full_like(values, own[1])
    known = parts[attacked] + parts[(attacked + 1) % 3] if ring else parts[attacked] ^ parts[(attacked + 1) % 3]
    parts[(attacked + 2) % 3] = values - known if ring else values ^ known
    return [np.stack([parts[p], parts[(p + 1) % 3]], axis=-1) for p in PARTIES]


def protocol(name: str, attacked: PartyNumber) -> Protocol:
    """Make a protocol on secrets of one digit that differ between world 0 and 1."""

    def words(values: list[int], own: tuple[int, int] = (0, 0)) -> list[Words]:
        return [Words(pair) for pair in beside(np.array(values, np.uint8), attacked, own)]

    def bits(values: list[int], own: tuple[int, int] = (0, 0)) -> list[Bits]:
        return [Bits(pair, 1) for pair in beside(np.array(values, np.uint64)[:, None], attacked, own)]

    def ring(values: list[int], own: tuple[int, int] = (0, 0)) -> list[Ring]:
        return [Ring(pair) for pair in beside(np.array(values, np.uint64), attacked, own, ring=True)]

    def moved(me: Party, world: int) -> Steps[list[Words]]:
        column = words([[0, 0], [1, 1]][world])[me.number]
        return (yield from shuffle.apply_permutation(me, shuffle.draw_shuffle(me, 2), [column]))

    def shuffled(me: Party, world: int) -> Steps[Array]:
        column = words([[0, 1], [1, 0]][world])[me.number]
        hidden = yield from shuffle.apply_permutation(me, shuffle.draw_shuffle(me, 2), [column])
        return (yield from reveal_to_all_helpers(me, hidden[0], Opening.SHUFFLED_DESTINATION))

    def noisy(me: Party, world: int) -> Steps[Array]:
        # What opens is 3 in both worlds: a total of 1 or of 2, with 1 of noise that another helper adds or does not.
        noise = np.array([1 - world if me.number == (attacked + 1) % 3 else int(me.number == attacked)], np.int64)
        return (yield from open_noisy(me, ring([1 + world])[me.number], noise))

    made: dict[str, Callable[[Party, int], Steps[Any]]] = {
        "and": lambda me, w: multiply.and_words(me, words([w], (1, 0))[me.number], words([1], (0, 1))[me.number]),
        "or": lambda me, w: boolean.or_bits(me, bits([w], (1, 0))[me.number], bits([0], (0, 1))[me.number]),
        "all": lambda me, w: boolean.all_bits(me, bits([1, 1, w], (0, 1))[me.number]),
        "differ": lambda me, w: boolean.differ_from_zero(me, words([77 * w])[me.number]),
        "ring": lambda me, w: multiply.multiply_ring(
            me, ring([2 + w], (1, 0))[me.number], ring([3], (0, 2))[me.number]
        ),
        "bits to ring": lambda me, w: convert.bits_to_ring(me, Bits(bits([w], (1, 0))[me.number].pair[0], 1)),
        "dot": lambda me, w: multiply.dot_product(
            me, ring([1 - w, 1 + 2 * w])[me.number], ring([1, 2], (0, 1))[me.number]
        ),
        "moved": moved,
        "shuffled": shuffled,
        "noisy": noisy,
    }
    return made[name]


def base_of(name: str) -> int:
    """Give the base in which a protocol keeps to its lowest digit."""
    return 4 if name in {"ring", "bits to ring", "dot", "noisy"} else 2


@pytest.mark.guarantee("G-02")
@pytest.mark.parametrize("attacked", PARTIES)
@pytest.mark.parametrize("name", NAMES)
def test_every_mask_tried_a_view_is_as_likely_in_both_worlds(name: str, attacked: PartyNumber) -> None:
    """Whole distributions of views, not samples: equal for two secrets, whatever the helper's own masks are."""
    assert not told_apart(protocol(name, attacked), attacked, base_of(name))


@pytest.mark.parametrize("name", CONTROLS)
def test_control_without_masks_a_view_tells_the_worlds_apart(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all masks gone the same comparison sees each protocol's secret: it can fail."""
    monkeypatch.setattr(Party, "mask_words", lambda _, message: None)
    monkeypatch.setattr(Party, "zero_ring", lambda _, shape: np.zeros(shape, np.uint64))
    assert any(told_apart(protocol(name, attacked), attacked, base_of(name)) for attacked in PARTIES)


def test_control_one_bare_product_and_one_mask_for_two_are_told_apart() -> None:
    """A product that a program passes on by itself; and two columns behind one mask, each uniform alone."""
    attacked = PARTIES[0]

    def bare(me: Party, world: int) -> Steps[Array]:
        x = beside(np.array([world], np.uint8), attacked, (1, 0))[me.number][0]
        y = beside(np.array([1], np.uint8), attacked, (0, 1))[me.number][0]
        return (yield from pass_to_previous(np.array([x[0] & y[0] ^ x[0] & y[1] ^ x[1] & y[0]])))

    def one_mask(me: Party, world: int) -> Steps[Array]:
        pair = beside(np.array([world], np.uint8), attacked)[me.number][0]
        mask = np.zeros(1, np.uint8)
        me.mask_words(mask)
        return (yield from pass_to_previous(np.concatenate([mask, mask ^ pair[1]])))

    assert told_apart(bare, attacked)
    assert told_apart(one_mask, attacked)
    assert {view[0][0] for view in views(one_mask, 0, attacked, 2)} == {0, 1}


def test_too_many_masks_are_refused_not_sampled() -> None:
    """What cannot be tried whole is not called exact."""
    attacked = PARTIES[0]
    wide = Words(np.zeros((16, 2), np.uint8))
    with pytest.raises(BrokenInvariant, match=r"audit\.too_many_masks"):
        views(lambda me, _: multiply.and_words(me, wide, wide), 0, attacked, 2)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worlds have few rows: sorts then have one size, and messages of many runs can be set side by side."""
    monkeypatch.setattr("tests.compute.test_plan_views.SIZES", SMALL)


def worlds_of_a_plan() -> tuple[World, World]:
    """Everybody one person, and nobody meeting anybody: same orders, all else different."""
    rows = sum(SMALL)
    return (
        world_with_keys(np.full(rows, 7 << 40, dtype=np.uint64), 1),
        world_with_keys(np.arange(1, rows + 1, dtype=np.uint64) << np.uint64(40), 2),
    )


def plan_of(worlds: tuple[World, World], parties: Three, world: int, attacked: PartyNumber) -> Any:
    """Start a whole plan whose rows lie in the component that the attacked helper never sees."""
    chosen = worlds[world]
    plain = (chosen.match_keys, chosen.payload(), chosen.tallies.astype(np.uint32))
    pairs = [beside(values, attacked) for values in plain]
    noise = np.zeros(sum(cells_of_plan(chosen.plan, chosen.layout).values()), dtype=np.int64)
    return tuple(
        answer_plan(
            me,
            SubmittedShares(
                Words(pairs[0][me.number]), Words(pairs[1][me.number]), Words(pairs[2][me.number]), chosen.organizations
            ),
            chosen.layout,
            chosen.plan,
            noise,
        )
        for me in parties
    )


@pytest.mark.guarantee("G-02")
@pytest.mark.usefixtures("small")
def test_nothing_that_one_helper_receives_in_a_whole_plan_leans() -> None:
    """Same shares and seeds of its own, two worlds: each bit of a thousand messages, and of their sums, is a fair coin."""
    worlds = worlds_of_a_plan()
    assert leanings(lambda *told: plan_of(worlds, *told), PARTIES[1], RUNS) == []


@pytest.mark.long
@pytest.mark.guarantee("G-02")
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("attacked", [PARTIES[0], PARTIES[2]])
def test_nothing_that_the_other_helpers_receive_in_a_whole_plan_leans(attacked: PartyNumber) -> None:
    """The other two seats, with more runs."""
    worlds = worlds_of_a_plan()
    assert leanings(lambda *told: plan_of(worlds, *told), attacked, 2 * RUNS) == []


def bare_at(monkeypatch: pytest.MonkeyPatch, turn: list[int]) -> None:
    """Leave out the mask of each helper's n-th product; `turn` is n, then counts by helper."""
    mask = multiply.mask_products

    def most(me: Party, products: Array) -> None:
        turn[1 + me.number] += 1
        if turn[1 + me.number] != turn[0]:
            mask(me, products)

    monkeypatch.setattr(multiply, "mask_products", most)


def seen_bare(monkeypatch: pytest.MonkeyPatch, number: int, attacked: PartyNumber) -> bool:
    """Attack a plan in which one product travels without its mask."""
    worlds = worlds_of_a_plan()
    with monkeypatch.context() as patched:
        turn = [number, 0, 0, 0]
        bare_at(patched, turn)

        def afresh(parties: Three, world: int, seat: PartyNumber) -> Any:
            turn[1:] = [0, 0, 0]
            return plan_of(worlds, parties, world, seat)

        return bool(leanings(afresh, attacked, RUNS))


@pytest.mark.usefixtures("small")
def test_control_one_bare_product_among_a_thousand_leans(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 150th of some 950 products of each helper, both of whose factors were masked afresh before."""
    assert seen_bare(monkeypatch, 150, PARTIES[1])


@pytest.mark.long
@pytest.mark.usefixtures("small")
def test_control_any_bare_product_of_a_plan_leans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every twentieth product of a whole plan, one at a time."""
    assert [number for number in range(1, 940, 20) if not seen_bare(monkeypatch, number, PARTIES[0])] == []
