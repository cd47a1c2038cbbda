"""The second factor: asked after the password, once per code, required of directors, cleared when a telephone is lost."""

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sansnom.desk.accounts import factors
from sansnom.desk.accounts.models import SecondFactor
from sansnom.desk.accounts.signing import SIGNING_IN
from sansnom.desk.house.models import Organization
from tests.desk.conftest import PASSWORD, Desk

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B


@pytest.fixture(autouse=True)
def _no_waiting() -> None:
    """Forget wrong tries of other tests."""
    SIGNING_IN.forget_all()


def typed(client: Client, name: str = "camille") -> str:
    """Type a right password, and give where that leads."""
    return str(client.post("/sign-in/", {"sign_in_name": name, "password": PASSWORD}).headers["Location"])


def now_code(steps: int = 0) -> str:
    """Give the code of now, or of some steps later."""
    return factors.code_at(SECRET, int(time.time()) // 30 + steps)


def with_totp(desk: Desk) -> None:
    """Give Camille an application whose next code is unused."""
    SecondFactor.objects.create(colleague=desk.counsellor, kind="totp", secret=SECRET)


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    """RFC 6238, appendix B, last six digits of the SHA-1 column."""
    assert factors.code_at(SECRET, moment // 30) == code
    assert factors.step_of(SECRET, f"{code[:3]} {code[3:]}", 0, moment) == moment // 30
    assert factors.step_of(SECRET, code, moment // 30, moment) is None


def test_a_password_alone_opens_nothing(desk: Desk, stranger: Client) -> None:
    """With a second factor, a right password leads to the question, and every page stays shut until it is answered."""
    with_totp(desk)
    assert typed(stranger) == "/sign-in/second/"
    assert stranger.get("/settings/").headers["Location"].startswith("/sign-in/?")
    assert stranger.post("/sign-in/second/", {"code": "000000"}).status_code == 200
    assert stranger.get("/settings/").status_code == 302
    assert stranger.post("/sign-in/second/", {"code": now_code()}).headers["Location"] == "/"
    assert stranger.get("/settings/").status_code == 200


def test_a_code_works_once(desk: Desk, stranger: Client) -> None:
    """Who looked over a shoulder cannot use the same code again."""
    with_totp(desk)
    code = now_code()
    typed(stranger)
    stranger.post("/sign-in/second/", {"code": code})
    other = desk.client(None)
    typed(other)
    assert other.post("/sign-in/second/", {"code": code}).status_code == 200
    assert other.get("/settings/").status_code == 302


def test_guessing_codes_gets_slow(desk: Desk, stranger: Client) -> None:
    """After five wrong codes even the right one waits."""
    with_totp(desk)
    typed(stranger)
    for _ in range(5):
        stranger.post("/sign-in/second/", {"code": "000000"})
    assert stranger.post("/sign-in/second/", {"code": now_code()}).status_code == 429
    assert stranger.get("/settings/").status_code == 302


def test_the_question_is_for_who_typed_the_password_a_moment_ago(desk: Desk, stranger: Client) -> None:
    """Nobody gets to it directly, and after five minutes the password is asked again; a suspended colleague is out."""
    with_totp(desk)
    assert stranger.get("/sign-in/second/").headers["Location"] == "/sign-in/"
    typed(stranger)
    session = stranger.session
    session["accounts.asking"] |= {"at": time.time() - 301}
    session.save()
    assert stranger.post("/sign-in/second/", {"code": now_code()}).headers["Location"] == "/sign-in/"
    typed(stranger)
    desk.counsellor.suspend()
    assert stranger.post("/sign-in/second/", {"code": now_code()}).headers["Location"] == "/sign-in/"


def test_a_recovery_code_replaces_the_telephone_once(desk: Desk, stranger: Client) -> None:
    """It is typed in any case, with or without its dash, works once, and only its hash is kept."""
    with_totp(desk)
    code = factors.new_recovery_codes(desk.counsellor)[0]
    assert code.replace("-", "") not in json.dumps(list(SecondFactor.objects.values_list("secret", flat=True)))
    typed(stranger)
    assert stranger.post("/sign-in/second/", {"code": code.lower()}).headers["Location"] == "/"
    assert not factors.accept_code(desk.counsellor, code)
    assert SecondFactor.objects.filter(kind="code").count() == factors.RECOVERY_CODES - 1


def test_an_application_is_added_with_its_first_code(desk: Desk, counsellor: Client) -> None:
    """The page shows a picture and the key; a wrong code adds nothing; the first time recovery codes are shown, once."""
    page = counsellor.get("/me/second/application/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = counsellor.session["accounts.adding"]
    assert counsellor.post("/me/second/application/", {"code": "12"}).status_code == 200
    assert not factors.has_factor(desk.counsellor)
    code = factors.code_at(secret, int(time.time()) // 30)
    assert counsellor.post("/me/second/application/", {"code": code}).headers["Location"] == "/me/second/codes/"
    assert counsellor.get("/me/second/codes/").content.decode().count('<li class="code">') == factors.RECOVERY_CODES
    assert counsellor.get("/me/second/codes/").status_code == 302
    mine = SecondFactor.objects.get(kind="totp")
    counsellor.post(f"/me/second/{mine.pk}/remove/")
    assert not SecondFactor.objects.exists()


def test_nobody_removes_anothers_but_a_director(desk: Desk, coordinator: Client, director: Client) -> None:
    """One's own page removes one's own alone; the director's page clears a colleague's, and a coordinator gets a 403."""
    with_totp(desk)
    number = SecondFactor.objects.get().pk
    assert coordinator.post(f"/me/second/{number}/remove/").status_code == 404
    assert coordinator.post(f"/settings/colleagues/{desk.counsellor.pk}/second/").status_code == 403
    assert SecondFactor.objects.exists()
    assert director.post(f"/settings/colleagues/{desk.counsellor.pk}/second/").status_code == 302
    assert not SecondFactor.objects.exists()


def test_a_director_without_one_goes_nowhere_once_the_first_days_are_over(desk: Desk, stranger: Client) -> None:
    """In the first week a director is reminded; afterwards each page leads to adding one; a counsellor is left in peace."""
    assert typed(stranger, "dahlia") == "/"
    assert stranger.get("/settings/").status_code == 200
    Organization.objects.update(created_at=timezone.now() - factors.GRACE - timedelta(days=1))
    late, other = desk.client(None), desk.client(None)
    typed(late, "dahlia")
    assert late.get("/settings/colleagues/").headers["Location"] == "/me/second/"
    assert late.get("/people/").headers["Location"] == "/me/second/"
    assert late.get("/me/second/").status_code == 200
    late.get("/me/second/application/")
    code = factors.code_at(late.session["accounts.adding"], int(time.time()) // 30)
    late.post("/me/second/application/", {"code": code})
    assert late.get("/settings/colleagues/").status_code == 200
    typed(other)
    assert other.get("/settings/").status_code == 200


@pytest.mark.parametrize("answer", ["", "{", "7", "[]", '{"id": "x"}', "é" * 5000])
def test_a_forged_passkey_opens_nothing(desk: Desk, stranger: Client, answer: str) -> None:
    """Whatever stands in the browser's answer, what is not signed for this question is refused, without an error page."""
    with_totp(desk)
    typed(stranger)
    assert stranger.post("/sign-in/second/", {"answer": answer}).status_code == 200
    assert stranger.get("/settings/").status_code == 302
    mine = desk.client(desk.counsellor)
    mine.get("/me/second/passkey/")
    assert mine.post("/me/second/passkey/", {"answer": answer, "name": "clé"}).status_code == 200
    assert not SecondFactor.objects.filter(kind="passkey").exists()
