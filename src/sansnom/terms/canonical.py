"""Canonical bytes of public files (RFC 8785), so that a signature means the same everywhere.

Only what our formats use is allowed: objects, arrays, strings, integers within +-(2^53 - 1), booleans and null.
Fractions are strings such as "1/4": there are no floating-point numbers in anything that is signed.
"""

import hashlib
import json
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
_LARGEST = 2**53 - 1
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def canonical_bytes(value: Json) -> bytes:
    """Give the RFC 8785 bytes of a value; TypeError or ValueError for a value that our formats do not allow."""
    try:
        return _text(value).encode("utf-8")
    except RecursionError:
        raise ValueError("a signed file is nested too deeply") from None


def digest_hex(value: Json) -> str:
    """Give the SHA-256 of the canonical bytes, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _text(value: object) -> str:
    if value is None or isinstance(value, (bool, str)):
        return _quoted(value)
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            msg = "an integer of a signed file lies beyond 2^53 - 1"
            raise ValueError(msg)
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(_text(item) for item in value) + "]"
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_quoted(name)}:{_text(item)}" for name, item in ordered) + "}"
    msg = f"{type(value).__name__} has no place in a signed file"
    raise TypeError(msg)
