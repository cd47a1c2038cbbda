"""The release: complete, reproducible, honest about noise, and refused when half done."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from sansnom.release.account import noise_scales
from sansnom.release.assemble import assemble_release, split_opened
from sansnom.release.intervals_noise import figure_of, half_width, total_variance
from sansnom.release.noise import VARIANCE_MAX
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import BrokenInvariant, InputError
from sansnom.terms.release import Release
from tests.release.samples import dictionary, opened_values, sample_plan, sample_roster

DIGEST = "ab" * 32


def release(seed: int = 1) -> Release:
    """Assemble a release over the sample plan."""
    roster = sample_roster()
    plan = sample_plan(roster)
    return assemble_release(plan, dictionary(), roster, DIGEST, 24, opened_values(plan, seed=seed))


@pytest.mark.guarantee("G-07")
def test_every_helper_assembles_the_same_bytes() -> None:
    """Opened values as arrays or lists, in any order of names, give one release, byte for byte."""
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = opened_values(plan)
    listed = {name: values.tolist() for name, values in reversed(opened.items())}
    one = assemble_release(plan, dictionary(), roster, DIGEST, 24, opened)
    two = assemble_release(plan, dictionary(), roster, DIGEST, 24, listed)
    assert canonical_bytes(one.to_json()) == canonical_bytes(two.to_json())


def test_a_release_survives_its_file() -> None:
    """Written as JSON and read back, it is the same release."""
    told = release()
    assert Release.from_json(json.loads(canonical_bytes(told.to_json()))) == told


def test_every_figure_stands_with_an_interval_around_it() -> None:
    """No published number is without its interval; ends are not negative; noise-dominated figures say so."""
    told = release()
    for table in told.tables:
        for figure in table.figures:
            assert figure.low == max(0, figure.value - table.half_width)
            assert figure.high == max(0, figure.value) + table.half_width
            assert figure.dominated == (figure.value <= table.half_width)
    assert told.rows.low <= told.rows.high


def test_a_sum_of_very_wide_cells_still_has_its_interval() -> None:
    """Beyond the variances that the exact law is computed for: at least as wide as it is just below, and no error."""
    below, above = Fraction(VARIANCE_MAX) * 2 / 3, Fraction(VARIANCE_MAX)
    assert half_width(above) >= half_width(below)
    assert half_width(above) ** 2 >= 384 * int(total_variance(above)) // 100
    assert half_width(Fraction(VARIANCE_MAX), figures=40) > half_width(above)


def test_too_few_to_tell_is_not_none() -> None:
    """A small or negative opened value is flagged, and its interval reaches above what was opened."""
    assert (figure_of(-50, 8).low, figure_of(-50, 8).high) == (0, 8)
    assert figure_of(3, 8).dominated
    assert (figure_of(3, 8).low, figure_of(3, 8).high) == (0, 11)
    assert (figure_of(-5, 8).low, figure_of(-5, 8).high) == (0, 8)
    assert not figure_of(9, 8).dominated


def test_the_release_is_bound_to_plan_roster_and_submissions() -> None:
    """Digests of all three are in it, with the budget and both claims of loss."""
    told = release()
    plan = sample_plan()
    assert told.plan_digest == plan.digest
    assert told.roster_digest == sample_roster().digest
    assert told.set_digest == DIGEST
    assert told.loss.rho == plan.rho
    assert len(told.loss.worst) == 2
    assert "method.participating" in told.method


def test_the_register_entry_has_its_five_fields() -> None:
    """Description, uses, techniques, security measures, and the day of the analysis."""
    entry = release().register
    assert entry.description
    assert entry.uses == sample_plan().request.presentation
    assert entry.techniques
    assert entry.security
    assert entry.analysed == "2027-04-30"


@pytest.mark.parametrize("name", ["persons", "rows", "french"])
def test_a_missing_table_publishes_nothing(name: str) -> None:
    """A release without one of its tables is no release."""
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = opened_values(plan)
    del opened[name]
    with pytest.raises(BrokenInvariant):
        assemble_release(plan, dictionary(), roster, DIGEST, 24, opened)


def test_a_table_of_the_wrong_size_publishes_nothing() -> None:
    """One cell too many would shift every label."""
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = opened_values(plan)
    opened["french"] = np.append(opened["french"], 0)
    with pytest.raises(BrokenInvariant):
        assemble_release(plan, dictionary(), roster, DIGEST, 24, opened)


def test_a_wrapped_value_publishes_nothing() -> None:
    """A value near 2^63 is noise of a broken ring, not a count."""
    roster = sample_roster()
    plan = sample_plan(roster)
    opened = opened_values(plan)
    opened["persons"] = np.array([2**62])
    with pytest.raises(BrokenInvariant):
        assemble_release(plan, dictionary(), roster, DIGEST, 24, opened)


def test_another_roster_publishes_nothing() -> None:
    """The roster must be the one that the plan was signed for."""
    plan = sample_plan()
    with pytest.raises(BrokenInvariant):
        assemble_release(plan, dictionary(), sample_roster(23), DIGEST, 23, opened_values(plan))


def test_the_opened_vector_is_cut_in_the_order_of_the_noise() -> None:
    """Tables in plan order, then rows, then persons that cannot be linked."""
    plan = sample_plan()
    cells = sum(s.cells for s in noise_scales(plan, dictionary()))
    cut = split_opened(np.arange(cells), plan, dictionary())
    assert list(cut)[-2:] == ["rows", "not_linkable"]
    assert np.concatenate(list(cut.values())).tolist() == list(range(cells))
    with pytest.raises(BrokenInvariant):
        split_opened(np.arange(cells - 1), plan, dictionary())


def test_a_file_that_hides_an_interval_is_refused() -> None:
    """Ends crossed, a list too short, or a stranger's member: not a release."""

    def spoiled(place: str, table: int | None, value: object) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(json.dumps(release().to_json()))
        (told if table is None else told["tables"][table])[place] = value
        return told

    for told in (
        spoiled("low", 0, [10**6]),
        spoiled("high", 1, [9]),
        spoiled("comment", None, "trust me"),
        spoiled("rows", None, {"value": 7, "low": 10, "high": 5, "dominated": False}),
        spoiled("dominated", 0, [7]),
    ):
        with pytest.raises(InputError):
            Release.from_json(told)


def test_a_correction_names_what_it_supersedes() -> None:
    """An error found later is a new release that says which one it replaces."""
    told = replace(release(), supersedes="2026-portrait")
    assert Release.from_json(told.to_json()).supersedes == "2026-portrait"


def test_a_figure_below_the_plan_s_threshold_is_too_few_to_tell() -> None:
    """The threshold acts on noisy values, opened and consistent ones; a sum is no count of persons, and has none."""
    plan = sample_plan(threshold=200)
    release = assemble_release(plan, dictionary(), sample_roster(), "ab" * 32, 24, opened_values(plan))
    for table in release.tables:
        for figures in (table.figures, table.consistent.figures):
            assert table.kind == "sum" or all(f.dominated for f in figures if f.value < 200), table.table
    persons = next(t for t in release.tables if t.table == "by-sex-age")
    assert any(f.dominated and f.value > persons.half_width for f in persons.figures)


def test_a_release_of_laplace_noise_says_so_and_reads_itself_back() -> None:
    """Its intervals are those of its own law; a reader finds the law with each table."""
    plan = sample_plan(noise="laplace")
    release = assemble_release(plan, dictionary(), sample_roster(), "ab" * 32, 24, opened_values(plan))
    assert {t.noise for t in release.tables} == {"laplace"}
    assert Release.from_json(release.to_json()) == release
    assert [t.half_width for t in release.tables] == [half_width(t.variance, law="laplace") for t in release.tables]
