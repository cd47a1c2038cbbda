"""The manifest: linked and successive tables become one, and what cannot be published together is refused."""

import numpy as np
import pytest

from sansnom.release.manifest import Axis, CountTable, Period, hierarchy_axis, relations_of, union
from sansnom.terms.errors import InputError, PolicyRefusal

REGION = Axis("region", ("N", "S", "Total"), ((2, (0, 1)),))
SEX = Axis("sex", ("F", "M", "Total"), ((2, (0, 1)),))
AGE = Axis("age", ("young", "old", "Total"), ((2, (0, 1)),))
FIRST_QUARTER = Period("2026-01-01", "2026-03-31")
YEAR = Period("2026-01-01", "2026-12-31")


def crossed(name: str, axes: tuple[Axis, Axis], inner: list[list[int]], **more: object) -> CountTable:
    """Complete a two by two table by its margins."""
    cells = np.array(inner)
    whole = np.vstack([cells, cells.sum(axis=0)])
    whole = np.hstack([whole, whole.sum(axis=1, keepdims=True)])
    return CountTable(name, axes, whole.ravel(), **more)  # type: ignore[arg-type]  # fields by name


def test_linked_tables_share_the_cells_that_count_the_same() -> None:
    """Region by sex and region by age share the regions' totals and the whole: 9 + 9 - 3 cells."""
    joined = union([crossed("a", (REGION, SEX), [[5, 6], [7, 8]]), crossed("b", (REGION, AGE), [[4, 7], [9, 6]])], 10)
    assert joined.table.cells == 15
    assert set(joined.places[0]) & set(joined.places[1]) == {2, 5, 8}


def test_a_cell_of_two_tables_with_two_counts_is_refused_by_its_labels() -> None:
    """A revised figure beside the old one shows who came or went."""
    with pytest.raises(InputError, match=r"table.revised .*where=b: N × Total"):
        union([crossed("a", (REGION, SEX), [[5, 6], [7, 8]]), crossed("b", (REGION, AGE), [[4, 8], [9, 6]])], 10)


def test_a_period_inside_another_leaves_a_difference_that_must_stay_hidden() -> None:
    """A year less its first quarter: a difference of 1 to 9 persons is sensitive, and no table may show it."""
    year = crossed("year", (REGION, SEX), [[25, 30], [41, 50]], period=YEAR)
    quarter = crossed("quarter", (REGION, SEX), [[22, 10], [11, 20]], period=FIRST_QUARTER)
    joined = union([year, quarter], 10)
    assert joined.table.cells == 27
    small = [name for name, primary in zip(joined.table.names, joined.table.primary, strict=True) if primary]
    assert small == ["year: N × F - quarter: N × F"]
    assert joined.fixed_hidden[18:].all()


def test_periods_that_overlap_are_refused() -> None:
    """January to March beside February to April: neither is inside the other."""
    later = Period("2026-02-01", "2026-04-30")
    tables = [
        crossed("a", (REGION, SEX), [[5, 6], [7, 8]], period=FIRST_QUARTER),
        crossed("b", (REGION, SEX), [[5, 6], [7, 8]], period=later),
    ]
    with pytest.raises(PolicyRefusal, match=r"table.period_overlaps"):
        union(tables, 10)


def test_a_part_of_a_period_that_counts_more_than_the_whole_is_refused() -> None:
    """The first quarter cannot count more than the year."""
    year = crossed("year", (REGION, SEX), [[5, 6], [7, 8]], period=YEAR)
    with pytest.raises(InputError, match=r"table.part_larger"):
        union([year, crossed("quarter", (REGION, SEX), [[6, 6], [7, 8]], period=FIRST_QUARTER)], 10)


def test_what_an_earlier_release_showed_is_open_and_what_it_hid_stays_hidden() -> None:
    """The flags tell the suppression what is no longer for it to decide."""
    published = np.ones(9, dtype=np.bool_)
    published[0] = False
    tables = [
        crossed("now", (REGION, SEX), [[5, 6], [7, 8]]),
        crossed("then", (REGION, SEX), [[5, 6], [7, 8]], published=published),
    ]
    joined = union(tables, 3)
    assert joined.fixed_hidden.tolist() == [True] + [False] * 8
    assert joined.fixed_open.tolist() == [False] + [True] * 8


def test_a_hierarchy_is_its_sums_and_a_cycle_is_refused() -> None:
    """Town and Land make All; a label above itself makes nothing."""
    axis = hierarchy_axis("area", ("All", "Town", "Land"), {"Town": "All", "Land": "All"})
    assert axis.sums == ((0, (1, 2)),)
    assert axis.whole == 0
    with pytest.raises(InputError, match=r"hierarchy.cycle"):
        hierarchy_axis("area", ("All", "Town", "Land"), {"Town": "All", "All": "Land", "Land": "Town"})


def test_an_empty_manifest_is_refused() -> None:
    """There must be a table."""
    with pytest.raises(InputError, match=r"table.empty"):
        union([], 10)


def test_the_sums_of_small_axes_hold_no_zero_coefficient() -> None:
    """A product of small dense blocks stores zeros, which would pass for parts of a sum."""
    assert set(relations_of((REGION, SEX)).data.tolist()) == {-1, 1}
