"""Linking by pair scores on shares gives exactly the clusters of the plain linker, and tells nobody more than before."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from sansnom.audit.plain_link import PlainKeys, clusters_of, link_in_the_clear
from sansnom.audit.plain_tables import ClearRows, ExactTables
from sansnom.compute.programs.answer import rules_of
from sansnom.compute.programs.link import LinkInput, Persons, link
from sansnom.compute.share import Words
from sansnom.compute.simulate import Trace, join_bits, join_words, run_three, seat_three, split_bits, split_words
from sansnom.compute.steps import Steps
from sansnom.exchange.pair_scores import score_pairs
from sansnom.terms.plan import KeyRule, Linking, Plan, Scoring
from sansnom.terms.scoring import FEATURE_BITS, LARGE_VERSION, SCORES
from tests.compute.test_answer import answer_on_shares
from tests.compute.test_score import Features, draw_features, split_features
from tests.compute.worlds import World, random_world
from tests.terms.examples import plan

FAMILIAR = ("given", "given_bones", "given_start", "surname", "surname_bones", "surname_start")


def clusters_on_shares(
    rows: PlainKeys, linking: Linking, seed: bytes = b"scored", trace: Trace | None = None
) -> list[list[int]]:
    """Link on shares in the simulator; give clusters in the order of their first rows."""
    count = rows.organization.size
    keys = split_words(np.ascontiguousarray(rows.keys.T), seed + b"keys")
    linkable = split_bits(np.ascontiguousarray(rows.present.T.astype(np.uint8)), seed + b"linkable")
    numbers = split_words(np.arange(count, dtype=np.uint32), seed + b"numbers")
    features = split_features(dict(rows.features), seed)
    asked: Plan = replace(plan(), linking=linking)

    def protocol(helper: int) -> Steps[Persons]:
        given = LinkInput(Words(keys[helper].pair), linkable[helper], rows.organization, features[helper])
        return link(parties[helper], given, rules_of(asked), [numbers[helper]])

    parties = seat_three(seed)
    done = run_three((protocol(0), protocol(1), protocol(2)), trace=trace)
    order = join_words((done[0].moved[0], done[1].moved[0], done[2].moved[0]))
    same = join_bits((done[0].parts.same, done[1].parts.same, done[2].parts.same))
    clusters: list[list[int]] = [[]]
    for row, joined in zip(order.tolist(), same.tolist(), strict=True):
        clusters[-1].append(row)
        if not joined:
            clusters.append([])
    return sorted(sorted(cluster) for cluster in clusters[:-1])


def familiar_features(draws: np.random.Generator, who: "np.typing.NDArray[np.int64]", noise: float) -> Features:
    """Draw features of persons, and let some of each row's be another's or missing."""
    seed = int(draws.integers(0, 2**32))
    persons = draw_features(int(who.max(initial=0)) + 1, seed, 6, 0.05)
    told: Features = {}
    for name, codes in persons.items():
        other = draws.integers(0, codes.size, who.size)
        kept = np.where(draws.random(who.size) < noise, codes[other], codes[who])
        told[name] = np.where(draws.random(who.size) < noise / 2, 0, kept)
    return told


@st.composite
def scored_worlds(draw: st.DrawFn) -> tuple[PlainKeys, Linking]:
    """Few persons at few organizations, with noise in keys and features; caps, gates and thresholds of all kinds."""
    draws = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, keys = draw(st.integers(1, 70)), draw(st.integers(2, 4))
    persons = draw(st.integers(1, 25))
    who = draws.integers(0, persons, rows)
    features = familiar_features(draws, who, draw(st.sampled_from([0.0, 0.05, 0.3])))
    blocks = draws.integers(0, draw(st.integers(1, 30)), (persons, keys))[who]
    mistaken = draws.random(blocks.shape) < draw(st.sampled_from([0.0, 0.1]))
    blocks = np.where(mistaken, draws.integers(0, 30, blocks.shape), blocks)
    ties = draws.integers(0, 4, blocks.shape)
    values = blocks.astype(np.uint64) * np.uint64(0x9E3779B1) << np.uint64(32) | ties.astype(np.uint64) << np.uint64(22)
    desks = np.sort(draws.integers(1, 7, rows)).astype(np.uint16)
    names = [f"K{place}" for place in range(keys)]
    strict = draw(st.integers(0, keys - 1))
    values[:, strict] = blocks[:, strict].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    gates = st.sampled_from([(), (), ("sex",), ("year", "phone")])
    rules = [
        KeyRule(name, draw(st.integers(1, 8)), scored=place != strict and draw(st.integers(0, 3)) > 0, gate=draw(gates))
        for place, name in enumerate(names)
    ]
    version = draw(st.sampled_from(["score-1", "score-3", "score-4"]))
    scoring = Scoring(version, draw(st.sampled_from([-1000, -20, 0, 10, 23, 40, 60, 1000])))
    cluster_cap = draw(st.integers(1, 8))
    linking = Linking(tuple(rules), names[strict], draw(st.integers(1, 3)), cluster_cap, scoring=scoring)
    present = np.asarray(draws.random(values.shape) < 0.9)
    return PlainKeys(desks, values, present, features), linking


@settings(max_examples=60)
@hypothesis_given(scored_worlds(), st.binary(min_size=1, max_size=4))
def test_clusters_on_shares_are_those_of_the_plain_linker(world: tuple[PlainKeys, Linking], seed: bytes) -> None:
    """For any small world, any shuffle, scored keys beside unscored ones, gates on either: identical clusters."""
    rows, linking = world
    assert clusters_on_shares(rows, linking, seed) == clusters_of(link_in_the_clear(rows, linking))


def two_rows(
    first: dict[str, int], second: dict[str, int], threshold: int, gate: tuple[str, ...] = ()
) -> list[list[int]]:
    """Link two rows of two organizations, whose scored key is alike and whose strict key is not."""
    features: Features = {n: np.array([first.get(n, 0), second.get(n, 0)], dtype=np.int64) for n in FEATURE_BITS}
    keys = np.array([[7, 5 << 32], [9, 5 << 32]], dtype=np.uint64)
    rows = PlainKeys(np.array([1, 2], dtype=np.uint16), keys, np.ones((2, 2), dtype=np.bool_), features)
    scored = (KeyRule("A1", 8), KeyRule("C1", 8, scored=True, gate=gate))
    linking = Linking(scored, "A1", 1, 8, scoring=Scoring("score-1", threshold))
    found = clusters_on_shares(rows, linking)
    assert found == clusters_of(link_in_the_clear(rows, linking))
    return found


ALIKE = dict.fromkeys([*FAMILIAR, "year", "month", "day", "sex", "country"], 3)


def test_equal_keys_of_rows_with_nothing_in_common_join_nothing() -> None:
    """A scored key only proposes: rows with one key and all features different, or all missing, stay two persons."""
    other = dict.fromkeys(ALIKE, 2)
    assert two_rows(ALIKE, other, 23) == [[0], [1]]
    assert two_rows({}, {}, 23) == [[0], [1]]
    assert two_rows(ALIKE, ALIKE, 23) == [[0, 1]]


def test_a_gate_holds_in_runs_joined_by_scores() -> None:
    """Two sexes: joined if the score says so, kept apart if the key's gate names sex; an unknown sex contradicts nothing."""
    other_sex, no_sex = ALIKE | {"sex": 2}, ALIKE | {"sex": 0}
    assert two_rows(ALIKE, other_sex, 23) == [[0, 1]]
    assert two_rows(ALIKE, other_sex, 23, gate=("sex",)) == [[0], [1]]
    assert two_rows(ALIKE, no_sex, 23, gate=("sex",)) == [[0, 1]]


def test_a_row_that_is_not_linkable_is_joined_by_no_score() -> None:
    """Equal features and a threshold that everything reaches: rows without the key stay alone."""
    features: Features = {name: np.full(3, 1, dtype=np.int64) for name in FEATURE_BITS}
    keys = np.zeros((3, 2), dtype=np.uint64)
    present = np.array([[True, True], [True, False], [True, True]])
    keys[:, 0] = [1, 2, 3]
    rows = PlainKeys(np.array([1, 2, 3], dtype=np.uint16), keys, present, features)
    linking = Linking((KeyRule("A1", 8), KeyRule("C1", 8, scored=True)), "A1", 1, 8, scoring=Scoring("score-1", -1000))
    assert clusters_on_shares(rows, linking) == clusters_of(link_in_the_clear(rows, linking)) == [[0, 2], [1]]


def test_an_organization_scattered_over_a_run_counts_once_for_the_cap() -> None:
    """In the key's order the rows are of organizations 1, 2, 1, 2: two organizations, and a cap of two holds them."""
    features: Features = {name: np.full(4, 1, dtype=np.int64) for name in FEATURE_BITS}
    keys = np.array([[7, 1 << 40], [7, 3 << 40], [7, 2 << 40], [7, 4 << 40]], dtype=np.uint64)
    desks = np.array([1, 1, 2, 2], dtype=np.uint16)
    rows = PlainKeys(desks, keys, np.ones((4, 2), dtype=np.bool_), features)
    for cap, persons in ((2, 1), (1, 4)):
        scored = (KeyRule("A1", 1), KeyRule("C1", cap, scored=True))
        found = clusters_on_shares(rows, Linking(scored, "A1", 1, 2, scoring=Scoring("score-1", 23)))
        assert len(found) == persons


def scored_plan(threshold: int, version: str = "score-1") -> Plan:
    """Give the example plan, with every key but the strict one scored and one gate."""
    asked: Plan = plan()
    keys = tuple(replace(k, scored=k.match_key != asked.linking.strict) for k in asked.linking.keys)
    keys = (*keys[:-1], replace(keys[-1], gate=("sex",)))
    return replace(asked, linking=replace(asked.linking, keys=keys, scoring=Scoring(version, threshold)))


def scored_world(seed: int, threshold: int, feature_seed: int, version: str = "score-1") -> World:
    """Draw rows of few persons under a plan that scores."""
    world = random_world(scored_plan(threshold, version), [8, 16, 5, 0, 31, 4], seed, 14)
    draws = np.random.default_rng(feature_seed)
    told = familiar_features(draws, draws.integers(0, 14, world.rows), 0.1)
    world.fields.update({f"feature.{name}": told[name] for name in SCORES[version].features})
    return world


@pytest.mark.parametrize(("seed", "version"), [(0, "score-1"), (1, "score-1"), (2, LARGE_VERSION), (3, LARGE_VERSION)])
def test_a_whole_plan_with_scores_answers_as_the_exact_tables_say(seed: int, version: str) -> None:
    """Submitted features, checked, scored, linked, tabulated: every cell is that of the plain linker and tables."""
    world = scored_world(seed, -10, seed, version)
    valid = world.fields["valid"] == 1
    there = np.stack([valid & (world.fields[f"present.{name}"] == 1) for name in world.layout.keys], axis=1)
    features = {name: world.fields[f"feature.{name}"] for name in SCORES[version].features}
    keys = PlainKeys(world.organizations, world.match_keys.T.copy(), there, features)
    exact = ExactTables(ClearRows(keys, world.fields, world.tallies), world.plan, world.layout).all()
    opened = answer_on_shares(world, bytes([seed]))[0].opened
    assert {name: cells.tolist() for name, cells in opened.items()} == exact


@pytest.mark.guarantee("G-02")
def test_messages_do_not_depend_on_features() -> None:
    """The same keys and other features, under a threshold just out of reach, so that sorts open the same: the same messages."""
    out_of_reach = sum(weight for weight in SCORES["score-1"].weights.values() if weight > 0)
    traces = []
    for feature_seed in (1, 2):
        trace = Trace()
        answer_on_shares(scored_world(5, out_of_reach, feature_seed), trace=trace)
        traces.append((trace.rounds, trace.sizes))
    assert traces[0] == traces[1]


def firm_world(
    pairs: int, desks: list[int], *, version: str = "score-3", cluster_cap: int = 8, strict_cap: int = 0
) -> list[list[int]]:
    """Link rows that one scored key joins into one run: firmly two by two, weakly between the pairs.

    Strict keys all differ; with a strict cap they are all equal.
    """
    count = 2 * pairs
    features: Features = {name: np.full(count, 3, dtype=np.int64) for name in FEATURE_BITS}
    for name in ("surname", "surname_bones", "surname_start"):
        features[name] = 1 + np.arange(count, dtype=np.int64) // 2
    table = SCORES[version]
    firm, weak = score_pairs(features, np.array([0, 1]), np.array([1, 2]), table).tolist()
    assert firm - weak >= (table.firm or 0)
    keys = np.array(
        [[(row + 1) << 40 if not strict_cap else 7, (row + 1) << 30] for row in range(count)], dtype=np.uint64
    )
    order = np.argsort(desks, kind="stable")
    desk = np.array(desks, dtype=np.uint16)[order]
    rows = PlainKeys(desk, keys[order], np.ones((count, 2), dtype=np.bool_), {n: c[order] for n, c in features.items()})
    scored = (KeyRule("A1", strict_cap or 8), KeyRule("C1", 8, scored=True))
    linking = Linking(scored, "A1", 2, cluster_cap, scoring=Scoring(version, weak))
    found = clusters_on_shares(rows, linking)
    assert found == clusters_of(link_in_the_clear(rows, linking))
    return sorted(sorted(int(order[row]) for row in cluster) for cluster in found)


def test_a_torn_component_keeps_its_firm_links() -> None:
    """Two persons, weakly joined by mistake, each with a file at organization 1: they part where they hold least."""
    assert firm_world(2, [1, 2, 1, 3]) == [[0, 1], [2, 3]]
    assert firm_world(2, [1, 2, 1, 3], version="score-1") == [[0], [1], [2], [3]]
    assert firm_world(2, [1, 2, 4, 3]) == [[0, 1, 2, 3]]


def test_firm_links_that_tear_a_component_again_fall_back_to_strict_labels() -> None:
    """Two files of one organization, firmly joined without a common strict key: that part falls back whole, the other stands."""
    assert firm_world(2, [1, 1, 2, 3]) == [[0], [1], [2, 3]]


def test_every_row_of_a_component_too_long_for_its_window_takes_its_firm_label() -> None:
    """Six rows of two organizations in a window of four, of one strict run that is no evidence: no mark reaches the last row."""
    assert firm_world(3, [1, 1, 1, 2, 2, 2], cluster_cap=2, strict_cap=1) == [[0, 1], [2, 3], [4, 5]]
    assert firm_world(3, [1, 2, 3, 4, 5, 6], cluster_cap=2) == [[0, 1], [2, 3], [4, 5]]


def test_firm_links_join_only_in_runs_that_are_evidence() -> None:
    """Firm pairs in a run of more organizations than its cap stay apart when another key's weak links are torn."""
    features: Features = {name: np.full(4, 3, dtype=np.int64) for name in FEATURE_BITS}
    for name in ("surname", "surname_bones", "surname_start"):
        features[name] = np.array([1, 2, 1, 2], dtype=np.int64)
    desks = np.array([1, 1, 2, 3], dtype=np.uint16)
    pairs, across = (1 << 40, 3 << 40, 2 << 40, 4 << 40), (1 << 40, 2 << 40, 3 << 40, 4 << 40)
    keys = np.array(list(zip(range(4), pairs, across, strict=True)), dtype=np.uint64)
    rows = PlainKeys(desks, keys, np.ones((4, 3), dtype=np.bool_), features)
    weak = int(score_pairs(features, np.array([0]), np.array([1]), SCORES["score-3"])[0])
    for cap, found in ((2, [[0], [1], [2], [3]]), (3, [[0, 2], [1, 3]])):
        rules = (KeyRule("A1", 8), KeyRule("C1", cap, scored=True), KeyRule("C2", 8, scored=True))
        linking = Linking(rules, "A1", 3, 8, scoring=Scoring("score-3", weak))
        assert clusters_on_shares(rows, linking) == clusters_of(link_in_the_clear(rows, linking)) == found
