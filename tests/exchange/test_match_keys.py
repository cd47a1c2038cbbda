"""Match keys: equal for one person in one plan, absent where something is missing, worthless anywhere else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.exchange.match_keys import KEYS, check_keys, key_columns
from sansnom.exchange.names import folded, read_identity
from sansnom.exchange.parts import encode_parts
from sansnom.exchange.pepper import next_step, pepper_for
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import KeyRule, Linking
from sansnom.terms.records import Person
from tests.exchange.examples import ANA, PLAN, group_secret, pepper

NAMES = ("A1", "A2", "A4", "A7")
LINKING = Linking(tuple(KeyRule(name, 6) for name in NAMES), "A1", 3, 8)


def _matches(one: Person, other: Person) -> str:
    """Name the keys that two persons share."""
    keys, present = key_columns([one, other], LINKING, pepper())
    return " ".join(name for n, name in enumerate(NAMES) if present[n].all() and keys[n, 0] == keys[n, 1])


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({}, "A1 A2 A4 A7"),
        ({"given_names": "ana maria", "family_names": "GARCIA-LOPEZ"}, "A1 A2 A4 A7"),
        ({"given_names": "García López", "family_names": "Ana María"}, "A1 A7"),
        ({"given_names": "Ana", "family_names": "Garcia Lopez Maria"}, "A1 A2 A7"),
        ({"family_names": "Pérez"}, "A2"),
        ({"given_names": "Anita"}, "A4"),
        ({"birth_date": "1990-01-01", "birth_date_precision": "year"}, "A7"),
        ({"birth_date": "1990-05-18"}, "A7"),
        ({"birth_date": "1991-05-17"}, ""),
        ({"sex": "M"}, "A1 A4 A7"),
        ({"country_of_birth": "VE"}, "A1 A2 A4"),
        ({"anonymous": True}, ""),
        ({"given_names": "Baby", "family_names": "Inconnue"}, ""),
    ],
)
def test_keys_forgive_what_they_say_they_forgive(change: dict[str, object], shared: str) -> None:
    """Each key survives the differences its table names, and no others."""
    assert _matches(ANA, replace(ANA, **change)) == shared  # type: ignore[arg-type]  # fields by name, for brevity


@pytest.mark.parametrize(
    ("missing", "absent"),
    [
        ({"birth_date": ""}, "A1 A2 A4 A7"),
        ({"birth_date_precision": "unknown"}, "A1 A2 A4 A7"),
        ({"birth_date_precision": "month"}, "A1 A2 A4"),
        ({"birth_date": "1990-02-30"}, "A1 A2 A4"),
        ({"given_names": "", "family_names": "García"}, "A1 A2 A4 A7"),
        ({"family_names": "", "given_names": "Ana"}, "A1 A4 A7"),
        ({"sex": ""}, "A2"),
        ({"sex": "unknown"}, "A2"),
        ({"country_of_birth": ""}, "A7"),
        ({"anonymous": True}, "A1 A2 A4 A7"),
    ],
)
def test_missing_never_matches(missing: dict[str, object], absent: str) -> None:
    """Two records that both lack a part share no key made of it, and an absent key is all zeros."""
    person = replace(ANA, **missing)  # type: ignore[arg-type]  # fields by name, for brevity
    keys, present = key_columns([person, person], LINKING, pepper())
    assert " ".join(name for n, name in enumerate(NAMES) if not present[n].any()) == absent
    assert not keys[~present].any()


def test_keys_of_two_plans_have_nothing_in_common() -> None:
    """The same persons under another plan, or another step, give other keys.

    Nothing lasts, nothing can be looked up.
    """
    columns = [
        key_columns([ANA], LINKING, p)[0]
        for p in (pepper(), pepper_for(group_secret(), "other"), pepper_for(next_step(group_secret()), PLAN))
    ]
    assert len({int(value) for column in columns for value in column.reshape(-1)}) == 12


def test_a_key_value_does_not_change_between_versions_of_the_code() -> None:
    """Desks with different releases of sansnom must still agree: a value is fixed here for ever."""
    keys, _ = key_columns([ANA], LINKING, pepper())
    assert [f"{int(value):016x}" for value in keys[:, 0]] == [
        "89b14040c53bd8aa",
        "50302473c1acbe06",
        "012f1ede9e224519",
        "2de056fddf060c3b",
    ]


@given(a=st.lists(st.text(max_size=4), max_size=4), b=st.lists(st.text(max_size=4), max_size=4))
def test_two_lists_of_parts_never_share_an_encoding(a: list[str], b: list[str]) -> None:
    """Lengths stand before parts, so moving a letter from one part to the next changes the bytes."""
    assert (encode_parts(tuple(a)) == encode_parts(tuple(b))) == (a == b)


@given(name=st.text(max_size=60))
def test_folding_never_fails_and_is_stable(name: str) -> None:
    """Any text, in any script, gives words in a to z; folding them again changes nothing."""
    words = folded(name)
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
    assert folded(" ".join(words)) == words
    assert folded(name.upper().lower()) is not None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nguyễn Văn-Anh", ("nguyen", "van", "anh")),
        ("O’Brien", ("obrien",)),
        ("Ольга", ("olga",)),
        ("  ", ()),
        ("Baby Girl", ()),
        ("???", ()),
        ("Jean  (dit) Paul", ("jean", "dit", "paul")),
    ],
)
def test_names_in_many_forms_fold_to_plain_words(name: str, words: tuple[str, ...]) -> None:
    """Marks, hyphens, apostrophes and scripts fold away; placeholders are missing."""
    assert folded(name) == words


def test_a_name_is_not_shown_by_what_holds_it() -> None:
    """Printing an identity tells nothing."""
    assert "garcia" not in repr(read_identity(ANA))


def test_a_plan_names_a_version_and_keys_that_exist() -> None:
    """Unknown versions and unknown keys are refused before anything is derived."""
    assert set(KEYS["keys-0"].rules) == set(NAMES)
    with pytest.raises(PolicyRefusal, match=r"plan\.keys\.version"):
        check_keys(replace(LINKING, version="keys-9"))
    with pytest.raises(PolicyRefusal, match=r"plan\.keys\.unknown"):
        check_keys(replace(LINKING, keys=(KeyRule("A9", 6),)))


def test_sixty_four_bits_do_not_collide_by_construction() -> None:
    """Four thousand different persons have four thousand different keys."""
    persons = [replace(ANA, family_names="x" + "ab"[n & 1] * (n // 2 + 1)) for n in range(4000)]
    keys, present = key_columns(persons, LINKING, pepper())
    assert present.all()
    assert np.unique(keys[0]).size == 4000
