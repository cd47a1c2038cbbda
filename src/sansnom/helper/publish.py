"""Bring public files to the board: a folder on this machine, or a board that takes files over HTTPS.

Any one helper is enough, all three may: the bytes are the same, and a file that stands is never replaced by another.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import httpx

from sansnom.helper.disk import folder_faults
from sansnom.terms.errors import InputError, PolicyRefusal

TIMEOUT_SECONDS: Final = 30.0


class Board(Protocol):
    """Takes public files by name, such as `releases/ID/release.json`."""

    def put(self, name: str, content: bytes) -> None:
        """Make the file stand; the same again is no change. PolicyRefusal `board.other` when another stands there.

        InputError `disk.full`, `disk.read_only`, `disk.broken` or `board.unreachable` when the board cannot take it now.
        """
        ...


class FolderBoard:
    """A board's folder: a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first file comes."""
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write beside, flush to disk, then link under the name: readers and killed processes never see half a file."""
        target = self._folder / name
        if not target.resolve().is_relative_to(self._folder.resolve()):
            raise InputError("board.name", where=target.name)
        with folder_faults("--board"):
            self._place(target, content)

    @staticmethod
    def _place(target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(beside, target)
            except FileExistsError:
                if target.read_bytes() != content:
                    raise PolicyRefusal("board.other", where=target.name) from None
        finally:
            beside.unlink(missing_ok=True)


class WebBoard:
    """A board that takes files by PUT; it answers 200, 201 or 204, and 409 when another file stands there."""

    def __init__(self, url: str, make_client: Callable[[], httpx.Client] | None = None) -> None:
        """Take the address of the board's root."""
        self._url = url.rstrip("/")
        self._make_client = make_client if make_client is not None else _client

    def put(self, name: str, content: bytes) -> None:
        """Send the file; InputError `board.unreachable` when the board does not take it now."""
        try:
            with self._make_client() as client:
                answer = client.put(f"{self._url}/{name}", content=content)
        except httpx.HTTPError:
            raise InputError("board.unreachable", where="--board") from None
        if answer.status_code == httpx.codes.CONFLICT:
            raise PolicyRefusal("board.other", where=name.rpartition("/")[2])
        if answer.status_code not in (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.NO_CONTENT):
            raise InputError("board.unreachable", where="--board", found=answer.status_code)


def board_at(place: str) -> Board:
    """Give the board at a URL or in a folder."""
    if place.startswith("https://"):
        return WebBoard(place)
    if "://" in place:
        raise InputError("board.address", where="--board")
    return FolderBoard(Path(place))


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
