"""keys-1: what is submitted for linking, and an organization's own duplicates."""

from dataclasses import replace

import numpy as np
import pytest

from sansnom.exchange.linkable import linkable_columns, scored_linking
from sansnom.exchange.match_keys import BLOCK_BITS, UNUSED_BITS, check_keys
from sansnom.exchange.pair_scores import score_pairs, signs_of
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import KeyRule, Linking, Scoring
from sansnom.terms.records import Person
from sansnom.terms.scoring import (
    ENDS,
    FEATURE_BITS,
    LARGE_VERSION,
    ROWS_OF_BASE,
    ROWS_OF_TOWNS,
    SCORES,
    SIGNS,
    VERSION,
    WEIGHT_MAX,
)
from tests.exchange.examples import pepper

LINKING = scored_linking(ROWS_OF_BASE)
STRICT = [rule.match_key for rule in LINKING.keys].index(LINKING.strict)
MOHAMED = Person(
    "1",
    "Mohamed",
    "El Amrani",
    "1988-03-04",
    sex="M",
    country_of_birth="MA",
    postal_code="H2X 1Y4",
    phone="590-200-0001",
)
TABLE = SCORES[VERSION]


def _score(one: Person, other: Person) -> int:
    features = linkable_columns([one, other], LINKING, pepper()).features
    return int(score_pairs(features, np.array([0]), np.array([1]), TABLE)[0])


@pytest.mark.parametrize(
    "change",
    [
        {"given_names": "Mohammad", "family_names": "Amrani"},
        {"given_names": "El Amrani", "family_names": "Mohamed"},
        {"birth_date": "1988-04-03"},
        {"birth_date": "1988-01-01"},
        {"birth_date": "", "phone": ""},
        {"family_names": "Benjelloun"},
        {"sex": "", "country_of_birth": "", "phone": "", "postal_code": ""},
        {"given_names": "", "phone": "590-999-1234"},
    ],
)
def test_one_person_differently_written_scores_above_the_threshold(change: dict[str, str]) -> None:
    """Spelling, order, swapped or estimated dates, a changed surname or a missing part do not part a person from themselves."""
    assert _score(MOHAMED, replace(MOHAMED, **change)) >= TABLE.threshold(ROWS_OF_BASE)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": "1961-09-20", "phone": "", "postal_code": ""},
        {"given_names": "Fatima", "sex": "F", "birth_date": "1990-11-12"},
        {"given_names": "Said", "family_names": "Haddad", "phone": "", "postal_code": ""},
        {"given_names": "Karim", "birth_date": "2011-11-30"},
    ],
)
def test_kin_and_namesakes_score_below_the_threshold(change: dict[str, str]) -> None:
    """A namesake of another age, a wife, a son at the same address, a stranger born on the same day: other people."""
    assert _score(MOHAMED, replace(MOHAMED, **change)) < TABLE.threshold(ROWS_OF_BASE)  # type: ignore[arg-type]  # fields by name


def test_missing_neither_agrees_nor_disagrees() -> None:
    """Two empty records have nothing in common, and an unnamed person submits nothing to compare."""
    assert _score(Person("1"), Person("2")) == 0
    nobody = linkable_columns([replace(MOHAMED, anonymous=True)], LINKING, pepper())
    assert not nobody.present.any()
    assert not any(column.any() for column in nobody.features.values())


def test_features_fit_their_fields_and_depend_on_the_pepper() -> None:
    """Each feature stays within its bits; hashes of two plans have nothing in common."""
    here = linkable_columns([MOHAMED], LINKING, pepper()).features
    other = replace(pepper(), matching=b"another key of thirty-two bytes!")
    there = linkable_columns([MOHAMED], LINKING, other).features
    assert here.keys() == FEATURE_BITS.keys()
    assert all(0 < int(here[name][0]) < 1 << bits for name, bits in FEATURE_BITS.items())
    hashed = [name for name in FEATURE_BITS if name not in ("year", "month", "day", "sex")]
    assert sum(int(here[name][0]) == int(there[name][0]) for name in hashed) <= 1


def test_a_given_name_may_be_a_surname_elsewhere() -> None:
    """Skeletons of given names and surnames are hashed alike, so that swapped names can be seen."""
    features = linkable_columns([MOHAMED, Person("2", "Amrani", "Mohamed")], LINKING, pepper()).features
    assert features["given_bones"][0] == features["surname_bones"][1]


def test_the_order_of_neighbours_does_not_depend_on_the_number_of_rows() -> None:
    """The bits that a smaller sort would read besides are 0."""
    columns = linkable_columns([MOHAMED], LINKING, pepper())
    for place, rule in enumerate(LINKING.keys):
        assert bool(columns.present[place, 0])
        if rule.scored:
            assert int(columns.keys[place, 0]) % (1 << UNUSED_BITS) == 0


def test_the_strict_key_alone_is_tested_for_equality() -> None:
    """A plan that scores a key of equality, or tests a key of order for equality, is refused."""
    keys = tuple(KeyRule(rule.match_key, rule.cap, scored=not rule.scored) for rule in LINKING.keys)
    with pytest.raises(PolicyRefusal, match=r"plan\.keys\.scored"):
        check_keys(replace(LINKING, keys=keys))


def test_the_table_of_weights_is_whole() -> None:
    """In every version every sign has a weight within seven bits, and the threshold grows with each doubling of rows."""
    for table in SCORES.values():
        assert tuple(table.weights) == SIGNS
        assert all(abs(weight) <= WEIGHT_MAX for weight in table.weights.values())
        last = max((ROWS_OF_BASE, *(rows for rows, _ in table.points)))
        assert table.threshold(2 * last) == table.threshold(last) + table.growth
        assert table.threshold(1) == table.base == table.threshold(ROWS_OF_BASE)


def test_the_threshold_bends_at_each_point_and_never_falls() -> None:
    """With score-3 each doubling adds less than the one before, and every point is met; fewer rows never ask for more."""
    table = SCORES["score-3"]
    assert [table.threshold(rows) for rows, _ in table.points] == [told for _, told in table.points]
    assert [table.threshold(rows) for rows in (20_000, 37_999, 76_000, 228_000)] == [42, 51, 56, 63]
    for version in SCORES.values():
        asked = [version.threshold(rows) for rows in range(1, 200_000, 997)]
        assert asked == sorted(asked)


def test_a_large_run_has_scores_of_its_own() -> None:
    """The public number of rows chooses the versions: beyond a town, chances counted in countries, and another reading."""
    told = [
        (linking.version, linking.scoring) for linking in map(scored_linking, (1, ROWS_OF_TOWNS, ROWS_OF_TOWNS + 1))
    ]
    assert told == [
        ("keys-2", Scoring("score-3", 32)),
        ("keys-2", Scoring("score-3", 54)),
        ("keys-3", Scoring("score-4", 85)),
    ]


def test_a_slip_in_the_first_letters_is_told_by_the_last_ones() -> None:
    """In a large run "Florez" written "Plorez" still speaks for one person, a wholly other surname does not."""
    table, large = SCORES[LARGE_VERSION], scored_linking(ROWS_OF_TOWNS + 1)
    ana = Person("1", "Ana", "Florez", birth_date="1990-05-17", sex="F")
    names = ("Florez", "Plorez", "Gómez")
    columns = linkable_columns([replace(ana, family_names=name) for name in names], large, pepper())
    here, there = np.zeros(3, dtype=np.int64), np.arange(3)
    signs = signs_of(columns.features, here, there)
    assert signs["surname_other"].tolist() == [False, True, True]
    assert signs["surname_end"].tolist() == [False, True, False]
    assert not signs["given_end"].any()
    assert (score_pairs(columns.features, here, there, table) >= table.threshold(1)).tolist() == [True, True, False]


def test_only_runs_that_weigh_them_carry_the_ends_of_names() -> None:
    """A row has the features that its version of scores reads: 24 bits less where ends weigh nothing."""
    ends = {name: FEATURE_BITS[name] for name in ENDS}
    assert {version: dict(table.features) for version, table in SCORES.items()} == {
        version: {name: bits for name, bits in FEATURE_BITS.items() if version == LARGE_VERSION or name not in ends}
        for version in SCORES
    }
    assert sum(ends.values()) == 24


def test_rows_without_a_contact_are_neighbours_by_their_exact_names() -> None:
    """In keys-3 a person whose date one desk lacks stands beside the same name, not beside another spelling of it."""
    large = scored_linking(ROWS_OF_TOWNS + 1)
    place = [rule.match_key for rule in large.keys].index("C2")
    ana = Person("1", "Ana", "Diallo", birth_date="1990-05-17", sex="F")
    dateless = replace(ana, birth_date="", birth_date_precision="unknown")
    others = [dateless, replace(ana, family_names="Dialo"), replace(ana, postal_code="H2X 1Y4")]
    others += [replace(ana, given_names="A")]
    columns = linkable_columns([ana, *others], large, pepper())
    blocks = (columns.keys[place] >> np.uint64(64 - BLOCK_BITS)).tolist()
    assert blocks[0] == blocks[1]
    assert len(set(blocks[:4])) == 3
    assert columns.present[place].tolist() == [True, True, True, True, False]
    older = linkable_columns([ana, *others], LINKING, pepper())
    assert older.present[place].tolist() == [False, False, False, True, False]


def _strict_keys(persons: list[Person], linking: Linking = LINKING) -> list[int]:
    columns = linkable_columns(persons, linking, pepper())
    return [int(value) for value in columns.keys[STRICT]]


def test_two_files_of_one_person_share_the_strict_key() -> None:
    """A desk tells its own duplicate by one strict key, even when a typing error parts the names."""
    again = replace(MOHAMED, local_id="2", given_names="Mohmaed", family_names="El Amrnai")
    one, other = _strict_keys([MOHAMED, again])
    assert one == other


def test_a_twin_keeps_a_strict_key_of_their_own() -> None:
    """Two files of one household and birthday are kin before they are duplicates."""
    twin = replace(MOHAMED, local_id="2", given_names="Karim", phone="590-200-0009")
    one, other = _strict_keys([MOHAMED, twin])
    assert one != other
