"""Where a question stands, and what its asker said of it since: taken back, or asked again as a correction.

Only what every desk can read alike goes into it: nothing of a state depends on what was decided here.
"""

import json
from datetime import datetime
from typing import Final

from django.utils import timezone

from sansnom.desk.questions.believing import read_withdrawal
from sansnom.desk.questions.looking import plan_of, roster_of
from sansnom.desk.questions.models import Parcel, Question
from sansnom.terms.withdrawal import Withdrawal

WAITING: Final = ("open", "unsent", "keys_wait", "keys_differ")
"""States in which somebody still has something to do."""


def state_of(question: Question, now: datetime | None = None) -> str:
    """Say where a question stands, in one word of the catalogue."""
    return _over(question) or _under_way(question, now or timezone.now())


def _over(question: Question) -> str:
    """Say what ended it, whatever the clock says; an empty word when nothing has."""
    correction = correction_of(question)
    if question.release:
        return "superseded" if correction is not None and correction.release else "released"
    if question.findings:
        return "refused"
    if question.withdrawal:
        return "withdrawn"
    return "superseded" if correction is not None else ""


def _under_way(question: Question, now: datetime) -> str:
    newest = question.sendings.first()
    missing = newest is not None and Parcel.objects.filter(sending=newest, receipt="").exists()
    if question.cutoff <= now:
        return "missed" if newest is None or missing else "computing"
    if newest is not None:
        return "unsent" if missing else "sent"
    if question.keys_differ is not None:
        return "keys_differ"
    return "open" if question.keys_checked_at is not None else "keys_wait"


def correction_of(question: Question) -> Question | None:
    """Give the last accepted question that says it corrects this one; a question cannot correct itself."""
    return (
        Question.objects.filter(charged=True, supersedes=question.name).exclude(pk=question.pk).order_by("-pk").first()
    )


def corrected_by(question: Question) -> Question | None:
    """Give the question that this one says it corrects."""
    if not question.supersedes:
        return None
    return Question.objects.filter(charged=True, name=question.supersedes).exclude(pk=question.pk).first()


def withdrawal_of(question: Question) -> Withdrawal | None:
    """Give the withdrawal, as it was signed and checked when it came."""
    if not question.withdrawal:
        return None
    return read_withdrawal(json.loads(question.withdrawal), plan_of(question), roster_of(question))
