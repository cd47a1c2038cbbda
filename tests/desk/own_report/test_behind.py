"""The files behind figures: counted once for a table, asked again for what may be seen, forgotten with the key."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sansnom.desk.own_report import behind as keeping
from sansnom.desk.own_report.behind import behind
from sansnom.desk.own_report.reporting import make_report
from sansnom.desk.people.models import Person
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.work.models import Enrolment, Programme
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.own_report.people_served import QUARTER, serve

pytestmark = pytest.mark.usefixtures("in_french")


@pytest.fixture
def reception(desk: Desk) -> Programme:
    """Give an open programme with more people than a page lists."""
    programme = Programme.objects.create(name_fr="Accueil", name_en="Reception")
    serve(programme, 60)
    return programme


def files_on(page: str) -> list[str]:
    """Read which files a page lists, in order."""
    return list(dict.fromkeys(re.findall(r'href="/people/([0-9a-f-]{36})/"', page)))


def test_a_second_figure_counts_nobody_again(desk: Desk, reception: Programme, coordinator: Client) -> None:
    """Of a table that was counted, a figure takes the same few questions, however many stand behind it."""
    serve(reception, 3, sex="M")
    report = make_report(desk.coordinator, "general", QUARTER, None)
    address = f"/report/{report.reference}/figure/0/"
    coordinator.get(f"{address}0/")
    sizes = {cell: len(found) for cell, found in (behind(report, desk.coordinator, 0).cells or {}).items()}
    few = min(sizes, key=lambda cell: sizes[cell])
    assert sizes[few] == 3
    counts = []
    for cell in (0, few):
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get(f"{address}{cell}/").status_code == 200
        counts.append(len(asked))
        assert not [one for one in asked.captured_queries if 'FROM "work_service"' in one["sql"]]
    assert counts[0] == counts[1]


def test_pages_follow_the_order_of_names(desk: Desk, reception: Programme, coordinator: Client) -> None:
    """Two pages list everybody once, by name."""
    address = f"/report/{make_report(desk.coordinator, 'general', QUARTER, None).reference}/figure/0/0/"
    listed = [one for page in (1, 2) for one in files_on(coordinator.get(f"{address}?page={page}").content.decode())]
    assert listed == [str(one.reference) for one in Person.objects.order_by("sort_name", "pk")]


def test_what_may_be_seen_is_asked_each_time(desk: Desk, reception: Programme, coordinator: Client) -> None:
    """A file that is gone from sight, or erased, is on no page, though it was counted a moment ago."""
    address = f"/report/{make_report(desk.coordinator, 'general', QUARTER, None).reference}/figure/0/0/"
    before = files_on(coordinator.get(address).content.decode())
    Enrolment.objects.filter(person__reference=before[0]).delete()
    Person.objects.get(reference=before[1]).delete()
    assert files_on(coordinator.get(address).content.decode()) == before[2:]


def test_counting_again_sees_what_changed(desk: Desk, reception: Programme, coordinator: Client) -> None:
    """The page says when it was counted, and a link counts anew."""
    address = f"/report/{make_report(desk.coordinator, 'general', QUARTER, None).reference}/figure/0/0/"
    assert "60 dossiers" in coordinator.get(address).content.decode()
    serve(reception, 5)
    page = coordinator.get(address).content.decode()
    assert "60 dossiers" in page
    assert "Compté à" in page
    assert "65 dossiers" in coordinator.get(f"{address}?anew=1").content.decode()


def test_locking_forgets_who_stands_behind(desk: Desk, reception: Programme) -> None:
    """With the key goes what was counted; one colleague's count is not another's; few tables are kept."""
    report = make_report(desk.coordinator, "general", QUARTER, None)
    for colleague in (desk.coordinator, desk.director):
        behind(report, colleague, 0)
    assert len(keeping._KEPT) == 2
    for table in range(4):
        behind(report, desk.coordinator, table)
        behind(report, desk.director, table)
    behind(report, desk.counsellor, 0)
    assert len(keeping._KEPT) == keeping.TABLES_KEPT
    connection.close()
    KEYRING.lock()
    assert not keeping._KEPT
    KEYRING.unlock(DATABASE_KEY)
