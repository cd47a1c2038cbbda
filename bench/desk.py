"""Measure the desk's tables: loading, finding, lists, records. `python bench/desk.py [--persons 100000] [--services 1000000]`.

An encrypted desk in a folder of its own, filled with repeated synthetic people; prints medians in milliseconds, with the
number of questions put to the database. Nothing is kept unless `--keep FOLDER` names where.
"""

# ruff: noqa: PLC0415 - Django is set up before its models are imported

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
SEED = 5
YEAR = date(2025, 4, 1)


def main() -> int:
    """Fill a desk and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _start(asked.keep or Path(folder))
        colleague, programmes = _load(asked.persons, asked.services)
        _measure(colleague, programmes)
        _measure_pages(colleague)
    return 0


def _start(folder: Path) -> None:
    os.environ["SANSNOM_DESK_FOLDER"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from sansnom.desk.sqlcipher.keyring import KEYRING

    KEYRING.unlock(secrets.token_bytes(32))
    call_command("migrate", verbosity=0)


def _load(persons: int, services: int) -> tuple[Any, list[Any]]:
    from sansnom.desk.accounts.models import Colleague
    from sansnom.desk.work.fill import fill
    from sansnom.desk.work.models import Programme
    from sansnom.terms import records

    colleague = Colleague.objects.create(sign_in_name="bench", name="Bench", role="counsellor", language="fr")
    programmes = [Programme.objects.create(name_fr=f"P{n}", name_en=f"P{n}", confidential=n == 3) for n in range(4)]
    people = list(_people(persons))
    given = records.OrganizationRecords(
        "bench",
        persons=tuple(people),
        services=_services(people, services),  # type: ignore[arg-type]  # read once, in order: nobody needs a million in memory
    )
    began = time.perf_counter()
    chosen = {"housing": programmes[1], "employment": programmes[2], "psychosocial": programmes[3]}
    filled = fill(given, programmes[0], staff=colleague, programmes=chosen)
    seconds = time.perf_counter() - began
    print(f"loaded {persons} persons, {services} services in {seconds:.1f} s ({filled.batch.rows} rows)")
    return colleague, programmes


def _people(count: int) -> Iterator[Any]:
    """Give people of a synthetic world again and again, each time with another birth date, number and twist of the name."""
    from dataclasses import replace

    from sansnom.worlds.world import make_world

    world = make_world(1, min(count, 20_000), SEED, at_several=0.0)
    known = world.records[0].persons
    rng = Random(SEED)
    letters = "abdefgiklmnoprstu"
    for number in range(count):
        person = known[number % len(known)]
        turn = number // len(known)
        if turn and person.birth_date:
            moved = date.fromisoformat(person.birth_date) - timedelta(days=rng.randrange(3_000))
            twist = "".join(rng.choices(letters, k=2))
            person = replace(person, birth_date=moved.isoformat(), family_names=person.family_names + twist)
        phone = f"514{rng.randrange(10**7):07d}"
        yield replace(person, local_id=f"B{number:06d}", phone=phone)


def _services(people: list[Any], count: int) -> Iterator[Any]:
    from sansnom.terms import records

    codes = ("reception", "information", "french_course", "housing", "employment", "psychosocial")
    rng = Random(SEED)
    for number in range(count):
        person = people[number % len(people)]
        day = (YEAR + timedelta(days=rng.randrange(365))).isoformat()
        yield records.Service(person.local_id, codes[rng.randrange(len(codes))], day, "", 60, "completed")


def _measure(colleague: Any, programmes: list[Any]) -> None:  # noqa: ANN401 - a colleague, of the class that the settings name
    from sansnom.desk.people.access import in_sight, visible_to
    from sansnom.desk.people.find import Birth, Sought, find_persons
    from sansnom.desk.people.models import NameVariant, Person
    from sansnom.desk.work.lists import recent_files
    from sansnom.desk.work.models import Service
    from sansnom.desk.work.records import Selection, organization_records

    names = NameVariant.objects.order_by("pk")[100:10_000:500]
    typed = [f"{n.given_names} {n.family_names}" for n in names]
    person = Person.objects.filter(birth_day__isnull=False).first()
    if person is None:
        raise SystemExit("nobody was loaded")
    report(
        f"find by name ({len(typed)} names)",
        lambda: [find_persons(colleague, Sought.typed(t)) for t in typed],
        len(typed),
    )
    report("find by first letters", lambda: find_persons(colleague, Sought.typed(typed[0][:3])))
    born = Birth(person.birth_year or 0, person.birth_month or 0, person.birth_day or 0)
    new = Sought.new_file([(n.given_names, n.family_names) for n in names[:1]], born, person.phone)
    report("looks like, before a new file", lambda: find_persons(colleague, new))
    seen = visible_to(colleague)
    report("persons by name, first page", lambda: list(seen.order_by("sort_name", "pk")[:50]))
    report("persons from the letter m", lambda: list(seen.filter(sort_name__gte="m").order_by("sort_name", "pk")[:50]))
    report("how many persons", seen.count)
    report("recent files", lambda: recent_files(colleague, 50))
    acts = in_sight(Service.objects.all(), colleague)
    report("one person's services", lambda: list(acts.filter(person=person).order_by("-starts_on")[:50]))
    report("services of a day", lambda: list(acts.filter(starts_on=YEAR).select_related("person")[:200]))
    mine = acts.filter(staff=colleague).order_by("-starts_on", "-pk").select_related("person")
    report("my last services", lambda: list(mine[:50]))
    one = acts.filter(programme=programmes[1]).order_by("-starts_on", "-pk").select_related("person")
    report("a programme's last services", lambda: list(one[:50]))
    month = Selection(YEAR, YEAR + timedelta(days=29), joint=True)
    report("records of a month, for a submission", lambda: organization_records("bench", month), times=3)


def _measure_pages(colleague: Any) -> None:  # noqa: ANN401 - as above
    """Measure whole pages, as a browser asks for them, and the look for possible duplicates."""
    from django.test import Client

    from sansnom.desk.people.duplicates import look
    from sansnom.desk.people.models import NameVariant, Person

    browser = Client(headers={"host": "localhost"})
    browser.force_login(colleague)
    name = NameVariant.objects.order_by("pk")[700]
    person = Person.objects.order_by("pk")[500]
    browser.post("/people/", {"text": f"{name.given_names} {name.family_names}"})
    began = time.perf_counter()
    pairs = look()
    print(f"looked for duplicates: {pairs} pairs in {time.perf_counter() - began:.1f} s")
    new = {"name0-given_names": name.given_names, "name0-family_names": name.family_names, "birth_year": "1990"}
    report("page: what looks like a new file", lambda: browser.post("/people/new/like/", new), counted=False)
    pages = {
        "people": "/people/",
        "found": "/people/?found=1",
        "all files": "/people/list/",
        "all files from m": "/people/list/?letter=m",
        "possible duplicates": "/people/duplicates/",
        "new file": "/people/new/",
        "a person": f"/people/{person.reference}/",
        "similar files": f"/people/{person.reference}/link/",
        "correct the details": f"/people/{person.reference}/facts/",
        "notice": f"/agreement/{person.reference}/tell/",
    }
    for what, address in pages.items():
        report(f"page: {what}", partial(_fetched, browser, address), counted=False)


def _fetched(browser: Any, address: str) -> None:  # noqa: ANN401 - Django's test client
    if browser.get(address).status_code != 200:
        raise SystemExit(f"{address} did not answer")


def report(what: str, act: Callable[[], object], parts: int = 1, times: int = 9, *, counted: bool = True) -> None:
    """Print the median time of an act, and its questions to the database (not of a page: each has a connection of its own)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        act()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000 / parts)
    questions = f"{len(asked) // parts:4} queries" if counted else ""
    print(f"{what:45} {statistics.median(took):9.1f} ms {questions}".rstrip())


if __name__ == "__main__":
    raise SystemExit(main())
