"""Sentences for codes: of rules that refuse a plan, and of what can go wrong on the way."""

from collections.abc import Mapping, Sequence
from typing import Any

from sansnom.desk.house.words import say
from sansnom.terms.errors import SansnomError


def sentence(error: SansnomError) -> str:
    """Say what an error means and what to do; one without a sentence of its own is told by its code."""
    told = {name: _told(value) for name, value in error.parameters.items()}
    if "party" in told:
        told["helper"] = str(int(told["party"]) + 1)
    return _say(error.code, told)


def refusals(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say each reason to refuse a plan, by its rule, once."""
    told = (_say(one["code"], {name: _told(value) for name, value in one["parameters"].items()}) for one in findings)
    return list(dict.fromkeys(told))


def _say(code: str, parameters: Mapping[str, str]) -> str:
    try:
        return say(f"questions.code.{code.removeprefix('questions.')}", None, **parameters)
    except KeyError:
        return say("questions.unnamed", code=code)


def _told(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)
