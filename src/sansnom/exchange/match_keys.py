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

A new way of matching is a new entry of `KEYS`; a plan names the one it uses, so old plans can still be checked.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.names import Identity, read_identity
from sansnom.exchange.pepper import PlanPepper
from sansnom.terms.errors import PolicyRefusal
from sansnom.terms.plan import Linking
from sansnom.terms.records import Person

KEY_BYTES: Final = 8
Parts: TypeAlias = "tuple[str, ...]"
"""The parts of a key; () says that it is absent."""


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One way of matching: how a person is read, and each key's rule from that to its parts."""

    version: str
    read: Callable[[Person], Identity]
    rules: Mapping[str, Callable[[Identity], Parts]]


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


KEYS: Final[Mapping[str, KeyVersion]] = {
    "keys-0": KeyVersion("keys-0", read_identity, {"A1": _a1, "A2": _a2, "A4": _a4, "A7": _a7}),
}
"""Every version that a plan may name."""


def check_keys(linking: Linking) -> KeyVersion:
    """Give the version that a plan names; PolicyRefusal `plan.keys.version` or `plan.keys.unknown`."""
    version = KEYS.get(linking.version)
    if version is None:
        raise PolicyRefusal("plan.keys.version", expected=tuple(KEYS))
    if any(rule.match_key not in version.rules for rule in linking.keys):
        raise PolicyRefusal("plan.keys.unknown", expected=tuple(version.rules))
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
    rules = [(f"{version.version}/{k.match_key}".encode() + b"\0", version.rules[k.match_key]) for k in linking.keys]
    for place, person in enumerate(persons):
        if person.anonymous:
            continue
        who = version.read(person)
        for row, (tag, rule) in enumerate(rules):
            parts = rule(who)
            if parts:
                digest = hmac.digest(pepper.matching, tag + encode_parts(parts), "sha256")
                values[row, place] = int.from_bytes(digest[:KEY_BYTES], "little")
                present[row, place] = True
    return values, present


def encode_parts(parts: Parts) -> bytes:
    """Write parts so that no two lists of parts share an encoding: each with its length before it."""
    written = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in written)
