"""A person's whole file: complete, readable in any script, within what its giver may see, never on the disk."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from sansnom.desk.accounts.models import Act, TrailEntry
from sansnom.desk.people.models import Person
from sansnom.desk.rights.paper import begins_right_to_left, make_pdf, writable
from sansnom.desk.rights.told import LEFT_OUT, PARTS, PERSON, Cell, Told, whole_file
from tests.desk.conftest import Desk
from tests.desk.rights.full_file import GOAL, NAMES, NOTE, full

FRAME = {"language": "fr", "organization": "Maison", "made_on": "3 février 2026"}
KEPT_OTHERWISE = {
    "people.Person": {
        "birth_year",
        "birth_month",
        "birth_day",
        "birth_quality",
        "reference",
        "shown_name",
        "sort_name",
    },
    "people.NameVariant": {"family_first", "preferred"},
    "people.SamePerson": {"first", "second", "undone_at", "undone_by"},
    "agreement.Agreement": {"notice", "recorded_at"},
    "agreement.Withdrawal": {"agreement", "recorded_at", "recorded_by"},
    "work.Service": {"session"},
    "work.CaseNoteVersion": {"note"},
}
"""Columns said in another column's words, or that say nothing of the person."""


def _of_a_person() -> set[str]:
    """List the tables that point to a person, and those that point to one of these in turn."""
    found: set[type[models.Model]] = {Person}
    while True:
        more = {
            model
            for model in apps.get_models()
            for column in model._meta.concrete_fields
            if isinstance(column, models.ForeignKey)
            and column.remote_field.model in found
            and column.remote_field.on_delete is models.CASCADE
        }
        if more <= found:
            return {model._meta.label for model in found - {Person}}
        found |= more


def test_no_table_that_points_to_a_person_is_forgotten() -> None:
    """Each is in the copy, or left out for a reason that is written."""
    told = {table for part in PARTS for table in part.tables} | set(LEFT_OUT)
    assert _of_a_person() - told == set()


def test_no_column_is_forgotten() -> None:
    """Each column of these tables is in the copy, is said in another's words, or links rows."""
    linking = {"id", "person", "batch", "household"}
    columns = {"people.Person": set(PERSON)}
    for part in PARTS:
        for table in part.tables:
            columns[table] = set(part.columns)
    for table, told in columns.items():
        held = {column.name for column in apps.get_model(table)._meta.concrete_fields}
        assert held - told - linking - KEPT_OTHERWISE.get(table, set()) <= ({"chained", "person_reference"}), table


def test_the_structured_file_says_everything_and_follows_its_schema(desk: Desk, counsellor: Client) -> None:
    """Every part of a full file has rows; the JSON has the documented shape; the trail says who exported it."""
    house = full(desk)
    answer = counsellor.get(f"/rights/of/{house.awa.reference}/whole/json/")
    told = json.loads(answer.content)
    schema = json.loads(files("sansnom.desk.rights").joinpath("person-file.schema.json").read_text(encoding="utf-8"))
    assert set(told) == set(schema["required"])
    assert told["schema"] == schema["$id"]
    empty = {part["part"] for part in told["parts"] if not part["rows"]}
    assert empty == {"links", "looks"}
    for part in told["parts"]:
        for row in part["rows"]:
            for fact in row.values():
                assert set(fact) == {"label", "value", "said"}
    written = answer.content.decode()
    for planted in (*NAMES, GOAL, NOTE):
        assert planted in written
    assert TrailEntry.objects.filter(act=Act.EXPORTED, person_reference=str(house.awa.reference)).count() == 1


def test_a_copy_holds_what_exists_for_its_giver_alone(desk: Desk, director: Client, counsellor: Client) -> None:
    """Camille, of the shelter, gives its part too; Dahlia, outside, gives none of it, and both copies bear the same sentence."""
    house = full(desk)
    address = f"/rights/of/{house.awa.reference}/whole/"
    inside, outside = counsellor.get(address).content.decode(), director.get(address).content.decode()
    assert "Planted-Shelter" in inside
    assert "Planted-Shelter" not in outside
    assert "Planted-Refuge" not in outside
    assert "accès restreint" in inside
    assert "accès restreint" in outside


@pytest.mark.parametrize("end", ["", "whole/", "whole/pdf/", "whole/json/", "request/", "erase/", "keep/"])
def test_a_hidden_file_and_a_strangers_request_give_nothing(
    desk: Desk, director: Client, stranger: Client, end: str
) -> None:
    """Outside the shelter its file is not there; a stranger is led to the door; neither is in the trail."""
    house = full(desk)
    assert director.get(f"/rights/of/{house.hidden.reference}/{end}").status_code == 404
    assert stranger.get(f"/rights/of/{house.awa.reference}/{end}").status_code == 302
    assert not TrailEntry.objects.exists()


def test_the_pdf_is_accessible_and_bears_no_name_outside(desk: Desk, counsellor: Client) -> None:
    """It declares PDF/UA-1 and its tags, opens beside the page, and no address or file name carries a name."""
    house = full(desk)
    answer = counsellor.get(f"/rights/of/{house.awa.reference}/whole/pdf/")
    assert answer.content.startswith(b"%PDF-1.")
    assert b"pdfuaid:part" in answer.content
    assert b"/StructTreeRoot" in answer.content
    assert b"/Lang" in answer.content
    assert answer.headers["Content-Disposition"] == 'inline; filename="dossier.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert TrailEntry.objects.get(person_reference=str(house.awa.reference)).act == Act.PRINTED


def test_making_a_pdf_writes_no_file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing new is in the temporary folder, the working folder or the desk's folder after it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    row = [Cell("whole", "Nom", name, name) for name in NAMES]
    made = make_pdf("Essai", ["Bonjour."], [Told("names", "Noms", [row])], "", FRAME)
    assert len(made) > 5000
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("odd", ["😀", "\ue000", "\x07", "\ufeff", "\u2068x\u2069", "a\u2028b", "\U000e0041", "𒀀"])
def test_a_sign_that_no_font_draws_is_written_by_its_number(odd: str) -> None:
    """Nothing that somebody typed keeps the PDF from being made, or vanishes without a word."""
    row = [Cell("words", "Texte", odd, f"avant {odd} après")]
    assert make_pdf("Essai", [], [Told("goals", "Objectifs", [row])], "", FRAME).startswith(b"%PDF")
    if odd in {"😀", "\x07"}:
        assert f"[U+{ord(odd):04X}]" in writable(odd)


def test_right_to_left_is_known_by_its_first_letter() -> None:
    """Digits and punctuation before it do not decide."""
    assert begins_right_to_left("12. ذوالفية")
    assert begins_right_to_left("שלום")
    assert not begins_right_to_left("Zulfiya ذوالفية")
    assert not begins_right_to_left("12")


def test_a_copy_asks_the_same_number_of_questions_whatever_the_file_holds(desk: Desk) -> None:
    """A hundred services more cost no query more."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import translation

    from sansnom.desk.work.models import Service

    house = full(desk)
    counts = []
    for _ in range(2):
        person = Person.objects.get(pk=house.awa.pk)
        with translation.override("en"), CaptureQueriesContext(connection) as asked:
            whole_file(person, desk.counsellor)
        counts.append(len(asked))
        Service.objects.bulk_create(
            Service(person=house.awa, programme=house.open, service="orientation", staff=desk.counsellor)
            for _ in range(100)
        )
    assert counts[0] == counts[1]
