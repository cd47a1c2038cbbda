"""Figures of a release agree, only where they truly must; nothing is below zero, and nothing is claimed of noise."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from sansnom.audit.plain_link import PlainKeys
from sansnom.audit.plain_tables import ClearRows, ExactTables
from sansnom.release.assemble import assemble_release
from sansnom.release.consistency import agreements, consistent_tables
from sansnom.release.consistency_sums import PAIR_LEVEL, sum_of, sum_variance
from sansnom.terms.plan import Plan
from sansnom.terms.release import Consistent, Release, ReleasedTable
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    WAITING,
    TableSpec,
    axes_of,
)
from tests.compute.worlds import random_world
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster
from tests.terms.examples import plan as plan_of
from tests.terms.examples import spec

LINKED = (
    spec("persons", PERSONS),
    spec("by-sex-category", PERSONS, dimensions=("sex", "category")),
    spec("by-category", PERSONS, dimensions=("category",)),
    spec("organizations", MULTIPLICITY, dimensions=("sex",)),
    spec("days", MINIMUM, measure="days_to_first_service", bound=1023, bins=(30, 90)),
    spec("days-finer", MINIMUM, measure="days_to_first_service", bound=1023, bins=(10, 30, 90)),
    spec("users", PERSONS, services=("french_course", "housing")),
    spec("users-by-region", PERSONS, services=("housing", "french_course"), dimensions=("region",)),
    spec("overlap", SAME_SERVICE, services=("french_course", "housing"), window_days=90),
    spec("overlap-by-sex", SAME_SERVICE, services=("housing",), window_days=90, dimensions=("sex",)),
    spec("progress", TRANSITIONS, scale="EQ.speaking", bands=(4, 8, 12)),
    spec("progress-by-sex", TRANSITIONS, scale="EQ.speaking", bands=(4, 8, 12), dimensions=("sex",)),
    spec("acts", SUM, measure="service_count", bound=24),
    spec("acts-by-category", SUM, measure="service_count", bound=24, dimensions=("category",)),
    spec("waiting", TALLY, measure=WAITING, services=("housing",), bound=500),
    spec("waiting-too", TALLY, measure=WAITING, services=("housing",), bound=500),
)


def exact_tables(plan: Plan, seed: int) -> dict[str, list[int]]:
    """Count a random world exactly, by the auditor's own rules: persons at several organizations, rows that disagree."""
    world = random_world(plan, [40, 40, 40, 30], seed, persons=60)
    valid = np.flatnonzero(world.fields["valid"])
    present = np.stack([world.fields[f"present.{name}"] == 1 for name in world.layout.keys], axis=1)
    keys = PlainKeys(world.organizations[valid], world.match_keys.T[valid], present[valid])
    fields = {name: values[valid] for name, values in world.fields.items()}
    return ExactTables(ClearRows(keys, fields, world.tallies), plan, world.layout).all()


def together(specs: tuple[TableSpec, ...], plan: Plan, opened: dict[str, list[int]]) -> tuple[Consistent, ...]:
    """Make consistent figures of these tables, each with noise of its own variance."""
    axes = [axes_of(table, dictionary(), plan.own_category) for table in specs]
    variances = [Fraction(5 + 3 * place) for place in range(len(specs))]
    return consistent_tables(specs, axes, variances, [9] * len(specs), [opened[table.table] for table in specs])


@pytest.mark.parametrize("seed", range(4))
def test_only_true_relations_are_used(seed: int) -> None:
    """Exact tables of any world come out as they went in: a relation that did not hold for every world would move them."""
    plan = plan_of(LINKED)
    exact = exact_tables(plan, seed)
    assert exact["persons"][0] > 20
    for table, told in zip(LINKED, together(LINKED, plan, exact), strict=True):
        assert [figure.value for figure in told.figures] == exact[table.table], table.table
        assert list(told.estimates_hundredths) == [100 * value for value in exact[table.table]]


def test_what_must_agree_is_found() -> None:
    """One total for everything that counts persons; the same for users, sums, transitions, and each service's overlaps."""
    plan = plan_of(LINKED)
    axes = [axes_of(table, dictionary(), plan.own_category) for table in LINKED]
    told = {(agreement.over, agreement.service): set(agreement.tables) for agreement in agreements(LINKED, axes)}
    totals = [set(a.tables) for a in agreements(LINKED, axes) if not a.over]
    assert {"persons", "by-sex-category", "by-category", "organizations", "days", "days-finer"} in totals
    assert {"users", "users-by-region"} in totals
    assert {"acts", "acts-by-category"} in totals
    assert told[("overlap",), "housing"] == {"overlap", "overlap-by-sex"}
    assert told[("first", "last"), ""] == {"progress", "progress-by-sex"}
    assert told[("sex",), ""] == {"by-sex-category", "organizations"}
    assert not any("waiting" in tables for tables in totals)


def test_services_of_overlaps_and_rolled_up_details_do_not_add_up() -> None:
    """A person may overlap in two services; a person's majority detail may be of another category than the majority's."""
    tables = (
        spec("one", SAME_SERVICE, services=("housing",), window_days=90),
        spec("both", SAME_SERVICE, services=("housing", "french_course"), window_days=60),
        spec("detail", PERSONS, dimensions=("category_detail",)),
        spec("category", PERSONS, dimensions=("category",)),
    )
    axes = [axes_of(table, dictionary()) for table in tables]
    assert [(a.over, a.tables) for a in agreements(tables, axes)] == [((), ("detail", "category"))]


def release(seed: int = 1) -> Release:
    """Assemble the sample."""
    roster = sample_roster()
    plan = sample_plan(roster)
    return assemble_release(plan, dictionary(), roster, "5e" * 32, 24, opened_values(plan, seed=seed))


def summed(table: ReleasedTable, over: tuple[str, ...]) -> list[int]:
    """Add up consistent figures over everything but these axes, without help from the code under test."""
    found: dict[tuple[str, ...], int] = {}
    cells = product(*([(axis.code, value.code) for value in axis.values] for axis in table.axes))
    for cell, figure in zip(cells, table.consistent.figures, strict=True):
        kept = tuple(value for code, value in sorted(cell) if code in over)
        found[kept] = found.get(kept, 0) + figure.value
    return [found[kept] for kept in sorted(found)]


@pytest.mark.parametrize("seed", range(3))
def test_published_figures_agree_as_they_say(seed: int) -> None:
    """Every agreement of a release holds to the unit, though the opened values never do."""
    told = release(seed)
    tables = {table.table: table for table in told.tables}
    assert told.agreements
    for agreement in told.agreements:
        first, *others = (summed(tables[name], agreement.over) for name in agreement.tables)
        assert all(other == first for other in others)
    persons = tables["persons"].figures[0].value
    assert any(sum(f.value for f in tables[n].figures) != persons for n in ("by-region", "by-sex-age", "organizations"))


def test_a_crossed_table_agrees_on_both_its_sides() -> None:
    """Sex by category, beside tables of either: rows and columns both add up, though noise was put on each table."""
    plan = plan_of(LINKED)
    chance = np.random.default_rng(8)
    exact = {name: np.array(cells) for name, cells in exact_tables(plan, 5).items()}
    noisy = {name: (cells + np.rint(chance.normal(0, 4, len(cells)))).astype(int) for name, cells in exact.items()}
    told = together(LINKED, plan, {name: cells.tolist() for name, cells in noisy.items()})
    crossed, category, organizations = (
        np.array([f.value for f in told[place].figures]).reshape(shape)
        for place, shape in ((1, (5, 6)), (2, 6), (3, (5, 3)))
    )
    assert (crossed.sum(axis=0) == category).all()
    assert (crossed.sum(axis=1) == organizations.sum(axis=1)).all()
    assert crossed.min() >= 0


def test_no_figure_is_below_zero_nor_a_claim_of_none() -> None:
    """Consistent figures are not negative; where one is 0 it is flagged, and its interval reaches above it."""
    noughts = 0
    for seed in range(3):
        for table in release(seed).tables:
            for figure in table.consistent.figures:
                assert 0 <= figure.low <= figure.value <= figure.high
                if figure.value == 0:
                    noughts += 1
                    assert figure.dominated
                    assert figure.high > 0
    assert noughts > 10


def test_noise_gets_less_and_what_was_opened_stays() -> None:
    """The interval of a total that nine tables speak of is shorter than that of any; opened values are untouched."""
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = opened_values(plan)
    told = {table.table: table for table in assemble_release(plan, dictionary(), roster, "00", 24, opened).tables}
    for name, table in told.items():
        assert [figure.value for figure in table.figures] == opened[name].tolist()
    one = told["persons"].consistent.figures[0]
    assert one.high - one.low < 2 * told["persons"].half_width


def test_a_table_alone_keeps_its_values_its_sum_and_its_exact_law() -> None:
    """Where nothing was below zero, figures are what was opened; a negative one is made up for by the others."""
    plan = plan_of((LINKED[10],))
    table = LINKED[10]
    (told,) = together((table,), plan, {table.table: [40, 50, 60, 70, 80, 90, 10, 20, 30]})
    assert [figure.value for figure in told.figures] == [40, 50, 60, 70, 80, 90, 10, 20, 30]
    assert (told.figures[0].low, told.figures[0].high) == (31, 49)
    assert not told.effects
    (moved,) = together((table,), plan, {table.table: [-8, 50, 60, 70, 80, 90, 10, 20, 30]})
    assert sum(figure.value for figure in moved.figures) == 402
    assert (moved.figures[0].value, moved.figures[0].dominated) == (0, True)


def test_a_sum_of_everything_is_the_total_with_the_total_s_interval() -> None:
    """Adding up a table that others agree with gives the common total, with its variance, not that of so many cells."""
    tables = {table.table: table for table in release().tables}
    whole = tables["by-region"]
    places = range(len(whole.figures))
    assert sum_of(whole, places).value == tables["persons"].consistent.figures[0].value
    persons = tables["persons"]
    assert sum_variance(whole, places) == sum_variance(persons, [0])
    assert sum_of(whole, [3]) == whole.consistent.figures[3]
    wide, narrow = sum_of(whole, [3, 4], PAIR_LEVEL), sum_of(whole, [3, 4])
    assert wide.high >= narrow.high
    assert sum_of(whole, []).value == 0


def test_the_same_values_give_the_same_bytes() -> None:
    """Made again, from a reordered memory or as lists: the same figures."""
    one = release()
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = {name: values[::-1].copy()[::-1].tolist() for name, values in opened_values(plan).items()}
    two = assemble_release(plan, dictionary(), roster, "5e" * 32, 24, opened)
    assert replace(one, set_digest="") == replace(two, set_digest="")
