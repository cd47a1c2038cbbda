"""Parts of a key in bytes, so that no two lists of parts share an encoding."""

from typing import TypeAlias

Parts: TypeAlias = "tuple[str, ...]"
"""The parts of a key; () says that it is absent."""


def encode_parts(parts: Parts) -> bytes:
    """Write parts so that no two lists of parts share an encoding: each with its length before it."""
    written = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in written)
