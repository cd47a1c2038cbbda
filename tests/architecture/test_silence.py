"""No message of an error is passed on, and no error is raised with a value in its words, in the rooms that see records (G-10).

What can be decided from the code is decided here: an error that was caught is asked for its type, its code and its numbers, never
for its words; what is raised says fixed words; nothing imports a way of writing to the terminal. The crashes of
tests/desk/silence, tests/helper and tests/cli look at what is left.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.places import SOURCE, where

ALL: Final = ("terms", "exchange", "helper", "desk", "cli", "board", "transparency", "release", "compute")
SEEING: Final = ALL[:-2]
"""The rooms above `release` and `compute`, whose errors tell sizes and variances of public figures."""
SPEAKS: Final = {
    "cli/quiet.py": {"logging", "warnings", "sys.stderr"},
    "helper/watch.py": {"sys.stderr"},
    "cli/speak.py": {"sys.stderr"},
    "cli/usage.py": {"sys.stderr"},
    "cli/verify.py": {"sys.stderr"},
    "cli/protect_files.py": {"sys.stderr"},
    "cli/audit_calibrate.py": {"sys.stderr"},
    "desk/house/errors.py": {"sys.exc_info"},
}
"""Where the terminal is written to, or the error at hand is looked at, and by what."""
LOUD: Final = {"logging", "traceback", "warnings", "faulthandler", "pdb", "cgitb"}
OURS: Final = {
    *("SansnomError", "InputError", "PolicyRefusal", "PeerError", "BudgetExhausted", "BrokenInvariant"),
    *("FileProblem", "CellProblem"),
}
"""Errors that are made of codes, places and numbers: their parts may be passed on."""
ASKED_SAFELY: Final = {
    "code",
    "parameters",
    "findings",
    "party",
    "errno",
    "sqlite_errorcode",
    "name",
    "where",
    "start",
    "lineno",
}
PRIMITIVE: Final = {"shape", "dtype", "size", "ndim", "__name__"}
NAMED_BY_US: Final = {
    *("terms/roster.py", "terms/schema.py", "terms/vocabulary.py"),  # codes of a roster, a dictionary: public
    *("desk/house/words.py", "board/language.py", "board/public.py"),  # names of sentences and of files, from the code
}
"""Where a `KeyError` names what is looked for: never something from a record."""


@cache
def _sources(rooms: tuple[str, ...]) -> tuple[tuple[Path, ast.Module], ...]:
    if rooms != ALL:
        return tuple(one for one in _sources(ALL) if one[0].relative_to(SOURCE).parts[0] in rooms)
    paths = [path for room in rooms for path in sorted((SOURCE / room).rglob("*.py")) if "migrations" not in path.parts]
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"BaseException"}
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "?") for part in parts}


def wrongly_passed_on(tree: ast.Module) -> Iterator[int]:
    """Find the lines where a caught error that is not ours is used for more than its type, its numbers or as a cause."""
    for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name):
        if _names(handler.type) <= {*OURS, "StopIteration"}:
            continue
        allowed: set[ast.Name] = set()
        for node in (inner for line in handler.body for inner in ast.walk(line)):
            if isinstance(node, ast.Attribute) and node.attr in ASKED_SAFELY and isinstance(node.value, ast.Name):
                allowed.add(node.value)
            elif isinstance(node, ast.Raise):
                allowed |= {part for part in (node.cause, node.exc) if isinstance(part, ast.Name)}
            elif isinstance(node, ast.Call) and _called(node) in SAFE_CALLS:
                allowed |= {part for part in node.args if isinstance(part, ast.Name)}
        for node in (inner for line in handler.body for inner in ast.walk(line)):
            if isinstance(node, ast.Name) and node.id == handler.name and node not in allowed:
                yield node.lineno


SAFE_CALLS: Final = {
    "told_by_places",
    "type",
    "isinstance",
    "getattr",
    "failed",
    "_failed",
    "_stored_wrong",
    "explain",
    "of_error",
}
"""Functions that look at an error's type and code alone: each is tested on its own with an error that quotes."""


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def wrongly_worded(tree: ast.Module, *, keys_are_ours: bool = False) -> Iterator[int]:
    """Find `raise Builtin(words)` and `assert …, words` where the words are put together from anything but sizes."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    texts = {
        target.id for node in assigned for target in node.targets if isinstance(target, ast.Name) and _fixed(node.value)
    }
    texts -= {
        target.id
        for node in assigned
        for target in node.targets
        if isinstance(target, ast.Name) and not _fixed(node.value)
    }
    for node in ast.walk(tree):
        words: list[ast.expr] = []
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = _called(node.exc)
            if name in {*OURS, "SystemExit"} or not name[:1].isupper() or (name == "KeyError" and keys_are_ours):
                continue
            words = node.exc.args
        elif isinstance(node, ast.Assert) and node.msg is not None:
            words = [node.msg]
        yield from (word.lineno for word in words if not _fixed(word) and getattr(word, "id", "") not in texts)


def _fixed(word: ast.expr) -> bool:
    """Say whether words are fixed: constants, a sentence of the catalogue, numbers of our own, and sizes in between."""
    if isinstance(word, ast.JoinedStr):
        return all(_fixed(part) for part in word.values)
    if isinstance(word, (ast.FormattedValue, ast.Subscript)):
        return _fixed(word.value)
    if isinstance(word, ast.Attribute):
        return word.attr in {*PRIMITIVE, "error_messages"}
    if isinstance(word, ast.Call):
        return _called(word) in {"say", "len", "type", "reason"}
    return isinstance(word, ast.Constant) or (isinstance(word, ast.Name) and word.id.isupper())


def loud_in(tree: ast.Module) -> Iterator[str]:
    """Find imports of what writes to the terminal by itself, and the uses of the terminal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in LOUD)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in LOUD:
            yield str(node.module)
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stderr", "sys.exc_info", "sys.__stderr__"}:
            yield ast.unparse(node)


@pytest.mark.guarantee("G-10")
def test_no_words_of_a_caught_error_are_passed_on() -> None:
    """`str(error)`, an f-string, `error.args`: a library quotes in them what it choked on."""
    found = [where(path, line) for path, tree in _sources(SEEING) for line in wrongly_passed_on(tree)]
    assert found == []


@pytest.mark.guarantee("G-10")
def test_what_is_raised_says_fixed_words() -> None:
    """Python's own errors are raised with constants, and assertions tell sizes: a value in one would reach whoever reads it."""
    found = [
        where(path, line)
        for path, tree in _sources(SEEING)
        for line in wrongly_worded(tree, keys_are_ours=path.relative_to(SOURCE).as_posix() in NAMED_BY_US)
    ]
    assert found == []


@pytest.mark.guarantee("G-10")
def test_no_browser_keeps_what_is_typed() -> None:
    """Each form that posts says autocomplete="off": else a browser writes what is typed into its own files (test_profile.py)."""
    pages = sorted((SOURCE / "desk").rglob("*.html"))
    forms = [(page, form) for page in pages for form in re.findall(r"<form[^>]*>", page.read_text(encoding="utf-8"))]
    assert len(forms) > 60
    assert [where(page) for page, form in forms if 'method="post"' in form and 'autocomplete="off"' not in form] == []


@pytest.mark.guarantee("G-10")
def test_nothing_new_writes_to_the_terminal() -> None:
    """Logs, tracebacks, warnings: in the one file that silences them; the terminal: where sentences are said."""
    for path, tree in _sources(ALL):
        known = SPEAKS.get(path.relative_to(SOURCE).as_posix(), set())
        assert set(loud_in(tree)) <= known, where(path)


def test_control_each_way_of_passing_on_is_found() -> None:
    """What a tired colleague would write, and what is allowed beside it."""
    wrong = (
        *("str(e)", "f'{e}'", "'%s' % e", "'{}'.format(e)", "e.args", "repr(e)", "print(e)", "e.reason", "say(e)", "e"),
        *("InputError('x', where=str(e))", "f'{e!r}'", "error_of(e)"),
    )
    for words in wrong:
        assert list(wrongly_passed_on(ast.parse(f"try: f()\nexcept ValueError as e:\n  x = {words}"))) == [3], words
    for words in ("x = type(e).__name__", "x = e.errno", "raise InputError('x') from e", "watch.failed('x', e)"):
        assert not list(wrongly_passed_on(ast.parse(f"try: f()\nexcept (OSError, InputError) as e:\n  {words}"))), words
    assert not list(wrongly_passed_on(ast.parse("try: f()\nexcept InputError as e:\n  x = e.findings")))
    for words in ("raise ValueError(f'no {name}')", "raise KeyError(name)", "assert x, f'{row} is odd'"):
        assert list(wrongly_worded(ast.parse(words))) == [1], words
    for words in ("raise ValueError('no')", "assert x, f'{a.shape} and {len(b)}'", "raise InputError('x', where=y)"):
        assert not list(wrongly_worded(ast.parse(words))), words
    assert list(loud_in(ast.parse("import logging.config\nfrom traceback import print_exc\nsys.stderr.write(x)")))
