"""The dictionary's data: whole in both languages, of the published shape, with nothing that identifies."""

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sansnom.desk.files.codes import code_lists
from sansnom.desk.files.columns import TABLES, fold
from sansnom.terms.vocabulary import Dictionary

ROOT = Path(__file__).resolve().parents[2]
PLACE = files("sansnom.terms.dictionary")
NAMES = ["2026.1.json", "birthplaces.json", "languages.json"]


def read(name: str) -> Any:
    """Give one data file."""
    return json.loads((PLACE / name).read_text(encoding="utf-8"))


def texts(value: object, where: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Give every bilingual text with its place."""
    if isinstance(value, dict):
        if "fr" in value or "en" in value:
            yield where, value
        else:
            for name, inner in value.items():
                yield from texts(inner, f"{where}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts(inner, f"{where}[{place}]")


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_said_in_french_and_in_english(name: str) -> None:
    """No text lacks a language; French follows its typography."""
    counted = 0
    for where, text in texts(read(name)):
        assert set(text) == {"fr", "en"}, where
        assert all(text.values()), where
        if isinstance(text["fr"], str):
            counted += 1
            assert not re.search(r"[^\u00a0][:»]|«[^\u00a0]|[\s\u00a0][;!?]|'", text["fr"]), (where, text["fr"])
            assert unicodedata.is_normalized("NFC", text["fr"] + text["en"]), where
    assert counted > 90


def test_the_dictionary_has_the_published_shape() -> None:
    """docs/schemas/dictionary.schema.json describes it exactly."""
    schema = json.loads((ROOT / "docs/schemas/dictionary.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read("2026.1.json"), schema, cls=jsonschema.Draft202012Validator)


def test_the_noun_takes_it_and_unknown_comes_first() -> None:
    """`Dictionary.from_json` reads it; code 0 of every dimension is unknown; codes and labels are distinct."""
    value = read("2026.1.json")
    dictionary = Dictionary.from_json(value)
    assert dictionary.version == "2026.1"
    assert {
        "sex",
        "age_group",
        "category",
        "category_detail",
        "region",
        "birth_region",
        "mother_tongue",
        "french_level_band",
    } <= set(dictionary.dimensions)
    for dimension in dictionary.dimensions.values():
        assert dimension.values[0].code == "unknown"
        for distinct in ("code", "label"):
            listed = [str(getattr(v, distinct)) for v in dimension.values]
            assert len(listed) == len(set(listed)), dimension.code
    assert len(dictionary.dimensions["region"].values) == 18
    assert len(dictionary.services) >= 20
    assert {"N1", "N2", "N3", "N4", "N5", "L1", "L2", "E1", "G1", "G2", "U1", "U2", "T1", "C1"} == {
        i["code"] for i in value["indicators"]
    }


def test_codes_roll_up_to_codes_that_exist() -> None:
    """Detailed categories and regions of birth have parents; every country and language has a known region and group."""
    value = read("2026.1.json")
    dimensions = {d["code"]: d for d in value["dimensions"]}
    for dimension in dimensions.values():
        if "rolls_up_to" in dimension:
            parents = {v["code"] for v in dimensions[dimension["rolls_up_to"]]["values"]}
            assert {v["parent"] for v in dimension["values"][1:]} <= parents
    for name, member, items in (("birthplaces.json", "region", "countries"), ("languages.json", "group", "languages")):
        source = read(name)
        known = {v["code"] for v in dimensions[source["dimension"]]["values"]}
        assert {item[member] for item in source[items]} <= known
        codes = [item["code"] for item in source[items]]
        assert len(codes) == len(set(codes))


def test_bands_leave_no_gap_and_no_overlap() -> None:
    """Each number of years, or level, falls under exactly one code."""
    for dimension in read("2026.1.json")["dimensions"]:
        bounds = [v["bounds"] for v in dimension["values"] if "bounds" in v]
        assert all(low <= high for low, high in bounds)
        assert all(after[0] == before[1] + 1 for before, after in pairwise(bounds)), dimension["code"]


@pytest.mark.guarantee("G-05")
@pytest.mark.parametrize(
    "name",
    [
        "name", "Nom", "prénom", "prenom", "first name", "surname", "nom de famille", "birth date", "date_of_birth", "dob",
        "date de naissance", "datedenaissance", "NAS", "SIN", "social insurance number", "phone", "téléphone", "courriel", "e-mail",
        "email", "address", "adresse", "postal code", "code postal", "UCI", "IUC", "client id", "local_id", "numéro de dossier",
        "RAMQ", "health number", "passport", "hash", "token", "jeton", "country of birth", "pays", "notes", "initiales",
    ],
)  # fmt: skip
def test_names_of_what_identifies_are_known_in_every_written_form(name: str) -> None:
    """However a question calls it, the list has it: as written, folded, or in one word."""
    identifying = Dictionary.from_json(read("2026.1.json")).identifying
    assert {name.casefold(), fold(name), fold(name).replace("_", "")} & identifying


def test_no_dimension_identifies_and_no_column_that_identifies_is_a_dimension() -> None:
    """The flat lists are those of the groups, and no dimension or measure bears such a name."""
    value = read("2026.1.json")
    for flat, groups in (
        ("identifying_variables", "identifying_groups"),
        ("organization_variables", "organization_groups"),
    ):
        expected = set()
        for group in value[groups]:
            for text in (group["code"], *group["label"].values(), *group["synonyms"]["fr"], *group["synonyms"]["en"]):
                expected |= {text.casefold().replace("’", "'"), fold(text), fold(text).replace("_", "")}
        assert set(value[flat]) == expected
    forbidden = set(value["identifying_variables"])
    for kind in ("dimensions", "measures"):
        for item in value[kind]:
            assert item["code"] not in forbidden
            assert not {fold(t) for t in item["label"].values()} & forbidden, item["code"]
    columns = {c.name for t in TABLES for c in t.columns if c.kind in {"id", "phone", "birth", "date"}} - {
        "date",
        "start",
        "end",
    }
    assert columns - {"sent", "joined", "left"} <= forbidden


def test_every_code_and_label_is_understood_in_files() -> None:
    """Whoever writes the code or either label of any list is understood; a code means itself."""
    value = read("2026.1.json")
    dimensions = {d["code"]: d["values"] for d in value["dimensions"]}
    lists = {
        "sex": dimensions["sex"],
        "category": [*dimensions["category"], *dimensions["category_detail"]],
        "region": dimensions["region"],
        "services": value["services"],
        "service_statuses": value["service_statuses"],
        "skills": value["skills"],
        "scales": value["scales"],
        "employment": dimensions["employment"],
        "education": dimensions["education"],
        "waiting": value["reasons"]["waiting"],
        "turned_away": value["reasons"]["turned_away"],
        "countries": read("birthplaces.json")["countries"],
        "languages": dimensions["mother_tongue"],
    }
    for name, items in lists.items():
        known = code_lists()[name]
        for item in items:
            expected = "" if item["code"] == "unknown" else item["code"]
            assert known[fold(item["code"])] == expected
            assert {known[fold(text)] for text in item["label"].values()} == {expected}, (name, item["code"])
    for language in read("languages.json")["languages"]:
        assert code_lists()["languages"][fold(language["code"])] == language["group"]
