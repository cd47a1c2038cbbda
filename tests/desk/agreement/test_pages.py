"""Pages of agreement: what is told in which language, recorded, taken back, chosen, printed; and by whom."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.agreement.models import Agreement, JointStatisticsChoice, Notice, Withdrawal
from sansnom.desk.agreement.notices import LANGUAGES, notice_in, tongue
from sansnom.desk.agreement.rules import in_force, takes_part
from sansnom.desk.people.links import decide_pair
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from sansnom.desk.work.recording import record_service
from sansnom.desk.work.records import Selection, organization_records
from tests.desk.conftest import Desk
from tests.desk.two_programmes import DAY, two_programmes

AGREED = {"answer": "agreed", "told_on": "2026-02-03"}


def telling(person: Person, **query: str) -> str:
    """Give the address where a notice is told."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/agreement/{person.reference}/tell/?{asked}"


def test_a_notice_is_told_in_the_persons_language_beside_the_colleagues(desk: Desk, counsellor: Client) -> None:
    """Arabic right to left beside French, marked as a draft for a speaker to confirm, in both languages."""
    house = two_programmes(desk)
    Person.objects.filter(pk=house.awa.pk).update(best_language="ar")
    page = counsellor.get(telling(house.awa)).content.decode()
    assert '<article class="text" lang="ar" dir="rtl">' in page
    assert '<article class="text" lang="fr" dir="ltr">' in page
    assert tongue("ar").draft_label in page
    assert "Traduction provisoire" in page
    assert "Maison d’accueil" in page


def test_an_answer_given_by_mouth_with_an_interpreter_is_recorded(desk: Desk, counsellor: Client) -> None:
    """Version, language, day, by whom, how: all in the person's page; the trail has the change."""
    house = two_programmes(desk)
    told = AGREED | {"oral": "on", "interpreter": "on"}
    assert counsellor.post(telling(house.awa, language="uk"), told).status_code == 302
    [made] = in_force(house.awa)
    assert (made.language, made.oral, made.interpreter, made.notice.version) == ("uk", True, True, "2026-1")
    assert (made.told_on, made.told_by) == (date(2026, 2, 3), desk.counsellor)
    page = counsellor.get(f"/people/{house.awa.reference}/").content.decode()
    assert "de vive voix" in page
    assert "ukrainien" in page
    assert TrailEntry.objects.filter(act=Act.CHANGED, person_reference=str(house.awa.reference)).exists()


def test_below_fourteen_a_parent_answers(desk: Desk, counsellor: Client) -> None:
    """Without the holder of parental authority the form comes back and says so; with them it is recorded."""
    house = two_programmes(desk)
    Person.objects.filter(pk=house.awa.pk).update(
        birth_year=timezone.localdate().year - 8, birth_month=None, birth_day=None
    )
    page = counsellor.post(telling(house.awa), AGREED).content.decode()
    assert not Agreement.objects.exists()
    assert "moins de 14" in page
    counsellor.post(telling(house.awa), AGREED | {"parent": "mère"})
    assert Agreement.objects.get().parent == "mère"


def test_withdrawing_takes_one_click_and_its_banner_undoes_it(desk: Desk, counsellor: Client) -> None:
    """Withdrawn, it holds no more; undone the same day, it holds again; nothing asks why."""
    house = two_programmes(desk)
    counsellor.post(telling(house.awa), AGREED)
    number = Agreement.objects.get().pk
    page = counsellor.post(f"/agreement/{number}/withdraw/", follow=True).content.decode()
    assert f"/agreement/{number}/undo-withdrawal/" in page
    assert not in_force(house.awa)
    counsellor.post(f"/agreement/{number}/undo-withdrawal/")
    assert in_force(house.awa).count() == 1


def test_an_old_withdrawal_is_not_undone(desk: Desk, counsellor: Client) -> None:
    """A withdrawal of another day stays: what follows it is a new agreement."""
    house = two_programmes(desk)
    counsellor.post(telling(house.awa), AGREED)
    number = Agreement.objects.get().pk
    counsellor.post(f"/agreement/{number}/withdraw/")
    Withdrawal.objects.update(withdrawn_on=DAY)
    counsellor.post(f"/agreement/{number}/undo-withdrawal/")
    assert not in_force(house.awa)


def joint(desk: Desk) -> set[str]:
    """Give the file numbers that a submission of February would be made of."""
    selection = Selection(date(2026, 2, 1), date(2026, 2, 28), joint=True)
    return {person.local_id for person in organization_records(str(desk.folder.name), selection).persons}


def own(desk: Desk) -> set[str]:
    """Give the file numbers of the organization's own report."""
    selection = Selection(date(2026, 2, 1), date(2026, 2, 28), joint=False)
    return {person.local_id for person in organization_records(str(desk.folder.name), selection).persons}


def test_taking_no_part_is_one_click_that_every_submission_respects(desk: Desk, counsellor: Client) -> None:
    """One click: in no submission, with no linked file either, still in the own report; the banner takes it back."""
    house = two_programmes(desk)
    twin = open_file(desk.counsellor, house.open, [Name("Hawa", "Diop")])
    for person in (house.awa, twin):
        record_service(desk.counsellor, person, house.open, service="reception", starts_on=DAY)
    decide_pair(desk.counsellor, house.awa, twin, "same")
    everybody = own(desk)
    assert joint(desk) == everybody != set()
    page = counsellor.post(
        f"/agreement/{twin.reference}/joint-statistics/", {"takes_part": "no"}, follow=True
    ).content.decode()
    assert joint(desk) == set()
    assert own(desk) == everybody
    assert "Ne participe pas aux statistiques communes" in page
    undo = f"/agreement/{twin.reference}/joint-statistics/?takes_part=yes"
    assert undo in page
    counsellor.post(undo)
    assert joint(desk) == everybody
    assert "Ses services n’en dépendent pas" not in counsellor.get(f"/people/{twin.reference}/").content.decode()


@pytest.mark.parametrize(("answer", "part"), [("refused", False), ("agreed", True), ("told", True)])
def test_an_answer_about_joint_statistics_is_the_choice(
    desk: Desk, counsellor: Client, answer: str, part: bool
) -> None:
    """Refusing when the notice is read is a no at once; being told or agreeing adds no row where nothing changes."""
    house = two_programmes(desk)
    counsellor.post(telling(house.awa, kind="joint_statistics"), AGREED | {"answer": answer})
    assert takes_part(house.awa) is part
    assert JointStatisticsChoice.objects.count() == (0 if part else 1)


def test_withdrawing_from_joint_statistics_is_a_no(desk: Desk, counsellor: Client) -> None:
    """Taking the agreement back takes the person out; undoing brings them back in."""
    house = two_programmes(desk)
    counsellor.post(telling(house.awa, kind="joint_statistics"), AGREED)
    number = Agreement.objects.get().pk
    counsellor.post(f"/agreement/{number}/withdraw/")
    assert not takes_part(house.awa)
    counsellor.post(f"/agreement/{number}/undo-withdrawal/")
    assert takes_part(house.awa)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_page_has_two_languages_side_by_side(desk: Desk, counsellor: Client, language: str) -> None:
    """Each language with French, French with English; its direction; a draft says so in its own words; the trail says printed."""
    house = two_programmes(desk)
    page = counsellor.get(f"/agreement/{house.awa.reference}/print/?language={language}").content.decode()
    spoken = tongue(language)
    assert f'<div class="column" lang="{language}" dir="{spoken.direction}">' in page
    assert f'<div class="column" lang="{"en" if language == "fr" else "fr"}" dir="ltr">' in page
    assert (spoken.draft_label in page) if spoken.draft_label else ('class="draft-label"' not in page)
    assert "Awa" not in page, "the page may lie about: it names nobody"
    assert TrailEntry.objects.filter(act=Act.PRINTED).count() == 1
    assert counsellor.get(f"/agreement/notices/print/?language={language}").status_code == 200


def test_a_speaker_confirms_and_a_next_version_leaves_the_first_as_it_was(desk: Desk, coordinator: Client) -> None:
    """Confirming changes no word; a new wording is a next version; who was told the first keeps the first."""
    two_programmes(desk)
    first = notice_in("file", "es")
    told = {"title": first.title, "text": first.text.replace("\n", "\r\n"), "confirmed": "on"}
    coordinator.post("/agreement/notices/file/es/", told)
    first.refresh_from_db()
    assert (first.draft, first.confirmed_by, Notice.objects.filter(language="es").count()) == (
        False,
        desk.coordinator,
        1,
    )
    coordinator.post("/agreement/notices/file/es/", {"title": "Su carpeta", "text": "Otra."})
    newest = notice_in("file", "es")
    assert (newest.title, newest.draft, newest.version) == ("Su carpeta", True, first.version.replace("-1", "-2"))
    assert Notice.objects.get(pk=first.pk).text == first.text


def test_a_counsellor_reads_notices_and_changes_none(desk: Desk, counsellor: Client) -> None:
    """The list is for all; the wording is for coordinators."""
    two_programmes(desk)
    assert counsellor.get("/agreement/notices/").status_code == 200
    assert counsellor.post("/agreement/notices/file/es/", {"title": "x", "text": "y"}).status_code == 403


def test_outside_a_file_and_what_hangs_on_it_are_404(desk: Desk, counsellor: Client, director: Client) -> None:
    """Telling, printing, choosing, withdrawing: the director learns nothing and changes nothing of the shelter's file."""
    house = two_programmes(desk)
    assert counsellor.get(telling(house.hidden)).status_code == 200
    counsellor.post(telling(house.hidden), AGREED)
    number = Agreement.objects.get().pk
    for path in ("tell/", "print/"):
        assert director.get(f"/agreement/{house.hidden.reference}/{path}").status_code == 404
    assert director.post(telling(house.hidden), AGREED).status_code == 404
    choice = director.post(f"/agreement/{house.hidden.reference}/joint-statistics/", {"takes_part": "no"})
    assert choice.status_code == 404
    for act in ("withdraw", "undo-withdrawal"):
        assert director.post(f"/agreement/{number}/{act}/").status_code == 404
        assert director.post(f"/agreement/9999/{act}/").status_code == 404
    assert takes_part(house.hidden)
    assert in_force(house.hidden).count() == 1


def test_a_stranger_is_led_to_the_door(desk: Desk, stranger: Client) -> None:
    """No page, no act, not even the notices."""
    house = two_programmes(desk)
    for path in (
        f"/agreement/{house.awa.reference}/tell/",
        f"/agreement/{house.awa.reference}/print/",
        "/agreement/notices/",
    ):
        assert stranger.get(path).headers["Location"].startswith("/sign-in/")
    for path in (
        f"/agreement/{house.awa.reference}/joint-statistics/",
        "/agreement/1/withdraw/",
        "/agreement/notices/file/es/",
    ):
        assert stranger.post(path, {"takes_part": "no"}).headers["Location"].startswith("/sign-in/")
    assert not JointStatisticsChoice.objects.exists()


def test_the_section_asks_as_many_questions_for_ten_agreements_as_for_one(desk: Desk, counsellor: Client) -> None:
    """A person's page does not slow down with their history of agreements."""
    house = two_programmes(desk)
    asked = []
    for times in (1, 9):
        for _ in range(times):
            counsellor.post(telling(house.awa), AGREED)
        counsellor.get(f"/people/{house.awa.reference}/")
        with CaptureQueriesContext(connection) as queries:
            counsellor.get(f"/people/{house.awa.reference}/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
