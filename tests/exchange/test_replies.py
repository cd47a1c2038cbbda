"""What a desk gets back: receipts that bind a helper, and verdicts that tell a desk of its own rows only."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sansnom.exchange.receipt import read_receipt, write_receipt
from sansnom.exchange.rows import all_dummies
from sansnom.exchange.submission import build_submission
from sansnom.exchange.verdict import (
    Components,
    cut_verdicts,
    join_verdicts,
    read_verdict,
    rows_not_accepted,
    write_verdict,
)
from sansnom.exchange.wire import Manifest
from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import BrokenInvariant, PolicyRefusal
from tests.exchange.examples import keys_of, opener, roster, seeded, setting

AUBE = roster().organization("aube")
HOUR = "2026-05-01T18Z"


@cache
def manifest(sequence: int = 1) -> Manifest:
    """Give the manifest of a submission of "aube"."""
    rows = all_dummies(setting().layout, AUBE.size_class)
    return build_submission(rows, setting(), AUBE, keys_of("aube"), seeded(f"{sequence}"), sequence).manifest


def test_a_receipt_binds_its_helper_to_this_submission() -> None:
    """The helper's signature over plan, organization, sequence, manifest and hour is read back."""
    receipt = read_receipt(write_receipt(manifest(), setting(), 1, HOUR, opener(1).signing), manifest(), setting(), 1)
    assert (receipt.manifest, receipt.sequence, receipt.received) == (manifest().digest, 1, HOUR)


def test_a_receipt_of_another_helper_or_submission_is_none() -> None:
    """A desk that waits for three receipts is not satisfied by one shown three times."""
    envelope = write_receipt(manifest(), setting(), 1, HOUR, opener(1).signing)
    with pytest.raises(PolicyRefusal, match=r"signature\.too_few"):
        read_receipt(envelope, manifest(), setting(), 2)
    with pytest.raises(PolicyRefusal, match=r"receipt\.other"):
        read_receipt(envelope, manifest(2), setting(), 1)
    foreign = write_receipt(manifest(), setting(), 1, HOUR, opener(2).signing)
    with pytest.raises(PolicyRefusal, match=r"receipt\.other"):
        read_receipt(foreign, manifest(), setting(), 2)
    with pytest.raises(PolicyRefusal, match=r"signature\.too_few"):
        read_receipt(write_receipt(manifest(), setting(), 1, HOUR, keys_of("eve").signing), manifest(), setting(), 1)


def shared(bits: NDArray[np.bool_], seed: int) -> list[NDArray[np.uint64]]:
    """Share a column of bits among three helpers: for each, lanes of its two components."""
    chance = np.random.default_rng(seed)
    lanes = -(-bits.size // 64)
    plain = np.zeros(lanes * 8, dtype=np.uint8)
    packed = np.packbits(bits, bitorder="little")
    plain[: packed.size] = packed
    parts = [chance.integers(0, 2**64, lanes, dtype=np.uint64) for _ in range(2)]
    parts.append(plain.view(np.uint64) ^ parts[0] ^ parts[1])
    return [np.stack([parts[p], parts[(p + 1) % 3]], axis=-1) for p in range(3)]


@given(bits=st.lists(st.booleans(), min_size=96, max_size=96), seed=st.integers(0, 2**32))
def test_each_desk_reads_its_own_verdicts_from_any_two_replies(bits: list[bool], seed: int) -> None:
    """Cut at size classes that do not fill a lane, sealed, opened and joined: the bits of that desk's rows."""
    column = np.array(bits)
    views = [cut_verdicts(pair, (32, 64)) for pair in shared(column, seed)]
    for one, other in ((0, 1), (1, 2), (2, 0)):
        assert (join_verdicts({one: views[one][0], other: views[other][0]}, 32) == column[:32]).all()
        assert (join_verdicts({one: views[one][1], other: views[other][1]}, 64) == column[32:]).all()


def _replies(bits: NDArray[np.bool_]) -> dict[int, Components]:
    cut = [cut_verdicts(pair, (32,))[0] for pair in shared(bits, 7)]
    sealing = keys_of("aube").sealing
    return {
        p: read_verdict(
            write_verdict(cut[p], manifest(), setting(), p, opener(p).signing), manifest(), setting(), p, sealing
        )
        for p in range(3)
    }


def test_a_desk_counts_its_rows_that_were_turned_down() -> None:
    """Five persons served, one row failed a check: the desk learns the number one."""
    bits = np.arange(32) < 5
    bits[3] = False
    assert rows_not_accepted(join_verdicts(_replies(bits), 32), 5) == 1


@pytest.mark.guarantee("G-04")
def test_a_reply_is_as_long_whatever_the_verdict() -> None:
    """All accepted, none, or an organization of dummies: the reply has one size."""
    sizes = set()
    for bits in (np.ones(32, dtype=np.bool_), np.zeros(32, dtype=np.bool_)):
        cut = cut_verdicts(shared(bits, 3)[0], (32,))[0]
        sizes.add(len(canonical_bytes(write_verdict(cut, manifest(), setting(), 0, opener(0).signing))))
    assert len(sizes) == 1


def test_a_reply_to_someone_else_or_from_someone_else_does_not_open() -> None:
    """Another desk, another submission, another helper: each is refused."""
    cut = cut_verdicts(shared(np.ones(32, dtype=np.bool_), 3)[0], (32,))[0]
    envelope = write_verdict(cut, manifest(), setting(), 0, opener(0).signing)
    with pytest.raises(PolicyRefusal, match=r"seal\.broken"):
        read_verdict(envelope, manifest(), setting(), 0, keys_of("brise").sealing)
    with pytest.raises(PolicyRefusal, match=r"verdict\.other"):
        read_verdict(envelope, manifest(2), setting(), 0, keys_of("aube").sealing)
    with pytest.raises(PolicyRefusal, match=r"signature\.too_few"):
        read_verdict(envelope, manifest(), setting(), 1, keys_of("aube").sealing)


def test_one_reply_says_nothing_and_two_that_differ_are_noticed() -> None:
    """A single helper's reply is not enough; a component that two helpers hold must be equal in both."""
    replies = _replies(np.ones(32, dtype=np.bool_))
    with pytest.raises(PolicyRefusal, match=r"verdict\.too_few"):
        join_verdicts({0: replies[0]}, 32)
    wrong = (replies[1][0][:-1] + bytes([replies[1][0][-1] ^ 1]), replies[1][1])
    with pytest.raises(PolicyRefusal, match=r"verdict\.differs"):
        join_verdicts({0: replies[0], 1: wrong}, 32)


def test_shares_of_another_size_are_our_own_bug() -> None:
    """Bits that do not fill the size classes stop before anything is sealed."""
    with pytest.raises(BrokenInvariant, match=r"verdict\.size"):
        cut_verdicts(shared(np.ones(32, dtype=np.bool_), 3)[0], (32, 64))
    with pytest.raises(BrokenInvariant, match=r"verdict\.size"):
        write_verdict((b"x", b"y"), manifest(), setting(), 0, opener(0).signing)
