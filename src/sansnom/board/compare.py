"""Put periods side by side, and only where that is sound: parts of one declared series, equally long, with the very same table.

A change is told only when the noise could not have made it: both sums at 97.5 %, so that their difference holds at 95 %.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from sansnom.board.answers import headed, total
from sansnom.board.charts import Bar, bar_chart
from sansnom.board.language import Speaker
from sansnom.board.public import Board
from sansnom.release.budget import series_digest
from sansnom.release.consistency_sums import PAIR_LEVEL
from sansnom.release.sdmx import time_range
from sansnom.terms.plan import Plan
from sansnom.terms.release import Release, ReleasedTable
from sansnom.terms.table import TableSpec


def comparable(board: Board, release: Release) -> list[Release]:
    """Give the releases that may stand beside this one, itself among them, by period; those that were corrected are left out."""
    plan = board.plan(release.plan)
    declared = series_digest(plan)
    if not declared:
        return []
    beside = [
        other
        for other in board.releases
        if series_digest(board.plan(other.plan)) == declared
        and _length(other) == _length(release)
        and (other.release == release.release or board.correction_of(other.release) is None)
    ]
    return sorted(beside, key=lambda other: other.period.start)


def _length(release: Release) -> str:
    return time_range(release.period).partition("/")[2]


def compared(board: Board, release: Release, s: Speaker) -> list[dict[str, Any]]:
    """Give, for each figure of the top that other periods have too: a sentence, a chart, and rows by period."""
    others = comparable(board, release)
    found = []
    for table in release.tables:
        head = headed(table)
        same = [(other, told) for other in others if (told := _same_table(board, release, table, other)) is not None]
        if head is None or len(same) < 2:
            continue
        caption, pick = head
        name = s.text(caption)
        rows = [(s.months(other.period), total(told, pick), other.release) for other, told in same]
        sentence = _change(release, same, s)
        bars = [Bar(label, figure) for label, figure, _ in rows]
        pair = [bar_chart(bars, name, sentence or name, s, narrow=narrow) for narrow in (False, True)]
        found.append(
            {
                "name": f"{table.table}-compared",
                "title": name,
                "sentence": sentence,
                "chart": pair if any(figure.high for _, figure, _ in rows) else None,
                "rows": [
                    {"label": label, "figure": figure, "release": other, "here": other == release.release}
                    for label, figure, other in rows
                ],
            }
        )
    return found


def _same_table(board: Board, release: Release, table: ReleasedTable, other: Release) -> ReleasedTable | None:
    """Find the table of another release that asks the very same; None when there is none."""
    mine = _spec(board.plan(release.plan), table.table)
    theirs = _spec(board.plan(other.plan), table.table)
    if mine is None or theirs is None or _asked(mine) != _asked(theirs):
        return None
    found = next((told for told in other.tables if told.table == table.table), None)
    return found if found is not None and found.axes == table.axes else None


def _spec(plan: Plan, name: str) -> TableSpec | None:
    return next((table for table in plan.tables if table.table == name), None)


def _asked(spec: TableSpec) -> TableSpec:
    """Leave out what changes the precision only."""
    return replace(spec, rho=Fraction(1))


def _change(release: Release, same: list[tuple[Release, ReleasedTable]], s: Speaker) -> str:
    """Say how this period stands to the one before it; empty for the first."""
    place = next(n for n, (other, _) in enumerate(same) if other.release == release.release)
    if place == 0:
        return ""
    (before, earlier), (_, now) = same[place - 1], same[place]
    head = headed(now)
    assert head is not None, "only tables with a figure at the top are compared"
    one, two = total(earlier, head[1], PAIR_LEVEL), total(now, head[1], PAIR_LEVEL)
    low, high = two.low - one.high, two.high - one.low
    period = s.months(before.period)
    if low > 0:
        return s.text("compare.more", low=s.number(low), high=s.number(high), period=period)
    if high < 0:
        return s.text("compare.fewer", low=s.number(-high), high=s.number(-low), period=period)
    return s.text("compare.same", period=period)
