"""The shape of the house: file sizes, room cards, and the lock on what we install."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.places import ROOMS, ROOT, SOURCE, modules, where

LINES_MAX = 500
FUNCTION_LINES_MAX = 80  # docs/adr say 50; the docstring contract takes up to 30 of its own
CARD = ["Duty", "Sees", "Never sees", "Imports", "Attacker", "Guarantees", "Limits"]


def test_no_module_is_longer_than_a_sitting() -> None:
    """A module of more than 500 lines is two modules; migrations are Django's writing, not ours."""
    ours = [path for path in modules() if path.parent.name != "migrations"]
    counted = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    long = {name: lines for name, lines in counted.items() if lines > LINES_MAX}
    assert not long


def test_no_function_is_longer_than_a_page() -> None:
    """A function that does not fit on a page is two functions."""
    long = [
        f"{where(path, node.lineno)} {node.name}: {(node.end_lineno or node.lineno) - node.lineno + 1} lines"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("room", [*ROOMS, "compute/programs"])
def test_each_room_has_its_card(room: str) -> None:
    """A room's README says its duty, sight, imports, attacker, guarantees and limits, in that order, none empty."""
    text = (SOURCE / room / "README.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    assert sections[1::2] == CARD
    assert all(body.strip() for body in sections[2::2])


@pytest.mark.parametrize("name", ["run", "dev", "browser", "bench", "outside", "audit"])
def test_the_lock_pins_each_package_with_hashes(name: str) -> None:
    """Every line of a lock is one exact version with its hashes, and no address."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE).replace("\\\n", " ").strip().splitlines()
    bad = [
        line
        for line in filter(str.strip, entries)
        if not re.fullmatch(r"\s*[a-z0-9.-]+==\S+( ; .+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
    ]
    assert entries
    assert not bad
    assert "://" not in text


@pytest.mark.parametrize("name", ["run", "dev", "browser", "bench", "outside", "audit"])
def test_the_lock_holds_all_that_was_asked_for(name: str) -> None:
    """A package added to an .in file is in its lock."""
    asked = {
        re.split(r"[>=<\[ #]", line, maxsplit=1)[0].lower()
        for line in (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    }
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert asked <= set(re.findall(r"^([a-z0-9.-]+)==", text, flags=re.MULTILINE))


def _name(requirement: str) -> str:
    return re.split(r"[>=<\[ #;]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")


def test_every_import_is_declared_and_locked() -> None:
    """What the package imports is in pyproject.toml and in requirements/run.in by name, not by a dependency's grace."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {_name(name) for name in [*project["dependencies"], *extras]}
    locked = {_name(line) for line in (ROOT / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()}
    providers = packages_distributions()
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"sansnom"}:
                sources = {_name(provider) for provider in providers.get(top, [top])}
                if not sources & declared & locked:
                    found.append(f"{where(path)} imports {top}")
    assert not found, "\n".join(found)
