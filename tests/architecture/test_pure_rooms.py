"""Pure rooms do no I/O, read no clock, log nothing and make no randomness: what is not written cannot leak.

import-linter holds a deny-list of modules; deny-lists leak. Here each pure room is held to a list of what it MAY
import, and to builtins that cannot reach the outside.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.places import PURE_ROOMS, modules, where

# The standard library that a pure room may use. Each computes on its arguments alone.
ALLOWED_STANDARD = {
    "__future__",
    "abc",
    "base64",
    "binascii",
    "bisect",
    "calendar",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",  # the types; TID251 and the test below refuse now() and today()
    "decimal",
    "difflib",  # how alike two words are
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "re",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "zlib",  # checksums and compression of bytes that came as arguments
}

# A name here allows the module and everything below it, save what FORBIDDEN_NAMES takes back.
ALLOWED_PACKAGES = {
    "terms": {"sansnom.terms"},
    "compute": {
        "sansnom.terms",
        "sansnom.compute",
        "numpy",
        "numba",
        "cryptography.hazmat.primitives.ciphers",
        "cryptography.hazmat.primitives.hashes",
    },
    "release": {"sansnom.terms", "sansnom.release", "numpy", "scipy", "opendp", "highspy"},
    "transparency": {"sansnom.terms", "sansnom.transparency", "cryptography"},
    "exchange": {
        "sansnom.terms",
        "sansnom.compute",
        "sansnom.transparency",
        "sansnom.exchange",
        "cryptography",
        "anyascii",
        "jellyfish",
        "numpy",
    },
}

# Ways out of an allowed package, by dotted end.
FORBIDDEN_ATTRIBUTES = {
    "numpy": {
        "random",
        "load",
        "save",
        "savez",
        "savetxt",
        "loadtxt",
        "fromfile",
        "memmap",
        "genfromtxt",
        "DataSource",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
FORBIDDEN_METHODS = {"tofile"}
FORBIDDEN_BUILTINS = {"open", "print", "input", "exec", "eval", "compile", "breakpoint", "__import__", "globals"}


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or "."
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def _allowed(name: str, room: str) -> bool:
    if name.split(".", maxsplit=1)[0] in ALLOWED_STANDARD:
        return True
    return any(name == package or name.startswith(package + ".") for package in ALLOWED_PACKAGES[room])


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _ways_out(tree: ast.AST) -> Iterator[tuple[str, int]]:
    aliases = {"np": "numpy", "dt": "datetime"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {alias.asname: alias.name for alias in node.names if alias.asname}
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_BUILTINS and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        if isinstance(node, ast.Attribute):
            base = _dotted(node.value)
            last = base.rpartition(".")[2]
            last = aliases.get(last, last)
            if node.attr in FORBIDDEN_ATTRIBUTES.get(last, ()) or node.attr in FORBIDDEN_METHODS:
                yield f"{last}.{node.attr}", node.lineno
    for name, line in _imports(tree):
        package, _, last = name.rpartition(".")
        if last in FORBIDDEN_ATTRIBUTES.get(package, ()) or name.startswith("numpy.random"):
            yield name, line


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_imports_only_what_is_on_its_list(room: str) -> None:
    """Every import of a pure room, lazy ones included, is on the room's allow-list."""
    strangers = []
    for path in modules(room):
        for name, line in _imports(_parse(path)):
            if not _allowed(name, room):
                strangers.append(f"{where(path, line)} imports {name}")
    assert not strangers, "\n".join(strangers)


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_has_no_way_out(room: str) -> None:
    """No builtin or attribute of a pure room opens, prints, asks, evaluates, tells the time or draws chance."""
    found = [f"{where(path, line)} uses {name}" for path in modules(room) for name, line in _ways_out(_parse(path))]
    assert not found, "\n".join(found)


def test_only_seeded_rooms_draw_with_numpy() -> None:
    """numpy.random appears in no room where a secret or a real record could meet it."""
    rooms = ("terms", "compute", "release", "transparency", "exchange", "helper", "desk", "board", "cli")
    found = [
        f"{where(path, line)} uses {name}"
        for path in modules(*rooms)
        for name, line in _ways_out(_parse(path))
        if name.startswith("numpy.random")
    ]
    assert not found, "\n".join(found)
