"""The ledger charges every plan to its year, exactly and once."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.release.budget import Ledger, charge, charged
from sansnom.terms.errors import BudgetExhausted, InputError, PolicyRefusal
from tests.release.samples import sample_plan


@pytest.mark.guarantee("G-05")
def test_a_year_without_budget_refuses() -> None:
    """What a year does not allow is refused, and nothing is charged."""
    plan = sample_plan()
    spent = charge(Ledger(), plan)
    assert spent.left("2026-2027") == 0
    again = replace(plan, plan="another")
    with pytest.raises(BudgetExhausted) as refused:
        charge(spent, again)
    assert refused.value.parameters["left"] == "0"
    assert not charged(spent, again)


def test_the_same_plan_is_charged_once() -> None:
    """The same question is answered from the log: no second charge."""
    plan = sample_plan()
    once = charge(Ledger(), plan)
    assert charge(once, plan) == once
    assert charged(once, plan)


def test_another_plan_cannot_take_a_name() -> None:
    """A plan changed after it was charged is another plan, and its name is taken."""
    plan = sample_plan()
    spent = charge(Ledger(yearly=Fraction(1)), plan)
    with pytest.raises(PolicyRefusal) as refused:
        charge(spent, replace(plan, minimum_organizations=4))
    assert refused.value.code == "rule.plan.twice"


def test_no_ledger_allows_more_than_the_hard_cap() -> None:
    """A yearly allowance above 1, or none at all, is refused."""
    for yearly in (Fraction(5, 4), Fraction(0), Fraction(-1)):
        with pytest.raises(InputError):
            Ledger(yearly=yearly)


def test_years_are_apart_and_the_lifetime_adds_them() -> None:
    """A new year has its own allowance; the lifetime total forgets nothing."""
    plan = sample_plan()
    ledger = charge(charge(Ledger(), plan), replace(plan, plan="next", budget_year="2027-2028"))
    assert ledger.spent("2026-2027") == ledger.spent("2027-2028") == Fraction(1, 4)
    assert ledger.lifetime == Fraction(1, 2)


@given(st.lists(st.fractions(min_value="1/1000", max_value="1/4", max_denominator=1000), max_size=12))
def test_the_year_is_never_overspent(asked: list[Fraction]) -> None:
    """Whatever is asked in whatever order, the sum charged stays within the year, exactly."""
    ledger = Ledger()
    plan = sample_plan()
    for n, rho in enumerate(asked):
        try:
            ledger = charge(ledger, replace(plan, plan=f"plan-{n}", rho=rho))
        except BudgetExhausted:
            assert rho > ledger.left("2026-2027")
    assert ledger.spent("2026-2027") == sum(e.rho for e in ledger.entries) <= Fraction(1, 4)
    assert Ledger.from_json(ledger.to_json()) == ledger


def test_a_ledger_file_with_a_negative_charge_is_refused() -> None:
    """A negative charge would give budget back."""
    told = charge(Ledger(), sample_plan()).to_json()
    told["entries"][0]["rho"] = "-1/4"
    with pytest.raises(InputError):
        Ledger.from_json(told)
