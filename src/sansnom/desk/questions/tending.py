"""One errand that does what waits: look at the board, fetch verdicts and releases, close what is over."""

from datetime import datetime

from sansnom.desk.questions.courier import collect_verdict
from sansnom.desk.questions.forgetting import close_over
from sansnom.desk.questions.looking import Looked, Report, look
from sansnom.desk.questions.models import Question
from sansnom.terms.errors import SansnomError


def tend(now: datetime, report: Report = lambda _done, _total: None) -> Looked:
    """Do all of it; what cannot be fetched today is fetched another day."""
    looked = look(now, report)
    for question in (
        Question.objects.exclude(release="").filter(verdict_fetched_at=None, sendings__isnull=False).distinct()
    ):
        try:
            collect_verdict(question, now)
        except SansnomError:
            continue
    close_over(now)
    return looked
