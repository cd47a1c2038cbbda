"""Synthetic worlds: repeatable, true to their own truth, shaped like the published figures."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sansnom.desk.files import Note, read_organizations
from sansnom.terms.records import OrganizationRecords, Person
from sansnom.worlds import truth as true
from sansnom.worlds.pools import origins
from sansnom.worlds.spellings import NoiseRates
from sansnom.worlds.world import PERIOD, World, make_world
from sansnom.worlds.writing import TRUTH, write_world


@pytest.fixture(scope="module")
def world() -> World:
    """One world for reading."""
    return make_world(24, 3000, 2)


def _rows(world: World) -> dict[tuple[str, str], Person]:
    return {(r.organization, p.local_id): p for r in world.records for p in r.persons}


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    """Everything comes from the seed."""
    assert make_world(5, 200, 7) == make_world(5, 200, 7)
    assert make_world(5, 200, 7).records != make_world(5, 200, 8).records


@pytest.mark.parametrize(("organizations", "persons"), [(1, 40), (3, 0), (2, 1), (40, 30)])
def test_small_worlds_hold_exactly_the_persons_asked_for(organizations: int, persons: int) -> None:
    """As many organizations and distinct named persons as asked, also none and one."""
    made = make_world(organizations, persons, 3)
    assert len(made.organizations) == len({o.code for o in made.organizations}) == len(made.records) == organizations
    assert len(made.truth.people) == persons
    named = {n for n in made.truth.person_of.values() if n not in made.truth.unnamed}
    assert named == set(made.truth.people)


def test_every_row_has_one_person_and_every_act_has_its_row(world: World) -> None:
    """The truth covers exactly the rows, and services, levels, statuses and referrals speak of persons of that file."""
    assert set(_rows(world)) == set(world.truth.person_of)
    codes = {o.code for o in world.organizations}
    for records in world.records:
        here = {p.local_id for p in records.persons}
        for acts in (records.services, records.assessments, records.statuses, records.referrals):
            assert {a.local_id for a in acts} <= here
        assert {r.to_organization for r in records.referrals} <= codes - {records.organization}


def test_nobody_has_two_rows_at_one_organization(world: World) -> None:
    """Duplicates inside an organization are its own matter; the truth has none."""
    places = [(organization, number) for (organization, _), number in world.truth.person_of.items()]
    assert len(places) == len(set(places))


def test_what_is_written_is_what_is_read(world: World, tmp_path: Path) -> None:
    """Every organization's files, whatever their habits, read back as the very same records; the truth lies outside."""
    inside = write_world(world, tmp_path)
    notes: list[Note] = []
    assert {r.organization: r for r in read_organizations(inside, notes)} == {r.organization: r for r in world.records}
    assert {n.code for n in notes} == {"note.encoding"}
    endings = Counter(path.suffix for path in inside.rglob("*") if path.is_file())
    assert endings[".xlsx"] > 0
    assert endings[".csv"] > 0
    assert not list(inside.rglob("truth*"))
    told = json.loads((tmp_path / TRUTH).read_text(encoding="utf-8"))
    rows = [row for cluster in told["clusters"] for row in cluster]
    assert sorted(rows) == sorted(f"{o}/{i}" for o, i in _rows(world))
    assert set(told["unnamed"]) <= set(rows)


def test_the_share_at_several_organizations_is_the_one_asked_for() -> None:
    """0, 5 and 40 % give 0, about 5 and about 40 % of persons with rows at two organizations or more."""
    for share in (0.0, 0.05, 0.4):
        made = make_world(12, 2000, 5, at_several=share)
        rows = Counter(n for n in made.truth.person_of.values() if n not in made.truth.unnamed)
        assert abs(sum(count > 1 for count in rows.values()) / 2000 - share) < 0.03


def test_without_noise_every_row_of_a_person_says_the_same() -> None:
    """Names differ only by an organization's accents and capitals; dates only between papers that agree."""
    made = make_world(8, 500, 2, noise=0, at_several=0.4)
    said = defaultdict(set)
    for row, person in _rows(made).items():
        if not person.anonymous:
            said[made.truth.person_of[row]].add((person.birth_date, person.sex, person.postal_code, person.phone))
    assert all(len(found) == 1 for found in said.values())


def test_noise_brings_every_kind_of_difference_that_linking_must_bear(world: World) -> None:
    """Other spellings, scripts, orders, missing names and days, default birthdays, twins and namesakes all occur."""
    rows = _rows(world)
    by_person = defaultdict(list)
    for row, number in world.truth.person_of.items():
        if number not in world.truth.unnamed:
            by_person[number].append(rows[row])
    pairs = [(a, b) for found in by_person.values() for a in found for b in found if a is not b]
    assert any(a.given_names.isascii() != b.given_names.isascii() for a, b in pairs)
    assert any((a.given_names, a.family_names) == (b.family_names, b.given_names) for a, b in pairs)
    assert any(
        a.birth_date[5:] == "01-01" and b.birth_date[5:] != "01-01" and a.birth_date[:4] == b.birth_date[:4]
        for a, b in pairs
    )
    assert any(
        a.birth_date[:5] == b.birth_date[:5] and a.birth_date[5:7] == b.birth_date[8:] != b.birth_date[5:7]
        for a, b in pairs
    )
    assert any(not p.birth_date for p in rows.values() if not p.anonymous)
    assert any(p.birth_date_precision == "year" for p in rows.values())
    assert {"\u0600" < p.given_names[:1] < "\u06ff" for p in rows.values() if p.given_names} == {True, False}
    people = list(world.truth.people.values())
    births = Counter((p.household, p.birth_date) for p in people)
    assert any(count > 1 for count in births.values())
    assert any(not p.families for p in people)


def test_refugees_carry_the_first_of_january_more_often() -> None:
    """About one in seven among resettled refugees, few among economic immigrants (LINKAGE's figure of 14 %)."""
    people = make_world(10, 20_000, 9).truth.people.values()
    groups: dict[bool, list[bool]] = {True: [], False: []}
    for p in people:
        if p.category.startswith("refugee") or p.category == "skilled_worker":
            groups[p.category == "skilled_worker"].append(
                (p.documents_birth_date.month, p.documents_birth_date.day) == (1, 1)
            )
    refugee, skilled = (sum(groups[k]) / len(groups[k]) for k in (False, True))
    assert 0.10 < refugee < 0.32
    assert skilled < 0.05


def test_origins_follow_the_census() -> None:
    """Among permanent residents, France, Haiti, Algeria, Morocco and China lead, each near its share of 2011-2016."""
    people = [
        p
        for p in make_world(10, 20_000, 4).truth.people.values()
        if p.category in {"skilled_worker", "spouse_or_partner"}
    ]
    shares = Counter(p.country for p in people)
    for origin in origins()[:5]:
        expected = (origin.categories["economic"] + 0.6 * origin.categories["family"]) / sum(
            o.categories["economic"] + 0.6 * o.categories["family"] for o in origins()
        )
        assert abs(shares[origin.country] / len(people) - expected) < 0.04


def test_acts_grow_with_persons_only() -> None:
    """Work grows with rows only: twice the persons give about twice the acts, not four times."""
    acts = [sum(len(r.services) for r in make_world(10, n, 1).records) for n in (500, 1000)]
    assert 1.5 < acts[1] / acts[0] < 2.7


def test_rates_multiply_and_stay_chances() -> None:
    """Noise 2 doubles every rate; none passes 0.9."""
    doubled = NoiseRates().times(2)
    assert doubled.typo == NoiseRates().typo * 2
    assert NoiseRates().times(100).other_surname == 0.9


@pytest.mark.parametrize(
    "wrong",
    [{"organizations": 0}, {"persons": -1}, {"at_several": 1.5}, {"noise": -1.0}],
)
def test_impossible_worlds_are_refused(wrong: dict[str, float]) -> None:
    """Nonsense is refused before anything is drawn."""
    arguments = {"organizations": 2, "persons": 5, "seed": 1, **wrong}
    with pytest.raises(ValueError, match="organizations"):
        make_world(**arguments)  # type: ignore[arg-type]  # the wrong values are the point


def _tiny() -> tuple[true.Truth, tuple[OrganizationRecords, ...]]:
    from sansnom.terms.records import Referral, Service

    def at(code: str, ids: str, services: list[Service], referrals: tuple[Referral, ...] = ()) -> OrganizationRecords:
        return OrganizationRecords(code, tuple(Person(i) for i in ids), tuple(services), referrals=referrals)

    everyone = (
        at(
            "one",
            "ab",
            [
                Service("a", "housing", "2025-05-01"),
                Service("b", "housing", "2025-05-01"),
                Service("b", "forms", "2025-05-02", status="no_show"),
            ],
            (Referral("a", "housing", "two", "2025-05-03", accepted=True, completed=True),),
        ),
        at("two", "cd", [Service("c", "housing", "2025-07-30"), Service("d", "housing", "2025-07-31")]),
        at("three", "e", [Service("e", "housing", "2024-01-01")]),
    )
    person_of = {("one", "a"): 1, ("one", "b"): 2, ("two", "c"): 1, ("two", "d"): 2, ("three", "e"): 1}
    return true.Truth(person_of, {}), everyone


def test_true_tables_of_a_world_small_enough_to_count_by_hand() -> None:
    """Distinct persons, multiplicity and same-service overlap, with the window at its edge and a missed appointment."""
    truth, everyone = _tiny()
    served = true.served_rows(everyone, *PERIOD)
    assert served == {("one", "a"), ("one", "b"), ("two", "c"), ("two", "d")}
    assert true.distinct_persons(truth, served) == 2
    assert true.multiplicity(truth, served) == {"1": 0, "2": 2, "3+": 0}
    assert true.same_service(truth, everyone, *PERIOD, window_days=90) == {"housing": (1, 0)}
    assert true.same_service(truth, everyone, *PERIOD, window_days=91) == {"housing": (1, 1)}
    assert truth.clusters() == [["one/a", "three/e", "two/c"], ["one/b", "two/d"]]


def test_true_breakdowns_add_up_to_the_persons(world: World) -> None:
    """Each breakdown counts every served person once."""
    served = true.served_rows(world.records, *PERIOD)
    total = true.distinct_persons(world.truth, served)
    for attribute in ("sex", "region", "category", "country", "age"):
        assert sum(true.persons_by(world.truth, served, attribute, PERIOD[0]).values()) == total
    assert sum(true.multiplicity(world.truth, served).values()) == total
