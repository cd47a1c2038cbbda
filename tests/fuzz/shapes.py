"""Hostile input from good input: what is changed in bytes, in JSON, in archives. Seeded, so that each can be made again."""

import io
import json
import random
import re
import zipfile
from typing import Any, Final

CANARY: Final = "Canarí-Zq7"
"""Stands for a value of a record: it may be read, and it may be refused, and it may never be told in an error."""
_HOLE: Final = "\u2603hole\u2603"
_DEPTHS: Final = (40, 400, 990, 3_000, 100_000)
LEAVES: Final[tuple[Any, ...]] = (
    CANARY,
    CANARY * 3_000,
    "",
    " ",
    "\ud800",
    "\x00",
    "../../" + CANARY,
    "1e9999",
    "1/0",
    "1/" + "9" * 400,
    "9" * 5_000,
    "\u0661/\u0662",
    "2026-13-45T99:99:99Z",
    0,
    -1,
    2**53,
    10**400,
    1.5,
    float("inf"),
    float("nan"),
    None,
    True,
    [],
    {},
    [CANARY],
    {CANARY: CANARY},
    {"self": CANARY},
)
_WORDS: Final = (
    b"0",
    b"-1",
    b"99999999999",
    b"1e9",
    b"4294967296",
    CANARY.encode(),
    b"",
    b"'",
    b"<x>",
    b"&lt;",
    b"&a;",
)
_BYTES: Final = (
    b"",
    b"\x00",
    b"\xff",
    b"\n",
    b'"',
    b"{",
    b"]",
    b"\xed\xa0\x80",
    b"PK\x03\x04",
    b"\xff\xfe",
    CANARY.encode(),
)


def change_bytes(chance: random.Random, good: bytes) -> bytes:
    """Flip, cut, double, insert: up to four times, now and then not at all."""
    bad = bytearray(good)
    for _ in range(chance.randint(0, 4)):
        place = chance.randrange(len(bad) + 1)
        kind = chance.randrange(6)
        if kind == 0 and bad:
            bad[place % len(bad)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del bad[place : place + chance.choice((1, 2, 8, len(bad)))]
        elif kind == 2:
            bad[place:place] = bad[place : place + chance.choice((1, 16, 300))]
        elif kind == 3:
            bad[place:place] = chance.choice(_BYTES)
        elif kind == 4:
            bad[place : place + chance.choice((1, 2, 4, 8))] = chance.randbytes(chance.choice((1, 2, 4, 8)))
        else:
            bad[place : place + 4] = chance.choice((b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"))
    return bytes(bad)


def change_json(chance: random.Random, good: Any) -> Any:
    """Change up to three places of a JSON tree: another leaf, a member gone, a new one, two exchanged."""
    tree = json.loads(json.dumps(good))
    for _ in range(chance.randint(0, 3)):
        places = list(_places(tree))
        if not places:
            return tree
        holder, name = chance.choice(places)
        kind = chance.randrange(5)
        if kind == 0:
            del holder[name]
        elif kind == 1 and isinstance(holder, dict):
            holder[chance.choice((CANARY, "self", "code", "", "\ud800"))] = holder[name]
        elif kind == 1:
            holder.insert(name, holder[name])
        elif kind == 2:
            other, there = chance.choice(places)
            holder[name] = json.loads(json.dumps(other[there]))
        else:
            holder[name] = json.loads(json.dumps(chance.choice(LEAVES)))
    return tree


def json_text(chance: random.Random, tree: Any) -> bytes:
    """Write JSON; now and then a place is nested too deeply, a name stands twice, or the bytes are damaged."""
    kind = chance.randrange(8)
    if kind == 0 and (places := list(_places(tree))):
        holder, name = chance.choice(places)
        holder[name] = _HOLE
        depth = chance.choice(_DEPTHS)
        deep = chance.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth))
        return json.dumps(tree).replace(json.dumps(_HOLE), deep).encode()
    text = json.dumps(tree)
    if kind == 1:
        return change_bytes(chance, text.encode())
    if kind == 2 and text.startswith("{"):
        return b'{"schema":"' + CANARY.encode() + b'",' + text[1:].encode()
    return text.encode()


def change_words(chance: random.Random, good: bytes) -> bytes:
    """Exchange a number or a word of a text for a hostile one; what holds the text together stays."""
    words = list(re.finditer(rb"[0-9]+|[A-Za-z]+", good))
    if not words:
        return good
    for _ in range(chance.randint(1, 3)):
        word = chance.choice(words)
        good = good.replace(word[0], chance.choice(_WORDS), chance.choice((1, 1, 5)))
    return good


def change_archive(chance: random.Random, good: bytes) -> bytes:
    """Change one part of a zip, or what the zip says about it, or the bytes of the whole."""
    if chance.randrange(3) == 0:
        return change_bytes(chance, good)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as before, zipfile.ZipFile(made, "w") as after:
        parts = before.infolist()
        hit = chance.randrange(len(parts))
        for place, told in enumerate(parts):
            part, content = told, before.read(told)
            if place == hit:
                kind = chance.randrange(5)
                if kind == 0:
                    continue
                if kind == 1:
                    part = zipfile.ZipInfo(chance.choice(("../out", "/etc/x", part.filename.upper(), "a" * 300)))
                elif kind == 2:
                    content = b"\x00" * 3_000_000 if chance.randrange(4) == 0 else change_words(chance, content)
                elif kind == 3:
                    content = change_words(chance, content)
                else:
                    content = change_bytes(chance, content)
            after.writestr(part, content, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return made.getvalue()


def _places(tree: Any) -> Any:
    """Give every (holder, name) of a tree, the outermost first."""
    names = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for name in names:
        yield tree, name
        yield from _places(tree[name])
