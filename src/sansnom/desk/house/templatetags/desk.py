"""Tags that every template has without loading: `say`, `said`, `asset`, `draft`, `undo_address`."""

from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.templatetags.static import static as static_address

from sansnom.desk.house import drafts, undo, words

register = template.Library()


@register.simple_tag
def say(name: str, /, **parameters: Any) -> str:  # noqa: ANN401 - anything that has a text
    """Write the sentence of this name; `count=` chooses its plural. Everything is escaped."""
    return words.say(name, **parameters)


@register.filter
def said(name: str) -> str:
    """Write the sentence of this name, as a filter."""
    return words.say(name)


@register.simple_tag
def asset(path: str) -> str:
    """Give the address of a static file."""
    return static_address(path)


@register.filter
def undo_address(message: Message) -> str:
    """Give where a message's undo button posts to; empty when it has none."""
    tags = message.extra_tags or ""
    return tags.removeprefix(undo.MARK) if tags.startswith(undo.MARK) else ""


@register.inclusion_tag("house/draft.html", takes_context=True)
def draft(context: template.Context, form: str, subject: object = "") -> dict[str, Any]:
    """Make the form around this tag keep its draft; `subject` (a reference) tells forms of several files apart."""
    request = context.get("request")
    name = f"{form}:{subject}" if subject else form
    kept = drafts.draft_of(request, name) if request is not None and context.get("colleague") else None
    return {"form_name": name, "kept": kept}
