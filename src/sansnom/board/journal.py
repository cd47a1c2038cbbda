"""The board's log in its folder: what was published, in which order, so that nobody can take it back unseen.

    BOARD/log/checkpoint, BOARD/log/tile/...      C2SP tlog-tiles (transparency.tiles)

One entry for each signed public file: its kind, its name, the SHA-256 of the canonical bytes that are signed, when it was
entered. The log is a list of what is public anyway: it holds nothing else.

Whole or not at all: tiles are written and flushed first, the checkpoint replaces the old one last, in one step. Whatever a killed
process left beyond the checkpoint was never promised to anyone; the next writer writes over it. One writer at a time.
"""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sansnom.terms.canonical import canonical_bytes, digest_hex
from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.terms.parse import Reader
from sansnom.transparency.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from sansnom.transparency.merkle import EMPTY_ROOT
from sansnom.transparency.note import Held, Verifier, cosign_note, verifier_of
from sansnom.transparency.tiles import CHECKPOINT, TILE_WIDTH, entries_from, new_files, root_from, tile_name, tiles_of

FORMAT: Final = "sansnom/log-entry/1"
FOLDER: Final = "log"
LOCK: Final = ".lock"
KEPT_KEY: Final = "key.json"
"""`{"verifier": ...}`: the public key of the log, beside it, for whoever has no better source."""

Write = Callable[[Path, bytes], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: a public file, by kind, name and digest, and the second (UTC) at which it was entered."""

    kind: str
    file: str
    digest: str
    entered: str

    def to_bytes(self) -> bytes:
        """Give the canonical bytes that the tree hashes."""
        told: dict[str, Any] = {
            "schema": FORMAT,
            "kind": self.kind,
            "file": self.file,
            "digest": self.digest,
            "entered": self.entered,
        }
        return canonical_bytes(told)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Entry":
        """Read an entry strictly; PolicyRefusal `log.entry` when it is not one, or not in canonical form."""
        try:
            r = Reader(json.loads(content), "log")
            r.expect("schema", FORMAT)
            entry = cls(r.string("kind"), r.string("file"), r.string("digest"), r.string("entered"))
            r.done()
        except (ValueError, RecursionError, InputError):
            raise PolicyRefusal("log.entry") from None
        if entry.to_bytes() != content:
            raise PolicyRefusal("log.entry")
        return entry


def write_whole(place: Path, content: bytes) -> None:
    """Put a file in place whole and flushed: whoever reads, or comes back after a power cut, sees the old or the new one.

    InputError `board.full` or `board.unwritable` when the disk does not take it; then the old one stands.
    """
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    with write_faults(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_beside(beside, content)
            beside.replace(place)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        _flush_folder(place.parent)


@contextmanager
def write_faults(place: Path) -> Iterator[None]:
    """Say by name that a disk is full, or cannot be written: `board.full`, `board.unwritable`."""
    try:
        yield
    except OSError as error:
        code = "board.full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "board.unwritable"
        raise InputError(code, where=place.name) from None


def _write_beside(beside: Path, content: bytes) -> None:
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class Journal:
    """The log of one board, read through its keeper's public key and written with the private one."""

    def __init__(self, board: Path, keeper: Verifier, write: Write = write_whole) -> None:
        """Take the board's folder and the log's public key; nothing is read yet."""
        self._folder = board / FOLDER
        self._keeper = keeper
        self._write = write

    @property
    def exists(self) -> bool:
        """Say whether a checkpoint stands."""
        return (self._folder / CHECKPOINT).is_file()

    def checkpoint(self, witnesses: Iterable[Verifier] = ()) -> tuple[Checkpoint, tuple[Held, ...]]:
        """Read the checkpoint that stands, and its cosignatures; an empty log has none, and size 0."""
        if not self.exists:
            return Checkpoint(self._keeper.name, 0, EMPTY_ROOT), ()
        return read_checkpoint((self._folder / CHECKPOINT).read_bytes(), self._keeper, witnesses)

    def read(self, name: str) -> bytes:
        """Give a file of the log; PolicyRefusal `log.file` when it is missing."""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            raise PolicyRefusal("log.file", where=f"{FOLDER}/{name}") from None

    def entries(self) -> tuple[Entry, ...]:
        """Read every entry, in order, as the tiles say; `fsck` checks that they are what the checkpoint signs."""
        size = self.checkpoint()[0].size
        return tuple(Entry.from_bytes(content) for content in entries_from(self.read, size))

    def append(self, entries: Sequence[Entry], private: Ed25519PrivateKey) -> Checkpoint:
        """Add entries and sign the new checkpoint; none at all leaves the log as it is.

        PolicyRefusal `log.busy` when another process writes, `log.key` when this is not the log's key, `log.root` when the
        tiles that stand are not those of the checkpoint: then nothing is signed.
        """
        if verifier_of(self._keeper.name, private) != self._keeper:
            raise PolicyRefusal("log.key", where=self._keeper.name)
        with _alone(self._folder):
            self._sweep()
            before, _ = self.checkpoint()
            if root_from(self.read, before.size) != before.root:
                raise PolicyRefusal("log.root", where=FOLDER)
            if before.size:
                self._keep_key()
            if not entries:
                return before
            files = new_files(self.read, before.size, [entry.to_bytes() for entry in entries])
            size = before.size + len(entries)
            root = root_from(lambda name: files.get(name) or self.read(name), size)
            after = Checkpoint(self._keeper.name, size, root)
            for name, content in files.items():
                self._write(self._folder / name, content)
            if not before.size:
                self._keep_key()
            self._write(self._folder / CHECKPOINT, sign_checkpoint(after, private))
            return after

    def _keep_key(self) -> None:
        """Let the public key stand beside the log, whole: who holds the private one knows which it is."""
        place, content = self._folder / KEPT_KEY, canonical_bytes({"verifier": self._keeper.text})
        if not place.is_file() or place.read_bytes() != content:
            self._write(place, content)

    def _sweep(self) -> None:
        """Remove half-written files of writers that were killed: who holds the log knows that nobody writes them any more."""
        with write_faults(self._folder):
            for place in self._folder.rglob(".*"):
                if place.is_file() and place.name != LOCK:
                    place.unlink()

    def cosign(self, name: str, private: Ed25519PrivateKey, now: datetime) -> None:
        """Add a witness's timestamped cosignature to the checkpoint; the witness has checked consistency before."""
        with _alone(self._folder):
            self._sweep()
            note = self.read(CHECKPOINT)
            read_checkpoint(note, self._keeper)
            self._write(self._folder / CHECKPOINT, cosign_note(note, name, private, int(now.timestamp())))

    def remains(self) -> tuple[str, ...]:
        """Name files beyond the checkpoint: what a killed writer left. They bind nobody, and the next writer replaces them."""
        size = self.checkpoint()[0].size
        widths: dict[str, int] = {}
        for level, index, width in tiles_of(size):
            widths[tile_name(level, index)] = width
            if level == 0:
                widths[tile_name(None, index)] = width
        found: list[str] = []
        for place in sorted((self._folder / "tile").rglob("*")):
            if not place.is_file():
                continue
            name = place.relative_to(self._folder).as_posix()
            whole, _, part = name.partition(".p/")
            told = int(part) if part.isdigit() else 0 if part else TILE_WIDTH
            if not 0 < told <= widths.get(whole, 0):
                found.append(f"{FOLDER}/{name}")
        return tuple(found)


def entry_of(kind: str, file: str, signed: dict[str, Any], now: datetime) -> Entry:
    """Make the entry of a signed public file."""
    return Entry(kind, file, digest_hex(signed), now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def kept_key(board: Path) -> Verifier:
    """Read the public key that stands beside the log; InputError `log.no_key` when there is none."""
    try:
        r = Reader(json.loads((board / FOLDER / KEPT_KEY).read_bytes()), KEPT_KEY)
        told = r.string("verifier")
        r.done()
    except (OSError, ValueError, RecursionError, InputError):
        raise InputError("log.no_key", where=f"{FOLDER}/{KEPT_KEY}") from None
    return Verifier.read(told)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the log against a second writer on this machine; the system lets go when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - exists on one system only

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined] # as above
        else:
            import fcntl  # noqa: PLC0415 - exists on the other systems only

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise PolicyRefusal("log.busy", where=FOLDER) from None


def _flush_folder(folder: Path) -> None:
    """Make a renaming last through a power cut, where the system allows to flush a folder."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
