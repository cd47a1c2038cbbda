"""Reading the board: a folder, or an https address. Plain fetching; whoever asked believes nothing of it yet (`believing.py`)."""

import json
import re
from pathlib import Path
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

import httpx

from sansnom.terms.errors import InputError

FILE_BYTES_MAX: Final = 8 * 2**20
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
SECONDS: Final = 30.0


class Board(Protocol):
    """Public files by their names."""

    def __enter__(self) -> Self:
        """Open it."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON a file holds; its reader checks it
        """Give a JSON file; None where there is none. InputError when the board does not answer, or not in JSON."""
        ...

    def plan_names(self) -> list[str] | None:
        """List the plans that are there; None where the board cannot be listed: helpers are asked then."""
        ...


class FolderBoard:
    """A board's folder on this machine or a shared disk."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder

    def __enter__(self) -> Self:
        """Refuse a folder that is not there."""
        if not self._folder.is_dir():
            raise InputError("questions.board_unreachable")
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - as the protocol
        """Read one file."""
        place = self._folder / name
        if not place.is_file():
            return None
        if place.stat().st_size > FILE_BYTES_MAX:
            raise InputError("board.file_size", where=name, most=FILE_BYTES_MAX)
        return _parsed(place.read_bytes(), name)

    def plan_names(self) -> list[str] | None:
        """List the folders of plans."""
        found = (place.parent.name for place in self._folder.glob("plans/*/plan.json"))
        return sorted(name for name in found if NAME.fullmatch(name))


class WebBoard:
    """A board on the web, over https alone. The web server's machine is trusted with nothing but to answer."""

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        """Take the address of the board's first page."""
        self._client = httpx.Client(
            base_url=address.rstrip("/"),
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Open the connection when the first file is asked for."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._client.close()

    def fetch(self, name: str) -> Any:  # noqa: ANN401 - as the protocol
        """Fetch one file, and stop reading one that does not end."""
        content = bytearray()
        try:
            with self._client.stream("GET", f"/{name}") as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                if not answer.is_success:
                    raise InputError("questions.board_unreachable")
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > FILE_BYTES_MAX:
                        raise InputError("board.file_size", where=name, most=FILE_BYTES_MAX)
        except httpx.HTTPError:
            raise InputError("questions.board_unreachable") from None
        return _parsed(bytes(content), name)

    def plan_names(self) -> list[str] | None:
        """Say that a web server does not list folders."""
        return None


def board_at(place: str) -> Board:
    """Give the board at an https address or in a folder; InputError `questions.board_place` for anything else."""
    address = urlsplit(place)
    if address.scheme == "https" and address.hostname and not (address.username or address.query or address.fragment):
        return WebBoard(place)
    if "://" in place or not Path(place).is_absolute():
        raise InputError("questions.board_place")
    return FolderBoard(Path(place))


def _parsed(content: bytes, name: str) -> Any:  # noqa: ANN401 - as above
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise InputError("board.file_json", where=name) from None
