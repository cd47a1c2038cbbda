"""Tags about persons: after `{% load people %}`: `{{ person|called }}`, `|birth`, `|age`; `{{ code|word:"region" }}`."""

from django import template
from django.utils import timezone

from sansnom.desk.people import showing, vocabulary
from sansnom.desk.people.models import Person

register = template.Library()


@register.filter
def called(person: Person) -> str:
    """Write what to call the person by."""
    return showing.called(person)


@register.filter
def birth(person: Person) -> str:
    """Write the birth date as far as it is known."""
    return showing.birth_told(person)


@register.filter
def age(person: Person) -> str:
    """Write the age today."""
    return showing.age_told(person, timezone.localdate())


@register.filter
def word(code: str, listed: str) -> str:
    """Write the words for a code of a list of the dictionary."""
    return vocabulary.word_for(listed, code)
