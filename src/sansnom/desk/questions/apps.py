"""The questions app."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """Questions from the board, the decision on each, what is sent and what comes back."""

    name = "sansnom.desk.questions"
    label = "questions"
