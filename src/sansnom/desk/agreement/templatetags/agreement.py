"""Tags, after `{% load agreement %}`: `{{ kind|kind_word }}`, `{{ answer|answer_word }}`, `{{ code|tongue_word }}`."""

from django import template

from sansnom.desk.agreement.models import ANSWERS, NOTICE_KINDS
from sansnom.desk.people.vocabulary import speaking, word_for

register = template.Library()


@register.filter
def kind_word(kind: str) -> str:
    """Write what a notice is about."""
    return NOTICE_KINDS[kind].in_language(speaking())


@register.filter
def answer_word(answer: str) -> str:
    """Write what was answered."""
    return ANSWERS[answer].in_language(speaking())


@register.filter
def tongue_word(language: str) -> str:
    """Write the name of a language."""
    return word_for("languages", language)
