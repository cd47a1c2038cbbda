"""Tags about work, after `{% load work %}`.

`{% served code %}`, `{{ code|listed:"waiting" }}`, `{{ programme|own_name }}`, `{{ row.pk|sealed }}`, `{{ row.minutes|lasting }}`.
"""

from collections.abc import Sequence
from typing import Any

from django import template

from sansnom.desk.house.words import say
from sansnom.desk.people.vocabulary import speaking, word_for
from sansnom.desk.people.words import Words
from sansnom.desk.work import fields, vocabulary, words
from sansnom.desk.work.addresses import seal
from sansnom.desk.work.models import Funder, Programme

register = template.Library()

OWN: dict[str, Words] = {
    "mode": words.MODES,
    "outcome": words.OUTCOMES,
    "closing": words.CLOSINGS,
    "state": words.APPOINTMENT_STATES,
    "hours": words.HOUR_KINDS,
}


@register.simple_tag(takes_context=True)
def served(context: template.Context, code: str) -> str:
    """Write what the organization calls a service; its names are read once for a page."""
    request = context["request"]
    names: dict[str, str] | None = getattr(request, "service_names", None)
    if names is None:
        names = request.service_names = vocabulary.service_words()
    return names.get(code, code) or say("work.service.unknown")


@register.filter
def listed(code: str, name: str) -> str:
    """Write the words for a code of a list: the desk's own, the dictionary's languages, or another of the dictionary's."""
    if name in OWN:
        told = OWN[name].get(code)
        return told.in_language(speaking()) if told else code
    return word_for(name, code) if name == "languages" else vocabulary.word(name, code)


@register.filter
def own_name(row: Programme | Funder) -> str:
    """Write a programme's or funder's name in the reader's language."""
    return fields.own_name(row)


@register.filter
def sealed(number: int) -> str:
    """Write a row's number as addresses hold it."""
    return seal(number)


@register.filter
def most(rows: Sequence[Any], count: int) -> Sequence[Any]:
    """Keep the first of many rows."""
    return rows[:count]


@register.filter
def lasting(minutes: int | None) -> str:
    """Write a length of time: 45 min, 2 h, 1 h 30."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


@register.filter
def dollars(cents: int | None) -> str:
    """Write an amount."""
    if cents is None:
        return ""
    whole, part = divmod(cents, 100)
    if speaking() == "fr":
        return f"{whole:,}".replace(",", "\u00a0") + f",{part:02d}\u00a0$"
    return f"${whole:,}.{part:02d}"


@register.filter
def came_of(row: Any) -> str:  # noqa: ANN401 - a Service
    """Say how a service went, when that is worth saying."""
    return "" if row.status in {"completed", ""} else vocabulary.word("service_statuses", row.status)
