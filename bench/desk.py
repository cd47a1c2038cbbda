"""Measure every page of a big desk: `python bench/desk.py [--persons 100000] [--services 1000000] [--keep FOLDER] [--only WORD]`.

A real `sansnom desk` serves an encrypted database in a process of its own; each page is asked for over HTTP, as a director
whose caseload is a tenth of everybody. Prints the median in milliseconds, the processor's share of it, the size of the answer,
and the memory of the server at the end. A folder that holds a desk of this program already (`--keep`) is measured again.
"""

# ruff: noqa: PLC0415 - Django is set up before its models are imported

import argparse
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.desk_browser import Browser, Serving  # noqa: E402 - the path comes first
from bench.desk_world import PASSPHRASE, PASSWORD, load, start  # noqa: E402 - the path comes first

TIMES: Final = 9
ALLOWED_MS: Final = 200


def main() -> int:
    """Fill a desk and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        if not (folder / "desk.db").exists():
            load(folder, asked.persons, asked.services)
        found = _addresses(folder)
        with Serving(folder, _free_port()) as serving:
            browser = Browser(serving.port)
            browser.sign_in(PASSPHRASE, "bench", PASSWORD)
            slow = _measure(serving, browser, {name: act for name, act in found.items() if asked.only in name})
            slow += _report(serving, browser) if asked.only in "a report" else []
            now, most = serving.memory_mib()
            print(f"memory of the server: {now:.0f} MiB, at most {most:.0f} MiB")
    print(f"{len(slow)} above {ALLOWED_MS} ms: {', '.join(slow) or 'none'}")
    return 0


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _measure(serving: Serving, browser: Browser, pages: dict[str, Callable[[Browser], str]]) -> list[str]:
    slow = []
    print(f"{'page':44} {'median':>9} {'processor':>12} {'answer':>9}")
    for name, act in pages.items():
        size = len(act(browser).encode())
        took, used = [], serving.processor_seconds()
        for _ in range(TIMES):
            began = time.perf_counter()
            act(browser)
            took.append((time.perf_counter() - began) * 1000)
        median = statistics.median(took)
        processor = (serving.processor_seconds() - used) * 1000 / TIMES
        print(f"{name:44} {median:6.0f} ms {processor:9.0f} ms {size / 1024:5.0f} KiB", flush=True)
        if median > ALLOWED_MS:
            slow.append(name)
    return slow


def _report(serving: Serving, browser: Browser) -> list[str]:
    """Count a report over a year, once; open the first figure, which counts the files behind its table; then measure both pages."""
    browser.get("/report/")
    began = time.perf_counter()
    page = browser.post(
        "/report/", {"template": "general", "start": "2025-04-01", "end": "2026-03-31", "programme": ""}
    )
    print(f"{'counting a report':44} {(time.perf_counter() - began) * 1000:6.0f} ms, once")
    figure = re.search(r'href="((/report/[0-9a-f-]{36}/)figure/\d+/\d+/)"', page)
    if figure is None:
        raise SystemExit("the report has no figure")
    began = time.perf_counter()
    browser.get(figure[1])
    print(f"{'the files behind the first figure':44} {(time.perf_counter() - began) * 1000:6.0f} ms, once")
    return _measure(serving, browser, {"a report counted": _got(figure[2]), "a figure of it": _got(figure[1])})


def _got(address: str) -> Callable[[Browser], str]:
    return lambda browser: browser.get(address)


def _sent(address: str, told: dict[str, Any]) -> Callable[[Browser], str]:
    return lambda browser: browser.post(address, told)


def _addresses(folder: Path) -> dict[str, Callable[[Browser], str]]:
    """Read from the desk whom to ask for, and give every page that lists or finds."""
    start(folder)
    from django.db import connection
    from django.db.models import Count

    from sansnom.desk.house.places import key_path
    from sansnom.desk.people.models import NameVariant, Person
    from sansnom.desk.sqlcipher.keyring import KEYRING
    from sansnom.desk.vault.key_file import open_key_file
    from sansnom.desk.work.addresses import seal
    from sansnom.desk.work.models import GroupSession, Service, WaitingEntry

    KEYRING.unlock(open_key_file(key_path(), PASSPHRASE).database_key)
    persons = Person.objects.order_by("pk")
    longest, usual = persons[0].reference, persons[500 % persons.count()].reference
    middle = Person.objects.filter(sort_name__gte="m").order_by("sort_name", "pk")[0].reference
    name = NameVariant.objects.order_by("pk")[700 % persons.count()]
    rare = NameVariant.objects.values("family_names").annotate(n=Count("pk")).order_by("n")[0]["family_names"]
    common = NameVariant.objects.values("family_names").annotate(n=Count("pk")).order_by("-n")[0]["family_names"]
    one = Person.objects.filter(birth_day__isnull=False)[0]
    session = seal(GroupSession.objects.order_by("pk")[0].pk)
    waiting = seal(WaitingEntry.objects.filter(left_on=None).order_by("joined_on")[10].pk)
    service = seal(Service.objects.filter(person=persons[0]).order_by("-starts_on")[200].pk)
    number = persons[700 % persons.count()].file_number
    programme, day = seal(1), "2025-09-15"
    connection.close()
    KEYRING.lock()
    new = {"name0-given_names": name.given_names, "name0-family_names": name.family_names, "birth_year": "1990"}
    got = {
        "today": "/today/",
        "today, a day of last year": f"/today/?day={day}",
        "agenda and what is to do": "/work/agenda/",
        "my caseload": "/work/caseload/",
        "a colleague's caseload": "/work/caseload/?colleague=2",
        "caseload, from the middle": f"/work/caseload/?after={middle}",
        "waiting list": "/work/waiting/",
        "waiting list, one service": "/work/waiting/?service=housing",
        "waiting list, next page": f"/work/waiting/?after={waiting}",
        "group sessions": "/work/sessions/",
        "group sessions, next page": f"/work/sessions/?after={session}",
        "a group session": f"/work/sessions/{session}/",
        "a new group session": "/work/sessions/new/",
        "turned away": "/work/turned-away/",
        "programmes": "/work/programmes/",
        "a programme": f"/work/programmes/{programme}/",
        "funders": "/work/funders/",
        "my hours": "/work/hours/",
        "people": "/people/",
        "everybody": "/people/list/",
        "everybody, from m": "/people/list/?letter=m",
        "everybody, next page": f"/people/list/?after={middle}",
        "possible duplicates": "/people/duplicates/",
        "a person": f"/people/{usual}/",
        "a person with 5,000 acts": f"/people/{longest}/",
        "their services": f"/work/{longest}/services/",
        "their services, a page further": f"/work/{longest}/services/?after={service}",
        "their notes": f"/work/{longest}/notes/",
        "their corrections": f"/people/{longest}/history/",
        "similar files": f"/people/{usual}/link/",
        "household": f"/people/{usual}/household/",
        "a new referral": f"/work/{usual}/new/referral/",
        "a new service": f"/work/{usual}/service/",
        "correct the details": f"/people/{usual}/facts/",
        "notice": f"/agreement/{usual}/tell/",
        "a person's rights": f"/rights/of/{longest}/",
        "a person's whole file": f"/rights/of/{usual}/whole/",
        "requests": "/rights/requests/",
        "files to review": "/rights/review/",
        "destructions": "/rights/destructions/",
        "incidents": "/rights/incidents/",
        "privacy assessment": "/rights/assessment/",
        "access trail": "/settings/trail/",
        "access trail, one colleague": "/settings/trail/?colleague=2",
        "access trail, one file": f"/settings/trail/?file={usual}",
        "access trail, far back": "/settings/trail/?before=5000",
        "colleagues": "/settings/colleagues/",
        "backups": "/settings/backups/",
        "questions": "/questions/",
        "import": "/bring/",
        "report": "/report/",
    }
    found = {what: _got(address) for what, address in got.items()}
    for what, text in {
        "search: a whole name": f"{name.given_names} {name.family_names}",
        "search: a rare surname": rare,
        "search: the most common surname": common,
        "search: three letters": name.given_names[:3],
        "search: a file number": number,
        "search: a birth year": str(one.birth_year),
    }.items():
        found[what] = _sent("/people/", {"text": text})
    found["search while typing"] = _sent("/work/find/", {"text": f"{name.given_names} {name.family_names}"})
    found["what looks like a new file"] = _sent("/people/new/like/", new)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
