"""The table of suppression: what it takes, what it refuses, and how it names a cell."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from sansnom.release.linear_table import LinearTable, counted_table, from_json
from sansnom.terms.errors import InputError

NAMES = ("Total", "Laval", "Montréal")


def small(values: list[int]) -> LinearTable:
    """A total and its two parts."""
    relations = sp.csr_matrix(np.array([[-1, 1, 1]], dtype=np.int64))
    return counted_table(np.array(values), relations, threshold=10, names=NAMES)


def instance(**changes: Any) -> dict[str, Any]:
    """The same in JSON, with one sensitive part."""
    told = {
        "values": [7, 3, 4],
        "sensitive": [1],
        "protection": [0, 1, 0],
        "slack_down": [7, None, 4],
        "slack_up": [9, None, 9],
        "relations": [[[0, -1.0], [1, 1.0], [2, 1.0]]],
    }
    return told | changes


def test_counts_below_the_threshold_are_sensitive_and_must_stay_open_from_zero_to_it() -> None:
    """A count of 3 under a threshold of 10 is hidden so that it could be 0, and could be 10."""
    table = small([33, 3, 30])
    assert table.primary.tolist() == [False, True, False]
    assert (table.protection_down[1], table.protection_up[1]) == (3, 7)


def test_margins_that_do_not_add_up_are_refused_by_the_label_of_the_total() -> None:
    """The refusal names the total's label, and no value."""
    with pytest.raises(InputError) as caught:
        small([34, 3, 30])
    assert caught.value.code == "table.margins"
    assert caught.value.parameters["where"] == "Total"
    assert "34" not in str(caught.value)


def test_a_negative_count_is_refused_by_its_labels() -> None:
    """Counts are not negative."""
    with pytest.raises(InputError, match=r"table.negative .*where=Laval"):
        small([27, -3, 30])


def test_json_gives_a_primary_without_slack_its_value_or_protection_and_no_upper_limit() -> None:
    """Null slack means: not below nothing, and any size above."""
    table = from_json(instance())
    assert table.slack_down[1] == 3
    assert np.isinf(table.slack_up[1])
    assert table.exact


def test_json_with_decimals_holds_its_relations_to_the_digits_given() -> None:
    """Public instances give values of six digits; a relation far off is refused all the same."""
    rough = {"values": [7.4, 3.0, 4.1], "slack_down": [7, 3, 4]}
    assert not from_json(instance(**rough)).exact
    with pytest.raises(InputError, match=r"table.margins"):
        from_json(instance(**rough | {"values": [17.4, 3.0, 4.1]}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": []}, "table.empty"),
        ({"values": [7, 3, "x"]}, "table.json.form"),
        ({"values": [1e30, 3, 4]}, "table.value_too_large"),
        ({"sensitive": [3]}, "table.json.form"),
        ({"relations": [[[0, -1], [5, 1]]]}, "table.json.form"),
        ({"relations": [[[0, -1.5], [1, 1]]]}, "table.json.form"),
        ({"relations": None}, "table.json.form"),
        ({"protection": [0, 1]}, "table.json.form"),
        ({"slack_up": [9, 0, 9]}, "table.protection_impossible"),
        ({"slack_down": [-1, 3, 4]}, "table.slack"),
        ({"weights": [1, -1, 1]}, "table.weight"),
        ({"names": ["a", "b"]}, "table.shape"),
    ],
)
def test_an_instance_with_a_wrong_part_is_refused_by_its_code(changes: dict[str, Any], code: str) -> None:
    """Each kind of wrong part has a code of its own."""
    with pytest.raises(InputError) as caught:
        from_json(instance(**changes))
    assert caught.value.code == code
