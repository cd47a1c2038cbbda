"""Write a world as organizations would hand it over: a folder each, in their own file habits.

The truth goes beside the folders, never inside.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook

from sansnom.terms.records import (
    Assessment,
    OrganizationRecords,
    Person,
    Referral,
    Service,
    Status,
    TurnedAway,
    Waiting,
)
from sansnom.worlds.organizations import OrganizationProfile
from sansnom.worlds.world import World

FOLDER: Final = "organizations"
TRUTH: Final = "truth.json"

_TABLES: Final[Sequence[tuple[str, type]]] = (
    ("persons", Person),
    ("services", Service),
    ("assessments", Assessment),
    ("statuses", Status),
    ("referrals", Referral),
    ("waitlist", Waiting),
    ("turned_away", TurnedAway),
)

_FRENCH_HEADINGS: Final[Mapping[str, str]] = {
    "local_id": "No de dossier",
    "given_names": "Prénoms",
    "family_names": "Noms de famille",
    "birth_date": "Date de naissance",
    "birth_date_precision": "Précision de la date de naissance",
    "sex": "Sexe",
    "country_of_birth": "Pays de naissance",
    "mother_tongue": "Langue maternelle",
    "category": "Catégorie d’immigration",
    "region": "Région administrative",
    "admission_date": "Date d’admission",
    "arrival_date": "Date d’arrivée",
    "postal_code": "Code postal",
    "phone": "Téléphone",
    "minutes": "Durée en minutes",
    "employment": "Emploi",
    "education": "Études",
    "reason": "Raison",
}
"""Headings of organizations that write in French; columns without one keep their plain name."""

_PRECISION_FRENCH: Final = {"day": "jour", "month": "mois", "year": "année", "unknown": "inconnue"}


def write_world(world: World, folder: Path) -> Path:
    """Write `folder/organizations/CODE/*.csv|xlsx` and `folder/truth.json`; give the folder of organizations."""
    inside = folder / FOLDER
    for profile, records in zip(world.organizations, world.records, strict=True):
        write_organization(profile, records, inside / profile.code)
    (folder / TRUTH).write_text(truth_json(world), encoding="utf-8")
    return inside


def truth_json(world: World) -> str:
    """Give the truth as text.

    Clusters of "organization/local_id", which of them are contacts without a name, and the organizations' names.
    """
    unnamed = [f"{o}/{i}" for (o, i), number in world.truth.person_of.items() if number in world.truth.unnamed]
    told = {
        "schema": "sansnom.truth/1",
        "period": {"start": world.period_start, "end": world.period_end},
        "persons": len(world.truth.people),
        "clusters": world.truth.clusters(),
        "unnamed": sorted(unnamed),
        "organizations": {p.code: {**p.name.to_json(), "region": p.region} for p in world.organizations},
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def write_organization(profile: OrganizationProfile, records: OrganizationRecords, folder: Path) -> None:
    """Write one organization's files; a list without entries is left out, but for persons."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, noun in _TABLES:
        nouns: Sequence[Any] = getattr(records, name)
        if not nouns and name != "persons":
            continue
        columns = [f.name for f in fields(noun)]
        french = profile.labels == "fr"
        headings = [_FRENCH_HEADINGS.get(c, c) if french else c for c in columns]
        spell = [_speller(c, name, profile.labels) for c in columns]
        rows = [[spell[n](getattr(noun, c)) for n, c in enumerate(columns)] for noun in nouns]
        _write(folder / name, profile, headings, rows)


def _write(path: Path, profile: OrganizationProfile, headings: list[str], rows: list[list[str]]) -> None:
    if profile.file_kind == "xlsx":
        _write_workbook(path.with_suffix(".xlsx"), headings, rows)
        return
    delimiter, ending, encoding = {
        "csv": (",", "\n", "utf-8"),
        "semicolon": (";", "\r\n", "cp1252"),
        "excel": (";", "\r\n", "utf-8-sig"),
        "tab": ("\t", "\r\n", "utf-16"),
    }[profile.file_kind]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(headings)
    writer.writerows(rows)
    path.with_suffix(".csv").write_bytes(text.getvalue().encode(encoding))


def _write_workbook(path: Path, headings: list[str], rows: list[list[str]]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    workbook.save(path)


def _plain(value: object) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _speller(column: str, table: str, labels: str) -> Callable[[Any], str]:
    """Choose how a column's values are written: codes as they are, or their labels in the organization's language."""
    if labels == "code":
        return _plain
    if column == "birth_date_precision":
        return (lambda value: _PRECISION_FRENCH[value]) if labels == "fr" else _plain
    if column in {"anonymous", "accepted", "completed"}:
        words = {"fr": ("non", "oui"), "en": ("no", "yes")}[labels]
        return lambda value: "" if value is None else words[value]
    label_of = _labels(column, table, labels)
    return (lambda value: label_of.get(value, value)) if label_of else _plain


@cache
def _labels(column: str, table: str, language: str) -> Mapping[str, str]:
    """Give the labels of a coded column; empty for a column of text."""
    place = files("sansnom.terms.dictionary")
    dictionary = json.loads((place / "2026.1.json").read_text(encoding="utf-8"))
    dimensions = {d["code"]: d["values"] for d in dictionary["dimensions"]}
    lists = {
        "sex": dimensions["sex"],
        "country_of_birth": json.loads((place / "birthplaces.json").read_text(encoding="utf-8"))["countries"],
        "mother_tongue": dimensions["mother_tongue"],
        "category": dimensions["category_detail"],
        "region": dimensions["region"],
        "service": dictionary["services"],
        "status": dictionary["service_statuses"],
        "skill": dictionary["skills"],
        "employment": dimensions["employment"],
        "education": dimensions["education"],
        "reason": dictionary["reasons"]["waiting" if table == "waitlist" else "turned_away"],
    }
    return {value["code"]: value["label"][language] for value in lists.get(column, ())}
