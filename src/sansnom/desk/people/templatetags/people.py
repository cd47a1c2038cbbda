"""Tags about persons: after `{% load people %}`: `{{ person|called }}`, `|birth`, `|age`; `{{ code|word:"region" }}`."""

from typing import Any

from django import template
from django.utils import timezone

from sansnom.desk.people import by_name, finding, showing, vocabulary, words
from sansnom.desk.people.find import Match
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


@register.filter
def programme_name(programme: Any) -> str:  # noqa: ANN401 - a Programme: `work` is reached by name only
    """Write a programme's name in the reader's language."""
    return by_name.programme_name(programme)


@register.filter
def own_word(code: str, listed: str) -> str:
    """Write the words for one of the desk's own codes: `{{ name.kind|own_word:"NAME_KINDS" }}`."""
    held: words.Words = getattr(words, listed)
    return held[code].in_language(vocabulary.speaking())


@register.filter
def reasons(match: Match) -> list[str]:
    """Write why a file is alike, a word or two for each reason."""
    return [own_word(reason, "REASONS") for reason in match.reasons]


@register.filter
def band(match: Match) -> str:
    """Give how alike a match is: strong, good, weak."""
    return finding.likeness_band(match)
