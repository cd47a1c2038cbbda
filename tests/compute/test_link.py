"""Linking on shares gives exactly the persons of the plain rules, whatever the shuffles and whoever attacks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.compute.programs.link import INDEX_BITS_MAX, LinkInput, LinkRules, Persons, link
from sansnom.compute.share import Bits, Words
from sansnom.compute.simulate import Trace, join_bits, join_words, run_three, seat_three, split_bits, split_words
from sansnom.terms.errors import InputError
from tests.compute.plain_programs import PlainRows, link_plainly, window

Array = NDArray[Any]


def link_on_shares(
    rows: PlainRows, rules: LinkRules, seed: bytes = b"link", trace: Trace | None = None
) -> tuple[list[list[int]], tuple[Persons, Persons, Persons]]:
    """Link on shares in the simulator; give persons as sorted lists of row numbers, and the three helpers' results."""
    keys = split_words(rows.match_keys, seed + b"keys")
    linkable = split_bits(rows.linkable, seed + b"linkable")
    numbers = split_words(np.arange(rows.rows, dtype=np.uint32), seed + b"numbers")
    gates: dict[str, tuple[Bits, Bits, Bits]] = {}
    for name, codes in rows.gate_codes.items():
        plain = np.stack([(codes >> bit) & 1 for bit in range(3)]).astype(np.uint8)
        gates[name] = split_bits(plain, seed + name.encode())
    parties = seat_three(seed)
    zero, one, two = (
        link(
            me,
            LinkInput(
                Words(keys[me.number].pair),
                linkable[me.number],
                rows.organizations,
                {name: shares[me.number] for name, shares in gates.items()},
            ),
            rules,
            [numbers[me.number]],
        )
        for me in parties
    )
    done = run_three((zero, one, two), trace=trace)
    order = join_words((done[0].moved[0], done[1].moved[0], done[2].moved[0]))
    same = join_bits((done[0].parts.same, done[1].parts.same, done[2].parts.same))
    persons: list[list[int]] = [[]]
    for row, joined in zip(order.tolist(), same.tolist(), strict=True):
        persons[-1].append(row)
        if not joined:
            persons.append([])
    return sorted(sorted(person) for person in persons[:-1]), done


def rows_of(
    organizations: list[int], keys: list[list[int | None]], gates: dict[str, list[int]] | None = None
) -> PlainRows:
    """Make rows from small key values, one list per row; None is an absent key. Small values are spread over all 64 bits."""
    spread = 0x9E3779B97F4A7C15
    columns = list(zip(*keys, strict=True))
    values = np.array([[(v or 0) * spread % 2**64 for v in column] for column in columns], dtype=np.uint64)
    linkable = np.array([[v is not None for v in column] for column in columns], dtype=np.uint8)
    order = np.argsort(np.array(organizations), kind="stable")
    codes = {name: np.array(column)[order] for name, column in (gates or {}).items()}
    return PlainRows(values[:, order], linkable[:, order], np.array(organizations, dtype=np.uint16)[order], codes)


def both_ways(rows: PlainRows, rules: LinkRules, seed: bytes = b"link") -> list[list[int]]:
    """Link on shares, demand what the plain rules say, and give it."""
    found, _ = link_on_shares(rows, rules, seed)
    assert found == link_plainly(rows, rules.caps, rules.strict, rules.sweeps, rules.cluster_cap, rules.gates)
    return found


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[PlainRows, LinkRules]:
    """Few key values over few organizations: groups at, under and over every cap, chains, duplicates, dummies."""
    count = draw(st.integers(1, 40))
    keys = draw(st.integers(1, 3))
    desks = draw(st.lists(st.integers(1, 6), min_size=count, max_size=count))
    value = st.one_of(st.none(), st.integers(0, draw(st.integers(1, 14))))
    told = draw(st.lists(st.lists(value, min_size=keys, max_size=keys), min_size=count, max_size=count))
    gate = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    rules = LinkRules(
        caps=tuple(draw(st.lists(st.integers(1, 4), min_size=keys, max_size=keys))),
        strict=draw(st.integers(0, keys - 1)),
        sweeps=draw(st.integers(1, 3)),
        cluster_cap=draw(st.integers(1, 4)),
        gates=draw(st.sampled_from([(), tuple(("sex",) if k == 0 else () for k in range(keys))])),
    )
    return rows_of(desks, told, {"sex": gate}), rules


@settings(max_examples=25)
@hypothesis_given(small_worlds(), st.binary(min_size=1, max_size=4))
def test_links_as_the_plain_rules_say(world: tuple[PlainRows, LinkRules], seed: bytes) -> None:
    """Persons on shares are those of the plain rules, for any small world and any shuffle."""
    rows, rules = world
    both_ways(rows, rules, seed)


CASES: dict[str, Callable[[], tuple[PlainRows, LinkRules]]] = {
    "one row": lambda: (rows_of([1], [[7, 7]]), LinkRules((2, 2), 0, 1, 2)),
    "all dummies": lambda: (rows_of([1, 1, 2], [[None, None]] * 3), LinkRules((2, 2), 0, 1, 2)),
    "all duplicates": lambda: (rows_of([1] * 9 + [2] * 9, [[5, 5]] * 18), LinkRules((4, 4), 0, 1, 4)),
    "two organizations, one person": lambda: (rows_of([1, 2], [[5, 5]] * 2), LinkRules((4, 4), 0, 1, 4)),
}


@pytest.mark.parametrize("case", CASES)
def test_links_the_edges(case: str) -> None:
    """One row, only dummies, only duplicates: the plain rules hold."""
    rows, rules = CASES[case]()
    both_ways(rows, rules)


@pytest.mark.parametrize("organizations", [3, 4, 5])
def test_a_key_shared_by_more_organizations_than_its_cap_is_no_evidence(organizations: int) -> None:
    """Cap 4: three and four organizations are one person, five are five."""
    rows = rows_of(list(range(1, organizations + 1)), [[9]] * organizations)
    persons = both_ways(rows, LinkRules((4,), 0, 1, 8))
    assert len(persons) == (1 if organizations <= 4 else 5)


@pytest.mark.parametrize("organizations", [3, 4, 5])
def test_a_component_over_the_cluster_cap_falls_back_whole(organizations: int) -> None:
    """Cluster cap 4: rows chained by the second key stand at four organizations, and fall back to the strict key at five."""
    keys: list[list[int | None]] = [[100 + n, 7] for n in range(organizations)]
    persons = both_ways(rows_of(list(range(1, organizations + 1)), keys), LinkRules((8, 8), 0, 2, 4))
    assert len(persons) == (1 if organizations <= 4 else 5)


def test_many_rows_of_one_organization_count_once_for_the_cap() -> None:
    """Cap 2, window 4: two rows of one desk and one of another are one group of two organizations."""
    persons = both_ways(rows_of([1, 1, 2], [[3], [3], [3]]), LinkRules((2,), 0, 1, 2))
    assert persons == [[0, 1, 2]]


def test_a_group_longer_than_its_window_is_no_evidence() -> None:
    """Cap 2, window 4: five rows of two desks with one key are not linked, four are."""
    assert len(both_ways(rows_of([1, 1, 1, 2], [[3]] * 4), LinkRules((2,), 0, 1, 2))) == 1
    assert len(both_ways(rows_of([1, 1, 1, 1, 2], [[3]] * 5), LinkRules((2,), 0, 1, 2))) == 5


def test_a_group_that_contradicts_itself_is_no_evidence() -> None:
    """With a gate on sex, F and M under one key stay two persons; F and unknown become one."""
    rules = LinkRules((4,), 0, 1, 4, gates=(("sex",),))
    assert len(both_ways(rows_of([1, 2], [[3], [3]], {"sex": [1, 2]}), rules)) == 2
    assert len(both_ways(rows_of([1, 2], [[3], [3]], {"sex": [1, 0]}), rules)) == 1


def test_a_chain_longer_than_the_sweeps_falls_back() -> None:
    """Rows chained by alternating keys need more sweeps than one: what has not settled falls back, whole."""
    chain: list[list[int | None]] = [[200 + n, n // 2, 50 + (n + 1) // 2] for n in range(8)]
    desks = [5, 1, 6, 2, 7, 3, 8, 4]
    rows = rows_of(desks, chain)
    short = both_ways(rows, LinkRules((8, 8, 8), 0, 1, 8))
    long = both_ways(rows, LinkRules((8, 8, 8), 0, 6, 8))
    assert len(long) == 1
    assert len(short) > 1


@pytest.mark.parametrize(("first_key", "more"), [(0, 0), (1, 1)])
def test_a_hostile_desk_that_tips_caps_moves_the_count_by_one_person_at_most(first_key: int, more: int) -> None:
    """Cap rows of one desk for each key, sharing only that key with a target: the target's presence counts once.

    Where the desk's rows share the strict key, they were a person already, and the target is the same person.
    """
    keys, cap, desk = 8, 6, 9
    target: list[list[int | None]] = [[1000 + k for k in range(keys)]] * 3
    hostile: list[list[int | None]] = []
    for k in range(first_key, keys):
        hostile += [
            [1000 + k if j == k else 5000 + 100 * k + 10 * copy + j for j in range(keys)] for copy in range(cap)
        ]
    rules = LinkRules((cap,) * keys, 0, 2, cap)
    with_target = both_ways(rows_of([1, 2, 3] + [desk] * len(hostile), target + hostile), rules)
    without = both_ways(rows_of([desk] * len(hostile), hostile), rules)
    assert len(with_target) - len(without) == more


def test_known_limit_a_desk_that_fills_a_window_splits_a_person() -> None:
    """Cap 2, window 4: a desk that knows a key value and repeats it past the window makes two persons of one."""
    rules = LinkRules((2,), 0, 1, 2)
    assert both_ways(rows_of([1, 2], [[3], [3]]), rules) == [[0, 1]]
    split = both_ways(rows_of([1, 2, 3, 3, 3], [[3]] * 5), rules)
    assert [0] in split
    assert [1] in split


def test_a_second_attempt_gives_the_same_persons() -> None:
    """Other seeds, other shuffles, other rounds: the same persons in the same order of rows."""
    draws = np.random.default_rng(3)
    desks = sorted(draws.integers(1, 9, 90).tolist())
    rows = rows_of(desks, draws.integers(0, 40, (90, 2)).tolist())
    rules = LinkRules((3, 3), 1, 2, 4)
    first, one = link_on_shares(rows, rules, b"first")
    second, two = link_on_shares(rows, rules, b"second")
    assert first == second
    assert (join_words(tuple(d.moved[0] for d in one)) == join_words(tuple(d.moved[0] for d in two))).all()  # type: ignore[arg-type]  # three helpers


def test_the_first_row_of_each_organization_is_marked_once() -> None:
    """Distinct organizations of a person are counted by first rows, duplicates apart."""
    rows = rows_of([1, 1, 2, 2, 3], [[4], [4], [4], [6], [4]])
    _, done = link_on_shares(rows, LinkRules((4,), 0, 1, 4))
    order = join_words((done[0].moved[0], done[1].moved[0], done[2].moved[0])).tolist()
    first = join_bits((done[0].first_seen, done[1].first_seen, done[2].first_seen)).tolist()
    assert {row for row, mark in zip(order, first, strict=True) if mark} == {0, 2, 3, 4}


def test_more_rows_than_labels_can_number_are_refused() -> None:
    """Over 2^21 rows: a clear refusal before any message."""
    many = (1 << INDEX_BITS_MAX) + 1
    keys = Words(np.zeros((1, 1, 2), dtype=np.uint64))
    me = seat_three(b"many")[0]
    given = LinkInput(keys, Bits(np.zeros((1, 1, 2), dtype=np.uint64), 1), np.ones(many, dtype=np.uint16))
    with pytest.raises(InputError, match=r"link\.rows\.many"):
        next(link(me, given, LinkRules((2,), 0, 1, 2), []))


def test_windows_cover_twice_the_cap() -> None:
    """The window is a power of two and holds as many honest rows again as the cap has organizations."""
    assert [window(cap) for cap in (1, 2, 3, 4, 6, 8, 10)] == [2, 4, 8, 8, 16, 16, 32]
