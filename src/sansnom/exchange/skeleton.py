"""The skeleton of a name: what stays the same when the same name goes into Latin letters by another road.

"Mohamed", "Mohammad" and "Muhammed" have one skeleton, and so have "Yusuf" and "Youssouf". It drops vowels after the first
letter, doubled letters and the letters that romanizations disagree on, and writes sounds alike that are often exchanged.
It says less than a name does; whatever is made of it is keyed like everything else (`match_keys.py`).
"""

import re
from functools import cache
from typing import Final

SKELETON_LETTERS: Final = 6

_SOUNDS: Final[tuple[tuple[str, str], ...]] = (
    ("tsch", "S"), ("sch", "S"), ("tch", "S"), ("tsh", "S"), ("sh", "S"), ("ch", "S"), ("cz", "S"), ("dj", "j"), ("dzh", "j"),
    ("zh", "j"), ("kh", "k"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("ck", "k"), ("ce", "se"), ("ci", "si"),
    ("cy", "sy"), ("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "f"), ("d", "t"),
)  # fmt: skip
"""Written in this order: groups of letters before the letters in them."""

_DOUBLED: Final = re.compile(r"(.)\1+")
_FIRST: Final[tuple[tuple[str, str], ...]] = (("ou", "u"), ("yo", "io"), ("yu", "iu"), ("ye", "ie"), ("ya", "ia"))
_FIRST_SOUNDS: Final = str.maketrans({"e": "a", "i": "i", "j": "i", "y": "i", "o": "u", "w": "u"})
"""First letters that romanizations exchange: Elias and Alias, Yusuf and Jusuf, Omar and Umar, Walid and Oualid."""
_DROPPED: Final = frozenset("aeiouhjwy")
_SERVANT: Final = re.compile(r"^abd(?:[aeou]l|[aeou]r(?=r)|[aeou]s(?=s)|[aeou]d(?=d)|[aeou]n(?=n))?(?=[a-z]{3})")
_ARTICLE: Final = re.compile(r"^(?:al|el)(?=[a-z]{4})|^ben(?=[a-z]{3})|^mac(?=[a-z]{4})|^mc(?=[a-z]{4})")


def initial(name: str) -> str:
    """Give the first sound of a folded word: letters that romanizations exchange are one."""
    return name[:1].translate(_FIRST_SOUNDS)


@cache
def skeleton(name: str) -> str:
    """Give the skeleton of one folded word of a name; "" for no word."""
    if not name:
        return ""
    word = _ARTICLE.sub("", _SERVANT.sub("abd", name))
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    word = _DOUBLED.sub(r"\1", word)
    for written, sound in _FIRST:
        if word.startswith(written):
            word = sound + word[len(written) :]
    first = word[0].translate(_FIRST_SOUNDS)
    rest = "".join(letter for letter in word[1:] if letter not in _DROPPED)
    bones = _DOUBLED.sub(r"\1", first + rest)
    return bones[:SKELETON_LETTERS]
