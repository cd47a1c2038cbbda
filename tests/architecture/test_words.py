"""Words we hold to: banned names, no claim we cannot keep, no trace of one machine, a reason for each ignore."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.places import ROOT, modules, tracked, where

# docs/glossary.md: names that say nothing, or say the wrong thing about a person or a party.
BANNED_WHOLE = {
    "utils",
    "util",
    "common",
    "manager",
    "data",
    "info",
    "process",
    "handle",
    "log",
    "id",
    "key",
}
BANNED_PARTS = {"utils", "util", "manager", "info", "aggregator", "user"}
PRESCRIBED = {"AUTH_USER_MODEL"}  # names of settings that Django looks up; we do not choose them
BANNED_FIRST_IN_FUNCTIONS = {"process", "handle"}


def _parts(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [part for part in spaced.lower().split("_") if part]


def _is_banned(name: str, *, function: bool = False) -> bool:
    if name.startswith("_") or name in PRESCRIBED:
        return False
    parts = _parts(name)
    if name.lower() in BANNED_WHOLE or BANNED_PARTS & set(parts):
        return True
    return function and parts[0] in BANNED_FIRST_IN_FUNCTIONS


def _public_names(body: list[ast.stmt]) -> Iterator[tuple[str, int, bool]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, True
            if not node.name.startswith("_"):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                yield from ((argument.arg, argument.lineno, False) for argument in arguments)
        elif isinstance(node, ast.ClassDef):
            yield node.name, node.lineno, False
            if not node.name.startswith("_"):
                yield from _public_names(node.body)
        elif isinstance(node, ast.Assign):
            yield from ((t.id, t.lineno, False) for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.lineno, False


def test_public_names_keep_to_the_glossary() -> None:
    """No module, public function, class, field or parameter bears a name that the glossary bans."""
    found = []
    for path in modules():
        if path.stem == "helpers" or _is_banned(path.stem):
            found.append(f"{where(path)}: module name")
        for name, line, function in _public_names(ast.parse(path.read_text(encoding="utf-8")).body):
            if _is_banned(name, function=function):
                found.append(f"{where(path, line)}: {name}")
    assert not found, "\n".join(found)


# "Without names" is what we do; the stronger word is a legal state that we do not claim. Naming the word itself,
# quoted or as a column's name, is allowed, and so is the noun of the statutory register.
CLAIM = re.compile(
    r"(?<![\"'`“«‘(\w-])(?<![«“]\N{NO-BREAK SPACE})(?<![«“]\N{NARROW NO-BREAK SPACE})"
    r"(anonymous(ly)?|anonymi[sz]ed?|anonymisée?s?|anonymes?|anonymement)(?![\w\"'`”»’])",
    re.IGNORECASE,
)
SHOWN = {".md", ".html", ".po", ".svg", ".json", ".jinja", ".txt"}


def _shown_to_people() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix in SHOWN and path.relative_to(ROOT).parts[0] not in {"requirements", "tests", "vectors", ".ci"}
    ]


def test_nothing_we_show_claims_the_word_we_cannot_keep() -> None:
    """Docs, templates, catalogues and dictionaries say "without names", not the stronger word."""
    found = [
        f"{where(path, number)}: {line.strip()[:120]}"
        for path in _shown_to_people()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if CLAIM.search(line)
    ]
    assert not found, "\n".join(found)


# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"work/(main|shared)",
            r"(?<![\w.])/" + r"root/",
            r"(?<![\w.])/" + r"home/[a-z]",
            r"(?<![\w.])/" + r"Users/[A-Za-z]",
            "/opt/" + "pypi",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian\.org",
            "--(extra-)?index" + "-url=?\\s*http",
        ]
    )
)
ITS_OWN_FAULT = "011-a-path-of-one-machine.patch"


def test_no_file_carries_a_path_of_one_machine_or_a_registry() -> None:
    """Nothing committed works on one machine only, or sends an installer to an address."""
    found = []
    for path in tracked():
        if path.name == ITS_OWN_FAULT:
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{where(path, n)}: {line.strip()[:120]}" for n, line in enumerate(lines, 1) if MACHINE.search(line)]
    assert not found, "\n".join(found)


IGNORE = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover|mypy:|ruff:|nosec)", re.IGNORECASE)
REASONED = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\]|pragma:\s*no cover|ruff: ?noqa:\s*[\w, ]+)"
    r"\s*(#|-|–|—|:)\s*\S.{7,}"
)


def test_every_ignore_gives_its_reason() -> None:
    """An ignore without a code or a reason hides what the next reader must know."""
    found = []
    for path in tracked():
        if path.suffix != ".py":
            continue
        text = path.read_text(encoding="utf-8")
        found += [
            f"{where(path, token.start[0])}: {token.string}"
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT and IGNORE.search(token.string) and not REASONED.search(token.string)
        ]
    assert not found, "\n".join(found)


def test_every_switched_off_rule_gives_its_reason() -> None:
    """Each rule that pyproject.toml switches off has its reason beside it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    codes = [line for line in text.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert len(codes) > 20
    assert not [line for line in codes if not re.search(r",\s*# \S.{4,}", line)]
