"""Where things are, for the architecture and docs tests."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sansnom"
TESTS = ROOT / "tests"
DOCS = ROOT / "docs"
ROOMS = (
    "terms",
    "compute",
    "release",
    "transparency",
    "exchange",
    "helper",
    "desk",
    "board",
    "worlds",
    "audit",
    "cli",
)
PURE_ROOMS = ("terms", "compute", "release", "transparency", "exchange")


def modules(*rooms: str) -> list[Path]:
    """List the Python files of these rooms, or of the whole package when none is named."""
    folders = [SOURCE / room for room in rooms] or [SOURCE]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that git would carry to someone else: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in sorted(set(listing.split("\0")) - {""}) if (path := ROOT / name).is_file())


def where(path: Path, line: int = 0) -> str:
    """Name a place in the tree as an editor would."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name
