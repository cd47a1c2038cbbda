"""Reading every page of the encrypted database as it lies on the disk, to see whether something is still there.

This does not ask SQLite, which would show only what it counts as present: it decrypts page after page, those that are
free and those in the write-ahead log included, as somebody who held the key could.
Source: SQLCipher 4 design: AES-256-CBC, pages of 4096 bytes with 80 reserved at the end (16 of initial vector, 64 of HMAC).
"""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE: Final = 4096
RESERVED: Final = 80
SALT: Final = 16
WAL_HEADER: Final = 32
FRAME_HEADER: Final = 24
SEARCHED_LETTERS: Final = 40
"""How much of a long text is looked for: a text longer than a page is cut by page links, its beginning is not."""


def decrypted_pages(database: Path, database_key: bytes) -> Iterator[bytes]:
    """Give the content of every page of a database file, free pages too."""
    with database.open("rb") as file:
        number = 0
        while len(page := file.read(PAGE)) == PAGE:
            yield _decrypted(page, database_key, SALT if number == 0 else 0)
            number += 1


def decrypted_frames(wal: Path, database_key: bytes) -> Iterator[bytes]:
    """Give the content of every page that lies in a write-ahead log, overwritten or not."""
    if not wal.is_file():
        return
    with wal.open("rb") as file:
        file.read(WAL_HEADER)
        while len(file.read(FRAME_HEADER)) == FRAME_HEADER and len(page := file.read(PAGE)) == PAGE:
            yield _decrypted(page, database_key, 0)
            yield _decrypted(page, database_key, SALT)  # it may be a copy of the first page


def _decrypted(page: bytes, database_key: bytes, skipped: int) -> bytes:
    end = PAGE - RESERVED
    # SQLCipher authenticates each page by its HMAC; here we look for remains, and forge nothing by reading.
    reading = Cipher(algorithms.AES(database_key), modes.CBC(page[end : end + 16])).decryptor()
    return reading.update(page[skipped:end]) + reading.finalize()


def spellings(text: str) -> set[bytes]:
    """Give the ways in which a text may lie in a file: UTF-8, UTF-16, Latin-1, escaped, percent-encoded, base64 at any offset."""
    beginning = text[:SEARCHED_LETTERS]
    plain = beginning.encode()
    told = {plain, beginning.encode("utf-16-le"), beginning.encode("utf-16-be"), quote(beginning).encode()}
    told.add(beginning.encode("ascii", "backslashreplace"))
    escaped = "".join(c if ord(c) < 128 else "".join(f"\\u{unit:04x}" for unit in _units(c)) for c in beginning)
    told.add(escaped.encode())
    if all(ord(sign) < 256 for sign in beginning):
        told.add(beginning.encode("latin-1"))
    for shift in range(3):
        inner = base64.b64encode(bytes(shift) + plain)[4 if shift else 0 :]
        told.add(inner[: len(inner) // 4 * 4 - 4])
    return {spelling for spelling in told if len(spelling) >= 4}


def _units(sign: str) -> list[int]:
    wide = sign.encode("utf-16-be")
    return [int.from_bytes(wide[place : place + 2], "big") for place in range(0, len(wide), 2)]


def pages_with(pages: Iterable[bytes], texts: Iterable[str]) -> tuple[int, int]:
    """Count the pages there are, and those in which one of the texts stands in some spelling."""
    sought = [spelling for text in texts for spelling in spellings(text)]
    seen = found = 0
    for page in pages:
        seen += 1
        found += any(spelling in page for spelling in sought)
    return seen, found
