"""G-10: what can somebody read who has everything but the database's key and the screen?

The attacker holds log lines, what a process wrote to its terminal, crash reports, error pages and headers, the addresses that a
browser's history keeps, cookies, every file that a desk, a helper or a command left, and the browser's own folder. It knows the
values that it looks for: names, dates, words of a note. Each is tried in the encodings in which software writes text down without
meaning to; parts of a name count, and whatever is compressed is opened first.

It does not look at: the screen, memory, swap, a clipboard, what a person saved or printed on purpose.
"""

import base64
import html
import io
import json
import quopri
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

PART_SIGNS_MIN: Final = 6
"""A part of a name that is shorter, or bytes that are fewer, are found in any large file: six random bytes once in 10^14."""
OPENED_BYTES_MAX: Final = 64 * 1024 * 1024
_DEFLATED: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_SIGN_WAYS: Final = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "utf-32-le",
    "utf-32-be",
    "latin-1",
    "cp1252",
    "iso8859-6",
    "cp1256",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Something that the attacker holds: what it is (a log, a header, a file), and its bytes."""

    name: str
    held: bytes


@dataclass(frozen=True, slots=True)
class Overheard:
    """A value that was found: its number among those sought, where, and in which encoding. Not the value."""

    value: int
    place: str
    encoding: str


def overhear(places: Iterable[Place], sought: Iterable[str]) -> tuple[Overheard, ...]:
    """Look for each value in each place. Nothing found is what G-10 promises."""
    ways = {number: spellings(value) for number, value in enumerate(sought)}
    found = []
    for place in places:
        for held in opened(place.held):
            lowered = held.lower()
            for number, spelled in ways.items():
                found += [Overheard(number, place.name, way) for way, told in spelled.items() if told in lowered]
    return tuple(dict.fromkeys(found))


def left_in(*folders: Path) -> Iterator[Place]:
    """Give every file below these folders, and its name beside it: a name is a place too."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            told = path.relative_to(folder).as_posix()
            yield Place(f"name of {folder.name}/…{path.suffix}", told.encode("utf-8", "surrogateescape"))
            if path.is_file() and not path.is_symlink():
                yield Place(f"{folder.name}/{told}", path.read_bytes())


def spellings(value: str) -> Mapping[str, bytes]:
    """Write a value down in every way, in lower case; the same bytes are kept once, under the first way's name."""
    told: dict[bytes, str] = {}
    for text in _texts(value):
        for way, raw in _ways(text):
            if len(raw) < PART_SIGNS_MIN:
                continue
            told.setdefault(raw.lower(), way)
    return {f"{way} {number}": raw for number, (raw, way) in enumerate(told.items())}


def _texts(value: str) -> Iterator[str]:
    """Give the value, its parts, and how each is composed, decomposed, in capitals or not."""
    parts = [part for part in re.split(r"[\s\-_.,;:'’/]+", value) if len(part) >= PART_SIGNS_MIN]
    for part in dict.fromkeys([value, *parts]):
        for form in ("NFC", "NFD"):
            made = unicodedata.normalize(form, part)
            yield from dict.fromkeys([made, made.upper(), made.lower()])


def _ways(text: str) -> Iterator[tuple[str, bytes]]:
    plain = text.encode()
    for codec in _SIGN_WAYS:
        try:
            raw = text.encode(codec)
        except UnicodeEncodeError:
            continue
        yield codec, raw
        for shift in range(3):  # the three ways it may fall into groups of three; the ends depend on the neighbours
            inside = base64.b64encode(b"\0" * shift + raw)[(0, 2, 3)[shift] :].rstrip(b"=")
            inside = inside[: len(inside) - (len(inside) + (0, 2, 3)[shift]) % 4 or None]
            yield f"base64 of {codec}", inside
            yield f"base64url of {codec}", inside.replace(b"+", b"-").replace(b"/", b"_")
    yield "percent", quote(text, safe="").encode()
    yield "percent, latin-1", quote(text.encode("latin-1", "ignore"), safe="").encode()
    yield "form", quote_plus(text).encode()
    yield "percent twice", quote(quote(text, safe=""), safe="").encode()
    yield "json", json.dumps(text)[1:-1].encode()
    yield "json in json", json.dumps(json.dumps(text)[1:-1])[1:-1].encode()
    yield "python", text.encode("unicode_escape")
    yield "bytes of python", repr(plain)[2:-1].encode()
    yield "html", html.escape(text).encode()
    yield "html, numbers", text.encode("ascii", "xmlcharrefreplace")
    yield "html, hexadecimal", "".join(s if s.isascii() else f"&#x{ord(s):x};" for s in text).encode()
    yield "quoted-printable", quopri.encodestring(plain).strip()
    yield "hexadecimal", plain.hex().encode()
    yield "utf-8 read as latin-1", plain.decode("latin-1").encode()


def opened(raw: bytes) -> Iterator[bytes]:
    """Give the bytes, and whatever is compressed in them, once."""
    yield raw
    for start in [found.start() for found in _DEFLATED.finditer(raw)][:512]:
        try:
            made = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw[start:], OPENED_BYTES_MAX)
        except zlib.error:
            continue
        if made:
            yield made
    if b"PK\x03\x04" in raw:
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as parts:
                for part in parts.infolist():
                    if part.file_size <= OPENED_BYTES_MAX:
                        yield parts.read(part)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
            return
