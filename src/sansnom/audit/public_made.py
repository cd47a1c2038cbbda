"""Make again what a board made of its signed files: CSV, workbooks, descriptions, the ledger, and every page.

Whoever keeps a board could leave the signed files alone and change the pages that people read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sansnom.board.public import BESIDE, Board
from sansnom.board.site import GENERATOR, make_data, make_pages
from sansnom.terms.errors import Finding

MADE_MARK: Final = "index.html"
_SIGNED: Final = ("release.json", *BESIDE)


@dataclass(frozen=True, slots=True)
class Made:
    """What was found, and whether pages were looked at: those of another version of this program look otherwise."""

    findings: tuple[Finding, ...]
    pages: bool


def check_made(board: Board, folder: Path, *, pages: bool) -> Made:
    """Compare every made file that stands with what this program makes."""
    made = make_data(board)
    found = [*_changed(made, folder, "verify.file")]
    compared = pages and _made_by_us(folder)
    if compared:
        drawn = make_pages(board)
        made |= drawn
        found += _changed(drawn, folder, "verify.page")
    found += _strays(made, folder, ("fr", "en", "releases") if compared else ("releases",))
    return Made(tuple(found), compared)


def _changed(made: dict[str, bytes], folder: Path, code: str) -> Iterator[Finding]:
    for name, content in made.items():
        place = folder / name
        if place.is_file() and place.read_bytes() != content:
            yield Finding(code, name)


def _made_by_us(folder: Path) -> bool:
    """Tell by the front page whether this very version made the pages; a board of signed files alone has none to compare."""
    place = folder / MADE_MARK
    return place.is_file() and f'content="{GENERATOR}"' in place.read_text("utf-8", "replace")


def _strays(made: dict[str, bytes], folder: Path, roots: tuple[str, ...]) -> Iterator[Finding]:
    """Find files among pages and answers that neither anyone signed nor the board made."""
    for root in roots:
        for place in sorted((folder / root).rglob("*")):
            name = place.relative_to(folder).as_posix()
            if place.is_dir() or name in made or name.startswith(".") or "/." in name:
                continue
            if root == "releases" and place.name in _SIGNED and name.count("/") == 2:
                continue
            if name.endswith(".svg") and len(roots) == 1:
                continue  # charts go with the pages, and these were not made again
            yield Finding("verify.stray", name)
