"""What one row, one desk, or several can move through the linkage: each attack on shares and in the clear, within the bound.

Bounds and arguments: docs/linking-error.md. `linkage_sensitivity` must be at least what each attack attains.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.compute.programs.link import LinkRules
from sansnom.exchange import own_duplicates
from sansnom.exchange.linkable import linkable_columns, scored_linking
from sansnom.exchange.pair_scores import score_pairs
from sansnom.release.account import OWN_ROWS_CHANGED_MAX, linkage_sensitivity
from sansnom.terms.plan import KeyRule, Linking, Scoring
from sansnom.terms.records import Person
from sansnom.terms.scoring import FEATURE_BITS, SCORES
from tests.compute.plain_programs import PlainRows, link_plainly
from tests.compute.test_link import both_ways, rows_of
from tests.compute.test_link_scored import clusters_on_shares
from tests.exchange.examples import pepper
from tests.release.samples import sample_plan

Key = int | None
Row = tuple[int, list[Key]]
"""An organization, and its keys: the strict one first."""


def bound(rules: LinkRules, *, scored: bool = False) -> int:
    """Give what the accountant allows one row to move under these rules, without own duplicates."""
    keys = tuple(KeyRule(f"K{n}", cap, scored=scored and n != rules.strict) for n, cap in enumerate(rules.caps))
    linking = Linking(keys, f"K{rules.strict}", rules.sweeps, rules.cluster_cap)
    return linkage_sensitivity(replace(sample_plan(), linking=linking))


def tally(persons: Iterable[Sequence[int]], rows: PlainRows) -> Counter[int]:
    """Count persons by their number of organizations: the table that linking moves most."""
    return Counter(len({int(rows.organizations[row]) for row in person}) for person in persons)


def moved(before: Counter[int], after: Counter[int]) -> int:
    """Give how far a table moved: the sum of absolute changes."""
    return sum(abs(before[at] - after[at]) for at in before.keys() | after.keys())


def attack(honest: list[Row], added: list[Row], rules: LinkRules, *, on_shares: bool = True) -> int:
    """Link with and without the added rows, on shares too; give how far the table by number of organizations moved."""
    tables = []
    for told in (honest, honest + added):
        rows = rows_of([desk for desk, _ in told], [keys for _, keys in told])
        if on_shares:
            persons = both_ways(rows, rules)
        else:
            persons = link_plainly(rows, rules.caps, rules.strict, rules.sweeps, rules.cluster_cap, rules.gates)
        tables.append(tally(persons, rows))
    return moved(*tables)


def bridged(cap: int, keys: int) -> list[Row]:
    """Make the worst arrangement known: for each key, `cap` persons of `cap` organizations, bridged into a crowd by one row each.

    Strict keys differ everywhere; a second key of its own holds each person together; the attacked key joins one row of each.
    """
    rows: list[Row] = []
    number = 1000
    for attacked in range(keys):
        for person in range(cap):
            number += 1
            for place in range(cap):
                desk = 1 + (person + place) % cap
                told: list[Key] = [number * 100 + place, number, *[None] * keys]
                if place == 0:
                    told[2 + attacked] = 7 + attacked
                rows.append((desk, told))
    return rows


@pytest.mark.parametrize(("cap", "keys", "on_shares"), [(2, 1, True), (2, 3, True), (4, 2, False), (8, 7, False)])
def test_one_row_of_a_further_desk_lets_bridged_crowds_fall_apart(cap: int, keys: int, *, on_shares: bool) -> None:
    """One row that shares each attacked key tips its cap: crowds that had fallen back stand as persons again.

    Much moves, and stays within the bound: this is why the worst case is far above the count given the linkage.
    """
    rules = LinkRules((cap,) * (2 + keys), 0, 3, cap)
    honest = bridged(cap, keys)
    one: Row = (cap + 1, [9, None, *[7 + n for n in range(keys)]])
    found = attack(honest, [one], rules, on_shares=on_shares)
    assert found == keys * cap * (cap + 1) - 1
    assert found <= bound(rules)


@pytest.mark.parametrize("desks", [1, 2, 6])
def test_colluding_desks_that_tip_caps_move_no_more_than_their_rows_may(desks: int) -> None:
    """Cap rows of each desk for each key, sharing only that key with a target at five organizations (PROTECTION, override 3)."""
    keys, cap = 4, 6
    target: list[Row] = [(desk, [1000 + k for k in range(keys)]) for desk in range(1, 6)]
    added: list[Row] = [
        (20 + desk, [1000 + k if j == k else 9000 + 1000 * desk + 100 * k + 10 * copy + j for j in range(keys)])
        for desk in range(desks)
        for k in range(keys)
        for copy in range(2 if desks > 1 else cap)
    ]
    rules = LinkRules((cap,) * keys, 0, 2, cap)
    found = attack(target, added, rules)
    assert found <= len(added) * bound(rules)
    # What the person's own presence moves beside the hostile rows, which is what a membership attack reads.
    hostile = rows_of([desk for desk, _ in added], [told for _, told in added])
    everyone = rows_of([desk for desk, _ in target + added], [told for _, told in target + added])
    there, gone = (tally(both_ways(rows, rules), rows) for rows in (everyone, hostile))
    assert abs(there.total() - gone.total()) <= 5 * bound(rules)
    if desks == 1:
        assert abs(there.total() - gone.total()) <= 1


def test_a_desk_that_fills_windows_of_all_keys_splits_one_person_only() -> None:
    """Window attack: copies past the window of every key part one person into its rows; nobody else moves."""
    keys, cap = 3, 2
    target: list[Row] = [(1, [1, 2, 3]), (2, [1, 2, 3])]
    others: list[Row] = [(desk, [n, n + 1, n + 2]) for n in (40, 50, 60) for desk in (1, 2)]
    added: list[Row] = [(9, [1, 2, 3])] * 3
    rules = LinkRules((cap,) * keys, 0, 2, cap)
    assert 1 <= attack(target + others, added, rules) <= len(added) * bound(rules)


def parting_world(keys: int, *, parted: bool) -> tuple[PlainKeys, Linking]:
    """Make for each scored key a person of two rows that only this key joins, and if asked one row between the two."""
    rows: list[tuple[int, int, int]] = [(desk, person, 0) for person in range(keys) for desk in (1, 2)]
    alike: dict[str, list[int]] = {name: [1 + person for _, person, _ in rows] for name in FEATURE_BITS}
    values = np.zeros((len(rows), keys + 1), dtype=np.uint64)
    present = np.zeros((len(rows), keys + 1), dtype=np.bool_)
    for row, (desk, person, _) in enumerate(rows):
        values[row, person] = (5 << 40) + (desk << 32)
        values[row, keys] = (row + 1) << 40
        present[row, [person, keys]] = True
    if parted:
        alike = {name: [*codes, 0] for name, codes in alike.items()}
        middle = np.full((1, keys + 1), (5 << 40) + (1 << 32) + (1 << 31), dtype=np.uint64)
        values, present = np.vstack([values, middle]), np.vstack([present, np.ones((1, keys + 1), dtype=np.bool_)])
        rows.append((9, keys, 0))
    desks = np.array([desk for desk, _, _ in rows], dtype=np.uint16)
    order = np.argsort(desks, kind="stable")
    features = {name: np.array(codes, dtype=np.int64)[order] for name, codes in alike.items()}
    rules = (*(KeyRule(f"K{n}", 8, scored=True) for n in range(keys)), KeyRule("A1", 8))
    linking = Linking(rules, "A1", 2, 8, scoring=Scoring("score-1", 23))
    return PlainKeys(desks[order], values[order], present[order], features), linking


@pytest.mark.parametrize("keys", [1, 7])
def test_one_row_between_neighbours_parts_one_link_of_each_scored_key(keys: int) -> None:
    """Parting attack: a row that stands between two rows of a person in each order parts as many persons as keys are scored."""
    counts = []
    _, linking = parting_world(keys, parted=False)
    for parted in (False, True):
        rows, _ = parting_world(keys, parted=parted)
        clusters = clusters_of(link_in_the_clear(rows, linking))
        assert clusters_on_shares(rows, linking) == clusters
        counts.append(Counter(len(set(rows.organization[cluster].tolist())) for cluster in clusters))
    before, after = counts
    assert before[2] == keys
    assert after == Counter({1: 2 * keys + 1})
    assert moved(before, after) == 3 * keys + 1
    assert moved(before, after) <= linkage_sensitivity(replace(sample_plan(), linking=linking))


@pytest.mark.parametrize(("desks", "persons"), [([1, 9, 9, 2], 4), ([1, 9, 8, 2], 1)])
def test_one_desk_cannot_chain_strangers_by_firm_links(desks: list[int], persons: int) -> None:
    """Two rows of one desk, firmly joined with a stranger each and with one another: all fall back, at both looks.

    Two desks that collude can chain, as they could before there were firm links: rule 6d sees one organization at a time.
    """
    order = np.argsort(desks, kind="stable")
    keys = np.array([[row, (row + 1) << 40] for row in range(4)], dtype=np.uint64)[order]
    features = {name: np.full(4, 3, dtype=np.int64) for name in FEATURE_BITS}
    rows = PlainKeys(np.array(desks, dtype=np.uint16)[order], keys, np.ones((4, 2), dtype=np.bool_), features)
    rules = (KeyRule("A1", 8), KeyRule("C1", 8, scored=True))
    linking = Linking(rules, "A1", 2, 8, scoring=Scoring("score-3", 36))
    clusters = clusters_of(link_in_the_clear(rows, linking))
    assert clusters_on_shares(rows, linking) == clusters
    assert len(clusters) == persons


def test_one_row_that_tears_a_component_moves_no_more_than_the_bound() -> None:
    """A second file of a desk at a person's weak end: the person loses what held least, nobody else moves."""
    counts = []
    rules = (KeyRule("A1", 8), KeyRule("C1", 8, scored=True))
    alike = {name: np.array([3, 2 if name.startswith("surname") else 3], dtype=np.int64) for name in FEATURE_BITS}
    weak = int(score_pairs(alike, np.array([0]), np.array([1]), SCORES["score-3"])[0])
    linking = Linking(rules, "A1", 2, 8, scoring=Scoring("score-3", weak))
    for surnames, desks in (([1, 1], [1, 2]), ([1, 1, 2], [1, 2, 1])):
        order = np.argsort(desks, kind="stable")
        features = {name: np.full(len(desks), 3, dtype=np.int64) for name in FEATURE_BITS}
        for name in ("surname", "surname_bones", "surname_start"):
            features[name] = np.array(surnames, dtype=np.int64)
        keys = np.array([[row, (row + 1) << 40] for row in range(len(desks))], dtype=np.uint64)[order]
        told = {name: codes[order] for name, codes in features.items()}
        rows = PlainKeys(np.array(desks, dtype=np.uint16)[order], keys, np.ones((len(desks), 2), dtype=np.bool_), told)
        clusters = clusters_of(link_in_the_clear(rows, linking))
        assert clusters_on_shares(rows, linking) == clusters
        counts.append(Counter(len(set(rows.organization[cluster].tolist())) for cluster in clusters))
    assert moved(*counts) == 1
    assert moved(*counts) <= linkage_sensitivity(replace(sample_plan(), linking=linking))


def strict_keys(persons: list[Person]) -> dict[str, int]:
    """Give the strict key that each file is submitted with, after the desk looked for its own duplicates."""
    linking = scored_linking(10_000)
    place = [rule.match_key for rule in linking.keys].index(linking.strict)
    found = linkable_columns(persons, linking, pepper())
    return {p.local_id: int(found.keys[place, row]) for row, p in enumerate(persons)}


def test_one_file_changes_the_strict_key_of_other_files_of_its_desk_within_the_bound() -> None:
    """A file found to be the same person as another gives it its strict key, or takes it: more than one row of the desk changes."""
    first = Person(
        "1", "Ahmad", "Haddad", "1970-02-03", sex="M", country_of_birth="SY", postal_code="H2X1Y4", phone="590-555-0000"
    )
    second = replace(first, local_id="2", given_names="Ahmad Karim", birth_date="1970-02-04")
    third = replace(second, local_id="3")
    others = [
        Person(f"x{n}", "Li", "Wang", f"19{50 + n}-05-06", sex="F", postal_code=f"J{n % 10}X1Y4") for n in range(40)
    ]
    before, after = strict_keys([first, second, *others]), strict_keys([first, second, third, *others])
    changed = sum(before[name] != after[name] for name in before)
    assert 1 <= changed <= OWN_ROWS_CHANGED_MAX


def test_the_bound_on_own_duplicates_follows_their_rules() -> None:
    """In each key a file gains 2 N pairs and parts N; a pair changes at most the files of two groups that may share a key."""
    keys = len(scored_linking(1).keys)
    pairs = 2 * own_duplicates.NEIGHBOURS + own_duplicates.NEIGHBOURS
    assert 2 * own_duplicates.FILES_MAX * keys * pairs <= OWN_ROWS_CHANGED_MAX
    plan = replace(sample_plan(), linking=scored_linking(10_000))
    unscored = replace(plan, linking=replace(plan.linking, scoring=None))
    assert linkage_sensitivity(plan) - linkage_sensitivity(unscored) >= OWN_ROWS_CHANGED_MAX * 2 * 16


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Row], Row, LinkRules]:
    """Few key values, so that runs at their caps and windows are common; one row more of any desk."""
    keys = draw(st.integers(1, 3))
    value = st.one_of(st.none(), st.integers(1, draw(st.integers(2, 8))))
    told = st.tuples(st.integers(1, 5), st.lists(value, min_size=keys, max_size=keys))
    caps = tuple(draw(st.lists(st.integers(1, 3), min_size=keys, max_size=keys)))
    rules = LinkRules(caps, draw(st.integers(0, keys - 1)), 8, draw(st.integers(1, 3)))
    return draw(st.lists(told, min_size=1, max_size=30)), draw(told), rules


@settings(max_examples=150, deadline=None)
@given(towns())
def test_no_row_of_any_small_town_moves_more_than_the_bound(town: tuple[list[Row], Row, LinkRules]) -> None:
    """Whatever the others' rows are, one row more moves the table by number of organizations within the bound."""
    honest, one, rules = town
    assert attack(honest, [one], rules, on_shares=False) <= bound(rules)
