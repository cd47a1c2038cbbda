"""Sealing (HPKE, RFC 9180): bytes that one recipient alone can open, today and against a quantum computer of tomorrow.

Suite: the hybrid of ML-KEM-768 and X25519, HKDF-SHA-256, AES-256-GCM. Sealing draws its own randomness inside
`cryptography`: seal once, store the sealed bytes, send the same bytes again when a line breaks. `about` binds the
bytes to their purpose.
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from sansnom.exchange.keys import seal_public
from sansnom.terms.errors import PolicyRefusal

ENCAPSULATION_BYTES: Final = 1120
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = ENCAPSULATION_BYTES + TAG_BYTES
"""How much longer sealed bytes are than what they hold."""

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal_to(seal_key: str, plaintext: bytes, about: bytes) -> bytes:
    """Seal bytes to a public sealing key (base64, as rosters and plans write it)."""
    return _SUITE.encrypt(plaintext, seal_public(seal_key), info=about)


def open_sealed(private_key: MLKEM768X25519PrivateKey, sealed: bytes, about: bytes) -> bytes:
    """Open what was sealed to this key about this.

    PolicyRefusal `seal.broken` for anything else, without saying why.
    """
    if len(sealed) < OVERHEAD_BYTES:
        raise PolicyRefusal("seal.broken")
    try:
        return _SUITE.decrypt(sealed, private_key, info=about)
    except (InvalidTag, ValueError):
        raise PolicyRefusal("seal.broken") from None
