"""What no page of the desk may do: be kept by a browser, load from elsewhere, show a value, let the wrong role in."""

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from sansnom.desk.accounts.access import first_broken_entry, record_access
from sansnom.desk.accounts.models import Act, Colleague, TrailEntry
from sansnom.desk.house.models import Draft
from tests.desk.conftest import ON_SERVER, Desk

FOR_DIRECTORS = (
    "/settings/colleagues/",
    "/settings/colleagues/new/",
    "/settings/trail/",
)


@pytest.mark.parametrize("address", ["/sign-in/", "/settings/", "/nothing/", "/help/lost/", "/static/house/desk.css"])
def test_every_answer_forbids_keeping_and_loading_from_elsewhere(director: Client, address: str) -> None:
    """Pages, errors and files say no-store and a policy without inline script; no page names another host."""
    answer = director.get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    if "html" in answer.headers["Content-Type"]:
        page = answer.content.decode()
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page)
        assert not re.search(r"\s(?:style|on\w+)=", page)


def test_cookies_are_for_this_site_and_not_for_scripts(stranger: Client, desk: Desk) -> None:
    """Session, CSRF and language cookies are HttpOnly and SameSite=Strict."""
    stranger.get("/sign-in/")
    stranger.post("/language/", {"language": "en", "back": "/sign-in/"})
    desk.client(desk.counsellor)
    for cookie in stranger.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Strict", cookie.key
    assert {cookie.key for cookie in stranger.cookies.values()} >= {"desk_csrf", "desk_language"}


@pytest.mark.parametrize("address", FOR_DIRECTORS)
def test_a_directors_pages_are_closed_to_others(
    address: str, director: Client, coordinator: Client, counsellor: Client, stranger: Client
) -> None:
    """A director sees them; a coordinator and a counsellor get the 403 page; a stranger is asked to sign in."""
    assert director.get(address).status_code == 200
    assert coordinator.get(address).status_code == 403
    assert counsellor.get(address).status_code == 403
    assert stranger.get(address).headers["Location"].startswith("/sign-in/")


def test_suspension_ends_a_session_that_is_open(desk: Desk, director: Client, counsellor: Client) -> None:
    """One click on the list takes the access away from the next request on; the undo gives it back."""
    assert counsellor.get("/settings/").status_code == 200
    director.post(f"/settings/colleagues/{desk.counsellor.pk}/suspend/")
    assert counsellor.get("/settings/").status_code == 302
    page = director.get("/settings/colleagues/").content.decode()
    assert f"/settings/colleagues/{desk.counsellor.pk}/restore/" in page
    director.post(f"/settings/colleagues/{desk.counsellor.pk}/restore/")
    assert desk.client(desk.counsellor).get("/settings/").status_code == 200


def test_the_last_director_cannot_be_shut_out(desk: Desk, director: Client) -> None:
    """Neither suspension nor another role takes the last director away."""
    director.post(f"/settings/colleagues/{desk.director.pk}/suspend/")
    changed = {"name": "Dahlia", "sign_in_name": "dahlia", "role": "counsellor", "language": "fr"}
    assert director.post(f"/settings/colleagues/{desk.director.pk}/", changed).status_code == 200
    still = Colleague.objects.get(pk=desk.director.pk)
    assert still.is_active
    assert still.role == "director"


def test_an_idle_session_ends(desk: Desk, counsellor: Client) -> None:
    """A session nobody used for longer than the organization's limit is over."""
    session = counsellor.session
    session["seen"], session["idle_minutes"] = 0.0, 15
    session.save()
    assert counsellor.get("/settings/").status_code == 302
    assert "_auth_user_id" not in counsellor.session


def test_the_trail_refuses_change_and_removal(desk: Desk) -> None:
    """Neither the application nor a query of its own can rewrite who looked at whom; the chain shows a gap made outside."""
    for number in range(3):
        record_access(desk.counsellor, f"file-{number}", Act.LOOKED)
    record_access(desk.counsellor, "file-2", Act.LOOKED)
    assert TrailEntry.objects.count() == 3
    assert first_broken_entry() is None
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailEntry.objects.update(person_reference="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        TrailEntry.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER trail_never_changes{' ON accounts_trailentry' if ON_SERVER else ''}")
        cursor.execute("UPDATE accounts_trailentry SET person_reference = 'other' WHERE id = 2")
    assert first_broken_entry() == 2


def test_a_director_reads_the_trail_by_colleague_and_file(desk: Desk, director: Client) -> None:
    """The page lists entries, one colleague's or one file's alone, with a fixed number of queries."""
    record_access(desk.counsellor, "file-a", Act.LOOKED)
    record_access(desk.coordinator, "file-b", Act.EXPORTED)
    every = director.get("/settings/trail/").content.decode()
    assert "file-a" in every
    assert "file-b" in every
    one = director.get(f"/settings/trail/?colleague={desk.counsellor.pk}&check=1").content.decode()
    assert "file-a" in one
    assert "file-b" not in one


def test_typing_is_kept_for_its_writer_and_forgotten_when_sent(
    desk: Desk, counsellor: Client, director: Client
) -> None:
    """A draft is on the desk as it is typed, without secrets, seen by nobody else, gone once the form was taken."""
    fields = '[["note", "سلام"], ["password", "x"]]'
    assert counsellor.post("/draft/", {"form": "people.new", "fields": fields}).status_code == 204
    kept = Draft.objects.get()
    assert kept.fields == [["note", "سلام"]]
    assert kept.colleague == desk.counsellor
    director.post("/draft/", {"form": "people.new", "forget": "1"})
    assert Draft.objects.count() == 1
    sent = {"draft": "people.new", "name": "Camille", "language": "fr", "shortcuts": "on"}
    assert counsellor.post("/me/", sent).status_code == 302
    assert Draft.objects.count() == 0


def test_strangers_keep_no_drafts(desk: Desk, stranger: Client) -> None:
    """Nobody who is not signed in writes into the desk."""
    assert stranger.post("/draft/", {"form": "f", "fields": "[]"}).status_code == 302
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("fields", ["", "{", "7", '[["a"]'])
def test_a_draft_that_makes_no_sense_is_refused(desk: Desk, counsellor: Client, fields: str) -> None:
    """What is not a list of fields is not kept."""
    assert counsellor.post("/draft/", {"form": "f", "fields": fields}).status_code == 400


def test_a_page_that_fails_tells_nothing_and_changes_nothing(
    desk: Desk, director: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in a view gives the 500 page: no trace, no value, and what the view had written is taken back."""
    from sansnom.desk.accounts import colleagues

    def fail(*_: object, **__: object) -> None:
        Draft.objects.create(colleague=desk.director, form="half", fields={"name": "Planted Ngozi"})
        raise ValueError("Planted Ngozi")

    monkeypatch.setattr(colleagues, "done_with_undo", fail)
    director.raise_request_exception = False
    answer = director.post(f"/settings/colleagues/{desk.counsellor.pk}/suspend/")
    assert answer.status_code == 500
    assert "Ngozi" not in answer.content.decode()
    assert Draft.objects.count() == 0
    assert Colleague.objects.get(pk=desk.counsellor.pk).is_active


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize("address", ["/nowhere/Zainab-Roumani/", "/settings/colleagues/?q=Zainab"])
def test_a_page_of_an_error_does_not_repeat_what_was_asked_for(counsellor: Client, address: str) -> None:
    """Not found, or not allowed: the page holds nothing of the address, in no field of its forms either."""
    answer = counsellor.get(address)
    assert answer.status_code in {403, 404}
    assert "Zainab" not in answer.content.decode()


def test_the_language_switch_returns_to_the_page_and_nowhere_else(desk: Desk, stranger: Client) -> None:
    """The switch keeps the page, in the other language, and cannot be made to lead to another site."""
    answer = stranger.post("/language/", {"language": "en", "back": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert "Sign in" in stranger.get("/sign-in/").content.decode()
    assert stranger.post("/language/", {"language": "en", "back": "//evil.example/"}).headers["Location"] == "/"


def test_static_files_are_only_the_desks_own(desk: Desk, stranger: Client) -> None:
    """A path out of the static folders leads nowhere."""
    assert stranger.get("/static/house/desk.css").status_code == 200
    for name in ("../settings.py", "house/../../settings.py", "house/desk.py", "..%2f..%2fsettings.py"):
        assert stranger.get(f"/static/{name}").status_code in {302, 400, 404}


def test_nothing_of_the_desk_is_posix_only() -> None:
    """No module of the desk imports or calls what Windows does not have."""
    import sansnom.desk

    folder = Path(next(iter(sansnom.desk.__path__)))
    banned = re.compile(
        r"^\s*(?:import|from)\s+(?:fcntl|pwd|grp|resource|termios)\b|os\.(?:fork|getuid|chown)\b", re.MULTILINE
    )
    assert not [path.name for path in folder.rglob("*.py") if banned.search(path.read_text(encoding="utf-8"))]
