"""Writing a small file so that it is whole or was never written, on every system."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, body: bytes) -> None:
    """Write a file for its owner alone: beside its place first, on the disk, then moved over."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def free_name(path: Path) -> Path:
    """Give a name that nothing has yet: what was set aside is never written over, not even where a clock went back."""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}~{number}")
    return free
