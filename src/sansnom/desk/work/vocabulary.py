"""The dictionary's services, scales and reasons as a form's choices and as words; services by the organization's own names."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sansnom.desk.files.codes import DICTIONARY_VERSION
from sansnom.desk.people.vocabulary import speaking
from sansnom.desk.work.models import ServiceName

Choices = list[tuple[str, str]]
LEVELS: Final = range(1, 13)


@cache
def _dictionary() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(
        (files("sansnom.terms.dictionary") / f"{DICTIONARY_VERSION}.json").read_text(encoding="utf-8")
    )
    return read


def _items(name: str) -> list[Mapping[str, Any]]:
    held = _dictionary()
    if name in held["reasons"]:
        return list(held["reasons"][name])
    if name in {"employment", "education"}:
        return next(list(one["values"]) for one in held["dimensions"] if one["code"] == name)
    return list(held[name])


@cache
def words_of(name: str, language: str) -> Mapping[str, str]:
    """Give code -> words of a list: services, service_statuses, skills, scales, employment, education, a list of reasons."""
    return {item["code"]: item["label"][language] for item in _items(name) if item["code"] != "unknown"}


def word(name: str, code: str) -> str:
    """Give the words for a code; the code itself where another dictionary had it; "" for unknown."""
    return words_of(name, speaking()).get(code, code)


def choices_of(name: str, *, empty: bool = True) -> Choices:
    """Give (code, words) for a form."""
    told = list(words_of(name, speaking()).items())
    return [("", "—"), *told] if empty else told


def service_words() -> dict[str, str]:
    """Give what this organization calls each service: one query."""
    language = speaking()
    told = dict(words_of("services", language))
    for row in ServiceName.objects.all():
        own = row.name_en if language == "en" else row.name_fr
        if own and row.service in told:
            told[row.service] = own
    return told


def service_choices(also: str = "") -> Choices:
    """Give the services that this organization offers, and `also` one that a row already has."""
    language = speaking()
    rows = {row.service: row for row in ServiceName.objects.all()}
    told = []
    for code, words in words_of("services", language).items():
        row = rows.get(code)
        own = (row.name_en if language == "en" else row.name_fr) if row else ""
        if row is None or row.offered or code == also:
            told.append((code, own or words))
    return told
