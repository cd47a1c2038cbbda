"""The loss: sensitivities by kind, epsilon from Renyi bounds, and both claims."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from sansnom.release.account import (
    Mechanism,
    Sensitivity,
    epsilon,
    linkage_sensitivity,
    loss_of,
    mechanisms_of,
    noise_scales,
    noise_variance,
    renyi_bound,
    table_sensitivity,
)
from sansnom.release.noise import skellam_total, skellam_weights
from sansnom.terms.plan import Scoring
from tests.release.samples import dictionary, sample_plan, sample_tables


def test_the_known_example_costs_what_the_formula_says() -> None:
    """Variance 2, one histogram, delta 1e-6: epsilon 4.29 (4.2930...), shown rounded up."""
    told, order = epsilon([Mechanism(Sensitivity(1, 1), Fraction(2), requests=False)])
    assert (told, order) == ("4.30", 8)


def test_each_kind_of_table_has_its_sensitivity() -> None:
    """A person is in one cell of most tables, in one of each service for overlap, and adds up to the bound of a sum."""
    found = {t.kind: table_sensitivity(t) for t in sample_tables()}
    one = Sensitivity(1, 1)
    assert found == {
        "persons": one,
        "multiplicity": one,
        "same_service": Sensitivity(4, 4),
        "transitions": one,
        "sum": Sensitivity(40, 1600),
        "minimum": one,
        "tally": one,
    }


def test_noise_is_what_the_budget_share_asks() -> None:
    """The variance of two helpers' noise is the squared sensitivity over twice rho."""
    assert noise_variance(Sensitivity(1, 1), Fraction(1, 4)) == 2
    assert noise_variance(Sensitivity(40, 1600), Fraction(1, 50)) == 40_000


def test_general_counts_come_last_and_share_their_part() -> None:
    """Rows move by as many organizations as a person may have; persons that cannot be linked, by one."""
    plan = sample_plan()
    rows, lone = mechanisms_of(plan)[-2:]
    assert rows.sensitivity == Sensitivity(8, 64)
    assert rows.variance == Fraction(64) / (2 * plan.counts_rho / 2)
    assert lone.sensitivity == Sensitivity(1, 1)
    scales = noise_scales(plan, dictionary())
    assert [s.cells for s in scales] == [1, 3, 6, 18, 32, 8, 9, 6, 6, 4, 40, 1, 1]


@pytest.mark.guarantee("G-05")
def test_rows_move_by_the_strict_keys_cap_when_it_is_larger() -> None:
    """A component past the cluster cap falls back to the strict key, whose runs may have more organizations than that cap."""
    plan = sample_plan()
    keys = (replace(plan.linking.keys[0], match_key=plan.linking.strict, cap=32), *plan.linking.keys[1:])
    wide = replace(plan, linking=replace(plan.linking, keys=keys, cluster_cap=3))
    rows, lone = mechanisms_of(wide)[-2:]
    assert rows.sensitivity == Sensitivity(32, 32**2)
    assert lone.sensitivity == Sensitivity(1, 1)
    assert [claim.rows for claim in loss_of(wide).worst] == [1, 32]


@pytest.mark.parametrize(("variance", "shift"), [(Fraction(2), 1), (Fraction(8), 2), (Fraction(50), 3)])
@pytest.mark.parametrize("order", [2, 5, 9])
def test_the_renyi_bound_is_above_the_exact_divergence(variance: Fraction, shift: int, order: int) -> None:
    """The exact Renyi divergence between the noise and the noise moved never exceeds the bound, nor is far below it."""
    weights = skellam_weights(variance)
    total, last = skellam_total(weights), len(weights) - 1

    def mass(k: int) -> Fraction:
        return Fraction(weights[abs(k)], total) if abs(k) <= last else Fraction(0)

    # Far tails add nothing that a float can hold.
    reach = range(-last + 20, last - 20)
    moment = sum(float(mass(k)) * float(mass(k) / mass(k - shift)) ** (order - 1) for k in reach if mass(k - shift))
    exact = math.log(moment) / (order - 1)
    bound = float(renyi_bound(Mechanism(Sensitivity(shift, shift**2), variance, requests=False), order))
    assert exact <= bound + 1e-12
    assert exact > bound / 3


def test_more_noise_costs_less_and_more_tables_cost_more() -> None:
    """Epsilon falls with the variance and rises with composition."""
    quiet = Mechanism(Sensitivity(1, 1), Fraction(50), requests=False)
    loud = Mechanism(Sensitivity(1, 1), Fraction(5), requests=False)
    assert Fraction(epsilon([quiet])[0]) < Fraction(epsilon([loud])[0]) < Fraction(epsilon([loud, quiet])[0])


def test_epsilon_is_rounded_up_never_down() -> None:
    """The printed decimal is at least the exact value, and less than a hundredth above it."""
    mechanism = Mechanism(Sensitivity(1, 1), Fraction(7), requests=False)
    told, order = epsilon([mechanism])
    a = order
    exact = float(renyi_bound(mechanism, a)) + math.log((a - 1) / a) - (math.log(1e-6) + math.log(a)) / (a - 1)
    assert 0 <= float(told) - exact < 0.0101


@pytest.mark.guarantee("G-07")
def test_both_claims_are_printed_and_the_worst_is_worse() -> None:
    """The loss given the linkage and the worst case with it are both stated; the second grows with a person's rows."""
    plan = sample_plan()
    loss = loss_of(plan)
    assert loss.rho == plan.rho == Fraction(1, 4)
    assert loss.requests is not None
    one, most = loss.worst
    assert (one.rows, most.rows) == (1, 8)
    assert one.sensitivity == linkage_sensitivity(plan) == 1 + 3 * 17 * 17
    assert Fraction(loss.linked.epsilon) < Fraction(one.epsilon) < Fraction(most.epsilon)


def test_a_scored_key_may_move_twice_the_rows() -> None:
    """One row between two neighbours parts a run in two, and both halves may become evidence."""
    plan = sample_plan()
    scored = tuple(replace(rule, scored=rule.match_key != plan.linking.strict) for rule in plan.linking.keys)
    more = linkage_sensitivity(replace(plan, linking=replace(plan.linking, keys=scored)))
    assert more - 1 == (linkage_sensitivity(plan) - 1) // 3 * 5


def test_firm_links_count_twice_in_the_worst_case() -> None:
    """A run touches components of all links and components of firm links: a version with firm links costs twice the rows."""
    plan = sample_plan()
    keys = tuple(replace(rule, scored=rule.match_key != plan.linking.strict) for rule in plan.linking.keys)
    one, two = (
        linkage_sensitivity(replace(plan, linking=replace(plan.linking, keys=keys, scoring=Scoring(version, 40))))
        for version in ("score-2", "score-3")
    )
    assert two - 1 == 2 * (one - 1)


def test_a_plan_without_tallies_states_no_loss_for_requests() -> None:
    """Requests without persons are a unit of their own."""
    plan = sample_plan(tables=sample_tables()[:3])
    assert loss_of(plan).requests is None


def test_the_worst_case_covers_the_known_attack() -> None:
    """Eight keys of cap 6, five other organizations each: 40 persons moved beside the target lie within the bound."""
    plan = sample_plan()
    keys = tuple(replace(plan.linking.keys[0], match_key=f"A{n}") for n in range(1, 9))
    plan = replace(plan, linking=replace(plan.linking, keys=keys))
    assert linkage_sensitivity(plan) >= 41


@pytest.mark.guarantee("G-07")
def test_without_conditions_the_worst_case_needs_no_linkage() -> None:
    """One row moves what its noise is set for; a person with eight rows eight times that; far less than the capped worst case."""
    tables = tuple(t for t in sample_tables() if t.kind != "same_service")
    full = sample_plan(tables=tables)
    plan = replace(full, linking=replace(full.linking, keys=full.linking.keys[:2], tier="unconditional"))
    one, most = loss_of(plan).worst
    assert (one.rows, one.sensitivity, most.rows, most.sensitivity) == (1, 1, 8, 1)
    assert one.epsilon == epsilon([m for m in mechanisms_of(plan) if not m.requests])[0]
    assert Fraction(loss_of(plan).linked.epsilon) < Fraction(loss_of(full).linked.epsilon) * 6
    assert Fraction(most.epsilon) < Fraction(loss_of(full).worst[0].epsilon)
    assert [m.sensitivity for m in mechanisms_of(plan)][:3] == [Sensitivity(1, 1), Sensitivity(2, 2), Sensitivity(2, 2)]
