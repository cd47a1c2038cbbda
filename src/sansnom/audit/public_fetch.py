"""Fetch a board from an address, so that it can be checked like a folder: what the log names, and what goes with it.

Nothing else is asked for, nothing is followed elsewhere; names come from the log, and are looked at before they are used.
"""

import base64
import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from sansnom.board.enter import kind_of
from sansnom.board.journal import FOLDER, KEPT_KEY, Entry
from sansnom.board.rosters import CURRENT
from sansnom.terms.errors import InputError, SansnomError
from sansnom.transparency.tiles import CHECKPOINT, entries_from, tile_name, tiles_of

FILE_BYTES_MAX: Final = 64 * 2**20
FILES_MAX: Final = 20_000
TIMEOUT_SECONDS: Final = 30.0
_TABLE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Get = Callable[[str], bytes | None]
"""Gives a file of the board by its name; None when there is none."""


class _NowhereElse(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the files are where we were told, or nowhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def getter(address: str) -> Get:
    """Give what fetches files below an address; https, or plain http on this very machine. InputError `verify.address`."""
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.fragment:
        raise InputError("verify.address", where=address)
    base = address.rstrip("/")
    opener = urllib.request.build_opener(_NowhereElse)

    def get(name: str) -> bytes | None:
        try:
            with opener.open(f"{base}/{name}", timeout=TIMEOUT_SECONDS) as answer:
                content: bytes = answer.read(FILE_BYTES_MAX + 1)
        except HTTPError as error:
            if error.code in (404, 410):
                return None
            raise InputError("verify.address", where=f"{base}/{name}") from None
        except (URLError, OSError, ValueError):
            raise InputError("verify.address", where=f"{base}/{name}") from None
        if len(content) > FILE_BYTES_MAX:
            raise InputError("board.file_size", where=name, most=FILE_BYTES_MAX)
        return content

    return get


def fetch_board(get: Get, folder: Path) -> None:
    """Write the board's files below a folder. InputError when the address holds no board; a broken log is fetched as it is."""
    roster = get(CURRENT)
    if roster is None:
        raise InputError("verify.no_board", where=CURRENT)
    _keep(folder, CURRENT, roster)
    checkpoint = get(f"{FOLDER}/{CHECKPOINT}")
    if checkpoint is None:
        return
    _keep(folder, f"{FOLDER}/{CHECKPOINT}", checkpoint)
    for name in (f"{FOLDER}/{KEPT_KEY}", *_tiles(checkpoint)):
        _fetch(get, folder, name)
    for file in _entered(folder, checkpoint):
        content = _fetch(get, folder, file)
        if content is not None and file.endswith("/release.json"):
            for made in beside_release(file.removesuffix("/release.json"), content):
                _fetch(get, folder, made)
    _fetch(get, folder, "ledger.json")


def _keep(folder: Path, name: str, content: bytes) -> None:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _fetch(get: Get, folder: Path, name: str) -> bytes | None:
    content = get(name)
    if content is not None:
        _keep(folder, name, content)
    return content


def _size(checkpoint: bytes) -> int:
    """Read how many entries a checkpoint speaks of; whether it is signed is looked at later."""
    line = checkpoint.split(b"\n")[1:2]
    size = int(line[0]) if line and line[0].isdigit() and len(line[0]) < 9 else 0
    if size > FILES_MAX:
        raise InputError("verify.too_many", where=f"{FOLDER}/{CHECKPOINT}")
    return size


def _tiles(checkpoint: bytes) -> Iterator[str]:
    for level, index, width in tiles_of(_size(checkpoint)):
        yield f"{FOLDER}/{tile_name(level, index, width)}"
        if level == 0:
            yield f"{FOLDER}/{tile_name(None, index, width)}"


def _entered(folder: Path, checkpoint: bytes) -> tuple[str, ...]:
    """Name the files that the log lists, those of a known kind alone: a name is a path on this machine."""
    try:
        contents = entries_from(lambda name: (folder / FOLDER / name).read_bytes(), _size(checkpoint))
        entries = [Entry.from_bytes(content) for content in contents]
    except (OSError, SansnomError):
        return ()
    return tuple(dict.fromkeys(entry.file for entry in entries if kind_of(entry.file) is not None))


def beside_release(base: str, release: bytes) -> Iterator[str]:
    """Name what a board makes of an answer."""
    yield f"{base}/datapackage.json"
    yield f"{base}/{base.rpartition('/')[2]}.xlsx"
    try:
        tables = [str(table["table"]) for table in json.loads(release)["signed"]["tables"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for table in tables:
        if _TABLE.fullmatch(table):
            yield f"{base}/tables/{table}.csv"
            yield f"{base}/sdmx/{table}.csv"


def shown_root(root: bytes) -> str:
    """Write a root as checkpoints do, for people to compare."""
    return base64.b64encode(root).decode("ascii")
