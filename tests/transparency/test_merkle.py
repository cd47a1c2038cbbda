"""Trees, tiles and proofs, against published vectors and against a tree hashed all at once."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.terms.errors import PolicyRefusal
from sansnom.transparency.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    node_of,
    root_of,
)
from sansnom.transparency.tiles import entries_from, new_files, node_from, root_from, tile_name, tiles_of

# Values of the reference implementations of RFC 6962 (certificate-transparency, now transparency-dev/merkle, Apache-2.0).
ENTRIES = tuple(
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
FIRST_OF_EIGHT = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)


def _numbers(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_reference_implementations(size: int) -> None:
    """Nine trees have the roots that were published for them."""
    assert root_of([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size]


def test_the_inclusion_proof_of_the_reference_implementations() -> None:
    """The first of eight entries has the published path."""
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert tuple(h.hex() for h in inclusion_proof(node_of(leaves), 0, 8)) == FIRST_OF_EIGHT


def test_a_leaf_can_never_pass_for_a_node() -> None:
    """Two hashes side by side, as an entry, do not hash to their parent."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    assert hashlib.sha256(left + right).digest() != node_hash(left, right)


@pytest.mark.guarantee("G-07")
def test_every_proof_of_every_small_tree_holds_and_no_other() -> None:
    """Each entry of each tree up to 20 is proved; a flipped bit, another root, index or size is refused."""
    leaves = [leaf_hash(entry) for entry in _numbers(20)]
    for size in range(1, 21):
        node, root = node_of(leaves[:size]), root_of(leaves[:size])
        for index in range(size):
            proof = inclusion_proof(node, index, size)
            check_inclusion(leaves[index], index, size, proof, root)
            for wrong in _wrong(proof):
                with pytest.raises(PolicyRefusal, match=r"log\.inclusion"):
                    check_inclusion(leaves[index], index, size, wrong, root)
            with pytest.raises(PolicyRefusal, match=r"log\.inclusion"):
                check_inclusion(leaf_hash(b"another"), index, size, proof, root)
            with pytest.raises(PolicyRefusal, match=r"log\.inclusion"):
                check_inclusion(leaves[index], size, size, proof, root)


@pytest.mark.guarantee("G-07")
def test_a_rewritten_past_has_no_consistency_proof() -> None:
    """Each tree up to 20 begins with each smaller one; another past, or a proof with a flipped bit, is refused."""
    leaves = [leaf_hash(entry) for entry in _numbers(20)]
    for size in range(1, 21):
        node, root = node_of(leaves[:size]), root_of(leaves[:size])
        for earlier in range(size + 1):
            before = root_of(leaves[:earlier])
            proof = consistency_proof(node, earlier, size)
            check_consistency(earlier, size, proof, before, root)
            with pytest.raises(PolicyRefusal, match=r"log\.consistency"):
                check_consistency(earlier, size, proof, leaf_hash(b"another past"), root)
            for wrong in _wrong(proof):
                with pytest.raises(PolicyRefusal, match=r"log\.consistency"):
                    check_consistency(earlier, size, wrong, before, root)


def _wrong(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    flipped = [(*proof[:i], bytes((proof[i][0] ^ 1, *proof[i][1:])), *proof[i + 1 :]) for i in range(len(proof))]
    return [*flipped, (*proof, bytes(32)), *([proof[:-1]] if proof else [])]


@given(st.lists(st.integers(min_value=0, max_value=700), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_tiles_grown_in_any_steps_hold_the_same_tree(steps: list[int]) -> None:
    """However entries come, files never change, and the tree read from them is the one hashed at once."""
    entries = _numbers(sum(steps))
    leaves = [leaf_hash(entry) for entry in entries]
    files: dict[str, bytes] = {}
    size = 0
    for step in steps:
        fresh = new_files(files.__getitem__, size, entries[size : size + step])
        assert all(files.get(name, content) == content for name, content in fresh.items())
        files |= fresh
        size += step
        assert root_from(files.__getitem__, size) == root_of(leaves[:size])
        assert {tile_name(*tile) for tile in tiles_of(size)} <= set(files)
    assert entries_from(files.__getitem__, size) == tuple(entries)


def test_names_of_tiles_are_those_of_the_specification() -> None:
    """The examples of C2SP tlog-tiles: groups of three digits, x before all but the last, .p for a part."""
    assert tile_name(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_name(1, 0, 112) == "tile/1/000.p/112"
    assert tile_name(None, 273) == "tile/entries/273"
    assert tiles_of(70_000) == (
        *((0, index, 256) for index in range(273)),
        (0, 273, 112),
        (1, 0, 256),
        (1, 1, 17),
        (2, 0, 1),
    )


def test_an_empty_log_has_the_root_of_nothing() -> None:
    """No entry: the hash of the empty string, and no file."""
    nothing: dict[str, bytes] = {}
    assert root_from(nothing.__getitem__, 0) == EMPTY_ROOT
    assert tiles_of(0) == ()


def test_a_tile_of_another_length_is_refused() -> None:
    """A tile cut short is named, not read past its end."""
    files: dict[str, bytes] = {}
    files |= new_files(files.__getitem__, 0, _numbers(5))
    files["tile/0/000.p/5"] = files["tile/0/000.p/5"][:-32]
    with pytest.raises(PolicyRefusal, match=r"log\.tile"):
        node_from(files.__getitem__, 5)(0, 0)
