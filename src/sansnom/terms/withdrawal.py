"""A withdrawal: a question that its asker took back, public with the reason. The convener signs it; the board shows it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader, Text
from sansnom.terms.plan import Plan

FORMAT: Final = "sansnom/withdrawal/1"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was asked, when it was taken back, and why. What was charged before stays charged."""

    plan: Plan
    withdrawn_on: str
    reason: Text

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "plan": self.plan.plan,
            "plan_digest": self.plan.digest,
            "withdrawn_on": self.withdrawn_on,
            "reason": self.reason.to_json(),
            "question": self.plan.to_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> "Withdrawal":
        """Read a withdrawal strictly; InputError names the place."""
        members = dict(value) if isinstance(value, dict) else {}
        question = members.pop("question", None)
        r = Reader(members, "withdrawal")
        r.expect("schema", FORMAT)
        plan = Plan.from_json(question)
        for name, own in (("plan", plan.plan), ("plan_digest", plan.digest)):
            if r.string(name) != own:
                raise InputError("json.schema", where=f"withdrawal.{name}", expected="withdrawal.question")
        withdrawal = cls(plan=plan, withdrawn_on=r.string("withdrawn_on"), reason=r.text("reason"))
        r.done()
        try:
            day = date.fromisoformat(withdrawal.withdrawn_on)
        except ValueError:
            raise InputError("withdrawal.day", where="withdrawal.withdrawn_on") from None
        if day.isoformat() != withdrawal.withdrawn_on:
            raise InputError("withdrawal.day", where="withdrawal.withdrawn_on")
        return withdrawal
