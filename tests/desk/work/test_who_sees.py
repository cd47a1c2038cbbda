"""Every page of the work, for a colleague in the programme, one outside it, and a stranger."""

import pytest
from django.test import Client

from sansnom.desk.accounts.models import TrailEntry
from sansnom.desk.work.addresses import seal
from sansnom.desk.work.models import Enrolment, Programme, Removed, Service, WaitingEntry
from tests.desk.conftest import Desk
from tests.desk.work.done import COORDINATORS, LISTS, WORDS, two_done

HIDDEN = ("Mansouri", "Zohra", "Refuge", "Shelter")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_colleague_in_the_programme_sees_every_page(desk: Desk, counsellor: Client, language: str) -> None:
    """Camille is in the shelter: every page answers, in both languages, with its words and without a stray tag."""
    counsellor.cookies["desk_language"] = language
    open_done, hidden_done = two_done(desk)
    for address in [*LISTS, *open_done.addresses(), *hidden_done.addresses()]:
        page = counsellor.get(address)
        assert page.status_code == 200, address
        told = page.content.decode()
        assert f'lang="{language}-CA"' in told, address
        assert "{%" not in told, address
        assert "{{" not in told, address
        assert "style=" not in told, address
        assert "<script>" not in told, address


def test_a_colleague_outside_cannot_tell_it_from_nothing(desk: Desk, director: Client) -> None:
    """Dahlia directs and is outside the shelter: what is in it is 404 to her, in no list, and leaves no trace of her."""
    open_done, hidden_done = two_done(desk)
    nowhere = director.get(f"/work/sessions/{seal(987_654)}/")
    for address in [*hidden_done.addresses(), *hidden_done.director_addresses()]:
        page = director.get(address)
        assert page.status_code == nowhere.status_code == 404, address
        assert WORDS not in page.content.decode(), address
    for address in [
        *LISTS,
        *COORDINATORS,
        f"/work/caseload/?colleague={desk.counsellor.pk}",
        *open_done.director_addresses(),
    ]:
        page = director.get(address)
        assert page.status_code == 200, address
        assert not [word for word in HIDDEN if word in page.content.decode()], address
    assert not TrailEntry.objects.filter(
        colleague=desk.director, person_reference=str(hidden_done.person.reference)
    ).exists()


def test_a_colleague_outside_changes_nothing(desk: Desk, director: Client) -> None:
    """No POST of an outsider reaches a row of the shelter."""
    _, hidden_done = two_done(desk)
    before = {model: list(model.objects.order_by("pk").values()) for model in (Service, Enrolment, WaitingEntry)}
    for address in [*hidden_done.addresses(), *hidden_done.changes()]:
        answer = director.post(address, {"reason": "served", "state": "missed"})
        assert answer.status_code in {404, 405}, address
    assert before == {model: list(model.objects.order_by("pk").values()) for model in before}
    assert not Removed.objects.exists()


def test_a_stranger_is_led_to_the_door(desk: Desk, stranger: Client) -> None:
    """Whoever is not signed in learns nothing from any address."""
    open_done, hidden_done = two_done(desk)
    everything = [
        *LISTS,
        *COORDINATORS,
        *open_done.addresses(),
        *hidden_done.addresses(),
        *open_done.director_addresses(),
    ]
    for address in everything:
        answer = stranger.get(address)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/"), address
    for address in [*open_done.changes(), "/work/find/", "/today/quick/"]:
        assert stranger.post(address).status_code == 302, address
    assert Service.objects.count() == 4


def test_a_person_in_both_programmes_shows_each_colleague_their_part(
    desk: Desk, director: Client, counsellor: Client
) -> None:
    """Awa is also in the shelter: Dahlia sees her file and not one word of what is done there."""
    open_done, _ = two_done(desk)
    service = open_done.rows["service"]
    shelter = hidden_programme(desk)
    Service.objects.create(
        person=open_done.person, programme=shelter, service="psychosocial", starts_on=service.starts_on
    )
    Enrolment.objects.create(person=open_done.person, programme=shelter, last_seen=service.starts_on)
    address = f"/people/{open_done.person.reference}/"
    seen, whole = director.get(address).content.decode(), counsellor.get(address).content.decode()
    assert "Refuge" in whole
    assert "Soutien psychosocial" in whole
    assert "Refuge" not in seen
    assert "Soutien psychosocial" not in seen
    assert WORDS not in seen.split('id="notes"')[-1] or 'id="notes"' not in seen


def hidden_programme(desk: Desk) -> Programme:
    """Give the shelter."""
    return Programme.objects.get(confidential=True, members=desk.counsellor)


def test_notes_are_for_members_even_in_an_open_programme(desk: Desk, director: Client) -> None:
    """Dahlia sees the open programme's acts, not its notes; their addresses are nobody's."""
    open_done, _ = two_done(desk)
    page = director.get(f"/people/{open_done.person.reference}/").content.decode()
    assert 'id="services"' in page
    assert 'id="notes"' not in page
    for address in (f"/work/notes/{seal(open_done.note.pk)}/", f"/work/notes/{seal(open_done.note.pk)}/versions/"):
        assert director.get(address).status_code == 404
    told = {"words": "autre", "about_on": "2026-02-03", "programme": seal(open_done.programme.pk)}
    assert director.post(f"/work/{open_done.person.reference}/note/", told).status_code == 200
    assert open_done.person.casenotes.count() == 1


def test_a_programme_out_of_sight_is_no_choice(desk: Desk, director: Client) -> None:
    """An outsider who writes the shelter's sealed number in a form is told that it is no choice."""
    open_done, hidden_done = two_done(desk)
    told = {
        "service": "housing",
        "starts_on": "2026-02-03",
        "status": "completed",
        "programme": seal(hidden_done.programme.pk),
    }
    page = director.post(f"/work/{open_done.person.reference}/service/", told)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert Service.objects.filter(staff=desk.director).count() == 0


@pytest.mark.parametrize("address", ["0" * 32, "f" * 32, "1", "abc"])
def test_an_address_that_was_not_sealed_here_is_nobodys(counsellor: Client, address: str) -> None:
    """Numbers cannot be tried one after the other."""
    assert counsellor.get(f"/work/sessions/{address}/").status_code == 404


def test_pages_name_no_row_by_its_number(desk: Desk, counsellor: Client) -> None:
    """A row's place in the sequence is in no address and no form: a gap would tell of what is hidden."""
    open_done, _ = two_done(desk)
    for address in [*LISTS, *open_done.addresses()]:
        told = counsellor.get(address).content.decode()
        for row in open_done.rows.values():
            assert f"/{row.pk}/" not in told, address
    assert seal(1)[:16] != seal(2)[:16]


@pytest.mark.parametrize("address", COORDINATORS)
def test_programmes_and_names_of_services_are_for_coordinators(
    counsellor: Client, coordinator: Client, address: str
) -> None:
    """A counsellor reads which programmes there are; a coordinator changes them."""
    assert counsellor.get(address).status_code == 403
    assert coordinator.get(address).status_code == 200
