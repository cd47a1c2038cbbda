"""The primary rules, each on a cell that it catches and one that it does not."""

import numpy as np
import pytest

from sansnom.release.suppression.primary import PrimaryRules, primaries_of, with_primaries
from sansnom.terms.errors import InputError
from tests.release.suppression.tables import table

RULES = PrimaryRules()


def test_small_counts_must_stay_open_from_zero_to_the_threshold() -> None:
    """9 is small under a threshold of 10, 10 is not, and a zero is structural unless declared sensitive."""
    asked = table(np.array([[9, 10], [0, 40]]), {})
    found = primaries_of(asked, RULES)
    assert np.flatnonzero(found.reasons["min_frequency"]).tolist() == [0, 6]  # the first, and its column's total
    assert (found.protection_down[0], found.protection_up[0]) == (9, 1)


def test_a_declared_zero_must_stay_open_up_to_the_threshold() -> None:
    """And an attacker must be able to believe that it moves."""
    asked = table(np.array([[9, 10], [0, 40]]), {})
    found = primaries_of(asked, RULES, sensitive_zeros=asked.values == 0)
    assert np.flatnonzero(found.reasons["zero"]).tolist() == [3]
    changed = with_primaries(asked, found)
    assert changed.protection_up[3] == 10
    assert np.isinf(changed.slack_up[3])


def test_few_contributors_are_sensitive_however_many_persons() -> None:
    """One organization's 40 persons are that organization's figure."""
    asked = table(np.array([[30, 20], [50, 40]]), {})
    contributors = np.where(asked.values == 40, 1, 3)
    found = primaries_of(asked, RULES, contributors=contributors)
    assert asked.values[found.primary].tolist() == [40]
    assert found.protection_down[found.primary].tolist() == [40]
    assert found.protection_up[found.primary].tolist() == [1]


def test_dominance_and_p_percent_ask_for_their_published_widths() -> None:
    """X = 100 of 80 + 15 + 5: 5 % is left beyond the two largest, less than 10 % of 80; and 95 is more than 90 %."""
    asked = table(np.array([[100, 100], [100, 100]]), {})
    largest = np.tile([40.0, 30.0], (asked.cells, 1))
    largest[0] = [80.0, 15.0]
    largest[1] = [50.0, 38.0]
    found = primaries_of(asked, RULES, largest=largest)
    assert np.flatnonzero(found.reasons["p_percent"]).tolist() == [0]
    assert np.flatnonzero(found.reasons["dominance"]).tolist() == [0]
    assert not found.reasons["min_frequency"].any()
    assert found.protection_up[0] == 6  # (n, k) asks 100/90 * 95 - 100 = 5.6, p% asks 8 - 5 = 3


def test_a_class_that_holds_everybody_is_sensitive() -> None:
    """All 30 of a row are in one column: whoever is in the row is known to be in the column."""
    asked = table(np.array([[30, 0], [20, 25]]), {})
    rows_only = np.arange(asked.relations.shape[0]) < 3
    found = primaries_of(asked, RULES, sensitive_relations=rows_only)
    assert np.flatnonzero(found.reasons["class"]).tolist() == [0]
    assert found.protection_down[0] == 10


def test_a_column_of_the_wrong_length_is_refused() -> None:
    """The refusal names the column."""
    asked = table(np.array([[30, 0], [20, 25]]), {})
    with pytest.raises(InputError, match=r"table.shape .*where=contributors"):
        primaries_of(asked, RULES, contributors=np.array([1]))
