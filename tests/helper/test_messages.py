"""What a helper says: French and English, equal in rank, with French typography."""

import ast
import re
import string
from pathlib import Path

import pytest

from sansnom.helper.messages import MESSAGES, sentence

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sansnom" / "helper"
RAISED_BY_US = {"InputError", "PolicyRefusal", "PeerError", "SansnomError"}


def fields(text: str) -> set[str]:
    """Name the parameters of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def raised() -> set[str]:
    """Find every code that the helper's own modules raise for people to read."""
    found = set()
    for path in SOURCE.glob("*.py"):
        if path.name in ("peers.py", "frames.py"):
            continue  # told to the operator by code, in the notes
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED_BY_US:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_code_has_a_sentence_in_both_languages() -> None:
    """A code that a person may meet is never shown bare."""
    assert raised() - set(MESSAGES) == {"peer.answer"}  # told to the operator by code, in the notes


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_say_the_same_things(code: str) -> None:
    """Both sentences exist and take the same parameters."""
    french, english = MESSAGES[code]
    assert french.strip()
    assert english.strip()
    assert fields(french) == fields(english)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_french_typography(code: str) -> None:
    """No-break space before a colon and inside guillemets, none before ; ! ?, curly apostrophes."""
    french, english = MESSAGES[code]
    plain = re.sub(r"https?://|HOST:PORT", "", french)
    assert not re.search(r"[^\u00a0]:(?=\s|$)", plain)
    assert not re.search(r"\s[;!?]", plain)
    assert not re.search(r"« |[^\u00a0]»", plain)
    assert "'" not in french + english


def test_a_sentence_without_its_parameters_is_shown_as_its_code() -> None:
    """A mistake of ours in parameters hides nothing and breaks nothing."""
    assert sentence("rate", "fr", {}) == "rate"
    assert sentence("nothing.known", "en", {"a": 1}) == "nothing.known"
    assert sentence("rate", "en", {"seconds": 3}).endswith("nothing is lost.")
