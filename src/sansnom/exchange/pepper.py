"""The pepper: what keys the match keys, so that a helper cannot look a name up in a dictionary. Desks alone hold it.

A group secret is drawn for a year by a desk-side keeper and sealed to every desk (`keeper.py`). Each desk derives the
pepper of a plan from it, then takes one step that cannot be undone and erases what it had: who takes a desk next
month cannot rebuild last month's keys. Every plan of the year takes a step, on every desk, whether the desk submitted
or not.

    step n:  secret_n --HKDF "plan" + plan's name--> pepper of the plan --HKDF--> matching key, check value
             secret_n --HKDF "step"--> secret_(n+1)
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sansnom.exchange.keys import Randomness
from sansnom.terms.errors import InputError, PolicyRefusal

SECRET_BYTES: Final = 32
STEPS_AHEAD_MAX: Final = 64
"""How many plans a desk may have missed before it must ask the keeper anew."""


@dataclass(frozen=True, slots=True)
class GroupSecret:
    """Where a desk stands in the year: the step, and the secret of this step, which is never shown."""

    year: str
    step: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Check the size of the secret and the step."""
        if len(self.secret) != SECRET_BYTES or not 0 <= self.step < 2**31:
            raise InputError("pepper.size", where="group_secret")


@dataclass(frozen=True, slots=True)
class PlanPepper:
    """The pepper of one plan: the key of its match keys, and the public value by which desks know that they agree."""

    plan: str
    matching: bytes = field(repr=False)
    check: str


def draw_group_secret(year: str, randomness: Randomness) -> GroupSecret:
    """Draw the secret of a year: the keeper does this once."""
    return GroupSecret(year, 0, randomness(SECRET_BYTES))


def next_step(group: GroupSecret) -> GroupSecret:
    """Take the step that a finished plan demands; the caller erases what it had."""
    return GroupSecret(group.year, group.step + 1, _derive(group.secret, f"step\n{group.year}"))


def pepper_for(group: GroupSecret, plan: str) -> PlanPepper:
    """Derive the pepper of a plan from the secret of this step.

    The plan is named, since its bytes hold the check value.
    """
    pepper = _derive(group.secret, f"plan\n{group.year}\n{plan}")
    return PlanPepper(plan, _derive(pepper, "matching"), _derive(pepper, "check").hex())


def find_pepper(group: GroupSecret, plan: str, pepper_check: str) -> tuple[GroupSecret, PlanPepper]:
    """Find the step whose pepper bears the plan's check value, from where the desk stands onwards.

    Gives the secret of that step (a desk that missed plans catches up) and the pepper. PolicyRefusal
    `pepper.mismatch` when no step within reach fits: nothing is submitted, because rows under another pepper would
    match nobody.
    """
    step = group
    for _ in range(STEPS_AHEAD_MAX):
        pepper = pepper_for(step, plan)
        if hmac.compare_digest(pepper.check.encode("ascii"), pepper_check.encode("utf-8")):
            return step, pepper
        step = next_step(step)
    raise PolicyRefusal("pepper.mismatch", plan=plan)


def _derive(secret: bytes, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=f"sansnom/pepper/1\n{purpose}".encode())
    return hkdf.derive(secret)
