"""An organization's dated acts as columns: who was served in the period, by which service, when, how often.

Rules, so that every organization counts alike:
- An act counts when any of its days lies in the period; without an end it is one day long.
- An act without a date counts: the file is what the organization gives for the period. It may have been on any day,
so its
  first day is the period's first and its last day the period's last.
- A missed appointment (`no_show`) is no service.
- An organization that keeps no services at all counts every person of its file as served, with no service and no date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.terms.errors import InputError
from sansnom.terms.records import OrganizationRecords, Service

NO_SHOW: Final = "no_show"
_FAR: Final = 2**31
"""Beyond any day of any period: stands for "no date" on either side."""


@dataclass(frozen=True, slots=True, repr=False)
class Acts:
    """The acts that count, each with its person's place, its service, its days of the period and whether it is dated.

    `served` says for each person of the file whether they have a row. `began` may lie before the period (below 0).
    """

    served: NDArray[np.bool_]
    person: NDArray[np.int64]
    service: NDArray[np.int64]
    began: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    dated: NDArray[np.bool_]
    minutes: NDArray[np.int64]
    services: Mapping[str, int]

    def of_service(self, code: str) -> NDArray[np.bool_]:
        """Choose the acts of one service."""
        chosen: NDArray[np.bool_] = self.service == self.services.get(code, -2)
        return chosen


def day_numbers(dates: Sequence[str], start: str, where: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Count days since the period's start, and say which dates are there.

    InputError `records.date` names the list only.
    """
    try:
        days = np.array(dates, dtype="datetime64[D]")
        numbers = (days - np.datetime64(start, "D")).astype(np.int64)
    except ValueError:
        raise InputError("records.date", where=where) from None
    known = ~np.isnat(days)
    return np.where(known, numbers, 0), known


def acts_of(records: OrganizationRecords, places: Mapping[str, int], start: str, days: int) -> Acts:
    """Choose the acts of a period of `days` days.

    `places` gives each person's place by their number at the organization.
    """
    if not records.services:
        return _nothing_but_persons(len(places))
    acts: tuple[Service, ...] = records.services
    codes: dict[str, int] = {}
    service = np.fromiter(
        (codes.setdefault(a.service, len(codes)) if a.service else -1 for a in acts), np.int64, len(acts)
    )
    person = np.fromiter((places.get(a.local_id, -1) for a in acts), np.int64, len(acts))
    happened = np.fromiter((a.status != NO_SHOW for a in acts), np.bool_, len(acts))
    minutes = np.fromiter((a.minutes or 0 for a in acts), np.int64, len(acts))
    first, dated = day_numbers([a.start for a in acts], start, "services.start")
    last, ended = day_numbers([a.end for a in acts], start, "services.end")
    last = np.where(ended, np.maximum(first, last), first)
    first, last = np.where(dated, first, 0), np.where(dated, last, days - 1)
    inside = (person >= 0) & happened & (first < days) & (last >= 0)
    served = np.zeros(len(places), dtype=np.bool_)
    served[person[inside]] = True
    return Acts(
        served=served,
        person=person[inside],
        service=service[inside],
        began=first[inside],
        first=np.clip(first[inside], 0, days - 1),
        last=np.clip(last[inside], 0, days - 1),
        dated=dated[inside],
        minutes=np.maximum(minutes[inside], 0),
        services=codes,
    )


def _nothing_but_persons(persons: int) -> Acts:
    nothing = np.zeros(0, dtype=np.int64)
    return Acts(
        served=np.ones(persons, dtype=np.bool_),
        person=nothing,
        service=nothing,
        began=nothing,
        first=nothing,
        last=nothing,
        dated=np.zeros(0, dtype=np.bool_),
        minutes=nothing,
        services={},
    )


def count_per_person(place: NDArray[np.int64], persons: int) -> NDArray[np.int64]:
    """Count how often each place occurs."""
    return np.bincount(place, minlength=persons).astype(np.int64)


def total_per_person(place: NDArray[np.int64], amount: NDArray[np.int64], persons: int) -> NDArray[np.int64]:
    """Add up whole amounts for each place, exactly."""
    totals = np.zeros(persons, dtype=np.int64)
    np.add.at(totals, place, amount)
    return totals


def earliest_per_person(place: NDArray[np.int64], day: NDArray[np.int64], persons: int) -> NDArray[np.int64]:
    """Give the smallest day for each place; a day far beyond any period where there is none."""
    earliest = np.full(persons, _FAR, dtype=np.int64)
    np.minimum.at(earliest, place, day)
    return earliest


def latest_per_person(place: NDArray[np.int64], day: NDArray[np.int64], persons: int) -> NDArray[np.int64]:
    """Give the largest day for each place; -1 where there is none."""
    latest = np.full(persons, -1, dtype=np.int64)
    np.maximum.at(latest, place, day)
    return latest
