"""The one property: a value that is written and read back alike, or an error of the right tree that quotes nothing."""

import tracemalloc
from typing import Final

from sansnom.terms.errors import SansnomError
from tests.fuzz.shapes import CANARY
from tests.fuzz.targets import Target

MEMORY_BYTES_MOST: Final = 64 << 20
"""What reading a few kilobytes may take at its height."""


class Unfit(AssertionError):
    """A parser broke the property."""


def judge(target: Target, content: bytes) -> str:
    """Give "read", or the code of the error; Unfit when the property is broken, and any foreign error as it is."""
    try:
        value = target.parse(content)
    except target.errors as error:
        told = f"{error} {error.args} {error.parameters} {getattr(error, 'findings', ())}"
        if CANARY in told and not target.tells:
            raise Unfit(f"{target.name}: {error.code} quotes what it read") from None
        return error.code
    except SansnomError as error:
        raise Unfit(f"{target.name}: {type(error).__name__} {error.code} blames the wrong one") from error
    if target.again is not None:
        written = target.again(value)
        if target.again(target.parse(written)) != written:
            raise Unfit(f"{target.name}: what was read is not what is written")
    return "read"


def judge_within_memory(target: Target, content: bytes) -> str:
    """Judge, and count what the reading took at its height."""
    tracemalloc.start()
    try:
        found = judge(target, content)
        height = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if height > MEMORY_BYTES_MOST + 20 * len(content):
        raise Unfit(f"{target.name}: {len(content)} bytes took {height >> 20} MiB")
    return found
