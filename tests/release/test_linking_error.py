"""Counts corrected for linking: the estimator undoes what the matrix did, with its variance, beside the raw figure."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from sansnom.release.assemble import assemble_release
from sansnom.release.linking_error import estimate, inverse, linking_error_of, nearest_tier
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import InputError
from sansnom.terms.linking_error import ExpectedErrors, GroupError, Spread, Tier
from sansnom.terms.parse import Text
from sansnom.terms.plan import KeyRule, Linking, Plan, Scoring
from sansnom.terms.release import Release
from sansnom.terms.table import MULTIPLICITY
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster

TRUTH = {"persons": [2_989], "organizations": [2_391, 471, 127]}
SPREAD = Spread(9_000, 9_500, 9_800)
GROUP = GroupError("all", Text("Toutes", "Everyone"), SPREAD, SPREAD, SPREAD, SPREAD, SPREAD, SPREAD)
EXACT = (990_000, 100_000, 50_000, 1_000, 950_000, 50_000, 0, 1_000, 970_000)
LINKING = Linking((KeyRule("A2", 8, scored=True), KeyRule("A1", 8)), "A1", 2, 8, "keys-1", Scoring("score-1", 23))


def measured(*worlds: tuple[int, ...], scoring: str = "score-1") -> ExpectedErrors:
    """Make a measurement of two sizes."""
    tiers = tuple(Tier(persons, persons * 4 // 3, (GROUP,), worlds or (EXACT, EXACT)) for persons in (3_000, 30_000))
    return ExpectedErrors("1", "keys-1", scoring, (1, 2), tiers)


def scored_plan() -> Plan:
    """Give the sample plan, linked by scores."""
    return replace(sample_plan(), linking=LINKING)


def release() -> Release:
    """Assemble a release that tells the error of linking."""
    plan = scored_plan()
    return assemble_release(
        plan, dictionary(), sample_roster(), "ab" * 32, 24, opened_values(plan, TRUTH), measured=measured()
    )


def test_the_inverse_is_exact() -> None:
    """A matrix times its inverse is the identity, in fractions."""
    m = [[Fraction(x, 7) for x in row] for row in ((9, 1, 2), (1, 5, 1), (0, 2, 8))]
    back = inverse(m)
    product = [[sum(m[i][k] * back[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
    assert product == [[int(i == j) for j in range(3)] for i in range(3)]


def test_the_estimator_gives_back_what_the_matrix_took() -> None:
    """Known truth, linked by the matrix without noise: the truth comes back, and the bias of the distinct count with it."""
    truth = [2_000, 700, 300]
    linked = [sum(EXACT[3 * i + j] * truth[j] for j in range(3)) // 1_000_000 for i in range(3)]
    found = estimate(linked, Fraction(0), measured().tiers[0])
    assert [round(value) for value in found.values] == pytest.approx(truth, abs=2)
    bias = sum(w * m for w, m in zip(found.bias_weights, linked, strict=True))
    assert float(sum(linked) - bias) == pytest.approx(sum(truth), abs=3)


def test_the_variance_holds_noise_and_the_doubt_about_the_matrix() -> None:
    """Noise alone, worlds that differ alone, and both: the variances add up; fewer persons than measured vary more."""
    other = tuple(x + (20_000 if place == 1 else 0) for place, x in enumerate(EXACT))
    linked, noise = [2_000, 700, 300], Fraction(50)
    tiers = {
        name: measured(*worlds).tiers[0] for name, worlds in (("same", (EXACT, EXACT)), ("differ", (EXACT, other)))
    }
    alone = estimate(linked, noise, tiers["same"]).covariance
    doubt = estimate(linked, Fraction(0), tiers["differ"]).covariance
    both = estimate(linked, noise, tiers["differ"]).covariance
    assert alone[0][0] >= noise
    assert doubt[0][0] > 0
    assert both[0][0] > max(alone[0][0], doubt[0][0])
    few = estimate([200, 70, 30], Fraction(0), tiers["differ"]).covariance
    assert few[0][0] * 100 > doubt[0][0] * 5


def test_corrected_counts_stand_beside_the_raw_ones() -> None:
    """Each corrected figure bears the raw figure of its table with its interval, and a variance above that of the noise."""
    told = release().linking_error
    assert told is not None
    assert [one.figure for one in told.corrected] == ["distinct", "1", "2", "3+"]
    tables = {table.table: table for table in release().tables}
    several = next(t for t in tables.values() if t.kind == MULTIPLICITY)
    assert [one.raw for one in told.corrected[1:]] == [figure.value for figure in several.figures]
    distinct = told.corrected[0]
    assert distinct.table == "persons"
    assert (distinct.raw, distinct.raw_low) == (tables["persons"].figures[0].value, tables["persons"].figures[0].low)
    assert all(one.low <= one.value <= one.high and one.variance > several.variance / 2 for one in told.corrected)


def test_errors_measured_for_other_keys_are_not_told() -> None:
    """Rules that nobody measured, or that do not score, get no figure rather than another's."""
    plan = scored_plan()
    tables = release().tables
    assert linking_error_of(plan, tables, 4_000, measured()) is not None
    assert linking_error_of(plan, tables, 4_000, measured(scoring="score-9")) is None
    assert linking_error_of(plan, tables, 4_000, None) is None
    assert linking_error_of(sample_plan(), tables, 4_000, measured()) is None


@pytest.mark.parametrize(
    ("rows", "persons"), [(-5, 3_000), (4_000, 3_000), (12_000, 3_000), (13_000, 30_000), (10**6, 30_000)]
)
def test_the_nearest_size_is_told(rows: int, persons: int) -> None:
    """By ratio: 12,000 rows are nearer to 4,000 than to 40,000."""
    assert nearest_tier(measured(), rows).persons == persons


def test_it_survives_its_files() -> None:
    """A release and a measurement, written and read back, are the same; a release without it still reads."""
    told = release()
    assert Release.from_json(json.loads(canonical_bytes(told.to_json()))) == told
    assert ExpectedErrors.from_json(json.loads(json.dumps(measured().to_json()))) == measured()
    older = told.to_json()
    del older["linking_error"]
    assert Release.from_json(older).linking_error is None


def test_an_interval_upside_down_or_an_unknown_figure_is_refused() -> None:
    """Signed or not, a corrected count that cannot be is not read."""
    for wrong in ({"figure": "all"}, {"low": 9, "high": 3}):
        told = json.loads(canonical_bytes(release().to_json()))
        told["linking_error"]["corrected"][0] |= wrong
        with pytest.raises(InputError, match=r"release\.interval"):
            Release.from_json(told)
