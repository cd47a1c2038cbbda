"""Skeletons and reading: what spelling, order and habit add is taken off; what names somebody is kept."""

import pytest

from sansnom.exchange.fillers import NOBODY, NOBODY_3
from sansnom.exchange.names import folded
from sansnom.exchange.nicknames import FULL_NAMES, full_name
from sansnom.exchange.skeleton import initial, skeleton
from sansnom.exchange.traits import read_traits, read_traits_2, read_traits_3, words_of
from sansnom.terms.records import Person
from sansnom.worlds.pools import Pool, pools


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mohamed", "muhammad"),
        ("youssef", "yusuf"),
        ("elias", "alias"),
        ("omar", "umar"),
        ("walid", "oualid"),
        ("djamel", "jamal"),
        ("abdelrahman", "abdurrahman"),
        ("elamrani", "amrani"),
    ],
)
def test_spellings_of_one_name_share_a_skeleton(one: str, other: str) -> None:
    """Romanizations of one name come together."""
    assert skeleton(one) == skeleton(other) != ""


def test_different_names_stay_apart() -> None:
    """A skeleton still tells names from each other."""
    names = ("fatima", "zeinab", "ahmed", "ibrahim", "nguyen", "garcia", "petrov", "singh")
    assert len({skeleton(name) for name in names}) == len(names)
    assert skeleton("") == initial("") == ""


@pytest.mark.parametrize(
    ("given", "family", "read"),
    [
        ("Mr. Jean-Baptiste", "de la Croix", ("jean", "croix")),
        ("Abd el Rahman", "Ben Ali", ("abdrahman", "ali")),
        ("Xiu Ying", "Ou Yang", ("xiuying", "ouyang")),
        ("Baby Girl", "Tremblay", ("", "tremblay")),
        ("Madame", "Inconnue", ("", "")),
        ("xxx", "yyy", ("", "")),
        ("محمد", "العمراني", ("mhmd", "lmrny")),
        ("R0bert", "5mith", ("robert", "smith")),
        ("Wang Li", "", ("wangli", "")),
        ("", "Suresh Kandasamy", ("suresh", "kandasamy")),
    ],
)
def test_a_name_is_read_without_titles_particles_and_fillers(given: str, family: str, read: tuple[str, str]) -> None:
    """What stands where a name is missing is missing; what is joined by habit is joined."""
    traits = read_traits(Person("1", given, family))
    if given.isascii():
        assert (traits.given, traits.surname) == read
    else:
        assert traits.given
        assert traits.surname


@pytest.mark.parametrize(
    ("given", "family", "country", "read"),
    [
        ("Thanh Hương", "Nguyễn", "VN", ("huong", "nguyen")),
        ("Hương", "Nguyễn", "VN", ("huong", "nguyen")),
        ("Thị Thanh Hương", "Nguyễn", "", ("huong", "nguyen")),
        ("Nguyễn", "Thanh Hương", "VN", ("nguyen", "huong")),
        ("Thanh Hương", "Mai", "VN", ("huong", "mai")),
        ("Thanh Hương", "", "VN", ("thanh", "huong")),
        ("Mamadou Alpha", "Ly", "GN", ("mamadou", "ly")),
        ("Maria Elena", "Reyes", "PH", ("maria", "reyes")),
    ],
)
def test_a_vietnamese_name_counts_by_its_last_given_word(
    given: str, family: str, country: str, read: tuple[str, str]
) -> None:
    """Middle names stand before the name somebody is called by; elsewhere the first given word counts."""
    traits = read_traits_2(Person("1", given, family, country_of_birth=country))
    assert (traits.given, traits.surname) == read


def test_keys_1_reads_the_first_given_word_of_everybody() -> None:
    """A plan that names the older version gives the keys that it gave."""
    person = Person("1", "Thanh Hương", "Nguyễn", country_of_birth="VN")
    assert (read_traits(person).given, read_traits_2(person).given) == ("thanh", "huong")


@pytest.mark.parametrize(
    ("given", "family", "read"),
    [
        ("Amina", "Respondent", ("amina", "")),
        ("Amina", "Non fourni", ("amina", "")),
        ("Propriétaire", "Traoré", ("", "traore")),
        ("Baby Two", "Okafor", ("", "okafor")),
        ("Dont know", "Okafor", ("", "okafor")),
        ("Lady Johana", "Doe", ("lady", "doe")),
        ("Thi", "No", ("thi", "no")),
        ("The", "Man", ("the", "man")),
    ],
)
def test_who_opened_the_door_is_nobody(given: str, family: str, read: tuple[str, str]) -> None:
    """In keys-3 a word for whoever answered names nobody; a word that is somebody's name does, whatever it means in English."""
    traits = read_traits_3(Person("1", given, family))
    assert (traits.given, traits.surname) == read


def test_no_word_for_nobody_is_a_name_of_somebody() -> None:
    """Nobody of any culture of the synthetic newcomers loses a name to the list; nor does a short form of a name."""
    named = {word for pool in pools().values() for word in _names_of(pool)} | set(FULL_NAMES)
    assert len(named) > 2_000
    assert not named & (NOBODY_3 - NOBODY)


def _names_of(pool: Pool) -> set[str]:
    lists = (*pool.given.values(), pool.family)
    return {word for names in lists for name in names for word in folded(name.latin)}


def test_an_initial_contradicts_no_name() -> None:
    """In keys-3 one letter keeps its skeleton, by which it finds its like, and is no whole name; older versions took it for one."""
    person = Person("1", "K", "Davis")
    told = read_traits_3(person)
    assert (told.given_all, told.given_bones, told.surname_all) == ("", "k", "davis")
    assert read_traits_2(person).given_all == "k"
    assert read_traits_3(Person("1", "Thi", "O")).surname_all == ""


def test_older_versions_read_as_they_did() -> None:
    """A plan that names keys-1 or keys-2 gives the keys that it gave."""
    person = Person("1", "Amina", "Occupant")
    assert read_traits(person).surname == read_traits_2(person).surname == "occupant"


def test_a_name_given_without_a_surname_is_divided() -> None:
    """Two words in one box are a given name and a surname."""
    traits = read_traits(Person("1", "Ana García", ""))
    assert (traits.given, traits.surname) == ("ana", "garcia")
    assert words_of("Dr") == ()


def test_short_forms_stand_for_one_name() -> None:
    """A short form and its name are one; no name stands for a name that stands for a third."""
    assert full_name("bill") == full_name("william") == "william"
    assert full_name("nobodyknows") == "nobodyknows"
    assert not {full for full in FULL_NAMES.values() if FULL_NAMES.get(full, full) != full}


@pytest.mark.parametrize(
    ("told", "precision", "year", "day"),
    [
        ("1990-05-17", "day", 1990, (5, 17)),
        ("1990-01-01", "day", 1990, None),
        ("1990-07-01", "day", 1990, None),
        ("1990-05-17", "month", 1990, None),
        ("1990-05-17", "unknown", 0, None),
        ("1990-02-30", "day", 1990, None),
        ("", "day", 0, None),
    ],
)
def test_a_default_birthday_is_no_evidence(told: str, precision: str, year: int, day: tuple[int, int] | None) -> None:
    """1 January and 1 July are written for people whose birthday nobody knows: they count as a year."""
    traits = read_traits(Person("1", birth_date=told, birth_date_precision=precision))
    assert (traits.year, traits.month_day) == (year, day)


def test_contact_is_compared_without_its_dress() -> None:
    """Blanks, case and country codes do not matter; a filler number is missing."""
    traits = read_traits(Person("1", postal_code="h2x 1Y4", phone="+1 (514) 590-0199"))
    assert (traits.postal, traits.phone) == ("h2x1y4", "145900199"[-9:])
    assert read_traits(Person("1", phone="000-000-0000")).phone == ""
