"""Undo instead of "are you sure": do it at once, and offer to take it back."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest

MARK: Final = "undo:"


def done_with_undo(request: HttpRequest, sentence: str, undo_address: str) -> None:
    """Say what was done, with a button that posts to `undo_address`."""
    messages.success(request, sentence, extra_tags=f"{MARK}{undo_address}")
