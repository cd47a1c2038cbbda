"""Run all attacks on all releases of a board."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from sansnom.audit.attacks import (
    a1_intervals,
    a2_differencing,
    a3_reconstruction,
    a4_averaging,
    a5_matching,
    a6_membership,
    a7_linkage,
    a8_contributor,
    a9_time,
    a10_class,
)
from sansnom.audit.attacks.outcome import Outcome
from sansnom.audit.attacks.practice import WEAKNESSES, Practice
from sansnom.audit.attacks.target import Target
from sansnom.board.public import Board
from sansnom.terms.errors import InputError
from sansnom.terms.release import Release

ATTACKS: Final[tuple[ModuleType, ...]] = (
    a1_intervals,
    a2_differencing,
    a3_reconstruction,
    a4_averaging,
    a5_matching,
    a6_membership,
    a7_linkage,
    a8_contributor,
    a9_time,
    a10_class,
)
FORMAT: Final = "sansnom/audit-release/1"


@dataclass(frozen=True, slots=True)
class Audited:
    """One release and what ten attacks found on it."""

    release: Release
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Say whether the release withstands all of them."""
        return all(outcome.passed for outcome in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object."""
        return {
            "release": self.release.release,
            "release_digest": self.release.digest,
            "ok": self.passed,
            "attacks": [outcome.to_json() for outcome in self.outcomes],
        }


def audit_release(
    board: Board,
    release: Release,
    practice: Practice | None = None,
    *,
    only: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Audited:
    """Attack one release of a board; `only` names some of the attacks (A1 ... A10)."""
    chosen = Practice() if practice is None else practice
    if chosen.planted and chosen.planted not in WEAKNESSES:
        raise InputError("attack.weakness", where="--planted", expected=WEAKNESSES)
    target = Target.of(board, chosen.published(release))
    outcomes = []
    for number, module in enumerate(ATTACKS, 1):
        if only and f"A{number}" not in only:
            continue
        if progress is not None:
            progress(f"A{number}")
        outcome: Outcome = module.attack(target, chosen)
        outcomes.append(outcome)
    return Audited(release, tuple(outcomes))


def told(audited: Sequence[Audited], planted: str) -> dict[str, Any]:
    """Give one JSON object about all releases."""
    findings = [
        {"code": f"attack.{outcome.number.lower()}.{measure.code}", "where": f"releases/{each.release.release}"}
        for each in audited
        for outcome in each.outcomes
        for measure in outcome.measures
        if not measure.good
    ]
    return {
        "schema": FORMAT,
        "ok": not findings,
        "findings": findings,
        "planted": planted,
        "releases": [each.to_json() for each in audited],
    }
