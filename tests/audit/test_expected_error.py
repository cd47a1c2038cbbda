"""Expected errors: measured on synthetic worlds, the shipped file fits the rules in use, and corrected counts cover the truth."""

import json
import random
from fractions import Fraction
from importlib.resources import files
from math import sqrt

import pytest

from sansnom.audit.expected_error import (
    EVERYONE,
    GROUP_OF,
    LABELS,
    OTHER,
    SIZES,
    SIZES_OF_LARGE,
    expected_errors,
    file_name,
    outcome,
)
from sansnom.exchange.linkable import scored_linking
from sansnom.helper.means import load_measured
from sansnom.release.linking_error import SPREADS, estimate
from sansnom.terms.linking_error import ExpectedErrors
from sansnom.terms.plan import Linking
from sansnom.terms.scoring import ROWS_OF_TOWNS
from sansnom.worlds.pools import pools
from sansnom.worlds.world import make_world


def shipped() -> ExpectedErrors:
    """Read what ships for the rules in use."""
    found = load_measured(scored_linking(1))
    assert found is not None, "measure again: sansnom audit linkage --expected"
    return found


def test_the_shipped_file_was_measured_for_the_rules_in_use() -> None:
    """Keys, scores, sizes and name of the file are those of today: else `sansnom audit linkage --expected` measures again."""
    told, linking = shipped(), scored_linking(1)
    assert linking.scoring is not None
    assert (told.keys, told.scoring) == (linking.version, linking.scoring.version)
    assert [tier.persons for tier in told.tiers] == [persons for persons, _, _ in SIZES]
    file = files("sansnom.terms.dictionary").joinpath(file_name(told))
    assert ExpectedErrors.from_json(json.loads(file.read_text(encoding="utf-8"))) == told


def test_large_runs_have_a_measurement_of_their_own() -> None:
    """Beyond a town a plan names other scores: their error was measured on worlds with more rows than a town."""
    linking = scored_linking(ROWS_OF_TOWNS + 1)
    told = load_measured(linking)
    assert told is not None, "measure again: sansnom audit linkage --expected --large"
    assert linking.scoring is not None
    assert (told.keys, told.scoring) == (linking.version, linking.scoring.version)
    assert [tier.persons for tier in told.tiers] == [persons for persons, _, _ in SIZES_OF_LARGE]
    assert all(tier.rows > ROWS_OF_TOWNS for tier in told.tiers)
    assert [group.group for group in told.tiers[0].groups] == [group.group for group in shipped().tiers[-1].groups]


def test_every_culture_of_the_worlds_has_a_group_in_both_languages() -> None:
    """No origin is left out of the measurement, and none is called "other" by oversight."""
    assert pools().keys() <= GROUP_OF.keys()
    assert LABELS.keys() - {EVERYONE, OTHER} == {g.group for g in shipped().tiers[0].groups} - {EVERYONE, OTHER}
    assert all(label.fr and label.en for label in LABELS.values())


def test_intervals_hold_their_values_and_poor_files_are_found_less() -> None:
    """Twice the noise finds fewer pairs and counts more persons, for everyone, at each size."""
    for tier in shipped().tiers:
        everyone = tier.groups[0]
        assert everyone.group == EVERYONE
        assert everyone.poor_recall.value < everyone.recall.value
        assert everyone.poor_distinct.value > everyone.distinct.value
        for group in tier.groups:
            assert 0 <= group.recall.low <= group.recall.value <= group.recall.high <= 10_000


def test_no_linking_without_scores_was_measured() -> None:
    """Another version of keys, or none that scores, has no file: a release says nothing rather than something else's error."""
    linking = scored_linking(1)
    assert load_measured(Linking(linking.keys, linking.strict, 2, 8, "keys-9", linking.scoring)) is None
    assert load_measured(Linking(linking.keys, linking.strict, 2, 8)) is None


def test_one_file_tells_of_one_version_of_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds of sizes that two versions share are refused: their error would be told of runs that they are not."""
    versions = iter((scored_linking(1), scored_linking(ROWS_OF_TOWNS + 1), scored_linking(1)))
    monkeypatch.setattr("sansnom.audit.expected_error.default_linking", lambda _files: next(versions))
    with pytest.raises(ValueError, match="2 versions"):
        expected_errors([(60, 3, 1)], (1,))


@pytest.mark.slow
def test_one_command_measures_again_from_seeds() -> None:
    """The same seeds give the same file, in the form that ships."""
    one, two = (expected_errors([(200, 6, 2)], (1, 2)) for _ in range(2))
    assert one == two == ExpectedErrors.from_json(json.loads(json.dumps(one.to_json())))
    assert len(one.tiers[0].worlds) == 6


def covered(seeds: range) -> tuple[int, int]:
    """Count corrected figures whose interval holds the truth, over new worlds of other shares and noises, with noise added."""
    tier, rng, inside, told = shipped().tiers[0], random.Random(7), 0, 0
    variance = Fraction(50)
    for seed in seeds:
        noise = (0.5, 1.0, 1.5, 2.0)[seed % 4]
        world = make_world(24, 3000, seed, at_several=rng.choice((0.05, 0.2, 0.4)), noise=noise)
        everyone = outcome(world, noise).transfers[EVERYONE]
        linked = [round(float(x) + rng.gauss(0, sqrt(variance))) for x in everyone.counted.sum(axis=1)]
        found = estimate(linked, variance, tier)
        values = [*found.values, sum(found.values, Fraction(0))]
        spreads = [found.covariance[i][i] for i in range(3)]
        spreads.append(sum((x for row in found.covariance for x in row), Fraction(0)))
        truth = [*everyone.persons.tolist(), int(everyone.persons.sum())]
        for value, spread, true in zip(values, spreads, truth, strict=True):
            inside += abs(value - true) <= SPREADS * Fraction(sqrt(spread))
            told += 1
    return inside, told


def test_corrected_counts_cover_the_truth_on_new_worlds() -> None:
    """On a few worlds that the measurement never saw, nine of ten intervals hold the truth at least."""
    inside, told = covered(range(501, 505))
    assert inside >= told * 0.75


@pytest.mark.long
def test_corrected_counts_cover_the_truth_nineteen_times_in_twenty() -> None:
    """Over 80 new worlds and four figures each, between 90 and 100 percent."""
    inside, told = covered(range(601, 681))
    assert 0.9 * told <= inside
