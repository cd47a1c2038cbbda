"""A desk of the size that issue 5 names, filled fast: rows go in as an import's do, with `work.fill.insert_rows`.

Nothing here is anybody: people of a synthetic world again and again, each time with another birth date, number and twist
of the name. One colleague (`bench`, a director) is far busier than anybody could be: a tenth of everything is hers.
"""

# ruff: noqa: PLC0415 - Django is set up before its models are imported

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

SEED: Final = 5
YEAR: Final = date(2025, 4, 1)
PASSPHRASE: Final = "cinq mots pour un banc"  # noqa: S105 - of a desk of nobody
PASSWORD: Final = "un mot de passe de banc"  # noqa: S105 - as above
CODES: Final = ("reception", "information", "french_course", "housing", "employment", "psychosocial")
COLLEAGUES: Final = 40
MUCH: Final = 5_000
"""How many acts one person has, whose file is the longest."""


def start(folder: Path) -> None:
    """Set Django up on a folder."""
    os.environ["SANSNOM_DESK_FOLDER"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"
    import django

    django.setup()


def load(folder: Path, persons: int, services: int) -> None:
    """Make a desk in this folder and fill it."""
    start(folder)
    from django.core.management import call_command
    from django.db import connection, transaction

    from sansnom.desk.house.places import key_path
    from sansnom.desk.sqlcipher.keyring import KEYRING
    from sansnom.desk.sqlcipher.planning import tell_the_planner
    from sansnom.desk.vault.key_file import create_key_file

    folder.mkdir(parents=True, exist_ok=True)
    opened = create_key_file(key_path(), PASSPHRASE, f"{date.today():%Y-%m-%d}")  # noqa: DTZ011 - the day on this machine
    KEYRING.unlock(opened.database_key)
    call_command("migrate", verbosity=0)
    began, used = time.perf_counter(), time.process_time()
    with transaction.atomic():
        staff, programmes = _organization(opened.number)
        numbers = _people(staff[0], programmes, persons, services)
        rng = Random(SEED)
        _spread(services, staff)
        _work(rng, numbers, staff, programmes)
        _registers(rng, numbers, staff)
    tell_the_planner()
    connection.close()
    KEYRING.lock()
    size = sum(path.stat().st_size for path in folder.glob("desk.db*")) / 2**20
    took, processor = time.perf_counter() - began, time.process_time() - used
    print(
        f"loaded {persons} persons, {services} services in {took:.0f} s (processor {processor:.0f} s), {size:.0f} MiB"
    )


def _organization(wrap: str) -> tuple[list[Any], list[Any]]:
    from sansnom.desk.accounts.models import Colleague
    from sansnom.desk.house.models import Organization
    from sansnom.desk.work.models import Funder, Programme

    Organization.objects.create(name="Banc", language="fr", idle_minutes=240, recovery_confirmed_on=YEAR)
    staff = [
        Colleague(
            sign_in_name="bench" if n == 0 else f"bench{n}",
            name=f"Bench {n}",
            role="director" if n == 0 else "counsellor",
            language="fr",
            wrap=wrap if n == 0 else "",
        )
        for n in range(COLLEAGUES)
    ]
    for colleague in staff:
        colleague.set_unusable_password()
        if colleague is staff[0]:
            colleague.set_password(PASSWORD)
        colleague.save()
    programmes = [Programme.objects.create(name_fr=f"P{n}", name_en=f"P{n}", confidential=n == 3) for n in range(8)]
    programmes[0].members.add(staff[0])
    for n in range(20):
        Funder.objects.create(name_fr=f"F{n}", name_en=f"F{n}")
    return staff, programmes


def _people(by: Any, programmes: list[Any], persons: int, services: int) -> list[int]:  # noqa: ANN401 - a colleague
    from sansnom.desk.work.fill import fill
    from sansnom.terms import records

    people = list(_persons(persons))
    given = records.OrganizationRecords(
        "bench",
        persons=tuple(people),
        services=_services(people, services),  # type: ignore[arg-type]  # read once, in order: nobody needs a million in memory
    )
    chosen = {"housing": programmes[1], "employment": programmes[2], "psychosocial": programmes[3]}
    filled = fill(given, programmes[0], by=by, programmes=chosen)
    return list(filled.numbers.values())


def _persons(count: int) -> Iterator[Any]:
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

    rng = Random(SEED)
    for number in range(count):
        person = people[0] if number < MUCH else people[number % len(people)]
        day = (YEAR + timedelta(days=rng.randrange(365))).isoformat()
        yield records.Service(person.local_id, CODES[rng.randrange(len(CODES))], day, "", 60, "completed")


def _spread(services: int, staff: list[Any]) -> None:
    """Give every service to a colleague, a tenth of them to the first; twenty at a time were one group's session."""
    from django.db import connection

    others = len(staff) - 1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_service SET staff_id = CASE WHEN id %% 10 = 0 THEN %s ELSE %s + id %% %s END",
            [staff[0].pk, staff[1].pk, others],
        )
        sessions = min(services // 100, 10_000)
        cursor.execute(
            "INSERT INTO work_groupsession (id, programme_id, service, title, held_on, minutes, mode, staff_id, unnamed_count,"
            " interpreter_language, childcare, cancelled)"
            " SELECT id / 20, programme_id, service, 'G', starts_on, 90, '', staff_id, 0, '', %s, %s FROM work_service"
            " WHERE id %% 20 = 0 AND id <= %s",
            [False, False, sessions * 20],
        )
        cursor.execute(
            "UPDATE work_service SET session_id = (id + 19) / 20 WHERE id <= %s AND person_id > 1", [sessions * 20]
        )


def _day(rng: Random, days: int = 365) -> str:
    return (YEAR + timedelta(days=rng.randrange(days))).isoformat()


def _work(rng: Random, numbers: list[int], staff: list[Any], programmes: list[Any]) -> None:
    """Follow everybody, plan appointments, leave things to do, write needs, referrals, levels and notes."""
    from django.db import connection
    from django.utils import timezone

    from sansnom.desk.work import models as work
    from sansnom.desk.work.fill import insert_rows

    count, mine, today = len(numbers), staff[0].pk, timezone.localdate()

    def whose() -> int:
        return mine if rng.random() < 0.1 else staff[rng.randrange(1, len(staff))].pk

    def somebody() -> int:
        return numbers[rng.randrange(count)] if rng.random() < 0.99 else numbers[0]

    place = [programme.pk for programme in programmes[:3]]
    one = {"person": somebody, "programme": lambda: rng.choice(place)}
    insert_rows(
        work.Assignment,
        ("person", "programme", "staff", "from_on"),
        ((number, place[0], whose(), YEAR.isoformat()) for number in numbers),
    )
    moments = (
        datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(minutes=15 * rng.randrange(-9_000, 3_000))
        for _ in range(2 * count)
    )
    insert_rows(
        work.Appointment,
        ("person", "programme", "staff", "starts_at", "minutes", "service", "mode", "state", "interpreter_language"),
        (
            (somebody(), rng.choice(place), whose(), str(connection.ops.adapt_datetimefield_value(at)), 60, "", "",
             "planned" if rng.random() < 0.5 else "kept", "")
            for at in moments
        ),
    )  # fmt: skip
    insert_rows(
        work.FollowUp,
        ("person", "programme", "staff", "due_on", "words", "done_on"),
        (
            (somebody(), rng.choice(place), whose(), (today + timedelta(days=rng.randrange(-400, 40))).isoformat(), "Rappeler",
             None if rng.random() < 0.5 else today.isoformat())
            for _ in range(2 * count)
        ),
    )  # fmt: skip
    for model, columns, told in (
        (work.Need, ("service", "opened_on", "closed_on", "outcome"), lambda: (rng.choice(CODES), _day(rng), None, "")),
        (
            work.Referral,
            ("service", "to_organization", "to_name", "reason", "sent_on"),
            lambda: ("", "", f"Org {rng.randrange(500)}", "", _day(rng)),
        ),
        (
            work.Assessment,
            ("scale", "skill", "level", "assessed_on", "method"),
            lambda: ("EQ", "speaking", rng.randrange(1, 12), _day(rng), ""),
        ),
        (work.EmploymentObservation, ("observed_on", "status"), lambda: (_day(rng), "full_time")),
        (work.Goal, ("words", "set_on"), lambda: ("Un but", _day(rng))),
        (work.CaseNote, ("about_on",), lambda: (_day(rng),)),
    ):
        rows = ((one["person"](), one["programme"](), *told()) for _ in range(count))
        insert_rows(model, ("person", "programme", *columns), rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO work_casenoteversion (note_id, number, words, written_at, written_by_id)"
            " SELECT id, 1, 'Une note', %s, %s FROM work_casenote",
            [connection.ops.adapt_datetimefield_value(timezone.now()), mine],
        )
    insert_rows(
        work.WaitingEntry,
        ("person", "programme", "service", "joined_on", "left_on", "reason"),
        (
            (somebody() if rng.random() < 0.8 else None, rng.choice(place), rng.choice(CODES), _day(rng),
             None if rng.random() < 0.5 else "2026-05-01", "")
            for _ in range(count // 2)
        ),
    )  # fmt: skip
    insert_rows(
        work.TurnedAway,
        ("programme", "service", "day", "reason"),
        ((rng.choice(place), rng.choice(CODES), _day(rng), "") for _ in range(count // 2)),
    )
    insert_rows(
        work.StaffHours,
        ("programme", "staff", "day", "minutes", "kind"),
        ((rng.choice(place), whose(), _day(rng), 60, "direct") for _ in range(count // 4)),
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE work_enrolment SET opened_on = %s", [YEAR.isoformat()])


def _registers(rng: Random, numbers: list[int], staff: list[Any]) -> None:
    """Write the trail of a year, requests, destructions, incidents, corrections; households; a look for duplicates."""
    from django.db import connection
    from django.utils import timezone

    from sansnom.desk.accounts.models import TrailEntry
    from sansnom.desk.people import models as people
    from sansnom.desk.people.duplicates import look
    from sansnom.desk.rights import models as rights
    from sansnom.desk.work.fill import insert_rows

    now = timezone.now()
    told_now = str(connection.ops.adapt_datetimefield_value(now))
    references = list(
        people.Person.objects.filter(pk__in=numbers[:1000]).order_by("pk").values_list("reference", flat=True)
    )
    count = len(numbers)

    def trail() -> Iterator[tuple[Any, ...]]:
        chained = ""
        for number in range(5 * count):
            at = now - timedelta(seconds=60 * (5 * count - number))
            whose, reference = staff[number % len(staff)].pk, _reference(references, number)
            told = f"{chained}|{at.isoformat()}|{whose}|looked|{reference}"
            chained = hashlib.sha256(told.encode()).hexdigest()
            yield (str(connection.ops.adapt_datetimefield_value(at)), whose, "looked", reference, chained)

    insert_rows(TrailEntry, ("at", "colleague", "act", "person_reference", "chained"), trail())
    few = max(count // 20, 20)
    insert_rows(
        rights.Request,
        ("person", "asked_for", "asker", "asked_on", "words", "decision", "reason", "decided_on"),
        (
            (
                rng.choice(numbers),
                "copy",
                "person",
                _day(rng),
                "",
                *(("granted", "", "2026-06-01") if n % 2 else ("", "", None)),
            )
            for n in range(few)
        ),
    )
    insert_rows(
        rights.Destruction, ("destroyed_at", "destroyed_by", "ground", "rows", "backups"),
        ((told_now, staff[0].pk, "request", 12, 0) for _ in range(few)),
    )  # fmt: skip
    insert_rows(
        rights.Incident,
        ("described", "circumstances", "happened", "known_on", "seriousness", "serious", "measures", "written_at"),
        (("…", "…", "…", _day(rng), "", False, "", told_now) for _ in range(few)),
    )
    insert_rows(
        people.Correction,
        ("person", "field", "before", "after", "corrected_at", "corrected_by", "at_the_persons_request"),
        (
            (numbers[0] if n < 500 else rng.choice(numbers), "phone", "1", "2", told_now, staff[0].pk, False)
            for n in range(count)
        ),
    )
    began = time.perf_counter()
    pairs = look()
    print(f"looked for possible duplicates: {pairs} pairs in {time.perf_counter() - began:.1f} s")


def _reference(references: list[UUID], number: int) -> str:
    return str(references[number % len(references)])
