"""How a log lies in files: C2SP tlog-tiles, so that existing readers can read ours.

    checkpoint                 the signed note (transparency.checkpoint)
    tile/L/N[.p/W]             256 (or W) hashes of height 8 L, from entry N * 256^(L+1) on
    tile/entries/N[.p/W]       the same stretch of entries, each preceded by its length in two bytes

N is written in groups of three digits, every group but the last preceded by x: 1234067 is x001/x234/067. A tile that is not
full yet bears its width, so that a file that stands never changes.
Source: C2SP tlog-tiles, v0.2.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.transparency.merkle import HASH_BYTES, Node, leaf_hash, node_hash, root_over

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
ENTRY_BYTES_MAX: Final = 2**16 - 1
CHECKPOINT: Final = "checkpoint"
_LEVELS_MAX: Final = 8

ReadFile = Callable[[str], bytes]
"""Gives a file of the log by its name; KeyError or OSError when it is not there."""


def tile_name(level: int | None, index: int, width: int = TILE_WIDTH) -> str:
    """Name a tile: level None is the entries themselves. ValueError when no tile can have this place or width."""
    if index < 0 or not 1 <= width <= TILE_WIDTH or (level is not None and not 0 <= level < _LEVELS_MAX):
        raise ValueError("no such tile")
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    part = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(reversed(groups))}{part}"


def tiles_of(size: int) -> tuple[tuple[int, int, int], ...]:
    """Give (level, index, width) of every hash tile that a log of this size needs, lowest level first."""
    found: list[tuple[int, int, int]] = []
    count, level = size, 0
    while count:
        found += [(level, index, TILE_WIDTH) for index in range(count // TILE_WIDTH)]
        if count % TILE_WIDTH:
            found.append((level, count // TILE_WIDTH, count % TILE_WIDTH))
        count, level = count // TILE_WIDTH, level + 1
    return tuple(found)


def new_files(read: ReadFile, size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
    """Give the files that these entries add to a log of `size` entries, by name; the checkpoint comes after them.

    read     gives the partial tiles that stand; nothing else is read.
    entries  at most ENTRY_BYTES_MAX bytes each, else InputError `log.entry_size`
    """
    if any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise InputError("log.entry_size", where="log", most=ENTRY_BYTES_MAX)
    kept = size % TILE_WIDTH
    first = size // TILE_WIDTH
    bundle = read_bundle(read(tile_name(None, first, kept)), kept) if kept else ()
    files = _cut(None, first, [*bundle, *entries], write_bundle)
    hashes = [leaf_hash(entry) for entry in entries]
    level = 0
    while hashes:
        old = read(tile_name(level, first, kept)) if kept else b""
        row = [old[i : i + HASH_BYTES] for i in range(0, len(old), HASH_BYTES)] + hashes
        files |= _cut(level, first, row, b"".join)
        full = [row[i : i + TILE_WIDTH] for i in range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH)]
        hashes = [_fold(tile) for tile in full]
        size, level = size // TILE_WIDTH, level + 1
        first, kept = size // TILE_WIDTH, size % TILE_WIDTH
    return files


def node_from(read: ReadFile, size: int) -> Node:
    """Read nodes of a log of `size` entries from its tiles; PolicyRefusal `log.tile` when a tile has another length."""
    cache: dict[tuple[int, int], bytes] = {}

    def node(height: int, index: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        first, count = index << above, 1 << above
        tile, offset = divmod(first, TILE_WIDTH)
        if (level, tile) not in cache:
            width = min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - tile * TILE_WIDTH)
            name = tile_name(level, tile, width)
            content = read(name)
            if len(content) != width * HASH_BYTES:
                raise PolicyRefusal("log.tile", where=name)
            cache[level, tile] = content
        content = cache[level, tile]
        return _fold([content[(offset + i) * HASH_BYTES : (offset + i + 1) * HASH_BYTES] for i in range(count)])

    return node


def root_from(read: ReadFile, size: int) -> bytes:
    """Give the root of a log of `size` entries, from its tiles."""
    return root_over(node_from(read, size), 0, size)


def entries_from(read: ReadFile, size: int) -> tuple[bytes, ...]:
    """Read every entry of a log of `size` entries, in order."""
    found: list[bytes] = []
    for index in range((size + TILE_WIDTH - 1) // TILE_WIDTH):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        found += read_bundle(read(tile_name(None, index, width)), width)
    return tuple(found)


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Write entries one after another, each preceded by its length in two bytes, most significant first."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_bundle(content: bytes, count: int) -> tuple[bytes, ...]:
    """Read exactly `count` entries; PolicyRefusal `log.bundle` when there are more, fewer, or half of one."""
    found: list[bytes] = []
    place = 0
    while place < len(content):
        end = place + 2 + int.from_bytes(content[place : place + 2], "big")
        if place + 2 > len(content) or end > len(content):
            raise PolicyRefusal("log.bundle", expected=count)
        found.append(content[place + 2 : end])
        place = end
    if len(found) != count:
        raise PolicyRefusal("log.bundle", expected=count)
    return tuple(found)


def _cut(
    level: int | None, first: int, row: Sequence[bytes], write: Callable[[Sequence[bytes]], bytes]
) -> dict[str, bytes]:
    """Cut a row of hashes or entries into tiles, the first of them number `first`."""
    cut = [row[i : i + TILE_WIDTH] for i in range(0, len(row), TILE_WIDTH)]
    return {tile_name(level, first + n, len(part)): write(part) for n, part in enumerate(cut)}


def _fold(row: Sequence[bytes]) -> bytes:
    """Hash a power of two of neighbours up to one."""
    hashes = list(row)
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
