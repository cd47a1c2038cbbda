"""What the convener of a trial accepts from a helper: an answer about this plan and seat, and nothing else."""

import os
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from sansnom.cli.gathering import _fetch_release
from sansnom.desk.lines import HelperLine
from sansnom.exchange.keys import PrivateKeys
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Plan
from sansnom.transparency.signature import add_signature, sign_object
from tests.terms.examples import plan


@dataclass
class Line:
    """A line to a helper that gives one file, whatever is asked."""

    envelope: dict[str, Any]

    def get(self, path: str) -> dict[str, Any]:
        """Give it."""
        return self.envelope


def signed_release(asked: Plan, keys: list[PrivateKeys]) -> list[HelperLine]:
    """Let three helpers sign a release of this plan."""
    envelope = sign_object("release", {"plan_digest": asked.digest}, keys[0].signing)
    for one in keys[1:]:
        envelope = add_signature("release", envelope, one.signing)
    return [cast("HelperLine", Line(envelope))]


def test_a_release_of_another_plan_is_not_taken() -> None:
    """Three good signatures under another plan's release do not make it this plan's."""
    keys = [PrivateKeys.generate(os.urandom) for _ in range(3)]
    seats = tuple(replace(seat, sign_key=k.public.sign_key) for seat, k in zip(plan().helpers, keys, strict=True))
    asked = replace(plan(), helpers=seats)
    assert _fetch_release(signed_release(asked, keys), asked)["plan_digest"] == asked.digest
    with pytest.raises(PolicyRefusal) as refused:
        _fetch_release(signed_release(replace(asked, plan="another"), keys), asked)
    assert refused.value.code == "release.other_plan"
