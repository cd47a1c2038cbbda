"""What a table says, in sentences: the answer first, each number with its interval, nothing claimed that noise could have made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

from sansnom.board.language import Speaker
from sansnom.release.consistency_sums import PAIR_LEVEL, sum_of
from sansnom.release.intervals_noise import LEVEL
from sansnom.terms.release import Figure, ReleasedTable
from sansnom.terms.table import (
    MINIMUM,
    MULTIPLICITY,
    PERSONS,
    SAME_SERVICE,
    SUM,
    TALLY,
    TRANSITIONS,
    TURNED_AWAY,
    WAITING,
    Axis,
)

Pick = Callable[[tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole within one table, with the interval that holds for both."""

    value: Fraction
    low: Fraction
    high: Fraction


def cells_by_code(table: ReleasedTable) -> list[tuple[tuple[str, ...], Figure]]:
    """Pair each consistent figure with the codes of its cell, in order."""
    codes = product(*([value.code for value in axis.values] for axis in table.axes))
    return list(zip(codes, table.consistent.figures, strict=True))


def total(table: ReleasedTable, pick: Pick = lambda codes: True, level: Fraction = LEVEL) -> Figure:  # noqa: ARG005 - a pick of all
    """Add up the chosen cells, with the interval of the sum."""
    places = [place for place, (codes, _) in enumerate(cells_by_code(table)) if pick(codes)]
    return sum_of(table, places, level)


def share(table: ReleasedTable, part: Pick, whole: Pick = lambda codes: True) -> Share | None:  # noqa: ARG005 - a pick of all
    """Give the share of one pick in another that contains it; None when noise dominates the whole."""
    inside = total(table, part, PAIR_LEVEL)
    outside = total(table, lambda codes: whole(codes) and not part(codes), PAIR_LEVEL)
    both = total(table, whole)
    if both.dominated or inside.value + outside.value <= 0:
        return None
    value = Fraction(max(0, inside.value), max(1, max(0, inside.value) + max(0, outside.value)))
    low = Fraction(inside.low, max(1, inside.low + outside.high))
    high = Fraction(inside.high, max(1, inside.high + outside.low))
    return Share(value, low, high)


def marginal(table: ReleasedTable, place: int) -> list[Figure]:
    """Add up over all axes but one: a figure for each of its values, with the interval of the sum."""
    axis = table.axes[place]
    return [total(table, lambda codes, code=value.code: codes[place] == code) for value in axis.values]  # type: ignore[misc]  # the default binds the loop's value


def sentences(table: ReleasedTable, speaker: Speaker) -> list[str]:
    """Say what a table says: one to three sentences."""
    return _BY_KIND[table.kind](table, speaker)


def headline(table: ReleasedTable) -> tuple[str, Figure] | None:
    """Give the figure of a table that belongs at the top of the page, and the name of its caption; None when it has none."""
    head = headed(table)
    return None if head is None else (head[0], total(table, head[1]))


def headed(table: ReleasedTable) -> tuple[str, Pick] | None:
    """Say which cells make the figure at the top, and the name of its caption; None when the table has none."""
    if table.kind == PERSONS and not table.axes:
        return "headline.persons", lambda codes: True  # noqa: ARG005 - a pick of all
    if table.kind == MULTIPLICITY:
        return "headline.several", lambda codes: codes[-1] != "1"
    if table.kind == TRANSITIONS:
        return "headline.progress", _moved(table, 1)
    if table.kind == TALLY:
        return f"headline.{_tally_name(table)}", lambda codes: True  # noqa: ARG005 - a pick of all
    return None


def _persons(table: ReleasedTable, speaker: Speaker) -> list[str]:
    if not table.axes:
        return [speaker.text("answer.persons", figure=speaker.about(table.consistent.figures[0], "persons"))]
    if len(table.axes) == 1:
        return _largest(table, table.axes[0], list(table.consistent.figures), speaker)
    return _largest(table, table.axes[0], marginal(table, 0), speaker)


def _largest(table: ReleasedTable, axis: Axis, figures: Sequence[Figure], speaker: Speaker) -> list[str]:
    """Name the largest group, as the largest only when the second's interval does not reach it; count what is too small."""
    told = []
    ranked = sorted(zip(axis.values, figures, strict=True), key=lambda pair: -pair[1].value)
    ranked = [(value, figure) for value, figure in ranked if value.code != "unknown"]
    if ranked and not ranked[0][1].dominated:
        (value, first), *others = ranked
        alone = not others or others[0][1].high < first.low
        name = "answer.largest" if alone else "answer.among_largest"
        told.append(speaker.text(name, label=speaker.of(value.label), figure=speaker.about(first)))
    few = sum(figure.dominated for figure in table.consistent.figures)
    if few:
        cells = len(table.figures)
        told.append(speaker.plural("answer.too_few", few, cells=speaker.number(cells)))
    return told


def _multiplicity(table: ReleasedTable, speaker: Speaker) -> list[str]:
    several = total(table, lambda codes: codes[-1] != "1")
    told = [speaker.text("answer.several", figure=speaker.about(several, "persons"))]
    part = share(table, lambda codes: codes[-1] != "1")
    if part is not None:
        told.append(_share_sentence("answer.several_share", part, speaker))
    three = total(table, lambda codes: codes[-1] == "3+")
    told.append(speaker.text("answer.three", figure=speaker.about(three, "persons")))
    return told


def _same_service(table: ReleasedTable, speaker: Speaker) -> list[str]:
    told = [speaker.text("answer.overlap", figure=speaker.about(total(table), "cases"))]
    part = share(table, lambda codes: codes[-1] == "coordinated")
    if part is not None:
        told.append(_share_sentence("answer.coordinated", part, speaker))
    return [*told, speaker.text("answer.overlap_fair")]


def _moved(table: ReleasedTable, direction: int) -> Pick:
    order = {value.code: place for place, value in enumerate(table.axes[-1].values)}

    def pick(codes: tuple[str, ...]) -> bool:
        step = order[codes[-1]] - order[codes[-2]]
        return (step > 0) - (step < 0) == direction

    return pick


def _transitions(table: ReleasedTable, speaker: Speaker) -> list[str]:
    up, down = total(table, _moved(table, 1)), total(table, _moved(table, -1))
    told = [
        speaker.text("answer.observed_twice", figure=speaker.about(total(table), "persons")),
        speaker.text("answer.up", figure=speaker.about(up, "persons")),
    ]
    part = share(table, _moved(table, 1))
    if part is not None:
        told.append(_share_sentence("answer.up_share", part, speaker))
    return [*told, speaker.text("answer.down", figure=speaker.about(down, "persons"))]


def _sum(table: ReleasedTable, speaker: Speaker) -> list[str]:
    unit = speaker.of(table.unit)
    told = [speaker.text("answer.sum", unit=unit, figure=speaker.about(total(table)))]
    return told + (_largest(table, table.axes[0], marginal(table, 0), speaker) if table.axes else [])


def _minimum(table: ReleasedTable, speaker: Speaker) -> list[str]:
    first = table.axes[-1].values[0]
    told = [
        speaker.text(
            "answer.first_bin",
            label=speaker.of(first.label),
            figure=speaker.about(total(table, lambda codes: codes[-1] == first.code), "persons"),
        )
    ]
    part = share(table, lambda codes: codes[-1] == first.code, lambda codes: codes[-1] != "unknown")
    if part is not None:
        told.append(_share_sentence("answer.first_bin_share", part, speaker))
    return told


def _tally(table: ReleasedTable, speaker: Speaker) -> list[str]:
    told = [speaker.text(f"answer.{_tally_name(table)}", figure=speaker.about(total(table), "requests"))]
    return told + _largest(table, table.axes[0], marginal(table, 0), speaker)


def _tally_name(table: ReleasedTable) -> str:
    """Requests turned away bear their reason; requests still waiting do not (`terms.table`)."""
    return TURNED_AWAY if table.axes[-1].code == "reason" else WAITING


def _share_sentence(name: str, part: Share, speaker: Speaker) -> str:
    return speaker.text(name, share=speaker.share_range(part.low, part.high))


_BY_KIND: Final[dict[str, Callable[[ReleasedTable, Speaker], list[str]]]] = {
    PERSONS: _persons,
    MULTIPLICITY: _multiplicity,
    SAME_SERVICE: _same_service,
    TRANSITIONS: _transitions,
    SUM: _sum,
    MINIMUM: _minimum,
    TALLY: _tally,
}
