"""A refusal: a question that the rules refused, public with every reason. A helper or the convener signs it; the board shows it."""

from dataclasses import dataclass
from typing import Any, Final

from sansnom.terms.errors import Finding, InputError, Parameter
from sansnom.terms.parse import Reader
from sansnom.terms.plan import Plan

FORMAT: Final = "sansnom/refusal/1"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked, who refused it and when, the rule, and every place of the plan that is wrong.

    party  the helper that refused; None for the convener, who refused before any helper was asked
    """

    plan: Plan
    party: int | None
    refused_on: str
    code: str
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Give the findings, or the rule itself when it found no place."""
        return self.findings or (Finding(self.code, "plan"),)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that is signed."""
        return {
            "schema": FORMAT,
            "plan": self.plan.plan,
            "plan_digest": self.plan.digest,
            **({} if self.party is None else {"party": self.party}),
            "refused_on": self.refused_on,
            "code": self.code,
            "findings": [
                {"code": f.code, "where": f.where, "parameters": {n: _plain(v) for n, v in f.parameters.items()}}
                for f in self.findings
            ],
            "question": self.plan.to_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> "Refusal":
        """Read a refusal strictly; InputError names the place."""
        members = dict(value) if isinstance(value, dict) else {}
        question = members.pop("question", None)
        r = Reader(members, "refusal")
        r.expect("schema", FORMAT)
        plan = Plan.from_json(question)
        for name, own in (("plan", plan.plan), ("plan_digest", plan.digest)):
            if r.string(name) != own:
                raise InputError("json.schema", where=f"refusal.{name}", expected="refusal.question")
        refusal = cls(
            plan=plan,
            party=r.integer("party", None, high=2),
            refused_on=r.string("refused_on"),
            code=r.string("code"),
            findings=tuple(_finding(f) for f in _objects(members.get("findings"))),
        )
        r.objects("findings")
        r.done()
        return refusal


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError("json.type", where="refusal.findings", expected="list")
    return [dict(item) for item in value]


def _finding(told: dict[str, Any]) -> Finding:
    parameters = told.pop("parameters", {})
    r = Reader(told, "refusal.findings")
    code, where = r.string("code"), r.string("where")
    r.done()
    if not isinstance(parameters, dict):
        raise InputError("json.type", where="refusal.findings.parameters", expected="dict")
    return Finding(code, where, {str(name): _parameter(value) for name, value in parameters.items()})


def _parameter(value: object) -> Parameter:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, (str, int)):
        return value
    raise InputError("json.type", where="refusal.findings.parameters", expected="str")


def _plain(value: Parameter) -> str | int | list[str]:
    return list(value) if isinstance(value, tuple) else value
