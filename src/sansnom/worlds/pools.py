"""The tables that synthetic people are drawn from: names by culture, attested spellings, origins of Quebec's newcomers.

Sources, also told in the files: `names.json` is hand-authored from common public knowledge (no list of real people was
used), with native script where it matters; `more_names.json` adds names common in a country (Wikipedia's lists as gathered
by popular-names-by-country-dataset, CC0); `tails.json` composes rarer ones from parts (our choice); `spellings.json` holds
Latin spellings attested in Wikidata with their counts (NETransliteration-COLING2018, CC0); `origins.json` is the 2016 Census
(Statistics Canada Open Licence).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class Name:
    """One name: in Latin letters as on the person's documents, and in its own script where that is another."""

    latin: str
    native: str = ""

    def __str__(self) -> str:
        """Give the Latin form."""
        return self.latin


@dataclass(frozen=True, slots=True)
class Tail:
    """Rarer names, composed of two parts; `share` of the people bear one. Parts stand commonest first."""

    share: float
    starts: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """How people of one culture are named: lists, commonest first, and what composes the names that no list has.

    tails  by "family", "given_f", "given_m"; a kind without a tail has its list only
    """

    given: Mapping[str, tuple[Name, ...]]
    family: tuple[Name, ...]
    script: str = "latin"
    rules: str = ""
    particles: bool = False
    double: bool = False
    gendered: bool = False
    patronym: bool = False
    middle: bool = False
    single: float = 0.0
    swap: float = 0.02
    tails: Mapping[str, Tail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """A country of birth: how many came from it, in which categories, and how many live in the Montréal area."""

    country: str
    pool: str
    tongues: tuple[str, ...]
    admitted: int
    categories: Mapping[str, int]
    montreal_share: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """Things to draw from, with running totals of their weights, so that a draw is one bisection."""

    items: Sequence[Any]
    totals: Sequence[float]

    @classmethod
    def of(cls, weights: Mapping[Any, float]) -> "Weighted":
        """Make one from things and their weights; things without weight are left out."""
        kept = {item: weight for item, weight in weights.items() if weight > 0}
        return cls(tuple(kept), tuple(accumulate(kept.values())))


def _read(name: str) -> Any:  # noqa: ANN401 - JSON has no narrower type
    return json.loads((files("sansnom.worlds") / "tables" / name).read_text(encoding="utf-8"))


def _name(written: str) -> Name:
    latin, _, native = written.partition("/")
    return Name(latin, native)


@cache
def pools() -> Mapping[str, Pool]:
    """Give the pools of names by culture."""
    more, tails = _read("more_names.json")["more"], _read("tails.json")["tails"]

    def listed(code: str, kind: str, names: list[str]) -> tuple[Name, ...]:
        further = more.get(code, {}).get(kind, "")
        return tuple(map(_name, [*names, *filter(None, further.split(" | "))]))

    return {
        code: Pool(
            given={sex: listed(code, kind, p.pop(kind)) for sex, kind in (("F", "given_f"), ("M", "given_m"))},
            family=listed(code, "family", p.pop("family")),
            tails={
                kind: Tail(t["share"], tuple(t["starts"].split()), tuple(t["ends"].split()))
                for kind, t in tails.get(code, {}).items()
            },
            **p,
        )
        for code, p in _read("names.json").items()
    }


@cache
def spellings() -> Mapping[str, Mapping[str, int]]:
    """Give Latin spellings attested for a native name, with counts."""
    attested: Mapping[str, Mapping[str, int]] = _read("spellings.json")
    return attested


@cache
def origins() -> tuple[Origin, ...]:
    """Give the countries of birth, most frequent first."""
    return tuple(
        Origin(
            country=o["code"],
            pool=o["names"],
            tongues=tuple(o["tongues"]),
            admitted=o["admitted"],
            categories={kind: o[kind] for kind in ("economic", "family", "refugee", "other")},
            montreal_share=o["montreal"] / max(1, o["admitted"]),
        )
        for o in _read("origins.json")["origins"]
    )


@cache
def language_groups() -> Mapping[str, str]:
    """Give the dictionary's group of each language, as a desk's record carries it."""
    text = (files("sansnom.terms.dictionary") / "languages.json").read_text(encoding="utf-8")
    return {language["code"]: language["group"] for language in json.loads(text)["languages"]}
