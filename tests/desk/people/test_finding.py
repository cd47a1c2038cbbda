"""The search page and the list: what they find, for whom, with how many questions, and what stands in no address."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from tests.desk.conftest import Desk
from tests.desk.two_programmes import two_programmes


def sought(browser: Client, text: str) -> str:
    """Type into the search box, follow, and give the page."""
    answer = browser.post("/people/", {"text": text})
    assert answer.status_code == 302
    assert text not in answer.headers["Location"]
    return browser.get(answer.headers["Location"]).content.decode()


def test_a_colleague_in_the_programme_finds_in_any_spelling_and_reads_why(desk: Desk, counsellor: Client) -> None:
    """Another script, another spelling: the file, its likeness in a word, its reasons; the address holds no name."""
    house = two_programmes(desk)
    open_file(desk.counsellor, house.open, [Name("محمد", "يوسف", kind="native")])
    page = sought(counsellor, "Mohamed Youssef")
    assert "محمد يوسف" in page
    assert "très semblable" in page or "semblable" in page
    assert "Zohra Mansouri" in sought(counsellor, "Mansuri")
    assert "Awa Diop" in sought(counsellor, "514 555-0101")
    assert "Awa Diop" in sought(counsellor, house.awa.file_number.lower())


def test_a_colleague_outside_finds_nothing_of_a_confidential_programme(desk: Desk, director: Client) -> None:
    """Neither the search, the list, nor the list's next page tells that the shelter's file exists."""
    house = two_programmes(desk)
    hidden, absent = sought(director, "Zohra Mansouri"), sought(director, "Zohra Mansourienne")
    assert "Mansouri</bdi>" not in hidden
    assert hidden.count("/people/") == absent.count("/people/")
    listed = director.get("/people/list/").content.decode()
    assert "Awa Diop" in listed
    assert "Mansouri" not in listed
    by_hidden, by_absent = (
        director.get(f"/people/list/?after={ref}") for ref in (house.hidden.reference, "not-a-file")
    )
    assert "Mansouri" not in by_hidden.content.decode()
    assert by_absent.status_code == 200


def test_a_page_after_a_hidden_file_is_the_page_after_none(desk: Desk, director: Client) -> None:
    """The place of a file in the order is told to nobody for whom it does not exist: its reference is as good as any."""
    house = two_programmes(desk)
    open_file(desk.counsellor, house.open, [Name("Zoé", "Zidane")])
    pages = [director.get(f"/people/list/?after={ref}").content for ref in (house.hidden.reference, "not-a-file")]
    rows = [page.decode().split("<tbody>")[-1].split("</tbody>")[0] for page in pages]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    "path", ["/people/", "/people/?found=1", "/people/list/", "/people/new/", "/people/duplicates/"]
)
def test_a_stranger_is_led_to_the_door(desk: Desk, stranger: Client, path: str) -> None:
    """No list, no search, no form for whoever is not signed in."""
    two_programmes(desk)
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize(
    "path", ["/people/", "/people/?found=1", "/people/list/", "/people/list/?letter=a", "/people/duplicates/"]
)
def test_a_page_asks_as_many_questions_for_forty_files_as_for_three(desk: Desk, counsellor: Client, path: str) -> None:
    """The number of queries of each list does not grow with what it shows."""
    house = two_programmes(desk)
    counsellor.post("/people/", {"text": "Awa Diop"})
    asked = []
    for more in (3, 37):
        for number in range(more):
            open_file(desk.counsellor, house.open, [Name(f"Awa {number}", "Diop")])
        counsellor.get(path)  # the session and the organization, once
        with CaptureQueriesContext(connection) as queries:
            assert counsellor.get(path).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_list_goes_on_after_its_last_file(desk: Desk, counsellor: Client) -> None:
    """Every file stands on one page of the list and on one only, even those of the same name."""
    house = two_programmes(desk)
    for _ in range(70):
        open_file(desk.counsellor, house.open, [Name("Awa", "Diop")])
    numbers, path = [], "/people/list/"
    while path:
        page = counsellor.get(path).context
        numbers += [person.pk for person in page["persons"]]
        path = f"/people/list/?after={page['more'].reference}" if page["more"] else ""
    assert len(numbers) == len(set(numbers)) == 72


def test_what_one_colleague_sought_is_not_shown_to_another(desk: Desk, counsellor: Client, director: Client) -> None:
    """The last search is the session's own."""
    two_programmes(desk)
    assert "Awa Diop" in sought(counsellor, "Awa")
    assert 'value="Awa"' not in director.get("/people/?found=1").content.decode()
