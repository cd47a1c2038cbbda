"""A crawler over every address: each role, both languages, malformed and huge requests. No 500, no value, no hidden record."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from sansnom.desk.house import views as house_views
from sansnom.desk.house.middleware import CONTENT_POLICY
from sansnom.desk.house.places import apps_with, key_path
from sansnom.desk.people.models import Person
from sansnom.desk.vault.key_file import Cost, create_key_file
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.rights.forms_of import PLANTED, forms_on
from tests.desk.rights.full_file import full
from tests.desk.rights.routes import ODD, Route, routes

ELSEWHERE_OR_INLINE = (
    r"""(?:src|href|action)=["'](?:https?:)?//""",
    r"<script(?![^>]*(?:src=|application/json))",
    r"<[^>]+\s(?:style|on[a-z]+)=",
)
CHANGES_THE_DOOR = {"accounts:lock", "accounts:sign_out", "house:language"}
SLOW = {"accounts:back_up", "rights:fresh_backups", "accounts:new_sheet"}
"""They make keys or backups; tests/desk/test_backup.py and test_door.py walk them."""
HIDDEN = ("Zohra", "Mansouri", "Planted-Shelter", "Planted-Refuge")
DOORS = {"house:keys", "house:static", "accounts:sign_in", "accounts:lost", "accounts:unlock", "accounts:start"}
QUERIED = ("page", "q", "colleague", "file", "day", "month", "check", "next", "programme", "from", "after")
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
LEFT_OUT = CHANGES_THE_DOOR | SLOW
ALL = [route for route in routes() if route.name not in LEFT_OUT]
NAMED = (
    *("person", "programme", "service", "day", "starts_on", "starts_at", "minutes", "reference", "number", "ground"),
    *("asked_on", "decision", "month", "page", "form-TOTAL_FORMS", "form-INITIAL_FORMS", "first", "second", "verdict"),
    *("q", "sought", "colleague", "file", "role", "until_on", "staff", "level", "answer", "code", "batch", "state"),
)
MALFORMED: tuple[dict[str, str], ...] = (
    {},
    {"csrfmiddlewaretoken": "x", "fields": "{", "form": "f", "words": PLANTED, "name": PLANTED},
    dict.fromkeys(NAMED, PLANTED),
    dict.fromkeys(NAMED, "9" * 400),
    dict.fromkeys(("name", "words", "q", "reason", "sought", "title", "given_names", "phone"), "\x00"),
)


@pytest.fixture
def crawled(desk: Desk) -> tuple[Desk, Person, Person]:
    """Give a desk with a full file, and one that only Camille may know of."""
    create_key_file(key_path(), "cinq mots que nous seules savons", "2027-03-04", CHEAP, DATABASE_KEY)
    house = full(desk)
    return desk, house.awa, house.hidden


def ask(client: Client, method: str, address: str, body: dict[str, str] | None = None) -> Any:
    """Ask without raising: a failure must be the desk's own page."""
    client.raise_request_exception = False
    return client.post(address, body or {}) if method == "POST" else client.get(address)


def faults(answer: Any, what: str) -> list[str]:
    """Tell what an answer lacks of what every answer owes."""
    wrong = []
    if answer.status_code >= 500:
        wrong.append("fails")
    owed = {"Cache-Control": "no-store", "Content-Security-Policy": CONTENT_POLICY, "X-Frame-Options": "DENY"}
    owed["X-Content-Type-Options"] = "nosniff"
    wrong += [name for name, value in owed.items() if answer.headers.get(name) != value]
    told = "" if answer.streaming else answer.content.decode(errors="replace")
    if answer.status_code >= 400:
        wrong += [leak for leak in ("Traceback", "sqlite", "SELECT ", "/site-packages/", PLANTED) if leak in told]
    if "html" in answer.headers.get("Content-Type", ""):
        for forbidden in ELSEWHERE_OR_INLINE:
            if re.search(forbidden, told):
                wrong.append(forbidden)
    return [f"{what}: {one}" for one in wrong]


def walk(client: Client, who: str, persons: tuple[object, ...], *, blind: bool) -> Iterator[tuple[Route, Any]]:
    """Ask for every address with each reference, GET and POST; where `blind`, nothing of the hidden file may show."""
    wrong = []
    for route in ALL:
        for person in persons:
            address = route.with_file(person)
            for method in ("GET", "POST"):
                answer = ask(client, method, address)
                what = f"{who} {method} {route.name}"
                wrong += faults(answer, what)
                if blind and not answer.streaming:
                    text = answer.content.decode(errors="replace")
                    wrong += [f"{what} shows {word}" for word in HIDDEN if word in text]
                yield route, answer
            if str(person) not in address:
                break
    assert sorted(set(wrong)) == []


def declared() -> set[str]:
    """Name every address as the apps declare them in their own lists: another way than the crawler's, which walks the resolver."""
    lists = {"house": house_views.urlpatterns}
    for app in apps_with("urls"):
        found = import_module(f"{app}.urls")
        if app != "sansnom.desk.house":
            lists[found.app_name] = found.urlpatterns
    return {f"{space}:{pattern.name}" for space, patterns in lists.items() for pattern in patterns}


def test_no_address_escapes_the_crawler() -> None:
    """Each that an app declares is walked, or is one of the few left out by name; none of those has gone."""
    assert {route.name for route in ALL} == declared() - LEFT_OUT
    assert declared() >= LEFT_OUT
    assert len(LEFT_OUT) == 6


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize(
    ("language", "who"), [("fr", "camille"), ("en", "camille"), ("en", "cosima"), ("fr", "dahlia"), ("en", "dahlia")]
)
def test_every_page_for_every_role_is_sound(crawled: tuple[Desk, Person, Person], language: str, who: str) -> None:
    """Camille sees the shelter; Cosima and Dahlia, outside, see nothing of it on any page, in either language."""
    desk, awa, hidden = crawled
    colleague = next(one for one in (desk.counsellor, desk.coordinator, desk.director) if one.sign_in_name == who)
    client = desk.client(colleague)
    client.cookies["desk_language"] = language
    seen = list(walk(client, who, (hidden.reference, awa.reference), blind=who != "camille"))
    assert len(seen) > 100


@pytest.mark.guarantee("G-10")
def test_a_stranger_gets_the_door_and_nothing_else(crawled: tuple[Desk, Person, Person], stranger: Client) -> None:
    """Whatever the address, who is not signed in is led to the door or gets a page without a record."""
    _, awa, hidden = crawled
    for route, answer in walk(stranger, "stranger", (awa.reference, hidden.reference), blind=True):
        assert "Plantée" not in answer.content.decode(errors="replace"), route.name
        if route.name not in DOORS:
            unknown = {404} if route.asks_for_a_word else set()
            assert answer.status_code in {302, 403, 405} | unknown, route.name


@pytest.mark.parametrize("sent", range(len(MALFORMED)))
def test_malformed_forms_break_nothing(crawled: tuple[Desk, Person, Person], sent: int) -> None:
    """A member and a director send nonsense to every address: no failure, no value in the page of an error."""
    desk, awa, _ = crawled
    wrong = []
    for colleague in (desk.counsellor, desk.director):
        client = desk.client(colleague)
        for route in ALL:
            answer = ask(client, "POST", route.with_file(awa.reference), MALFORMED[sent])
            wrong += faults(answer, f"{colleague.name} {route.name}")
    assert wrong == []


@pytest.mark.parametrize("odd", range(len(ODD)))
def test_odd_addresses_and_queries_break_nothing(crawled: tuple[Desk, Person, Person], odd: int) -> None:
    """Numbers beyond any table, long words, zero bytes and paths upwards, in addresses and in queries."""
    desk, awa, _ = crawled
    client, wrong = desk.client(desk.director), []
    for route in ALL[odd % 3 :: 3]:
        address = route.with_file(awa.reference)
        query = "&".join(f"{name}={ODD[odd]}" for name in QUERIED)
        wrong += faults(ask(client, "GET", f"{address}?{query}"), f"{route.name} query")
        if "/1/" in address:
            wrong += faults(ask(client, "GET", address.replace("/1/", f"/{ODD[odd]}/")), f"{route.name} address")
    assert wrong == []


@pytest.mark.guarantee("G-10")
def test_each_form_answers_nonsense_in_each_of_its_fields(crawled: tuple[Desk, Person, Person]) -> None:
    """Forms as the pages show them: one field at a time holds what it cannot, the others what the page gave them.

    Nothing is listed here: pages come from the map of addresses, fields from the pages, nonsense from the fields' types.
    """
    desk, awa, _ = crawled
    client, wrong, tried = desk.client(desk.director), [], 0
    seen: set[tuple[str, str]] = set()
    for route in ALL:
        if route.name == "rights:whole_paper":  # a PDF, and no form
            continue
        answer = ask(client, "GET", route.with_file(awa.reference))
        if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
            continue
        for form in forms_on(answer.content.decode()):
            target = resolve(form.action or answer.request["PATH_INFO"]).view_name
            if target in LEFT_OUT:
                continue
            for field in form.fields:
                if (place := (target, field.name)) in seen or field.name == "csrfmiddlewaretoken":
                    continue
                seen.add(place)
                sent = {**form.shown, field.name: field.nonsense(tried)}
                told = ask(client, "POST", form.action or route.with_file(awa.reference), sent)
                wrong += faults(told, f"{route.name} {field.name} {field.kind}")
                tried += 1
    assert sorted(set(wrong)) == []
    assert tried > 150


def test_bodies_of_other_kinds_break_nothing(crawled: tuple[Desk, Person, Person]) -> None:
    """JSON, bytes that are no text, a broken multipart and a huge field are answered with a page."""
    desk, awa, _ = crawled
    client, wrong = desk.client(desk.director), []
    client.raise_request_exception = False
    bodies = (
        (json.dumps({"a": [1] * 100}), "application/json"),
        (b"\xff\xfe\x00" * 200, "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("words=" + "a" * (9 * 1024 * 1024), "application/x-www-form-urlencoded"),
    )
    for number, route in enumerate(ALL):
        body, kind = bodies[number % len(bodies)]
        wrong += faults(client.post(route.with_file(awa.reference), body, content_type=kind), f"{route.name} {kind}")
    assert wrong == []
