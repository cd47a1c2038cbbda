"""G-07: check a board's log against its files, and against what this reader saw last time.

The log shows that nothing was taken back or slipped in after the fact: only as long as somebody remembers an earlier checkpoint.
`Memory` is that somebody on this machine; witnesses who cosign checkpoints are others.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sansnom.board.enter import digest_of, kind_of, listed_files
from sansnom.board.journal import FOLDER, KEPT_KEY, Entry, Journal, kept_key, write_whole
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import Finding, InputError, PolicyRefusal, SansnomError
from sansnom.terms.parse import Reader
from sansnom.transparency.checkpoint import Checkpoint
from sansnom.transparency.merkle import (
    HASH_BYTES,
    check_consistency,
    consistency_proof,
    leaf_hash,
    node_of,
    root_of,
)
from sansnom.transparency.note import Verifier
from sansnom.transparency.tiles import TILE_WIDTH, entries_from, node_from, tile_name, tiles_of

FORMAT: Final = "sansnom/seen/1"
PLACE: Final = "log/checkpoint"
BEFORE: Final[Mapping[str, str]] = {"release": "submission-set", "destruction": "release"}
"""A file of the left kind may not be entered before its neighbour of the right kind."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What was found; the checkpoint, how many witnesses stand behind it, and the size seen last time (None: never seen)."""

    findings: tuple[Finding, ...]
    checkpoint: Checkpoint | None
    witnesses: int
    seen: int | None


def key_beside(folder: Path, keeper: Verifier) -> tuple[Finding, ...]:
    """Say what is wrong with the public key that stands beside the log: it can be read, and is its keeper's."""
    name = f"{FOLDER}/{KEPT_KEY}"
    if not (folder / name).is_file():
        return ()
    try:
        same = kept_key(folder) == keeper
    except InputError:
        same = False
    return () if same else (Finding("log.key_other", name),)


class Memory:
    """Checkpoints seen on this machine, one file: by origin and key, how large the log was and its root."""

    def __init__(self, place: Path) -> None:
        """Take the file; it is made when something is first remembered."""
        self._place = place

    def seen(self, keeper: Verifier) -> Checkpoint | None:
        """Give the checkpoint seen last of this log; InputError `seen.file` when the memory cannot be read."""
        for item in self._told()["logs"]:
            if item["key"] == keeper.text:
                return Checkpoint(keeper.name, item["size"], base64.b64decode(item["root"]))
        return None

    def remember(self, keeper: Verifier, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint that was checked; others' stay."""
        told = self._told()
        root = base64.b64encode(checkpoint.root).decode("ascii")
        others = [item for item in told["logs"] if item["key"] != keeper.text]
        self._write(told | {"logs": [*others, {"key": keeper.text, "size": checkpoint.size, "root": root}]})

    def forget(self, keeper: Verifier) -> None:
        """Forget what was seen of one log; of a memory that cannot be read, everything."""
        try:
            told = self._told()
        except InputError:
            told = {"logs": [], "boards": []}
        self._write(told | {"logs": [item for item in told["logs"] if item["key"] != keeper.text]})

    def pinned(self, address: str) -> str:
        """Give the key of the log that an address showed last time; empty when it was never looked at."""
        return next((str(item["key"]) for item in self._told()["boards"] if item["address"] == address), "")

    def pin(self, address: str, keeper: Verifier) -> None:
        """Hold an address to the log that it shows."""
        told = self._told()
        others = [item for item in told["boards"] if item["address"] != address]
        self._write(told | {"boards": [*others, {"address": address, "key": keeper.text}]})

    def unpin(self, address: str) -> None:
        """Let an address show another log."""
        told = self._told()
        self._write(told | {"boards": [item for item in told["boards"] if item["address"] != address]})

    def _told(self) -> dict[str, Any]:
        """Read the whole file strictly, whatever is asked of it; InputError `seen.file` when any of it is not ours."""
        if not self._place.is_file():
            return {"logs": [], "boards": []}
        try:
            r = Reader(json.loads(self._place.read_bytes()), "seen")
            r.expect("schema", FORMAT)
            boards = [{"address": item.string("address"), "key": item.string("key")} for item in _each(r, "boards")]
            logs = [
                {"key": item.string("key"), "size": item.integer("size"), "root": item.string("root")}
                for item in _each(r, "logs")
            ]
            r.done()
            sizes = {len(base64.b64decode(item["root"], validate=True)) for item in logs}
        except (ValueError, RecursionError, InputError):
            raise InputError("seen.file", where=str(self._place)) from None
        if sizes - {HASH_BYTES}:
            raise InputError("seen.file", where=str(self._place))
        return {"logs": logs, "boards": boards}

    def _write(self, told: dict[str, Any]) -> None:
        write_whole(self._place, canonical_bytes({**told, "schema": FORMAT}))


def _each(r: Reader, name: str) -> Iterator[Reader]:
    """Read the objects of a list, each to its end."""
    for item in r.objects(name, []):
        yield item
        item.done()


def check_log(
    board: Path, keeper: Verifier, memory: Memory | None = None, witnesses: Iterable[Verifier] = ()
) -> LogVerdict:
    """Check signature, tiles, entries, the files they name, and that the log continues what was seen last time.

    Remembers the checkpoint only when nothing was found. InputError `seen.file` when the memory itself is broken.
    """
    journal = Journal(board, keeper)
    seen = memory.seen(keeper) if memory else None
    try:
        checkpoint, held = journal.checkpoint(witnesses)
        contents = entries_from(journal.read, checkpoint.size)
        entries = tuple(Entry.from_bytes(content) for content in contents)
    except SansnomError as error:
        return LogVerdict((Finding(error.code, str(error.parameters.get("where", PLACE))),), None, 0, None)
    found = [*_tree(journal, checkpoint, contents), *_earlier_tiles(board, checkpoint.size)]
    found += [*_files(board, entries), *_order(entries)]
    if seen is not None:
        found += _continues(seen, checkpoint, contents)
    if memory is not None and not found:
        memory.remember(keeper, checkpoint)
    return LogVerdict(tuple(found), checkpoint, len(held), None if seen is None else seen.size)


def _tree(journal: Journal, checkpoint: Checkpoint, contents: tuple[bytes, ...]) -> Iterator[Finding]:
    """Hash every entry again: the root is the signed one, and every tile holds the hashes that it should."""
    leaves = [leaf_hash(content) for content in contents]
    if root_of(leaves) != checkpoint.root:
        yield Finding("log.root", PLACE)
        return
    node = node_of(leaves)
    for level, index, width in tiles_of(checkpoint.size):
        name = tile_name(level, index, width)
        try:
            read = node_from(journal.read, checkpoint.size)
            told = [read(8 * level, index * 256 + place) for place in range(width)]
        except PolicyRefusal as error:
            yield Finding(error.code, f"log/{name}")
            continue
        if told != [node(8 * level, index * 256 + place) for place in range(width)]:
            yield Finding("log.tile", f"log/{name}")


def _earlier_tiles(board: Path, size: int) -> Iterator[Finding]:
    """Check partial tiles of an earlier, shorter log that still stand: each is the beginning of the one that stands now."""
    folder = board / "log"
    told: dict[str, int] = {}
    for level, index, width in tiles_of(size):
        for kind in (level, None) if level == 0 else (level,):
            told[tile_name(kind, index)] = width
    for place in sorted((folder / "tile").rglob("*")):
        whole, _, part = place.relative_to(folder).as_posix().partition(".p/")
        now = told.get(whole, 0)
        later = folder / (whole if now == TILE_WIDTH else f"{whole}.p/{now}")
        if not part.isdigit() or int(part) >= now or not later.is_file():
            continue
        content = place.read_bytes()
        hashed = not whole.startswith("tile/entries/")
        if not later.read_bytes().startswith(content) or (hashed and len(content) != int(part) * HASH_BYTES):
            yield Finding("log.tile", f"log/{whole}.p/{part}")


def _files(board: Path, entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """Hold entries and files against one another: each file entered once, as it stands."""
    entered: dict[str, Entry] = {}
    for entry in entries:
        if entry.file in entered:
            yield Finding("log.twice", entry.file)
        elif kind_of(entry.file) != entry.kind:
            yield Finding("log.entry", entry.file)
        entered.setdefault(entry.file, entry)
    standing = {file for _, file in listed_files(board)}
    for file, entry in entered.items():
        if file not in standing:
            yield Finding("log.gone", file)
            continue
        try:
            if digest_of(board, file) != entry.digest:
                yield Finding("log.changed", file)
        except InputError as error:
            yield Finding(error.code, file)
    for file in sorted(standing - set(entered)):
        yield Finding("log.unentered", file)


def _order(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """Check that time does not run backwards, and that an answer is not entered before what it stands on."""
    last = ""
    places = {entry.file: place for place, entry in enumerate(entries)}
    for place, entry in enumerate(entries):
        if entry.entered < last:
            yield Finding("log.time", entry.file)
        last = max(last, entry.entered)
        needed = BEFORE.get(entry.kind)
        if needed is None:
            continue
        beside = f"{entry.file.rpartition('/')[0]}/{needed}.json"
        if places.get(beside, len(entries)) > place:
            yield Finding("log.order", entry.file)


def _continues(seen: Checkpoint, checkpoint: Checkpoint, contents: tuple[bytes, ...]) -> Iterator[Finding]:
    """Check that the log begins with the one seen last time."""
    if seen.size > checkpoint.size:
        yield Finding("log.shorter", PLACE)
        return
    proof = consistency_proof(node_of([leaf_hash(content) for content in contents]), seen.size, checkpoint.size)
    try:
        check_consistency(seen.size, checkpoint.size, proof, seen.root, checkpoint.root)
    except PolicyRefusal as error:
        yield Finding(error.code, PLACE)
