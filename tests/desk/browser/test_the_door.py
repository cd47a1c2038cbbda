"""From a first run to a first report by the keyboard alone; then the locked desk, codes of an application, passkeys.

Pages that only a locked desk or a stranger sees are judged by axe here: `pages.ELSEWHERE` counts on it.
"""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from sansnom.desk.accounts import factors, migrating
from sansnom.desk.accounts.models import Colleague, SecondFactor
from sansnom.desk.house.models import Organization
from sansnom.desk.people.models import Person
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.vault import key_file
from tests.desk.browser.serving import SIZES, chromium, faults, listened, served
from tests.desk.conftest import DATABASE_KEY, PASSWORD, Desk, point_to

pytestmark = pytest.mark.browser
PASSPHRASE = "cinq mots que nous seules savons ici"
CHEAP = key_file.Cost(memory_kib=64, passes=1, lanes=1)
TABS_MOST = 80


@pytest.fixture
def fresh(_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder where no desk is yet; its tables come from the template, which has been migrated once already."""
    path = tmp_path / "fresh" / "desk.db"
    path.parent.mkdir()

    def migrated() -> None:
        connection.close()
        shutil.copy(_template, path)
        Colleague.objects.all().delete()
        Organization.objects.all().delete()

    monkeypatch.setattr(migrating, "migrate", migrated)
    monkeypatch.setattr(key_file, "new_database_key", lambda: DATABASE_KEY)
    monkeypatch.setattr(key_file, "COST", CHEAP)
    point_to(path)
    return path


def reached(page: Any, selector: str) -> None:
    """Go on with the Tab key until the focus is there: what cannot be reached so, nobody without a mouse can use.

    A page that puts the focus somewhere by itself is left to do so first: Chromium complains where a key was faster.
    """
    page.wait_for_function("!document.querySelector('[autofocus]') || document.activeElement !== document.body")
    for _ in range(TABS_MOST):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{page.url}: the Tab key never comes to {selector}")


def typed(page: Any, told: dict[str, str]) -> None:
    """Fill fields in their order, by Tab and letters."""
    for name, text in told.items():
        reached(page, f"[name={name}]")
        page.keyboard.type(text)


def gone(page: Any, letter: str, where: str) -> None:
    """Go somewhere by g and a letter, as the help of keys says; a page that shows a message may not listen for keys yet."""
    page.wait_for_load_state("load")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.wait_for_url(where)


def test_from_a_first_run_to_a_first_report_by_keyboard_alone(fresh: Path) -> None:
    """Organization, passphrase, recovery sheet, programme, person, service, report given out: no mouse, nothing that axe finds."""
    wrong: list[str] = []
    with served() as base, chromium() as browser:
        page = browser.new_context(base_url=base, locale="fr-CA").new_page()
        page.set_default_timeout(30_000)
        said = listened(page, base)
        _begun(page, wrong)
        _first_service(page, wrong)
        _first_report(page)
        assert said == []
    assert Person.objects.get().shown_name == "فاطمة"
    assert not wrong, "\n".join(wrong)


def _begun(page: Any, wrong: list[str]) -> None:
    """Make a desk, and put its recovery sheet aside."""
    page.goto("/")
    page.wait_for_url("**/start/")
    wrong += faults(page, "start-fr")
    typed(page, {"organization": "Maison du Fleuve"})
    reached(page, "[name=language]")
    page.keyboard.press("Space")
    secret = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    typed(page, secret | {"name": "Dahlia", "sign_in_name": "dahlia", "password": PASSWORD, "password_again": PASSWORD})
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/recovery-sheet/")
    wrong += faults(page, "sheet-fr")
    typed(page, {"last_group": page.inner_text("[data-code]").strip().rpartition("-")[2]})
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    wrong += faults(page, "today-empty-fr")


def _first_service(page: Any, wrong: list[str]) -> None:
    """Open a programme, a file with a name from right to left, and note a service from today's page."""
    reached(page, "a[href='/work/programmes/new/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/programmes/new/")
    typed(page, {"name_fr": "Accueil", "name_en": "Reception"})
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".message")
    gone(page, "p", "**/people/")
    wrong += faults(page, "people-empty-fr")
    page.keyboard.press("n")
    page.wait_for_url("**/people/new/**")
    reached(page, "#id_name0-given_names")
    page.keyboard.type("فاطمة")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/people/*-*/")
    assert page.inner_text("h1") == "فاطمة"
    page.goto("/today/")
    page.keyboard.press("/")
    page.keyboard.type("فاطمة")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".message")


def _first_report(page: Any) -> None:
    """Ask for today's report, and give it out."""
    gone(page, "r", "**/report/")
    today = timezone.localdate().isoformat()
    page.evaluate(
        "day => { for (const name of ['start', 'end']) document.querySelector(`[name=${name}]`).value = day }", today
    )
    reached(page, "[name=start]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/report/*-*/")
    reached(page, "form[action$='/issue/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-print]")


def test_the_locked_desk_codes_and_passkeys(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlock, sign in with a code of an application, add a passkey of a virtual authenticator, and sign in with it alone."""
    monkeypatch.setattr(key_file, "COST", CHEAP)
    key_file.create_key_file(desk.folder / "desk.keys", PASSPHRASE, "2027-03-04", CHEAP, DATABASE_KEY)
    secret = factors.new_secret()
    SecondFactor.objects.create(colleague=desk.director, kind="totp", secret=secret)
    connection.close()
    KEYRING.lock()
    wrong: list[str] = []
    with served() as base, chromium() as browser:
        width, height = SIZES["phone"]
        context = browser.new_context(base_url=base, viewport={"width": width, "height": height}, locale="en-CA")
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": base}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        said = listened(page, base)
        _unlocked(page, wrong)
        _password(page)
        wrong += faults(page, "second-code-en")
        typed(page, {"code": factors.code_at(secret, int(time.time()) // 30)})
        page.keyboard.press("Enter")
        page.wait_for_url("**/today/")
        _with_a_passkey(page, context.new_cdp_session(page), wrong)
        assert said == []
    assert SecondFactor.objects.get(kind="passkey").used_at is not None
    assert not wrong, "\n".join(wrong)


def _unlocked(page: Any, wrong: list[str]) -> None:
    """Be led to the locked door, type a wrong passphrase, then the right one."""
    page.goto("/today/")
    page.wait_for_url("**/unlock/")
    typed(page, {"passphrase": "not this one"})
    page.keyboard.press("Enter")
    page.wait_for_selector(".wrong")
    wrong += faults(page, "unlock-en")
    typed(page, {"passphrase": PASSPHRASE})
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/")
    wrong += faults(page, "sign-in-en")


def _with_a_passkey(page: Any, devices: Any, wrong: list[str]) -> None:
    """Add a passkey, sign in with it; with none on the device any more, the page says so and lets nobody in."""
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    page.goto("/me/second/passkey/")
    typed(page, {"name": "This computer"})
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/second/codes/")
    wrong += faults(page, "codes-en")
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    _out_and_asked(page)
    wrong += faults(page, "second-passkey-en")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    devices.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    _out_and_asked(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-failed]:not([hidden])")
    assert page.url.endswith("/sign-in/second/")


def _out_and_asked(page: Any) -> None:
    """Sign out, type the password again, and come to the passkey's button."""
    page.goto("/me/")
    reached(page, "form[action='/sign-out/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/**")
    _password(page)
    reached(page, "form[data-passkey] button")


def _password(page: Any) -> None:
    """Type the sign-in name and the password."""
    typed(page, {"sign_in_name": "dahlia", "password": PASSWORD})
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/second/")
