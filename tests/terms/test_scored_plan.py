"""A plan that scores neighbours: read back as written; what does not fit together is refused; old plans keep their bytes."""

from dataclasses import replace
from typing import Any

import pytest

from sansnom.terms.errors import InputError
from sansnom.terms.plan import KeyRule, Linking, Plan, Scoring
from sansnom.terms.scoring import FEATURE_BITS
from tests.terms.examples import plan as example_plan

PLAN = example_plan()

SCORED = Linking(
    (KeyRule("A7", 8, scored=True, gate=("sex",)), KeyRule("A1", 8)), "A1", 3, 8, "keys-1", Scoring("score-1", 23)
)


def test_a_scored_plan_is_read_back_as_written() -> None:
    """Scoring, scored keys and gates survive the way to JSON and back."""
    plan = replace(PLAN, linking=SCORED)
    assert Plan.from_json(plan.to_json()) == plan


def test_an_old_plan_keeps_its_bytes() -> None:
    """A plan that does not score writes none of the new members."""
    told = PLAN.to_json()["linking"]
    assert told.keys() == {"version", "keys", "strict", "sweeps", "cluster_cap"}
    assert all(key.keys() == {"key", "cap"} for key in told["keys"])
    assert not [name for name in FEATURE_BITS if f"feature.{name}" in told]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scoring": {"version": "score-0", "threshold": 23}}, "plan.linking.scoring"),
        ({"keys": [{"key": "A1", "cap": 8, "scored": True}]}, "plan.linking.scored"),
        ({"keys": [{"key": "A1", "cap": 8, "gate": ["shoe_size"]}]}, "plan.linking.gate"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: dict[str, Any], code: str) -> None:
    """An unknown version, a scored strict key, a gate that is no feature: refused by name."""
    told = replace(PLAN, linking=SCORED).to_json()
    told["linking"] |= change
    with pytest.raises(InputError, match=code):
        Plan.from_json(told)
