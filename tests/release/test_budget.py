"""The ledger charges every plan to its year, exactly and once."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.release.budget import (
    HARD_CAP,
    STRICT,
    YEARLY,
    Ledger,
    charge,
    charged,
    cost_of,
    ledger_of,
    series_digest,
)
from sansnom.terms.errors import BudgetExhausted, InputError, PolicyRefusal
from sansnom.terms.plan import Period, Plan, SeriesPart
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


QUARTERS = (("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))


def series() -> list[Plan]:
    """Declare three quarters and their year as one series, a sixteenth each."""
    periods = [Period(f"2026-{start}", f"2026-{end}") for start, end in QUARTERS]
    periods += [Period("2026-04-01", "2027-03-31")]
    parts = tuple(SeriesPart(f"part-{n}", period, Fraction(1, 16)) for n, period in enumerate(periods))
    named = {"series": "year", "series_parts": parts, "rho": Fraction(1, 16)}
    return [replace(sample_plan(), plan=part.plan, period=part.period, **named) for part in parts]  # type: ignore[arg-type]  # free members


@pytest.mark.guarantee("G-05")
def test_a_series_is_charged_as_one_with_its_first_plan() -> None:
    """The sum of all parts at once, in whatever order they come; each later part draws what was reserved."""
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        plans, ledger = series(), Ledger()
        assert cost_of(ledger, plans[order[0]]) == Fraction(1, 4)
        for n in order:
            ledger = charge(ledger, plans[n])
            assert ledger.spent("2026-2027") == Fraction(1, 4)
        assert [e.rho for e in ledger.entries] == [Fraction(1, 4), 0, 0, 0]
        assert Ledger.from_json(ledger.to_json()) == ledger == ledger_of(plans[n] for n in order)


@pytest.mark.guarantee("G-05")
def test_nothing_is_drawn_from_a_series_that_was_not_declared_so() -> None:
    """A part that spends more, of another period or name, or under a changed list, is refused or charged by itself."""
    plans = series()
    ledger = charge(Ledger(), plans[0])
    for changed in (
        replace(plans[1], rho=Fraction(1, 8)),
        replace(plans[1], period=plans[2].period),
        replace(plans[1], plan="part-9"),
    ):
        with pytest.raises(PolicyRefusal) as refused:
            charge(ledger, changed)
        assert [f.code for f in refused.value.findings] == ["rule.series.part"]
    longer = (*plans[1].series_parts, SeriesPart("part-9", plans[1].period, Fraction(1, 16)))
    with pytest.raises(BudgetExhausted):
        charge(ledger, replace(plans[1], series_parts=longer))
    assert series_digest(plans[0]) == series_digest(plans[3]) != series_digest(replace(plans[0], series="other"))


@pytest.mark.guarantee("G-07")
def test_the_ledger_is_a_chain_that_cannot_be_edited() -> None:
    """Changing, dropping, swapping or inserting an entry breaks a hash; only the last can be cut off, and the head tells."""
    ledger = Ledger(yearly=Fraction(1))
    for n in range(4):
        ledger = charge(ledger, replace(sample_plan(), plan=f"plan-{n}"))
    told = ledger.to_json()
    assert Ledger.from_json(told).head == ledger.head
    entries = told["entries"]
    changed = [entries[0], {**entries[1], "rho": "1/8"}, *entries[2:]]
    for edited in (
        changed,
        entries[1:],
        [entries[0], *entries[2:]],
        [entries[1], entries[0], *entries[2:]],
        entries * 2,
    ):
        with pytest.raises(InputError, match=r"ledger\.chain"):
            Ledger.from_json({**told, "entries": edited})
    assert Ledger.from_json({**told, "entries": entries[:3]}).head != ledger.head


def test_the_defaults_are_those_of_the_paper() -> None:
    """A quarter a person-year, a twentieth where the roster is strict, never more than one."""
    assert (Fraction(1, 4), Fraction(1, 20), Fraction(1)) == (YEARLY, STRICT, HARD_CAP)


def test_free_entries_belong_to_a_series_that_was_paid() -> None:
    """An entry of nothing, without a paid one of its series before it, would be a question asked for free."""
    ledger = charge(charge(Ledger(), series()[0]), series()[1])
    told = ledger.to_json()
    first = {**told["entries"][1], "number": 0, "previous": "0" * 64}
    with pytest.raises(InputError, match=r"ledger\.charge"):
        Ledger.from_json({**told, "entries": [first]})
