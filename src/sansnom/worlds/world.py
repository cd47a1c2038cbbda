"""A whole synthetic world from one seed: people, the organizations that serve them, their files, and the truth.

    world = make_world(organizations=24, persons=3000, seed=1)

The same arguments give the same world, on any machine and in any version of Python that we support.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from sansnom.terms.records import OrganizationRecords, Person
from sansnom.worlds.organizations import OrganizationProfile, make_organizations
from sansnom.worlds.people import Population, TruePerson
from sansnom.worlds.pools import Weighted, language_groups
from sansnom.worlds.services import Visit, Year, waiting_and_turned_away
from sansnom.worlds.spellings import NoiseRates, written_birth_date, written_names
from sansnom.worlds.truth import Truth

PERIOD: Final = ("2025-04-01", "2026-03-31")
"""The fiscal year of Quebec: 1 April to 31 March."""

AT_SEVERAL: Final = 0.20
"""Persons at two organizations or more. Nobody has measured it; 5 to 40 % are simulated, this is our middle."""

MORE_ORGANIZATIONS: Final = {1: 0.70, 2: 0.20, 3: 0.06, 4: 0.02, 5: 0.01, 7: 0.006, 9: 0.004}
"""How many further organizations such a person goes to: our choice."""

UNNAMED: Final = 0.03
"""Contacts without a name, per named row: our choice."""

NEAR: Final = 0.8  # a further organization is in the same region: our choice


@dataclass(frozen=True, slots=True)
class World:
    """What `make_world` gives. `records` is what reading the written files gives back, organization by organization."""

    period_start: str
    period_end: str
    organizations: tuple[OrganizationProfile, ...]
    records: tuple[OrganizationRecords, ...]
    truth: Truth


def make_world(
    organizations: int,
    persons: int,
    seed: int,
    *,
    at_several: float = AT_SEVERAL,
    noise: float = 1.0,
    period: tuple[str, str] = PERIOD,
    more: Mapping[int, float] | None = None,
) -> World:
    """Make a world of `persons` distinct named persons over `organizations`; `noise` multiplies every rate of `NoiseRates`.

    `at_several` is the share of persons at two organizations or more (5 to 40 % is plausible). `more` says to how many
    further organizations they go, exactly so, instead of `MORE_ORGANIZATIONS`.
    """
    if organizations < 1 or persons < 0 or not 0 <= at_several <= 1 or noise < 0:
        raise ValueError("organizations >= 1, persons >= 0, 0 <= at_several <= 1, noise >= 0")
    rng = Random(seed)
    start, end = (date.fromisoformat(day) for day in period)
    profiles = make_organizations(organizations, rng)
    attendance = _Attendance(rng, profiles, at_several, more)
    year = Year(rng, profiles, start, end)
    clerk = _Clerk(rng, profiles, NoiseRates().times(noise))
    people: dict[int, TruePerson] = {}
    for household in Population(rng, end).households():
        members = household[: persons - len(people)]
        if not members:
            break
        for member, places in zip(members, attendance.of(members), strict=True):
            people[member.number] = member
            year.live([clerk.register(place, member) for place in places])
    _unnamed_contacts(rng, clerk, year, profiles, Population(rng, end))
    return World(*period, profiles, _records(rng, profiles, clerk, year, start, end), clerk.truth(people))


class _Attendance:
    """Decides which organizations each member of a household goes to: the family's first, then others, mostly near."""

    def __init__(
        self,
        rng: Random,
        profiles: Sequence[OrganizationProfile],
        at_several: float,
        more: Mapping[int, float] | None = None,
    ) -> None:
        self._rng = rng
        self._exactly = more is not None
        self._at_several = at_several if len(profiles) > 1 else 0.0
        self._everywhere = Weighted.of({n: p.weight for n, p in enumerate(profiles)})
        by_region: dict[str, dict[int, float]] = {}
        for n, p in enumerate(profiles):
            by_region.setdefault(p.region, {})[n] = p.weight
        self._by_region: Mapping[str, Weighted] = {
            region: Weighted.of(weights) for region, weights in by_region.items()
        }
        weights = MORE_ORGANIZATIONS if more is None else more
        self._more = Weighted.of({n: w for n, w in weights.items() if n < len(profiles)})

    def of(self, members: Sequence[TruePerson]) -> list[list[int]]:
        rng = self._rng
        region = members[0].region
        first = self._one(region)
        shared = [self._one(region) for _ in range(9)]  # where this family would go next
        everyone = []
        for _ in members:
            places = [first]
            if rng.random() < self._at_several:
                wanted = 1 + rng.choices(self._more.items, cum_weights=self._more.totals)[0]
                for next_shared in shared:
                    place = next_shared if rng.random() < 0.7 else self._one(region)
                    if place not in places and len(places) < wanted:
                        places.append(place)
                while len(places) < (wanted if self._exactly else 2):
                    place = self._one("")
                    places.extend([place] if place not in places else [])
            everyone.append(places)
        return everyone

    def _one(self, region: str) -> int:
        near = self._by_region.get(region) if self._rng.random() < NEAR or not region else None
        weighted = near or self._everywhere
        return int(self._rng.choices(weighted.items, cum_weights=weighted.totals)[0])


class _Clerk:
    """Writes persons down as each organization does, and remembers who they were."""

    def __init__(self, rng: Random, profiles: Sequence[OrganizationProfile], rates: NoiseRates) -> None:
        self._rng = rng
        self._profiles = profiles
        self._rates = rates
        self._person_of: dict[tuple[str, str], int] = {}
        self._unnamed: set[int] = set()
        self._used: list[set[str]] = [set() for _ in profiles]
        self.persons: list[list[Person]] = [[] for _ in profiles]

    def register(self, organization: int, person: TruePerson) -> Visit:
        """Open a file for a named person."""
        local_id = self._new_number(organization, person.number)
        self.persons[organization].append(self._written(organization, local_id, person))
        return Visit(organization, local_id, person)

    def register_unnamed(self, organization: int, person: TruePerson, number: int) -> Visit:
        """Note a contact whose name was not asked or not given."""
        local_id = self._new_number(organization, number)
        self._unnamed.add(number)
        self.persons[organization].append(
            Person(local_id, birth_date_precision="unknown", sex=person.sex, region=person.region, anonymous=True)
        )
        return Visit(organization, local_id, person)

    def truth(self, people: Mapping[int, TruePerson]) -> Truth:
        """Give what is true of all that was written."""
        return Truth(self._person_of, people, frozenset(self._unnamed))

    def _new_number(self, organization: int, person: int) -> str:
        """Draw a file number that says nothing of the person."""
        used = self._used[organization]
        while (local_id := f"{self._profiles[organization].code[:2]}{self._rng.randrange(10**6):06d}") in used:
            pass
        used.add(local_id)
        self._person_of[self._profiles[organization].code, local_id] = person
        return local_id

    def _written(self, organization: int, local_id: str, person: TruePerson) -> Person:
        rng, rates = self._rng, self._rates
        given, family = written_names(rng, person, self._profiles[organization].hand, rates)
        birth_date, precision = written_birth_date(rng, person, rates)
        sex = "" if rng.random() < rates.sex_missing else person.sex
        if sex and rng.random() < rates.sex_wrong:
            sex = "M" if sex == "F" else "F"
        postal_code = person.postal_code
        if rng.random() < rates.moved:
            postal_code = f"{postal_code[:3]} {rng.randint(1, 9)}{rng.choice('ABCEGHJKLM')}{rng.randint(1, 9)}"
        phone = person.phone
        if rng.random() < rates.other_phone:
            phone = f"590-{rng.randint(200, 999)}-{rng.randint(0, 9999):04d}"

        def unless(rate: float, value: str) -> str:
            return "" if rng.random() < rate else value

        return Person(
            local_id=local_id,
            given_names=given,
            family_names=family,
            birth_date=birth_date,
            birth_date_precision=precision,
            sex=sex,
            country_of_birth=unless(rates.country_missing, person.country),
            mother_tongue=unless(rates.tongue_missing, language_groups()[person.tongue]),
            category=unless(rates.category_missing, person.category),
            region=unless(rates.region_missing, person.region),
            admission_date=unless(rates.admission_missing, person.admission.isoformat() if person.admission else ""),
            arrival_date=unless(rates.arrival_missing, person.arrival.isoformat()),
            postal_code=unless(rates.postal_code_missing, postal_code),
            phone=unless(rates.phone_missing, phone),
        )


def _unnamed_contacts(
    rng: Random, clerk: _Clerk, year: Year, profiles: Sequence[OrganizationProfile], population: Population
) -> None:
    """Add contacts without a name; they count apart and belong to nobody (numbers below zero)."""
    number = 0
    households = population.households()
    for organization in range(len(profiles)):
        for _ in range(sum(rng.random() < UNNAMED for _ in clerk.persons[organization])):
            number -= 1
            visit = clerk.register_unnamed(organization, next(households)[0], number)
            year.live([visit])


def _records(
    rng: Random, profiles: Sequence[OrganizationProfile], clerk: _Clerk, year: Year, start: date, end: date
) -> tuple[OrganizationRecords, ...]:
    made = []
    for profile, persons, ledger in zip(profiles, clerk.persons, year.ledgers, strict=True):
        waitlist, turned_away = waiting_and_turned_away(rng, profile, len(persons), start, end)
        made.append(
            OrganizationRecords(
                organization=profile.code,
                persons=tuple(sorted(persons, key=lambda p: p.local_id)),
                services=tuple(sorted(ledger.services, key=lambda s: s.start)),
                assessments=tuple(ledger.assessments),
                statuses=tuple(ledger.statuses),
                referrals=tuple(ledger.referrals),
                waitlist=waitlist,
                turned_away=turned_away,
            )
        )
    return tuple(made)
