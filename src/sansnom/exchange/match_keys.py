"""Match keys: what lets three helpers see that two rows are one person, without a name, a date or anything to look up.

A key is the first 64 bits of HMAC-SHA-256 under the matching key of one plan (`pepper.py`), of the key's name and the
canonical encoding of its parts. Equal parts give equal keys in this plan and nowhere else. A key leaves a desk only as
secret shares. When any part is missing the key is absent: its `present` bit is 0, and missing never matches.

    keys-0   made of                                                what it forgives
    A1       all words of the name in alphabetical order, birth     order of names, case, marks, script, hyphens
             date; at least two words
    A2       first given name, birth date, sex                      surname changed, missing, or written otherwise
    A4       words of the surname, birth date, initial of the       diminutives, second given names, initials
             given name
    A7       all words of the name, birth year, country of birth    day and month unknown or estimated

    keys-1   block: who may be neighbours               order inside: who will be       what it forgives
    A1       bag of skeletons, year, {day, month}       (equal or not: the strict key)  spelling, script, order, day/month swap
    A2       year, {day, month}                         given name, surname             surname changed, missing, double
    A4       year, {day, month}                         surname, given name             given name missing or another
    A6       bag                                        {day, month}, year              a wrong year
    A7       bag                                        year, sex and country           a day unknown or estimated
    C1       postal code (none: phone)                  birth date, first letter        both names bad
    C2       postal code (none: phone)                  bag                             a birth date wholly wrong
    C3       phone (none: postal code)                  first letter, year              a surname and a day wrong

The skeleton forgives spelling (`skeleton.py`), {day, month} their order; 1 January and 1 July are no day (`traits.py`). A key
of keys-1, save A1, is no evidence by itself: rows are sorted by it, and neighbours are scored (`features.py`). Its high
32 bits are the block; 7 bits of the first part and 3 of the second are the order inside; the rest is 0. keys-2 has the same
keys, and reads Vietnamese names by their last given word; keys-3 too, with more words that name nobody (`traits.py`),
and C2 of a row without a contact has the exact names as its block, sex and year as the order inside.

A new way of matching is a new entry of `KEYS`; a plan names the one it uses, so old plans can still be checked.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.names import Identity, read_identity
from sansnom.exchange.parts import Parts, encode_parts
from sansnom.exchange.pepper import PlanPepper
from sansnom.exchange.skeleton import initial
from sansnom.exchange.traits import Traits, read_traits, read_traits_2, read_traits_3
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Linking
from sansnom.terms.records import Person

KEY_BYTES: Final = 8
BLOCK_BITS: Final = 32
FIRST_BITS: Final = 7
SECOND_BITS: Final = 3
UNUSED_BITS: Final = 64 - BLOCK_BITS - FIRST_BITS - SECOND_BITS
"""Bits that a sort of 2^21 rows does not read are 0, so that the order never depends on how many rows there are."""


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One way of matching: how a person is read, and each key's rule from that to its parts.

    ordered  keys that sort neighbours: three lists of parts (block, first and second order inside)
    """

    version: str
    read: Callable[[Person], Any]
    rules: Mapping[str, Callable[[Any], Parts]]
    ordered: Mapping[str, Callable[[Any], tuple[Parts, Parts, Parts]]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Name all its keys."""
        return frozenset((*self.rules, *self.ordered))


def _a1(who: Identity) -> Parts:
    names = who.names
    return (who.birth_day, *names) if len(names) > 1 and who.birth_day else ()


def _a2(who: Identity) -> Parts:
    return (who.birth_day, who.sex, who.given[0]) if who.given and who.birth_day and who.sex else ()


def _a4(who: Identity) -> Parts:
    if not (who.family and who.given and who.birth_day):
        return ()
    return (who.birth_day, who.given[0][0], *sorted(who.family))


def _a7(who: Identity) -> Parts:
    names = who.names
    return (who.birth_year, who.country, *names) if len(names) > 1 and who.birth_year and who.country else ()


def _date(who: Traits) -> Parts:
    """Give year, and day and month in no order; () when one is missing."""
    return (str(who.year), *map(str, sorted(who.month_day))) if who.year and who.month_day else ()


def _b1(who: Traits) -> Parts:
    return (*_date(who), *who.bag) if who.bag and _date(who) else ()


def _b2(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (_date(who) if who.given else (), (who.given_bones,), (who.surname_bones,))


def _b4(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (_date(who) if who.surname else (), (who.surname_bones,), (who.given_bones,))


def _b6(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (who.bag if who.month_day else (), tuple(map(str, sorted(who.month_day or ()))), (str(who.year),))


def _b7(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (who.bag, (str(who.year),), (who.sex, who.country))


def _c1(who: Traits) -> tuple[Parts, Parts, Parts]:
    date = _date(who)
    return (_contact(who.postal, who.phone) if date else (), date, (initial(who.given),))


def _c2(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (_contact(who.postal, who.phone) if who.bag else (), who.bag, _date(who))


def _c2_3(who: Traits) -> tuple[Parts, Parts, Parts]:
    names = (who.given_all, who.surname_all)
    if who.postal or who.phone or not all(names):
        return _c2(who)
    return names, (who.sex,), (str(who.year),)


def _c3(who: Traits) -> tuple[Parts, Parts, Parts]:
    return (_contact(who.phone, who.postal) if who.given else (), (initial(who.given),), (str(who.year),))


def _contact(*ways: str) -> Parts:
    return next(((way,) for way in ways if way), ())


_ORDERED: Final = {"A2": _b2, "A4": _b4, "A6": _b6, "A7": _b7, "C1": _c1, "C2": _c2, "C3": _c3}
KEYS: Final[Mapping[str, KeyVersion]] = {
    "keys-0": KeyVersion("keys-0", read_identity, {"A1": _a1, "A2": _a2, "A4": _a4, "A7": _a7}),
    "keys-1": KeyVersion("keys-1", read_traits, {"A1": _b1}, _ORDERED),
    "keys-2": KeyVersion("keys-2", read_traits_2, {"A1": _b1}, _ORDERED),
    "keys-3": KeyVersion("keys-3", read_traits_3, {"A1": _b1}, _ORDERED | {"C2": _c2_3}),
}
"""Every version that a plan may name."""


def check_keys(linking: Linking) -> KeyVersion:
    """Give the version that a plan names; PolicyRefusal `plan.keys.version` or `plan.keys.unknown`."""
    version = KEYS.get(linking.version)
    if version is None:
        raise PolicyRefusal("plan.keys.version", expected=tuple(KEYS))
    if any(rule.match_key not in version.names for rule in linking.keys):
        raise PolicyRefusal("plan.keys.unknown", expected=tuple(sorted(version.names)))
    if any(rule.scored != (rule.match_key in version.ordered) for rule in linking.keys):
        raise PolicyRefusal("plan.keys.scored", expected=tuple(sorted(version.ordered)))
    return version


def key_columns(
    persons: Sequence[Person], linking: Linking, pepper: PlanPepper
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Derive the match keys of a plan for these persons.

    Shapes: both results are (keys of the plan, persons); the second says which keys are present, absent keys are 0.
    A person whom the record calls without a name has no key at all and will be counted as not linkable.
    """
    version = check_keys(linking)
    values = np.zeros((len(linking.keys), len(persons)), dtype=np.uint64)
    present = np.zeros(values.shape, dtype=np.bool_)
    makers = [_maker(version, rule.match_key, pepper) for rule in linking.keys]
    for place, person in enumerate(persons):
        if person.anonymous:
            continue
        who = version.read(person)
        for row, maker in enumerate(makers):
            made = maker(who)
            if made is not None:
                values[row, place] = made
                present[row, place] = True
    return values, present


def _maker(version: KeyVersion, name: str, pepper: PlanPepper) -> Callable[[Any], int | None]:
    """Give the way from what is read of a person to one key; None where it is absent."""
    tag = f"{version.version}/{name}".encode() + b"\0"

    def hashed(parts: Parts, kind: bytes = b"") -> int:
        digest = hmac.digest(pepper.matching, tag + kind + encode_parts(parts), "sha256")
        return int.from_bytes(digest[:KEY_BYTES], "little")

    def equal(who: Any) -> int | None:  # noqa: ANN401 - what `version.read` gives
        parts = version.rules[name](who)
        return hashed(parts) if parts else None

    def ordered(who: Any) -> int | None:  # noqa: ANN401 - what `version.read` gives
        block, first, second = version.ordered[name](who)
        if not block:
            return None
        high = hashed(block, b"block\0") >> BLOCK_BITS << BLOCK_BITS
        order = hashed(first, b"first\0") >> (64 - FIRST_BITS) << SECOND_BITS
        order |= hashed(second, b"second\0") >> (64 - SECOND_BITS)
        return high | order << UNUSED_BITS

    return ordered if name in version.ordered else equal
