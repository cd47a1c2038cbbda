"""Codes that people write down: the recovery sheet's, and a passphrase to propose.

The recovery code has 130 random bits and two signs that catch a slip of the pen; it is read whatever its case, spaces or
dashes, and O, I, L are taken for the digits they look like. The proposed passphrase has 61 bits in syllables that a
French or English mouth can say; Argon2id makes each guess cost a good part of a second.
"""

import hashlib
import secrets
import unicodedata
from typing import Final

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SIGNS: Final = 26
CHECK_SIGNS: Final = 2
GROUP: Final = 4
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"


def new_recovery_code() -> str:
    """Draw a code and write it in groups of four."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(RANDOM_SIGNS))
    return in_groups(drawn + _check(drawn))


def in_groups(code: str) -> str:
    """Write a code in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_recovery_code(told: str) -> str | None:
    """Read a code as somebody typed it; None when it is not one, or has a slip."""
    shown = unicodedata.normalize("NFKC", told).upper()
    plain = "".join(sign for sign in shown if sign.isalnum()).translate(_LOOKALIKES)
    if len(plain) != RANDOM_SIGNS + CHECK_SIGNS or set(plain) - set(SIGNS):
        return None
    return plain if _check(plain[:RANDOM_SIGNS]) == plain[RANDOM_SIGNS:] else None


def _check(drawn: str) -> str:
    told = int.from_bytes(hashlib.sha256(b"sansnom recovery " + drawn.encode()).digest()[:4], "big")
    return SIGNS[told % 32] + SIGNS[told // 32 % 32]


def propose_passphrase() -> str:
    """Draw a passphrase of five short words."""
    return "-".join("".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(5))


def proposed_again(told: str) -> str:
    """Give back a passphrase that was proposed on the page before, so that what somebody wrote down stays; else a new one."""
    words = told.split("-")
    kept = len(words) == 5 and all(len(word) == 4 and word.isascii() and word.isalpha() for word in words)
    return told if kept else propose_passphrase()


def settled(passphrase: str) -> bytes:
    """Give the bytes of a passphrase: one form for every keyboard, single spaces, none around it."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split()).encode()
