"""What the rules say when they refuse, in French and English: the board's catalogue, by code, for every edge."""

from collections.abc import Mapping
from typing import Final

from sansnom.board.language import Sentences

MESSAGES: Final[Mapping[str, tuple[str, str]]] = Sentences()
