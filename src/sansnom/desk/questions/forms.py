"""The forms: where the board is, the roster that is confirmed, the keeper's letter, the decision."""

import json
from typing import Any

from django import forms

from sansnom.desk.house.forms import DeskForm
from sansnom.desk.house.words import say, say_later
from sansnom.desk.questions.answering import Decision
from sansnom.desk.questions.board import board_at
from sansnom.terms.errors import InputError

LETTER_BYTES_MAX = 8 * 2**20


class BoardForm(DeskForm):
    """Where the board is."""

    board_place = forms.CharField(
        label=say_later("questions.board_place"), help_text=say_later("questions.board_place.hint"), max_length=500
    )

    def clean_board_place(self) -> str:
        """Take an https address or a folder, and nothing else."""
        place = str(self.cleaned_data["board_place"]).strip()
        try:
            board_at(place)
        except InputError:
            raise forms.ValidationError(say("questions.board_place.wrong")) from None
        return place


class RosterForm(DeskForm):
    """The director compared the convener's key and who the helpers are."""

    convener_key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    compared = forms.BooleanField(label=say_later("questions.compared"))


class LetterForm(DeskForm):
    """The keeper's letter, as a file."""

    letter = forms.FileField(label=say_later("questions.letter.file"))

    def clean_letter(self) -> object:
        """Read it as JSON, in memory."""
        given = self.cleaned_data["letter"]
        try:
            told: object = json.loads(given.read(LETTER_BYTES_MAX))
        except (ValueError, RecursionError):
            raise forms.ValidationError(say("questions.letter.unreadable")) from None
        return told


class DecisionForm(DeskForm):
    """The decision: two choices side by side, neither of them chosen beforehand."""

    decision = forms.ChoiceField(
        label=say_later("questions.decision"),
        widget=forms.RadioSelect,
        choices=(
            (Decision.APPROVE.value, say_later("questions.decision.approve")),
            (Decision.ABSTAIN.value, say_later("questions.decision.abstain")),
        ),
        error_messages={"required": say_later("questions.decision.none")},
    )
    keep = forms.BooleanField(
        label=say_later("questions.keep"), help_text=say_later("questions.keep.hint"), required=False
    )

    def decided(self) -> tuple[Decision, bool]:
        """Give the decision, and whether this desk is asked to remember it."""
        told: dict[str, Any] = self.cleaned_data
        return Decision(told["decision"]), bool(told["keep"])
