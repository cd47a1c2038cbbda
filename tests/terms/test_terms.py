"""The nouns: canonical, strict to read, and one layout for every organization."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sansnom.terms.canonical import canonical_bytes, digest_hex
from sansnom.terms.errors import InputError
from sansnom.terms.party import PARTIES, following, preceding
from sansnom.terms.plan import Period, Plan
from sansnom.terms.roster import Roster
from sansnom.terms.schema import row_layout
from sansnom.terms.table import axes_of, cells_of
from tests.terms.examples import dictionary, plan

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def test_seats_go_round() -> None:
    """The seat after the one before is one's own."""
    assert [following(preceding(p)) for p in PARTIES] == list(PARTIES)


@given(JSON)
def test_canonical_bytes_are_json_and_stable(value: object) -> None:
    """Reading canonical bytes and writing them again gives the same bytes."""
    told = canonical_bytes(value)  # type: ignore[arg-type]  # the strategy draws what the format allows
    assert canonical_bytes(json.loads(told)) == told


def test_canonical_order_is_that_of_utf16_units() -> None:
    """RFC 8785 section 3.2.3: names are sorted by UTF-16 code units, not by code points."""
    value = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😂": 5, "\u0080": 6, "ö": 7}
    names = list(json.loads(canonical_bytes(value)))  # type: ignore[arg-type]  # a plain object
    assert names == ["\r", "1", "\u0080", "ö", "€", "😂", "\ufb33"]


@pytest.mark.parametrize("value", [1.5, 2**53, {"a": float("nan")}, b"x", {1, 2}])
def test_canonical_bytes_refuse_what_no_format_allows(value: object) -> None:
    """Floats, large integers and foreign types cannot be signed."""
    with pytest.raises((TypeError, ValueError)):
        canonical_bytes(value)  # type: ignore[arg-type]  # that is the point


def test_a_plan_survives_its_json() -> None:
    """A plan read from its own JSON is the same plan with the same digest."""
    asked = plan()
    again = Plan.from_json(json.loads(canonical_bytes(asked.to_json())))
    assert again == asked
    assert again.digest == asked.digest == digest_hex(asked.to_json())


@pytest.mark.parametrize("member", sorted(plan().to_json()))
def test_a_plan_without_a_member_names_the_place(member: str) -> None:
    """A missing member of a plan is refused with its place (only `series` may be left out)."""
    told = plan().to_json()
    del told[member]
    if member == "series":
        assert Plan.from_json(told).series == ""
        return
    with pytest.raises(InputError) as refused:
        Plan.from_json(told)
    assert f"plan.{member}" in str(refused.value.parameters["where"])


def test_a_plan_with_an_unknown_member_is_refused() -> None:
    """A member that nobody reads could mean something to somebody else: refused."""
    with pytest.raises(InputError) as refused:
        Plan.from_json({**plan().to_json(), "names": []})
    assert refused.value.code == "json.unknown"


def test_an_untranslated_title_is_refused() -> None:
    """French and English are equal: an empty one is refused."""
    told = plan().to_json()
    told["title"]["fr"] = " "
    with pytest.raises(InputError) as refused:
        Plan.from_json(told)
    assert refused.value.code == "json.untranslated"


def test_fields_of_a_row_never_overlap() -> None:
    """Each field lies inside one word and no two share a bit."""
    layout = row_layout(plan(), dictionary())
    assert all(f.offset + f.bits <= 64 for f in layout.fields)
    places = sorted((f.word, f.offset, f.offset + f.bits) for f in layout.fields)
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in pairwise(places))
    assert layout.words == max(f.word for f in layout.fields) + 1
    assert all(f.largest < 2**f.bits for f in layout.fields)


def test_the_layout_depends_on_the_plan_only() -> None:
    """Two readings of the same plan give the same layout and size; another period may not."""
    assert row_layout(plan(), dictionary()) == row_layout(plan(), dictionary())
    assert row_layout(plan(), dictionary()).component_bytes(64) == row_layout(plan(), dictionary()).component_bytes(64)


@pytest.mark.parametrize("end", ["2025-03-31", "2027-03-31", "2026-02-30"])
def test_a_period_upside_down_too_long_or_impossible_is_refused(end: str) -> None:
    """A period is one to 511 days of the calendar."""
    with pytest.raises(InputError):
        row_layout(replace(plan(), period=Period("2025-04-01", end)), dictionary())


def test_cells_are_the_product_of_the_axes() -> None:
    """Each kind of table brings its own axes after the dimensions; disagreement is one value more."""
    words = dictionary()
    asked = plan()
    sizes = {t.table: cells_of(axes_of(t, words, asked.own_category)) for t in asked.tables}
    assert sizes == {
        "persons": 1,
        "by-sex": 5 * 6,
        "french-course": 18,
        "organizations": 5 * 3,
        "overlap": 2 * 2,
        "progress": 9,
        "acts": 1,
        "days": 4,
        "waiting": 1,
        "refused": 2 * len(words.reasons["turned_away"]),
    }


def test_a_roster_that_gives_two_members_one_key_is_refused() -> None:
    """Whoever holds another's key could speak for it: refused."""
    member = {
        "number": 1,
        "code": "a",
        "name": {"fr": "A", "en": "A"},
        "sign_key": "k",
        "seal_key": "s",
        "size_class": 32,
        "services": [],
    }
    other = {**member, "number": 2, "code": "b", "seal_key": "t"}
    told = {
        "schema": "sansnom/roster/1",
        "version": 1,
        "year": "2025-2026",
        "convener": {"fr": "C", "en": "C"},
        "convener_key": "c",
        "helpers": [],
    }
    assert (
        Roster.from_json({**told, "organizations": [member, {**other, "sign_key": "l"}]}).organization("b").number == 2
    )
    with pytest.raises(InputError):
        Roster.from_json({**told, "organizations": [member, other]})
