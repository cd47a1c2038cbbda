"""Signatures over public files: who signed what, and nothing else."""

import base64
import copy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sansnom.terms.errors import PolicyRefusal
from sansnom.transparency.signature import add_signature, public_key_text, sign_object, verify_object

ADA, BEN, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(3))
SIGNED: dict[str, Any] = {"plan": "essai", "rho": "1/4", "tables": [1, 2], "fr": "été"}


def _keys(*signers: Ed25519PrivateKey) -> list[str]:
    return [public_key_text(signer) for signer in signers]


def _refusal(kind: str, envelope: object, allowed: list[str], threshold: int = 1) -> str:
    with pytest.raises(PolicyRefusal) as refused:
        verify_object(kind, envelope, allowed, threshold)
    return refused.value.code


def test_a_signed_file_gives_back_what_was_signed() -> None:
    """Whoever holds the public key reads the file as it was signed."""
    assert verify_object("plan", sign_object("plan", SIGNED, ADA), _keys(ADA), 1) == SIGNED


def test_three_helpers_sign_one_release() -> None:
    """Signatures are added one by one, and the threshold counts different keys."""
    envelope = sign_object("release", SIGNED, ADA)
    assert _refusal("release", envelope, _keys(ADA, BEN), 2) == "signature.too_few"
    envelope = add_signature("release", envelope, BEN)
    assert verify_object("release", add_signature("release", envelope, BEN), _keys(ADA, BEN), 2) == SIGNED


def test_a_signature_on_one_kind_of_file_is_none_on_another() -> None:
    """A receipt's signature cannot be shown as a plan's."""
    assert _refusal("plan", sign_object("receipt", SIGNED, ADA), _keys(ADA)) == "signature.wrong"


def test_a_stranger_s_signature_counts_for_nothing() -> None:
    """A signature by a key that is not asked for neither helps nor hurts."""
    envelope = sign_object("plan", SIGNED, EVE)
    assert _refusal("plan", envelope, _keys(ADA)) == "signature.too_few"
    assert verify_object("plan", add_signature("plan", envelope, ADA), _keys(ADA), 1) == SIGNED


def test_one_signer_does_not_count_twice() -> None:
    """The same key listed twice is refused, so a threshold means different signers."""
    envelope = sign_object("release", SIGNED, ADA)
    envelope["signatures"] *= 2
    assert _refusal("release", envelope, _keys(ADA, BEN), 2) == "signature.twice"


@pytest.mark.parametrize("change", ["value", "member", "removed", "order"])
def test_changing_what_was_signed_is_refused(change: str) -> None:
    """A value, a new member, a missing one: the signature no longer holds; the order of members does not matter."""
    envelope = copy.deepcopy(sign_object("plan", SIGNED, ADA))
    if change == "value":
        envelope["signed"]["rho"] = "1/2"
    elif change == "member":
        envelope["signed"]["more"] = 1
    elif change == "removed":
        del envelope["signed"]["fr"]
    else:
        envelope["signed"] = dict(reversed(envelope["signed"].items()))
        assert verify_object("plan", envelope, _keys(ADA), 1) == SIGNED
        return
    assert _refusal("plan", envelope, _keys(ADA)) == "signature.wrong"


@given(place=st.integers(0, 63), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_signature_is_refused(place: int, bit: int) -> None:
    """No other 64 bytes pass for the signature."""
    envelope = sign_object("plan", SIGNED, ADA)
    raw = bytearray(base64.b64decode(envelope["signatures"][0]["signature"]))
    raw[place] ^= 1 << bit
    envelope["signatures"][0]["signature"] = base64.b64encode(raw).decode("ascii")
    assert _refusal("plan", envelope, _keys(ADA)) == "signature.wrong"


def test_a_signature_has_one_spelling() -> None:
    """Base64 with stray bits or white space is refused, so that a file has one form."""
    envelope = sign_object("plan", SIGNED, ADA)
    text = envelope["signatures"][0]["signature"]
    for other in (text + "\n", text[:-3] + chr(ord(text[-3]) + 1) + "==", text.rstrip("="), "é" + text[1:]):
        envelope["signatures"][0]["signature"] = other
        assert _refusal("plan", envelope, _keys(ADA)) == "signature.wrong"


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        [],
        {},
        {"signed": {}},
        {"signed": [], "signatures": []},
        {"signed": {}, "signatures": {}},
        {"signed": {}, "signatures": [], "more": 1},
        {"signed": {}, "signatures": [1]},
        {"signed": {}, "signatures": [{"key": 1, "signature": "x"}]},
        {"signed": {}, "signatures": [{"key": "x"}]},
        {"signed": {"x": 0.5}, "signatures": []},
        {"signed": {"x": 2**60}, "signatures": []},
        {"signed": {}, "signatures": [{"key": str(n), "signature": "x"} for n in range(17)]},
    ],
)
def test_what_is_not_a_signed_file_is_refused(envelope: object) -> None:
    """Any other shape is refused by the same code, before a signature is looked at."""
    assert _refusal("plan", envelope, _keys(ADA)) == "signature.shape"


def test_nobody_asks_for_no_signature() -> None:
    """A threshold of zero is our own bug, never an open door."""
    with pytest.raises(ValueError, match="nobody signed"):
        verify_object("plan", sign_object("plan", SIGNED, ADA), _keys(ADA), 0)


def test_the_signed_bytes_are_as_documented() -> None:
    """Anyone can check a signature from the format's one sentence: sansnom/KIND/1, a line feed, canonical JSON."""
    envelope = sign_object("plan", {"b": 1, "a": "é"}, ADA)
    signature = base64.b64decode(envelope["signatures"][0]["signature"])
    ADA.public_key().verify(signature, b'sansnom/plan/1\n{"a":"\xc3\xa9","b":1}')
