"""Households of synthetic newcomers: who they are, before anyone writes them down.

Each figure names its source, or says "our choice": nothing here was fitted to any organization's records.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from sansnom.worlds.pools import Name, Origin, Pool, Weighted, origins, pools, spellings

TEMPORARY_SHARE: Final = 0.35
"""Households with an asylum claim or another temporary status among those served: our choice. Quebec in 2024 had 59,440
new permanent residents (IRCC monthly table) and about 57,210 asylum claims (sum of rounded cells); organizations serve
both."""

ASYLUM_ORIGINS: Final = {
    "HT": 20, "MX": 16, "VE": 9, "CO": 8, "NG": 6, "IN": 8, "CD": 5, "TR": 4, "AO": 4, "PK": 3, "BD": 3, "GN": 2, "CM": 2,
    "SN": 2,
    "DZ": 2, "TN": 1, "EG": 1, "LK": 1, "IR": 1, "AF": 1, "ER": 1, "SO": 1, "SD": 1, "UA": 6,
}  # fmt: skip
"""Relative weights of temporary households by country: our choice, ordered after the countries most often named in public
reports."""

REGION_SHARES: Final = {
    "montreal": {"06": 0.66, "13": 0.12, "16": 0.14, "14": 0.04, "15": 0.04},
    "elsewhere": {"03": 0.37, "07": 0.21, "05": 0.11, "16": 0.07, "12": 0.05, "04": 0.05, "17": 0.05, "15": 0.03,
    "14": 0.02, "02": 0.02,
                  "01": 0.01, "08": 0.01},
}  # fmt: skip
"""Outside Montréal after the 2016 Census areas (Québec 13,445, Gatineau 7,645, Sherbrooke 3,945, Trois-Rivières 1,340,
Saguenay 405, rest 9,130 of 215,170); how the Montréal area divides into five regions is our choice."""

HOUSEHOLD_KINDS: Final = {"single": 0.38, "couple": 0.14, "family": 0.36, "one_parent": 0.12}
"""Our choice: community organizations see more families than the population holds."""

TWIN_RATE: Final = 0.015  # per birth after the first; about one birth in 65 in Canada is multiple (rounded, our choice)
JUNIOR_RATE: Final = 0.03  # a son with his father's given name: our choice
MARRIED_NAME_RATE: Final = 0.30  # women who use the husband's name where the culture does: our choice
JANUARY_RATE: Final = {"refugee": 0.14, "temporary": 0.06, "other": 0.015}
"""Documents that say 1 January. About 11,000 of 80,000 refugees resettled to the United States in 2009 carried it (14 %);
others: our choice."""
ESTIMATING_COUNTRIES: Final = frozenset({"AF", "SO", "ER", "ET", "SD", "CD", "BI", "SY", "IQ", "YE", "TD", "CF", "NP"})
HUSBAND_NAME_POOLS: Final = frozenset(
    {"haiti", "france", "cameroon", "west_africa_coast", "congo", "ukraine", "russia", "moldova", "philippines"}
    | {"english", "punjab", "turkey", "other_europe"}
)
"""Cultures where a wife may take the husband's name."""

CATEGORY_DETAILS: Final = {
    "economic": {"skilled_worker": 0.93, "business": 0.04, "caregiver": 0.03},
    "family": {"spouse_or_partner": 0.62, "child": 0.08, "parent_or_grandparent": 0.26, "family_other": 0.04},
    "refugee": {"refugee_state_supported": 0.36, "refugee_sponsored": 0.38, "refugee_recognized": 0.26},
    "other": {"humanitarian": 0.8, "other_permanent": 0.2},
    "temporary": {"asylum_claimant": 0.68, "temporary_worker": 0.16, "student": 0.12, "temporary_other": 0.04},
}
"""Shares inside a roll-up: our choice."""

TAIL_STEEPNESS: Final = 1.5
"""How much commoner the first parts of composed names are than the last: our choice."""

SECOND_GIVEN: Final = {
    "spanish": 0.5, "cameroon": 0.4, "haiti": 0.35, "west_africa_coast": 0.35, "congo": 0.3, "brazil": 0.3, "philippines": 0.3,
    "english": 0.2, "france": 0.15, "maghreb": 0.1, "great_lakes": 0.1,
}  # fmt: skip
"""How often people of a culture have a second given name on their papers: our choice."""

POSTAL_LETTERS: Final = {
    "01": "G5", "02": "G7", "03": "G1", "04": "G8", "05": "J1", "06": "H", "07": "J8", "08": "J9", "12": "G6", "13": "H7",
    "14": "J6",
    "15": "J7", "16": "J4", "17": "G9",
}  # fmt: skip
_POSTAL_ALPHABET: Final = "ABCEGHJKLMNPRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class TruePerson:
    """A synthetic person as they are. `documents_birth_date` is what their papers say: sometimes 1 January of that year."""

    number: int
    household: int
    pool: str
    sex: str
    given: Name
    families: tuple[Name, ...]
    birth_date: date
    documents_birth_date: date
    country: str
    tongue: str
    category: str
    region: str
    arrival: date
    admission: date | None
    postal_code: str
    phone: str
    married_name: Name | None = None

    def age_on(self, day: date) -> int:
        """Count completed years."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


def composed_name(start: str, end: str) -> str:
    """Join the parts of a name: `_` is a space, no letter three times, a capital after a hyphen."""
    joined = re.sub(r"(.)\1\1+", r"\1\1", (start + end).replace("_", " "), flags=re.IGNORECASE)
    return re.sub(r"(?<=[- ])[a-zà-ÿ]", lambda letter: letter[0].upper(), joined)


def draw(rng: Random, weighted: Weighted) -> object:
    """Draw one thing by weight."""
    return rng.choices(weighted.items, cum_weights=weighted.totals)[0]


class Population:
    """Draws households, one after the other, from one source of chance."""

    def __init__(self, rng: Random, period_end: date) -> None:
        """Prepare the weights; people arrive up to a month before `period_end`."""
        self._rng = rng
        self._latest_arrival = period_end - timedelta(days=30)
        self._origins = {o.country: o for o in origins()}
        self._permanent = Weighted.of({o.country: float(o.admitted) for o in origins()})
        self._temporary = Weighted.of({c: w for c, w in ASYLUM_ORIGINS.items() if c in self._origins})
        self._kinds = Weighted.of(HOUSEHOLD_KINDS)
        self._details = {kind: Weighted.of(shares) for kind, shares in CATEGORY_DETAILS.items()}
        self._regions = {area: Weighted.of(shares) for area, shares in REGION_SHARES.items()}
        self._next_person = 0
        self._next_household = 0

    def households(self) -> Iterator[list[TruePerson]]:
        """Give households without end."""
        while True:
            yield self._household()

    def _household(self) -> list[TruePerson]:
        rng = self._rng
        temporary = rng.random() < TEMPORARY_SHARE
        origin = self._origins[str(draw(rng, self._temporary if temporary else self._permanent))]
        pool = pools()[origin.pool]
        head_sex = rng.choice("FM")
        head_age = min(80, max(18, round(rng.gauss(35, 10))))
        members = [self._member(origin, head_sex, self._born(head_age), self._family_names(pool))]
        kind = str(draw(rng, self._kinds))
        if kind in {"couple", "family"}:
            members.append(self._spouse(origin, pool, members[0], head_age))
        if kind in {"family", "one_parent"}:
            members.extend(self._children(origin, pool, members, head_age))
        members = self._settled(origin, temporary, members)
        self._next_household += 1
        return members

    def _settled(self, origin: Origin, temporary: bool, members: list[TruePerson]) -> list[TruePerson]:
        """Give the whole household one region, arrival, category and postal code."""
        rng = self._rng
        region = str(draw(rng, self._regions["montreal" if rng.random() < origin.montreal_share else "elsewhere"]))
        arrival = self._latest_arrival - timedelta(days=min(5000, int(rng.expovariate(1 / 900))))
        rollup = (
            "temporary"
            if temporary
            else str(draw(rng, Weighted.of({k: float(v) for k, v in origin.categories.items()})))
        )
        category = str(draw(rng, self._details[rollup]))
        if category == "asylum_claimant" and origin.country == "UA":
            category = "cuaet"
        admission = None if temporary else arrival + timedelta(days=0 if rng.random() < 0.7 else rng.randint(30, 900))
        postal_code, phone = self._postal_code(region), self._phone()
        january = JANUARY_RATE.get(rollup, JANUARY_RATE["other"]) * (2 if origin.country in ESTIMATING_COUNTRIES else 1)
        settled = []
        for member in members:
            documents = member.birth_date.replace(month=1, day=1) if rng.random() < january else member.birth_date
            own_phone = phone if member.age_on(arrival) < 16 or rng.random() < 0.25 else self._phone()
            came = max(arrival, member.birth_date)
            born_here = member.birth_date > arrival
            settled.append(
                replace(
                    member, documents_birth_date=documents, region=region, arrival=came, postal_code=postal_code,
                    admission=None if born_here else admission, phone=own_phone, country="CA" if born_here else member.country,
                    category="citizen" if born_here else category,
                )
            )  # fmt: skip
        return settled

    def _member(self, origin: Origin, sex: str, born: date, families: tuple[Name, ...]) -> TruePerson:
        number = self._next_person
        self._next_person += 1
        return TruePerson(
            number=number, household=self._next_household, pool=origin.pool, sex=sex,
            given=self._given_names(origin.pool, sex),
            families=families, birth_date=born, documents_birth_date=born, country=origin.country,
            tongue=self._rng.choice(origin.tongues), category="", region="", arrival=born, admission=None, postal_code="",
            phone="",
        )  # fmt: skip

    def _spouse(self, origin: Origin, pool: Pool, head: TruePerson, head_age: int) -> TruePerson:
        rng = self._rng
        sex = "M" if head.sex == "F" else "F"
        age = min(85, max(18, head_age + rng.randint(-6, 6)))
        spouse = self._member(origin, sex, self._born(age), self._family_names(pool))
        if sex == "F" and origin.pool in HUSBAND_NAME_POOLS and rng.random() < MARRIED_NAME_RATE and head.families:
            spouse = replace(spouse, married_name=head.families[0])
        return spouse

    def _children(self, origin: Origin, pool: Pool, parents: list[TruePerson], head_age: int) -> list[TruePerson]:
        rng = self._rng
        father = next((p for p in parents if p.sex == "M"), parents[0])
        mother = next((p for p in parents if p.sex == "F"), parents[0])
        families = _child_names(pool, father, mother)
        children: list[TruePerson] = []
        for _ in range(rng.choices((1, 2, 3, 4), (4, 4, 2, 1))[0]):
            if children and rng.random() < TWIN_RATE:
                born = children[-1].birth_date
            else:
                born = self._born(rng.randint(0, max(0, min(22, head_age - 19))))
            sex = rng.choice("FM")
            child = self._member(origin, sex, born, families)
            if sex == "M" and father.sex == "M" and rng.random() < JUNIOR_RATE:
                child = replace(child, given=father.given)
            children.append(child)
        return children

    def _given_names(self, culture: str, sex: str) -> Name:
        pool = pools()[culture]
        first = self._document(self._given(pool, sex))
        if self._rng.random() >= SECOND_GIVEN.get(culture, 0.0):
            return first
        second = self._given(pool, sex)
        if second.latin == first.latin or " " in first.latin:
            return first
        native = f"{first.native} {second.native}" if first.native and second.native else ""
        return Name(f"{first.latin} {second.latin}", native)

    def _given(self, pool: Pool, sex: str) -> Name:
        composed = self._composed(pool, "given_f" if sex == "F" else "given_m")
        if composed:
            return composed
        names = pool.given[sex]
        return names[int(self._rng.random() ** 2.2 * len(names))]  # frequent names first: our choice of steepness

    def _composed(self, pool: Pool, kind: str) -> Name | None:
        """Compose a rarer name, for the share of people who bear one; None for the others."""
        rng, tail = self._rng, pool.tails.get(kind)
        if tail is None or rng.random() >= tail.share:
            return None
        start = tail.starts[int(rng.random() ** TAIL_STEEPNESS * len(tail.starts))]
        end = tail.ends[int(rng.random() ** TAIL_STEEPNESS * len(tail.ends))]
        return Name(composed_name(start, end))

    def _family_names(self, pool: Pool) -> tuple[Name, ...]:
        rng = self._rng
        if rng.random() < pool.single:
            return ()
        names = [
            self._composed(pool, "family") or self._document(pool.family[int(rng.random() ** 1.3 * len(pool.family))])
            for _ in range(2 if pool.double else 1)
        ]
        return tuple(names)

    def _document(self, name: Name) -> Name:
        """Choose the spelling of the person's papers: the table's, or one that Wikidata attests, by its count."""
        attested = spellings().get(name.native)
        if not attested or self._rng.random() < 0.4:
            return name
        latin = self._rng.choices(list(attested), list(attested.values()))[0]
        return Name(latin.title() if latin.islower() else latin, name.native)

    def _born(self, age: int) -> date:
        today = self._latest_arrival
        return today - timedelta(days=int((age + self._rng.random()) * 365.25))

    def _postal_code(self, region: str) -> str:
        rng = self._rng
        start = POSTAL_LETTERS[region]
        if len(start) == 1:
            start += str(rng.choice((1, 2, 3, 4, 8, 9)))
        letter = rng.choice
        return f"{start}{letter(_POSTAL_ALPHABET)} {rng.randint(1, 9)}{letter(_POSTAL_ALPHABET)}{rng.randint(1, 9)}"

    def _phone(self) -> str:
        """Give a number under 590: area codes with a middle 9 are kept for the numbering plan's growth, so nobody has it."""
        return f"590-{self._rng.randint(200, 999)}-{self._rng.randint(0, 9999):04d}"


def _child_names(pool: Pool, father: TruePerson, mother: TruePerson) -> tuple[Name, ...]:
    """Give the family names of a child: both first ones (Spanish), the father's given name (patronym), or the father's."""
    if pool.patronym:
        return (father.given,)
    if pool.double:
        return (*father.families[:1], *mother.families[:1])
    return father.families or mother.families
