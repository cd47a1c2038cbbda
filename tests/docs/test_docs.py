"""Documentation is part of the product: what it promises exists, in both languages, and is said as it should be."""

import contextlib
import io
import re
from collections import defaultdict
from pathlib import Path

import pytest

from sansnom.cli.main import main
from tests.architecture.places import DOCS, ROOT, SOURCE, TESTS, tracked, where

# Developers' documents are in English; what an organization, a helper or a reader meets is in both languages.
ENGLISH_ONLY = {"performance.md"}
NUMBER = re.compile(r"\bG-\d\d\b")


def _markdown() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def _pairs() -> list[tuple[Path, Path]]:
    english = [
        path
        for path in _markdown()
        if path.is_relative_to(DOCS)
        and path.relative_to(DOCS).parts[0] not in {"fr", "adr", "schemas"}
        and path.name not in ENGLISH_ONLY
    ]
    pairs = [(path, DOCS / "fr" / path.relative_to(DOCS)) for path in english]
    return [*pairs, (ROOT / "README.md", ROOT / "README.fr.md")]


def _prose(path: Path) -> list[tuple[int, str]]:
    """Give the lines of a page with their numbers, without code."""
    lines, code = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code:
            lines.append((number, re.sub(r"`[^`]*`", "`code`", line)))
    return lines


def _code(path: Path) -> list[str]:
    """Give the fenced lines and inline code of a page."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```[^\n]*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


def _headings(path: Path) -> list[str]:
    return [match[1] for _, line in _prose(path) if (match := re.match(r"(#+) ", line))]


@pytest.mark.parametrize(("english", "french"), _pairs(), ids=lambda path: path.name)
def test_each_page_has_its_twin(english: Path, french: Path) -> None:
    """An English page and its French twin have the same headings, tables and lists."""
    assert french.is_file(), f"{where(english)} has no twin in French"
    assert _headings(english) == _headings(french)

    def marks(path: Path) -> dict[str, int]:
        count: dict[str, int] = defaultdict(int)
        for _, line in _prose(path):
            if match := re.match(r"(\||- |\d+\. )", line):
                count[match[1][0]] += 1
        return count

    assert marks(english) == marks(french)


def test_no_french_page_stands_alone() -> None:
    """A French page without its English twin is half a page too."""
    twins = {french for _, french in _pairs()}
    alone = [where(path) for path in _markdown() if path.is_relative_to(DOCS / "fr") and path not in twins]
    assert not alone


def test_french_pages_keep_the_typography_of_canada() -> None:
    """A no-break space stands before : % $ and inside « »; none before ; ! ?"""
    wrong = re.compile(r" (:|%|\$)(\s|$)|« |(?<=\S) »|«(?=\w)|(?<=\w)»|\s[;!?](\s|$)|[\w`»)]:(\s|$)")
    pages = [path for path in _markdown() if path.is_relative_to(DOCS / "fr") or path.name.endswith(".fr.md")]
    found = [
        f"{where(path, number)}: {line}"
        for path in pages
        for number, line in _prose(path)
        if not re.fullmatch(r"[|:\s-]*", line) and wrong.search(re.sub(r"\]\([^)]*\)", "]", line))
    ]
    assert pages
    assert not found, "\n".join(found)


def test_links_lead_somewhere() -> None:
    """Every relative link of every page names a file of this tree."""
    broken = [
        f"{where(path, number)}: {target}"
        for path in _markdown()
        for number, line in _prose(path)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line)
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_code_cites_documents_that_exist() -> None:
    """A comment that sends its reader to docs/ names a page that is there."""
    cited = re.compile(r"\bdocs/[\w./-]+\.(?:md|json|svg)\b")
    broken = [
        f"{where(path)}: {name}"
        for path in tracked()
        if path.suffix in {".py", ".toml", ".in"}
        for name in cited.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert not broken, "\n".join(broken)


def test_the_limits_are_on_the_first_screen() -> None:
    """A reader of either README meets the known limits before any command."""
    for name, limits in (("README.md", "docs/known-limits.md"), ("README.fr.md", "docs/fr/known-limits.md")):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert limits in "\n".join(text.splitlines()[:12]), name
        assert text.index(limits) < text.index("```"), name


def test_documented_targets_exist() -> None:
    """Each `make TARGET` that a page names is in the Makefile, and each target is in `make help`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+(?:-dependencies)?):", makefile, flags=re.MULTILINE))
    missing = [
        f"{where(path)}: make {name}"
        for path in _markdown()
        for line in _code(path)
        for name in re.findall(r"\bmake ([a-z]+(?:-dependencies)?)\b", line)
        if name not in targets
    ]
    assert not missing, "\n".join(missing)
    assert {"demo", "test", "check", "faults", "browser", "bench", "long"} <= targets
    helped = set(re.findall(r"@echo 'make ([a-z]+(?:-dependencies)?)", makefile))
    assert targets - helped == {"help"}


def _documented_verbs() -> dict[tuple[str, ...], str]:
    """Find `sansnom NOUN VERB` in the code of every page; `a|b` stands for each."""
    verbs: dict[tuple[str, ...], str] = {}
    for path in _markdown():
        for line in _code(path):
            for match in re.finditer(
                r"(?<![\w/.-])(?:\.venv/bin/)?sansnom ([a-z]+)(?: ([a-z]+(?:\|[a-z]+)*)\b(?![/.]))?", line
            ):
                for second in (match[2] or "").split("|"):
                    verbs.setdefault((match[1], second) if second else (match[1],), where(path))
    return verbs


def test_documented_verbs_exist() -> None:
    """Each `sansnom VERB` that a page names answers --help."""
    missing = []
    for words, place in sorted(_documented_verbs().items()):
        told = io.StringIO()  # in this process: sixty interpreters would tell the same, half a minute later
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            try:
                code = main([*words, "--help"])
            except SystemExit as end:
                code = int(end.code or 0)
        if code:
            missing.append(f"{place}: sansnom {' '.join(words)} -> {code}: {told.getvalue().strip()[-200:]}")
    assert not missing, "\n".join(missing)


def _statuses(path: Path) -> dict[str, str]:
    rows = re.findall(r"^\| (G-\d\d) \| .+ \| ([^|]+) \|$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(rows)


def test_both_languages_give_each_guarantee_one_status() -> None:
    """Ten guarantees, each held or not yet, the same in both languages."""
    english, french = _statuses(DOCS / "guarantees.md"), _statuses(DOCS / "fr" / "guarantees.md")
    words = {"held": "tenue", "not yet": "pas encore"}
    assert list(english) == [f"G-{number:02d}" for number in range(1, len(english) + 1)]
    assert len(english) >= 10
    assert {number: words.get(status) for number, status in english.items()} == french


def test_a_held_guarantee_has_its_test_its_fault_and_its_attack() -> None:
    """Nobody may write "held" who cannot show a marked test, a planted fault and an attack."""
    marked = {
        number
        for path in TESTS.rglob("test_*.py")
        for number in re.findall(r"guarantee\(\"(G-\d\d)\"\)", path.read_text(encoding="utf-8"))
        if path != Path(__file__)
    }
    planted = {
        number
        for path in (TESTS / "faults").glob("*.patch")
        for number in re.findall(r"^# guarantee: (G-\d\d)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    attacked = {
        number
        for path in (SOURCE / "audit").rglob("*.py")
        for number in NUMBER.findall(path.read_text(encoding="utf-8"))
    }
    held = {number for number, status in _statuses(DOCS / "guarantees.md").items() if status == "held"}
    assert held <= marked, f"without a test: {sorted(held - marked)}"
    assert held <= planted, f"without a planted fault: {sorted(held - planted)}"
    assert held <= attacked, f"without an attack in audit/: {sorted(held - attacked)}"


def test_only_known_guarantees_are_named() -> None:
    """A card, test or page that names a guarantee names one that exists."""
    known = set(_statuses(DOCS / "guarantees.md"))
    unknown = [
        f"{where(path)}: {number}"
        for path in tracked()
        if path.suffix in {".md", ".py"} and path != Path(__file__)
        for number in NUMBER.findall(path.read_text(encoding="utf-8"))
        if number not in known
    ]
    assert not unknown, "\n".join(unknown)


def test_each_decision_is_one_page_of_five_parts() -> None:
    """A decision record gives context, options, decision, price and what would change our mind, and is in the list."""
    listed = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    records = sorted((DOCS / "adr").glob("[0-9]*.md"))
    numbers = [record.name[:4] for record in records]
    assert len(set(numbers)) == len(numbers), "two records share a number"
    for record in records:
        text = record.read_text(encoding="utf-8")
        parts = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert parts == ["Context", "Options", "Decision", "Price", "What would change our mind"], record.name
        assert len(text.splitlines()) <= 80, f"{record.name} is more than a page"
        assert record.name in listed, f"{record.name} is not in the list"


def test_each_changelog_fragment_says_what_kind_it_is() -> None:
    """A fragment's name tells an organization whether it must do something."""
    kinds = ("must-do", "added", "changed", "fixed")
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    assert not [name for name in names if not re.fullmatch(rf"[a-z0-9-]+\.({'|'.join(kinds)})\.md", name)]


def test_each_fault_says_what_it_breaks() -> None:
    """Every planted fault has the header that the runner reads, and names a test that exists."""
    for path in sorted((TESTS / "faults").glob("*.patch")):
        text = path.read_text(encoding="utf-8")
        assert re.search(r"^# guarantee: (G-\d\d|architecture|docs)$", text, flags=re.MULTILINE), path.name
        assert re.search(r"^# why: \S.{15,}", text, flags=re.MULTILINE), path.name
        named = re.findall(r"^# reddens: (tests/\S+\.py)::(\w+)", text, flags=re.MULTILINE)
        assert named, path.name
        for file, test in named:
            assert re.search(rf"def {test}\(", (ROOT / file).read_text(encoding="utf-8")), (
                f"{path.name}: {file}::{test}"
            )
