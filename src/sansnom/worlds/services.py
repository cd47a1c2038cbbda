"""What happened in the period: services, levels of French, work, referrals, waiting lists, people turned away.

No published figure says how often; every number here is our choice, made so that each indicator has something to count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from sansnom.terms.records import Assessment, Referral, Service, Status, TurnedAway, Waiting
from sansnom.worlds.organizations import SERVICE_WEIGHTS, OrganizationProfile
from sansnom.worlds.people import TruePerson

MINUTES: Final = {"french_course": (180, 180, 120), "french_practice": (120, 90), "childcare": (180, 120), "twinning": (90, 120),
                  "community": (120, 180), "youth": (120,), "citizenship": (120,)}  # fmt: skip
ADULTS_ONLY: Final = frozenset(
    {"employment", "credentials", "citizenship", "financial", "housing", "legal_information", "twinning", "forms"}
)
CHILDREN_ONLY: Final = frozenset({"childcare", "school"})
SAME_SERVICE_AGAIN: Final = 0.35
"""At a further organization that offers it: the chance that the person gets the same service once more."""
REFERRED: Final = 0.40
"""The chance that the first organization sent the person on to the next one."""


@dataclass(slots=True)
class Ledger:
    """The acts of one organization, as they come."""

    services: list[Service] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at an organization, under its own number for them."""

    organization: int
    local_id: str
    person: TruePerson


class Year:
    """Draws the acts of one reference period."""

    def __init__(self, rng: Random, profiles: Sequence[OrganizationProfile], start: date, end: date) -> None:
        """Keep the period and one ledger for each organization."""
        self._rng = rng
        self._profiles = profiles
        self._start = start
        self._days = (end - start).days + 1
        self.ledgers = [Ledger() for _ in profiles]

    def live(self, visits: Sequence[Visit]) -> None:
        """Draw everything that happened to one person at the organizations they went to, in the order of `visits`."""
        used: dict[str, date] = {}
        earlier: Visit | None = None
        began = max(0, (visits[0].person.arrival - self._start).days)
        first_day = min(self._days - 1, began + int(self._rng.random() ** 1.5 * (self._days - began)))
        for visit in visits:
            chosen = self._chosen(visit, used)
            day = self._start + timedelta(days=first_day)
            for service in chosen:
                used.setdefault(service, day)
                self._serve(visit, service, first_day)
            if earlier is not None:
                self._refer(earlier, visit, chosen[0], day)
            earlier = visit
            first_day = min(self._days - 1, first_day + self._rng.randint(0, 120))
        if visits[0].person.age_on(self._start) >= 18:
            self._observe(visits)
        if self._rng.random() < 0.03:
            self._refer_in_vain(visits[0])

    def _chosen(self, visit: Visit, used: dict[str, date]) -> list[str]:
        rng = self._rng
        age = visit.person.age_on(self._start)
        offered = [s for s in self._profiles[visit.organization].services if _fits(s, age)] or ["information"]
        again = [s for s in offered if s in used]
        chosen = [rng.choice(again)] if again and rng.random() < SAME_SERVICE_AGAIN else []
        weights = [SERVICE_WEIGHTS[s] for s in offered]
        for service in rng.choices(offered, weights, k=rng.choice((1, 1, 2, 3))):
            if service not in chosen and (service not in used or not chosen):
                chosen.append(service)
        return chosen or [offered[0]]

    def _serve(self, visit: Visit, service: str, first_day: int) -> None:
        rng = self._rng
        ledger = self.ledgers[visit.organization]
        shares_dates = self._profiles[visit.organization].shares_dates
        weekly = service in {"french_course", "french_practice", "childcare"}
        acts = 1 + min(25, int(rng.expovariate(1 / (9 if weekly else 1.6))))
        day = first_day
        for _ in range(acts):
            if day >= self._days:
                break
            start = (self._start + timedelta(days=day)).isoformat()
            minutes = rng.choice(MINUTES.get(service, (15, 30, 45, 60, 60, 90)))
            status = rng.choices(("completed", "ongoing", "ended_early", "no_show"), (84, 9, 3, 4))[0]
            ledger.services.append(
                Service(
                    visit.local_id,
                    service,
                    start,
                    minutes=minutes if shares_dates or rng.random() < 0.5 else None,
                    status=status,
                )
            )
            day += 7 if weekly else rng.randint(3, 60)
        if service == "french_course" and visit.person.age_on(self._start) >= 16:
            self._assess(visit, first_day, day)

    def _assess(self, visit: Visit, first_day: int, last_day: int) -> None:
        rng = self._rng
        ledger = self.ledgers[visit.organization]
        level = min(11, 1 + int(rng.expovariate(1 / 2.5)))
        last_day = min(self._days - 1, max(last_day, first_day + 30))
        for skill in rng.choice((("listening", "speaking"), ("listening", "speaking", "reading", "writing"))):
            before = max(1, level + rng.choice((-1, 0, 0, 1)))
            after = min(12, max(1, before + rng.choices((-1, 0, 1, 2, 3), (3, 27, 40, 22, 8))[0]))
            ledger.assessments.append(Assessment(visit.local_id, "EQ", skill, before, self._date(first_day)))
            if last_day > first_day and rng.random() < 0.75:
                ledger.assessments.append(Assessment(visit.local_id, "EQ", skill, after, self._date(last_day)))

    def _observe(self, visits: Sequence[Visit]) -> None:
        """Note work and studies at the first visit, and often later, at whichever organization."""
        rng = self._rng
        if rng.random() < 0.25:
            return
        employment = rng.choices(
            ("unemployed", "not_in_labour_force", "part_time", "full_time", "self_employed"), (44, 20, 16, 18, 2)
        )[0]
        education = rng.choices(
            ("not_student", "full_time_student", "part_time_training", "full_time_training"), (62, 14, 10, 14)
        )[0]
        day = rng.randint(0, max(0, self._days // 3))
        self.ledgers[visits[0].organization].statuses.append(
            Status(visits[0].local_id, self._date(day), employment, "" if rng.random() < 0.2 else education)
        )
        if rng.random() < 0.55:
            if employment == "unemployed" and rng.random() < 0.35:
                employment = rng.choice(("full_time", "part_time"))
            later = rng.choice(visits)
            self.ledgers[later.organization].statuses.append(
                Status(later.local_id, self._date(rng.randint(day, self._days - 1)), employment, "")
            )

    def _refer(self, sender: Visit, receiver: Visit, service: str, day: date) -> None:
        rng = self._rng
        if rng.random() >= REFERRED:
            return
        sent = max(self._start, day - timedelta(days=rng.randint(0, 21)))
        accepted = rng.random() < 0.85
        self.ledgers[sender.organization].referrals.append(
            Referral(
                sender.local_id, service, self._profiles[receiver.organization].code, sent.isoformat(), accepted,
                accepted and rng.random() < 0.85,
            )
        )  # fmt: skip

    def _refer_in_vain(self, visit: Visit) -> None:
        to = self._rng.randrange(len(self._profiles))
        if to != visit.organization:
            service = self._rng.choice(self._profiles[to].services)
            self.ledgers[visit.organization].referrals.append(
                Referral(
                    visit.local_id,
                    service,
                    self._profiles[to].code,
                    self._date(self._rng.randrange(self._days)),
                    accepted=False,
                    completed=False,
                )
            )

    def _date(self, day: int) -> str:
        return (self._start + timedelta(days=day)).isoformat()


def _fits(service: str, age: int) -> bool:
    if age < 16:
        return service not in ADULTS_ONLY
    return service not in CHILDREN_ONLY


def waiting_and_turned_away(
    rng: Random, profile: OrganizationProfile, persons: int, start: date, end: date
) -> tuple[tuple[Waiting, ...], tuple[TurnedAway, ...]]:
    """Draw those who wait (about 6 for every 100 served) and those turned away (about 8): our choice."""
    days = (end - start).days + 1
    scarce = [
        s for s in profile.services if s in {"french_course", "housing", "childcare", "employment", "psychosocial"}
    ] or list(profile.services)
    waiting = []
    for _ in range(round(persons * 0.06 * rng.uniform(0.3, 2))):
        joined = start + timedelta(days=rng.randint(-60, days - 1))
        left = joined + timedelta(days=rng.randint(7, 240))
        gone = left <= end and rng.random() < 0.8
        reason = (
            rng.choice(("served", "served", "served_elsewhere", "withdrew", "moved", "unreachable")) if gone else ""
        )
        waiting.append(Waiting(rng.choice(scarce), joined.isoformat(), left.isoformat() if gone else "", reason))
    turned_away = [
        TurnedAway(
            rng.choice(scarce),
            (start + timedelta(days=rng.randrange(days))).isoformat(),
            rng.choices(
                ("no_place", "no_staff", "not_eligible", "language", "schedule", "no_childcare", "no_funding"),
                (8, 4, 4, 2, 2, 2, 3),
            )[0],
        )
        for _ in range(round(persons * 0.08 * rng.uniform(0.3, 2)))
    ]
    return tuple(waiting), tuple(turned_away)
