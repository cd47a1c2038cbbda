"""The published schemas accept what we write, and refuse what a reader should not believe."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from tests.board.lived_board import write_lived_board
from tests.board.sample_board import envelope_of, write_board

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"
FILES = (
    "roster.json",
    "plans/2026-portrait/plan.json",
    "refusals/2026-liste.json",
    "releases/2026-portrait/release.json",
)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the public files of the sample board."""
    return write_board(tmp_path_factory.mktemp("board"))


def validator() -> Draft202012Validator:
    """Give a validator of signed files that finds the other schemas by their names."""
    read = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(SCHEMAS.glob("*.schema.json"))]
    registry: Registry[Any] = Registry().with_resources(
        [(s["$id"], Resource.from_contents(s)) for s in read if "$id" in s]
    )
    schema = next(s for s in read if s.get("$id") == "sansnom:board.schema.json")
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, registry=registry)


@pytest.mark.parametrize("name", FILES)
def test_every_signed_file_follows_its_schema(board: Path, name: str) -> None:
    """Roster, plan, refusal and release, as they stand on the board."""
    validator().validate(envelope_of(board / name))


@pytest.mark.parametrize(
    "name",
    [
        "rosters/1.json",
        "rosters/2.json",
        "plans/2026-q1-corrected/plan.json",
        "withdrawals/2026-waiting.json",
        "incidents/2026-11-double.json",
    ],
)
def test_files_of_a_board_that_has_lived_follow_their_schema(name: str, tmp_path: Path) -> None:
    """Rosters with all members, a correction, a withdrawal, an incident."""
    validator().validate(envelope_of(write_lived_board(tmp_path / "board") / name))


def test_the_release_schema_follows_the_noun(board: Path) -> None:
    """Each member of a release is required by the schema, and none is unknown to it."""
    schema = json.loads((SCHEMAS / "release.schema.json").read_text(encoding="utf-8"))
    told = envelope_of(board / FILES[-1])["signed"]
    assert set(schema["properties"]) == set(schema["required"]) == set(told)
    assert set(schema["$defs"]["table"]["required"]) == set(told["tables"][0])


@pytest.mark.parametrize("member", ["low", "high", "half_width", "dominated"])
def test_a_table_without_its_intervals_is_no_release(board: Path, member: str) -> None:
    """A figure without its uncertainty does not pass the schema."""
    told = envelope_of(board / FILES[-1])
    del told["signed"]["tables"][0][member]
    with pytest.raises(ValidationError):
        validator().validate(told)


def test_an_unsigned_file_is_refused(board: Path) -> None:
    """An envelope without signatures is not a public file."""
    told = envelope_of(board / "roster.json")
    told["signatures"] = []
    with pytest.raises(ValidationError):
        validator().validate(told)
