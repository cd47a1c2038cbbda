"""The rows of one submission in the clear, as columns: what a desk is about to split, and never sends.

An abstaining desk sends `all_dummies` through the same functions: the same sizes, the same requests, the same work.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sansnom.terms.errors import BrokenInvariant, InputError
from sansnom.terms.schema import Field, RowLayout


@dataclass(frozen=True, slots=True, repr=False)
class PlainRows:
    """Columns of a submission, padded to the size class: keys (K, rows), payload (W, rows), tallies (T,)."""

    keys: NDArray[np.uint64]
    payload: NDArray[np.uint64]
    tallies: NDArray[np.uint32]

    @property
    def rows(self) -> int:
        """Count the rows, dummies included: the size class."""
        return int(self.keys.shape[1])

    def to_component(self) -> NDArray[np.uint8]:
        """Give the bytes of a component: key columns, payload columns, tallies, all little-endian."""
        return np.concatenate(
            [
                np.ascontiguousarray(self.keys, dtype="<u8").reshape(-1).view(np.uint8),
                np.ascontiguousarray(self.payload, dtype="<u8").reshape(-1).view(np.uint8),
                np.ascontiguousarray(self.tallies, dtype="<u4").view(np.uint8),
            ]
        )

    @classmethod
    def from_component(cls, layout: RowLayout, component: NDArray[np.uint8], rows: int) -> "PlainRows":
        """Read columns back from the bytes of a component; the columns are views of it."""
        if component.size != layout.component_bytes(rows):
            raise BrokenInvariant("component.size", found=component.size, expected=layout.component_bytes(rows))
        words = (len(layout.keys) + layout.words) * rows
        columns = component[: words * 8].view("<u8").reshape(-1, rows)
        tallies = component[words * 8 :].view("<u4")
        return cls(columns[: len(layout.keys)], columns[len(layout.keys) :], tallies)

    def field(self, field: Field) -> NDArray[np.uint64]:
        """Take one field out of its payload word, for every row."""
        mask = np.uint64(2**field.bits - 1)
        taken: NDArray[np.uint64] = (self.payload[field.word] >> np.uint64(field.offset)) & mask
        return taken


def all_dummies(layout: RowLayout, rows: int) -> PlainRows:
    """Give a submission without anybody: what an organization that abstains sends."""
    return PlainRows(
        np.zeros((len(layout.keys), rows), dtype=np.uint64),
        np.zeros((layout.words, rows), dtype=np.uint64),
        np.zeros(len(layout.tallies), dtype=np.uint32),
    )


def put_field(rows: PlainRows, field: Field, values: NDArray[np.int64]) -> None:
    """Write one field of the first rows; BrokenInvariant when a value does not fit, because encoding clips first."""
    if values.size and (values.min() < 0 or int(values.max()) > field.largest):
        raise BrokenInvariant("encode.field", field=field.name)
    rows.payload[field.word, : values.size] |= values.astype(np.uint64) << np.uint64(field.offset)


def check_class(served: int, size_class: int) -> None:
    """Refuse more rows than the size class holds, before anyone is asked to decide: rows are never cut off."""
    if served > size_class:
        raise InputError("submission.overflow", rows=served, most=size_class)
