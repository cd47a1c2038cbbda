"""Features: what pair scoring compares of two rows (`terms/scoring.py`), as keyed hashes and small codes. 0 is missing.

Names, country and contact are cut from HMAC-SHA-256 under the matching key of the plan, like match keys; year, month, day
and sex are small codes. All of it leaves a desk only as secret shares.

    given, surname                all words of the name, joined        given_bones, surname_bones   skeleton of the first word
    given_start, surname_start    its first three letters              year, month, day             from 1; day and month only
    given_end, surname_end        its last three letters                                            where the date says them
    country, postal, phone        as recorded
"""

import hmac
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sansnom.exchange.parts import encode_parts
from sansnom.exchange.pepper import PlanPepper
from sansnom.exchange.traits import Traits
from sansnom.terms.scoring import FEATURE_BITS

_SEX: Final = {"F": 1, "M": 2, "X": 3}
_DOMAIN: Final = {"given_bones": "bones", "surname_bones": "bones"}
"""Features with one domain may be compared with each other: a given name here may be a surname there."""
START_LETTERS: Final = 3
END_LETTERS: Final = 3
YEARS: Final = 255


def feature_columns(everyone: Sequence[Traits | None], pepper: PlanPepper) -> dict[str, NDArray[np.int64]]:
    """Give each feature of each person; None is a person of whom nothing may be linked. The layout takes those of its version.

    Shapes: every column is (persons,).
    """
    columns = {name: np.zeros(len(everyone), dtype=np.int64) for name in FEATURE_BITS}
    for place, who in enumerate(everyone):
        if who is None:
            continue
        for name, text in _texts(who).items():
            if text:
                columns[name][place] = _hashed(name, text, pepper)
        for name, code in _codes(who).items():
            columns[name][place] = code
    return columns


def _texts(who: Traits) -> dict[str, str]:
    return {
        "given": who.given_all,
        "given_bones": who.given_bones,
        "given_start": who.given[:START_LETTERS],
        "surname": who.surname_all,
        "surname_bones": who.surname_bones,
        "surname_start": who.surname[:START_LETTERS],
        "given_end": who.given[-END_LETTERS:],
        "surname_end": who.surname[-END_LETTERS:],
        "country": who.country,
        "postal": who.postal,
        "phone": who.phone,
    }


def _codes(who: Traits) -> dict[str, int]:
    month, day = who.month_day or (0, 0)
    year = 1 + who.year % YEARS if who.year else 0
    return {"year": year, "month": month, "day": day, "sex": _SEX.get(who.sex, 0)}


def _hashed(name: str, text: str, pepper: PlanPepper) -> int:
    tag = f"feature/{_DOMAIN.get(name, name)}".encode() + b"\0"
    digest = hmac.digest(pepper.matching, tag + encode_parts((text,)), "sha256")
    return 1 + int.from_bytes(digest[:8], "little") % ((1 << FEATURE_BITS[name]) - 1)
