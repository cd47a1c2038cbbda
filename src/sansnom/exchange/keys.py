"""The two key pairs of a desk or a helper: one to sign (Ed25519), one to seal to (ML-KEM-768 with X25519).

Private halves are never shown: not in a `repr`, not in an error. They leave this module only towards a file that the
edge keeps.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from sansnom.terms.errors import InputError
from sansnom.terms.parse import Reader
from sansnom.transparency.signature import public_key_text

Randomness: TypeAlias = Callable[[int], bytes]
"""The port: gives this many secret random bytes. The operating system's at the edges, a seed's in tests."""

PRIVATE_FORMAT: Final = "sansnom/private-keys/1"
PUBLIC_FORMAT: Final = "sansnom/public-keys/1"
MLKEM_PUBLIC_BYTES: Final = 1184
X25519_BYTES: Final = 32
SIGN_BYTES: Final = 32
MLKEM_SEED_BYTES: Final = 64
SEAL_PUBLIC_BYTES: Final = MLKEM_PUBLIC_BYTES + X25519_BYTES
SEAL_PRIVATE_BYTES: Final = MLKEM_SEED_BYTES + X25519_BYTES

FINGERPRINT_GROUPS: Final = 10
FINGERPRINT_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What a roster or a plan says of a party: base64 of the signing key and of the sealing key."""

    sign_key: str
    seal_key: str

    def __post_init__(self) -> None:
        """Refuse what cannot be a key, before anyone is asked to compare fingerprints."""
        _decode(self.sign_key, SIGN_BYTES, "sign_key")
        seal_public(self.seal_key)

    @property
    def fingerprint(self) -> str:
        """Give what two people compare by telephone."""
        return fingerprint(self.sign_key, self.seal_key)

    def to_json(self) -> dict[str, str]:
        """Give the JSON object of a public-key file."""
        return {"schema": PUBLIC_FORMAT, "sign_key": self.sign_key, "seal_key": self.seal_key}

    @classmethod
    def from_json(cls, value: object) -> "PublicKeys":
        """Read a public-key file strictly; InputError names the place."""
        r = Reader(value, "public_keys")
        r.expect("schema", PUBLIC_FORMAT)
        read = cls(r.string("sign_key"), r.string("seal_key"))
        r.done()
        return read


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKeys:
    """The private halves, as seeds: 32 bytes to sign, 64 and 32 bytes to open what was sealed."""

    sign_seed: bytes
    seal_seed: bytes

    def __post_init__(self) -> None:
        """Check the sizes only: any bytes of these sizes are keys."""
        if len(self.sign_seed) != SIGN_BYTES or len(self.seal_seed) != SEAL_PRIVATE_BYTES:
            raise InputError("keys.size", where="private_keys")

    def __repr__(self) -> str:
        """Say nothing of a private key, whoever prints it."""
        return "PrivateKeys(not shown)"

    @classmethod
    def generate(cls, randomness: Randomness) -> "PrivateKeys":
        """Make new keys from the given randomness."""
        return cls(randomness(SIGN_BYTES), randomness(SEAL_PRIVATE_BYTES))

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Give the key that signs."""
        return Ed25519PrivateKey.from_private_bytes(self.sign_seed)

    @property
    def sealing(self) -> MLKEM768X25519PrivateKey:
        """Give the key that opens."""
        mlkem, x25519 = self._seal_parts()
        return MLKEM768X25519PrivateKey(mlkem, x25519)

    @property
    def public(self) -> PublicKeys:
        """Give the public halves."""
        mlkem, x25519 = self._seal_parts()
        sealed_to = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return PublicKeys(public_key_text(self.signing), base64.b64encode(sealed_to).decode("ascii"))

    def _seal_parts(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.seal_seed[:MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(self.seal_seed[MLKEM_SEED_BYTES:]),
        )

    def to_json_secret(self) -> dict[str, str]:
        """Give the JSON object of a private-key file, which only its owner may read."""
        return {
            "schema": PRIVATE_FORMAT,
            "sign": base64.b64encode(self.sign_seed).decode("ascii"),
            "seal": base64.b64encode(self.seal_seed).decode("ascii"),
        }

    @classmethod
    def from_json(cls, value: object) -> "PrivateKeys":
        """Read a private-key file strictly; an InputError never shows what it holds."""
        r = Reader(value, "private_keys")
        r.expect("schema", PRIVATE_FORMAT)
        read = cls(_decode(r.string("sign"), SIGN_BYTES, "sign"), _decode(r.string("seal"), SEAL_PRIVATE_BYTES, "seal"))
        r.done()
        return read


def seal_public(seal_key: str) -> MLKEM768X25519PublicKey:
    """Read a sealing key as rosters and plans write it; InputError `keys.encoding` or `keys.size`."""
    raw = _decode(seal_key, SEAL_PUBLIC_BYTES, "seal_key")
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError:
        raise InputError("keys.encoding", where="seal_key") from None


def fingerprint(sign_key: str, seal_key: str) -> str:
    """Give ten groups of four digits (132 bits) of both keys together: digits are said alike in every language.

    Nobody can make a second pair of keys with the same digits (2^132 tries), so comparing them by voice is enough.
    """
    digest = hashlib.sha256(b"sansnom/fingerprint/1\n")
    for part in (_decode(sign_key, SIGN_BYTES, "sign_key"), _decode(seal_key, SEAL_PUBLIC_BYTES, "seal_key")):
        digest.update(part)
    number = int.from_bytes(digest.digest(), "big") % 10 ** (FINGERPRINT_GROUPS * FINGERPRINT_DIGITS)
    digits = str(number).zfill(FINGERPRINT_GROUPS * FINGERPRINT_DIGITS)
    return " ".join(digits[start : start + FINGERPRINT_DIGITS] for start in range(0, len(digits), FINGERPRINT_DIGITS))


def _decode(text: str, size: int, where: str) -> bytes:
    """Read base64 with one spelling only."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise InputError("keys.encoding", where=where) from None
    if base64.b64encode(raw).decode("ascii") != text:
        raise InputError("keys.encoding", where=where)
    if len(raw) != size:
        raise InputError("keys.size", where=where, found=len(raw), expected=size)
    return raw
