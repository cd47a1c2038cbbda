"""Who sits where: the three helpers and their places around the table."""

from typing import Final, NewType

PartyNumber = NewType("PartyNumber", int)
"""The seat of a helper in a protocol: 0, 1 or 2."""

HELPERS: Final = 3
"""How many helpers compute. Two that collude see every row (docs/known-limits.md)."""

PARTIES: Final = (PartyNumber(0), PartyNumber(1), PartyNumber(2))


def following(party: PartyNumber) -> PartyNumber:
    """Give the seat after this one: 0 -> 1 -> 2 -> 0."""
    return PartyNumber((party + 1) % HELPERS)


def preceding(party: PartyNumber) -> PartyNumber:
    """Give the seat before this one: 0 -> 2 -> 1 -> 0."""
    return PartyNumber((party + 2) % HELPERS)
