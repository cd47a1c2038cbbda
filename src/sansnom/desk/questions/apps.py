"""The questions app."""

from typing import Final

from django.apps import AppConfig

from sansnom.desk.house.navigation import Place


class QuestionsConfig(AppConfig):
    """Questions from the board, the decision on each, what is sent and what comes back."""

    name = "sansnom.desk.questions"
    label = "questions"
    navigation: Final = (Place("questions.nav", "questions:all", 40, role="director", letter="q"),)
    settings_pages: Final = (
        Place("questions.join", "questions:join", 60, role="director", hint="questions.join.hint", group="joint"),
    )
