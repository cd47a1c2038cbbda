"""What the documents and schemas say about files is what the reader does."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sansnom.desk.files.cells import LEVEL_MAX, MINUTES_MAX
from sansnom.desk.files.codes import DICTIONARY_VERSION, codes_of
from sansnom.desk.files.columns import TABLES, Column, FileTable, column_of
from tests.desk_files.folders import folder, taken

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
DOCUMENTS = [ROOT / "docs" / "file-format.md", ROOT / "docs" / "fr" / "file-format.md"]


def _read(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def _field(column: Column, field: dict[str, Any]) -> None:
    """Check one field of a schema against its column."""
    constraints = field.get("constraints", {})
    assert (field["title"], field["title_fr"]) == (column.label.en, column.label.fr)
    assert constraints.get("required", False) == column.required
    types = {"date": "date", "minutes": "integer", "level": "integer", "flag": "boolean"}
    assert field["type"] == types.get(column.kind, "string")
    if column.kind in {"minutes", "level"}:
        assert constraints["maximum"] == {"minutes": MINUTES_MAX, "level": LEVEL_MAX}[column.kind]
    if column.kind.startswith("code:"):
        name = column.kind.removeprefix("code:")
        assert field["codes"] == name
        if name == "languages":
            assert all(re.fullmatch(constraints["pattern"], code) for code in codes_of(name))
        else:
            assert tuple(constraints["enum"]) == codes_of(name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_table_schema_lists_the_readers_columns(table: FileTable) -> None:
    """Same columns, same order, same codes, limits and obligations."""
    schema = _read(f"{table.name}.schema.json")
    assert [f["name"] for f in schema["fields"]] == [c.name for c in table.columns]
    for column, field in zip(table.columns, schema["fields"], strict=True):
        _field(column, field)
    if table.required:
        assert schema["primaryKey"] == ["local_id"]
    else:
        assert ("foreignKeys" in schema) == any(c.name == "local_id" for c in table.columns)


def test_the_data_package_names_every_table_and_its_schema() -> None:
    """One resource a table; paths are the file names that the reader looks for."""
    package = _read("datapackage.json")
    assert package["dictionary"] == DICTIONARY_VERSION
    assert [(r["name"], r["path"], r["schema"], r["required"]) for r in package["resources"]] == [
        (t.name, f"{t.name}.csv", f"{t.name}.schema.json", t.required) for t in TABLES
    ]


def test_every_schema_beside_is_valid_json_schema_or_a_table() -> None:
    """No file under docs/schemas is of a third kind."""
    for path in SCHEMAS.glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if "fields" not in schema:
            jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("document", DOCUMENTS, ids=["en", "fr"])
def test_the_document_lists_every_column_and_its_examples_are_read(document: Path, tmp_path: Path) -> None:
    """Every column stands in its table's section; what the document shows is taken as it stands."""
    text = document.read_text(encoding="utf-8")
    for table in TABLES:
        section = text.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| `(\w+)`( \*\*\(\w+\)\*\*)? \| ([^|]+) \|", section, flags=re.MULTILINE)
        assert [(name, bool(required)) for name, required, _ in rows] == [(c.name, c.required) for c in table.columns]
        for name, _, labels in rows:
            assert {getattr(column_of(table, label), "name", None) for label in labels.split("; ")} == {name}
    persons, services, french = re.findall(r"```csv\n(.*?)```", text, flags=re.DOTALL)
    read = [taken(folder(tmp_path, persons=persons, services=shown)) for shown in (services, french)]
    for records in read:
        assert [s.service for s in records.services] == ["legal_information", "french_course"]
    everybody = read[0].persons
    assert len(everybody) == 4
    assert everybody[3].anonymous
    assert everybody[1].birth_date_precision == "year"


def test_both_documents_have_the_same_parts() -> None:
    """The French text says as much as the English one."""
    english, french = (d.read_text(encoding="utf-8") for d in DOCUMENTS)
    assert english.count("\n## ") == french.count("\n## ")
    assert english.count("\n- **") == french.count("\n- **")
    assert not re.search(r"[^\u00a0`*\d|-]:[\s*]|« |\s[;!?]", french.split("\n## ", 1)[1].replace("**\u00a0:", ""))
