"""The anonymization register entry and the analysis of risks that goes with a release, from what attacks measured.

Quebec's regulation on anonymization (A-2.1, r. 0.1) asks for an analysis of the risks of re-identification by the criteria of
individualization, correlation and inference, and for a register with five fields. A program can measure and write down; whether
the residual risk is very low is for a qualified person to say: the analysis has that line, and leaves it open.

The analysis is made, not signed: whoever has the board's files makes the same bytes again with the same version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sansnom.terms.errors import BrokenInvariant
from sansnom.terms.release import Release

FORMAT: Final = "sansnom/risk-analysis/1"
CRITERIA: Final = ("individualization", "correlation", "inference")
WITHIN: Final = "risk.within_promise"
BEYOND: Final = "risk.beyond_promise"
OPEN: Final = "risk.judged_by_a_person"
LIMITS: Final = (
    "risk.limit.other_knowledge",
    "risk.limit.collusion",
    "risk.limit.linkage",
    "risk.limit.own_tables",
    "risk.limit.other_publishers",
)
"""What no attack here measures, as codes that the edges turn into sentences."""


@dataclass(frozen=True, slots=True)
class CriterionFound:
    """What the attacks that speak to one criterion found together."""

    criterion: str
    attacks: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Give the code of what was found: within what the release promises, or beyond it."""
        return BEYOND if self.failed else WITHIN

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "criterion": self.criterion,
            "attacks": list(self.attacks),
            "failed": list(self.failed),
            "verdict": self.verdict,
        }


def criteria_found(attacks: Sequence[Mapping[str, Any]]) -> tuple[CriterionFound, ...]:
    """Sort what was found by criterion; BrokenInvariant where a criterion was not attacked at all."""
    found = []
    for criterion in CRITERIA:
        mine = [each for each in attacks if criterion in each["criteria"]]
        if not mine:
            raise BrokenInvariant("register.criterion", criterion=criterion)
        failed = tuple(str(each["attack"]) for each in mine if not each["ok"])
        found.append(CriterionFound(criterion, tuple(str(each["attack"]) for each in mine), failed))
    return tuple(found)


def risk_analysis(release: Release, attacks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the register's five fields beside what was measured, criterion by criterion.

    attacks  the JSON objects of all ten attacks on this very release

    Loss: none: the attacks saw public files only. Proof: post-processing.
    """
    return {
        "schema": FORMAT,
        "release": release.release,
        "release_digest": release.digest,
        "register": release.register.to_json(),
        "loss": release.loss.to_json(),
        "criteria": [each.to_json() for each in criteria_found(attacks)],
        "attacks": [dict(each) for each in attacks],
        "not_measured": list(LIMITS),
        "residual_risk": OPEN,
    }
