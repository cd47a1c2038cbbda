"""What is true of a world: who is who over all organizations, and the tables that would be published if nothing needed protection.

Only a synthetic world has this. It is written beside the organizations' folders, never inside.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sansnom.terms.records import OrganizationRecords, Service
from sansnom.worlds.people import TruePerson


@dataclass(frozen=True, slots=True)
class Truth:
    """The person behind each (organization, local number), and the persons themselves.

    Contacts without a name are in `unnamed`: each counts as a person of its own that nobody could link.
    """

    person_of: Mapping[tuple[str, str], int]
    people: Mapping[int, TruePerson]
    unnamed: frozenset[int] = field(default_factory=frozenset)

    def clusters(self) -> list[list[str]]:
        """Give every person's rows as "organization/local_id", sorted: the form of `evaluation.json`."""
        rows: dict[int, list[str]] = defaultdict(list)
        for (organization, local_id), number in self.person_of.items():
            rows[number].append(f"{organization}/{local_id}")
        return sorted(sorted(found) for found in rows.values())

    def organizations_of(self, served: Iterable[tuple[str, str]]) -> dict[int, set[str]]:
        """Give, for each named person, the organizations among `served` rows."""
        found: dict[int, set[str]] = defaultdict(set)
        for organization, local_id in served:
            number = self.person_of[organization, local_id]
            if number not in self.unnamed:
                found[number].add(organization)
        return found


def served_rows(everyone: Sequence[OrganizationRecords], start: str, end: str) -> set[tuple[str, str]]:
    """Give the rows with at least one service in the period (missed appointments are none); without services, all rows."""
    rows: set[tuple[str, str]] = set()
    for records in everyone:
        if not records.services:
            rows.update((records.organization, p.local_id) for p in records.persons)
        rows.update((records.organization, s.local_id) for s in records.services if _counts(s, start, end))
    return rows


def _counts(service: Service, start: str, end: str) -> bool:
    return service.status != "no_show" and (
        not service.start or (service.start <= end and (service.end or service.start) >= start)
    )


def distinct_persons(truth: Truth, served: Iterable[tuple[str, str]]) -> int:
    """Count named persons once each (indicator N1)."""
    return len(truth.organizations_of(served))


def multiplicity(truth: Truth, served: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Count persons at exactly 1, exactly 2, 3 or more organizations (indicator N3)."""
    counts = Counter(min(3, len(found)) for found in truth.organizations_of(served).values())
    return {"1": counts[1], "2": counts[2], "3+": counts[3]}


def persons_by(truth: Truth, served: Iterable[tuple[str, str]], attribute: str, start: str) -> dict[str, int]:
    """Count named persons by what is true of them: sex, region, category, country, tongue or age (completed years at the start)."""
    counts: Counter[str] = Counter()
    first_day = date.fromisoformat(start)
    for number in truth.organizations_of(served):
        person = truth.people[number]
        counts[str(person.age_on(first_day)) if attribute == "age" else str(getattr(person, attribute))] += 1
    return dict(counts)


def same_service(
    truth: Truth, everyone: Sequence[OrganizationRecords], start: str, end: str, window_days: int
) -> dict[str, tuple[int, int]]:
    """Count, for each service, persons who had it at two organizations within `window_days`: (coordinated, other) (indicator N4).

    Two stretches (first to last day at each organization) count when the time between them is at most the window; coordinated
    when an accepted referral links one such pair of organizations, either way.
    """
    stretches = _stretches(truth, everyone, start, end)
    linked = {
        (truth.person_of[r.organization, ref.local_id], frozenset((r.organization, ref.to_organization)))
        for r in everyone
        for ref in r.referrals
        if ref.accepted
    }
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (number, service), places in stretches.items():
        pairs = [
            frozenset((a, b))
            for a, (first_a, last_a) in places.items()
            for b, (first_b, last_b) in places.items()
            if a < b and max(first_a, first_b) - min(last_a, last_b) <= window_days
        ]
        if pairs:
            counts[service][0 if any((number, pair) in linked for pair in pairs) else 1] += 1
    return {service: (both[0], both[1]) for service, both in counts.items()}


def _stretches(
    truth: Truth, everyone: Sequence[OrganizationRecords], start: str, end: str
) -> dict[tuple[int, str], dict[str, tuple[int, int]]]:
    found: dict[tuple[int, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for records in everyone:
        for act in records.services:
            number = truth.person_of[records.organization, act.local_id]
            if number in truth.unnamed or not act.service or not act.start or not _counts(act, start, end):
                continue
            day = date.fromisoformat(act.start).toordinal()
            first, last = found[number, act.service].get(records.organization, (day, day))
            found[number, act.service][records.organization] = (min(first, day), max(last, day))
    return found
