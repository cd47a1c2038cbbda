"""The dictionary's codes as a form's choices and as words, in the reader's language."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.utils.translation import get_language

from sansnom.desk.files.codes import DICTIONARY_VERSION

LISTS: Final = ("sex", "category", "region", "mother_tongue", "countries", "languages")


@cache
def _words(name: str) -> Mapping[str, Mapping[str, str]]:
    """Give code -> {fr, en} of a list, without the code for unknown, which the desk writes as ""."""
    items = _items(name)
    return {item["code"]: item["label"] for item in items if item["code"] != "unknown"}


def _items(name: str) -> list[Any]:
    if name in {"countries", "languages"}:
        held = _read({"countries": "birthplaces.json", "languages": "languages.json"}[name])
        return list(held[name])
    dimensions = {one["code"]: one["values"] for one in _read(f"{DICTIONARY_VERSION}.json")["dimensions"]}
    return [*dimensions["category_detail"], *dimensions["category"]] if name == "category" else list(dimensions[name])


@cache
def _read(name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type; the schema test holds its shape
    return json.loads((files("sansnom.terms.dictionary") / name).read_text(encoding="utf-8"))


def speaking() -> str:
    """Give the reader's language: "fr" or "en"."""
    return (get_language() or "fr")[:2]


def word_for(name: str, code: str) -> str:
    """Give the words for a code of a list; the code itself where an older dictionary had it; "" for unknown."""
    label = _words(name).get(code)
    return label[speaking()] if label else code


def codes_in(name: str) -> frozenset[str]:
    """Give the codes of a list."""
    return frozenset(_words(name))


def choices_in(name: str) -> list[tuple[str, str]]:
    """Give (code, words) for a form: by name where the list is long, else in its own order; first "" with no words."""
    return list(_choices(name, speaking()))


@cache
def _choices(name: str, language: str) -> tuple[tuple[str, str], ...]:
    listed = [(code, label[language]) for code, label in _words(name).items()]
    if name in {"countries", "languages"}:
        listed.sort(key=lambda pair: unicodedata.normalize("NFD", pair[1]).casefold())
    return (("", "—"), *listed)
