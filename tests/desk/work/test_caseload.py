"""Handing files over, and taking it back."""

from datetime import date

from django.test import Client

from sansnom.desk.people.naming import Name
from sansnom.desk.work import models as work
from sansnom.desk.work.opening import assign, open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import two_programmes
from tests.desk.work.test_pages import sent, undo_in


def test_a_transfer_is_taken_back_as_it_was_given(
    desk: Desk, counsellor: Client, coordinator: Client, director: Client
) -> None:
    """Undo gives the files back with the day they were first followed; only who gave them can; what moved on stays."""
    house = two_programmes(desk)
    others = [open_file(desk.counsellor, house.open, [Name(name)]) for name in ("Bilal", "Carmen")]
    assign(desk.counsellor, [house.awa, others[0]], house.open, desk.counsellor, date(2026, 1, 5))
    before = set(work.Assignment.objects.values_list("person", "staff", "from_on", "until_on"))
    page = sent(
        coordinator, "/work/caseload/transfer/", {"colleague": desk.counsellor.pk, "to": desk.director.pk, "all": "1"}
    )
    undo = undo_in(coordinator.get(page).content.decode())
    assert work.Assignment.objects.filter(staff=desk.director, until_on=None).count() == 2
    for stranger in (counsellor, director):
        assert stranger.post(undo).status_code == 404
    sent(coordinator, undo, {})
    assert set(work.Assignment.objects.values_list("person", "staff", "from_on", "until_on")) == before
    assert coordinator.post(undo).status_code == 404
    told = {"colleague": desk.counsellor.pk, "to": desk.director.pk, "all": "1"}
    undo = undo_in(coordinator.get(sent(coordinator, "/work/caseload/transfer/", told)).content.decode())
    assign(desk.director, [house.awa], house.open, desk.coordinator)
    sent(coordinator, undo, {})
    followed = dict(work.Assignment.objects.filter(until_on=None).values_list("person", "staff"))
    assert followed == {house.awa.pk: desk.coordinator.pk, others[0].pk: desk.counsellor.pk}
