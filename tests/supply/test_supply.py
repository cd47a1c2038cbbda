"""What we stand on, how a release is signed: the page is the lock’s, the recipe works, an unasked service is no result."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.places import ROOT

PAGES = {"en": ROOT / "docs" / "supply.md", "fr": ROOT / "docs" / "fr" / "supply.md"}
ROW = re.compile(r"\| `([a-z0-9.-]+)` \|(?:[^|]*\|){3} ([^|]*) \| ([^|]*) \|")
AUDIT = ROOT / ".ci" / "audit-dependencies"


def pins() -> dict[str, str]:
    """Read the versions that a desk and a helper install."""
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", text, flags=re.MULTILINE))


def rows(language: str) -> dict[str, tuple[str, str]]:
    """Read each package's advisory and impact from a page."""
    found = ROW.findall(PAGES[language].read_text(encoding="utf-8"))
    assert len({name for name, _, _ in found}) == len(found)
    return {name: (advisory, impact) for name, advisory, impact in found}


def parts(version: str) -> tuple[int, ...]:
    """Read a version as numbers."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_speaks_of_each_pinned_package_and_of_no_other(language: str) -> None:
    """A package that the lock gained or lost is told in the same commit."""
    assert rows(language).keys() == pins().keys()


def test_both_languages_tell_the_same_advisories() -> None:
    """Same identifier, same version in which it was mended; each with an impact."""
    english, french = rows("en"), rows("fr")
    assert {name: told[0] for name, told in english.items()} == {name: told[0] for name, told in french.items()}
    for told in (*english.values(), *french.values()):
        assert (told[0] == "–") == (told[1] == "–")


def test_no_pin_is_older_than_the_version_in_which_an_advisory_was_mended() -> None:
    """A lock that went back would bring a known flaw with it."""
    known = {name: told[0].split(", ") for name, told in rows("en").items() if told[0] != "–"}
    assert len(known) > 10
    for name, (identifier, mended) in known.items():
        assert re.fullmatch(r"(CVE|GHSA|PYSEC)-[\w-]+", identifier)
        assert parts(pins()[name]) >= parts(mended), name


# ------------------------------------------------------------------------------------------------- asking a service


def asked(folder: Path, answer: str, code: int) -> tuple[int, str]:
    """Run the audit with a stand-in for pip-audit that answers this."""
    stand_in = folder / "pip-audit"
    (folder / "answer").write_text(answer, encoding="utf-8")
    stand_in.write_text(f'#!/bin/sh\ncat "{folder}/answer"\nexit {code}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    done = subprocess.run([sys.executable, str(AUDIT), str(stand_in)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def found(name: str, identifier: str, **more: Any) -> str:
    """Write what pip-audit says of one package."""
    vulnerability = {"id": identifier, "fix_versions": ["99.0"], "aliases": [], **more}
    return json.dumps({"dependencies": [{"name": name, "version": "1.0", "vulns": [vulnerability]}], "fixes": []})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", 1),
        ("{", 0),
        (json.dumps({"dependencies": []}), 0),
        (json.dumps({"dependencies": [{"name": "h11", "skip_reason": "no connection"}]}), 0),
    ],
)
def test_a_service_that_was_not_asked_is_no_result(tmp_path: Path, answer: str, code: int) -> None:
    """No network, a broken answer, nothing looked at, a package left out: told in both languages, never as clean."""
    status, said = asked(tmp_path, answer, code)
    assert status == 3
    assert "NO result" in said
    assert "PAS un résultat" in said


def test_a_finding_without_its_impact_is_red_and_with_it_green(tmp_path: Path) -> None:
    """By its number or another name of it; what is written beside one package says nothing of another."""
    status, said = asked(tmp_path, found("h11", "PYSEC-2099-1"), 1)
    assert status == 1
    assert said.count("PYSEC-2099-1") == 4, "both languages, for both pages"
    assert asked(tmp_path, found("h11", "GHSA-xxxx", aliases=["CVE-2025-43859"]), 1)[0] == 0
    assert asked(tmp_path, found("jinja2", "CVE-2025-43859"), 1)[0] == 1
    clean = json.dumps({"dependencies": [{"name": "h11", "version": "1.0", "vulns": []}]})
    assert asked(tmp_path, clean, 0)[0] == 0


# ---------------------------------------------------------------------------------------------------- a signed release


def blocks(language: str) -> list[str]:
    """Read the blocks of the recipe in one half of SECURITY.md."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    english, french = text.split("\n## Français\n")
    return re.findall(r"^```sh\n(.*?)^```", english if language == "en" else french, flags=re.MULTILINE | re.DOTALL)


def typed(block: str, folder: Path, who: str = "", signers: str = "maintainer-1 maintainer-2") -> int:
    """Type a block into a shell."""
    given = {"KEYS": str(folder / "keys"), "WHO": who, "SIGNERS": signers, "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["sh", "-eu", "-c", block], cwd=folder, env=given, capture_output=True, check=False
    ).returncode


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Sign a release as two maintainers do, with throwaway keys."""
    make_key, sign, _ = blocks("en")
    (tmp_path / "keys").mkdir(mode=0o700)
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "sansnom-0.0-py3-none-any.whl").write_bytes(b"a wheel")
    (dist / "sbom.json").write_text("{}")
    summed = "cd dist && sha256sum *.whl sbom.json >SHA256SUMS"
    assert typed(summed, tmp_path) == 0
    for who in ("maintainer-1", "maintainer-2"):
        assert typed(make_key, tmp_path, who) == 0
        assert typed(sign, tmp_path, who) == 0
    return tmp_path


def test_the_recipe_is_the_same_in_both_languages() -> None:
    """Three blocks: make a key, sign, check."""
    assert blocks("en") == blocks("fr")
    assert len(blocks("en")) == 3


def test_a_release_signed_by_the_recipe_is_believed_and_nothing_else_is(released: Path) -> None:
    """As made it holds; a changed wheel, changed sums, a missing signature, one signer twice, a stranger do not."""
    check = blocks("fr")[2]
    dist = released / "dist"
    assert typed(check, released) == 0
    wheel = dist / "sansnom-0.0-py3-none-any.whl"
    wheel.write_bytes(b"A wheel")
    assert typed(check, released) != 0
    assert typed("cd dist && sha256sum *.whl sbom.json >SHA256SUMS", released) == 0
    assert typed(check, released) != 0, "sums that nobody signed"
    wheel.write_bytes(b"a wheel")
    assert typed("cd dist && sha256sum *.whl sbom.json >SHA256SUMS", released) == 0
    assert typed(check, released) == 0
    first = (dist / "SHA256SUMS.maintainer-1.sig").read_bytes()
    second = (dist / "SHA256SUMS.maintainer-2.sig").read_bytes()
    (dist / "SHA256SUMS.maintainer-2.sig").write_bytes(first)
    assert typed(check, released) != 0, "one maintainer signed for two"
    (dist / "SHA256SUMS.maintainer-2.sig").unlink()
    assert typed(check, released) != 0
    (dist / "SHA256SUMS.maintainer-2.sig").write_bytes(second)
    (released / "keys" / "allowed_signers").write_text("", encoding="utf-8")
    assert typed(check, released) != 0, "signers that nobody allowed"


def test_the_list_of_parts_is_complete(tmp_path: Path) -> None:
    """Every pin is in the list with its version and its hashes, and nothing else is."""
    out = tmp_path / "sbom.json"
    command = re.search(
        r"^\.venv/bin/cyclonedx-py (.*) -o dist/sbom\.json$", (ROOT / ".ci" / "wheel").read_text(), re.MULTILINE
    )
    assert command is not None
    program = Path(sys.executable).with_name("cyclonedx-py")
    subprocess.run([str(program), *command[1].split(), "-o", str(out)], cwd=ROOT, check=True, capture_output=True)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {part["name"]: part["version"] for part in told["components"]} == pins()
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"sha256:([0-9a-f]{64})", text))
    listed = {
        each["content"]
        for part in told["components"]
        for reference in part.get("externalReferences", [])
        for each in reference.get("hashes", [])
    }
    assert listed == locked
