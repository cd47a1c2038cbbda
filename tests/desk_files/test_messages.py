"""Every finding has a sentence in French and in English, and it says what to do."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import sansnom.desk.files
from sansnom.desk.files import explain
from sansnom.desk.files.codes import code_lists
from sansnom.desk.files.columns import TABLES
from sansnom.desk.files.messages import LISTS, MESSAGES
from sansnom.terms.errors import Finding

CODE = re.compile(r"(files?|folder|column|row|cell|date|local_id|note)\.[a-z_]+(\.[a-z_]+)?")


def _codes_in_the_source() -> set[str]:
    """Give every string of the reader's source that looks like a finding's code, messages apart."""
    found = set()
    for path in Path(sansnom.desk.files.__file__).parent.glob("*.py"):
        if path.name == "messages.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return found


def test_every_code_raised_has_its_sentence_and_every_sentence_its_code() -> None:
    """No code without words, no words without use."""
    assert _codes_in_the_source() == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_say_the_same_things(code: str) -> None:
    """Same parameters in both, whole sentences, French typography."""
    message = MESSAGES[code]
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (message.fr, message.en)]
    assert fields[0] == fields[1]
    for text in (message.fr, message.en):
        assert text.endswith(".")
        assert text[0].isupper()
    assert not re.search(r"[^\u00a0][:»%]|«[^\u00a0]|[\s\u00a0][;!?]", message.fr.replace("https:", ""))
    assert "'" not in message.fr
    assert message.fr != message.en


def test_every_list_that_a_column_names_exists_and_is_named() -> None:
    """A code list has spellings and a name for people, in both languages."""
    used = {c.kind.removeprefix("code:") for t in TABLES for c in t.columns if c.kind.startswith("code:")}
    assert used == set(LISTS)
    assert used <= set(code_lists())


def test_a_finding_is_said_with_its_place() -> None:
    """File, row, column with its label, then the sentence."""
    finding = Finding("cell.code.unknown", "ouest/persons.csv:12:region", {"list": "region"})
    assert explain(finding, "fr").startswith(
        "ouest/persons.csv, ligne 12, colonne region (Région administrative)\u00a0: Cette valeur"
    )
    assert "«\u00a0régions administratives\u00a0»" in explain(finding, "fr")
    assert explain(finding, "en").startswith(
        "ouest/persons.csv, row 12, column region (Administrative region): This value"
    )
    assert explain(Finding("column.missing", "persons.csv:1:local_id"), "en").endswith(
        "rename the one that stands for it."
    )
    assert "local_id" in explain(Finding("column.missing", "persons.csv:1:local_id"), "fr")
