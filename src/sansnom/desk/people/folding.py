"""From names to what finding compares, in any script: the same folding as the match keys (`exchange/traits.py`).

w  a folded word of a name ("mohamed")              b  the skeleton of a word ("mhmd"), and of words joined by habit
p  the last seven digits of the telephone number
"""

from collections.abc import Iterable
from typing import Final

from sansnom.exchange.names import folded
from sansnom.exchange.nicknames import full_name
from sansnom.exchange.skeleton import skeleton
from sansnom.exchange.traits import read_traits
from sansnom.terms import records

WORD: Final = "w"
BONES: Final = "b"
PHONE: Final = "p"
TOKEN_LENGTH: Final = 40
PHONE_DIGITS: Final = 7
JOINED_WORDS: Final = 3
JOINED_LETTERS: Final = 6

Token = tuple[str, str]


def words_in(text: str) -> tuple[str, ...]:
    """Give the folded words of a text; () for a placeholder."""
    return tuple(word[:TOKEN_LENGTH] for word in folded(text))


def bones_in(given: str, family: str) -> frozenset[str]:
    """Give the skeletons of a name's words, apart and joined as read_traits joins them."""
    traits = read_traits(records.Person("", given_names=given, family_names=family))
    joined = (traits.given_bones, traits.surname_bones, *traits.other_bones)
    apart = (bone_of(word) for word in (*words_in(given), *words_in(family)))
    return frozenset(bone for bone in (*joined, *apart) if len(bone) > 1)


def joined_in(given: str, family: str) -> frozenset[str]:
    """Give a short name's words written as one, in both orders: 李明 has no blank, Li Ming has."""
    words = (*words_in(given), *words_in(family))
    if not 2 <= len(words) <= JOINED_WORDS or any(len(word) > JOINED_LETTERS for word in words):
        return frozenset()
    return frozenset({"".join(words), "".join((*words_in(family), *words_in(given)))})


def bone_of(word: str) -> str:
    """Give the skeleton of one folded word, a short form taken for the whole name."""
    return skeleton(full_name(word))


def digits_in(text: str) -> str:
    """Give the digits of a text, whichever digits it is written in."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def phone_token(phone: str) -> str:
    """Give the last seven digits; "" where there are fewer."""
    digits = digits_in(phone)
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def tokens_of(names: Iterable[tuple[str, str]], phone: str) -> frozenset[Token]:
    """Give everything that finding compares of a person with these names (given, family) and this number."""
    tokens: set[Token] = set()
    for given, family in names:
        tokens |= {(WORD, word) for word in (*words_in(given), *words_in(family))}
        tokens |= {(WORD, word) for word in joined_in(given, family)}
        tokens |= {(BONES, bone) for bone in bones_in(given, family)}
    number = phone_token(phone)
    return frozenset(tokens | {(PHONE, number)} if number else tokens)


def sort_form(given: str, family: str) -> str:
    """Give what lists are ordered by: surname first, in plain letters; what folds to nothing stays as it is."""
    words = (*words_in(family), *words_in(given))
    return " ".join(words) or f"{family} {given}".strip().casefold()


def token_rows(person: int, tokens: Iterable[Token]) -> list[tuple[int, str, str]]:
    """Give the rows of the search index of one person, by the number of their file, in order."""
    return [(person, kind, token) for kind, token in sorted(tokens)]
