"""Every page of an encrypted database and of its write-ahead log, in clear: free pages and old copies included."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, BLOCK, SALT = 4096, 80, 16, 16
WAL_HEAD, FRAME_HEAD = 32, 24


def decrypted_bytes(database: Path, database_key: bytes) -> bytes:
    """Decrypt page by page, as SQLCipher 4 lays them out: content, initialization vector, authentication code."""
    content = database.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    told = [_plain(page, database_key, SALT if number == 0 else 0) for number, page in enumerate(pages)]
    log = database.with_name(database.name + "-wal")
    if log.exists():
        frames = log.read_bytes()[WAL_HEAD:]
        for start in range(0, len(frames), FRAME_HEAD + PAGE):
            first = int.from_bytes(frames[start : start + 4], "big") == 1
            told.append(
                _plain(frames[start + FRAME_HEAD : start + FRAME_HEAD + PAGE], database_key, SALT if first else 0)
            )
    return b"".join(told)


def _plain(page: bytes, database_key: bytes, skipped: int) -> bytes:
    ends = PAGE - RESERVED
    cipher = Cipher(algorithms.AES(database_key), modes.CBC(page[ends : ends + BLOCK])).decryptor()
    return cipher.update(page[skipped:ends]) + cipher.finalize()
