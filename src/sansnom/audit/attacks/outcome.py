"""What an attack found: measures against their limits, beside what guessing would reach, in French and in English."""

from dataclasses import dataclass
from typing import Any, Final

from sansnom.terms.errors import Finding

Both = tuple[str, str]
"""A sentence in French and in English."""

INDIVIDUALIZATION: Final = "individualization"
CORRELATION: Final = "correlation"
INFERENCE: Final = "inference"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an attack; it is good when it does not lie above its limit (`floor`: below).

    baseline  what guessing without the release reaches, on the same scale; None where guessing has no such figure
    planted   the weakness of `practice.WEAKNESSES` that this measure is there to see; empty for several or none
    """

    code: str
    name: Both
    found: float
    limit: float
    baseline: float | None = None
    floor: bool = False
    percent: bool = False
    decimals: int = 0

    @property
    def good(self) -> bool:
        """Say whether the limit holds."""
        return self.found >= self.limit if self.floor else self.found <= self.limit

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object; figures as text, with the decimals that mean something."""
        told = {
            name: f"{value:.{self.decimals + 2}f}" for name, value in (("found", self.found), ("limit", self.limit))
        }
        base = None if self.baseline is None else f"{self.baseline:.{self.decimals + 2}f}"
        return {
            "code": self.code,
            "ok": self.good,
            **told,
            "limit_is": "floor" if self.floor else "cap",
            "baseline": base,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attack on one release.

    number    A1 to A10
    criteria  of the regulation on anonymization (A-2.1, r. 0.1) that it speaks to
    tried     what the attacker does, in plain words; rule: when it passes; guessing: the baseline, in words
    named     what went wrong, by labels, never by values
    """

    number: str
    name: Both
    criteria: tuple[str, ...]
    tried: Both
    rule: Both
    guessing: Both
    measures: tuple[Measure, ...]
    named: tuple[Finding, ...] = ()
    notes: tuple[Both, ...] = ()

    @property
    def passed(self) -> bool:
        """Say whether the release withstands: every measure within its limit."""
        return all(measure.good for measure in self.measures)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "attack": self.number,
            "ok": self.passed,
            "criteria": list(self.criteria),
            "measures": [measure.to_json() for measure in self.measures],
        }
