"""Pair scores on shares are those of the plain rules, for any features, weights and thresholds."""

import numpy as np
import pytest
from hypothesis import example, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.compute.correlated import Party
from sansnom.compute.programs.score import (
    Traits,
    score_cost,
    score_neighbours,
    signs_with_next,
    traits_of,
)
from sansnom.compute.share import Bits, lanes_for
from sansnom.compute.simulate import Trace, join_bits, run_three, seat_three, split_bits
from sansnom.compute.steps import Steps
from sansnom.exchange.pair_scores import score_pairs, signs_of
from sansnom.terms.scoring import FEATURE_BITS, LARGE_VERSION, SCORES, SIGNS, WEIGHT_MAX, ScoreTable
from tests.compute.strategies import run

Features = dict[str, NDArray[np.int64]]
SCORE_1 = SCORES["score-1"]


def draw_features(rows: int, seed: int, values: int, missing: float) -> Features:
    """Draw features of few values, small ones and those with the highest bits set, some missing; each on its own."""
    draws = np.random.default_rng(seed)
    told: Features = {}
    for name, bits in FEATURE_BITS.items():
        known = draws.integers(1, min(values, 2**bits - 1) + 1, rows)
        known = np.where(draws.random(rows) < 0.2, 2**bits - known, known)
        told[name] = np.where(draws.random(rows) < missing, 0, known).astype(np.int64)
    return told


def split_features(features: Features, seed: bytes = b"features") -> list[dict[str, Bits]]:
    """Split features among three helpers."""
    three: list[dict[str, Bits]] = [{}, {}, {}]
    for name, codes in features.items():
        plain = np.stack([(codes >> bit) & 1 for bit in range(FEATURE_BITS[name])]).astype(np.uint8)
        for helper, shared in enumerate(split_bits(plain, seed + name.encode())):
            three[helper][name] = shared
    return three


def reached_on_shares(features: Features, table: ScoreTable, threshold: int) -> list[bool]:
    """Score each row with the next one on shares; give which reach the threshold."""
    shares = split_features(features)

    def protocol(me: Party, helper: int) -> Steps[Bits]:
        traits = yield from traits_of(me, shares[helper])
        (reached,) = yield from score_neighbours(me, traits, table, [threshold])
        return reached

    return [bool(bit) for bit in join_bits(run(protocol).results)[:-1]]


def neighbours_of(features: Features) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the rows that have a next one, and the next ones."""
    rows = np.arange(features["year"].size, dtype=np.int64)
    return rows[:-1], rows[1:]


worlds = st.builds(
    draw_features, st.integers(2, 90), st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([0.0, 0.1, 0.5, 1.0])
)


@settings(max_examples=40)
@hypothesis_given(worlds)
def test_every_sign_is_that_of_the_plain_rules(features: Features) -> None:
    """Each sign of each pair of neighbours, missing features and all, also where a desk's features contradict each other."""
    shares = split_features(features)

    def protocol(me: Party, helper: int) -> Steps[dict[str, Bits]]:
        traits = yield from traits_of(me, shares[helper])
        return (yield from signs_with_next(me, traits))

    three = run(protocol).results
    plain = signs_of(features, *neighbours_of(features))
    assert set(three[0]) == set(plain) == set(SIGNS)
    for name, expected in plain.items():
        found = join_bits((three[0][name], three[1][name], three[2][name]))[:-1]
        assert found.tolist() == expected.astype(np.uint8).tolist(), name


@settings(max_examples=40)
@hypothesis_given(worlds, st.sampled_from([-3, 0, 1, 9]), st.sampled_from([SCORE_1, SCORES[LARGE_VERSION]]))
@example(draw_features(70, 1, 2, 1.0), 0, SCORE_1)
def test_the_published_score_is_reached_where_the_plain_score_is(
    features: Features, above: int, table: ScoreTable
) -> None:
    """With the published weights, thresholds around every score that occurs decide alike, in the clear and on shares."""
    scores = score_pairs(features, *neighbours_of(features), table)
    threshold = int(np.median(scores)) + above
    assert reached_on_shares(features, table, threshold) == (scores >= threshold).tolist()


@settings(max_examples=25)
@hypothesis_given(
    worlds, st.lists(st.integers(-WEIGHT_MAX, WEIGHT_MAX), min_size=len(SIGNS), max_size=len(SIGNS)), st.data()
)
def test_any_weights_and_threshold_are_compared_exactly(
    features: Features, weights: list[int], data: st.DataObject
) -> None:
    """Whatever the weights: a threshold at, just under and just over a score that occurs."""
    table = ScoreTable("any", dict(zip(SIGNS, weights, strict=True)), 0)
    scores = score_pairs(features, *neighbours_of(features), table)
    threshold = int(data.draw(st.sampled_from(scores.tolist()))) + data.draw(st.integers(-1, 1))
    assert reached_on_shares(features, table, threshold) == (scores >= threshold).tolist()


@pytest.mark.parametrize("weight", [1, -1, WEIGHT_MAX, -WEIGHT_MAX])
def test_one_weight_alone_is_compared(weight: int) -> None:
    """Thresholds that nothing or everything reaches are public facts; the one between is decided by the sign."""
    table = ScoreTable("one", dict.fromkeys(SIGNS, 0) | {"year": weight}, 0)
    features = draw_features(80, 4, 2, 0.2)
    scores = score_pairs(features, *neighbours_of(features), table)
    for threshold in (-WEIGHT_MAX - 1, min(weight, 0), min(weight, 0) + 1, max(weight, 0), max(weight, 0) + 1):
        assert reached_on_shares(features, table, threshold) == (scores >= threshold).tolist()


@pytest.mark.parametrize("rows", [1, 64, 200])
@pytest.mark.parametrize("thresholds", [(-1000,), (30,), (1000,), (30, 54), (54, -1000, 30)])
@pytest.mark.parametrize("table", [SCORE_1, SCORES[LARGE_VERSION]], ids=lambda table: table.version)
def test_scoring_costs_what_it_says(rows: int, thresholds: tuple[int, ...], table: ScoreTable) -> None:
    """Rounds and bytes of the scores of one key, exactly; for the published weights, the figures of the docstring."""
    drawn = draw_features(rows, 2, 3, 0.2)
    shares = split_features({name: drawn[name] for name in table.features})
    traits = known_of(shares)
    trace = Trace()
    zero, one, two = (score_neighbours(me, traits[me.number], table, thresholds) for me in seat_three(b"cost"))
    run_three((zero, one, two), trace=trace)
    rounds, ands = score_cost(table, thresholds)
    assert trace.rounds == rounds
    assert trace.sent_bytes == [8 * lanes_for(rows) * ands] * 3
    if table is SCORE_1 and thresholds == (30,):
        assert rounds <= 24
        assert ands <= 300
    if table is SCORE_1 and thresholds == (30, 54):
        assert rounds <= 24
        assert ands <= 420


def test_known_features_are_found_once_in_four_rounds() -> None:
    """OR trees over at most 16 bits: one AND for each bit but one of each feature."""
    shares = split_features(draw_features(65, 2, 3, 0.2))
    trace = run(lambda me, helper: traits_of(me, shares[helper])).trace
    assert trace.rounds == 4
    assert trace.sent_bytes == [8 * lanes_for(65) * (sum(FEATURE_BITS.values()) - len(FEATURE_BITS))] * 3


def known_of(shares: list[dict[str, Bits]]) -> list[Traits]:
    """Find what is known of each row, at three helpers."""
    return list(run(lambda me, helper: traits_of(me, shares[helper])).results)


def test_traits_survive_being_laid_out_as_columns() -> None:
    """Columns laid side by side and read again are the same features and known bits."""
    drawn = draw_features(65, 2, 3, 0.2)
    for version in (SCORE_1, SCORES[LARGE_VERSION]):
        shares = split_features({name: drawn[name] for name in version.features})
        traits = known_of(shares)[0]
        columns = traits.columns()
        again = traits.of_columns(columns)
        assert columns.columns == (traits.width,)
        assert traits.width == sum(version.features.values()) + len(version.features)
        assert list(again.features) == list(again.known) == list(version.features)
        assert all((again.features[n].pair == traits.features[n].pair).all() for n in version.features)
        assert all((again.known[n].pair == traits.known[n].pair).all() for n in version.features)
