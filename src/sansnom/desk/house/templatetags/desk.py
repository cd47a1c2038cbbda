"""Tags that every template has without loading: `say`, `isolated`, static files."""

from typing import Any

from django import template
from django.templatetags.static import static as static_address

from sansnom.desk.house import words

register = template.Library()


@register.simple_tag
def say(name: str, **parameters: Any) -> str:  # noqa: ANN401 - anything that has a text
    """Write the sentence of this name; `count=` chooses its plural. Everything is escaped."""
    return words.say(name, **parameters)


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file."""
    return static_address(path)


@register.filter
def said(name: str) -> str:
    """Write the sentence of this name, as a filter."""
    return words.say(name)
