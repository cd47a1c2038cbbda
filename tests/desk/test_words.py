"""Words of the desk: both languages have the same names, every name used is there, none is unused, each speaks its language."""

import re
from pathlib import Path

import pytest

from sansnom.desk.house.words import app_folders, catalogue_path, read_catalogue

FOLDERS = app_folders()
DESK = FOLDERS[0].parent
TAG = re.compile(r"""\{%\s*say\s+["']([^"']+)["']""")
FILTER = re.compile(r"""["']([a-z_]+\.[a-z0-9_.]+)["']\s*\|\s*said""")
QUOTED = re.compile(r"""["']([a-z_]+(?:\.[a-z0-9_]+)+)["']""")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _names(folder: Path, language: str) -> dict[str, list[str]]:
    told = {}
    for message in read_catalogue(catalogue_path(folder, language), language):
        if message.id:
            name = message.id if isinstance(message.id, str) else message.id[0]
            told[name] = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return told


def _written() -> str:
    paths = [path for end in ("*.py", "*.html") for path in sorted(DESK.rglob(end))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_both_languages_say_the_same_things(folder: Path) -> None:
    """An app's catalogues have the same names, plurals and places to fill, and nothing empty."""
    french, english = _names(folder, "fr"), _names(folder, "en")
    assert french.keys() == english.keys()
    for name, told in french.items():
        assert all(told), name
        assert all(english[name]), name
        assert len(told) == len(english[name]), name
        assert set(PLACEHOLDER.findall(told[-1])) == set(PLACEHOLDER.findall(english[name][-1])), name


def test_every_word_that_a_page_asks_for_is_there() -> None:
    """No template asks for a sentence that no catalogue has."""
    known = {name for folder in FOLDERS for name in _names(folder, "fr")}
    written = _written()
    asked = set(TAG.findall(written)) | set(FILTER.findall(written))
    assert not asked - known


def test_no_word_waits_for_a_page_that_went() -> None:
    """Every name of a catalogue stands somewhere in its app's code, whole or as the end of a list of codes."""
    written = _written()
    quoted = set(QUOTED.findall(written)) | set(TAG.findall(written))
    stems = set(re.findall(r"""f["']([a-z_]+(?:\.[a-z0-9_]+)*\.)\{""", written))
    unused = [
        name
        for folder in FOLDERS
        for name in _names(folder, "fr")
        if name not in quoted and not any(name.startswith(stem) for stem in stems)
    ]
    assert not unused


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_french_keeps_its_typography(folder: Path) -> None:
    """A no-break space stands before : % $ and inside « »; none before ; ! and ?."""
    for name, told in _names(folder, "fr").items():
        for text in told:
            bare = re.sub(r"\{\w+\}", "x", text)
            assert not re.search(r"(?<!\u00a0)[:%](?=\s|$)", bare), name
            assert not re.search(r"\s[;!?]", bare), name
            assert "'" not in bare, name
