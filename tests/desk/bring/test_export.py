"""Exporting everything: a round trip, formulas made harmless, nothing of what the director does not see."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.bring import running
from sansnom.desk.files import read_organization
from sansnom.desk.files.workbook import read_sheets
from sansnom.desk.people.models import Person
from sansnom.desk.people.naming import Name
from sansnom.desk.work.opening import open_file
from tests.desk.bring.files_of import LOG, bring
from tests.desk.conftest import Desk
from tests.desk.two_programmes import House, two_programmes


@pytest.fixture
def house(desk: Desk, coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give two programmes with a file in each, and an import."""
    monkeypatch.setattr(
        "sansnom.desk.bring.mapping.start_import",
        lambda number: running.UNDER_WAY.setdefault(number, running.Progress()),
    )
    house = two_programmes(desk)
    bring(coordinator, house.open, "registre.csv", LOG.encode(), **{"word-0-6-0": "french_practice"})
    running.UNDER_WAY.clear()
    return house


def _archive(director: Client) -> zipfile.ZipFile:
    answer = director.post("/bring/everything/archive/")
    assert answer["Cache-Control"] == "no-store"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_what_was_exported_can_be_read_as_the_described_files(house: House, director: Client, tmp_path: Path) -> None:
    """The CSV set is what docs/file-format.md describes: the reader takes it whole."""
    archive = _archive(director)
    folder = tmp_path / "maison"
    folder.mkdir()
    for name in archive.namelist():
        if name.startswith("csv/"):
            (folder / Path(name).name).write_bytes(archive.read(name))
    told = read_organization(folder)
    assert {person.given_names for person in told.persons} == {"Awa", "محمد"}
    assert len(told.services) == 3


def test_an_export_brings_the_same_into_another_programme(house: House, director: Client, coordinator: Client) -> None:
    """A round trip: undone and brought back from the archive, the same persons and services are there."""
    archive = director.post("/bring/everything/archive/").content
    before = set(
        Person.objects.exclude(pk=house.hidden.pk).values_list(
            "file_number", "shown_name", "birth_year", "birth_quality", "country_of_birth"
        )
    )
    Person.objects.exclude(pk=house.hidden.pk).delete()
    brought = bring(coordinator, house.open, "sansnom-export.zip", archive)
    assert brought.rows_left == 0, brought.left
    after = set(
        Person.objects.exclude(pk=house.hidden.pk).values_list(
            "file_number", "shown_name", "birth_year", "birth_quality", "country_of_birth"
        )
    )
    assert after == before
    assert brought.acts_made == 3


def test_no_text_of_an_export_is_a_formula(house: House, director: Client) -> None:
    """A name that a spreadsheet would run is kept from it, in CSV and in the workbook."""
    open_file(house.desk.counsellor, house.open, [Name("=HYPERLINK(1)", "@x")], phone="+1 514 555-0101")
    rows = _archive(director).read("csv/persons.csv").decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in rows
    assert "'@x" in rows
    book = director.post("/bring/everything/workbook/").content
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    sheets = {name: list(told) for name, told in read_sheets(book)}
    assert list(sheets)[:2] == ["persons", "services"]
    assert any("=HYPERLINK(1)" in row for _, row in sheets["persons"])


def test_an_export_holds_what_the_director_sees_and_no_more(house: House, director: Client) -> None:
    """A confidential programme is in no file of an export by a director outside it, and in all by one of its members."""
    outside = _archive(director)
    whole = b"".join(outside.read(name) for name in outside.namelist())
    for hidden in ("Zohra", "Refuge", house.hidden.file_number, house.hidden.reference.hex):
        assert hidden.encode() not in whole
    house.shelter.members.add(house.desk.director)
    inside = _archive(director)
    assert b"Zohra" in inside.read("csv/persons.csv")
    tables = json.loads(inside.read("everything.json"))["tables"]
    assert len(tables["people.person"]) == Person.objects.count()
    assert {"work.need", "work.goal", "work.casenote", "work.grant", "agreement.agreement"} <= tables.keys()


def test_the_export_is_the_directors_and_leaves_a_trace(
    house: House, director: Client, coordinator: Client, stranger: Client
) -> None:
    """Others get no page and no file; the director's export is in the access trail."""
    for page in ("archive", "workbook"):
        assert coordinator.post(f"/bring/everything/{page}/").status_code == 403
        assert stranger.post(f"/bring/everything/{page}/").status_code == 302
    assert coordinator.get("/bring/everything/").status_code == 403
    assert "chiffrés" in director.get("/bring/everything/").content.decode()
    _archive(director)
    assert TrailEntry.objects.filter(act=Act.EXPORTED, colleague=house.desk.director).count() == 1
