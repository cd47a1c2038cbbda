"""How an organization writes a name: what it may change, what it must keep."""

import unicodedata
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.worlds.pools import Name, pools, spellings
from sansnom.worlds.romanization import habits
from sansnom.worlds.spellings import respelled, typo, without_marks


def test_attested_spellings_are_drawn_by_their_counts() -> None:
    """A name in Arabic script is respelled mostly as Wikidata's bearers spell it."""
    rng = Random(1)
    drawn = [respelled(rng, Name("Mohamed", "محمد"), "arabic_french") for _ in range(300)]
    assert {"Mohamed", "Mohammed", "Muhammad"} <= set(drawn)
    assert drawn.count("Mohamed") > drawn.count("Muhammad")


@pytest.mark.parametrize(
    ("latin", "rules", "expected"),
    [
        ("Nguyễn", "vietnamese", "Nguyen"),
        ("Jean-Baptiste", "haitian", "Jean Baptiste"),
        ("Zhang", "han", "Cheung"),
        ("Yılmaz", "turkish", "Yilmaz"),
        ("Maxamed", "somali", "Mohamed"),
        ("Gebremedhin", "ethiopian", "Gebre Medhin"),
        ("Kandasamy", "tamil", "Kandaswamy"),
        ("Traoré", "african_french", "Traore"),
        ("Serhii", "slavic", "Sergey"),
        ("El Amrani", "arabic_french", "Al Amrani"),
    ],
)
def test_each_language_has_its_own_respellings(latin: str, rules: str, expected: str) -> None:
    """The difference that clerks really make comes up within a few hundred draws."""
    rng = Random(3)
    assert expected in {respelled(rng, Name(latin), rules) for _ in range(400)}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(categories=("Ll", "Lu")), min_size=1, max_size=20), st.integers(0, 10**6))
def test_a_slip_changes_little(text: str, seed: int) -> None:
    """A typo keeps the first letter and the length within one."""
    slipped = typo(Random(seed), text)
    assert slipped[0] == text[0]
    assert abs(len(slipped) - len(text)) <= 1


def test_marks_go_and_letters_stay() -> None:
    """What an old system leaves of a name."""
    assert without_marks("Đặng Łukasz Şahin Björn Yılmaz") == "Dang Lukasz Sahin Bjorn Yilmaz"


def test_every_pool_is_well_made() -> None:
    """Each culture has names for both sexes, in one normal form, and rules that exist."""
    for code, pool in pools().items():
        assert pool.rules in habits().rules, code
        names = [*pool.given["F"], *pool.given["M"], *pool.family]
        assert len(pool.given["F"]) >= 10
        assert len(pool.given["M"]) >= 10
        assert len(pool.family) >= 15
        for name in names:
            assert name.latin == name.latin.strip() != ""
            assert unicodedata.is_normalized("NFC", name.latin + name.native), name.latin
            assert name.native == "" or not name.native.isascii(), name.latin


def test_attested_spellings_are_latin() -> None:
    """No entry of the spellings table is empty or in another script."""
    assert len(spellings()) > 100
    for native, variants in spellings().items():
        assert not native.isascii()
        assert len(variants) > 1
        assert all(count >= 1 and "LATIN" in unicodedata.name(latin[0]) for latin, count in variants.items())
