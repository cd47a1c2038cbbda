"""What the desks submitted, on shares, side by side: rows of all organizations, one after another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sansnom.compute.convert import words_to_bits
from sansnom.compute.packed import zeros
from sansnom.compute.share import Bits, Words
from sansnom.terms.schema import WORD_BITS, RowLayout


@dataclass(frozen=True, slots=True)
class SubmittedShares:
    """One helper's shares of all submissions of a plan.

    match_keys     (keys, rows) uint64, in the plan's order
    payload        (words, rows) uint64, as `terms.schema.RowLayout` lays out their bits
    tallies        (cells, organizations) uint32, in the layout's order
    organizations  (rows,) roster number of each row's organization: public; rows of one organization are contiguous
    """

    match_keys: Words
    payload: Words
    tallies: Words
    organizations: NDArray[np.uint16]

    def __post_init__(self) -> None:
        """Check that the parts have the same rows."""
        rows = self.organizations.shape[0]
        assert self.match_keys.shape[1:] == (rows,), f"keys of {self.match_keys.shape[1:]} instead of {rows} rows"
        assert self.payload.shape[1:] == (rows,), f"payload of {self.payload.shape[1:]} instead of {rows} rows"

    @property
    def rows(self) -> int:
        """How many rows there are, dummies included."""
        return int(self.organizations.shape[0])

    def word(self, place: int) -> Words:
        """Give one word of the payload as a column."""
        return Words(np.ascontiguousarray(self.payload.pair[place]))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of rows by name, in whatever order the words of the payload are in. All of this is local."""

    words: list[Words]
    layout: RowLayout
    rows: int

    def number(self, name: str) -> Bits:
        """Give a field as a bit-sliced number: columns (bits,)."""
        field = self.layout.field(name)
        return words_to_bits(Words(self.words[field.word].pair >> np.uint64(field.offset)), field.bits)

    def bit(self, name: str) -> Bits:
        """Give a field of one bit as a column."""
        return Bits(self.number(name).pair[0], self.rows)

    def unused(self, place: int) -> Bits:
        """Give the bits of one word that no field has: columns (bits,)."""
        taken = {f.offset + b for f in self.layout.fields if f.word == place for b in range(f.bits)}
        free = [b for b in range(WORD_BITS) if b not in taken]
        if not free:
            return zeros((0,), self.rows)
        return Bits(words_to_bits(self.words[place], WORD_BITS).pair[free], self.rows)

    def names(self, kind: str) -> list[str]:
        """List the codes of the fields called `kind.CODE`, in order."""
        return [f.name.partition(".")[2] for f in self.layout.fields if f.name.partition(".")[0] == kind]
