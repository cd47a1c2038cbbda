"""The desk says a rule in the very words of the board: one rule, one sentence, wherever it is read."""

import pytest

from sansnom.board.messages import MESSAGES
from sansnom.desk.house.words import app_folders, catalogue_path, read_catalogue

FOLDER = next(folder for folder in app_folders() if folder.name == "questions")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_rule_is_said_as_on_the_board(language: str) -> None:
    """No rule lacks a sentence here, and none says something else."""
    told = {str(m.id): m.string for m in read_catalogue(catalogue_path(FOLDER, language), language) if m.id}
    place = ("fr", "en").index(language)
    rules = [code for code in MESSAGES if code.startswith("rule.")]
    assert len(rules) > 40
    for code in rules:
        assert told[f"questions.code.{code}"] == MESSAGES[code][place], code
