"""Three viewers: a colleague in the programme, one outside it, a stranger."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from sansnom.desk.people.access import (
    in_sight,
    links_seen_by,
    person_visible_to,
    programmes_seen_by,
    visible_to,
)
from sansnom.desk.people.find import Sought, find_persons
from sansnom.desk.people.links import decide_pair, other_files
from sansnom.desk.people.models import Person
from sansnom.desk.work.lists import recent_files
from sansnom.desk.work.models import Service
from sansnom.desk.work.opening import enrol
from sansnom.desk.work.recording import record_service
from sansnom.terms.errors import PolicyRefusal
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, two_programmes


def test_a_confidential_file_does_not_exist_outside_its_programme(desk: Desk) -> None:
    """Its member finds it by list, address and name; the director, who is outside, by none of them."""
    house = two_programmes(desk)
    assert set(visible_to(desk.counsellor)) == {house.awa, house.hidden}
    assert set(visible_to(desk.director)) == {house.awa}
    assert person_visible_to(desk.counsellor, house.hidden.reference) == house.hidden
    for reference in (house.hidden.reference, uuid.uuid4()):
        with pytest.raises(Person.DoesNotExist):
            person_visible_to(desk.director, reference)
    for typed in ("Zohra Mansouri", "mansoury", house.hidden.file_number, "1985"):
        assert [m.person for m in find_persons(desk.counsellor, Sought.typed(typed))][:1] == [house.hidden]
        assert house.hidden not in [m.person for m in find_persons(desk.director, Sought.typed(typed))]


def test_a_stranger_and_a_suspended_colleague_see_nobody(desk: Desk) -> None:
    """Whoever is not signed in, or has left, sees no programme, no file and no act."""
    house = two_programmes(desk)
    desk.counsellor.suspend()
    for viewer in (AnonymousUser(), desk.counsellor):
        assert not programmes_seen_by(viewer)
        assert not visible_to(viewer)
        assert not find_persons(viewer, Sought.typed("Awa Diop"))
        assert not recent_files(viewer)
        assert not in_sight(house.awa.services.all(), viewer)


def test_a_shared_file_shows_nothing_of_its_confidential_place(desk: Desk) -> None:
    """Acts in the confidential programme are in no list of a colleague outside, nor do they move the file in one."""
    house = two_programmes(desk)
    record_service(desk.counsellor, house.awa, house.open, service="information", starts_on=DAY)
    before = Person.objects.filter(pk=house.awa.pk).values().get()
    record_service(desk.counsellor, house.awa, house.shelter, service="psychosocial", starts_on=DAY.replace(month=3))
    assert Person.objects.filter(pk=house.awa.pk).values().get() == before, "the file itself tells nothing"
    assert in_sight(house.awa.services.all(), desk.counsellor).count() == 2
    assert [act.service for act in in_sight(Service.objects.all(), desk.director)] == ["information"]
    assert list(programmes_seen_by(desk.director)) == [house.open]


def test_nobody_writes_where_they_cannot_look(desk: Desk) -> None:
    """A colleague outside can neither let a file into a confidential programme nor record an act for a hidden one."""
    house = two_programmes(desk)
    with pytest.raises(PolicyRefusal, match=r"programme\.outside"):
        enrol(desk.director, house.awa, house.shelter)
    with pytest.raises(PolicyRefusal, match=r"person\.outside"):
        record_service(desk.director, house.hidden, house.open, service="housing", starts_on=DAY)


def test_a_link_to_a_hidden_file_stays_hidden(desk: Desk) -> None:
    """A decision shows only to who sees both files, and only they can make it."""
    house = two_programmes(desk)
    with pytest.raises(PolicyRefusal, match=r"link\.outside"):
        decide_pair(desk.director, house.awa, house.hidden, "same")
    decide_pair(desk.counsellor, house.awa, house.hidden, "same")
    assert other_files(desk.counsellor, house.awa) == [house.hidden]
    assert other_files(desk.director, house.awa) == []
    assert not links_seen_by(desk.director)
