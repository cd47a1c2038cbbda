"""Every page of the desk, found by walking the map of its addresses: a page that is added is looked at, or named as missing."""

from dataclasses import dataclass
from datetime import date

from django.test import Client
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague, SecondFactor
from sansnom.desk.agreement.notices import notice_in
from sansnom.desk.agreement.rules import agree
from sansnom.desk.bring.models import Import
from sansnom.desk.house.places import key_path
from sansnom.desk.own_report.models import OwnReport
from sansnom.desk.own_report.reporting import issue, make_report
from sansnom.desk.people.duplicates import look
from sansnom.desk.people.households import join_household
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.questions.models import Question
from sansnom.desk.rights.models import Destruction, Incident, Kept, Request
from sansnom.desk.vault.key_file import Cost, create_key_file
from sansnom.desk.work.addresses import RowConverter, seal
from sansnom.desk.work.models import Programme
from sansnom.desk.work.opening import open_file
from tests.desk.bring.files_of import LOG, bring, upload
from tests.desk.conftest import DATABASE_KEY, Desk
from tests.desk.questions.outside import Outside
from tests.desk.rights.routes import PLACE, Route, routes
from tests.desk.two_programmes import two_programmes
from tests.desk.work.done import Done, done_in

DAYS = (date(2025, 4, 1), date(2026, 3, 31))
ELSEWHERE = {
    "house:door": "leads to today’s page",
    "accounts:start": "a first run: test_the_door.py",
    "accounts:unlock": "a locked desk: test_the_door.py",
    "accounts:renew": "a locked desk: test_the_door.py",
    "accounts:sheet": "shown once after a first run: test_the_door.py",
    "accounts:second": "asked after a password: test_the_door.py",
    "accounts:sign_in": "somebody who is not signed in: test_the_door.py",
    "accounts:codes": "shown once: test_the_door.py",
    "accounts:sign_out": "an act",
    "accounts:lock": "an act",
}
"""Addresses that lead elsewhere for a director who is signed in, and where they are looked at instead."""
NO_PAGES = {"house:static", "bring:progress", "bring:left", "questions:progress", "questions:public_keys"}
"""Files, and words that a script asks for."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A desk with one of everything."""

    done: Done
    arabic: Person
    reports: tuple[OwnReport, OwnReport]
    batch: Import
    columns: str
    questions: tuple[Question, ...]


def fill(desk: Desk, others: Outside, director: Client) -> Filled:
    """Make one of everything that a page can show: a file written from right to left among it."""
    cheap = Cost(memory_kib=64, passes=1, lanes=1)
    create_key_file(key_path(), "cinq mots que nous seules savons", "2027-03-04", cheap, DATABASE_KEY)
    house = two_programmes(desk)
    house.open.members.add(desk.director, desk.counsellor)
    done = done_in(house, house.awa, house.open, timezone.localdate())
    names = [Name("محمد", "اليوسف", kind="native"), Name("Mohamed", "Al Youssef", kind="papers")]
    arabic = open_file(desk.counsellor, house.open, names, best_language="ar", needs_interpreter=True)
    twin = open_file(desk.counsellor, house.open, [Name("Hawa", "Diop")], birth_year=1990, birth_quality="estimated")
    join_household(desk.counsellor, twin, house.awa)
    day = timezone.localdate()
    agree(desk.counsellor, arabic, notice_in("file", "ar"), day)
    Request.objects.create(person=house.awa, asked_for="copy", asked_on=day, received_by=desk.counsellor)
    Kept.objects.create(person=house.awa, until_on=date(2030, 1, 1), reason="procès en cours", decided_by=desk.director)
    Destruction.objects.create(destroyed_by=desk.director, ground="retention", rows=12)
    incident = {"described": "Clé USB perdue", "circumstances": "Dans le métro", "happened": "2026-03-02"}
    Incident.objects.create(**incident, known_on=day, persons=3, written_by=desk.director)
    SecondFactor.objects.create(colleague=desk.counsellor, kind="totp", secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    reception = Programme.objects.exclude(pk__in=(house.open.pk, house.shelter.pk)).get()
    given = make_report(desk.director, "general", DAYS, reception)
    issue(given, desk.director)
    draft = make_report(desk.director, "general", (date(2026, 4, 1), date(2026, 6, 30)), house.open)
    columns = upload(director, house.open, "registre.csv", LOG.encode())
    batch = bring(director, house.open, "autre.csv", LOG.encode())
    others.publish()
    look()
    return Filled(done, arabic, (given, draft), batch, columns, (others.question(),))


def pages(filled: Filled, director: Client) -> list[str]:
    """Give the address of every page that a director can open, and refuse an address of the desk that nobody accounts for."""
    told = _addresses(filled)
    found, unknown = [], []
    for route in routes():
        addresses = told.get(route.name) or [_filled(route, filled)]
        if route.name in ELSEWHERE or route.name in NO_PAGES:
            continue
        kinds = [_kind(director, address) for address in addresses]
        if "elsewhere" in kinds:
            unknown.append(f"{route.name} {addresses[kinds.index('elsewhere')]}")
        found += [address for address, kind in zip(addresses, kinds, strict=True) if kind == "page"]
    assert not unknown, (
        "tell an address for these in _addresses, or say in ELSEWHERE where they are looked at: " + ", ".join(unknown)
    )
    return found


def addresses_of(route: Route, filled: Filled) -> list[str]:
    """Give the addresses of one route: those of what was filled, or the route's own."""
    return _addresses(filled).get(route.name) or [_filled(route, filled)]


def _kind(director: Client, address: str) -> str:
    answer = director.get(address)
    if answer.status_code == 405:
        return "act"
    if answer.status_code != 200:
        return "elsewhere"
    return "page" if answer.headers["Content-Type"].startswith("text/html") else "file"


def _filled(route: Route, filled: Filled) -> str:
    """Fill an address that asks for one file, or for nothing: Awa's, who has one of everything."""
    person = filled.done.person.reference
    row = RowConverter().to_url(1)
    known = {"uuid": str(person), "int": "1", "row": row, "kind": "service"}
    return "/" + PLACE.sub(lambda place: known.get(place.group(1) or "str", "a1"), route.pattern)


def _addresses(filled: Filled) -> dict[str, list[str]]:
    """Tell the addresses that ask for more than one file's reference."""
    done = filled.done
    sealed = {word: seal(row.pk) for word, row in done.rows.items()}
    person = done.person.reference
    programme, session, note = seal(done.programme.pk), seal(done.session.pk), seal(done.note.pk)
    given, draft = (f"/report/{one.reference}/" for one in filled.reports)
    colleague = Colleague.objects.get(role="counsellor").pk
    questions = [f"/questions/{one.reference}/" for one in filled.questions]
    return {
        "people:person": [f"/people/{person}/", f"/people/{filled.arabic.reference}/"],
        "agreement:tell": [f"/agreement/{filled.arabic.reference}/tell/", f"/agreement/{person}/tell/?kind=sharing"],
        "agreement:printed": [f"/agreement/{filled.arabic.reference}/print/"],
        "agreement:blank": ["/agreement/notices/print/?language=fa"],
        "agreement:wording": ["/agreement/notices/file/ar/"],
        "bring:columns": [filled.columns],
        "bring:result": [f"/bring/{filled.batch.reference}/"],
        "own_report:report": [given, draft],
        "own_report:figure": [f"{given}figure/0/0/"],
        "own_report:grid": [f"{given}form/"],
        "own_report:csv": [f"{given}report.csv"],
        "own_report:xlsx": [f"{given}report.xlsx"],
        "questions:question": questions,
        "questions:release": [f"{one}release/" for one in questions if "released" in one] or ["/help/keys/"],
        "accounts:colleague": [f"/settings/colleagues/{colleague}/"],
        "accounts:new_password": [f"/settings/colleagues/{colleague}/password/"],
        "accounts:passphrase": [f"/settings/colleagues/{colleague}/passphrase/"],
        "rights:decide": [f"/rights/requests/{Request.objects.get().pk}/"],
        "rights:destruction": [f"/rights/destructions/{Destruction.objects.get().pk}/"],
        "rights:incident": [f"/rights/incidents/{Incident.objects.get().pk}/"],
        "work:session": [f"/work/sessions/{session}/"],
        "work:new_session": ["/work/sessions/new/", f"/work/sessions/new/?repeat={session}"],
        "work:turn_away": ["/work/turned-away/housing/"],
        "work:programme": [f"/work/programmes/{programme}/"],
        "work:new_grant": [f"/work/programmes/{programme}/grants/new/"],
        "work:grant": [f"/work/grants/{seal(done.grant.pk)}/"],
        "work:funder": [f"/work/funders/{seal(done.grant.funder_id)}/"],
        "work:close_place": [f"/work/places/{seal(done.place.pk)}/close/"],
        "work:new": [f"/work/{person}/new/{word}/" for word in sealed],
        "work:change": [f"/work/acts/{word}/{number}/" for word, number in sealed.items()],
        "work:note": [f"/work/notes/{note}/"],
        "work:note_versions": [f"/work/notes/{note}/versions/"],
    }
