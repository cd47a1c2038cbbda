"""What single attacks measure: known answers, limits that honest noise keeps, and the weakness each is there to see."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import skellam

from sansnom.audit.attacks import a4_averaging, a6_membership, a7_linkage, a9_time, own_tables
from sansnom.audit.attacks.a3_reconstruction import reconstruct
from sansnom.audit.attacks.drawing import ERROR, cancelled, law_of, lower, quiet_sums, same_questions, upper
from sansnom.audit.attacks.practice import Practice
from sansnom.audit.attacks.target import Target, promised_variance, together
from sansnom.release.account import mechanisms_of
from sansnom.release.laplace import laplace_weights
from sansnom.terms.plan import LAPLACE, TIER_UNCONDITIONAL, KeyRule
from tests.audit.attacks.cacm_block import SEVEN, published_block


def test_the_block_of_seven_persons_has_one_solution() -> None:
    """Known answer: from the published table of CACM 62:3 all seven persons are proven, and they are the authors' seven."""
    block = published_block()
    found = reconstruct(block.low, block.high, block.relations, range(len(block.cells)), most=7)
    assert found.status == "solved"
    assert {block.cells[place] for place in found.claims} == set(SEVEN)


def test_a_count_that_may_differ_is_not_claimed() -> None:
    """Two cells that sum to three leave four tables: nothing is proven; a third sum proves both."""
    sums = [([(0, 1), (1, 1)], 3)]
    assert reconstruct([0, 0], [9, 9], sums, [0, 1]).claims == ()
    assert reconstruct([0, 0], [9, 9], [*sums, ([(0, 1), (1, -1)], 1)], [0, 1]).claims == (0, 1)
    # of four cells of at least one that sum to six, those found alike in every solve are still no proof
    four = reconstruct([1] * 4, [9] * 4, [([(place, 1) for place in range(4)], 6)], range(4))
    assert four.claims == ()


def test_an_impossible_table_is_said_to_be_impossible() -> None:
    """Sums that no table obeys give no claim, and say so."""
    assert reconstruct([0], [2], [([(0, 1)], 5)], [0]).status == "impossible"


def test_the_promise_is_read_as_the_accountant_reads_it(target: Target) -> None:
    """The attacker's own formula and the accountant's agree, for both laws and both tiers."""
    keys = (KeyRule("A1", 8), KeyRule("A2", 8))
    for plan in (
        target.plan,
        replace(target.plan, noise=LAPLACE),
        replace(target.plan, linking=replace(target.plan.linking, tier=TIER_UNCONDITIONAL, keys=keys, scoring=None)),
    ):
        if plan.linking.tier == TIER_UNCONDITIONAL:
            plan = replace(plan, tables=tuple(t for t in plan.tables if t.kind != "same_service"))  # noqa: PLW2901 - refused there
        told = [float(m.variance) for m in mechanisms_of(plan)[: len(plan.tables)]]
        for spec, variance in zip(plan.tables, told, strict=True):
            assert promised_variance(plan, spec) == pytest.approx(variance, rel=1e-3), (spec.table, plan.noise)


@pytest.mark.parametrize("parts", [2, 3])
def test_the_laws_of_noise_are_right(parts: int) -> None:
    """Bessel functions against scipy's Skellam, the Fourier way against the product's weights for Laplace."""
    law = law_of(9.0, laplace=False, parts=parts)
    at = np.arange(len(law)) - len(law) // 2
    assert law == pytest.approx(skellam.pmf(at, 4.5 * parts / 2, 4.5 * parts / 2), abs=1e-10)
    variance = 2 * 3 * (3 + 1)
    shape = {2: 1, 3: 3 / 2}[parts]
    from fractions import Fraction

    weights = np.array(laplace_weights(Fraction(variance), Fraction(shape)), dtype=object)
    total = float(2 * sum(weights) - weights[0])
    law = law_of(float(variance), laplace=True, parts=parts)
    middle = len(law) // 2
    for k in (0, 1, 2, 5, 17):
        assert law[middle + k] == pytest.approx(float(weights[k]) / total, rel=1e-6, abs=1e-12)


def test_intervals_of_clopper_and_pearson() -> None:
    """Known values: no hit in 100 leaves up to 3.6 % (97.5 % one-sided), half leaves 39.8 to 60.2 %."""
    assert upper(0, 100, 0.025) == pytest.approx(0.0362, abs=2e-4)
    assert (lower(50, 100, 0.025), upper(50, 100, 0.025)) == pytest.approx((0.3983, 0.6017), abs=2e-4)
    assert lower(0, 10) == 0
    assert upper(10, 10) == 1


@pytest.mark.guarantee("G-06")
@pytest.mark.parametrize("law", ["skellam", LAPLACE])
def test_the_loss_measured_never_exceeds_the_loss_announced(target: Target, law: str) -> None:
    """One helper's noise taken away, hostile rows around the target: the lower bound stays below the claim."""
    plan = replace(target.plan, noise=law)
    aimed = replace(target, plan=plan)
    found = {m.code: m for m in a6_membership.attack(aimed, Practice(), a6_membership.SHORT_RUNS).measures}
    assert 0 < found["epsilon"].found <= found["epsilon"].limit
    assert found["advantage"].good
    assert found["moved"].found == 1


def test_halved_noise_shows_more_than_half_of_the_loss_announced(target: Target) -> None:
    """The planted weakness is measured above half the claim, and its tables tell more than the promised noise allows."""
    runs = a6_membership.RUNS
    found = {m.code: m for m in a6_membership.attack(target, Practice("noise-halved"), runs).measures}
    assert found["epsilon"].found > found["epsilon"].limit / 2
    assert not found["advantage"].good


def test_the_bound_on_the_loss_is_sharp_on_a_known_law() -> None:
    """Randomized response of loss 2: the bound comes close and does not pass; equal coins give nothing."""
    draw = np.random.default_rng(3)
    truth = np.exp(2) / (1 + np.exp(2))
    noise = 1e-3 * draw.random((2, 60_000))
    present, absent = (draw.random(60_000) < truth) + noise[0], (draw.random(60_000) > truth) + noise[1]
    assert 1.8 < a6_membership.lower_bound(present, absent, 1e-6).epsilon <= 2
    same = a6_membership.lower_bound(noise[0], noise[1], 1e-6)
    assert same.epsilon < 0.1
    assert same.auc == pytest.approx(0.5, abs=0.01)


def test_rows_of_a_hostile_desk_do_not_move_more_than_the_person(target: Target) -> None:
    """Cap-many rows that share one key each with the target move the distinct count by the person and nobody else."""
    assert a6_membership.hostile_rows_move(target.plan.linking) == 1


@pytest.mark.guarantee("G-05")
def test_no_disguise_of_a_question_is_accepted(target: Target) -> None:
    """Another name, order, budget, law or threshold: the same question is refused each time, while a new one is not."""
    dressed = a4_averaging.disguised(target.plan)
    assert len(dressed) >= 8
    assert not [name for name, plan in dressed if a4_averaging._accepted(target, plan)]


@pytest.mark.guarantee("G-05")
def test_no_half_overlapping_period_is_accepted(target: Target) -> None:
    """Shifted by a day or a month, a half, the double: refused for the period, so that no difference can be taken."""
    spans = list(a9_time.other_spans(target.plan))
    assert len(spans) >= 8
    assert all(a9_time._refused_for_its_period(target, plan) for plan in spans)


def test_an_exact_copy_alarms_singling_out_linkage_and_inference(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alarm works: records rebuilt without noise and cut as finely as persons single members out, not controls."""
    people = np.array([[n % 13, n % 17, n % 29, n % 31] for n in range(300)], dtype=np.int64)
    others = np.array([[n % 11, n % 19, n % 23, n % 37] for n in range(300)], dtype=np.int64)
    for each in (a7_linkage._singled, a7_linkage._linked, a7_linkage._inferred):
        on_members, tries = each(people, people)
        on_controls, _ = each(people, others)
        assert a7_linkage.Risk(on_members, on_controls, tries).sure > 0.5, each.__name__


def test_risk_is_success_beyond_the_control() -> None:
    """Anonymeter's formula: 60 of 100 against 20 of 100 is half of what was left to win."""
    assert a7_linkage.Risk(60, 20, 100).excess == pytest.approx(0.5)
    assert a7_linkage.Risk(20, 60, 100).excess == 0
    assert a7_linkage.Risk(100, 100, 100).excess == 0


def test_releases_that_share_noise_lie_too_close(target: Target) -> None:
    """Another release of the same question with the same noise: the gap is nought, and no honest noise is so quiet."""
    other = replace(target.release, release="again")
    assert cancelled(same_questions(target, other)) < ERROR


def test_published_figures_without_noise_add_up_too_well(target: Target) -> None:
    """Figures that agree exactly in every table carry no noise of their own: that is seen from the release alone."""
    whole = together(target)
    assert quiet_sums(whole)[0] > ERROR
    exact = replace(whole, values=np.rint(whole.fitted(whole.values.astype(np.float64))).astype(np.int64))
    assert quiet_sums(exact)[0] < ERROR


def test_least_squares_never_know_less_than_each_table_alone(target: Target) -> None:
    """Joining tables narrows each figure or leaves it; the fit adds up."""
    whole = together(target)
    assert (whole.fitted_spread() <= whole.spread + 1e-9).all()
    assert np.abs(whole.sums @ whole.fitted(whole.values.astype(np.float64))).max() < 1e-6


def test_a_forgotten_quarter_isolates_two_persons() -> None:
    """The hand-made tables: with the quarter in the manifest nothing is isolated; forgotten, the difference is."""
    assert own_tables.isolating(own_tables.published_tables(Practice())) == []
    assert own_tables.isolating(own_tables.published_tables(Practice("table-forgotten")))
