"""A whole export comes back into an empty desk: equal when exported again; whatever was tampered with, nothing is taken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sansnom.desk.accounts.models import Colleague
from sansnom.desk.bring.everything import archive, as_json
from sansnom.desk.people.find import Sought, find_persons
from sansnom.desk.people.models import Person, SearchToken
from sansnom.desk.rights.models import AssessmentAnswer, Destruction, Incident, IncidentVersion, Proof, RetentionRule
from sansnom.desk.sqlcipher.keyring import KEYRING
from sansnom.desk.work.models import Programme
from tests.desk.conftest import DATABASE_KEY, Desk, copy_database, point_to
from tests.desk.rights.full_file import full
from tests.desk.work.done import done_in

Exported = dict[str, Any]


def exported(desk: Desk) -> Exported:
    """Export everything that the director sees."""
    told: Exported = json.loads("".join(as_json(desk.director, "Maison d’accueil")))
    return told


def in_every_register(desk: Desk) -> None:
    """Write a line into each register of the organization."""
    by = {"destroyed_by": desk.director, "ground": "retention", "rows": 12}
    line = Destruction.objects.create(**by)
    Proof.objects.create(destruction=line, pages=90, unused_pages=0, waiting_bytes=0, remains=0, name_elsewhere=0)
    told = {"described": "Clé USB perdue", "circumstances": "Métro", "happened": "2026-03-02"}
    incident = Incident.objects.create(**told, known_on="2026-03-04", persons=3, written_by=desk.director)
    IncidentVersion.objects.create(incident=incident, told={**told, "persons": None}, changed_by=desk.director)
    RetentionRule.objects.create(rule="closed_file", months=84, changed_by=desk.director)
    AssessmentAnswer.objects.create(question="purpose", words="Accueillir.", changed_by=desk.director)


@pytest.fixture
def filled(desk: Desk, _template: Path, tmp_path: Path) -> tuple[bytes, Exported]:
    """Give a full desk's archive and what it said, and open another desk, that of a first run: its director alone."""
    house = full(desk)
    done_in(house, house.awa, house.open, timezone.localdate())
    house.open.members.add(desk.director)
    house.shelter.members.add(desk.director)
    in_every_register(desk)
    told = exported(desk)
    content = archive(desk.director, "Maison d’accueil")
    path = tmp_path / "elsewhere" / "desk.db"
    path.parent.mkdir()
    copy_database(_template, path)
    point_to(path)
    KEYRING.unlock(DATABASE_KEY)
    Colleague.objects.exclude(pk=desk.director.pk).delete()
    return content, told


@pytest.fixture
def newcomer(desk: Desk, filled: tuple[bytes, Exported]) -> Client:
    """Give the browser of the new desk's director."""
    del filled
    return desk.client(desk.director)


def sent(director: Client, content: bytes, name: str = "sansnom-export.zip") -> Any:
    """Send a file to the page."""
    return director.post("/bring/everything/back/", {"file": SimpleUploadedFile(name, content)})


def test_what_was_exported_comes_back_as_it_was(desk: Desk, newcomer: Client, filled: tuple[bytes, Exported]) -> None:
    """A round trip: every table equal, row by row; names are found again; colleagues come back without a way in."""
    content, before = filled
    assert not Person.objects.exists()
    answer = sent(newcomer, content)
    assert answer.status_code == 302, answer.content.decode()
    after = exported(desk)
    people = {row["id"]: row["sign_in_name"] for row in before["tables"]["accounts.colleague"]}
    again = {row["id"]: row["sign_in_name"] for row in after["tables"]["accounts.colleague"]}
    assert set(people.values()) == set(again.values())
    assert _by_name(after, again) == _by_name(before, people)
    assert sum(map(len, before["tables"].values())) > 50
    registers = ("destruction", "proof", "incident", "incidentversion", "retentionrule", "assessmentanswer", "request")
    assert [name for name in registers if not after["tables"][f"rights.{name}"]] == []
    camille = Colleague.objects.get(sign_in_name="camille")
    assert not camille.is_active
    assert not camille.has_usable_password()
    assert SearchToken.objects.exists()
    assert find_persons(desk.director, Sought.typed("Zulfiya Plantée"))
    assert sent(newcomer, content).status_code == 200  # no longer empty
    assert exported(desk) == after


def _by_name(told: Exported, people: dict[int, str]) -> Exported:
    """Tell colleagues by their sign-in name: their numbers are those of the desk."""
    tables: Exported = json.loads(json.dumps(told))["tables"]
    del tables["accounts.colleague"]
    whose = ("opened_by_id", "staff_id", "by_id", "made_by_id", "colleague_id")
    for rows in tables.values():
        for row in rows:
            for column in row:
                if column in whose or column.endswith("_by_id"):
                    row[column] = people.get(row[column])
            row.pop("batch_id", None)
    return tables


def _change(table: str, column: str, value: object) -> Callable[[Exported], None]:
    def change(told: Exported) -> None:
        told["tables"][table][0][column] = value

    return change


def _lost_person(told: Exported) -> None:
    told["tables"]["people.person"].pop(0)


def _another_table(told: Exported) -> None:
    told["tables"]["accounts.passwords"] = []


def _another_schema(told: Exported) -> None:
    told["schema"] = "sansnom/desk-export/9"


@pytest.mark.guarantee("G-10")
@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_change("people.person", "sex", "Planted" * 9), "colonne « sex »"),
        (_change("people.person", "birth_month", 13), "se contredisent"),
        (_change("people.person", "opened_by_id", 999), "opened_by_id"),
        (_change("people.person", "password", "x"), "colonne « password »"),
        (_change("work.service", "starts_on", "31/02/2026"), "starts_on"),
        (_change("work.need", "programme_id", 4321), "se contredisent"),
        (_change("accounts.colleague", "role", "owner"), "role"),
        (_change("accounts.colleague", "password", "x"), "password"),
        (_change("rights.destruction", "ground", "Planted"), "se contredisent"),
        (_change("rights.incidentversion", "told", ["Planted" * 9]), "told"),
        (_lost_person, "se contredisent"),
        (_another_table, "accounts.passwords"),
        (_another_schema, "n’est pas l’export"),
    ],
)
def test_a_file_that_was_tampered_with_brings_nothing(
    newcomer: Client, filled: tuple[bytes, Exported], tamper: Callable[[Exported], None], said: str
) -> None:
    """The page says where it is wrong, never what stood there; the desk is as empty as before."""
    told = json.loads(json.dumps(filled[1]))
    tamper(told)
    answer = sent(newcomer, json.dumps(told).encode(), "everything.json")
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 200
    assert said in page
    assert "PlantedPlanted" not in page
    assert not Person.objects.exists()
    assert not Programme.objects.exists()
    assert Colleague.objects.count() == 1


def test_bringing_back_is_the_directors(
    director: Client, coordinator: Client, counsellor: Client, stranger: Client
) -> None:
    """Nobody else sees the page; the director of a desk with files is told why not."""
    assert coordinator.get("/bring/everything/back/").status_code == 403
    assert counsellor.get("/bring/everything/back/").status_code == 403
    assert stranger.get("/bring/everything/back/").status_code == 302
    assert "enctype" in director.get("/bring/everything/back/").content.decode()
    Programme.objects.create(name_fr="Accueil", name_en="Reception")
    assert "déjà des dossiers" in director.get("/bring/everything/back/").content.decode()
