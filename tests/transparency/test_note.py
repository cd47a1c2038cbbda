"""Signed notes and checkpoints: ours are read by others' rules, and nothing else is believed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sansnom.terms.errors import InputError, PolicyRefusal
from sansnom.transparency.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from sansnom.transparency.note import COSIGNATURE, Verifier, cosign_note, read_note, sign_note, verifier_of

# From the documentation of golang.org/x/mod/sumdb/note (BSD-3): a key, a text, the note that it signed.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)  # fmt: skip
SIGNED = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def _private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes((number,)) * 32)


def test_a_note_that_others_signed() -> None:
    """The note of the Go documentation is read, and its key is written as it stands there."""
    peter = Verifier.read(PETER)
    assert peter.text == PETER
    text, held = read_note(f"{TEXT}\n{SIGNED}".encode(), [peter])
    assert (text, [h.verifier.name for h in held]) == (TEXT, ["PeterNeumann"])


@pytest.mark.guarantee("G-07")
def test_any_change_to_a_note_is_seen() -> None:
    """Every byte of text or signature that is changed makes the note refused."""
    note = sign_checkpoint(Checkpoint("board.example/2026", 5, bytes(32)), _private(1))
    key = verifier_of("board.example/2026", _private(1))
    read_checkpoint(note, key)
    for place in range(len(note)):
        changed = bytearray(note)
        changed[place] ^= 0x01
        with pytest.raises((PolicyRefusal, InputError)):
            read_checkpoint(bytes(changed), key)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    """A key signs for its own log only."""
    note = sign_note(Checkpoint("other.example", 1, bytes(32)).text(), "board.example", _private(1))
    with pytest.raises(PolicyRefusal, match=r"log\.checkpoint"):
        read_checkpoint(note, verifier_of("board.example", _private(1)))


def test_witnesses_cosign_with_the_time() -> None:
    """A cosignature is read with its time; a time moved by a second does not hold; strangers count for nothing."""
    origin = "board.example"
    note = sign_checkpoint(Checkpoint(origin, 3, bytes(32)), _private(1))
    note = cosign_note(note, "witness.example", _private(2), 1_790_000_000)
    keeper, witness = verifier_of(origin, _private(1)), verifier_of("witness.example", _private(2), COSIGNATURE)
    checkpoint, held = read_checkpoint(note, keeper, [witness])
    assert (checkpoint.size, [h.time for h in held]) == (3, [1_790_000_000])
    assert read_checkpoint(note, keeper)[1] == ()
    moved = cosign_note(sign_checkpoint(checkpoint, _private(1)), "witness.example", _private(3), 1_790_000_000)
    assert read_checkpoint(moved, keeper, [witness])[1] == ()
    with pytest.raises(PolicyRefusal, match=r"note\.unsigned"):
        read_note(note, [verifier_of("nobody.example", _private(4))])


@pytest.mark.parametrize("size", ["05", "-1", "+1", " 1", "1_0", "", "99999999999999999999", "\u0663"])
def test_a_size_has_one_spelling(size: str) -> None:
    """A checkpoint whose size is written otherwise is refused, signed or not."""
    root = Checkpoint("b", 1, bytes(32)).text().split("\n")[2]
    with pytest.raises(PolicyRefusal):
        read_checkpoint(sign_note(f"b\n{size}\n{root}\n", "b", _private(1)), verifier_of("b", _private(1)))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_reader(content: bytes) -> None:
    """Whatever comes in place of a note is refused by name."""
    with pytest.raises(PolicyRefusal):
        read_note(content, [verifier_of("b", _private(1))])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_a_name_that_would_break_a_line_is_refused(name: str) -> None:
    """Names of keys have no space, plus or newline."""
    with pytest.raises(InputError, match=r"note\.name"):
        verifier_of(name, _private(1))
