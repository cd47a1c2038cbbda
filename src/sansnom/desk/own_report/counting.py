"""Counting: each table of a template over a scope, with who stands behind each cell.

Persons are counted once, unnamed ones apart. Every table of persons has all persons as its whole, so that the tables hang
together: what one hides must not be computed from another (`protecting.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import numpy as np
from django.db.models import Q, Sum

from sansnom.desk.bring.vocabulary import words_of
from sansnom.desk.own_report.report_templates import TableAsked, Template
from sansnom.desk.own_report.scope import UNKNOWN, Scope, Served, everybody_served
from sansnom.desk.work.models import (
    Assessment,
    EmploymentObservation,
    GroupSession,
    Need,
    TurnedAway,
    WaitingEntry,
)
from sansnom.release.linear_table import Integers
from sansnom.release.manifest import Axis

ALL: Final = "all"
FRENCH: Final = ("EQ", "NCLC")
GAINS: Final = ("gained", "same", "not_twice")
EMPLOYED: Final = ("full_time", "part_time", "self_employed")
WORK: Final = ("employed", "unemployed", "not_in_labour_force", UNKNOWN)
NEED_OUTCOMES: Final = ("met", "partly", "unmet", "withdrawn", "referred", "open")
UNNAMED: Final = ("files", "in_groups")
LEVELS: Final = ("beginner", "intermediate", "advanced", UNKNOWN)


@dataclass(slots=True, eq=False, repr=False)
class Counted:
    """One table: axes, values (last axis fastest), and the persons behind, as far as persons stand behind."""

    name: str
    unit: str
    axes: tuple[Axis, ...]
    values: Integers
    few: Integers | None = None
    """Of a table of acts: how many persons are behind each cell; None where the values count persons, or nobody."""
    behind: dict[int, set[int]] = field(default_factory=dict)
    """Persons by cell, where they were asked for."""


def whole_axis(name: str, codes: Iterable[str]) -> Axis:
    """Make an axis of codes under their total."""
    labels = (ALL, *codes)
    return Axis(name, labels, ((0, tuple(range(1, len(labels)))),))


class Counter:
    """Counts the tables of one report."""

    def __init__(self, scope: Scope, viewer: Any, *, behind: bool = False) -> None:  # noqa: ANN401 - a colleague
        self.scope, self.viewer, self.wants_behind = scope, viewer, behind
        self.served: Served = everybody_served(scope, viewer)

    def tables(self, template: Template) -> list[Counted]:
        """Count every table of the template, and the unnamed."""
        return [self.table(asked) for asked in template.tables] + [self.unnamed()]

    def table(self, asked: TableAsked) -> Counted:
        """Count one table."""
        if asked.kind == "persons":
            axes = tuple(whole_axis(code, words_of(code)) for code in asked.dimensions)
            codes = self.served.codes
            return self._persons(asked.table, axes, lambda person: tuple(codes[person][axis.name] for axis in axes))
        counts: Mapping[str, Callable[[], Counted]] = {
            "services": self._services,
            "acts": self._acts,
            "minutes": self._minutes,
            "french_gain": self._gain,
            "french_level": self._level,
            "employment": self._employment,
            "needs": self._needs,
            "waiting": self._waiting,
            "turned_away": lambda: self._turned_away("service"),
            "turned_away_reasons": lambda: self._turned_away("reason"),
            "unnamed": self.unnamed,
        }
        return counts[asked.kind]()

    def _persons(self, name: str, axes: tuple[Axis, ...], of: Callable[[int], tuple[str, ...]]) -> Counted:
        """Count each named person in their cell and in all its totals."""
        return self._tabulated(
            Counted(name, "persons", axes, _nothing(axes)), ((of(p), 1, p) for p in self.served.codes)
        )

    def _tabulated(self, counted: Counted, rows: Iterable[tuple[tuple[str, ...], int, int]]) -> Counted:
        """Add (codes, amount, person) to a table; an unknown code goes where the axis has "unknown" or "other"."""
        places = [{label: place for place, label in enumerate(axis.labels)} for axis in counted.axes]
        sizes = [len(axis.labels) for axis in counted.axes]
        cells: dict[tuple[str, ...], list[int]] = {}
        for codes, amount, person in rows:
            found = cells.get(codes)
            if found is None:
                choices = []
                for code, place, axis in zip(codes, places, counted.axes, strict=True):
                    own = place.get(code, place.get(UNKNOWN, place.get("other", len(place) - 1)))
                    choices.append((own, 0) if axis.labels[0] == ALL else (own,))
                found = cells[codes] = [int(np.ravel_multi_index(each, sizes)) for each in product(*choices)]
            for cell in found:
                counted.values[cell] += amount
                if self.wants_behind and person >= 0:
                    counted.behind.setdefault(cell, set()).add(person)
        return counted

    def _services(self) -> Counted:
        axis = Axis("service", self._service_codes())
        rows = (((service,), 1, person) for person, service in self.served.acts if person in self.served.codes)
        return self._tabulated(Counted("services", "persons", (axis,), _nothing((axis,))), rows)

    def _service_codes(self) -> tuple[str, ...]:
        return self.scope.services or tuple(words_of("services"))

    def _acts(self) -> Counted:
        return self._of_acts("acts", 0)

    def _minutes(self) -> Counted:
        return self._of_acts("minutes", 1)

    def _of_acts(self, name: str, place: int) -> Counted:
        axes = (whole_axis("service", self._service_codes()),)
        rows = (((service,), told[place], person) for (person, service), told in self.served.acts.items())
        counted = self._tabulated(Counted(name, name, axes, _nothing(axes)), rows)
        named: dict[str, int] = {}
        for person, service in self.served.acts:
            named[service] = named.get(service, 0) + (person in self.served.codes)
        counted.few = np.array(
            [len(self.served.codes), *(named.get(code, 0) for code in axes[0].labels[1:])], dtype=np.int64
        )
        return counted

    def _gain(self) -> Counted:
        """Compare the first and the last level in a skill, over all assessments up to the end of the period."""
        first: dict[tuple[int, str, str], int] = {}
        best: dict[int, str] = {}
        for number, scale, skill, level in self._assessments():
            key = (self.served.person(number), scale, skill)
            if key not in first:
                first[key] = level
            elif level > first[key]:
                best[key[0]] = "gained"
            else:
                best.setdefault(key[0], "same")
        axes = (whole_axis("french_gain", GAINS),)
        return self._persons("french_gain", axes, lambda person: (best.get(person, "not_twice"),))

    def _level(self) -> Counted:
        """Take the band of the last level in speaking."""
        last = {
            self.served.person(number): level for number, _, skill, level in self._assessments() if skill == "speaking"
        }
        axes = (whole_axis("french_level_band", LEVELS),)
        bands = {person: LEVELS[min((level - 1) // 4, 2)] for person, level in last.items()}
        return self._persons("french_level", axes, lambda person: (bands.get(person, UNKNOWN),))

    def _assessments(self) -> Iterable[tuple[int, str, str, int]]:
        rows = Assessment.objects.filter(
            scale__in=FRENCH, assessed_on__lte=self.scope.end, programme__in=self.scope.programmes
        )
        told = rows.order_by("assessed_on", "pk").values_list("person_id", "scale", "skill", "level")
        return told.iterator(chunk_size=5_000)

    def _employment(self) -> Counted:
        """Take the last observation up to the end of the period."""
        rows = EmploymentObservation.objects.filter(
            observed_on__lte=self.scope.end, programme__in=self.scope.programmes
        )
        told = rows.order_by("observed_on", "pk").values_list("person_id", "status").iterator(chunk_size=5_000)
        last = {self.served.person(number): status for number, status in told}
        at_end = {person: "employed" if status in EMPLOYED else status for person, status in last.items()}
        axes = (whole_axis("employment_end", WORK),)
        return self._persons("employment", axes, lambda person: (at_end.get(person, UNKNOWN),))

    def _needs(self) -> Counted:
        """Count needs open in the period, by how they were closed up to its end."""
        rows = self.scope.of(Need.objects.filter(opened_on__lte=self.scope.end))
        rows = rows.filter(Q(closed_on=None) | Q(closed_on__gte=self.scope.start))
        axes = (whole_axis("need_outcome", NEED_OUTCOMES),)
        persons: dict[str, set[int]] = {label: set() for label in axes[0].labels}
        told = []
        for number, closed, outcome in rows.values_list("person_id", "closed_on", "outcome"):
            code = outcome if closed is not None and closed <= self.scope.end and outcome else "open"
            person = self.served.person(number)
            told.append(((code,), 1, person))
            persons[code].add(person)
            persons[ALL].add(person)
        counted = self._tabulated(Counted("needs", "needs", axes, _nothing(axes)), told)
        counted.few = np.array([len(persons[label]) for label in axes[0].labels], dtype=np.int64)
        return counted

    def _waiting(self) -> Counted:
        rows = self.scope.of(WaitingEntry.objects.filter(Q(joined_on=None) | Q(joined_on__lte=self.scope.end)))
        rows = rows.filter(Q(left_on=None) | Q(left_on__gt=self.scope.end))
        axes = (whole_axis("service", self._service_codes()),)
        told = (
            ((service,), 1, -1 if number is None else self.served.person(number))
            for number, service in rows.values_list("person_id", "service")
        )
        return self._tabulated(Counted("waiting", "waiting", axes, _nothing(axes)), told)

    def _turned_away(self, by: str) -> Counted:
        rows = TurnedAway.objects.filter(Q(programme=None) | Q(programme__in=self.scope.programmes))
        rows = rows.filter(Q(day=None) | Q(day__range=(self.scope.start, self.scope.end)))
        rows = rows.filter(service__in=self.scope.services) if self.scope.services else rows
        codes = self._service_codes() if by == "service" else tuple(words_of("turned_away"))
        axes = (whole_axis("service" if by == "service" else "turned_away_reason", codes),)
        name = "turned_away" if by == "service" else "turned_away_reasons"
        told = (((code or UNKNOWN,), 1, -1) for code in rows.values_list(by, flat=True))
        return self._tabulated(Counted(name, "turned_away", axes, _nothing(axes)), told)

    def unnamed(self) -> Counted:
        """Count files without a name, and who came to a group without a file: beside the persons, never added to them."""
        axis = Axis("unnamed", UNNAMED)
        sessions = self.scope.of(GroupSession.objects.filter(held_on__range=(self.scope.start, self.scope.end)))
        came = sessions.filter(cancelled=False).aggregate(came=Sum("unnamed_count"))["came"]
        counted = Counted("unnamed", "unnamed", (axis,), np.array([len(self.served.unnamed), int(came or 0)], np.int64))
        if self.wants_behind:
            counted.behind = {0: set(self.served.unnamed)}
        return counted


def _nothing(axes: tuple[Axis, ...]) -> Integers:
    return np.zeros(int(np.prod([len(axis.labels) for axis in axes])), dtype=np.int64)
