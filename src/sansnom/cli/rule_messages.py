"""Sentences for the codes of the rules, the ledger and the board: the board's catalogue, in both languages."""

from sansnom.board.messages import MESSAGES

__all__ = ["MESSAGES"]
