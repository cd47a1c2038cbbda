"""A report as it is shown: its tables row by row, a hidden figure as a dash, money and ratios, the lines of a funder's form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sansnom.desk.bring.vocabulary import word
from sansnom.desk.house.words import say
from sansnom.desk.own_report.counting import ALL
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.protecting import SHOWN, axis_from
from sansnom.desk.own_report.report_templates import Line, templates
from sansnom.desk.people.vocabulary import speaking
from sansnom.release.manifest import Axis

HIDDEN: Final = "—"
_DICTIONARY: Final = {"turned_away_reason": "turned_away", "service": "services"}
_UNMET: Final = frozenset({"waiting", "turned_away", "turned_away_reasons"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: its place, what is shown, why it is not."""

    table: int
    cell: int
    value: int
    why: str
    unit: str

    @property
    def shown(self) -> str:
        """Give the figure as people read it: hours for minutes, a dash for what is hidden."""
        return HIDDEN if self.why != SHOWN else amount(self.value, self.unit)

    @property
    def number(self) -> int | str:
        """Give the figure for a spreadsheet."""
        return "" if self.why != SHOWN else round(self.value / 60) if self.unit == "minutes" else self.value


@dataclass(frozen=True, slots=True)
class Shown:
    """One table as a page shows it: columns of the second axis, if there is one, and rows of the first."""

    place: int
    name: str
    title: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]
    hidden: int


def amount(value: int, unit: str) -> str:
    """Write a number with its thousands apart."""
    told = f"{round(value / 60) if unit == 'minutes' else value:,}"
    return told.replace(",", "\u00a0" if speaking() == "fr" else ",")


def dollars(cents: int) -> str:
    """Write an amount of money, to the dollar."""
    told = f"{(cents + 50) // 100:,}"
    return f"{told.replace(',', chr(160))}{chr(160)}$" if speaking() == "fr" else f"${told}"


def label_of(axis: str, code: str) -> str:
    """Give the words for a label of an axis."""
    if code == ALL:
        return say("own_report.all")
    if axis in {"french_gain", "need_outcome", "unnamed"}:
        return say(f"own_report.{axis}.{code}")
    if axis == "employment_end":
        return say("own_report.employment_end.employed") if code == "employed" else word("employment", code)
    return word(_DICTIONARY.get(axis, axis), code)


def axis_title(axis: str) -> str:
    """Name an axis."""
    return say(f"own_report.axis.{axis}")


def sections(report: OwnReport) -> tuple[list[Shown], list[Shown]]:
    """Give the tables of activity and outcomes, and those of unmet need."""
    asked = templates()[report.template].tables
    titles = {each.table: each.title.in_language(speaking()) for each in asked}
    tables = [
        _table(place, told, titles.get(told["name"]) or say("own_report.unnamed.title"))
        for place, told in enumerate(report.told["tables"])
    ]
    return [one for one in tables if one.name not in _UNMET], [one for one in tables if one.name in _UNMET]


def _table(place: int, told: Mapping[str, Any], title: str) -> Shown:
    axes = [axis_from(each) for each in told["axes"]]
    figures = [
        Figure(place, cell, value, why, told["unit"])
        for cell, (value, why) in enumerate(zip(told["values"], told["hidden"], strict=True))
    ]
    width = len(axes[1].labels) if len(axes) > 1 else 1
    used = _used(axes, told["values"])
    columns = [n for n in range(width) if len(axes) == 1 or n in used[1]]
    rows = []
    for number, code in enumerate(axes[0].labels):
        if number in used[0]:
            cells = tuple(figures[number * width + column] for column in columns)
            rows.append((label_of(axes[0].name, code), cells))
    heads = tuple(label_of(axes[1].name, axes[1].labels[n]) for n in columns) if len(axes) > 1 else ()
    hidden = sum(figure.why != SHOWN for _, cells in rows for figure in cells)
    return Shown(place, told["name"], title, axis_title(axes[0].name), heads, tuple(rows), hidden)


def _used(axes: Sequence[Axis], values: Sequence[int]) -> list[set[int]]:
    """Leave out rows and columns in which there is nobody at all: a zero is no secret."""
    grid = np.array(values, dtype=np.int64).reshape([len(axis.labels) for axis in axes])
    used = []
    for number, axis in enumerate(axes):
        others = tuple(each for each in range(len(axes)) if each != number)
        there = {int(place) for place in np.flatnonzero(grid.sum(axis=others) if others else grid)}
        used.append(there | ({0} if axis.labels[0] == ALL or len(axis.labels) <= 3 else set()))
    return used


def figure_at(report: OwnReport, table: int, cell: int) -> tuple[Figure, str, list[str]] | None:
    """Give a figure with its table's title and its labels; None where there is none."""
    tables = report.told["tables"]
    if not (0 <= table < len(tables) and 0 <= cell < len(tables[table]["values"])):
        return None
    told = tables[table]
    axes = [axis_from(each) for each in told["axes"]]
    places = np.unravel_index(cell, [len(axis.labels) for axis in axes])
    labels = [label_of(axis.name, axis.labels[int(n)]) for axis, n in zip(axes, places, strict=True)]
    titles = {each.table: each.title.in_language(speaking()) for each in templates()[report.template].tables}
    figure = Figure(table, cell, told["values"][cell], told["hidden"][cell], told["unit"])
    return figure, titles.get(told["name"]) or say("own_report.unnamed.title"), labels


def find_figure(report: OwnReport, line: Line) -> Figure | None:
    """Find the figure that answers a line: its labels, and the whole of every other axis."""
    wanted = dict(line.cell)
    for place, told in enumerate(report.told["tables"]):
        if told["name"] != line.table:
            continue
        axes = [axis_from(each) for each in told["axes"]]
        at = []
        for axis in axes:
            code = wanted.get(axis.name, ALL)
            if code not in axis.labels:
                return None
            at.append(axis.labels.index(code))
        cell = int(np.ravel_multi_index(at, [len(axis.labels) for axis in axes]))
        return Figure(place, cell, told["values"][cell], told["hidden"][cell], told["unit"])
    return None


def grid(report: OwnReport) -> list[tuple[str, str, Figure | None]]:
    """Give the lines of the funder's form, in its order."""
    return [
        (line.line, line.label.in_language(speaking()), find_figure(report, line))
        for line in templates()[report.template].grid
    ]


def money(report: OwnReport) -> Iterator[tuple[str, str]]:
    """Give grants, costs and costs per person, hour and outcome; a ratio only where its lower part is shown."""
    told = report.told["money"]
    for each in told:
        funder = each["funder"][1 if speaking() == "en" else 0]
        yield say("own_report.money.grant", funder=funder), dollars(each["amount_cents"])
    if not told:
        return
    spent = all(each["spent_cents"] is not None for each in told)
    cost = sum(each["spent_cents"] if spent else each["amount_cents"] for each in told)
    yield say("own_report.money.spent") if spent else say("own_report.money.granted"), dollars(cost)
    template = templates()[report.template]
    persons = next((n for n, one in enumerate(report.told["tables"]) if one["unit"] == "persons"), None)
    people = figure_at(report, persons, 0) if persons is not None else None
    hours = find_figure(report, Line("", template.title, "minutes", ()))
    outcome = find_figure(report, template.outcome)
    outcome_words = template.outcome.label.in_language(speaking())
    for words, figure in (
        (say("own_report.money.per_person"), people[0] if people else None),
        (say("own_report.money.per_hour"), hours),
        (say("own_report.money.per_outcome", outcome=outcome_words), outcome),
    ):
        counted = 0 if figure is None or figure.why != SHOWN else figure.value
        counted = round(counted / 60) if figure is not None and figure.unit == "minutes" else counted
        yield words, dollars(cost // counted) if counted else HIDDEN
