"""Signatures over public files: one form for rosters, plans, receipts, releases and checkpoints.

A signed file is `{"signed": {...}, "signatures": [{"key": ..., "signature": ...}]}`, both base64. What is signed is
the kind of file, so that a signature on a receipt can never be shown as one on a plan, and the canonical bytes (RFC
8785) of `signed`.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sansnom.terms.canonical import canonical_bytes
from sansnom.terms.errors import PolicyRefusal

PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
SIGNATURES_MAX: Final = 16
"""More signatures than anyone has a use for would only be work for whoever checks."""


def sign_object(kind: str, signed: dict[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Sign a JSON object as a file of this kind ("roster", "plan", ...): gives the envelope with one signature."""
    return {"signed": signed, "signatures": [_signature(kind, signed, private_key)]}


def add_signature(kind: str, envelope: dict[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """Add one's own signature to a file that others have signed; earlier ones stay as they are."""
    own = _signature(kind, envelope["signed"], private_key)
    others = [s for s in envelope["signatures"] if s["key"] != own["key"]]
    return {"signed": envelope["signed"], "signatures": [*others, own]}


def verify_object(kind: str, envelope: object, allowed_keys: Iterable[str], threshold: int) -> dict[str, Any]:
    """Give `signed` when at least `threshold` different keys of `allowed_keys` (base64) have signed it.

    Signatures by other keys count for nothing. PolicyRefusal: `signature.shape` (not a signed file),
    `signature.twice` (one key signs twice), `signature.wrong` (an allowed key's signature does not hold),
    `signature.too_few`.
    """
    if threshold < 1:
        raise ValueError("a threshold below one would accept a file that nobody signed")
    signed, signatures = _open(kind, envelope)
    try:
        message = _message(kind, signed)
    except (TypeError, ValueError):
        raise PolicyRefusal("signature.shape", kind=kind) from None
    allowed = set(allowed_keys)
    held = 0
    for key, signature in signatures.items():
        if key not in allowed:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(_decode(key, PUBLIC_BYTES, kind)).verify(
                _decode(signature, SIGNATURE_BYTES, kind), message
            )
        except (InvalidSignature, ValueError):
            raise PolicyRefusal("signature.wrong", kind=kind) from None
        held += 1
    if held < threshold:
        raise PolicyRefusal("signature.too_few", kind=kind, found=held, expected=threshold)
    return signed


def public_key_text(private_key: Ed25519PrivateKey) -> str:
    """Give the base64 of the public half, as rosters and plans name a signer."""
    return base64.b64encode(private_key.public_key().public_bytes_raw()).decode("ascii")


def _message(kind: str, signed: dict[str, Any]) -> bytes:
    if not kind or not kind.replace("-", "").isalnum() or not kind.isascii():
        raise ValueError("a kind of file is named by letters, digits and hyphens")
    return f"sansnom/{kind}/1\n".encode("ascii") + canonical_bytes(signed)


def _signature(kind: str, signed: dict[str, Any], private_key: Ed25519PrivateKey) -> dict[str, str]:
    signature = private_key.sign(_message(kind, signed))
    return {"key": public_key_text(private_key), "signature": base64.b64encode(signature).decode("ascii")}


def _open(kind: str, envelope: object) -> tuple[dict[str, Any], dict[str, str]]:
    """Take an envelope apart, strictly: two members, an object, and a short list of signatures by different keys."""
    refusal = PolicyRefusal("signature.shape", kind=kind)
    if not isinstance(envelope, dict) or set(envelope) != {"signed", "signatures"}:
        raise refusal
    signed, listed = envelope["signed"], envelope["signatures"]
    if not isinstance(signed, dict) or not isinstance(listed, list) or len(listed) > SIGNATURES_MAX:
        raise refusal
    signatures: dict[str, str] = {}
    for item in listed:
        if not isinstance(item, dict) or set(item) != {"key", "signature"}:
            raise refusal
        key, signature = item["key"], item["signature"]
        if not isinstance(key, str) or not isinstance(signature, str):
            raise refusal
        if key in signatures:
            raise PolicyRefusal("signature.twice", kind=kind)
        signatures[key] = signature
    return signed, signatures


def _decode(text: str, size: int, kind: str) -> bytes:
    """Read base64 that has one spelling only, so that no second file bears the same signature."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise PolicyRefusal("signature.wrong", kind=kind) from None
    if len(raw) != size or base64.b64encode(raw).decode("ascii") != text:
        raise PolicyRefusal("signature.wrong", kind=kind)
    return raw
