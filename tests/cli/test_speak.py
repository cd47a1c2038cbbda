"""What the command line says: both languages, each with its own typography, the chosen one first."""

import re
from string import Formatter

import pytest

from sansnom.cli.main import GOOD, USAGE, main
from sansnom.cli.messages import SENTENCES
from sansnom.cli.speak import Voice, number, sentence, voice_for

NBSP = "\u00a0"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_stands_in_both_languages(code: str) -> None:
    """Both are there, differ, and take the same parameters."""
    french, english = SENTENCES[code]
    assert french.strip()
    assert english.strip()
    names = [{name for _, name, _, _ in Formatter().parse(said) if name} for said in (french, english)]
    assert names[0] == names[1]


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_french_has_its_no_break_spaces(code: str) -> None:
    """A no-break space before a colon and a per cent sign; none before a semicolon or an exclamation mark."""
    french, _ = SENTENCES[code]
    assert not re.search(r"[^\u00a0\s]:(\s|$)| :| %| ;| !", french)


def test_an_error_is_said_in_both_languages_the_chosen_one_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Who looks over the shoulder may read the other language."""
    Voice("fr").error("cli.interrupted")
    said = capsys.readouterr().err.splitlines()
    assert said == [sentence("cli.interrupted", language, {}) for language in ("fr", "en")]


def test_a_code_without_a_sentence_loses_nothing() -> None:
    """An unknown code is shown with its parameters."""
    assert sentence("no.such.code", "fr", {"where": "here"}) == "no.such.code (where=here)"


def test_the_language_is_as_asked_or_as_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag wins; then the environment; English without either."""
    monkeypatch.setenv("SANSNOM_LANGUAGE", "fr_CA.UTF-8")
    assert voice_for("en").language == "en"
    assert voice_for(None).language == "fr"
    for name in ("SANSNOM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert voice_for(None).language == "en"


def test_whole_numbers_are_written_as_the_language_does() -> None:
    """12 345 with a no-break space in French, 12,345 in English."""
    assert number(12345, "fr") == f"12{NBSP}345"
    assert number(12345, "en") == "12,345"


@pytest.mark.parametrize("verb", ["demo", "run", "verify", "plan", "roster", "board", "helper"])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each verb exits well and says something in both languages."""
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == GOOD
    assert "·" in capsys.readouterr().out or verb in {"plan", "board"}


def test_a_missing_plan_file_is_named() -> None:
    """A plan that cannot be read ends in exit 2 before anything starts."""
    assert main(["run", "--organizations", "x", "--out", "y", "--plan", "no-such.json"]) == USAGE


@pytest.mark.parametrize(
    "code", ["object", "missing", "type", "range", "fraction", "untranslated", "schema", "unknown"]
)
def test_a_malformed_file_has_a_sentence(code: str) -> None:
    """What the strict reader refuses is said in words, in both languages."""
    assert f"json.{code}" in SENTENCES
