"""Households, links, possible duplicates: done, undone, and never told to whoever may not see both files."""

from threading import Thread
from typing import Any

import pytest
from django.test import Client

from sansnom.desk.people import duplicates, together
from sansnom.desk.people.duplicates import look, possible_duplicates
from sansnom.desk.people.households import join_household, leave_household
from sansnom.desk.people.links import decided, other_files
from sansnom.desk.people.models import Household, Person, PossibleDuplicate, SamePerson
from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from sansnom.terms.errors import InputError, PolicyRefusal
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes

BORN = {"birth_year": 1990, "birth_month": 5, "birth_day": 12, "birth_quality": "exact", "sex": "F"}


def twin_of_awa(house: House, *, hidden: bool = False) -> Person:
    """Open a second file of Awa, spelt otherwise."""
    programme = house.shelter if hidden else house.open
    return open_file(house.desk.counsellor, programme, [Name("Hawa", "Diop")], phone="514 555-0101", **BORN)


def test_two_files_are_linked_never_merged_and_the_banner_takes_it_back(desk: Desk, counsellor: Client) -> None:
    """Linked: both pages show the other. Undone: neither does, the files are as they were, the decision is history."""
    house = two_programmes(desk)
    twin = twin_of_awa(house)
    assert str(twin.reference) in counsellor.get(f"/people/{house.awa.reference}/link/").content.decode()
    told = {"other": str(twin.reference), "verdict": "same"}
    page = counsellor.post(f"/people/{house.awa.reference}/link/decide/", told, follow=True).content.decode()
    decision = SamePerson.objects.get()
    assert f"/people/links/{decision.pk}/undo/" in page
    assert other_files(desk.counsellor, house.awa) == [twin]
    assert str(house.awa.reference) in counsellor.get(f"/people/{twin.reference}/").content.decode()
    counsellor.post(f"/people/links/{decision.pk}/undo/")
    assert other_files(desk.counsellor, house.awa) == []
    assert Person.objects.filter(pk__in=[house.awa.pk, twin.pk]).count() == 2
    assert SamePerson.objects.get().undone_by == desk.counsellor


def test_a_colleague_outside_can_neither_link_nor_undo_nor_see(
    desk: Desk, director: Client, counsellor: Client
) -> None:
    """A link to a hidden file is 404 to make, 404 to undo, and absent from the page of the file that is seen."""
    house = two_programmes(desk)
    twin = twin_of_awa(house, hidden=True)
    told = {"other": str(twin.reference), "verdict": "same"}
    assert director.post(f"/people/{house.awa.reference}/link/decide/", told).status_code == 404
    counsellor.post(f"/people/{house.awa.reference}/link/decide/", told)
    decision = SamePerson.objects.get()
    assert director.post(f"/people/links/{decision.pk}/undo/").status_code == 404
    assert director.post("/people/links/9999/undo/").status_code == 404
    assert str(twin.reference) not in director.get(f"/people/{house.awa.reference}/").content.decode()
    assert SamePerson.objects.get().undone_at is None
    assert decided(desk.director, house.awa) == {}


def test_possible_duplicates_are_listed_with_reasons_and_decided(desk: Desk, counsellor: Client) -> None:
    """After a look the pair stands in the list, side by side; decided, it is gone from it; undone, it is back."""
    house = two_programmes(desk)
    twin = twin_of_awa(house)
    assert "Aucune recherche" in counsellor.get("/people/duplicates/").content.decode()
    counsellor.post("/people/duplicates/look/")
    page = counsellor.get("/people/duplicates/").content.decode()
    assert twin.file_number in page
    assert "même date de naissance" in page
    assert "très semblable" in page
    told = {"other": str(twin.reference), "verdict": "different", "from": "duplicates"}
    answer = counsellor.post(f"/people/{house.awa.reference}/link/decide/", told)
    assert answer.headers["Location"] == "/people/duplicates/"
    assert twin.file_number not in counsellor.get("/people/duplicates/").content.decode()
    counsellor.post(f"/people/links/{SamePerson.objects.get().pk}/undo/")
    assert possible_duplicates(desk.counsellor).count() == 1


def test_a_pair_with_a_hidden_file_is_not_in_the_list(desk: Desk, director: Client) -> None:
    """The look reads every file; the list tells of a pair only whoever sees both."""
    house = two_programmes(desk)
    twin = twin_of_awa(house, hidden=True)
    assert look() == 1
    assert possible_duplicates(desk.counsellor).count() == 1
    assert possible_duplicates(desk.director).count() == 0
    assert twin.file_number not in director.get("/people/duplicates/").content.decode()


def test_the_list_of_pairs_goes_on_to_its_end(desk: Desk, counsellor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page after page, each pair stands once; the number of a pair that is hidden or gone begins anew."""
    house = two_programmes(desk)
    twin_of_awa(house), twin_of_awa(house), twin_of_awa(house, hidden=True)
    look()
    monkeypatch.setattr(together, "PAIRS_A_PAGE", 2)
    seen, path = [], "/people/duplicates/"
    while path:
        page = counsellor.get(path).context
        seen += [pair.pk for pair, _, _ in page["pairs"]]
        path = f"/people/duplicates/?after={page['more'].pk}" if page["more"] else ""
    assert len(seen) == len(set(seen)) == PossibleDuplicate.objects.count() == 6
    hidden = possible_duplicates(desk.counsellor).exclude(pk__in=possible_duplicates(desk.director)).last()
    assert hidden is not None
    director = desk.client(desk.director)
    for number in (hidden.pk, 999_999, "x"):
        assert len(director.get(f"/people/duplicates/?after={number}").context["pairs"]) == 2


def test_a_new_look_replaces_the_old_one(desk: Desk) -> None:
    """What was found and is gone is not kept, and unnamed persons are compared with nobody."""
    house = two_programmes(desk)
    twin = twin_of_awa(house)
    for _ in range(2):
        open_file(desk.counsellor, house.open, [], unnamed=True, phone="514 555-0101")
    assert (look(), PossibleDuplicate.objects.count()) == (1, 1)
    twin.delete()
    assert (look(), PossibleDuplicate.objects.count()) == (0, 0)


def test_with_many_files_the_look_is_made_beside_the_request(
    desk: Desk, counsellor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The click comes back at once and says that the search is under way; the thread it began leaves the list whole."""
    twin = twin_of_awa(two_programmes(desk))
    begun: list[Thread] = []

    def remembered(**told: Any) -> Thread:
        begun.append(Thread(**told))
        return begun[-1]

    monkeypatch.setattr(duplicates, "AT_ONCE_MOST", 0)
    monkeypatch.setattr(duplicates, "Thread", remembered)
    page = counsellor.post("/people/duplicates/look/", follow=True).content.decode()
    assert "La recherche est en cours" in page
    begun[0].join(timeout=30)
    assert not duplicates.under_way()
    assert twin.file_number in counsellor.get("/people/duplicates/").content.decode()


def test_a_sister_is_no_evident_duplicate(desk: Desk) -> None:
    """Another given name, another birth date, one home: not in the list."""
    house = two_programmes(desk)
    open_file(
        desk.counsellor,
        house.open,
        [Name("Mariama", "Diop")],
        sex="F",
        birth_year=1994,
        birth_quality="year_only",
        phone="514 555-0101",
    )
    assert look() == 0


def test_living_together_and_apart(desk: Desk, counsellor: Client) -> None:
    """Joining makes a household, a third person enters the same one; the last to stay lives in none."""
    house = two_programmes(desk)
    sister, cousin = (open_file(desk.counsellor, house.open, [Name(name, "Diop")]) for name in ("Mariama", "Fatou"))
    page = counsellor.post(
        f"/people/{house.awa.reference}/household/join/", {"other": str(sister.reference)}, follow=True
    ).content.decode()
    assert str(sister.reference) in page
    assert f"/people/{house.awa.reference}/household/leave/" in page
    join_household(desk.counsellor, cousin, sister)
    assert Household.objects.get().members.count() == 3
    counsellor.post(f"/people/{cousin.reference}/household/leave/")
    house.awa.refresh_from_db()
    leave_household(desk.counsellor, house.awa)
    assert not Household.objects.exists()
    assert not Person.objects.exclude(household=None).exists()


def test_a_household_shows_and_takes_nobody_who_is_hidden(desk: Desk, director: Client, counsellor: Client) -> None:
    """The director sees Awa alone, and cannot join her to the hidden file; herself neither."""
    house = two_programmes(desk)
    join_household(desk.counsellor, house.awa, house.hidden)
    page = director.get(f"/people/{house.awa.reference}/").content.decode()
    assert str(house.hidden.reference) not in page
    assert "Personne d’autre" in page
    told = {"other": str(house.hidden.reference)}
    assert director.post(f"/people/{house.awa.reference}/household/join/", told).status_code == 404
    with pytest.raises(PolicyRefusal):
        join_household(desk.director, house.awa, house.hidden)
    with pytest.raises(InputError):
        join_household(desk.counsellor, house.awa, house.awa)
    assert (
        counsellor.post(
            f"/people/{house.awa.reference}/household/join/", {"other": str(house.awa.reference)}
        ).status_code
        == 404
    )


@pytest.mark.parametrize("path", ["household/join/", "household/leave/", "link/decide/"])
def test_a_stranger_changes_nothing(desk: Desk, stranger: Client, path: str) -> None:
    """Every act leads to the door."""
    house = two_programmes(desk)
    told = {"other": str(house.hidden.reference), "verdict": "same"}
    assert stranger.post(f"/people/{house.awa.reference}/{path}", told).headers["Location"].startswith("/sign-in/")
    assert not SamePerson.objects.exists()
    assert stranger.post("/people/duplicates/look/").headers["Location"].startswith("/sign-in/")
