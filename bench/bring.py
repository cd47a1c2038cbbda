"""Measure import and own report: `python bench/bring.py [--rows 50000] [--persons 20000] [--services 200000]`.

An encrypted desk in a throwaway folder. The import goes from the bytes of an XLSX or CSV file to the last row written; the
report from the question to the audited tables, and to its page.
"""

# ruff: noqa: PLC0415 - Django is set up before its models are imported

import argparse
import csv
import io
import os
import secrets
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
SEED = 6


def main() -> int:
    """Fill a desk and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--persons", type=int, default=20_000)
    parser.add_argument("--services", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SANSNOM_DESK_FOLDER"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "sansnom.desk.house.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from sansnom.desk.sqlcipher.keyring import KEYRING

        KEYRING.unlock(secrets.token_bytes(32))
        call_command("migrate", verbosity=0)
        colleague, programme = _house()
        _report(colleague, programme, asked.persons, asked.services)
        for ending in ("csv", "xlsx"):
            _import(colleague, programme, asked.rows, ending)
    return 0


def _house() -> tuple[Any, Any]:
    from sansnom.desk.accounts.models import Colleague
    from sansnom.desk.work.models import Programme

    colleague = Colleague.objects.create(sign_in_name="bench", name="Bench", role="director", language="fr")
    return colleague, Programme.objects.create(name_fr="P", name_en="P")


def _rows(count: int, rng: Random) -> list[list[str]]:
    """Make a log as spreadsheets have it: names, birth dates day first, French words, a service in each row."""
    letters = "abcdefghijklmnoprstuvyz"
    services = ("Francisation : cours", "Aide à l’emploi", "Information", "Accueil et installation")
    told = [["No de dossier", "Nom", "Prénom", "DDN", "Sexe", "Pays de naissance", "Service", "Date", "Durée"]]
    for number in range(count):
        name = "".join(rng.choices(letters, k=7))
        born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
        day = date(2026, 1, 1) + timedelta(days=rng.randrange(90))
        row = [f"X{number}", name.title(), name[::-1].title(), f"{born:%d/%m/%Y}", rng.choice("FM"), "Haïti"]
        told.append([*row, rng.choice(services), f"{day:%d/%m/%Y}", "60"])
    return told


def _import(colleague: Any, programme: Any, count: int, ending: str) -> None:  # noqa: ANN401 - models are imported late
    import hashlib

    from sansnom.desk.bring.columns import guess, source_of
    from sansnom.desk.bring.models import Import
    from sansnom.desk.bring.running import run
    from sansnom.desk.bring.sheets import read_file
    from sansnom.desk.bring.taking import take_back
    from sansnom.desk.bring.writing import xlsx

    rows = _rows(count, Random(SEED))
    if ending == "csv":
        target = io.StringIO()
        csv.writer(target, delimiter=";").writerows(rows)
        content = target.getvalue().encode()
    else:
        content = xlsx([("Registre", rows)])
    began = time.perf_counter()
    sheets = read_file(f"registre.{ending}", content)
    brought = Import.objects.create(
        file_name=f"registre.{ending}",
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        source=source_of(sheets),
        columns=[guess(sheet).to_json() for sheet in sheets],
        programme=programme,
        state="running",
        made_by=colleague,
    )
    looked = time.perf_counter() - began
    run(brought.pk)
    seconds = time.perf_counter() - began
    brought.refresh_from_db()
    print(f"import {ending}: {brought.rows_read} rows in {seconds:.1f} s, of which columns guessed in {looked:.1f} s")
    print(f"  {brought.persons_made} files, {brought.acts_made} acts, {brought.rows_left} rows left out")
    began = time.perf_counter()
    gone = take_back(brought)
    print(f"  undone: {gone} files in {time.perf_counter() - began:.1f} s")


def _report(colleague: Any, programme: Any, persons: int, services: int) -> None:  # noqa: ANN401 - as above
    from django.conf import settings
    from django.test import Client
    from django.utils import translation

    from sansnom.desk.own_report.reporting import issue, make_report
    from sansnom.desk.work.fill import fill
    from sansnom.terms import records

    rng = Random(SEED)
    regions = [f"{n:02d}" for n in range(1, 18)]
    weights = [60 if region == "06" else 1 for region in regions]
    people = tuple(
        records.Person(
            f"B{n}", "A", f"B{n}", f"{rng.randrange(1945, 2020)}-03-05", sex=rng.choice("FFMMX"),
            country_of_birth=rng.choice(("HT", "DZ", "CO", "SY", "FR")), category=rng.choice(("skilled_worker", "cuaet")),
            region=rng.choices(regions, weights)[0],
        )
        for n in range(persons)
    )  # fmt: skip
    codes = ("reception", "information", "french_course", "housing", "employment", "psychosocial")
    acts = tuple(
        records.Service(
            people[n % persons].local_id,
            rng.choice(codes),
            f"{date(2025, 4, 1) + timedelta(days=rng.randrange(365))}",
            "",
            60,
        )
        for n in range(services)
    )
    fill(records.OrganizationRecords("", persons=people, services=acts), programme)
    translation.activate("fr")
    quarters = [(date(2025, 4, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 9, 30))]
    client = Client(headers={"host": "localhost"})
    client.force_login(colleague)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    for days in [*quarters, (date(2025, 4, 1), date(2026, 3, 31))]:
        began = time.perf_counter()
        made = make_report(colleague, "general", days, None)
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        client.get(f"/report/{made.reference}/")
        page = time.perf_counter() - began
        hidden = sum(why != "" for table in made.told["tables"] for why in table["hidden"])
        print(f"report {days[0]} to {days[1]}: {seconds:.2f} s and its page {page:.2f} s; {hidden} cells hidden")
        issue(made, colleague)


if __name__ == "__main__":
    raise SystemExit(main())
