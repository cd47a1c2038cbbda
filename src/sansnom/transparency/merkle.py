"""The Merkle tree of RFC 6962, section 2: hashes, proofs that an entry is in it, proofs that one tree continues another.

A tree is read through `Node`: `node(height, index)` gives the hash over the 2^height entries from index * 2^height on.
Only complete subtrees are ever asked for, so that a node once read never changes.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from sansnom.terms.errors import PolicyRefusal

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(node: Node, start: int, end: int) -> bytes:
    """Give the hash over entries start to end - 1, where start is a multiple of a power of two that is >= end - start.

    Source: RFC 6962, section 2.1 (MTH).
    """
    size = end - start
    if size == 0:
        return EMPTY_ROOT
    height = (size - 1).bit_length()
    if size == 1 << height:
        return node(height, start >> height)
    split = start + (1 << (height - 1))
    return node_hash(root_over(node, start, split), root_over(node, split, end))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Give the root of a tree whose leaf hashes are all at hand, in their order."""
    return root_over(node_of(leaves), 0, len(leaves))


def node_of(leaves: Sequence[bytes]) -> Node:
    """Read nodes of a tree whose leaf hashes are all at hand."""

    def node(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return node_hash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1))

    return node


def inclusion_proof(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that entry `index` is in the tree of `size` entries: the hashes beside its path, from the leaf up.

    Source: RFC 6962, section 2.1.1 (PATH). ValueError when there is no such entry.
    """
    if not 0 <= index < size:
        raise ValueError("no such entry in a tree of this size")
    return _path(node, index, 0, size)


def consistency_proof(node: Node, earlier: int, size: int) -> tuple[bytes, ...]:
    """Prove that the tree of `size` entries begins with the tree of `earlier` entries.

    Source: RFC 6962, section 2.1.2 (PROOF). ValueError unless 0 <= earlier <= size.
    """
    if not 0 <= earlier <= size:
        raise ValueError("an earlier tree is not larger")
    if earlier in (0, size):
        return ()
    return _subproof(node, earlier, 0, size, whole=True)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise PolicyRefusal `log.inclusion` unless the proof leads from this leaf hash to this root.

    Source: RFC 9162, section 2.1.3.2.
    """
    refusal = PolicyRefusal("log.inclusion", index=index, size=size)
    if not 0 <= index < size:
        raise refusal
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise refusal
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise refusal


def check_consistency(earlier: int, size: int, proof: Sequence[bytes], earlier_root: bytes, root: bytes) -> None:
    """Raise PolicyRefusal `log.consistency` unless the proof shows that the later tree begins with the earlier one.

    Source: RFC 9162, section 2.1.4.2. An empty earlier tree is the beginning of every tree, and has one root.
    """
    refusal = PolicyRefusal("log.consistency", earlier=earlier, size=size)
    if not 0 <= earlier <= size:
        raise refusal
    if earlier in (0, size):
        expected = EMPTY_ROOT if earlier == 0 else root
        if proof or earlier_root != expected:
            raise refusal
        return
    hashes = list(proof) if earlier & (earlier - 1) else [earlier_root, *proof]
    if not hashes:
        raise refusal
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            raise refusal
        if place & 1 or place == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        place, last = place >> 1, last >> 1
    if last or old != earlier_root or new != root:
        raise refusal


def _split(size: int) -> int:
    """Give the largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def _path(node: Node, index: int, start: int, size: int) -> tuple[bytes, ...]:
    if size == 1:
        return ()
    half = _split(size)
    if index < half:
        return (*_path(node, index, start, half), root_over(node, start + half, start + size))
    return (*_path(node, index - half, start + half, size - half), root_over(node, start, start + half))


def _subproof(node: Node, earlier: int, start: int, size: int, *, whole: bool) -> tuple[bytes, ...]:
    if earlier == size:
        return () if whole else (root_over(node, start, start + size),)
    half = _split(size)
    if earlier <= half:
        beside = root_over(node, start + half, start + size)
        return (*_subproof(node, earlier, start, half, whole=whole), beside)
    beside = root_over(node, start, start + half)
    return (*_subproof(node, earlier - half, start + half, size - half, whole=False), beside)
