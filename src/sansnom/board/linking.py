"""What a release says of matching, in plain words: how often it errs, for whom it is less certain, and corrected counts."""

from fractions import Fraction
from typing import Any, Final

from sansnom.board.language import NO_BREAK, Speaker
from sansnom.terms.linking_error import SHARE, Corrected, GroupError, LinkingError, Spread
from sansnom.terms.release import Release

LESS_USUAL: Final = 100
LESS_POOR: Final = 200
"""Matching of a group is called less certain from one point below everyone's, or two points where files are poor."""

FIGURE_NAMES: Final = {
    "distinct": "linking.figure.distinct",
    "1": "linking.figure.1",
    "2": "linking.figure.2",
    "3+": "linking.figure.3+",
}


def linking_section(release: Release, s: Speaker) -> dict[str, Any] | None:
    """Give the section on matching; None for a release whose keys and scores nobody measured."""
    told = release.linking_error
    if told is None:
        return None
    everyone, *groups = told.groups
    uncertain = [group for group in groups if is_less_certain(group, everyone)]
    named = ", ".join(s.of(group.label) for group in uncertain)
    return {
        "what": s.text("linking.what", persons=s.number(told.persons)),
        "everyone": s.text(
            "linking.everyone",
            recall=_share(everyone.recall, s),
            recall_range=_range(everyone.recall, s),
            precision=_share(everyone.precision, s),
            poor=_share(everyone.poor_recall, s),
            distinct=_error(everyone.distinct.value, s),
            poor_distinct=_error(everyone.poor_distinct.value, s),
        ),
        "uncertain": s.text("linking.uncertain", groups=named) if uncertain else s.text("linking.even"),
        "groups": [_group(group, s, less=group in uncertain) for group in told.groups],
        "corrected": _corrected(told, s),
    }


def is_less_certain(group: GroupError, everyone: GroupError) -> bool:
    """Tell whether matching finds less of this group, or is more often wrong, than for everyone."""
    return (
        group.recall.value <= everyone.recall.value - LESS_USUAL
        or group.precision.value <= everyone.precision.value - LESS_USUAL
        or group.poor_recall.value <= everyone.poor_recall.value - LESS_POOR
    )


def _group(group: GroupError, s: Speaker, *, less: bool) -> dict[str, Any]:
    shares = (group.recall, group.precision, group.poor_recall)
    return {
        "label": s.of(group.label),
        "less": less,
        "shares": [{"value": _share(spread, s), "range": _ends(spread, s)} for spread in shares],
        "distinct": _signed(group.distinct.value, s),
        "distinct_range": s.text(
            "figure.range", low=_signed(group.distinct.low, s), high=_signed(group.distinct.high, s)
        ),
    }


def _corrected(told: LinkingError, s: Speaker) -> list[dict[str, str]]:
    return [
        {
            "label": s.text(FIGURE_NAMES[one.figure]),
            "raw": s.number(one.raw),
            "raw_range": s.range(one.raw_low, one.raw_high),
            "value": s.number(max(0, one.value)),
            "range": s.range(one.low, one.high),
        }
        for one in told.corrected
        if not _dominated(one)
    ]


def _dominated(one: Corrected) -> bool:
    """Tell whether nothing lies inside the interval: too few to tell, and to correct."""
    return one.low == 0 or one.raw_low == 0


def _share(spread: Spread, s: Speaker) -> str:
    return s.percent(Fraction(spread.value, SHARE))


def _range(spread: Spread, s: Speaker) -> str:
    return s.share_range(Fraction(max(0, spread.low), SHARE), Fraction(spread.high, SHARE))


def _ends(spread: Spread, s: Speaker) -> str:
    low, high = (s.percent(Fraction(end, SHARE)) for end in (max(0, spread.low), spread.high))
    return s.text("figure.range", low=low, high=high)


def _signed(value: int, s: Speaker) -> str:
    told = s.percent(Fraction(abs(value), SHARE))
    return told if told == s.percent(Fraction(0)) else f"{'+' if value > 0 else '−'}{told}"


def _error(value: int, s: Speaker) -> str:
    """Say how far a count is off, as it stands in a sentence."""
    told = s.percent(Fraction(abs(value), SHARE)).replace(" ", NO_BREAK)
    return s.text("linking.too_high" if value >= 0 else "linking.too_low", share=told)
