"""Numbers of rows as pages write them: one block of AES under the desk's own key, so that no number tells of its neighbours.

Rows are numbered in sequence; a gap would show that something happened in a programme one does not see. An address, a
form's value or a draft holds the sealed number; whatever was not sealed here is nobody's address (404).
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sansnom.desk.sqlcipher.keyring import KEYRING

_MARK: Final = b"sansnom\x01"
_PURPOSE: Final = b"sansnom.desk.work.addresses"


def _cipher() -> Cipher[modes.ECB]:
    secret = hmac.new(KEYRING.current(), _PURPOSE, hashlib.sha256).digest()
    return Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305 - one block, never two: a permutation, not a message


def seal(number: int) -> str:
    """Write a row's number as 32 signs that say nothing."""
    encryptor = _cipher().encryptor()
    return (encryptor.update(_MARK + number.to_bytes(8)) + encryptor.finalize()).hex()


def unseal(text: str) -> int:
    """Read what `seal` wrote; ValueError for anything else."""
    sealed = bytes.fromhex(text)
    if len(sealed) != 16:
        raise ValueError("not sealed here")
    decryptor = _cipher().decryptor()
    opened = decryptor.update(sealed) + decryptor.finalize()
    if not hmac.compare_digest(opened[:8], _MARK):
        raise ValueError("not sealed here")
    return int.from_bytes(opened[8:])


class RowConverter:
    """The path converter `<row:number>`."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> int:
        """Open an address."""
        return unseal(value)

    def to_url(self, value: int) -> str:
        """Write an address."""
        return seal(value)
