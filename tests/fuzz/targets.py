"""Every parser that meets the network or a file: what it takes, where good input comes from, which errors are its own.

A parser gives a value or raises an error of ours; `again`, where there is one, writes the value and must be read back as the same.
"""

from typing import Final

from tests.fuzz.files import FILES
from tests.fuzz.good import Target
from tests.fuzz.network import NETWORK
from tests.fuzz.public_files import PUBLIC

__all__ = ["TARGETS", "Target"]

TARGETS: Final = {target.name: target for target in (*NETWORK, *PUBLIC, *FILES)}
