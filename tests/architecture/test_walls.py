"""The walls between rooms: import-linter's contracts are kept, and none of them went missing."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.places import PURE_ROOMS, ROOMS, ROOT, SOURCE


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
    assert reveal["allowed_importers"] == ["sansnom.compute.programs"]
    assert contracts["The desk never computes on shares"]["forbidden_modules"] == ["sansnom.compute"]
    assert "No cycles inside a room" in contracts
    assert not [name for name, contract in contracts.items() if "ignore_imports" in contract]


def test_every_folder_is_a_room() -> None:
    """The package holds the rooms of the design and nothing beside them."""
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS)
    assert {path.name for path in SOURCE.glob("*.py")} == {"__init__.py", "__main__.py"}
