"""The dictionary as a person at a desk writes it: codes, labels in French or English, and everyday synonyms, folded."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sansnom.desk.files.columns import fold
from sansnom.terms.errors import BrokenInvariant

DICTIONARY_VERSION: Final = "2026.1"

UNKNOWN_WORDS: Final = frozenset(
    [
        "unknown",
        "unknow",
        "inconnu",
        "inconnue",
        "inconnus",
        "n_d",
        "nd",
        "non_disponible",
        "ne_sait_pas",
        "not_stated",
        "non_declare",
        "non_precise",
        "refuse",
        "refused",
        "refus",
        "n_a",
        "s_o",
        "not_available",
        "aucune_reponse",
    ]
)
"""Ways to write that nothing is known, folded; not NA alone, which is a country and a name."""

FLAGS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(["yes", "y", "oui", "o", "true", "vrai", "1", "x"], True),
    **dict.fromkeys(["no", "n", "non", "false", "faux", "0"], False),
}

PRECISIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(["day", "d", "jour", "exact", "exacte", "complete", "full"], "day"),
    **dict.fromkeys(["month", "m", "mois"], "month"),
    **dict.fromkeys(["year", "y", "annee", "an", "approximate", "approximative", "estimated", "estimee"], "year"),
    **dict.fromkeys(UNKNOWN_WORDS, "unknown"),
}


def _read(name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type; the schema test holds its shape
    return json.loads((files("sansnom.terms.dictionary") / name).read_text(encoding="utf-8"))


def _spellings(items: Iterable[Mapping[str, Any]], *, to: str = "code") -> dict[str, str]:
    """Map every folded way to write a value to its code; a code always wins over another value's label."""
    found: dict[str, str] = {}
    listed = list(items)
    for item in listed:
        found.setdefault(fold(item["code"]), item[to])
    for item in listed:
        for text in (item["label"]["fr"], item["label"]["en"], *item.get("synonyms", ())):
            found.setdefault(fold(text), item[to])
    return found


def _regions(values: list[Mapping[str, Any]]) -> dict[str, str]:
    found = _spellings(values)
    for value in values:
        number = value["code"].lstrip("0")
        if number.isdigit():
            found |= {number: value["code"], f"{value['code']}_{fold(value['label']['fr'])}": value["code"]}
    return found


@cache
def code_lists() -> Mapping[str, Mapping[str, str]]:
    """Give, for each list that a column may name, the map from folded spelling to code; unknown maps to "".

    Languages map to their group: that is the code a record carries.
    """
    dictionary = _read(f"{DICTIONARY_VERSION}.json")
    dimensions = {d["code"]: d["values"] for d in dictionary["dimensions"]}
    if not {"sex", "category", "category_detail", "region", "employment", "education"} <= set(dimensions):
        raise BrokenInvariant("dictionary.incomplete")
    lists = {name: _spellings(dimensions[name]) for name in ("sex", "employment", "education")}
    lists["category"] = _spellings([*dimensions["category_detail"], *dimensions["category"]])
    lists["region"] = _regions(dimensions["region"])
    for name in ("services", "service_statuses", "skills", "scales"):
        lists[name] = _spellings(dictionary[name])
    for name in ("waiting", "turned_away"):
        lists[name] = _spellings(dictionary["reasons"][name])
    lists["countries"] = _spellings(_read("birthplaces.json")["countries"])
    groups = _spellings(dimensions["mother_tongue"])
    lists["languages"] = {**_spellings(_read("languages.json")["languages"], to="group"), **groups}
    for spellings in lists.values():
        spellings.update(dict.fromkeys(UNKNOWN_WORDS, ""))
        spellings.update({text: "" for text, code in spellings.items() if code == "unknown"})
    return lists


def codes_of(name: str) -> tuple[str, ...]:
    """Give the codes that a list knows, in order, for documents and messages."""
    return tuple(dict.fromkeys(code for code in code_lists()[name].values() if code))
