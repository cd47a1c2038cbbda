"""The published schemas of plans and rosters say what the code reads and writes."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sansnom.terms.errors import InputError
from sansnom.terms.plan import Plan
from sansnom.terms.roster import Roster
from tests.exchange.examples import plan, roster

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


EXAMPLES: dict[str, tuple[dict[str, Any], Any]] = {
    "plan": (plan().to_json(), Plan.from_json),
    "roster": (roster().to_json(), Roster.from_json),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_code_writes_fits_the_schema_and_is_read_back(name: str) -> None:
    """A plan with every kind of table, and a roster with helpers, are valid and come back the same."""
    example, read = EXAMPLES[name]
    _validator(name).validate(example)
    assert read(json.loads(json.dumps(example))).to_json() == example


def _members(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of all members of all objects; of lists, the first item only."""
    if isinstance(value, dict):
        return [p for name, inner in value.items() for p in [(*path, name), *_members(inner, (*path, name))]]
    return _members(value[0], (*path, 0)) if isinstance(value, list) and value else []


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("name", EXAMPLES)
def test_schema_and_code_refuse_the_same_gaps_and_strangers(name: str) -> None:
    """For every member: leaving it out, or adding one beside it, is refused by both or by neither; so is a wrong type."""
    example, read = EXAMPLES[name]
    validator = _validator(name)
    paths = _members(example)
    assert len(paths) > 20
    for path in paths:
        for change in ("missing", "stranger", "type"):
            changed = copy.deepcopy(example)
            holder = _at(changed, path[:-1])
            if change == "missing":
                del holder[path[-1]]
            elif change == "stranger":
                holder["stranger"] = 1
            else:
                holder[path[-1]] = 1.5
            try:
                read(changed)
                taken = True
            except InputError:
                taken = False
            assert validator.is_valid(changed) == taken, (path, change)
