"""The notices that ship: eight languages, the same parts, each in its own script and direction, drafts marked."""

import json
import re
import unicodedata
from importlib.resources import files
from typing import Any

import pytest

from sansnom.desk.agreement.models import NOTICE_KINDS
from sansnom.desk.agreement.notices import LANGUAGES, NAME_OF_HERE, beside, language_for
from sansnom.desk.people.models import Person

SCRIPTS = {"ar": "ARABIC", "fa": "ARABIC", "uk": "CYRILLIC", "zh": "CJK"}


def shipped(language: str) -> Any:
    """Read the texts of a language."""
    place = files("sansnom.desk.agreement") / "texts" / f"{language}.json"
    return json.loads(place.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_as_much_in_as_many_parts(language: str) -> None:
    """The same kinds and paragraphs as in French, none empty, the organization named once, the same version."""
    french, told = shipped("fr"), shipped(language)
    assert set(told["notices"]) == set(NOTICE_KINDS)
    for kind, text in told["notices"].items():
        theirs, ours = text["text"].split("\n\n"), french["notices"][kind]["text"].split("\n\n")
        assert len(theirs) == len(ours)
        assert all(part.strip() for part in theirs)
        assert text["title"]
        assert text["text"].count(NAME_OF_HERE) == french["notices"][kind]["text"].count(NAME_OF_HERE)
        assert text["text"] == unicodedata.normalize("NFC", text["text"])
    assert told["version"] == french["version"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_written_in_its_script_and_direction(language: str) -> None:
    """Most letters are of the script; Arabic and Persian run right to left; all but French and English are drafts and say so."""
    told = shipped(language)
    words = " ".join(text["text"] for text in told["notices"].values()).replace(NAME_OF_HERE, "")
    letters = [unicodedata.name(sign).split()[0] for sign in words if sign.isalpha()]
    assert letters.count(SCRIPTS.get(language, "LATIN")) > 0.95 * len(letters)
    assert told["direction"] == ("rtl" if language in {"ar", "fa"} else "ltr")
    assert told["draft"] is (language not in {"fr", "en"})
    assert bool(told["draft_label"]) is told["draft"]
    if language == "fa":
        assert not re.search("[يك]", words), "Arabic letters where Persian has its own"


def test_no_notice_promises_what_a_law_could_break() -> None:
    """The file's notice says that a law may oblige, and none calls statistics anonymous."""
    assert "sauf si une loi" in shipped("fr")["notices"]["file"]["text"]
    assert "unless a law" in shipped("en")["notices"]["file"]["text"]
    for language in LANGUAGES:
        assert not re.search(
            "anonym|anónim|анонім|匿名|مجهول|ناشناس", json.dumps(shipped(language), ensure_ascii=False)
        )


@pytest.mark.usefixtures("in_english")
def test_the_language_follows_the_person_and_the_colleague_reads_beside() -> None:
    """Dari speakers read Persian; who speaks none of the eight is told in the colleague's language; never twice the same."""
    assert language_for(Person(best_language="prs")) == "fa"
    assert language_for(Person(best_language="ti")) == "en"
    assert (beside("ar"), beside("en"), beside("fr")) == ("en", "fr", "en")
