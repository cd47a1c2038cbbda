"""The walls between rooms: import-linter's contracts are kept, and none of them went missing."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.places import PURE_ROOMS, ROOMS, ROOT, SOURCE, modules, where


def _contracts() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_contracts_are_kept() -> None:
    """No room imports what its contract forbids, directly or through another."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_no_contract_went_missing_or_soft() -> None:
    """The five contracts stand, cover every room, and ignore no import."""
    contracts = _contracts()
    layers = contracts["Rooms import only the rooms below them"]
    named = {room.strip() for layer in layers["layers"] for room in layer.split("|")}  # type: ignore[attr-defined]  # toml has no types
    assert named == set(ROOMS)
    assert layers["exhaustive"] is True
    pure = contracts["Pure rooms: no I/O, no clock, no randomness of their own"]
    assert set(pure["source_modules"]) == {f"sansnom.{room}" for room in PURE_ROOMS}  # type: ignore[call-overload]  # toml has no types
    reveal = contracts["Only programs may reveal"]
    assert reveal["protected_modules"] == ["sansnom.compute.reveal"]
    assert reveal["allowed_importers"] == [f"sansnom.compute.{name}" for name in ("programs", "shuffle", "sort")]
    assert contracts["The desk never computes on shares"]["forbidden_modules"] == ["sansnom.compute"]
    assert "No cycles inside a room" in contracts
    assert not [name for name, contract in contracts.items() if "ignore_imports" in contract]


def test_every_folder_is_a_room() -> None:
    """The package holds the rooms of the design and nothing beside them."""
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS)
    assert {path.name for path in SOURCE.glob("*.py")} == {"__init__.py", "__main__.py"}


# The closed list of openings, and who may open each: docs/adr/0004-one-way-out-of-shares.md.
OPENERS = {
    "SHUFFLED_COMPARISON": {"sort.py"},
    "SHUFFLED_DESTINATION": {"shuffle.py"},
    "NOISY_CELL": {"programs/joint_noise.py"},
}


def _openings(path: Path) -> list[tuple[str, int]]:
    return [
        (node.attr, node.lineno)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Opening"
    ]


@pytest.mark.guarantee("G-03")
def test_each_kind_of_opening_has_one_file() -> None:
    """The list of openings is closed, and each entry of it is opened from one file of `compute` only."""
    reveal = ast.parse((SOURCE / "compute" / "reveal.py").read_text(encoding="utf-8"))
    kinds = {
        target.id
        for node in reveal.body
        if isinstance(node, ast.ClassDef) and node.name == "Opening"
        for line in node.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    assert kinds == set(OPENERS)
    found = [
        f"{where(path, line)} opens {kind}"
        for path in modules("compute")
        if path.name != "reveal.py"
        for kind, line in _openings(path)
        if path.relative_to(SOURCE / "compute").as_posix() not in OPENERS.get(kind, set())
    ]
    assert not found, "\n".join(found)
