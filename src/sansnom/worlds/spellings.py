"""How one organization writes a person down: another Latin spelling, another order, a name left out, a date half known.

The rates are our choice unless a source is named: no figures for newcomers were found (docs/known-limits.md). They are
parameters, so
that anyone can measure under others.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from sansnom.worlds.people import TruePerson
from sansnom.worlds.pools import Name, pools, spellings
from sansnom.worlds.romanization import MARK_FREE, habits


@dataclass(frozen=True, slots=True)
class NoiseRates:
    """Chances that one organization writes something differently from the person's papers; each is our choice."""

    respelled: float = 0.18
    typo: float = 0.02
    swapped: float = 0.02
    nickname: float = 0.015
    particle_dropped: float = 0.15
    second_surname_dropped: float = 0.30
    second_given_dropped: float = 0.30
    initial_only: float = 0.15  # Tamil: the father's name as an initial
    native_script: float = 0.03
    other_surname: float = 0.5  # of women with a married name: which of the two this organization has
    day_month_swapped: float = 0.015
    true_birth_date: float = 0.15  # of those whose papers say 1 January: the person told the real one
    january_default: float = 0.015
    other_year: float = 0.008
    other_day: float = 0.01
    year_only: float = 0.02
    birth_date_missing: float = 0.02
    sex_missing: float = 0.01
    sex_wrong: float = 0.003
    country_missing: float = 0.04
    tongue_missing: float = 0.10
    category_missing: float = 0.06
    region_missing: float = 0.03
    admission_missing: float = 0.25
    arrival_missing: float = 0.15
    postal_code_missing: float = 0.20
    phone_missing: float = 0.25
    moved: float = 0.10  # another postal code than the one the other organizations have
    other_phone: float = 0.15

    def times(self, noise: float) -> "NoiseRates":
        """Give the same rates, all multiplied, at most 0.9."""
        return NoiseRates(**{name: min(0.9, getattr(self, name) * noise) for name in self.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Hand:
    """The habits of one organization's files: accents or none, capitals, and letters its encoding can hold."""

    accents: bool = True
    capitals: bool = False
    encoding: str = "utf-8"


def written_names(rng: Random, person: TruePerson, hand: Hand, rates: NoiseRates) -> tuple[str, str]:
    """Give the given names and family names as this organization has them."""
    pool = pools()[person.pool]
    families = list(person.families)
    if person.married_name and rng.random() < rates.other_surname:
        families = [person.married_name]
    if len(families) > 1 and rng.random() < rates.second_surname_dropped:
        del families[1]
    if (
        person.given.native
        and pool.script != "latin"
        and hand.encoding != "cp1252"
        and rng.random() < rates.native_script
    ):
        return person.given.native, " ".join(name.native or name.latin for name in families)
    given = _one(rng, person.given, pool.rules, rates)
    family = " ".join(_one(rng, name, pool.rules, rates) for name in families)
    if pool.gendered and person.sex == "F" and family.endswith(("ov", "ev", "in")):
        family += "a"
    if pool.particles and rng.random() < rates.particle_dropped:
        family = re.sub(r"^(El|Al|Aït|Ben|de|da|dos|De|Le|dela|delos|Van)[ -](la |los |den )?", "", family)
    given, family = _reordered(rng, person, given, family, rates, pool.swap)
    return _in_hand(given, hand), _in_hand(family.upper() if hand.capitals else family, hand)


def _one(rng: Random, name: Name, rules: str, rates: NoiseRates) -> str:
    latin = name.latin
    chance = rng.random()
    if chance < rates.respelled:
        latin = respelled(rng, name, rules)
    elif chance < rates.respelled + rates.typo:
        latin = typo(rng, latin)
    elif chance < rates.respelled + rates.typo + rates.nickname and latin in habits().short_forms:
        latin = habits().short_forms[latin]
    if (
        " " in latin
        and rng.random() < rates.second_given_dropped
        and not latin.startswith(("El ", "Ben ", "de ", "De ", "Le "))
    ):
        latin = latin.split()[-1 if rules == "vietnamese" else 0]
    return latin


def _reordered(
    rng: Random, person: TruePerson, given: str, family: str, rates: NoiseRates, culture_swap: float
) -> tuple[str, str]:
    if not family:  # one name only: organizations put it where their form insists
        return ("", given) if rates.swapped and rng.random() < 0.5 else (given, "")
    if pools()[person.pool].rules == "tamil" and rng.random() < rates.initial_only:
        return given, f"{family[0]}."  # the father's name as an initial
    if rng.random() < max(rates.swapped, culture_swap if rates.swapped else 0):
        return family, given
    return given, family


def respelled(rng: Random, name: Name, rules: str) -> str:
    """Give another Latin spelling: one attested for the native name, or one by a rule of the language's romanizations."""
    attested = spellings().get(name.native)
    if attested and rng.random() < 0.7:
        latin = rng.choices(list(attested), list(attested.values()))[0]
        return latin.title() if latin.islower() else latin
    whole = habits().whole_names.get(rules, {}).get(name.latin)
    if whole and rng.random() < 0.6:
        return rng.choice(whole)
    if rules in MARK_FREE and not name.latin.isascii() and rng.random() < 0.8:
        return without_marks(name.latin)
    possible = [(a, b) for a, b in habits().rules.get(rules, ()) if a in name.latin.lower()]
    if not possible:
        return without_marks(name.latin)
    before, after = rng.choice(possible)
    return _replaced(name.latin, before, after)


def _replaced(text: str, before: str, after: str) -> str:
    """Replace the first occurrence, keeping a capital at the start of the name."""
    place = text.lower().find(before)
    changed = text[:place] + after + text[place + len(before) :]
    return changed[:1].upper() + changed[1:] if text[:1].isupper() else changed


def typo(rng: Random, text: str) -> str:
    """Slip once: two letters swapped, one dropped, doubled, or hit beside."""
    if len(text) < 3:
        return text
    place = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place] + text[place:]
    return text[:place] + rng.choice("aeiourstnlm") + text[place + 1 :]


def without_marks(text: str) -> str:
    """Drop accents and the like: what an old system or an English keyboard leaves."""
    text = text.translate(str.maketrans("đĐłŁıøØ", "dDlLioO"))
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _in_hand(text: str, hand: Hand) -> str:
    if not hand.accents:
        text = without_marks(text)
    if hand.encoding == "cp1252":
        try:
            text.encode("cp1252")
        except UnicodeEncodeError:
            text = without_marks(text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


PRECISION_DAY: Final = "day"


def written_birth_date(rng: Random, person: TruePerson, rates: NoiseRates) -> tuple[str, str]:
    """Give the birth date and its precision as this organization has them."""
    known = person.documents_birth_date
    if known != person.birth_date and rng.random() < rates.true_birth_date:
        known = person.birth_date
    chance = rng.random()
    thresholds: tuple[tuple[float, Callable[[], tuple[str, str]]], ...] = (
        (rates.birth_date_missing, lambda: ("", "unknown")),
        (rates.year_only, lambda: (f"{known.year}-07-01", "year")),
        (rates.january_default, lambda: (f"{known.year}-01-01", PRECISION_DAY)),
        (rates.day_month_swapped, lambda: (_swapped(known), PRECISION_DAY)),
        (rates.other_year, lambda: (_shifted(known, rng.choice((-10, -1, 1, 10))), PRECISION_DAY)),
        (rates.other_day, lambda: (known.replace(day=rng.randint(1, 28)).isoformat(), PRECISION_DAY)),
    )
    for rate, written in thresholds:
        if chance < rate:
            return written()
        chance -= rate
    return known.isoformat(), PRECISION_DAY


def _swapped(day: date) -> str:
    return day.isoformat() if day.day > 12 else day.replace(month=day.day, day=day.month).isoformat()


def _shifted(day: date, years: int) -> str:
    return day.replace(year=day.year + years, day=min(day.day, 28)).isoformat()
