"""Small disks: a tmpfs of a chosen size, in a mount namespace that only this thread and what it starts can see. Needs root.

Nothing is mounted for anybody else on this machine, and whatever happens, the kernel takes it away with the last of them.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NEW_MOUNTS: Final = 0x00020000
PAGE: Final = 4096
LARGE: Final = "64m"


@contextmanager
def own_mounts() -> Iterator[None]:
    """Give this thread mounts of its own; RuntimeError without root."""
    if os.geteuid() != 0:
        raise RuntimeError("a small disk needs root, to mount a tmpfs in a namespace of its own")
    libc, where = ctypes.CDLL(None, use_errno=True), Path.cwd()
    before = os.open("/proc/thread-self/ns/mnt", os.O_RDONLY)
    try:
        _done(libc.unshare(_NEW_MOUNTS))
        _mount("--make-rprivate", "/")
        try:
            yield
        finally:
            _done(libc.setns(before, _NEW_MOUNTS))
            os.chdir(where)
    finally:
        os.close(before)


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A folder that is a file system of its own."""

    folder: Path

    def fill(self) -> None:
        """Take all the room that is left."""
        with (self.folder / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(PAGE))
            except OSError:
                return

    def empty(self) -> None:
        """Give that room back."""
        (self.folder / "filler").unlink()

    def grow(self) -> None:
        """Put more room there, as an operator does, while whoever uses it goes on."""
        _mount("-o", f"remount,size={LARGE}", str(self.folder))


@contextmanager
def small_disk(folder: Path, room_bytes: int) -> Iterator[SmallDisk]:
    """Put a folder and all that is in it on a disk with so much room beyond; afterwards it is as it was before."""
    aside = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-aside")))
    used = sum(-(-path.stat().st_size // PAGE) * PAGE for path in aside.rglob("*") if path.is_file())
    _mount("-t", "tmpfs", "-o", f"size={used + room_bytes},mode=700", "tmpfs", str(folder))
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(aside)


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mount {' '.join(words)}: {done.stderr.strip()}")


def _done(answer: int) -> None:
    if answer:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
